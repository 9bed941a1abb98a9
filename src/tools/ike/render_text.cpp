// A decoded message as a line and a tree.
#include <fmt/format.h>

#include "tools/ike/render.h"
#include "tools/ike/v1_names.h"
#include "wire/describe.h"

namespace ike::tools {

namespace {

constexpr size_t kShownMax = 64;  // octets of a body in hex

std::string v1_name(PayloadType type) {
  const std::string_view name = v1_payload_name(raw(type));
  return name.empty() ? std::to_string(raw(type)) : std::string(name);
}

wire::Node v1_node(const wire::RawPayload& p) {
  wire::Node node{
      v1_name(p.type), fmt::format("{} octets", p.body.size() + wire::kPayloadHeaderSize), {}};
  const bool is_long = p.body.size() > kShownMax;
  node.children.push_back(
      {"body", to_hex(is_long ? p.body.first(kShownMax) : p.body) + (is_long ? "..." : ""), {}});
  return node;
}

std::vector<wire::Node> nodes_of(const DecodedChain& chain, bool is_v2) {
  std::vector<wire::Node> nodes;
  for (const wire::RawPayload& p : chain.payloads) {
    nodes.push_back(is_v2 ? wire::describe_payload(p) : v1_node(p));
  }
  for (const Result<void>& part : {chain.end, chain.content}) {
    if (part) continue;
    nodes.push_back(
        {"malformed", fmt::format("{} at octet {}", part.error().what, part.error().at), {}});
  }
  return nodes;
}

wire::Node node_of(const DecodedInside& inside) {
  if (!inside.icv_ok) return {"decrypted", "no: the ICV does not fit the keys", {}};
  if (!inside.chain) return {"decrypted", "yes, waiting for the other fragments", {}};
  wire::Node node{"decrypted", "yes", nodes_of(*inside.chain, true)};
  return node;
}

std::string payload_words(const DecodedMessage& m) {
  if (m.is_v1_encrypted) return "encrypted";
  const Bytes payloads = m.octets.subspan(wire::kHeaderSize);
  if (m.header->major() == 2) return wire::payload_list(m.header->next_payload, payloads);
  std::string text;
  for (const auto& p : m.chain.payloads) text += (text.empty() ? "" : " ") + v1_name(p.type);
  if (!m.chain.end) text += text.empty() ? "..." : " ...";
  return text;
}

std::string headline(const DecodedMessage& m) {
  if (!m.header) return fmt::format("{} octets: {}", m.octets.size(), m.header.error().what);
  const wire::Header& h = *m.header;
  std::string text = fmt::format("IKEv{}", h.major());
  if (h.major() == 2) {
    text += fmt::format(" {} {} {}", to_text(h.exchange), h.is_response() ? "response" : "request",
                        h.message_id.raw());
  } else {
    text += fmt::format(" {} {:08x}", to_text(h.exchange), h.message_id.raw());
  }
  return text + fmt::format(", {} octets: {}", m.octets.size(), payload_words(m));
}

}  // namespace

std::string render_text(const DecodedMessage& m, uint64_t first_time_us) {
  std::string text;
  if (m.frame != 0) {
    const uint64_t passed = m.time_us > first_time_us ? m.time_us - first_time_us : 0;
    text += fmt::format("frame {} +{}.{:06} {} -> {}  ", m.frame, passed / 1'000'000,
                        passed % 1'000'000, m.from.text(), m.to.text());
  }
  text += headline(m) + '\n';
  if (!m.header) return text + '\n';
  std::vector<wire::Node> nodes{wire::describe_header(*m.header)};
  if (m.non_esp_marker) nodes.front().children.push_back({"non-ESP marker", "yes", {}});
  if (!m.length_ok) nodes.push_back({"malformed", std::string(m.length_ok.error().what), {}});
  if (m.is_v1_encrypted) {
    nodes.push_back(
        {"encrypted", fmt::format("{} octets", m.octets.size() - wire::kHeaderSize), {}});
  } else {
    for (auto& node : nodes_of(m.chain, m.header->major() == 2)) nodes.push_back(std::move(node));
  }
  if (m.inside) nodes.back().children.push_back(node_of(*m.inside));
  return text + wire::to_tree(nodes, 1) + '\n';
}

}  // namespace ike::tools

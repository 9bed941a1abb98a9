#include "wire/describe.h"

#include "wire/v2/notify.h"

namespace ike::wire {

namespace {

std::string flags_text(const Header& h) {
  std::string text = to_hex({&h.flags, 1});
  if (h.major() != 2) return text;
  if (h.from_initiator()) text += " initiator";
  if (h.flags & kFlagHigherVersion) text += " higher-version";
  if (h.is_response()) text += " response";
  return text;
}

std::string spi_text(IkeSpi spi) {
  Blob octets;
  Writer(octets).u64(spi.raw());
  return to_hex(octets);
}

}  // namespace

std::string describe(const Header& header, Bytes message) {
  std::string text = to_text(header.exchange);
  text += header.is_response() ? " response " : " request ";
  text += std::to_string(header.message_id.raw());
  text += ", " + std::to_string(message.size()) + " octets:";
  if (message.size() < kHeaderSize) return text + " truncated";
  const std::string payloads = payload_list(header.next_payload, message.subspan(kHeaderSize));
  return text + (payloads.empty() ? " nothing" : " " + payloads);
}

std::string payload_list(PayloadType first, Bytes payloads) {
  std::string text;
  Chain chain(first, payloads);
  while (const auto payload = chain.next()) {
    if (!text.empty()) text += ' ';
    text += to_text(payload->type);
    if (payload->type != PayloadType::notify) continue;
    const auto notify = v2::Notify::parse(payload->reader("N: truncated"));
    if (notify) text += '(' + to_text(notify->type) + ')';
  }
  if (!chain.done()) text += text.empty() ? "..." : " ...";
  return text;
}

Node describe_header(const Header& h) {
  Node node{"IKE header", to_text(h.exchange), {}};
  const auto add = [&](std::string label, std::string value) {
    node.children.push_back({std::move(label), std::move(value), {}});
  };
  add("initiator SPI", spi_text(h.spi_i));
  add("responder SPI", spi_text(h.spi_r));
  add("version", std::to_string(h.major()) + "." + std::to_string(h.minor()));
  add("flags", flags_text(h));
  add("message ID", std::to_string(h.message_id.raw()));
  add("length", std::to_string(h.length));
  return node;
}

std::string to_tree(const std::vector<Node>& nodes, unsigned level) {
  std::string text;
  for (const Node& node : nodes) {
    text.append(size_t{level} * 2, ' ');
    text += node.label;
    if (!node.value.empty()) text += ": " + node.value;
    text += '\n';
    text += to_tree(node.children, level + 1);
  }
  return text;
}

}  // namespace ike::wire

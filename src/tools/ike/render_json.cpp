// A decoded message as a JSON object.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/ike/render.h"
#include "tools/ike/v1_names.h"
#include "wire/describe.h"

namespace ike::tools {

namespace {

using nlohmann::ordered_json;

std::string hex64(uint64_t value) { return fmt::format("{:016x}", value); }

// Values come from outside and need not be UTF-8.
std::string dump(const ordered_json& value) {
  return value.dump(1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json node_json(const wire::Node& node) {
  ordered_json json{{"name", node.label}};
  if (!node.value.empty()) json["value"] = node.value;
  if (!node.children.empty()) {
    ordered_json& fields = json["fields"] = ordered_json::array();
    for (const wire::Node& child : node.children) fields.push_back(node_json(child));
  }
  return json;
}

ordered_json payload_json(const wire::RawPayload& p, bool is_v2) {
  ordered_json json{{"type", raw(p.type)},
                    {"name", is_v2 ? name_of(p.type) : v1_payload_name(raw(p.type))},
                    {"len", p.body.size() + wire::kPayloadHeaderSize}};
  if (p.critical) json["critical"] = true;
  if (!is_v2) return json;
  const ordered_json described = node_json(wire::describe_payload(p));
  if (described.contains("fields")) json["fields"] = described["fields"];
  return json;
}

ordered_json payloads_json(const DecodedChain& chain, bool is_v2) {
  ordered_json list = ordered_json::array();
  for (const wire::RawPayload& p : chain.payloads) list.push_back(payload_json(p, is_v2));
  return list;
}

// Why a chain is not well-formed; empty when it is.
std::string_view problem_of(const DecodedChain& chain) {
  if (!chain.end) return chain.end.error().what;
  return chain.content ? std::string_view() : chain.content.error().what;
}

ordered_json header_json(const wire::Header& h) {
  return {{"ispi", hex64(h.spi_i.raw())},
          {"rspi", hex64(h.spi_r.raw())},
          {"first_payload", raw(h.next_payload)},
          {"version", fmt::format("{}.{}", h.major(), h.minor())},
          {"exchange", raw(h.exchange)},
          {"exchange_name", name_of(h.exchange)},
          {"flags", h.flags},
          {"msgid", h.message_id.raw()},
          {"length", h.length}};
}

ordered_json inside_json(const DecodedInside& inside) {
  ordered_json json{{"icv_ok", inside.icv_ok}};
  if (!inside.icv_ok) return json;
  json["first_payload"] = raw(inside.first);
  json["plaintext_with_padding_hex"] = to_hex(inside.plaintext);
  if (!inside.chain) return json;
  json["inner_hex"] = to_hex(inside.inner);
  json["inner_payloads"] = payloads_json(*inside.chain, true);
  json["inner_well_formed"] = inside.chain->end.has_value();
  if (!problem_of(*inside.chain).empty()) json["inner_problem"] = problem_of(*inside.chain);
  return json;
}

ordered_json message_json(const DecodedMessage& m) {
  ordered_json json;
  if (m.frame != 0) {
    json = {{"frame", m.frame},
            {"time_us", m.time_us},
            {"src", m.from.address.text()},
            {"dst", m.to.address.text()},
            {"sport", m.from.port},
            {"dport", m.to.port},
            {"non_esp_marker", m.non_esp_marker}};
  }
  json["ike_octets"] = m.octets.size();
  if (!m.header) {
    json["problem"] = m.header.error().what;
    return json;
  }
  json["header"] = header_json(*m.header);
  if (!m.length_ok) json["problem"] = m.length_ok.error().what;
  if (!m.is_v1_encrypted) {
    json["payloads"] = payloads_json(m.chain, m.header->major() == 2);
    json["chain_well_formed"] = m.chain.end.has_value();
    if (!problem_of(m.chain).empty()) json["chain_problem"] = problem_of(m.chain);
  }
  if (m.is_v1_encrypted) json["encrypted"] = "ikev1";
  if (m.is_v2_encrypted) json["encrypted"] = "ikev2";
  if (m.inside) json["decrypted"] = inside_json(*m.inside);
  return json;
}

}  // namespace

JsonRenderer::JsonRenderer(std::string_view capture)
    : head_("{\n\"capture\": " + dump(std::string(capture)) + ",\n\"messages\": [") {}

std::string JsonRenderer::render(const DecodedMessage& message) {
  const std::string text = (is_first_ ? "\n" : ",\n") + dump(message_json(message));
  is_first_ = false;
  return text;
}

std::string JsonRenderer::finish() { return "\n]\n}\n"; }

}  // namespace ike::tools

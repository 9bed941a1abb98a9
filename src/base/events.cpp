#include "base/events.h"

#include "base/overloaded.h"

namespace ike::events {

namespace {

using Fields = std::vector<std::pair<std::string_view, std::string>>;

std::string hex(uint64_t value, size_t digits) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(digits, '0');
  for (size_t i = digits; i-- > 0; value >>= 4) text[i] = kDigits[value & 15];
  return "0x" + text;
}

std::string text_of(IkeSpi spi) { return hex(spi.raw(), 16); }
std::string text_of(EspSpi spi) { return hex(spi.raw(), 8); }
std::string text_of(bool value) { return value ? "true" : "false"; }

std::string prefix(IkeSpi spi) { return "spi=" + text_of(spi) + ": "; }
std::string policy_suffix(const std::string& policy) {
  return policy.empty() ? std::string() : " policy '" + policy + "'";
}
std::string in_parentheses(const std::string& text) {
  return text.empty() ? std::string() : " (" + text + ")";
}

// What both directions of a message have in common: "IKE_AUTH req 1 peer A local B, 300 bytes".
template <typename Message>
std::string exchange_text(const Message& m) {
  return to_text(m.exchange) + (m.response ? " res " : " req ") + std::to_string(m.id.raw()) +
         " peer " + m.peer.text() + " local " + m.local.text() + ", " + std::to_string(m.size) +
         " bytes";
}

std::string line(const MessageSent& e) {
  return prefix(e.spi_i) + "send " + exchange_text(e) + (e.natt ? ", NAT-T" : "");
}
std::string line(const MessageReceived& e) {
  return prefix(e.spi_i) + "recv " + exchange_text(e) +
         (e.policy.empty() ? "" : "," + policy_suffix(e.policy));
}
std::string line(const IkeSaEstablished& e) {
  return prefix(e.spi_i) + "established peer " + e.peer.text() + "[" + e.peer_id + "] local " +
         e.local.text() + "[" + e.local_id + "]" + policy_suffix(e.policy) + " as " +
         (e.initiator ? "initiator" : "responder") + in_parentheses(e.suite);
}
std::string line(const IkeSaRekeyed& e) {
  return prefix(e.spi_i) + "rekeyed as new IKESA " + text_of(e.new_spi_i) + in_parentheses(e.suite);
}
std::string line(const IkeSaGone& e) { return prefix(e.spi_i) + "sa_free: " + e.reason; }
std::string line(const ChildSaEstablished& e) {
  return prefix(e.spi_i) + (e.rekeyed ? "rekeyed" : "loaded") + " SPIs: " + text_of(e.inbound) +
         ", " + text_of(e.outbound) + policy_suffix(e.policy) + " flow " + e.local_ts + " -> " +
         e.remote_ts + in_parentheses(e.suite);
}
std::string line(const ChildSaGone& e) {
  return prefix(e.spi_i) + "deleted 1 SPI: " + text_of(e.inbound) + in_parentheses(e.reason);
}
std::string line(const NegotiationRefused& e) {
  return prefix(e.spi_i) + e.cause + " with peer " + e.peer.text() +
         (e.explanation.empty() ? "" : "\n" + e.explanation);
}
std::string line(const PeerMisbehaved& e) {
  std::string text = "peer " + e.peer.text() + ": " + std::string(e.misdeed);
  if (e.at != 0) text += " at octet " + std::to_string(e.at);
  if (e.suppressed != 0) text += " (" + std::to_string(e.suppressed) + " more not logged)";
  return text;
}
std::string line(const PortFailed& e) {
  std::string text = std::string(e.port) + ": " + e.what;
  if (!e.detail.empty()) text += ": " + e.detail;
  return text + policy_suffix(e.policy);
}
std::string line(const PolicyLoaded& e) {
  return "policy loaded: " + std::to_string(e.connections) + " connections, " +
         std::to_string(e.added) + " added, " + std::to_string(e.removed) + " removed, " +
         std::to_string(e.kept) + " kept";
}
std::string line(const Notice& e) { return e.text; }

template <typename Message>
Fields message_fields(const Message& m) {
  return {{"spi_i", text_of(m.spi_i)},       {"exchange", to_text(m.exchange)},
          {"response", text_of(m.response)}, {"id", std::to_string(m.id.raw())},
          {"peer", m.peer.text()},           {"local", m.local.text()},
          {"size", std::to_string(m.size)}};
}

Fields fields(const MessageSent& e) {
  Fields list = message_fields(e);
  list.emplace_back("natt", text_of(e.natt));
  return list;
}
Fields fields(const MessageReceived& e) {
  Fields list = message_fields(e);
  list.emplace_back("policy", e.policy);
  return list;
}
Fields fields(const IkeSaEstablished& e) {
  return {{"spi_i", text_of(e.spi_i)}, {"spi_r", text_of(e.spi_r)},
          {"peer", e.peer.text()},     {"local", e.local.text()},
          {"peer_id", e.peer_id},      {"local_id", e.local_id},
          {"policy", e.policy},        {"role", e.initiator ? "initiator" : "responder"},
          {"suite", e.suite}};
}
Fields fields(const IkeSaRekeyed& e) {
  return {{"spi_i", text_of(e.spi_i)},
          {"new_spi_i", text_of(e.new_spi_i)},
          {"policy", e.policy},
          {"suite", e.suite}};
}
Fields fields(const IkeSaGone& e) {
  return {{"spi_i", text_of(e.spi_i)},
          {"peer", e.peer.text()},
          {"policy", e.policy},
          {"reason", e.reason}};
}
Fields fields(const ChildSaEstablished& e) {
  return {{"spi_i", text_of(e.spi_i)},
          {"inbound", text_of(e.inbound)},
          {"outbound", text_of(e.outbound)},
          {"policy", e.policy},
          {"suite", e.suite},
          {"local_ts", e.local_ts},
          {"remote_ts", e.remote_ts},
          {"rekeyed", text_of(e.rekeyed)}};
}
Fields fields(const ChildSaGone& e) {
  return {{"spi_i", text_of(e.spi_i)},
          {"inbound", text_of(e.inbound)},
          {"outbound", text_of(e.outbound)},
          {"policy", e.policy},
          {"reason", e.reason}};
}
Fields fields(const NegotiationRefused& e) {
  return {{"spi_i", text_of(e.spi_i)},
          {"peer", e.peer.text()},
          {"cause", e.cause},
          {"explanation", e.explanation}};
}
Fields fields(const PeerMisbehaved& e) {
  return {{"peer", e.peer.text()},
          {"misdeed", std::string(e.misdeed)},
          {"at", std::to_string(e.at)},
          {"suppressed", std::to_string(e.suppressed)}};
}
Fields fields(const PortFailed& e) {
  return {
      {"port", std::string(e.port)}, {"policy", e.policy}, {"what", e.what}, {"detail", e.detail}};
}
Fields fields(const PolicyLoaded& e) {
  return {{"connections", std::to_string(e.connections)},
          {"added", std::to_string(e.added)},
          {"removed", std::to_string(e.removed)},
          {"kept", std::to_string(e.kept)}};
}
Fields fields(const Notice& e) { return {{"text", e.text}}; }

// Liveness checks would drown everything else.
template <typename Message>
Severity message_severity(const Message& m) {
  return m.exchange == ExchangeType::informational ? Severity::debug : Message::kSeverity;
}

}  // namespace

Severity severity_of(const Event& event) {
  return std::visit(overloaded{[](const Notice& e) { return e.severity; },
                               [](const MessageSent& e) { return message_severity(e); },
                               [](const MessageReceived& e) { return message_severity(e); },
                               [](const auto& e) { return e.kSeverity; }},
                    event);
}

std::string_view name_of(const Event& event) {
  return std::visit([](const auto& e) { return e.kName; }, event);
}

std::string to_text(const Event& event) {
  return std::visit([](const auto& e) { return line(e); }, event);
}

Fields fields_of(const Event& event) {
  return std::visit([](const auto& e) { return fields(e); }, event);
}

}  // namespace ike::events

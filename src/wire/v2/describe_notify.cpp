#include "wire/v2/describe_notify.h"

#include "wire/v2/describe_text.h"
#include "wire/v2/notify_data.h"

namespace ike::wire::v2 {

namespace {

std::string text_of(const UnsupportedCriticalPayload& n) { return to_text(n.type); }
std::string text_of(const InvalidKePayload& n) { return to_text(n.method); }
std::string text_of(const InvalidMessageId& n) { return std::to_string(n.id.raw()); }
std::string text_of(const SetWindowSize& n) { return std::to_string(n.size); }
std::string text_of(const AuthLifetime& n) { return std::to_string(n.seconds) + " s"; }
std::string text_of(const AdditionalAddress& n) { return n.address.text(); }

std::string text_of(const IpcompSupported& n) {
  return "CPI " + std::to_string(n.cpi) + " transform " + std::to_string(n.transform);
}

std::string text_of(const SignatureHashes& n) {
  std::string text;
  for (const SignatureHash hash : n.hashes) text += (text.empty() ? "" : " ") + to_text(hash);
  return text;
}

std::string text_of(const Redirect& n) {
  const auto address = Address::from_octets(n.gateway);
  const bool is_name = n.gateway_type == Redirect::kFqdn || !address;
  std::string text = "to " + (is_name ? printable(n.gateway) : address->text());
  if (!n.nonce.empty()) text += " nonce " + to_hex(n.nonce);
  return text;
}

// The body as its type's words; octets where it does not follow its format.
template <typename Body>
void describe_data(const Notify& notify, Node& node) {
  const auto body = parse_data<Body>(notify);
  if (body) {
    add_field(node, "data", text_of(*body));
  } else {
    add_field(node, "malformed", std::string(body.error().what));
    add_octets(node, "data", notify.data);
  }
}

}  // namespace

void describe(const Notify& n, Node& node) {
  add_field(node, "type", to_text(n.type));
  if (raw(n.protocol) != 0) add_field(node, "protocol", to_text(n.protocol));
  if (!n.spi.empty()) add_field(node, "SPI", to_hex(n.spi));
  switch (n.type) {
    case NotifyType::unsupported_critical_payload:
      return describe_data<UnsupportedCriticalPayload>(n, node);
    case NotifyType::invalid_ke_payload: return describe_data<InvalidKePayload>(n, node);
    case NotifyType::invalid_message_id: return describe_data<InvalidMessageId>(n, node);
    case NotifyType::set_window_size: return describe_data<SetWindowSize>(n, node);
    case NotifyType::ipcomp_supported: return describe_data<IpcompSupported>(n, node);
    case NotifyType::signature_hash_algorithms: return describe_data<SignatureHashes>(n, node);
    case NotifyType::additional_ip4_address:
    case NotifyType::additional_ip6_address: return describe_data<AdditionalAddress>(n, node);
    case NotifyType::auth_lifetime: return describe_data<AuthLifetime>(n, node);
    case NotifyType::redirect:
    case NotifyType::redirected_from: return describe_data<Redirect>(n, node);
    default: break;
  }
  if (!n.data.empty()) add_octets(node, "data", n.data);
}

}  // namespace ike::wire::v2

// What each IKEv2 payload says, as a tree of labels and values.
#include <algorithm>

#include "wire/describe.h"
#include "wire/v2/describe_notify.h"
#include "wire/v2/describe_text.h"

namespace ike::wire {

namespace v2 {

namespace {

std::string transform_text(const Transform& t) {
  switch (t.type) {
    case TransformType::encr: return to_text(static_cast<Encr>(t.id));
    case TransformType::prf: return to_text(static_cast<PrfId>(t.id));
    case TransformType::integ: return to_text(static_cast<Integ>(t.id));
    case TransformType::esn: return to_text(static_cast<Esn>(t.id));
    default: break;
  }
  const bool is_ke = t.type == TransformType::ke ||
                     (t.type >= TransformType::addke1 && t.type <= TransformType::addke7);
  return is_ke ? to_text(static_cast<KeMethod>(t.id)) : std::to_string(t.id);
}

Node describe(const Transform& t) {
  Node node{to_text(t.type), transform_text(t), {}};
  if (t.key_bits != 0) node.value += ' ' + std::to_string(t.key_bits) + " bits";
  if (t.has_unknown_attribute) node.children.push_back({"attributes", to_hex(t.attributes), {}});
  return node;
}

void describe(const Sa& sa, Node& node) {
  for (const Proposal& p : sa.proposals) {
    Node proposal{"proposal " + std::to_string(p.number), to_text(p.protocol), {}};
    if (!p.spi.empty()) proposal.value += " SPI " + to_hex(p.spi);
    for (const Transform& t : p.transforms) proposal.children.push_back(describe(t));
    node.children.push_back(std::move(proposal));
  }
}

void describe(const Ke& ke, Node& node) {
  add_field(node, "method", to_text(ke.method));
  add_octets(node, "data", ke.data);
}

std::string identity_text(const Id& id) {
  switch (id.type) {
    case IdType::ipv4:
    case IdType::ipv6: {
      const auto address = Address::from_octets(id.data);
      return address ? address->text() : to_hex(id.data);
    }
    case IdType::fqdn:
    case IdType::ufqdn: return printable(id.data);
    default: return to_hex(id.data);
  }
}

void describe(const Id& id, Node& node) {
  add_field(node, "type", to_text(id.type));
  add_field(node, "identity", identity_text(id));
}

void describe(const Cert& cert, Node& node) {
  add_field(node, "encoding", to_text(cert.encoding));
  add_octets(node, "data", cert.data);
}

void describe(const CertReq& request, Node& node) {
  add_field(node, "encoding", to_text(request.encoding));
  if (request.count() == 0) {
    add_octets(node, "authority", request.authorities);
    return;
  }
  for (size_t i = 0; i < request.count(); ++i) {
    add_field(node, "authority", to_hex(request.authority(i)));
  }
}

void describe(const Auth& auth, Node& node) {
  add_field(node, "method", to_text(auth.method));
  add_octets(node, "data", auth.data);
}

void describe(const Nonce& nonce, Node& node) { add_octets(node, "nonce", nonce.data); }

void describe(const Delete& d, Node& node) {
  add_field(node, "protocol", to_text(d.protocol));
  for (size_t i = 0; i < d.count(); ++i) add_field(node, "SPI", to_hex(d.spis.subspan(i * 4, 4)));
}

void describe(const Vendor& vendor, Node& node) {
  add_octets(node, "vendor ID", vendor.data);
  if (const std::string text = readable(vendor.data); !text.empty()) add_field(node, "text", text);
}

std::string selector_text(const TrafficSelector& ts) {
  std::string text = ts.addresses.text();
  if (ts.protocol != 0) text += " protocol " + std::to_string(ts.protocol);
  if (ts.port_first > ts.port_last) return text + " port opaque";
  if (ts.port_first == 0 && ts.port_last == 0xffff) return text;
  text += " port " + std::to_string(ts.port_first);
  if (ts.port_first != ts.port_last) text += '-' + std::to_string(ts.port_last);
  return text;
}

void describe(const Ts& ts, Node& node) {
  for (const TrafficSelector& selector : ts.selectors) {
    if (selector.known()) {
      add_field(node, "selector", selector_text(selector));
    } else {
      add_field(node, "selector of type " + std::to_string(selector.type),
                to_hex(selector.unknown));
    }
  }
}

void describe(const Sk& sk, Node& node) {
  if (sk.is_fragment) {
    add_field(node, "fragment",
              std::to_string(sk.fragment) + " of " + std::to_string(sk.fragments));
  }
  add_field(node, "first payload inside", to_text(sk.first_inner));
  add_field(node, "encrypted", std::to_string(sk.body.size()) + " octets with IV and ICV");
}

std::string configuration_text(const CpAttribute& attribute) {
  if (attribute.type == CpAttributeType::application_version) return printable(attribute.value);
  const size_t size = attribute.value.size();
  // An IPv6 address comes with a prefix length, a subnet of IPv4 with a mask.
  const bool is_prefix6 = size == 17;
  if (size == 4 || size == 16 || is_prefix6) {
    const auto address = Address::from_octets(attribute.value.first(is_prefix6 ? 16 : size));
    if (address && !is_prefix6) return address->text();
    if (address) return address->text() + '/' + std::to_string(attribute.value.back());
  }
  return to_hex(attribute.value);
}

void describe(const Cp& cp, Node& node) {
  add_field(node, "type", number_or_name(name_of(cp.type), raw(cp.type)));
  for (const CpAttribute& a : cp.attributes) {
    add_field(node, number_or_name(name_of(a.type), raw(a.type)), configuration_text(a));
  }
}

void describe(const Eap& eap, Node& node) {
  constexpr std::string_view kCodes[] = {"", "request", "response", "success", "failure"};
  const uint8_t code = raw(eap.code);
  add_field(node, "code", number_or_name(code < std::size(kCodes) ? kCodes[code] : "", code));
  add_field(node, "identifier", std::to_string(eap.identifier));
  if (eap.has_type()) add_field(node, "type", std::to_string(eap.type));
  add_octets(node, "data", eap.data);
}

template <typename Payload>
void describe_as(const RawPayload& p, Node& node) {
  const auto payload = Payload::parse(p.reader("truncated"));
  if (payload) {
    describe(*payload, node);
    return;
  }
  add_field(node, "malformed",
            std::string(payload.error().what) + " at octet " + std::to_string(payload.error().at));
  add_octets(node, "body", p.body);
}

void describe_sk(const RawPayload& p, Node& node) {
  const Reader r = p.reader("truncated");
  const auto sk = p.type == PayloadType::sk ? Sk::parse_sk(r, p.next) : Sk::parse_skf(r, p.next);
  if (sk) {
    describe(*sk, node);
  } else {
    add_field(node, "malformed", std::string(sk.error().what));
  }
}

}  // namespace

}  // namespace v2

Node describe_payload(const RawPayload& p) {
  Node node{to_text(p.type), std::to_string(p.body.size() + kPayloadHeaderSize) + " octets", {}};
  if (p.critical) node.value += ", critical";
  switch (p.type) {
    case PayloadType::sa: v2::describe_as<v2::Sa>(p, node); break;
    case PayloadType::ke: v2::describe_as<v2::Ke>(p, node); break;
    case PayloadType::id_i:
    case PayloadType::id_r: v2::describe_as<v2::Id>(p, node); break;
    case PayloadType::cert: v2::describe_as<v2::Cert>(p, node); break;
    case PayloadType::certreq: v2::describe_as<v2::CertReq>(p, node); break;
    case PayloadType::auth: v2::describe_as<v2::Auth>(p, node); break;
    case PayloadType::nonce: v2::describe_as<v2::Nonce>(p, node); break;
    case PayloadType::notify: v2::describe_as<v2::Notify>(p, node); break;
    case PayloadType::del: v2::describe_as<v2::Delete>(p, node); break;
    case PayloadType::vendor: v2::describe_as<v2::Vendor>(p, node); break;
    case PayloadType::ts_i:
    case PayloadType::ts_r: v2::describe_as<v2::Ts>(p, node); break;
    case PayloadType::sk:
    case PayloadType::skf: v2::describe_sk(p, node); break;
    case PayloadType::cp: v2::describe_as<v2::Cp>(p, node); break;
    case PayloadType::eap: v2::describe_as<v2::Eap>(p, node); break;
    default: v2::add_octets(node, "body", p.body); break;
  }
  return node;
}

}  // namespace ike::wire

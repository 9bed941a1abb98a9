// The canonical dump: what a policy means, as stable text.
#include "model/escape.h"
#include "model/policy.h"

namespace ike::model {

namespace {

void line(std::string& out, std::string_view indent, std::string_view key, std::string_view value) {
  out += indent;
  out += key;
  if (!value.empty()) out += ' ';
  out += value;
  out += '\n';
}

std::string_view text_of(Evaluation evaluation) {
  switch (evaluation) {
    case Evaluation::last_match: return "last-match";
    case Evaluation::first_match: return "first-match";
    case Evaluation::fallback: return "fallback";
    case Evaluation::skipped: return "skipped";
  }
  return "?";
}

std::string_view text_of(AuthKind kind) {
  switch (kind) {
    case AuthKind::signature: return "signature";
    case AuthKind::psk: return "psk";
    case AuthKind::eap_mschapv2: return "eap-mschapv2";
  }
  return "?";
}

std::string_view text_of(Family family) {
  switch (family) {
    case Family::unspecified: return "any";
    case Family::ipv4: return "ipv4";
    case Family::ipv6: return "ipv6";
  }
  return "?";
}

std::string_view text_of(Mode mode) { return mode == Mode::tunnel ? "tunnel" : "transport"; }
std::string_view text_of(ProtocolId protocol) { return protocol == ProtocolId::ah ? "ah" : "esp"; }
std::string_view yes_no(bool value) { return value ? "yes" : "no"; }

std::string text_of(const std::optional<Prefix>& prefix) {
  if (!prefix) return "any";
  // Written with its length always: 192.0.2.1 and 192.0.2.1/32 are the same thing here.
  return prefix->address.text() + "/" + std::to_string(prefix->length);
}

std::string text_of(const Authentication& auth) {
  std::string text(text_of(auth.kind));
  text += " accepts";
  for (const AuthMethod method : auth.accepted) text += " " + std::to_string(raw(method));
  return text;
}

std::string text_of(const Lifetime& lifetime) {
  return std::to_string(lifetime.time.count()) + " s, " + std::to_string(lifetime.bytes) + " bytes";
}

// In wire order, which Proposal::text() does not keep.
std::string text_in_order(const Proposal& proposal) {
  std::string text = std::to_string(proposal.number) + ":";
  const Transform* before = nullptr;
  for (const auto& t : proposal.transforms) {
    const bool same_type = before != nullptr && before->type == t.type;
    text += same_type ? "," : " " + to_text(t.type) + "=";
    text += t.text();
    before = &t;
  }
  return text;
}

void dump_child(std::string& out, const ChildTemplate& child) {
  line(out, "  ", "child",
       std::string(text_of(child.protocol)) + " " + std::string(text_of(child.mode)));
  for (const auto& p : child.proposals) line(out, "    ", "proposal", text_in_order(p));
  for (const auto& s : child.selectors) line(out, "    ", "selectors", s.text());
  line(out, "    ", "lifetime", text_of(child.lifetime));
}

void dump_features(std::string& out, const Features& features) {
  line(out, "  ", "fragmentation", yes_no(features.fragmentation));
  line(out, "  ", "vendor-id", yes_no(features.vendor_id));
  line(out, "  ", "nat-detection", yes_no(features.nat_detection));
  line(out, "  ", "force-encapsulation", yes_no(features.force_encapsulation));
  line(out, "  ", "initial-contact", yes_no(features.initial_contact));
}

void dump_global(std::string& out, const Global& global) {
  line(out, "", "global", "");
  line(out, "  ", "passive", yes_no(global.passive));
  line(out, "  ", "coupled", yes_no(global.coupled));
  line(out, "  ", "enforce-single-ike-sa", yes_no(global.enforce_single_ike_sa));
  line(out, "  ", "sticky-address", yes_no(global.sticky_address));
  line(out, "  ", "dpd-interval", std::to_string(global.dpd_interval.count()) + " s");
  line(out, "  ", "ike-port", std::to_string(global.ike_port));
  line(out, "  ", "natt-port", std::to_string(global.natt_port));
  line(out, "  ", "natt-only", yes_no(global.natt_only));
}

}  // namespace

std::string dump(const Connection& c) {
  std::string out;
  line(out, "", "connection", "\"" + escaped(c.name) + "\"");
  line(out, "  ", "evaluation", text_of(c.evaluation));
  line(out, "  ", "active", yes_no(c.active));
  line(out, "  ", "family", text_of(c.family));
  line(out, "  ", "local", text_of(c.local));
  line(out, "  ", "remote", text_of(c.remote));
  line(out, "  ", "local-id", c.local_id.text());
  line(out, "  ", "remote-id", c.remote_id ? c.remote_id->text() : "any");
  line(out, "  ", "auth", text_of(c.auth));
  for (const auto& p : c.ike_proposals) line(out, "  ", "ike-proposal", text_in_order(p));
  line(out, "  ", "ike-lifetime", std::to_string(c.ike_lifetime.count()) + " s");
  for (const auto& child : c.children) dump_child(out, child);
  dump_features(out, c.features);
  line(out, "  ", "tag", "\"" + escaped(c.tag) + "\"");
  return out;
}

std::string dump(const Policy& policy) {
  std::string out;
  dump_global(out, policy.global);
  for (const auto& connection : policy.connections) out += dump(*connection);
  return out;
}

}  // namespace ike::model

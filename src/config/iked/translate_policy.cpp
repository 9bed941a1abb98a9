// "ikev2 …" statements to connections: clause by clause, every mistake of a policy at once.
#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "base/secret.h"
#include "config/iked/proposals.h"
#include "config/iked/quantity.h"
#include "config/iked/translate.h"
#include "config/text/suggest.h"

namespace ike::config::iked {

namespace {

constexpr size_t kNameMax = 1023;
constexpr size_t kIdentityTextMax = 1023;
constexpr size_t kTagMax = 63;
constexpr size_t kProtocolsMax = 16;
constexpr size_t kConfigOptionsMax = 16;

constexpr auto kConfigOptions =
    std::to_array<std::string_view>({"address", "netmask", "name-server", "netbios-server",
                                     "dhcp-server", "protected-subnet", "access-server"});

}  // namespace

void Translator::add(PolicyStatement&& policy, unsigned number) {
  Draft draft;
  bool ok = head(policy, number, draft);
  ok &= refuse_transforms_of_packets(policy);
  // Selectors need the protocols; everything else is checked even if something before was wrong.
  std::optional<Flows> flows;
  if (protocols(policy, draft)) {
    const std::vector<uint8_t> any = {0};
    flows =
        make_flows(policy, draft.protocols.empty() ? any : draft.protocols, hosts_, diagnostics_);
  }
  ok &= flows.has_value() && ends(policy, *flows, draft);
  ok &= proposals(policy, draft);
  ok &= identities(policy, draft.connection);
  ok &= lifetimes(policy, draft);
  ok &= auth(policy, draft);
  ok &= refuse_address_configuration(policy);
  ok &= tags(policy, draft);
  if (!ok) {
    diagnostics_.error(policy.at,
                       "create_ike failed: policy \"" + draft.connection.name + "\" is not usable");
    return;
  }
  draft.connection.children.front().selectors = std::move(flows->selectors);
  draft.flows = std::move(flows->written);
  drafts_.push_back(std::move(draft));
}

bool Translator::head(const PolicyStatement& policy, unsigned number, Draft& draft) {
  model::Connection& c = draft.connection;
  c.name = policy.name ? policy.name->text : "policy" + std::to_string(number);
  c.origin = {sources_.name(policy.at.file), policy.at.line};
  c.evaluation = policy.evaluation;
  c.active = policy.active;
  c.features.force_encapsulation = policy.natt;
  c.family = policy.family;
  draft.explicit_family = policy.family != Family::unspecified;
  c.children.emplace_back().mode = policy.mode;
  if (c.name.size() > kNameMax) {
    c.name.resize(20);
    diagnostics_.error(policy.name->at, "name too long");
    return false;
  }
  if (drafts_.size() >= kConnectionsMax) {
    diagnostics_.error(policy.at, "more than " + std::to_string(kConnectionsMax) + " policies");
    return false;
  }
  if (!policy.slip.empty()) diagnostics_.warning(policy.name->at, policy.slip.substr(2));
  return true;
}

bool Translator::refuse_transforms_of_packets(const PolicyStatement& policy) {
  if (policy.ipcomp) refuse(*policy.ipcomp, "ipcomp");
  if (policy.ah) refuse(*policy.ah, "ah");
  if (policy.rdomain) {
    diagnostics_.error(policy.rdomain->at, "'rdomain' is not supported on this platform");
  }
  return !policy.ipcomp && !policy.ah && !policy.rdomain;
}

bool Translator::refuse_address_configuration(const PolicyStatement& policy) {
  bool ok = true;
  for (const ConfigOption& option : policy.config) ok &= config_option(option);
  if (policy.config.size() > kConfigOptionsMax) {
    diagnostics_.error(policy.config[kConfigOptionsMax].at, "more than 16 config options");
    ok = false;
  }
  if (!policy.iface) return ok;
  const std::string& name = policy.iface->text;
  if (environment_.interface_addresses(name)) {
    refuse(policy.iface->at, "iface");
  } else {
    diagnostics_.error(policy.iface->at, "invalid iface: there is no interface " + name);
  }
  return false;
}

bool Translator::config_option(const ConfigOption& option) {
  const std::string& name = option.name.text;
  const bool known = std::ranges::any_of(
      kConfigOptions, [&](std::string_view o) { return !name.empty() && o.starts_with(name); });
  const bool v6_mask =
      option.value && name == "netmask" && option.value->name.text.find(':') != std::string::npos;
  if (!known || v6_mask) {
    diagnostics_.error(option.name.at,
                       "not a valid ikecfg option" + did_you_mean(name, kConfigOptions));
  } else {
    refuse(option.at, option.request ? "request" : "config");
  }
  return false;
}

bool Translator::protocols(const PolicyStatement& policy, Draft& draft) {
  bool ok = true;
  for (const Value& value : policy.protocols) {
    const auto protocol = hosts_.protocol(value);
    ok &= protocol.has_value();
    if (!protocol) continue;
    auto& known = draft.protocols;
    if (std::ranges::find(known, *protocol) == known.end()) known.push_back(*protocol);
  }
  if (policy.protocols.size() > kProtocolsMax) {
    diagnostics_.error(policy.protocols[kProtocolsMax].at, "too many protocols (at most 16)");
    ok = false;
  }
  return ok;
}

bool Translator::end(const std::optional<Host>& host, Family family, std::optional<Prefix>& out) {
  if (!host || host->kind == Host::Kind::any) return true;
  const auto addresses = hosts_.resolve(host->spec);
  if (!addresses) return false;
  // The first one, as ever; of the wanted family where the policy names one.
  const auto& all = addresses->prefixes;
  const auto wanted =
      std::ranges::find_if(all, [family](const Prefix& p) { return p.address.family() == family; });
  const Prefix& chosen = wanted == all.end() ? all.front() : *wanted;
  out = chosen.masked();
  return true;
}

bool Translator::ends(const PolicyStatement& policy, const Flows& flows, Draft& draft) {
  model::Connection& c = draft.connection;
  bool callable = true;
  if (!policy.peer && !policy.local) {
    if (!flows.ends) {
      diagnostics_.error(policy.at,
                         "could not get local/peer specification; say \"local ADDRESS peer "
                         "ADDRESS\" after the flows");
      return false;
    }
    if (flows.ends->from) c.local = flows.ends->from->masked();
    if (flows.ends->to) c.remote = flows.ends->to->masked();
    callable = !flows.ends->networks;
  } else {
    bool ok = end(policy.local, c.family, c.local);
    ok &= end(policy.peer, c.family, c.remote);
    if (!ok) return false;
    const auto loose = [](const std::optional<Host>& host) {
      return host && (host->kind == Host::Kind::any || host->spec.length);
    };
    callable = policy.peer && !loose(policy.peer) && !loose(policy.local);
  }
  if (policy.active && !callable) {
    const bool local_is_loose = policy.peer && !policy.peer->spec.length &&
                                policy.peer->kind == Host::Kind::spec && policy.local;
    const Position& at = local_is_loose ? policy.local->at
                         : policy.peer  ? policy.peer->at
                                        : policy.at;
    diagnostics_.error(at, std::string("active mode requires local/peer address: ") +
                               (policy.peer ? "a single one, not \"any\" or a network"
                                            : "say \"peer ADDRESS\" after the flows"));
    return false;
  }
  return families(policy, c);
}

bool Translator::families(const PolicyStatement& policy, model::Connection& c) {
  const auto family_of = [](const std::optional<Prefix>& p) {
    return p ? p->address.family() : Family::unspecified;
  };
  const Family local = family_of(c.local);
  const Family remote = family_of(c.remote);
  const Position& peer_at = policy.peer ? policy.peer->at : policy.at;
  const bool both = local != Family::unspecified && remote != Family::unspecified;
  if (both && local != remote) {
    diagnostics_.error(peer_at, "create_ike: peer address family mismatch");
    return false;
  }
  const Family found = local != Family::unspecified ? local : remote;
  const bool mismatch = c.family != Family::unspecified && found != Family::unspecified;
  if (mismatch && c.family != found) {
    const Position& at = policy.peer || !policy.local ? peer_at : policy.local->at;
    diagnostics_.error(at, "create_ike: policy address family mismatch");
    return false;
  }
  if (c.family == Family::unspecified) c.family = found;
  return true;
}

bool Translator::proposals(const PolicyStatement& policy, Draft& draft) {
  model::Connection& c = draft.connection;
  bool ok = make_proposals(SaKind::ike, policy.ike_sa, diagnostics_, c.ike_proposals);
  ok &= make_proposals(SaKind::child, policy.child_sa, diagnostics_, c.children.front().proposals);
  return ok;
}

bool Translator::identity(const Word& word, std::string_view clause, model::Identity& out) {
  if (word.text.size() > kIdentityTextMax) {
    diagnostics_.error(word.at, std::string(clause) + " too long");
    return false;
  }
  if (word.text.empty()) {
    diagnostics_.error(word.at, std::string(clause) + " is empty");
    return false;
  }
  out = model::Identity::from_name(word.text);
  if (out.type == IdType::asn1_dn) {
    refuse(word.at, std::string(clause) + " with a distinguished name");
    return false;
  }
  return true;
}

bool Translator::identities(const PolicyStatement& policy, model::Connection& c) {
  c.local_id = {IdType::fqdn, to_blob(as_bytes(host_name_))};
  bool ok = !policy.srcid || identity(*policy.srcid, "srcid", c.local_id);
  if (policy.dstid) ok &= identity(*policy.dstid, "dstid", c.remote_id.emplace());
  return ok;
}

bool Translator::lifetimes(const PolicyStatement& policy, Draft& draft) {
  bool ok = true;
  const auto time = [&](const std::optional<Value>& value, seconds& out) {
    if (!value) return;
    const auto parsed = parse_time(*value);
    if (parsed) {
      out = *parsed;
    } else {
      diagnostics_.error(value->at, parsed.error());
      ok = false;
    }
  };
  model::Lifetime& lifetime = draft.connection.children.front().lifetime;
  time(policy.ike_lifetime, draft.connection.ike_lifetime);
  time(policy.lifetime, lifetime.time);
  if (policy.bytes) {
    const auto parsed = parse_bytes(*policy.bytes);
    if (parsed) {
      lifetime.bytes = *parsed;
    } else {
      diagnostics_.error(policy.bytes->at, parsed.error());
      ok = false;
    }
  }
  return ok;
}

bool Translator::tags(const PolicyStatement& policy, Draft& draft) {
  bool ok = true;
  if (policy.tag) {
    if (policy.tag->text.size() > kTagMax) {
      diagnostics_.error(policy.tag->at, "tag too long");
      ok = false;
    }
    draft.connection.tag = policy.tag->text;
    diagnostics_.warning(policy.tag->at, "tag has no effect on Linux");
  }
  if (!policy.tap) return ok;
  draft.tap = policy.tap->text;
  const std::string unit = draft.tap.starts_with("enc") ? draft.tap.substr(3) : "";
  if (!draft.tap.starts_with("enc")) {
    diagnostics_.error(policy.tap->at, "invalid tap interface name: " + draft.tap);
    return false;
  }
  const bool digits = !unit.empty() && unit.size() <= 9 &&
                      unit.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) {
    diagnostics_.error(policy.tap->at, "invalid tap interface unit: " + draft.tap);
    return false;
  }
  diagnostics_.warning(policy.tap->at, "tap has no effect on Linux");
  return ok;
}

}  // namespace ike::config::iked

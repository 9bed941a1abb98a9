#include "config/iked/translate.h"

#include <memory>
#include <utility>

#include "base/overloaded.h"
#include "base/secret.h"
#include "config/iked/print.h"
#include "config/iked/quantity.h"

namespace ike::config::iked {

namespace {

constexpr size_t kUserNameMax = 255;  // below LOGIN_NAME_MAX
constexpr size_t kPasswordMax = 255;

Secret to_secret(std::string& text) {
  Secret secret(as_bytes(text));
  wipe(MutableBytes(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  return secret;
}

}  // namespace

Translator::Translator(const LoadOptions& options, const Sources& sources, Environment& environment,
                       Diagnostics& diagnostics)
    : options_(options),
      sources_(sources),
      environment_(environment),
      diagnostics_(diagnostics),
      hosts_(environment, diagnostics),
      host_name_(environment.host_name()) {
  global_.passive = options.passive;
  global_.natt_port = options.natt_port;
  global_.natt_only = options.nat_traversal == NatTraversal::forced;
  features_.nat_detection = options.nat_traversal != NatTraversal::off;
  features_.force_encapsulation = options.nat_traversal == NatTraversal::forced;
}

void Translator::add(Statement&& statement, unsigned number) {
  std::visit(overloaded{
                 [&](const SetStatement& set) { add(set); },
                 [&](UserStatement& user) { add(std::move(user)); },
                 [&](PolicyStatement& policy) { add(std::move(policy), number); },
                 [&](const RadiusStatement& radius) { refuse(radius.at, "radius"); },
             },
             statement);
}

void Translator::refuse(const Position& at, const std::string& what) {
  diagnostics_.error(at, "not supported yet: " + what);
}

void Translator::add(const SetStatement& set) {
  const std::string& option = set.option;
  if (option == "active" || option == "passive") {
    global_.passive = option == "passive";
  } else if (option == "couple" || option == "decouple") {
    global_.coupled = option == "couple";
  } else if (option == "fragmentation" || option == "nofragmentation") {
    features_.fragmentation = option == "fragmentation";
  } else if (option == "vendorid" || option == "novendorid") {
    features_.vendor_id = option == "vendorid";
  } else if (option == "enforcesingleikesa" || option == "noenforcesingleikesa") {
    global_.enforce_single_ike_sa = option == "enforcesingleikesa";
  } else if (option == "dpd_check_interval") {
    const int64_t interval = set.argument->number.value_or(-1);
    if (interval < 0 || interval > kSecondsMax) {
      diagnostics_.error(set.argument->at, "timeout outside range: seconds, or 0 for no checks");
      return;
    }
    global_.dpd_interval = seconds(interval);
  } else if (option == "ocsp") {
    for (const auto& time : {set.tolerate, set.max_age}) {
      if (!time) continue;
      if (const auto parsed = parse_time(*time); !parsed) {
        diagnostics_.error(time->at, parsed.error());
      }
    }
    refuse(set.option_at, "set ocsp");
  } else if (option == "mobike" || option == "stickyaddress" || option == "cert_partial_chain") {
    refuse(set.option_at, "set " + option);
  }
  // nomobike and nostickyaddress: what we do anyway.
}

void Translator::add(UserStatement&& user) {
  if (user.name.text.empty() || user.name.text.size() > kUserNameMax) {
    diagnostics_.error(user.name.at, "invalid user name");
    return;
  }
  if (user.password.text.empty() || user.password.text.size() > kPasswordMax) {
    diagnostics_.error(user.password.at, "invalid password");
    return;
  }
  users_.push_back({std::move(user.name.text), to_secret(user.password.text)});
  refuse(user.at, "user (EAP)");
}

Loaded Translator::finish() {
  Loaded loaded;
  loaded.policy.global = global_;
  if (options_.normalised) {
    for (const auto& user : users_) loaded.normalised.push_back(normalised(user));
  }
  loaded.secrets.users = std::move(users_);
  std::unordered_map<ConnectionId, unsigned> equal_before;
  for (Draft& draft : drafts_) {
    model::Connection& c = draft.connection;
    const bool natt = c.features.force_encapsulation;
    c.features = features_;
    c.features.force_encapsulation |= natt;
    c.id = model::digest_of(c, 0);
    if (const unsigned ordinal = equal_before[c.id]++; ordinal > 0) {
      c.id = model::digest_of(c, ordinal);
    }
    if (options_.normalised) loaded.normalised.push_back(normalised(draft));
    if (!draft.psk.empty()) loaded.secrets.connections.push_back({c.id, std::move(draft.psk)});
    loaded.policy.connections.push_back(std::make_shared<const model::Connection>(std::move(c)));
  }
  drafts_.clear();
  return loaded;
}

}  // namespace ike::config::iked

// What iked.conf says, statement by statement, before anything is looked up or checked.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/net.h"
#include "config/text/source.h"
#include "model/connection.h"

namespace ike::config::iked {

struct Word {
  std::string text;
  Position at;
};

// Where the grammar takes a NUMBER or a STRING.
struct Value {
  std::string text;
  std::optional<int64_t> number;  // absent for a STRING
  Position at;
};

// STRING [ "/" NUMBER ]
struct HostSpec {
  Word name;
  std::optional<int64_t> length;
};

struct Host {
  enum class Kind : uint8_t { spec, any, dynamic };
  Kind kind = Kind::spec;
  HostSpec spec;
  std::optional<HostSpec> nat;
  Position at;
};

struct Flow {
  Host from, to;
  std::optional<Value> from_port, to_port;
  Position at;
};

struct TransformClause {
  enum class Type : uint8_t { auth, enc, prf, group, esn, noesn };
  Type type;
  Word name;
};

struct ProposalGroup {
  std::vector<TransformClause> transforms;
  Position at;
};

struct AuthClause {
  enum class Kind : uint8_t { psk, psk_file, eap, eap_radius, named };
  Kind kind = Kind::named;
  Word word;
};

struct ConfigOption {
  bool request = false;
  Word name;
  std::optional<HostSpec> value;  // absent = "any"
  Position at;
};

struct PolicyStatement {
  Position at;
  std::optional<Word> name;
  std::string slip;  // what to warn of if the name looks like a misspelled keyword
  model::Evaluation evaluation = model::Evaluation::last_match;
  bool active = false;
  std::optional<Position> ipcomp, ah;
  model::Mode mode = model::Mode::tunnel;
  bool natt = false;
  Family family = Family::unspecified;
  std::vector<Value> protocols;
  std::optional<Value> rdomain;
  std::vector<Flow> flows;
  std::optional<Host> peer, local;
  std::vector<ProposalGroup> ike_sa, child_sa;
  std::optional<Word> srcid, dstid;
  std::optional<Value> ike_lifetime, lifetime, bytes;
  std::optional<AuthClause> auth;
  std::vector<ConfigOption> config;
  std::optional<Word> iface, tag, tap;
};

struct SetStatement {
  Position at;
  std::string option;
  Position option_at;
  std::optional<Value> argument;           // dpd_check_interval, ocsp
  std::optional<Value> tolerate, max_age;  // ocsp
};

struct UserStatement {
  Position at;
  Word name, password;
};

struct RadiusStatement {
  Position at;
};

using Statement = std::variant<SetStatement, UserStatement, PolicyStatement, RadiusStatement>;

}  // namespace ike::config::iked

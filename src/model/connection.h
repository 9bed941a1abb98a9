// One configured peer (or group of peers): what every front end translates its file into.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/strong.h"
#include "model/identity.h"
#include "model/lifetime.h"
#include "model/proposal.h"
#include "model/traffic_selector.h"

namespace ike::model {

// Where something was configured, for every message about it.
struct Origin {
  std::string file;
  unsigned line = 0;
  std::string text() const;  // "/etc/iked.conf:12"
};

enum class Mode : uint8_t { tunnel, transport };

// How a connection takes part in the choice by address and identity.
enum class Evaluation : uint8_t {
  last_match,   // a later match wins over it
  first_match,  // "quick": ends the search
  fallback,     // "default": also taken when nothing matched
  skipped,      // never matches
};

enum class AuthKind : uint8_t { signature, psk, eap_mschapv2 };

struct Authentication {
  AuthKind kind = AuthKind::signature;
  // AUTH methods the peer may prove itself with.
  std::vector<AuthMethod> accepted;

  friend bool operator==(const Authentication&, const Authentication&) = default;
};

// What becomes one Child SA.  Never empty for iked; a front end that takes selectors from kernel
// acquires leaves `selectors` empty.
struct ChildTemplate {
  ProtocolId protocol = ProtocolId::esp;
  Mode mode = Mode::tunnel;
  std::vector<Proposal> proposals;
  std::vector<SelectorPair> selectors;
  Lifetime lifetime{seconds(10800), 4294967296};

  friend bool operator==(const ChildTemplate&, const ChildTemplate&) = default;
};

struct Features {
  bool fragmentation = false;  // RFC 7383
  bool vendor_id = true;
  bool nat_detection = true;         // off: no NAT-D notifies, port 500 only
  bool force_encapsulation = false;  // pretend that there is a NAT
  bool initial_contact = false;      // send INITIAL_CONTACT on the first SA with a peer

  friend bool operator==(const Features&, const Features&) = default;
};

struct Connection {
  ConnectionId id;  // digest of all below except origin: equal ids mean equal configuration
  std::string name;
  Origin origin;

  Evaluation evaluation = Evaluation::last_match;
  bool active = false;                  // keep an SA up without being asked
  Family family = Family::unspecified;  // of the outer addresses
  std::optional<Prefix> local;          // absent = any address of ours
  std::optional<Prefix> remote;         // absent = any peer

  Identity local_id;
  std::optional<Identity> remote_id;  // absent = whoever proves itself
  Authentication auth;

  std::vector<Proposal> ike_proposals;
  seconds ike_lifetime{0};  // 0 = never rekeyed
  std::vector<ChildTemplate> children;
  Features features;
  std::string tag;  // format; empty = none

  // The one address we can call, if it is one.
  std::optional<Address> peer_address() const;
};

using ConnectionPtr = std::shared_ptr<const Connection>;

}  // namespace ike::model

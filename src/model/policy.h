// Everything that was configured, as one immutable snapshot.  A reload makes a new one.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/secret.h"
#include "model/connection.h"

namespace ike::model {

struct Global {
  bool passive = false;  // never initiate, ignore acquires
  bool coupled = true;   // load SAs and flows into the kernel
  bool enforce_single_ike_sa = false;
  bool sticky_address = false;
  seconds dpd_interval{60};  // 0 = no liveness checks
  uint16_t ike_port = 500;
  uint16_t natt_port = 4500;
  bool natt_only = false;  // open only the NAT-T port

  friend bool operator==(const Global&, const Global&) = default;
};

struct Policy {
  std::vector<ConnectionPtr> connections;  // in file order
  Global global;

  ConnectionPtr find(ConnectionId id) const;  // null when unknown; linear, see PolicyIndex
};
using PolicyPtr = std::shared_ptr<const Policy>;

// Gives the connection its id from its canonical dump; `ordinal` tells equal ones apart.
ConnectionId digest_of(const Connection& connection, unsigned ordinal);

// What only the keys process may hold, kept apart from Policy from the first line of parsing on.
struct ConnectionSecret {
  ConnectionId connection;
  Secret psk;
};
struct UserSecret {
  std::string name;
  Secret password;
};
struct Secrets {
  std::vector<ConnectionSecret> connections;
  std::vector<UserSecret> users;
};

// Canonical text of everything except origins and secrets: golden tests, digests, support reports.
std::string dump(const Connection& connection);
std::string dump(const Policy& policy);

}  // namespace ike::model

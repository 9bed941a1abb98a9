// The routes that lead packets into our TUN device: a table of our own, asked first for everything
// that does not carry our mark.  Outer packets and IKE carry it, so they never enter a tunnel.
//
// Flows for one protocol have a second table, which is asked by rules for that protocol only: what
// else goes between their addresses keeps to its usual way.  Ports are left to the policy of esp/:
// later fragments carry none, and a rule by port would let them leave unprotected.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "kernel/rtnetlink/codec.h"
#include "model/sa_spec.h"

namespace ike::kernel {

inline constexpr uint32_t kOuterMark = 0x00494b45;  // "IKE"
inline constexpr uint32_t kRouteTable = 0x00494b45;
inline constexpr uint32_t kProtocolTable = kRouteTable + 1;
inline constexpr uint32_t kRulePriority = 4500;  // and the following ones
inline constexpr size_t kProtocolRulesMax =
    512;  // each costs every packet of the host a comparison

class Routes {
 public:
  // `netlink`: an rtnetlink descriptor, borrowed.
  Routes(int netlink, unsigned device) : netlink_(netlink), device_(device) {}
  ~Routes();
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  // 0 or an errno; ENOSPC for one more flow by protocol than there may be.  Flows may share
  // prefixes; each add() needs its remove().
  int add(const model::FlowSpec& flow);
  void remove(const model::FlowSpec& flow);

  // How packets of ours that carry the mark reach `remote`.
  std::optional<rtnetlink::FoundRoute> find(const Address& remote) const;

 private:
  struct Users {
    unsigned device = 0;   // flows that protect traffic to the prefix
    unsigned pass_on = 0;  // flows whose own side it is
  };

  struct Place {
    uint32_t table = kRouteTable;
    Prefix prefix;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  int ensure_rule(Family family);
  int ensure_protocol_rules(Family family);
  int change(const Place& place, rtnetlink::RouteKind kind, int by, std::optional<Address> source);
  int select(const Prefix& prefix, uint8_t protocol, int by);
  std::optional<Address> own_address_in(const AddressRange& range) const;
  bool leads_home(const model::FlowSpec& flow) const;

  int netlink_;
  unsigned device_;
  bool rule_v4_ = false, rule_v6_ = false;
  std::set<Family> by_protocol_;  // families with the rules around those by protocol
  std::map<Place, Users> users_;
  std::map<std::pair<Prefix, uint8_t>, unsigned> selected_;  // rules by protocol: how many flows
};

}  // namespace ike::kernel

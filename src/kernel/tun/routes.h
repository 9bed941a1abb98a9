// The routes that lead packets into our TUN device: a table of our own, asked first for everything
// that does not carry our mark.  Outer packets and IKE carry it, so they never enter a tunnel.
#pragma once

#include <map>
#include <vector>

#include "kernel/rtnetlink/codec.h"
#include "model/sa_spec.h"

namespace ike::kernel {

inline constexpr uint32_t kOuterMark = 0x00494b45;  // "IKE"
inline constexpr uint32_t kRouteTable = 0x00494b45;
inline constexpr uint32_t kRulePriority = 4500;

class Routes {
 public:
  // `netlink`: an rtnetlink descriptor, borrowed.
  Routes(int netlink, unsigned device) : netlink_(netlink), device_(device) {}
  ~Routes();
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  // 0 or an errno.  Flows may share prefixes; each add() needs its remove().
  int add(const model::FlowSpec& flow);
  void remove(const model::FlowSpec& flow);

  // How packets of ours that carry the mark reach `remote`.
  std::optional<rtnetlink::FoundRoute> find(const Address& remote) const;

 private:
  struct Users {
    unsigned device = 0;   // flows that protect traffic to the prefix
    unsigned pass_on = 0;  // flows whose own side it is
  };

  int ensure_rule(Family family);
  int change(const Prefix& prefix, rtnetlink::RouteKind kind, int by,
             std::optional<Address> source);
  std::optional<Address> own_address_in(const AddressRange& range) const;
  bool leads_home(const model::FlowSpec& flow) const;

  int netlink_;
  unsigned device_;
  bool rule_v4_ = false, rule_v6_ = false;
  std::map<Prefix, Users> users_;
};

}  // namespace ike::kernel

#include "config/iked/flows.h"

#include <algorithm>

#include "base/limits.h"

namespace ike::config::iked {

namespace {

using model::SelectorPair;
using model::TrafficSelector;

struct Side {
  bool any = false;
  Addresses addresses;  // empty for any
};

class Maker {
 public:
  Maker(const std::vector<uint8_t>& protocols, Hosts& hosts, Diagnostics& diagnostics)
      : protocols_(protocols), hosts_(hosts), diagnostics_(diagnostics) {}

  bool add(const Flow& flow, bool only) {
    const auto from = side(flow.from);
    const auto to = side(flow.to);
    const bool nat_ok = check_nat(flow);
    const auto from_port = port(flow.from_port);
    const auto to_port = port(flow.to_port);
    if (!from || !to || !nat_ok || !from_port || !to_port) return false;
    const bool no_protocol = protocols_.size() == 1 && protocols_.front() == 0;
    if (no_protocol && (*from_port != 0 || *to_port != 0)) {
      diagnostics_.warning(flow.at, "a port without \"proto\": many peers refuse such a flow");
    }
    if (only) note_ends(*from, *to);
    const auto pairs = combine(*from, *to);
    if (pairs.empty()) {
      diagnostics_.error(flow.at, "cannot mix different address families.");
      diagnostics_.error(flow.at, "create_ike: invalid flow");
      return false;
    }
    for (auto pair : pairs) {
      pair.from_port = *from_port;
      pair.to_port = *to_port;
      for (const uint8_t protocol : protocols_) {
        if (!add_pair(flow.at, pair, protocol)) return false;
      }
    }
    return true;
  }

  Flows take() { return std::move(out_); }

 private:
  std::optional<Side> side(const Host& host) {
    if (host.kind == Host::Kind::any) return Side{true, {}};
    if (host.kind == Host::Kind::dynamic) {
      diagnostics_.error(host.at, "not supported yet: dynamic (addresses from the peer)");
      return std::nullopt;
    }
    auto addresses = hosts_.resolve(host.spec);
    if (!addresses) return std::nullopt;
    return Side{false, *std::move(addresses)};
  }

  std::optional<uint16_t> port(const std::optional<Value>& value) {
    return value ? hosts_.port(*value) : std::optional<uint16_t>(0);
  }

  bool check_nat(const Flow& flow) {
    if (flow.to.nat) {
      std::string network = flow.to.spec.name.text;
      if (flow.to.spec.length) network += "/" + std::to_string(*flow.to.spec.length);
      diagnostics_.error(flow.to.at, "no flow NAT support for destination network: " + network);
      return false;
    }
    if (!flow.from.nat) return true;
    const auto inner = hosts_.resolve(*flow.from.nat);
    const auto outer = hosts_.resolve(flow.from.spec);
    if (!inner || !outer) return false;
    const Position& at = flow.from.nat->name.at;
    if (inner->prefixes[0].address.family() != outer->prefixes[0].address.family()) {
      diagnostics_.error(at, "Flow NAT address family mismatch");
    } else {
      diagnostics_.error(at, "not supported yet: source NAT of a flow");
    }
    return false;
  }

  void note_ends(const Side& from, const Side& to) {
    const bool single = from.addresses.prefixes.size() <= 1 && to.addresses.prefixes.size() <= 1;
    if (!single) return;
    Flows::Ends ends;
    if (!from.any) ends.from = from.addresses.prefixes[0];
    if (!to.any) ends.to = to.addresses.prefixes[0];
    ends.networks = from.any || to.any || from.addresses.network || to.addresses.network;
    out_.ends = ends;
  }

  static std::vector<WrittenFlow> combine(const Side& from, const Side& to) {
    std::vector<WrittenFlow> pairs;
    if (from.any && to.any) {
      for (const Family family : {Family::ipv4, Family::ipv6}) {
        pairs.push_back({Prefix::everything(family), Prefix::everything(family), 0, 0});
      }
      return pairs;
    }
    const auto all_of_family = [](const Prefix& other) {
      return Prefix::everything(other.address.family());
    };
    if (from.any) {
      for (const Prefix& p : to.addresses.prefixes) pairs.push_back({all_of_family(p), p, 0, 0});
      return pairs;
    }
    for (const Prefix& p : from.addresses.prefixes) {
      if (to.any) pairs.push_back({p, all_of_family(p), 0, 0});
      for (const Prefix& q : to.addresses.prefixes) {
        if (p.address.family() == q.address.family()) pairs.push_back({p, q, 0, 0});
      }
    }
    return pairs;
  }

  bool add_pair(const Position& at, const WrittenFlow& flow, uint8_t protocol) {
    SelectorPair pair{TrafficSelector::of(flow.from, protocol),
                      TrafficSelector::of(flow.to, protocol)};
    if (flow.from_port != 0) pair.local.port_first = pair.local.port_last = flow.from_port;
    if (flow.to_port != 0) pair.remote.port_first = pair.remote.port_last = flow.to_port;
    if (std::ranges::find(out_.selectors, pair) != out_.selectors.end()) {
      diagnostics_.warning(at, "create_ike: duplicate flow");
      return true;
    }
    if (out_.selectors.size() == limits::kSelectorsMax) {
      diagnostics_.error(at, "too many flows: a policy can have " +
                                 std::to_string(limits::kSelectorsMax) +
                                 ", counted once per protocol and address");
      return false;
    }
    out_.selectors.push_back(pair);
    out_.written.push_back(flow);
    return true;
  }

  const std::vector<uint8_t>& protocols_;
  Hosts& hosts_;
  Diagnostics& diagnostics_;
  Flows out_;
};

}  // namespace

std::optional<Flows> make_flows(const PolicyStatement& policy,
                                const std::vector<uint8_t>& protocols, Hosts& hosts,
                                Diagnostics& diagnostics) {
  Maker maker(protocols, hosts, diagnostics);
  bool ok = true;
  for (const Flow& flow : policy.flows) ok &= maker.add(flow, policy.flows.size() == 1);
  if (!ok) return std::nullopt;
  return maker.take();
}

}  // namespace ike::config::iked

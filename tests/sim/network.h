// The network between the nodes: it loses, doubles, delays, reorders, changes and cuts.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/net.h"
#include "sim/scheduler.h"
#include "sim/sim_random.h"

namespace ike::sim {

// How bad it is, in per mille.
struct Weather {
  unsigned loss = 0;
  unsigned duplicate = 0;
  unsigned corrupt = 0;
  unsigned reorder = 0;  // held back for up to two seconds
  Duration delay_min = milliseconds(2);
  Duration delay_max = milliseconds(40);
};
inline constexpr Weather kFair{};
inline constexpr Weather kRough{.loss = 150, .duplicate = 80, .corrupt = 20, .reorder = 80};
inline constexpr Weather kStormy{.loss = 350, .duplicate = 150, .corrupt = 50, .reorder = 200};

struct Packet {
  Endpoint from;
  Endpoint to;
  Blob data;
};

// Translates the addresses of the nodes behind it.
class NatBox {
 public:
  NatBox(const Address& outside, SimRandom random) : outside_(outside), random_(random) {}
  const Address& outside() const { return outside_; }
  Endpoint map_out(const Endpoint& inside);
  std::optional<Endpoint> map_in(uint16_t port) const;
  // Forgets its table; the next packet out gets another port.
  void rebind() { to_inside_.clear(), to_port_.clear(); }

 private:
  Address outside_;
  SimRandom random_;
  std::map<Endpoint, uint16_t> to_port_;
  std::map<uint16_t, Endpoint> to_inside_;
};

class Network {
 public:
  using Deliver = std::function<void(const Packet&)>;
  // Sees every packet as it is on the wire; may inject() others.
  using Tap = std::function<void(const Packet&)>;

  Network(Scheduler& clock, SimRandom random) : clock_(clock), random_(random) {}

  void attach(const Address& address, Deliver deliver) { nodes_[address] = std::move(deliver); }
  // `inside` is reached only through the box.
  NatBox& put_behind_nat(const Address& inside, const Address& outside);
  void set_weather(const Weather& weather) { weather_ = weather; }
  const Weather& weather() const { return weather_; }
  void cut(const Address& a, const Address& b) { cut_.insert(std::minmax(a, b)); }
  void mend() { cut_.clear(); }
  void set_tap(Tap tap) { tap_ = std::move(tap); }

  // From a node, through its NAT if it has one.
  void send(Packet packet);
  // From anywhere, with any source address, as it is.
  void inject(Packet packet, Duration delay);

  uint64_t sent() const { return sent_; }

 private:
  void arrive(const Packet& packet);
  void corrupt(Blob& data);

  Scheduler& clock_;
  SimRandom random_;
  Weather weather_;
  std::map<Address, Deliver> nodes_;
  std::map<Address, NatBox> boxes_;    // by outside address
  std::map<Address, Address> behind_;  // inside to outside
  std::set<std::pair<Address, Address>> cut_;
  Tap tap_;
  uint64_t sent_ = 0;
};

}  // namespace ike::sim

#include "sim/network.h"

#include <algorithm>

namespace ike::sim {

Endpoint NatBox::map_out(const Endpoint& inside) {
  const auto known = to_port_.find(inside);
  if (known != to_port_.end()) return {outside_, known->second};
  uint16_t port = 0;
  do {
    port = static_cast<uint16_t>(random_.between(uint64_t{10000}, uint64_t{60000}));
  } while (to_inside_.contains(port));
  to_port_[inside] = port;
  to_inside_[port] = inside;
  return {outside_, port};
}

std::optional<Endpoint> NatBox::map_in(uint16_t port) const {
  const auto known = to_inside_.find(port);
  if (known == to_inside_.end()) return std::nullopt;
  return known->second;
}

NatBox& Network::put_behind_nat(const Address& inside, const Address& outside) {
  behind_[inside] = outside;
  return boxes_.try_emplace(outside, outside, random_.fork()).first->second;
}

void Network::send(Packet packet) {
  ++sent_;
  if (const auto nat = behind_.find(packet.from.address); nat != behind_.end()) {
    packet.from = boxes_.at(nat->second).map_out(packet.from);
  }
  if (tap_) tap_(packet);
  const unsigned copies = random_.chance(weather_.duplicate) ? 2 : 1;
  for (unsigned i = 0; i < copies; ++i) {
    if (random_.chance(weather_.loss)) continue;
    Packet copy = packet;
    if (random_.chance(weather_.corrupt)) corrupt(copy.data);
    Duration delay = random_.between(weather_.delay_min, weather_.delay_max);
    if (random_.chance(weather_.reorder)) delay += random_.between(Duration(0), seconds(2));
    inject(std::move(copy), delay);
  }
}

void Network::inject(Packet packet, Duration delay) {
  clock_.after(delay, [this, p = std::move(packet)] { arrive(p); });
}

void Network::arrive(const Packet& packet) {
  if (cut_.contains(std::minmax(packet.from.address, packet.to.address))) return;
  Packet p = packet;
  if (const auto box = boxes_.find(p.to.address); box != boxes_.end()) {
    const auto inside = box->second.map_in(p.to.port);
    if (!inside) return;
    p.to = *inside;
  } else if (behind_.contains(p.to.address)) {
    return;  // nobody outside reaches it by its own address
  }
  const auto node = nodes_.find(p.to.address);
  if (node != nodes_.end()) node->second(p);
}

void Network::corrupt(Blob& data) {
  if (data.empty()) return;
  switch (random_.between(uint64_t{0}, uint64_t{2})) {
    case 0: data.resize(random_.between(uint64_t{0}, uint64_t{data.size() - 1})); break;
    case 1: data.push_back(0); break;
    default:
      data[random_.between(uint64_t{0}, uint64_t{data.size() - 1})] ^=
          static_cast<uint8_t>(1U << random_.between(uint64_t{0}, uint64_t{7}));
  }
}

}  // namespace ike::sim

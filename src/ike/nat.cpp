#include "ike/nat.h"

#include <algorithm>

namespace ike::proto {
namespace {

std::array<uint8_t, 8> octets_of(IkeSpi spi) {
  std::array<uint8_t, 8> out{};
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<uint8_t>(spi.raw() >> (8 * (out.size() - 1 - i)));
  }
  return out;
}

}  // namespace

NatHash nat_hash(crypto::Provider& provider, const NatSpis& spis, const Endpoint& endpoint) {
  const auto spi_i = octets_of(spis.initiator);
  const auto spi_r = octets_of(spis.responder);
  const std::array<uint8_t, 2> port{static_cast<uint8_t>(endpoint.port >> 8),
                                    static_cast<uint8_t>(endpoint.port)};
  const std::array<Bytes, 4> parts{spi_i, spi_r, endpoint.address.octets(), port};
  NatHash out{};
  provider.hash(crypto::Hash::sha1, parts, out);
  return out;
}

NatHashes nat_hashes(crypto::Provider& provider, const NatSpis& spis, const Endpoint& local,
                     const Endpoint& remote) {
  return {nat_hash(provider, spis, local), nat_hash(provider, spis, remote)};
}

NatHashes forced_nat_hashes(Random& random) {
  NatHashes hashes;
  random.fill_public(hashes.source);
  random.fill_public(hashes.destination);
  return hashes;
}

NatVerdict judge_nat(crypto::Provider& provider, const NatSpis& spis,
                     std::span<const Bytes> sources, std::span<const Bytes> destinations,
                     const std::array<Endpoint, 2>& from_to) {
  if (sources.empty() || destinations.empty()) return {};
  const auto none_fits = [&](std::span<const Bytes> named, const Endpoint& seen) {
    const NatHash hash = nat_hash(provider, spis, seen);
    return std::ranges::none_of(named, [&](Bytes h) { return equal(h, hash); });
  };
  return {.here = none_fits(destinations, from_to[1]), .there = none_fits(sources, from_to[0])};
}

}  // namespace ike::proto

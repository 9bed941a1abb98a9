// NAT detection.  RFC 7296 section 2.23.
#pragma once

#include <array>
#include <span>

#include "base/net.h"
#include "base/random.h"
#include "base/strong.h"
#include "crypto/provider.h"

namespace ike::proto {

inline constexpr size_t kNatHashSize = 20;
using NatHash = std::array<uint8_t, kNatHashSize>;

struct NatSpis {
  IkeSpi initiator;
  IkeSpi responder;  // 0 in the first request
};

//= RFC 7296 section 2.23: SHA-1(SPIi | SPIr | address | port)
NatHash nat_hash(crypto::Provider& provider, const NatSpis& spis, const Endpoint& endpoint);

// What we announce.
struct NatHashes {
  NatHash source;       // over our own endpoint
  NatHash destination;  // over the peer's
};
NatHashes nat_hashes(crypto::Provider& provider, const NatSpis& spis, const Endpoint& local,
                     const Endpoint& remote);
// Hashes that fit nothing, so that the peer sees a NAT and encapsulates.
NatHashes forced_nat_hashes(Random& random);

struct NatVerdict {
  bool here = false;   // we are behind a NAT: keepalives are ours to send
  bool there = false;  // the peer is
  bool any() const { return here || there; }
};
// What the peer announced, judged by what its packet looked like when it arrived here: `from` and
// `to` of the datagram.  A peer that announced nothing has no NAT detection.
//= RFC 7296 section 2.23: several sources may be named, one that fits is enough
NatVerdict judge_nat(crypto::Provider& provider, const NatSpis& spis,
                     std::span<const Bytes> sources, std::span<const Bytes> destinations,
                     const std::array<Endpoint, 2>& from_to);

}  // namespace ike::proto

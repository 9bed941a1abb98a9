// Encrypted payloads: SK, and SKF for what does not fit into one datagram.
// RFC 7296 section 3.14, RFC 5282, RFC 7383.
#pragma once

#include <vector>

#include "base/net.h"
#include "base/random.h"
#include "ike/proof.h"
#include "ikev2/key_schedule.h"
#include "wire/header.h"
#include "wire/v2/sk.h"

namespace ike::v2 {

// RFC 7383 section 2.5.1: IP datagrams of this size get through nearly everywhere.
inline constexpr size_t kFragmentMtuIpv4 = 576;
inline constexpr size_t kFragmentMtuIpv6 = 1280;

// Octets left for an IKE message (with the non-ESP marker, if any) in an IP datagram.
size_t message_room(Family family, size_t mtu);
size_t default_message_room(Family family);

// A chain of payloads in clear, on its way out.
struct Sealing {
  wire::Header header;  // next_payload and length are filled in
  PayloadType first = PayloadType::none;
  Bytes chain;
  size_t room = 0;              // a larger message goes as SKF fragments; 0: never
  bool non_esp_marker = false;  // four zero octets in front of each message
};

// One encrypted payload that was opened: the whole chain, or one fragment of it.
struct Plaintext {
  PayloadType first = PayloadType::none;
  bool is_fragment = false;
  uint16_t fragment = 1;
  uint16_t fragments = 1;
  Blob chain;       // without padding
  uint32_t at = 0;  // where the text stood in the message, for offsets of errors
};

// The two ends share keys and algorithms; which half is whose depends on who began the IKE SA.
struct EnvelopeKeys {
  const model::Suite& suite;
  SkKeys& keys;
  bool initiator = false;  // we are the original initiator
};

class Envelope {
 public:
  // Datagrams in the order of their fragments.  Fault::limit when the chain needs too many.
  static Result<std::vector<Blob>> seal(crypto::Provider& provider, Random& random,
                                        const EnvelopeKeys& with, const Sealing& sealing);

  // `message`: the whole of it, without non-ESP marker; `sk`: its encrypted payload.
  // Fault::unauthenticated when the ICV is wrong or it claims to be from us.
  static Result<proto::Unprotected<Plaintext>> open(crypto::Provider& provider,
                                                    const EnvelopeKeys& with,
                                                    const wire::Header& header,
                                                    const wire::v2::Sk& sk, Bytes message);
};

}  // namespace ike::v2

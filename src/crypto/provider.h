// What the engine asks of a crypto library.  Implementations fetch their algorithms once, at
// construction.  An object is used by one thread at a time; make one Provider a thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>

#include "base/numbers.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace ike::crypto {

using Parts = std::span<const Bytes>;  // data given in pieces, taken as one after the other

enum class Hash : uint8_t { sha1, sha2_256, sha2_384, sha2_512 };

// One direction of an IKE SA's SK payloads or of an ESP SA: encryption with integrity.
struct Protection {
  Encr encr = Encr::none;
  uint16_t encr_key_bits = 0;
  Integ integ = Integ::none;

  friend bool operator==(const Protection&, const Protection&) = default;
};

// A keyed Protection.  Works in place; allocates nothing per packet.
class PacketCipher {
 public:
  virtual ~PacketCipher() = default;

  // Encrypts `text` and writes the integrity check value (icv.size() == icv_size of the algorithm).
  // `header`: what comes before the IV and is authenticated, not encrypted.  `iv`: on the wire, for
  // AEAD and CTR the 8 octet explicit part.  `suffix`: authenticated after the ciphertext but not
  // sent, the high half of an extended sequence number with separate integrity (RFC 4303 2.2.1).
  virtual void seal(Bytes header, Bytes iv, MutableBytes text, Bytes suffix, MutableBytes icv) = 0;
  // False (and `text` undefined) when the ICV does not match, and when a size is not one that the
  // algorithm can have; seal() takes such sizes for a mistake of its caller.
  [[nodiscard]] virtual bool open(Bytes header, Bytes iv, MutableBytes text, Bytes suffix,
                                  Bytes icv) = 0;
};

// The initiator's half of a key exchange.  The responder's is one step, Provider::answer: with
// Diffie-Hellman both do the same, with key encapsulation only the initiator has a key pair, and
// what it gets back is a ciphertext.
class KeyExchange {
 public:
  virtual ~KeyExchange() = default;
  virtual KeMethod method() const = 0;
  virtual Bytes public_value() const = 0;  // as in the KE payload, fixed width
  //= RFC 6989 section 2: the peer's value is checked before it is used
  virtual Result<Secret> derive(Bytes peer_public) const = 0;
};

struct AnsweredKeyExchange {
  Blob public_value;
  Secret shared;
};

class Provider {
 public:
  virtual ~Provider() = default;

  virtual bool supports(const Protection& protection) const = 0;
  virtual bool supports(PrfId prf) const = 0;
  virtual bool supports(KeMethod method) const = 0;

  virtual void hash(Hash hash, Parts data, MutableBytes out) = 0;
  // `out` takes prf_size(prf) octets or fewer (cut).
  virtual void prf(PrfId prf, Bytes key, Parts data, MutableBytes out) = 0;
  //= RFC 7296 section 2.13: prf+
  virtual void prf_plus(PrfId prf, Bytes key, Parts seed, MutableBytes out) = 0;

  // `key` has the cipher key followed by the salt, where there is one.
  virtual Result<std::unique_ptr<PacketCipher>> packet_cipher(const Protection& protection,
                                                              Bytes key, Bytes integ_key) = 0;
  // The same once, without keeping anything: for IKE messages, where keys are many and uses few.
  virtual Result<void> seal_once(const Protection& protection, Bytes key, Bytes integ_key,
                                 Bytes header, Bytes iv, MutableBytes text, MutableBytes icv) = 0;
  virtual Result<void> open_once(const Protection& protection, Bytes key, Bytes integ_key,
                                 Bytes header, Bytes iv, MutableBytes text, Bytes icv) = 0;

  virtual Result<std::unique_ptr<KeyExchange>> generate(KeMethod method, Random& random) = 0;
  // The responder's half in one step.
  virtual Result<AnsweredKeyExchange> answer(KeMethod method, Bytes peer_public,
                                             Random& random) = 0;

  // Verifies an AUTH payload made with `method` (1, 9, 10, 11, or 14 with its algorithm prefix)
  // over `octets` by the key in `spki` (SubjectPublicKeyInfo, DER).  Fault::unauthenticated when
  // the signature is wrong; unsupported when key and method do not fit.
  virtual Result<void> verify(Bytes spki, AuthMethod method, Bytes octets, Bytes auth_data) = 0;
};

}  // namespace ike::crypto

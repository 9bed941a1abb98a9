// SHA-3 and SHAKE of OpenSSL.
#pragma once

#include <array>

#include "crypto/keccak.h"
#include "crypto/openssl/library.h"

namespace ike::crypto::openssl {

// What was fetched, once; for use on any thread.
struct KeccakDigests {
  explicit KeccakDigests(const Library& library);

  DigestHandle sha3_256;
  DigestHandle sha3_512;
  DigestHandle shake128;
  DigestHandle shake256;
};

// For one thread at a time, and not for longer than the digests.
class OpensslKeccak final : public Keccak {
 public:
  explicit OpensslKeccak(const KeccakDigests& digests) : digests_(digests) {}

  void sha3_256(Parts data, MutableBytes out) override;
  void sha3_512(Parts data, MutableBytes out) override;
  void shake128(Parts data, MutableBytes out) override;
  void shake256(Parts data, MutableBytes out) override;

 private:
  const KeccakDigests& digests_;
  // One for each digest: what is begun again with the same digest allocates nothing.
  std::array<DigestContext, 4> contexts_;
};

}  // namespace ike::crypto::openssl

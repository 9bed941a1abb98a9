// Sizes of algorithms, by their IANA numbers.  All sizes in octets unless the name says bits.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/numbers.h"
#include "crypto/provider.h"

namespace ike::crypto {

struct EncrInfo {
  Encr id;
  uint16_t key_bits;  // the Key Length attribute this row stands for; 0 = attribute absent
  uint8_t key_size;   // without salt
  uint8_t salt_size;
  uint8_t iv_size;     // on the wire
  uint8_t block_size;  // what plaintext with padding must be a multiple of; 1 for stream ciphers
  uint8_t icv_size;    // AEAD only, else 0
  bool aead;
  const char* openssl;  // name to fetch; nullptr = not by EVP
};

struct IntegInfo {
  Integ id;
  uint8_t key_size;
  uint8_t icv_size;
  const char* openssl;
};

struct PrfInfo {
  PrfId id;
  uint8_t size;    // output, and preferred key size
  bool fixed_key;  // RFC 7296 2.14: keys of exactly `size` octets (AES-XCBC, AES-CMAC in part)
  const char* openssl;
};

struct KeInfo {
  KeMethod id;
  uint16_t public_initiator;  // octets of the KE payload of the initiator
  uint16_t public_responder;
  uint16_t shared_size;
  uint16_t strength_bits;
};

// Nothing where the number (or the key length) is unknown to us.
std::optional<EncrInfo> info_of(Encr id, uint16_t key_bits);
std::optional<IntegInfo> info_of(Integ id);
std::optional<PrfInfo> info_of(PrfId id);
std::optional<KeInfo> info_of(KeMethod id);

std::span<const EncrInfo> all_encr();
std::span<const IntegInfo> all_integ();
std::span<const PrfInfo> all_prf();
std::span<const KeInfo> all_ke();

// Of a whole protection: what an SK payload or an ESP packet needs.
struct ProtectionSizes {
  size_t key = 0;  // encryption key with salt
  size_t integ_key = 0;
  size_t iv = 0;
  size_t block = 1;
  size_t icv = 0;
};
// Nothing where the combination protects nothing: no integrity, or an AEAD with more integrity.
std::optional<ProtectionSizes> sizes_of(const Protection& protection);

}  // namespace ike::crypto

// PacketCiphers that can be given new keys, so that one object serves many IKE messages.
#pragma once

#include <memory>

#include "crypto/algorithms.h"
#include "crypto/openssl/library.h"
#include "crypto/provider.h"

namespace ike::crypto::openssl {

class KeyablePacketCipher : public PacketCipher {
 public:
  // `key`: cipher key, then salt; sizes as of sizes_of().
  virtual void set_keys(Bytes key, Bytes integ_key) = 0;
};

// nullptr when the library lacks the algorithm.  `library` lives as long as what is returned.
std::unique_ptr<KeyablePacketCipher> make_packet_cipher(const Protection& protection,
                                                        const std::shared_ptr<Library>& library);

std::unique_ptr<KeyablePacketCipher> make_aead(const EncrInfo& encr,
                                               const std::shared_ptr<Library>& library);
std::unique_ptr<KeyablePacketCipher> make_ccm(const EncrInfo& encr,
                                              const std::shared_ptr<Library>& library);
std::unique_ptr<KeyablePacketCipher> make_encrypt_then_mac(const EncrInfo& encr, Integ integ,
                                                           const std::shared_ptr<Library>& library);

}  // namespace ike::crypto::openssl

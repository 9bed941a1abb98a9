// One IKEv2 initiator up to its first Child SA: as little state as the protocol needs, so that one
// process can be thousands of them.  It answers nothing afterwards.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/net.h"
#include "crypto/openssl/signing_key.h"
#include "ikev2/envelope.h"
#include "ikev2/key_schedule.h"
#include "model/proposal.h"
#include "wire/v2/message.h"
#include "wire/v2/payload_writer.h"

namespace ike::load {

// What all initiators have in common.
struct Plan {
  model::Suite suite{Encr::aes_gcm_16,     256,    Integ::none, PrfId::hmac_sha2_256,
                     KeMethod::curve25519, Esn::no};
  Secret psk;                                      // used without `key`
  std::optional<crypto::openssl::SigningKey> key;  // of all initiators
  Blob peer_key;                                   // SPKI; empty = its signature is not checked
  std::string id_domain = "load.example";          // initiator 7 is FQDN/i7.load.example
  bool same_id = false;                            // all are FQDN/i.load.example
  AddressRange local_ts;                           // initiator 7 asks for the 7th address
  AddressRange remote_ts;
};

struct Endpoints {
  Endpoint local;
  Endpoint remote;
};

class Initiator {
 public:
  Initiator(const Plan& plan, uint64_t number, const Endpoints& endpoints)
      : plan_(plan), number_(number), endpoints_(endpoints) {}

  // The IKE_SA_INIT request.
  Result<Blob> begin(crypto::Provider& provider, Random& random);
  // The next request, where there is one.  Datagrams that are not the response awaited change
  // nothing.  An error ends the attempt; what it says is the cause to count.
  Result<std::optional<Blob>> receive(crypto::Provider& provider, Random& random, Bytes datagram);

  IkeSpi spi() const { return spi_i_; }
  bool established() const { return stage_ == Stage::established; }

 private:
  enum class Stage : uint8_t { await_init, await_auth, established };

  Blob init_request(crypto::Provider& provider, Bytes cookie);
  Result<std::optional<Blob>> on_init(crypto::Provider& provider, Random& random,
                                      const wire::v2::Message& message, Bytes datagram);
  Result<Blob> auth_request(crypto::Provider& provider, Random& random,
                            const wire::v2::Message& init);
  Result<void> on_auth(crypto::Provider& provider, const wire::v2::Message& message);
  Result<void> add_proof(crypto::Provider& provider, wire::v2::PayloadWriter& out, Bytes id_body,
                         const wire::v2::Message& init) const;
  Result<void> check_proof(crypto::Provider& provider, const wire::v2::Message& message) const;
  Blob psk_mac(crypto::Provider& provider, Bytes octets) const;

  const Plan& plan_;
  uint64_t number_;
  Endpoints endpoints_;
  Stage stage_ = Stage::await_init;
  int cookie_rounds_ = 0;
  IkeSpi spi_i_, spi_r_;
  Blob nonce_i_, nonce_r_;
  Blob request_, response_;  // of IKE_SA_INIT: both proofs cover them
  std::unique_ptr<crypto::KeyExchange> key_pair_;
  v2::SkKeys keys_;
};

}  // namespace ike::load

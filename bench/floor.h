// The floor: what the bare libcrypto work of one side of one IKEv2 handshake costs on this machine
// now.  Speeds of daemons are told as multiples of it, since they can be compared between machines.
#pragma once

#include <algorithm>

#include "libcrypto_operations.h"

namespace bench {

enum class Scenario {
  psk_x25519,
  psk_modp2048,
  ecdsa_p256_x25519,
  ed25519_x25519,
  rsa2048_modp2048,
};
inline constexpr std::array kScenarios{Scenario::psk_x25519, Scenario::psk_modp2048,
                                       Scenario::ecdsa_p256_x25519, Scenario::ed25519_x25519,
                                       Scenario::rsa2048_modp2048};

inline const char* name_of(Scenario scenario) {
  switch (scenario) {
    case Scenario::psk_x25519: return "PSK, X25519";
    case Scenario::psk_modp2048: return "PSK, MODP2048";
    case Scenario::ecdsa_p256_x25519: return "ECDSA P-256 certificates, X25519";
    case Scenario::ed25519_x25519: return "Ed25519 certificates, X25519";
    case Scenario::rsa2048_modp2048: return "RSA-2048 certificates, MODP2048";
  }
  return "";
}

// Key schedule, AUTH and Child SA keys; a message opened and one sealed.
inline constexpr int kHmacs = 30;
inline constexpr int kMessages = 2;
// The peer's AUTH payload and its certificate by the CA.
inline constexpr int kVerifications = 2;

inline double signatures_us(Scenario scenario) {
  const auto cost = [](EVP_PKEY* key, const char* hash) {
    Signatures signatures(key, hash);
    return cost_us([&] { signatures.sign(); }) +
           kVerifications * cost_us([&] { signatures.verify(); });
  };
  switch (scenario) {
    case Scenario::ecdsa_p256_x25519: return cost(EVP_EC_gen("P-256"), "SHA256");
    case Scenario::ed25519_x25519:
      return cost(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), nullptr);
    case Scenario::rsa2048_modp2048: return cost(EVP_RSA_gen(2048), "SHA256");
    default: return 0;
  }
}

inline double key_exchange_us(Scenario scenario) {
  const bool modp = scenario == Scenario::psk_modp2048 || scenario == Scenario::rsa2048_modp2048;
  const KeyExchange exchange(modp ? "DH" : "X25519", modp ? "modp_2048" : nullptr);
  return cost_us([&] { exchange.both(); });
}

// CPU microseconds of one side; initiator and responder do the same work.  Takes about a second.
inline double floor_us(Scenario scenario) {
  Hmac hmac;
  Gcm message(300);
  return key_exchange_us(scenario) + signatures_us(scenario) +
         kHmacs * cost_us([&] { hmac.run(); }) + kMessages * cost_us([&] { message.seal(true); });
}

}  // namespace bench

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
  ecdsa_p256_modp2048,
  ed25519_x25519,
  ed25519_modp2048,
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
    case Scenario::ecdsa_p256_modp2048: return "ECDSA P-256 certificates, MODP2048";
    case Scenario::ed25519_x25519: return "Ed25519 certificates, X25519";
    case Scenario::ed25519_modp2048: return "Ed25519 certificates, MODP2048";
    case Scenario::rsa2048_modp2048: return "RSA-2048 certificates, MODP2048";
  }
  return "";
}

inline bool uses_modp2048(Scenario scenario) {
  return scenario == Scenario::psk_modp2048 || scenario == Scenario::ecdsa_p256_modp2048 ||
         scenario == Scenario::ed25519_modp2048 || scenario == Scenario::rsa2048_modp2048;
}
inline bool uses_psk(Scenario scenario) {
  return scenario == Scenario::psk_x25519 || scenario == Scenario::psk_modp2048;
}
// A new key for signatures; null with a shared key.
inline EVP_PKEY* signature_key(Scenario scenario) {
  switch (scenario) {
    case Scenario::psk_x25519:
    case Scenario::psk_modp2048: return nullptr;
    case Scenario::ecdsa_p256_x25519:
    case Scenario::ecdsa_p256_modp2048: return EVP_EC_gen("P-256");
    case Scenario::ed25519_x25519:
    case Scenario::ed25519_modp2048: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case Scenario::rsa2048_modp2048: return EVP_RSA_gen(2048);
  }
  return nullptr;
}

// Key schedule, AUTH and Child SA keys; a message opened and one sealed.
inline constexpr int kHmacs = 30;
inline constexpr int kMessages = 2;
// The peer's AUTH payload and its certificate by the CA.
inline constexpr int kVerifications = 2;

// How thorough a floor is measured, and of what.
struct FloorOf {
  Scenario scenario{};
  int verifications = kVerifications;  // 1 with raw public keys
  double round_us = 40'000;            // CPU of one of five rounds of each operation
};

inline double signatures_us(const FloorOf& of) {
  EVP_PKEY* const key = signature_key(of.scenario);
  if (key == nullptr) return 0;
  const bool eddsa = EVP_PKEY_is_a(key, "ED25519") == 1;
  Signatures signatures(key, eddsa ? nullptr : "SHA256");
  return cost_us([&] { signatures.sign(); }, of.round_us) +
         of.verifications * cost_us([&] { signatures.verify(); }, of.round_us);
}

inline double key_exchange_us(const FloorOf& of) {
  const bool modp = uses_modp2048(of.scenario);
  const KeyExchange exchange(modp ? "DH" : "X25519", modp ? "modp_2048" : nullptr);
  return cost_us([&] { exchange.both(); }, of.round_us);
}

// CPU microseconds of one side; initiator and responder do the same work.  Takes about a second.
inline double floor_us(const FloorOf& of) {
  Hmac hmac;
  Gcm message(300);
  return key_exchange_us(of) + signatures_us(of) +
         kHmacs * cost_us([&] { hmac.run(); }, of.round_us) +
         kMessages * cost_us([&] { message.seal(true); }, of.round_us);
}

}  // namespace bench

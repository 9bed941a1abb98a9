// Slow work as a value: the engine emits it with a ticket, somebody runs it (on another thread, or
// at once), and the result comes back as an input.
#pragma once

#include <memory>
#include <variant>

#include "crypto/provider.h"

namespace ike::crypto {

struct GenerateKeyPair {
  KeMethod method{};
};
struct DeriveShared {
  std::shared_ptr<const KeyExchange> ours;
  Blob peer_public;
};
// A responder's GenerateKeyPair and DeriveShared in one.
struct AnswerKeyExchange {
  KeMethod method{};
  Blob peer_public;
};
struct VerifySignature {
  Blob spki;
  AuthMethod method{};
  Blob octets;
  Blob auth_data;
};
using Job = std::variant<GenerateKeyPair, DeriveShared, AnswerKeyExchange, VerifySignature>;

struct KeyPairReady {
  std::shared_ptr<const KeyExchange> key_pair;
};
struct SharedReady {
  Secret shared;
};
struct SignatureVerified {};
using JobResult = std::variant<KeyPairReady, SharedReady, AnsweredKeyExchange, SignatureVerified>;

Result<JobResult> run(Provider& provider, Random& random, const Job& job);

}  // namespace ike::crypto

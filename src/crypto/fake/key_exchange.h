// Diffie-Hellman modulo 2^61 - 1, stretched to the widths of the real methods.
#pragma once

#include "crypto/algorithms.h"
#include "crypto/provider.h"

namespace ike::crypto::fake {

std::unique_ptr<KeyExchange> generate(const KeInfo& info, Random& random);
Result<AnsweredKeyExchange> answer(const KeInfo& info, Bytes peer_public, Random& random);

}  // namespace ike::crypto::fake

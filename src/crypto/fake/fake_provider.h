// NO SECURITY.  A Provider for simulations: deterministic, fast, with the sizes of the real
// algorithms.  Both sides agree, and whatever is changed on the way is noticed; nothing is secret.
#pragma once

#include <memory>

#include "crypto/provider.h"

namespace ike::crypto {

// Every algorithm of crypto/algorithms.h.  Key pairs come from the Random alone.
std::unique_ptr<Provider> make_fake_provider();

// Authentication Data that verify() of a fake Provider takes for `key`.  Any octets can be a key;
// who knows the public key can sign, so a simulated forger must not call this.
Blob fake_sign(Bytes key, AuthMethod method, Bytes octets);

}  // namespace ike::crypto

// The Provider on OpenSSL 3.
#pragma once

#include <memory>

#include "crypto/provider.h"

namespace ike::crypto::openssl {

// Ciphers that only OpenSSL's legacy module has: DES, Blowfish, CAST.  The module is a file, so
// this must be called before a sandbox closes the file system.
enum class LegacyCiphers : bool { no, yes };

// Every Provider has a library context of its own: no lock is shared between threads, and what
// openssl.cnf says does not change what we do.
std::unique_ptr<Provider> make_provider(LegacyCiphers legacy = LegacyCiphers::no);

}  // namespace ike::crypto::openssl

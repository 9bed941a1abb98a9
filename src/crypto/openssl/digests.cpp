// Without this the functions below warn; digests.h says why they are used.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/openssl/digests.h"

#include "base/assert.h"

namespace ike::crypto::openssl {

void Md5::start() { MD5_Init(&state); }
void Md5::add(Bytes data) { MD5_Update(&state, data.data(), data.size()); }
void Md5::finish(MutableBytes out) {
  IKE_ASSERT(out.size() == kSize);
  MD5_Final(out.data(), &state);
}

void Sha1::start() { SHA1_Init(&state); }
void Sha1::add(Bytes data) { SHA1_Update(&state, data.data(), data.size()); }
void Sha1::finish(MutableBytes out) {
  IKE_ASSERT(out.size() == kSize);
  SHA1_Final(out.data(), &state);
}

void Sha256::start() { SHA256_Init(&state); }
void Sha256::add(Bytes data) { SHA256_Update(&state, data.data(), data.size()); }
void Sha256::finish(MutableBytes out) {
  IKE_ASSERT(out.size() == kSize);
  SHA256_Final(out.data(), &state);
}

void Sha384::start() { SHA384_Init(&state); }
void Sha384::add(Bytes data) { SHA384_Update(&state, data.data(), data.size()); }
void Sha384::finish(MutableBytes out) {
  IKE_ASSERT(out.size() == kSize);
  SHA384_Final(out.data(), &state);
}

void Sha512::start() { SHA512_Init(&state); }
void Sha512::add(Bytes data) { SHA512_Update(&state, data.data(), data.size()); }
void Sha512::finish(MutableBytes out) {
  IKE_ASSERT(out.size() == kSize);
  SHA512_Final(out.data(), &state);
}

}  // namespace ike::crypto::openssl

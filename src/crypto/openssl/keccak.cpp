#include "crypto/openssl/keccak.h"

#include "base/assert.h"

namespace ike::crypto::openssl {

namespace {

DigestHandle fetch(const Library& library, const char* name) {
  DigestHandle digest(EVP_MD_fetch(library.context(), name, nullptr));
  IKE_ASSERT(digest != nullptr);
  return digest;
}

void run(DigestContext& context, const DigestHandle& digest, Parts data, MutableBytes out) {
  if (!context) context.reset(EVP_MD_CTX_new());
  bool done = context && EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) == 1;
  for (const Bytes part : data) {
    done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  if ((EVP_MD_get_flags(digest.get()) & EVP_MD_FLAG_XOF) != 0) {
    done = done && EVP_DigestFinalXOF(context.get(), out.data(), out.size()) == 1;
  } else {
    unsigned size = 0;
    done = done && EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1 && size == out.size();
  }
  IKE_ASSERT(done);  // fails for want of memory only
}

}  // namespace

KeccakDigests::KeccakDigests(const Library& library)
    : sha3_256(fetch(library, "SHA3-256")),
      sha3_512(fetch(library, "SHA3-512")),
      shake128(fetch(library, "SHAKE-128")),
      shake256(fetch(library, "SHAKE-256")) {}

void OpensslKeccak::sha3_256(Parts data, MutableBytes out) {
  IKE_ASSERT(out.size() == 32);
  run(contexts_[0], digests_.sha3_256, data, out);
}
void OpensslKeccak::sha3_512(Parts data, MutableBytes out) {
  IKE_ASSERT(out.size() == 64);
  run(contexts_[1], digests_.sha3_512, data, out);
}
void OpensslKeccak::shake128(Parts data, MutableBytes out) {
  run(contexts_[2], digests_.shake128, data, out);
}
void OpensslKeccak::shake256(Parts data, MutableBytes out) {
  run(contexts_[3], digests_.shake256, data, out);
}

}  // namespace ike::crypto::openssl

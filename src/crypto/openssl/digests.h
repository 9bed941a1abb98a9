// Hash functions on plain structs.  EVP's digest contexts cost an allocation for every copy in
// OpenSSL 3.0, and a copy of a keyed state is what makes HMAC cheap; these cost nothing but the
// compression function.  OpenSSL calls them deprecated, so only digests.cpp names them.
#pragma once

#include <openssl/md5.h>
#include <openssl/sha.h>

#include "base/bytes.h"

namespace ike::crypto::openssl {

template <typename State, size_t size, size_t block>
struct Digest {
  static constexpr size_t kSize = size;
  static constexpr size_t kBlock = block;

  State state;
};

struct Md5 : Digest<MD5_CTX, 16, 64> {
  void start();
  void add(Bytes data);
  void finish(MutableBytes out);  // kSize octets
};
struct Sha1 : Digest<SHA_CTX, 20, 64> {
  void start();
  void add(Bytes data);
  void finish(MutableBytes out);
};
struct Sha256 : Digest<SHA256_CTX, 32, 64> {
  void start();
  void add(Bytes data);
  void finish(MutableBytes out);
};
struct Sha384 : Digest<SHA512_CTX, 48, 128> {
  void start();
  void add(Bytes data);
  void finish(MutableBytes out);
};
struct Sha512 : Digest<SHA512_CTX, 64, 128> {
  void start();
  void add(Bytes data);
  void finish(MutableBytes out);
};

inline constexpr size_t kDigestMax = 64;

}  // namespace ike::crypto::openssl

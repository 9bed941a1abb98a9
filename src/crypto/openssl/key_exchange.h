// The key exchange groups.  A group never changes after it was made, so key pairs can share it and
// be used on another thread than the one that made them.
#pragma once

#include <memory>
#include <vector>

#include "crypto/algorithms.h"
#include "crypto/openssl/library.h"
#include "crypto/provider.h"

namespace ike::crypto::openssl {

class Group : public std::enable_shared_from_this<Group> {
 public:
  explicit Group(const KeInfo& info) : info_(info) {}
  virtual ~Group() = default;

  const KeInfo& info() const { return info_; }
  // Draws a private value.
  virtual Result<Secret> draw(Random& random) const = 0;
  // The key pair of a private value: big-endian number, the octets that RFC 7748 takes, or what
  // draw() of a key encapsulation method gives.
  virtual Result<std::unique_ptr<KeyExchange>> key_pair(Secret private_value) const = 0;
  // The responder's half.  Diffie-Hellman has the same for both sides; this is what differs with
  // key encapsulation.
  virtual Result<AnsweredKeyExchange> answer(Bytes peer_public, Random& random) const;

 private:
  KeInfo info_;
};

// nullptr when OpenSSL lacks the group.
std::shared_ptr<const Group> make_group(KeMethod method, const std::shared_ptr<Library>& library);

std::shared_ptr<const Group> make_modp(const KeInfo& info);
std::shared_ptr<const Group> make_curve(const KeInfo& info, std::shared_ptr<Library> library);
std::shared_ptr<const Group> make_montgomery_curve(const KeInfo& info,
                                                   std::shared_ptr<Library> library);
std::shared_ptr<const Group> make_ml_kem(const KeInfo& info, const Library& library);
std::shared_ptr<const Group> make_sntrup761_x25519(const KeInfo& info,
                                                   std::shared_ptr<Library> library);

// Uniform in [1, bound - 1], as long as `bound` is, by drawing again what is out of range.
Result<Secret> draw_below(const BIGNUM* bound, Random& random);

// The groups in use, made when first asked for.
class Groups {
 public:
  explicit Groups(std::shared_ptr<Library> library) : library_(std::move(library)) {}
  Result<std::shared_ptr<const Group>> find(KeMethod method);

 private:
  std::shared_ptr<Library> library_;
  std::vector<std::shared_ptr<const Group>> groups_;
};

}  // namespace ike::crypto::openssl

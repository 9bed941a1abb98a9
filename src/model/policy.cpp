#include "model/policy.h"

#include <algorithm>

namespace ike::model {

ConnectionPtr Policy::find(ConnectionId id) const {
  const auto it = std::ranges::find_if(connections, [id](const auto& c) { return c->id == id; });
  return it == connections.end() ? nullptr : *it;
}

namespace {

// FNV-1a, by its authors' constants: stable over versions and machines, and nobody but the
// administrator chooses the input.
class Fnv1a {
 public:
  void add(std::string_view text) {
    for (const uint8_t octet : as_bytes(text)) state_ = (state_ ^ octet) * 0x100000001b3U;
  }
  uint64_t value() const { return state_; }

 private:
  uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace

ConnectionId digest_of(const Connection& connection, unsigned ordinal) {
  Fnv1a hash;
  hash.add(dump(connection));
  hash.add("ordinal " + std::to_string(ordinal));
  return ConnectionId(hash.value() == 0 ? 1 : hash.value());  // 0 stands for "none"
}

}  // namespace ike::model

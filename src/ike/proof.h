// Values that only their checkers can make: whoever holds one need not ask whether it was checked.
#pragma once

#include <utility>

#include "model/identity.h"

namespace ike::v2 {
class Envelope;
}

namespace ike::proto {

// A peer has proven this identity.
class PeerAuthenticated {
 public:
  const model::Identity& id() const { return id_; }

 private:
  friend class Authenticator;  // the only maker
  explicit PeerAuthenticated(model::Identity id) : id_(std::move(id)) {}

  model::Identity id_;
};

// Came out of an encrypted payload whose integrity check value was right.
template <typename T>
class Unprotected {
 public:
  const T& value() const& { return value_; }
  T&& value() && { return std::move(value_); }
  const T* operator->() const { return &value_; }

 private:
  friend class ike::v2::Envelope;  // the only maker
  explicit Unprotected(T&& value) : value_(std::move(value)) {}

  T value_;
};

}  // namespace ike::proto

// A feature that takes part in messages by notifies (or a payload) of its own, so that no exchange
// has to know it.
#pragma once

#include <span>

#include "ikev2/context.h"
#include "wire/v2/message.h"

namespace ike::v2 {

enum class Where : uint8_t {
  sa_init_request,
  sa_init_response,
  auth_request,
  auth_response,
};

class Extension {
 public:
  virtual ~Extension() = default;
  // When we build a message.
  virtual void announce(Where where, Context& ctx, Payloads& out) const = 0;
  // When one arrives, after its checks.
  virtual void observe(Where where, Context& ctx, const wire::v2::Message& message) const = 0;
};

// In the order of their notifies on the wire.
std::span<const Extension* const> all_extensions();

void announce_all(Where where, Context& ctx, Payloads& out);
void observe_all(Where where, Context& ctx, const wire::v2::Message& message);

}  // namespace ike::v2

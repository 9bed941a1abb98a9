// The one table from an Error to what the peer is told: a notify, or nothing.
#pragma once

#include <optional>

#include "base/numbers.h"
#include "base/result.h"

namespace ike::proto {

// Where the error showed up.
enum class Stage : uint8_t {
  clear_request,      // anybody may have sent it
  auth_request,       // encrypted, the peer has proven nothing yet
  protected_request,  // of an authenticated peer
  response,           // whatever it is: responses are never answered
};

//= RFC 7296 section 2.21: errors are answered only where the answer cannot be abused
std::optional<NotifyType> notify_for(const Error& error, Stage stage);

}  // namespace ike::proto

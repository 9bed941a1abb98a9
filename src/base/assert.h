// IKE_ASSERT guards our own reasoning and stays on in release builds.  Nothing that a peer or an
// operator can influence may be asserted: that is what Result is for.
#pragma once

namespace ike {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace ike

#define IKE_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::ike::assertion_failed(#condition, __FILE__, __LINE__))

#include "runtime/os_random.h"

#include <errno.h>
#include <sys/random.h>

#include <algorithm>

#include "base/assert.h"
#include "base/secret.h"

namespace ike::runtime {
namespace {

void fill_from_kernel(MutableBytes out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    // Without randomness there is nothing that we could safely do.
    IKE_ASSERT(got >= 0 || errno == EINTR);
    if (got > 0) out = out.subspan(static_cast<size_t>(got));
  }
}

}  // namespace

OsRandom::~OsRandom() { wipe(buffer_); }

void OsRandom::fill_public(MutableBytes out) {
  if (out.size() > buffer_.size()) {
    fill_from_kernel(out);
    return;
  }
  if (out.size() > left_) {
    fill_from_kernel(buffer_);
    left_ = buffer_.size();
  }
  const auto fresh = MutableBytes(buffer_).last(left_).first(out.size());
  std::ranges::copy(fresh, out.begin());
  // Each octet is used once; what was handed out is not kept.
  std::ranges::fill(fresh, uint8_t{0});
  left_ -= out.size();
}

void OsRandom::fill_secret(MutableBytes out) { fill_from_kernel(out); }

}  // namespace ike::runtime

#include "kernel/fd.h"

#include <unistd.h>

namespace ike::kernel {

void Fd::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace ike::kernel

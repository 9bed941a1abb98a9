// The kernel's names of algorithms.
#pragma once

#include <optional>
#include <string_view>

#include "base/numbers.h"

namespace ike::kernel::xfrm {

struct CipherName {
  std::string_view name;
  uint16_t icv_bits = 0;  // combined modes; 0: a plain cipher
};
struct IntegName {
  std::string_view name;
  uint16_t icv_bits = 0;
};

std::optional<CipherName> kernel_name(Encr encr);
std::optional<IntegName> kernel_name(Integ integ);

}  // namespace ike::kernel::xfrm

// Names of IKEv1 payloads and their numbers.  RFC 2408 section 3.1, RFC 3947.
#pragma once

#include <cstdint>
#include <string_view>

namespace ike::tools {

// Empty for a number without a name.
std::string_view v1_payload_name(uint8_t type);

}  // namespace ike::tools

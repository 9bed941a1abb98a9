// Times and volumes: "3600", 60m, 8h; 1000000, 512M, 4G.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/time.h"
#include "config/iked/ast.h"

namespace ike::config::iked {

inline constexpr int64_t kSecondsMax = int64_t{100} * 366 * 86400;  // no clock of ours overflows

// The error is the message.  What follows the unit's letter does not count: "1hour" is an hour.
std::expected<seconds, std::string> parse_time(const Value& value);
std::expected<uint64_t, std::string> parse_bytes(const Value& value);

}  // namespace ike::config::iked

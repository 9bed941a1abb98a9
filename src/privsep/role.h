// Who is who among our processes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ike::privsep {

// The order is that of the process boundary.  `kernel` runs the userspace ESP, too.
enum class Role : uint8_t { parent, keys, kernel, control, engine };

inline constexpr std::array kChildren{Role::keys, Role::kernel, Role::control, Role::engine};

std::string_view name_of(Role role);  // also the process title and the argument of --role
std::optional<Role> parse_role(std::string_view text);

}  // namespace ike::privsep

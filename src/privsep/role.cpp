#include "privsep/role.h"

namespace ike::privsep {

std::string_view name_of(Role role) {
  switch (role) {
    case Role::parent: return "parent";
    case Role::keys: return "keys";
    case Role::kernel: return "kernel";
    case Role::control: return "control";
    case Role::engine: return "engine";
  }
  return "unknown";
}

std::optional<Role> parse_role(std::string_view text) {
  for (const Role role : kChildren) {
    if (name_of(role) == text) return role;
  }
  return {};
}

}  // namespace ike::privsep

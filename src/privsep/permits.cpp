#include "privsep/permits.h"

#include <variant>

namespace ike::privsep {
namespace {

template <typename T, typename... Ts>
constexpr uint32_t bit_of(const std::variant<Ts...>*) {
  static_assert((std::is_same_v<T, Ts> || ...), "not a kind of this message");
  uint32_t bit = 1, found = 0;
  ((found |= std::is_same_v<T, Ts> ? bit : 0, bit <<= 1), ...);
  return found;
}

template <typename Message, typename... Ts>
constexpr Kinds kinds() {
  return {(bit_of<Ts>(static_cast<const Message*>(nullptr)) | ... | 0)};
}

constexpr std::array<std::string_view, std::variant_size_v<ToParent>> kToParent{
    "may not send Ready", "may not send Loaded", "may not send Stopped",
    "may not send Fatal", "may not send Reload", "may not send SetVerbosity",
    "may not send Alive"};

constexpr std::array<std::string_view, std::variant_size_v<FromParent>> kFromParent{
    "may not send Setup again",  "may not send NewPolicy", "may not send NewSecrets",
    "may not send SetVerbosity", "may not send Stop",      "may not send ReloadDone",
    "may not send an event",     "may not send Ping"};

}  // namespace

Kinds from_child(Role sender) {
  switch (sender) {
    case Role::keys: return kinds<ToParent, Ready, Loaded, Fatal, Alive>();
    case Role::kernel: return kinds<ToParent, Ready, Loaded, Stopped, Fatal, Alive>();
    case Role::control: return kinds<ToParent, Ready, Fatal, Reload, SetVerbosity, Alive>();
    case Role::engine: return kinds<ToParent, Ready, Loaded, Stopped, Fatal, Alive>();
    case Role::parent: break;
  }
  return {0};
}

Kinds from_parent(Role receiver) {
  switch (receiver) {
    case Role::keys: return kinds<FromParent, NewSecrets, SetVerbosity, Ping>();
    case Role::kernel: return kinds<FromParent, NewPolicy, SetVerbosity, Stop, Ping>();
    case Role::control: return kinds<FromParent, SetVerbosity, ReloadDone, events::Event, Ping>();
    case Role::engine: return kinds<FromParent, NewPolicy, SetVerbosity, Stop, Ping>();
    case Role::parent: break;
  }
  return {0};
}

template <>
std::string_view refusal_of<ToParent>(size_t kind) {
  return kind < kToParent.size() ? kToParent[kind] : std::string_view();
}
template <>
std::string_view refusal_of<FromParent>(size_t kind) {
  return kind < kFromParent.size() ? kFromParent[kind] : std::string_view();
}

}  // namespace ike::privsep

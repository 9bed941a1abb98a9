#include "kernel/factory.h"

#include <algorithm>

#include "kernel/none/backend.h"
#include "kernel/tun/backend.h"
#include "kernel/xfrm/backend.h"

namespace ike::kernel {

std::optional<BackendKind> parse_backend_kind(std::string_view text) {
  for (const auto kind :
       {BackendKind::automatic, BackendKind::xfrm, BackendKind::tun, BackendKind::none}) {
    if (text == to_text(kind)) return kind;
  }
  return std::nullopt;
}

std::string_view to_text(BackendKind kind) {
  switch (kind) {
    case BackendKind::automatic: return "auto";
    case BackendKind::xfrm: return "xfrm";
    case BackendKind::tun: return "tun";
    case BackendKind::none: return "none";
  }
  return "none";
}

Result<std::unique_ptr<KernelBackend>> make_backend(Resources resources, Services services) {
  switch (resources.kind) {
    case BackendKind::tun: return std::make_unique<TunBackend>(std::move(resources), services);
    case BackendKind::none: {
      const auto routes =
          std::ranges::find(resources.descriptors, ResourceKind::routes, &Resource::kind);
      return std::make_unique<NoneBackend>(
          services.random, routes == resources.descriptors.end() ? Fd() : std::move(routes->fd));
    }
    case BackendKind::xfrm: return std::make_unique<XfrmBackend>(std::move(resources));
    case BackendKind::automatic: break;
  }
  return fail(Fault::unsupported, "no such data plane");
}

}  // namespace ike::kernel

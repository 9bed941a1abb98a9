#include "base/result.h"

namespace ike {

std::string_view to_text(Fault fault) {
  switch (fault) {
    case Fault::malformed: return "malformed";
    case Fault::unsupported: return "unsupported";
    case Fault::refused: return "refused";
    case Fault::unauthenticated: return "unauthenticated";
    case Fault::limit: return "limit";
    case Fault::timeout: return "timeout";
    case Fault::internal: return "internal";
  }
  return "unknown";
}

}  // namespace ike

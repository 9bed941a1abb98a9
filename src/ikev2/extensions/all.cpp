// The list of extensions: one line each.
#include <array>

#include "ikev2/extensions/extension.h"

namespace ike::v2 {

const Extension& vendor_id();
const Extension& fragmentation();
const Extension& nat_detection();
const Extension& signature_hashes();
const Extension& initial_contact();

std::span<const Extension* const> all_extensions() {
  static const std::array<const Extension*, 5> list = {
      &vendor_id(), &fragmentation(), &nat_detection(), &signature_hashes(), &initial_contact(),
  };
  return list;
}

void announce_all(Where where, Context& ctx, Payloads& out) {
  for (const Extension* e : all_extensions()) e->announce(where, ctx, out);
}

void observe_all(Where where, Context& ctx, const wire::v2::Message& message) {
  for (const Extension* e : all_extensions()) e->observe(where, ctx, message);
}

}  // namespace ike::v2

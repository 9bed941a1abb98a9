// Says who we are.  RFC 7296 section 3.12.
#include "ikev2/extensions/extension.h"

namespace ike::v2 {
namespace {

class VendorId final : public Extension {
 public:
  void announce(Where where, Context& ctx, Payloads& out) const override {
    if (where != Where::sa_init_request && where != Where::sa_init_response) return;
    if (!ctx.sa.connection->features.vendor_id) return;
    out.writer.add_raw(PayloadType::vendor, as_bytes("ikesuite-0.1"));
  }
  void observe(Where, Context&, const wire::v2::Message&) const override {}
};

}  // namespace

const Extension& vendor_id() {
  static const VendorId extension;
  return extension;
}

}  // namespace ike::v2

// Agrees on fragments of encrypted messages.  RFC 7383 section 2.3.
#include "ikev2/extensions/extension.h"

namespace ike::v2 {
namespace {

class Fragmentation final : public Extension {
 public:
  void announce(Where where, Context& ctx, Payloads& out) const override {
    if (!ctx.sa.connection->features.fragmentation) return;
    //= RFC 7383 section 2.3: the responder only answers what the initiator offered
    if (where == Where::sa_init_request ||
        (where == Where::sa_init_response && ctx.sa.peer_fragments)) {
      out.writer.notify(NotifyType::ikev2_fragmentation_supported);
    }
  }
  void observe(Where where, Context& ctx, const wire::v2::Message& message) const override {
    if (where != Where::sa_init_request && where != Where::sa_init_response) return;
    ctx.sa.peer_fragments = ctx.sa.connection->features.fragmentation &&
                            message.has(NotifyType::ikev2_fragmentation_supported);
  }
};

}  // namespace

const Extension& fragmentation() {
  static const Fragmentation extension;
  return extension;
}

}  // namespace ike::v2

// "I know of no other IKE SA between us."  RFC 7296 section 2.4.
#include "ikev2/extensions/extension.h"

namespace ike::v2 {
namespace {

class InitialContact final : public Extension {
 public:
  void announce(Where where, Context& ctx, Payloads& out) const override {
    if (where != Where::auth_request && where != Where::auth_response) return;
    if (!ctx.sa.connection->features.initial_contact) return;
    if (ctx.host.may_send_initial_contact(ctx.sa)) {
      out.writer.notify(NotifyType::initial_contact);
    }
  }
  void observe(Where where, Context& ctx, const wire::v2::Message& message) const override {
    if (where != Where::auth_request && where != Where::auth_response) return;
    //= RFC 7296 section 2.4: heeded only once the peer has proven who it is
    if (message.has(NotifyType::initial_contact)) ctx.sa.initial_contact_seen = true;
  }
};

}  // namespace

const Extension& initial_contact() {
  static const InitialContact extension;
  return extension;
}

}  // namespace ike::v2

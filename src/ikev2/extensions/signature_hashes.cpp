// Tells which hashes we verify under AUTH method 14.  RFC 7427 section 4.
#include "ikev2/extensions/extension.h"
#include "wire/v2/notify_data.h"

namespace ike::v2 {
namespace {

class SignatureHashList final : public Extension {
 public:
  void announce(Where where, Context& ctx, Payloads& out) const override {
    const Handshake* h = where == Where::sa_init_response ? &ctx.sa.handshake() : nullptr;
    if (where != Where::sa_init_request && (h == nullptr || !h->peer_sent_hashes)) return;
    wire::v2::SignatureHashes list;
    for (const SignatureHash hash : {SignatureHash::sha2_256, SignatureHash::sha2_384,
                                     SignatureHash::sha2_512, SignatureHash::identity}) {
      static_cast<void>(list.hashes.push_back(hash));
    }
    out.writer.notify(list);
  }
  void observe(Where where, Context& ctx, const wire::v2::Message& message) const override {
    if (where != Where::sa_init_request && where != Where::sa_init_response) return;
    const wire::v2::Notify* n = message.notify(NotifyType::signature_hash_algorithms);
    if (n == nullptr) return;
    const auto list = wire::v2::parse_data<wire::v2::SignatureHashes>(*n);
    if (!list) return;
    Handshake& h = ctx.sa.handshake();
    h.peer_sent_hashes = true;
    h.peer_hashes.assign(list->hashes.begin(), list->hashes.end());
  }
};

}  // namespace

const Extension& signature_hashes() {
  static const SignatureHashList extension;
  return extension;
}

}  // namespace ike::v2

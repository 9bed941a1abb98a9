#include "ikev2/exchanges/informational_responder.h"

#include "ikev2/child_setup.h"
#include "ikev2/under_way.h"
#include "ikev2/upkeep.h"

namespace ike::v2::informational_responder {
namespace {

constexpr ExchangeType kInformational = ExchangeType::informational;

// Gives our SPIs of the pairs that went.
Blob delete_children(Context& ctx, const wire::v2::Delete& d) {
  Blob ours;
  wire::Writer w(ours);
  for (size_t i = 0; i < d.count(); ++i) {
    //= RFC 7296 section 1.4.1: the SPIs are those of the sender's inbound SAs, our outbound ones
    ChildSa* const child = ctx.sa.child_by_outbound(d.spi(i));
    if (child == nullptr) {
      auto& doomed = ctx.sa.own.doomed;
      if (may_be_making(ctx.sa) && doomed.size() < limits::kDeletedSpisMax)
        doomed.push_back(d.spi(i));
      continue;
    }
    const EspSpi inbound = child->inbound;
    //= RFC 7296 section 1.4.1: when both delete at once, the answer does not name it again
    if (!being_deleted_by_us(ctx.sa, inbound)) w.u32(inbound.raw());
    install_successor_of(ctx, inbound);
    remove_child(ctx, inbound, "deleted by the peer");
  }
  return ours;
}

}  // namespace

void handle(Context& ctx, const wire::v2::Message& request) {
  IkeSa& sa = ctx.sa;
  if (sa.established() == nullptr && !sa.closing()) {
    // It took us for who we are while we still look into its proof.  To answer now would be to
    // forget what it deleted; it will ask again.
    if (!request.deletes.empty()) return;
    ctx.answer_empty(kInformational);
    if (request.has(NotifyType::authentication_failed)) ctx.fail_sa("peer refused our proof");
    return;
  }
  Payloads p;
  bool ike_deleted = false;
  for (const wire::v2::Delete& d : request.deletes) {
    if (d.protocol == ProtocolId::ike) ike_deleted = true;
  }
  if (ike_deleted) {
    //= RFC 7296 section 1.4.1: the IKE SA's deletion covers its Child SAs, the answer is empty
    ctx.answer_empty(kInformational);
    ctx.close("deleted by the peer");
    return;
  }
  for (const wire::v2::Delete& d : request.deletes) {
    if (d.protocol != ProtocolId::esp) continue;
    const Blob ours = delete_children(ctx, d);
    if (!ours.empty()) p.writer.add(wire::v2::Delete{ProtocolId::esp, ours});
  }
  ctx.answer(kInformational, p);
  if (request.has(NotifyType::authentication_failed)) ctx.close("peer refused our proof");
}

}  // namespace ike::v2::informational_responder

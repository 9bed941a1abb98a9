#include "ikev2/exchanges/informational_initiator.h"

#include "base/overloaded.h"
#include "ikev2/child_setup.h"
#include "ikev2/upkeep.h"

namespace ike::v2::informational_initiator {
namespace {

constexpr ExchangeType kInformational = ExchangeType::informational;

//= RFC 7296 section 2.21.3: who says INVALID_SYNTAX has deleted the IKE SA
void close_if_fatal(const MessageIn& m, Context& ctx) {
  if (m.message.has(NotifyType::invalid_syntax)) ctx.close("peer sent INVALID_SYNTAX");
}

}  // namespace

State begin(Context& ctx, const Liveness&) {
  ++ctx.host.counters().dpd_requests_sent;
  ctx.request(kInformational, Payloads());
  return AwaitLiveness{};
}

State begin(Context& ctx, const DeleteChild& wish) {
  if (ChildSa* const child = ctx.sa.child_by_inbound(wish.inbound)) stop_sending(ctx, *child);
  Blob spi;
  wire::Writer(spi).u32(wish.inbound.raw());
  Payloads p;
  p.writer.add(wire::v2::Delete{ProtocolId::esp, spi});
  ctx.request(kInformational, p);
  return AwaitChildDeleted{wish.inbound};
}

State begin(Context& ctx, const DeleteIke& wish) {
  Payloads p;
  p.writer.add(wire::v2::Delete{ProtocolId::ike, {}});
  begin_closing(ctx, wish.reason);
  ctx.request(kInformational, p);
  return AwaitIkeDeleted{};
}

State begin(Context& ctx, const ReportAuthFailure&) {
  Payloads p;
  p.writer.notify(NotifyType::authentication_failed);
  ctx.request(kInformational, p);
  return AwaitReported{};
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(overloaded{
                        [&](AwaitLiveness&&, const MessageIn& m) -> State {
                          ctx.request_answered();
                          close_if_fatal(m, ctx);
                          return Done{};
                        },
                        [&](AwaitChildDeleted&& s, const MessageIn& m) -> State {
                          ctx.request_answered();
                          close_if_fatal(m, ctx);
                          //= RFC 7296 section 1.4.1: the answer names the peer's half, or nothing
                          // when both sides deleted at once
                          remove_child(ctx, s.inbound, "deleted by us");
                          return Done{};
                        },
                        [&](AwaitIkeDeleted&&, const MessageIn&) -> State {
                          ctx.request_answered();
                          ctx.close("deleted by us");
                          return Done{};
                        },
                        [&](AwaitReported&&, const MessageIn&) -> State {
                          ctx.request_answered();
                          ctx.close("authentication failed");
                          return Done{};
                        },
                        [](Done&&, const TimedOut&) -> State { return Done{}; },
                        [&](auto&&, const TimedOut&) -> State {
                          ctx.close("retransmit limit reached");
                          return Done{};
                        },
                        [](auto&& s, const auto&) -> State { return std::move(s); },
                    },
                    std::move(state), event);
}

}  // namespace ike::v2::informational_initiator

#include "ikev2/explain.h"

#include "ike/narrow.h"
#include "ike/negotiate.h"

namespace ike::v2 {
namespace {

bool wanted(Host& host) { return host.events().wants(events::NegotiationRefused::kSeverity); }

// A peer that was admitted may not fill the log either.
bool may_explain(Context& ctx) {
  if (!wanted(ctx.host)) return false;
  IkeSa& sa = ctx.sa;
  if (sa.established() == nullptr && !sa.initiator) return ctx.host.may_tell_unproven();
  if (ctx.host.now() - sa.explained_since >= limits::kExplanationsAgainAfter) {
    sa.explained_since = ctx.host.now();
    sa.explained = 0;
  }
  if (sa.explained == limits::kExplanationsMax) return false;
  ++sa.explained;
  return true;
}

void tell(Host& host, IkeSpi spi_i, const Endpoint& peer, NotifyType cause, std::string text) {
  host.events().emit(events::NegotiationRefused{spi_i, peer, to_text(cause), std::move(text)});
}

}  // namespace

void explain_ike_refusal(Host& host, IkeSpi spi_i, const Endpoint& local, const Endpoint& remote,
                         const wire::v2::Sa& offered) {
  if (!wanted(host) || !host.may_tell_unproven()) return;
  const auto connections = host.candidates(local.address, remote.address);
  std::vector<proto::Candidate> candidates;
  for (const auto& c : connections) candidates.push_back({c.get(), &c->ike_proposals});
  tell(host, spi_i, remote, NotifyType::no_proposal_chosen,
       proto::explain_mismatch(offered, candidates, {}));
}

void explain_child_refusal(Context& ctx, const wire::v2::Message& request, NotifyType why,
                           bool in_auth) {
  if (!may_explain(ctx)) return;
  const model::Connection& c = *ctx.sa.connection;
  std::string text;
  if (why == NotifyType::ts_unacceptable) {
    std::vector<proto::SelectorCandidate> candidates;
    for (const auto& t : c.children) candidates.push_back({&c, &t.selectors});
    text = proto::explain_selectors(
        {proto::from_wire(*request.ts_r), proto::from_wire(*request.ts_i)}, candidates);
  } else {
    std::vector<proto::Candidate> candidates;
    for (const auto& t : c.children) candidates.push_back({&c, &t.proposals});
    const KeMethod sent = request.ke ? request.ke->method : KeMethod::none;
    text = proto::explain_mismatch(*request.sa, candidates, {sent, in_auth});
  }
  tell(ctx.host, ctx.sa.spi_i, ctx.sa.remote, why, std::move(text));
}

void explain_child_failure(Context& ctx, NotifyType why) {
  if (!may_explain(ctx)) return;
  tell(ctx.host, ctx.sa.spi_i, ctx.sa.remote, why,
       "Child SA of policy " + ctx.policy_name() + " (" + ctx.sa.connection->origin.text() +
           ") came to nothing: " + to_text(why));
}

void explain_mode_refusal(Context& ctx, const model::ChildTemplate& t) {
  if (!may_explain(ctx)) return;
  const bool transport = t.mode == model::Mode::transport;
  tell(ctx.host, ctx.sa.spi_i, ctx.sa.remote, NotifyType::no_proposal_chosen,
       "policy " + ctx.policy_name() + " (" + ctx.sa.connection->origin.text() + ") demands " +
           (transport ? "transport" : "tunnel") + " mode, the peer wants " +
           (transport ? "tunnel" : "transport") +
           " mode: configure the same mode (tunnel or transport) at both ends");
}

void explain_auth_refusal(Context& ctx, const std::string& why) {
  if (!may_explain(ctx)) return;
  tell(ctx.host, ctx.sa.spi_i, ctx.sa.remote, NotifyType::authentication_failed,
       "policy " + ctx.policy_name() + " (" + ctx.sa.connection->origin.text() + "): " + why);
}

void report_kernel(Context& ctx, const Error& error) {
  ctx.host.events().emit(
      events::PortFailed{"kernel", ctx.policy_name(), std::string(error.what), {}});
}

}  // namespace ike::v2

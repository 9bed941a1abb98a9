#include "kernel/guard.h"

#include <algorithm>

namespace ike::kernel {
namespace {

bool covers(const model::Connection& connection, const model::SelectorPair& wanted,
            model::Mode mode) {
  return std::ranges::any_of(connection.children, [&](const model::ChildTemplate& child) {
    return child.mode == mode &&
           std::ranges::any_of(child.selectors, [&](const model::SelectorPair& configured) {
             return configured.contains(wanted);
           });
  });
}

}  // namespace

void Guard::set_policy(model::PolicyPtr policy) { policy_ = std::move(policy); }

Result<void> Guard::check(const model::KernelRequest& request) const {
  if (const auto* install = std::get_if<model::InstallSas>(&request))
    return check_install(*install);
  return {};
}

Result<void> Guard::check_install(const model::InstallSas& request) const {
  const model::ConnectionPtr connection = policy_ ? policy_->find(request.connection) : nullptr;
  if (!connection) return fail(Fault::refused, "guard: the policy has no such connection");
  for (const model::SaSpec& sa : request.sas) {
    // An SA without selectors would carry everything.
    if (sa.selectors.empty()) return fail(Fault::refused, "guard: SA without selectors");
    for (const model::SelectorPair& selectors : sa.selectors) {
      if (!covers(*connection, selectors, sa.mode)) {
        return fail(Fault::refused, "guard: SA selectors are not in the connection's policy");
      }
    }
  }
  for (const model::FlowSpec& flow : request.flows) {
    if (flow.action != model::FlowAction::protect) {
      return fail(Fault::refused, "guard: a connection has protecting flows only");
    }
    if (!covers(*connection, flow.selectors, flow.mode)) {
      return fail(Fault::refused, "guard: flow is not in the connection's policy");
    }
  }
  return {};
}

}  // namespace ike::kernel

#include "ikev2/under_way.h"

#include "ikev2/exchanges/exchange.h"
#include "ikev2/upkeep.h"

namespace ike::v2 {

UnderWay under_way(const IkeSa& sa, const ChildSa* named) {
  UnderWay state;
  if (sa.replaced || sa.closing()) {
    state.ike = IkeState::closing;
  } else if (sa.own.exchange) {
    const auto& own = sa.own.exchange->state;
    if (std::holds_alternative<rekey_ike_initiator::State>(own)) state.ike = IkeState::rekeying;
    state.any_child_exchange = std::holds_alternative<child_initiator::State>(own);
    if (const auto* i = std::get_if<informational_initiator::State>(&own)) {
      state.any_child_exchange =
          std::holds_alternative<informational_initiator::AwaitChildDeleted>(*i);
      if (std::holds_alternative<informational_initiator::AwaitIkeDeleted>(*i)) {
        state.ike = IkeState::closing;
      }
    }
  }
  if (named == nullptr) {
    state.child = ChildState::unknown;
  } else if (being_deleted_by_us(sa, named->inbound) || named->state == ChildSa::State::replaced) {
    state.child = ChildState::closing;
  } else if (named->state == ChildSa::State::rekeying) {
    state.child = ChildState::rekeying;
  } else {
    state.child = ChildState::idle;
  }
  return state;
}

bool may_be_making(const IkeSa& sa) {
  if (!sa.own.exchange) return false;
  const auto& own = sa.own.exchange->state;
  if (const auto* c = std::get_if<child_initiator::State>(&own)) {
    return !std::holds_alternative<child_initiator::AwaitKeyPair>(*c);
  }
  return std::holds_alternative<auth_initiator::State>(own);
}

}  // namespace ike::v2

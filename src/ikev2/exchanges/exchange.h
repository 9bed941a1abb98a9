// Everything that an IKE SA can have under way, by lane.
#pragma once

#include "ikev2/exchanges/auth_initiator.h"
#include "ikev2/exchanges/auth_responder.h"
#include "ikev2/exchanges/child_initiator.h"
#include "ikev2/exchanges/child_responder.h"
#include "ikev2/exchanges/informational_initiator.h"
#include "ikev2/exchanges/informational_responder.h"
#include "ikev2/exchanges/rekey_ike_initiator.h"
#include "ikev2/exchanges/rekey_ike_responder.h"
#include "ikev2/exchanges/sa_init_initiator.h"
#include "ikev2/exchanges/sa_init_responder.h"

namespace ike::v2 {

struct OwnExchange {
  std::variant<sa_init_initiator::State, auth_initiator::State, child_initiator::State,
               rekey_ike_initiator::State, informational_initiator::State>
      state;
  uint32_t first_ticket = 0;  // tickets before this one belong to an earlier exchange
};

struct PeerExchange {
  std::variant<sa_init_responder::State, auth_responder::State, child_responder::State,
               rekey_ike_responder::State>
      state;
  uint32_t first_ticket = 0;
};

}  // namespace ike::v2

// What happens when both ends start something at once.  RFC 7296 sections 2.8.1, 2.8.2, 2.25.
#pragma once

#include <algorithm>

#include "base/bytes.h"

namespace ike::v2 {

//= RFC 7296 section 2.8.1: octet by octet; where one ends, the shorter one is lower
inline bool nonce_less(Bytes a, Bytes b) { return std::ranges::lexicographical_compare(a, b); }

// What stands for an exchange when both ends have rekeyed the same SA and both have succeeded: who
// made the SA with the lowest of all four nonces closes it.
inline Bytes lowest_nonce(Bytes ni, Bytes nr) { return nonce_less(ni, nr) ? ni : nr; }

// A request of the peer that may meet something that we have under way.
enum class PeerRequest : uint8_t { create_child, rekey_child, delete_child, rekey_ike, delete_ike };

// What we are doing.  `child`: to the Child SA that the request names.
enum class ChildState : uint8_t { unknown, idle, rekeying, closing };
enum class IkeState : uint8_t { idle, rekeying, closing };
struct UnderWay {
  IkeState ike = IkeState::idle;
  ChildState child = ChildState::idle;
  bool any_child_exchange = false;  // creating, rekeying or closing some Child SA
};

enum class CollisionAnswer : uint8_t {
  proceed,
  proceed_compare_nonces,  // as usual, but one of both results will be redundant
  proceed_forget_ours,     // as usual, and what we asked for has no object any more
  temporary_failure,
  child_sa_not_found,
  empty_response,  // a deletion of what is not there: no Delete payload in the answer
};

constexpr CollisionAnswer answer_to(PeerRequest request, const UnderWay& state) {
  using enum CollisionAnswer;
  switch (request) {
    case PeerRequest::create_child:
      //= RFC 7296 section 2.25.2: no new Child SA while the IKE SA is rekeyed or closed
      return state.ike == IkeState::idle ? proceed : temporary_failure;
    case PeerRequest::rekey_child:
      //= RFC 7296 section 2.25.2: nor a rekeyed one
      if (state.ike != IkeState::idle) return temporary_failure;
      //= RFC 7296 section 2.25.1: four cases of a Child SA to be rekeyed
      switch (state.child) {
        case ChildState::unknown: return child_sa_not_found;
        case ChildState::closing: return temporary_failure;
        case ChildState::rekeying: return proceed_compare_nonces;
        case ChildState::idle: return proceed;
      }
      return proceed;
    case PeerRequest::delete_child:
      //= RFC 7296 section 2.25.1: two requests that delete the same SA are both answered without
      //= naming it; one for an SA that we rekey is answered as usual
      if (state.child == ChildState::unknown || state.child == ChildState::closing) {
        return empty_response;
      }
      return state.child == ChildState::rekeying ? proceed_forget_ours : proceed;
    case PeerRequest::rekey_ike:
      //= RFC 7296 section 2.25.2: two that rekey the IKE SA compete by their nonces
      if (state.ike == IkeState::rekeying) return proceed_compare_nonces;
      //= RFC 7296 section 2.25.2: Child SAs under way would be lost, and so would the new IKE SA
      if (state.ike == IkeState::closing || state.any_child_exchange) return temporary_failure;
      return proceed;
    case PeerRequest::delete_ike:
      //= RFC 7296 section 2.25.2: a deletion wins over whatever we had begun
      return state.ike == IkeState::idle ? proceed : proceed_forget_ours;
  }
  return proceed;
}

}  // namespace ike::v2

#include "ike/error_notify.h"

namespace ike::proto {
namespace {

// What an authenticated peer, whose request was well protected, is told.
NotifyType full_answer(Fault fault) {
  switch (fault) {
    //= RFC 7296 section 3.10.1: INVALID_SYNTAX for what does not follow its format
    case Fault::malformed: return NotifyType::invalid_syntax;
    case Fault::unauthenticated: return NotifyType::authentication_failed;
    //= RFC 7296 section 2.25: a peer that is told so comes again a little later
    case Fault::limit:
    case Fault::timeout:
    case Fault::internal: return NotifyType::temporary_failure;
    case Fault::unsupported:
    case Fault::refused: return NotifyType::no_proposal_chosen;
  }
  return NotifyType::no_proposal_chosen;
}

}  // namespace

std::optional<NotifyType> notify_for(const Error& error, Stage stage) {
  switch (stage) {
    //= RFC 7296 section 2.21: a response is never answered
    case Stage::response: return std::nullopt;
    //= RFC 7296 section 2.21.1: in clear only a refused offer is worth an answer; answers to broken
    //= messages would serve those who look for reflectors
    case Stage::clear_request:
      if (error.fault == Fault::refused) return NotifyType::no_proposal_chosen;
      return std::nullopt;
    //= RFC 7296 section 2.21.2: all that went wrong with the peer's proof looks the same to it
    case Stage::auth_request:
      if (error.fault == Fault::malformed) return NotifyType::invalid_syntax;
      return NotifyType::authentication_failed;
    case Stage::protected_request: return full_answer(error.fault);
  }
  return std::nullopt;
}

}  // namespace ike::proto

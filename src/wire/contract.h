// What a message of each exchange must and may hold.  RFC 7296 sections 1.2 to 1.5, appendix C.
// Payloads that we do not know are not judged; the critical bit decides about them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/payload_set.h"
#include "wire/v2/message.h"

namespace ike::wire {

struct Contract {
  std::string_view name;
  PayloadSet required;
  PayloadSet optional;
  PayloadSet repeated;  // which of these may occur more than once
  NotifyType notify{};  // a notify that must be there; 0 = none in particular
};

// The row of a contract that a message does not keep.
struct Violation {
  enum class Row : uint8_t { required, optional, repeated, notify };
  std::string_view contract;
  Row row{};
  PayloadType payload{};
  NotifyType notify{};

  std::string text() const;  // "IKE_SA_INIT request: KE: required payload missing"
};

// The first violation; what is missing comes before what is too much.
std::optional<Violation> judge(const Contract& contract, const v2::Message& message);
// The same as an Error, whose `at` is the payload's number.
Result<void> check(const Contract& contract, const v2::Message& message);

namespace contracts {

using enum PayloadType;

//= RFC 7296 section 1.2: what the initiator sends first; a returned cookie is a notify
inline constexpr Contract kSaInitRequest{.name = "IKE_SA_INIT request",
                                         .required = {sa, ke, nonce},
                                         .optional = {notify, vendor, certreq},
                                         .repeated = {notify, vendor, certreq}};
//= RFC 7296 section 1.2: what the responder answers
inline constexpr Contract kSaInitResponse{.name = "IKE_SA_INIT response",
                                          .required = {sa, ke, nonce},
                                          .optional = {certreq, notify, vendor},
                                          .repeated = {certreq, notify, vendor}};
//= RFC 7296 section 2.6: a demand for a cookie, another group or a refusal is a notify alone
inline constexpr Contract kSaInitError{.name = "IKE_SA_INIT error response",
                                       .required = {notify},
                                       .optional = {vendor},
                                       .repeated = {notify, vendor}};

//= RFC 7296 section 1.2: identity, proof and the first Child SA
inline constexpr Contract kAuthRequest{.name = "IKE_AUTH request",
                                       .required = {id_i, auth, sa, ts_i, ts_r},
                                       .optional = {cert, certreq, id_r, cp, notify, vendor},
                                       .repeated = {cert, certreq, notify, vendor}};
inline constexpr Contract kAuthResponse{.name = "IKE_AUTH response",
                                        .required = {id_r, auth, sa, ts_i, ts_r},
                                        .optional = {cert, cp, notify, vendor},
                                        .repeated = {cert, notify, vendor}};
//= RFC 7296 section 1.2: when the Child SA fails the IKE SA stands all the same
inline constexpr Contract kAuthResponseNoChild{.name = "IKE_AUTH response without a Child SA",
                                               .required = {id_r, auth, notify},
                                               .optional = {cert, cp, vendor},
                                               .repeated = {cert, notify, vendor}};
//= RFC 7296 section 2.21.2: a failed authentication is answered by a notify
inline constexpr Contract kAuthError{.name = "IKE_AUTH error response",
                                     .required = {notify},
                                     .optional = {vendor},
                                     .repeated = {notify, vendor}};

//= RFC 7296 section 2.16: leaving out AUTH asks for EAP
inline constexpr Contract kEapFirstRequest{.name = "IKE_AUTH request for EAP",
                                           .required = {id_i, sa, ts_i, ts_r},
                                           .optional = {certreq, id_r, cp, notify, vendor},
                                           .repeated = {certreq, notify, vendor}};
inline constexpr Contract kEapFirstResponse{.name = "IKE_AUTH response that starts EAP",
                                            .required = {id_r, eap},
                                            //= RFC 5998 section 4: AUTH may come at the end only
                                            .optional = {cert, auth, notify, vendor},
                                            .repeated = {cert, notify, vendor}};
inline constexpr Contract kEapMiddle{.name = "IKE_AUTH message of EAP",
                                     .required = {eap},
                                     .optional = {notify, vendor},
                                     .repeated = {notify, vendor}};
inline constexpr Contract kEapLastRequest{.name = "last IKE_AUTH request of EAP",
                                          .required = {auth},
                                          .optional = {notify, vendor},
                                          .repeated = {notify, vendor}};
inline constexpr Contract kEapLastResponse{.name = "last IKE_AUTH response of EAP",
                                           .required = {auth, sa, ts_i, ts_r},
                                           .optional = {cp, notify, vendor},
                                           .repeated = {notify, vendor}};

//= RFC 7296 section 1.3.1: a further Child SA, with KE for its own key exchange
inline constexpr Contract kCreateChildRequest{.name = "CREATE_CHILD_SA request for a Child SA",
                                              .required = {sa, nonce, ts_i, ts_r},
                                              .optional = {ke, cp, notify, vendor},
                                              .repeated = {notify, vendor}};
inline constexpr Contract kCreateChildResponse{.name = "CREATE_CHILD_SA response for a Child SA",
                                               .required = {sa, nonce, ts_i, ts_r},
                                               .optional = {ke, cp, notify, vendor},
                                               .repeated = {notify, vendor}};
//= RFC 7296 section 1.3.3: the Child SA to replace is named by REKEY_SA
inline constexpr Contract kRekeyChildRequest{.name = "CREATE_CHILD_SA request to rekey a Child SA",
                                             .required = {sa, nonce, ts_i, ts_r, notify},
                                             .optional = {ke, cp, vendor},
                                             .repeated = {notify, vendor},
                                             .notify = NotifyType::rekey_sa};
inline constexpr Contract kRekeyChildResponse{
    .name = "CREATE_CHILD_SA response to rekey a Child SA",
    .required = {sa, nonce, ts_i, ts_r},
    .optional = {ke, cp, notify, vendor},
    .repeated = {notify, vendor}};
//= RFC 7296 section 1.3.2: a new IKE SA always has a new key exchange
inline constexpr Contract kRekeyIkeRequest{.name = "CREATE_CHILD_SA request to rekey the IKE SA",
                                           .required = {sa, nonce, ke},
                                           .optional = {notify, vendor},
                                           .repeated = {notify, vendor}};
inline constexpr Contract kRekeyIkeResponse{.name = "CREATE_CHILD_SA response to rekey the IKE SA",
                                            .required = {sa, nonce, ke},
                                            .optional = {notify, vendor},
                                            .repeated = {notify, vendor}};
//= RFC 7296 section 1.3: a refusal is a notify
inline constexpr Contract kCreateChildError{.name = "CREATE_CHILD_SA error response",
                                            .required = {notify},
                                            .optional = {vendor},
                                            .repeated = {notify, vendor}};

//= RFC 7296 section 1.4: notifies, deletes, configuration, or nothing at all (liveness)
inline constexpr Contract kInformational{.name = "INFORMATIONAL message",
                                         .required = {},
                                         .optional = {notify, del, cp, vendor},
                                         .repeated = {notify, del, vendor}};

}  // namespace contracts
}  // namespace ike::wire

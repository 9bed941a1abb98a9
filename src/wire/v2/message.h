// The parsed view of one payload chain: of a message in the clear, or of what an SK payload held.
#pragma once

#include <optional>

#include "base/limits.h"
#include "wire/chain.h"
#include "wire/header.h"
#include "wire/inline_vector.h"
#include "wire/payload_set.h"
#include "wire/v2/auth.h"
#include "wire/v2/cert.h"
#include "wire/v2/certreq.h"
#include "wire/v2/cp.h"
#include "wire/v2/delete.h"
#include "wire/v2/eap.h"
#include "wire/v2/id.h"
#include "wire/v2/ke.h"
#include "wire/v2/nonce.h"
#include "wire/v2/notify.h"
#include "wire/v2/sa.h"
#include "wire/v2/sk.h"
#include "wire/v2/ts.h"
#include "wire/v2/vendor.h"

namespace ike::wire::v2 {

inline constexpr size_t kCertsMax = 16;    // a chain of certificates, or of requests for them
inline constexpr size_t kVendorsMax = 32;  // vendor IDs a message
inline constexpr size_t kDeletesMax = 16;  // Delete payloads a message: one a protocol is enough

// All views alias the octets that were parsed.  Unknown payloads without the critical bit are left
// out.
struct Message {
  std::optional<Sa> sa;
  std::optional<Ke> ke;
  std::optional<Nonce> nonce;
  std::optional<Id> id_i;
  std::optional<Id> id_r;
  std::optional<Auth> auth;
  std::optional<Ts> ts_i;
  std::optional<Ts> ts_r;
  std::optional<Cp> cp;
  std::optional<Eap> eap;
  std::optional<Sk> sk;  // SK or SKF, always the last payload
  InlineVector<Notify, limits::kNotifiesMax> notifies;
  InlineVector<Cert, kCertsMax> certs;
  InlineVector<CertReq, kCertsMax> certreqs;
  InlineVector<Vendor, kVendorsMax> vendors;
  InlineVector<Delete, kDeletesMax> deletes;

  PayloadSet present;                     // known types that occur
  PayloadSet repeated;                    // known types that occur more than once
  PayloadType first = PayloadType::none;  // of the chain
  //= RFC 7296 section 2.5: a request with such a payload is answered by
  // UNSUPPORTED_CRITICAL_PAYLOAD
  std::optional<PayloadType> unknown_critical;  // the first one

  // The first notify of the type, or null; points into this message.
  const Notify* notify(NotifyType type) const;
  bool has(NotifyType type) const { return notify(type) != nullptr; }
  // The first notify that reports an error, or null; points into this message.
  const Notify* first_error() const;
};

// `base` is the offset of `payloads` in the message.  A payload that may occur once and occurs
// twice is an error, as is one that does not follow its format.
Result<Message> parse_payloads(PayloadType first, Bytes payloads, uint32_t base = 0);

// The payloads of a message whose header was parsed; `message` is the whole of it.
Result<Message> parse_message(const Header& header, Bytes message);

//= RFC 7296 section 1.2: everything after IKE_SA_INIT is protected
// Whether the outermost chain is one that its exchange allows: SK or SKF alone (with nothing before
// it), except in IKE_SA_INIT, which has neither.
Result<void> check_protection(const Header& header, const Message& message);

}  // namespace ike::wire::v2

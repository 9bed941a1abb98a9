#include "wire/v2/message.h"

namespace ike::wire::v2 {

namespace {

constexpr PayloadSet kMayRepeat{PayloadType::cert, PayloadType::certreq, PayloadType::notify,
                                PayloadType::del, PayloadType::vendor};

template <typename Payload>
Result<void> set(std::optional<Payload>& slot, const RawPayload& p, std::string_view truncated) {
  IKE_TRY(slot, Payload::parse(p.reader(truncated)));
  return {};
}

template <typename Payload, size_t kMax>
Result<void> push(InlineVector<Payload, kMax>& list, const RawPayload& p,
                  std::string_view truncated) {
  IKE_TRY(const Payload payload, Payload::parse(p.reader(truncated)));
  if (!list.push_back(payload)) return fail(Fault::limit, "too many payloads of one type", p.at);
  return {};
}

Result<void> set_sk(std::optional<Sk>& slot, const RawPayload& p) {
  const Reader r = p.reader("SK: truncated");
  IKE_TRY(slot, p.type == PayloadType::sk ? Sk::parse_sk(r, p.next) : Sk::parse_skf(r, p.next));
  return {};
}

Result<void> take(Message& m, const RawPayload& p) {
  switch (p.type) {
    case PayloadType::sa: return set(m.sa, p, "SA: truncated");
    case PayloadType::ke: return set(m.ke, p, "KE: truncated");
    case PayloadType::id_i: return set(m.id_i, p, "IDi: truncated");
    case PayloadType::id_r: return set(m.id_r, p, "IDr: truncated");
    case PayloadType::cert: return push(m.certs, p, "CERT: truncated");
    case PayloadType::certreq: return push(m.certreqs, p, "CERTREQ: truncated");
    case PayloadType::auth: return set(m.auth, p, "AUTH: truncated");
    case PayloadType::nonce: return set(m.nonce, p, "Nonce: truncated");
    case PayloadType::notify: return push(m.notifies, p, "N: truncated");
    case PayloadType::del: return push(m.deletes, p, "D: truncated");
    case PayloadType::vendor: return push(m.vendors, p, "V: truncated");
    case PayloadType::ts_i: return set(m.ts_i, p, "TSi: truncated");
    case PayloadType::ts_r: return set(m.ts_r, p, "TSr: truncated");
    case PayloadType::sk:
    case PayloadType::skf: return set_sk(m.sk, p);
    case PayloadType::cp: return set(m.cp, p, "CP: truncated");
    case PayloadType::eap: return set(m.eap, p, "EAP: truncated");
    default:
      //= RFC 7296 section 2.5: an unknown payload is skipped unless it is critical; the critical
      // bit = of a known one means nothing
      if (p.critical && !m.unknown_critical) m.unknown_critical = p.type;
      return {};
  }
}

bool is_unprotected(ExchangeType exchange) {
  //= RFC 5723 section 4.3.1: IKE_SESSION_RESUME takes the place of IKE_SA_INIT
  return exchange == ExchangeType::ike_sa_init || exchange == ExchangeType::ike_session_resume;
}

}  // namespace

const Notify* Message::notify(NotifyType type) const {
  for (const Notify& n : notifies) {
    if (n.type == type) return &n;
  }
  return nullptr;
}

const Notify* Message::first_error() const {
  for (const Notify& n : notifies) {
    if (is_error(n.type)) return &n;
  }
  return nullptr;
}

Result<Message> parse_payloads(PayloadType first, Bytes payloads, uint32_t base) {
  Message m;
  m.first = first;
  Chain chain(first, payloads, base);
  while (const auto payload = chain.next()) {
    if (m.present.contains(payload->type)) {
      if (!kMayRepeat.contains(payload->type)) {
        return fail(Fault::malformed, "payload that may occur once occurs twice", payload->at);
      }
      m.repeated.insert(payload->type);
    }
    m.present.insert(payload->type);
    IKE_CHECK(take(m, *payload));
  }
  IKE_CHECK(chain.done());
  return m;
}

Result<Message> parse_message(const Header& header, Bytes message) {
  if (message.size() < kHeaderSize) return fail(Fault::malformed, "IKE header: truncated");
  return parse_payloads(header.next_payload, message.subspan(kHeaderSize), kHeaderSize);
}

Result<void> check_protection(const Header& header, const Message& message) {
  if (is_unprotected(header.exchange)) {
    if (message.sk)
      return fail(Fault::malformed, "SK in a message that has no keys yet", message.sk->at);
    return {};
  }
  if (!message.sk) return fail(Fault::unauthenticated, "message without SK", kHeaderSize);
  if (message.first != PayloadType::sk && message.first != PayloadType::skf) {
    return fail(Fault::unauthenticated, "payload outside of SK", kHeaderSize);
  }
  return {};
}

}  // namespace ike::wire::v2

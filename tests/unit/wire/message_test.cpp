#include "wire/v2/message.h"

#include "unit/wire/octets.h"
#include "wire/v2/payload_writer.h"

namespace ike::wire::v2 {
namespace {

using test::octets;
using test::reason;

// A chain of raw payloads.
class Builder {
 public:
  Builder& add(PayloadType type, const char* hex) {
    writer_.add_raw(type, octets(hex));
    return *this;
  }
  Builder& add(int type, const char* hex) { return add(static_cast<PayloadType>(type), hex); }
  // Sets the critical bit of the payload added last.
  Builder& critical(size_t size_of_body) {
    out_[out_.size() - size_of_body - 3] |= 0x80;
    return *this;
  }
  Result<Message> parse(uint32_t base = 0) const {
    return parse_payloads(writer_.first(), out_, base);
  }

 private:
  Blob out_;
  PayloadWriter writer_{out_};
};

constexpr const char* kNonce = "00112233445566778899aabbccddeeff";

TEST(Message, SortsPayloadsIntoTheirPlaces) {
  Builder b;
  b.add(PayloadType::ke, "001f0000 aa").add(PayloadType::nonce, kNonce);
  b.add(PayloadType::notify, "00004004").add(PayloadType::notify, "0000000e");
  b.add(PayloadType::vendor, "aabb").add(PayloadType::certreq, "04");
  const auto m = b.parse();
  ASSERT_TRUE(m) << reason(m);
  EXPECT_EQ(m->ke->method, KeMethod::curve25519);
  EXPECT_EQ(m->nonce->data.size(), 16u);
  EXPECT_EQ(m->notifies.size(), 2u);
  EXPECT_EQ(m->vendors.size(), 1u);
  EXPECT_EQ(m->certreqs.size(), 1u);
  EXPECT_FALSE(m->sa);
  EXPECT_EQ(m->present, (PayloadSet{PayloadType::ke, PayloadType::nonce, PayloadType::notify,
                                    PayloadType::vendor, PayloadType::certreq}));
  EXPECT_EQ(m->repeated, PayloadSet{PayloadType::notify});
  EXPECT_TRUE(m->has(NotifyType::nat_detection_source_ip));
  EXPECT_FALSE(m->has(NotifyType::cookie));
  ASSERT_NE(m->first_error(), nullptr);
  EXPECT_EQ(m->first_error()->type, NotifyType::no_proposal_chosen);
}

TEST(Message, TakesEveryPayloadType) {
  Builder b;
  b.add(PayloadType::sa, "00000010 01010001 00000008 01000003").add(PayloadType::id_i, "01000000");
  b.add(PayloadType::id_r, "01000000")
      .add(PayloadType::cert, "04")
      .add(PayloadType::auth, "0200000001");
  b.add(PayloadType::del, "01000000")
      .add(PayloadType::cp, "01000000")
      .add(PayloadType::eap, "03010004");
  b.add(PayloadType::ts_i, "01000000 07000010 0000ffff 0a000000 0affffff");
  b.add(PayloadType::ts_r, "01000000 07000010 0000ffff 0a000000 0affffff");
  const auto m = b.parse();
  ASSERT_TRUE(m) << reason(m);
  EXPECT_TRUE(m->sa && m->id_i && m->id_r && m->auth && m->cp && m->eap && m->ts_i && m->ts_r);
  EXPECT_EQ(m->certs.size(), 1u);
  EXPECT_EQ(m->deletes.size(), 1u);
}

TEST(Message, MayBeEmpty) {
  const auto m = parse_payloads(PayloadType::none, {});
  ASSERT_TRUE(m);
  EXPECT_TRUE(m->present.empty());
}

TEST(Message, RefusesASecondSingleton) {
  Builder b;
  b.add(PayloadType::nonce, kNonce).add(PayloadType::nonce, kNonce);
  EXPECT_EQ(reason(b.parse()), "payload that may occur once occurs twice");
}

//= RFC 7296 section 2.5: unknown payloads are skipped, critical ones reported
TEST(Message, SkipsUnknownPayloadsAndReportsACriticalOne) {
  Builder b;
  b.add(200, "aabb").add(200, "").add(54, "00").add(0x30 + 1, "").add(0x30 + 1, "");
  auto m = b.parse();
  ASSERT_TRUE(m) << reason(m);
  EXPECT_FALSE(m->unknown_critical);
  b.add(201, "aabb").critical(2).add(202, "").critical(0);
  m = b.parse();
  ASSERT_TRUE(m) << reason(m);
  EXPECT_EQ(m->unknown_critical, static_cast<PayloadType>(201));
}

//= RFC 7296 section 2.5: in a known payload the critical bit is ignored
TEST(Message, IgnoresTheCriticalBitOfKnownPayloads) {
  Builder b;
  b.add(PayloadType::vendor, "aa").critical(1);
  const auto m = b.parse();
  ASSERT_TRUE(m);
  EXPECT_FALSE(m->unknown_critical);
  EXPECT_EQ(m->vendors.size(), 1u);
}

TEST(Message, TellsWhereAPayloadIsBroken) {
  Builder b;
  b.add(PayloadType::vendor, "aabb").add(PayloadType::ke, "001f");
  const auto m = b.parse(28);
  EXPECT_EQ(reason(m), "KE: truncated");
  EXPECT_EQ(m.error().at, 28u + 6 + 4 + 2);
}

TEST(Message, BoundsWhatMayRepeat) {
  const auto many = [](PayloadType type, const char* body, size_t count) {
    Builder b;
    for (size_t i = 0; i < count; ++i) b.add(type, body);
    return b.parse();
  };
  EXPECT_TRUE(many(PayloadType::notify, "00004000", limits::kNotifiesMax));
  EXPECT_EQ(many(PayloadType::notify, "00004000", limits::kNotifiesMax + 1).error().fault,
            Fault::limit);
  EXPECT_TRUE(many(PayloadType::cert, "04", kCertsMax));
  EXPECT_EQ(many(PayloadType::cert, "04", kCertsMax + 1).error().fault, Fault::limit);
  EXPECT_TRUE(many(PayloadType::vendor, "", kVendorsMax));
  EXPECT_EQ(many(PayloadType::vendor, "", kVendorsMax + 1).error().fault, Fault::limit);
  EXPECT_TRUE(many(PayloadType::del, "01000000", kDeletesMax));
  EXPECT_EQ(many(PayloadType::del, "01000000", kDeletesMax + 1).error().fault, Fault::limit);
}

TEST(Message, FindsTheEncryptedPayload) {
  const Blob chain = octets("23000006 aabb");
  const auto m = parse_payloads(PayloadType::sk, chain, 28);
  ASSERT_TRUE(m);
  ASSERT_TRUE(m->sk);
  EXPECT_EQ(m->sk->first_inner, PayloadType::id_i);
  EXPECT_EQ(m->sk->at, 32u);

  const Blob fragment = octets("0000000a 00020003 aabb");
  const auto f = parse_payloads(PayloadType::skf, fragment, 28);
  ASSERT_TRUE(f);
  EXPECT_TRUE(f->sk->is_fragment);
  EXPECT_EQ(f->sk->fragment, 2);
}

Result<void> protection(ExchangeType exchange, const Builder& b) {
  const auto m = b.parse(28);
  EXPECT_TRUE(m) << reason(m);
  Header h;
  h.exchange = exchange;
  return check_protection(h, *m);
}

//= RFC 7296 section 1.2: only IKE_SA_INIT is in the clear
TEST(Protection, IsDemandedAfterIkeSaInit) {
  Builder clear, sk, mixed;
  clear.add(PayloadType::notify, "0000000e");
  sk.add(PayloadType::sk, "aabb");
  mixed.add(PayloadType::notify, "0000000e").add(PayloadType::sk, "aabb");
  EXPECT_TRUE(protection(ExchangeType::ike_sa_init, clear));
  EXPECT_FALSE(protection(ExchangeType::ike_sa_init, sk));
  for (const auto exchange : {ExchangeType::ike_auth, ExchangeType::create_child_sa,
                              ExchangeType::informational, static_cast<ExchangeType>(99)}) {
    EXPECT_TRUE(protection(exchange, sk));
    EXPECT_EQ(reason(protection(exchange, clear)), "message without SK");
    EXPECT_EQ(reason(protection(exchange, mixed)), "payload outside of SK");
    EXPECT_EQ(protection(exchange, clear).error().fault, Fault::unauthenticated);
  }
}

}  // namespace
}  // namespace ike::wire::v2

// Properties over generated payloads: what is written parses to the same octets, whatever they are.
#include "fuzz/round_trip.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/wire/octets.h"
#include "wire/v2/message.h"
#include "wire/v2/notify_data.h"
#include "wire/v2/payload_writer.h"

namespace ike::wire::v2 {
namespace {

using test::round_trips;
using test::written;

// A body that often parses: random octets behind a plausible start.
Blob noise() { return *rc::gen::arbitrary<Blob>(); }

Blob sized(size_t least, size_t most) {
  const size_t size = *rc::gen::inRange(least, most + 1);
  return *rc::gen::container<Blob>(size, rc::gen::arbitrary<uint8_t>());
}

// The octets behind the views of a generated payload.
using Store = std::vector<Blob>;

Bytes keep(Store& store, Blob octets) {
  store.push_back(std::move(octets));
  return store.back();
}

Proposal proposal(Store& store, uint8_t number) {
  Proposal p;
  p.number = number;
  p.protocol = static_cast<ProtocolId>(*rc::gen::inRange(0, 5));
  p.spi = keep(store, sized(0, 8));
  const int transforms = *rc::gen::inRange(0, 8);
  for (int i = 0; i < transforms; ++i) {
    Transform t;
    t.type = static_cast<TransformType>(*rc::gen::arbitrary<uint8_t>());
    t.id = *rc::gen::arbitrary<uint16_t>();
    t.key_bits = *rc::gen::element<uint16_t>(0, 0, 128, 256, 65535);
    p.transforms.push_back(t);
  }
  return p;
}

TrafficSelector selector() {
  const auto a = Address::v4(*rc::gen::arbitrary<uint32_t>());
  const auto b = Address::v4(*rc::gen::arbitrary<uint32_t>());
  return TrafficSelector::of({std::min(a, b), std::max(a, b)}, *rc::gen::arbitrary<uint8_t>(),
                             *rc::gen::arbitrary<uint16_t>(), *rc::gen::arbitrary<uint16_t>());
}

// Parses what `payload` writes and writes it again.
template <typename Payload>
void expect_same_octets(const Payload& payload) {
  const Blob once = written(payload);
  const auto again = Payload::parse(Reader(once));
  RC_ASSERT(again.has_value());
  RC_ASSERT(written(*again) == once);
}

RC_GTEST_PROP(RoundTrip, HoldsForSa, ()) {
  Store store;
  Sa sa;
  const int count = *rc::gen::inRange(1, 5);
  for (int i = 1; i <= count; ++i) sa.proposals.push_back(proposal(store, static_cast<uint8_t>(i)));
  expect_same_octets(sa);
}

RC_GTEST_PROP(RoundTrip, HoldsForTrafficSelectors, ()) {
  Ts ts;
  const int count = *rc::gen::inRange(1, 9);
  for (int i = 0; i < count; ++i) ts.selectors.push_back(selector());
  expect_same_octets(ts);
}

RC_GTEST_PROP(RoundTrip, HoldsForPayloadsOfOctets, ()) {
  const Blob data = sized(16, 64);
  const auto small = *rc::gen::arbitrary<uint8_t>();
  const auto large = *rc::gen::arbitrary<uint16_t>();
  const Blob spi = sized(0, 8);
  expect_same_octets(Ke{static_cast<KeMethod>(large), data});
  expect_same_octets(Id{static_cast<IdType>(small), data, {}});
  expect_same_octets(Cert{static_cast<CertEncoding>(small), data});
  expect_same_octets(CertReq{static_cast<CertEncoding>(small), data});
  expect_same_octets(Auth{static_cast<AuthMethod>(small), data});
  expect_same_octets(Nonce{data});
  expect_same_octets(Vendor{data});
  expect_same_octets(
      Notify{static_cast<ProtocolId>(small), static_cast<NotifyType>(large), spi, data});
  expect_same_octets(Eap{static_cast<EapCode>(*rc::gen::inRange(1, 5)), small, 0, data});
}

RC_GTEST_PROP(RoundTrip, HoldsForNoiseThatParses, ()) {
  const Blob body = noise();
  RC_ASSERT(round_trips<Sa>(body));
  RC_ASSERT(round_trips<Ke>(body));
  RC_ASSERT(round_trips<Id>(body));
  RC_ASSERT(round_trips<Cert>(body));
  RC_ASSERT(round_trips<CertReq>(body));
  RC_ASSERT(round_trips<Auth>(body));
  RC_ASSERT(round_trips<Nonce>(body));
  RC_ASSERT(round_trips<Notify>(body));
  RC_ASSERT(round_trips<Delete>(body));
  RC_ASSERT(round_trips<Ts>(body));
  RC_ASSERT(round_trips<Cp>(body));
  RC_ASSERT(round_trips<Eap>(body));
  RC_ASSERT(round_trips<Redirect>(body));
  RC_ASSERT(round_trips<SignatureHashes>(body));
}

// A whole message, through the header and the chain.
RC_GTEST_PROP(RoundTrip, HoldsForMessages, ()) {
  Header header;
  header.spi_i = IkeSpi(*rc::gen::arbitrary<uint64_t>());
  header.spi_r = IkeSpi(*rc::gen::arbitrary<uint64_t>());
  header.version = *rc::gen::arbitrary<uint8_t>();
  header.exchange = static_cast<ExchangeType>(*rc::gen::arbitrary<uint8_t>());
  header.flags = *rc::gen::arbitrary<uint8_t>();
  header.message_id = MessageId(*rc::gen::arbitrary<uint32_t>());
  Blob out;
  Writer w(out);
  header.write(w);
  PayloadWriter payloads(out);
  const int count = *rc::gen::inRange(0, 10);
  for (int i = 0; i < count; ++i) {
    payloads.add_raw(static_cast<PayloadType>(*rc::gen::inRange(100, 256)), sized(0, 20));
  }
  patch_next_payload(out, payloads.first());
  patch_length(out);

  const auto parsed = Header::parse(out);
  RC_ASSERT(parsed.has_value());
  Blob again;
  Writer w2(again);
  parsed->write(w2);
  PayloadWriter copied(again);
  Chain chain(parsed->next_payload, Bytes(out).subspan(kHeaderSize), kHeaderSize);
  while (const auto p = chain.next()) copied.add_raw(p->type, p->body);
  RC_ASSERT(chain.done().has_value());
  RC_ASSERT(again == out);
}

}  // namespace
}  // namespace ike::wire::v2

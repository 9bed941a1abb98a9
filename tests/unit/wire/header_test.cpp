#include "wire/header.h"

#include "unit/wire/octets.h"

namespace ike::wire {
namespace {

using test::octets;
using test::reason;

const Blob kHeader = octets("0102030405060708 1112131415161718 2e 20 23 28 00000007 0000001e ffff");

TEST(Header, ReadsEveryField) {
  const auto h = Header::parse(kHeader);
  ASSERT_TRUE(h) << reason(h);
  EXPECT_EQ(h->spi_i, IkeSpi(0x0102030405060708));
  EXPECT_EQ(h->spi_r, IkeSpi(0x1112131415161718));
  EXPECT_EQ(h->next_payload, PayloadType::sk);
  EXPECT_EQ(h->major(), 2u);
  EXPECT_EQ(h->minor(), 0u);
  EXPECT_EQ(h->exchange, ExchangeType::ike_auth);
  EXPECT_TRUE(h->from_initiator());
  EXPECT_TRUE(h->is_response());
  EXPECT_EQ(h->message_id, MessageId(7));
  EXPECT_EQ(h->length, 30u);
}

TEST(Header, WritesWhatItRead) {
  Blob out;
  Writer w(out);
  Header::parse(kHeader)->write(w);
  EXPECT_EQ(to_hex(out), to_hex(Bytes(kHeader).first(kHeaderSize)));
}

TEST(Header, NamesALengthThatDoesNotFitTheDatagram) {
  EXPECT_EQ(reason(Header::parse(Bytes(kHeader).first(29))),
            "IKE header: length beyond the datagram");
  Blob longer = kHeader;
  longer.push_back(0);
  EXPECT_EQ(reason(Header::parse(longer)), "IKE header: octets after the message");
  EXPECT_EQ(Header::parse(longer).error().at, 30u);
  EXPECT_EQ(reason(Header::parse(Bytes(kHeader).first(27))), "IKE header: truncated");
  Blob tiny = kHeader;
  Writer(tiny).patch_u32(24, 27);
  EXPECT_EQ(reason(Header::parse(tiny)), "IKE header: length below the header's own");
}

TEST(Header, PatchesLengthAndFirstPayloadBehindAMarker) {
  Blob out(kNonEspMarkerSize);
  Writer w(out);
  Header{}.write(w);
  w.zeros(9);
  patch_length(out, kNonEspMarkerSize);
  patch_next_payload(out, PayloadType::sk, kNonEspMarkerSize);
  const auto h = Header::parse(Bytes(out).subspan(kNonEspMarkerSize));
  ASSERT_TRUE(h);
  EXPECT_EQ(h->length, kHeaderSize + 9);
  EXPECT_EQ(h->next_payload, PayloadType::sk);
}

//= RFC 3948 section 2.2: the marker tells IKE from ESP
TEST(NattPort, TellsIkeEspAndKeepalivesApart) {
  EXPECT_EQ(classify_natt(octets("ff")).kind, NattKind::keepalive);
  EXPECT_EQ(classify_natt(octets("fe")).kind, NattKind::runt);
  EXPECT_EQ(classify_natt({}).kind, NattKind::runt);
  EXPECT_EQ(classify_natt(octets("000000")).kind, NattKind::runt);
  EXPECT_EQ(classify_natt(octets("c0000001 000000")).kind, NattKind::runt);
  EXPECT_EQ(classify_natt(octets("c0000001 00000001")).kind, NattKind::esp);
  const Blob marked = octets("00000000 0102");
  const auto d = classify_natt(marked);
  EXPECT_EQ(d.kind, NattKind::ike);
  EXPECT_EQ(to_hex(d.content), "0102");
}

}  // namespace
}  // namespace ike::wire

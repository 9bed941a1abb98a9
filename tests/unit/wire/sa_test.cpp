#include "wire/v2/sa.h"

#include "base/limits.h"
#include "fuzz/round_trip.h"
#include "unit/wire/octets.h"

namespace ike::wire::v2 {
namespace {

using test::octets;
using test::parsed;
using test::reason;
using test::written;

// One ESP proposal: AES-CBC-128, HMAC-SHA2-256, no ESN.
const Blob kEsp = octets(
    "00000028 01030403 c61ea2a0 0300000c 0100000c 800e0080 03000008 0300000c 00000008 05000000");

TEST(Sa, ReadsProposalsAndTransforms) {
  const auto sa = parsed<Sa>(kEsp);
  ASSERT_TRUE(sa) << reason(sa);
  ASSERT_EQ(sa->proposals.size(), 1u);
  const Proposal& p = sa->proposals[0];
  EXPECT_EQ(p.number, 1);
  EXPECT_EQ(p.protocol, ProtocolId::esp);
  EXPECT_EQ(to_hex(p.spi), "c61ea2a0");
  ASSERT_EQ(p.transforms.size(), 3u);
  EXPECT_EQ(p.transforms[0].type, TransformType::encr);
  EXPECT_EQ(p.transforms[0].id, raw(Encr::aes_cbc));
  EXPECT_EQ(p.transforms[0].key_bits, 128);
  EXPECT_FALSE(p.transforms[0].has_unknown_attribute);
  EXPECT_EQ(p.transforms[1].type, TransformType::integ);
  EXPECT_EQ(p.transforms[2].type, TransformType::esn);
}

TEST(Sa, WritesWhatItRead) { EXPECT_EQ(to_hex(written(*parsed<Sa>(kEsp))), to_hex(kEsp)); }

TEST(Sa, WritesProposalsOfOurs) {
  const Blob spi = octets("c61ea2a0");
  Proposal p{.number = 1, .protocol = ProtocolId::esp, .spi = spi, .transforms = {}};
  p.transforms.push_back({TransformType::encr, raw(Encr::aes_cbc), 128, false, {}});
  p.transforms.push_back({TransformType::integ, raw(Integ::hmac_sha2_256_128), 0, false, {}});
  p.transforms.push_back({TransformType::esn, raw(Esn::no), 0, false, {}});
  EXPECT_EQ(to_hex(written(Sa{{p}})), to_hex(kEsp));
}

//= RFC 7296 section 3.3.6: what is not known spoils its transform or proposal, not the payload
TEST(Sa, KeepsWhatItDoesNotKnow) {
  const auto type = parsed<Sa>(octets("00000010 01010001 00000008 f0000001"));
  ASSERT_TRUE(type) << reason(type);
  EXPECT_EQ(raw(type->proposals[0].transforms[0].type), 0xf0);

  const auto tv = parsed<Sa>(octets("00000014 01010001 0000000c 0100000c 80630001"));
  ASSERT_TRUE(tv) << reason(tv);
  EXPECT_TRUE(tv->proposals[0].transforms[0].has_unknown_attribute);

  const auto tlv = parsed<Sa>(octets("0000001a 01010001 00000012 0100000c 00630002abcd 800e0100"));
  ASSERT_TRUE(tlv) << reason(tlv);
  EXPECT_TRUE(tlv->proposals[0].transforms[0].has_unknown_attribute);
  EXPECT_EQ(tlv->proposals[0].transforms[0].key_bits, 256);
}

//= RFC 7296 section 3.3.5: one Key Length, which is never in the long form
TEST(Sa, TakesAStrangeKeyLengthForUnknown) {
  for (const char* hex : {"00000018 01010001 00000010 0100000c 800e0080 800e0100",
                          "00000016 01010001 0000000e 0100000c 000e0002 0080",
                          "00000014 01010001 0000000c 0100000c 800e0000"}) {
    const auto sa = parsed<Sa>(octets(hex));
    ASSERT_TRUE(sa) << hex << ": " << reason(sa);
    EXPECT_TRUE(sa->proposals[0].transforms[0].has_unknown_attribute) << hex;
  }
}

TEST(Sa, NamesWhatIsBroken) {
  const auto broken = [](const char* hex) { return reason(parsed<Sa>(octets(hex))); };
  EXPECT_EQ(broken(""), "SA: no proposal");
  EXPECT_EQ(broken("00000003"), "SA: substructure shorter than its own header");
  EXPECT_EQ(broken("00000010 01010002 00000008 01000003"),
            "SA: number of transforms differs from those there");
  EXPECT_EQ(broken("02000010 01010001 00000008 01000003"),
            "SA: wrong mark of the last substructure");
  EXPECT_EQ(broken("00000010 01010001 00000009 01000003"), "SA: proposal truncated");
  EXPECT_EQ(broken("0000000c 01010901 00000000"), "SA: proposal truncated");
  EXPECT_EQ(broken("00000020 01010001 00000008 01000003"), "truncated");
  EXPECT_EQ(broken("00000014 01010001 0000000c 0100000c 000e0002"), "SA: transform truncated");
}

Blob proposal_octets(bool last, size_t transforms) {
  Blob out;
  Writer w(out);
  w.u8(last ? 0 : 2).u8(0).u16(static_cast<uint16_t>(8 + 8 * transforms));
  w.u8(1).u8(1).u8(0).u8(static_cast<uint8_t>(transforms));
  for (size_t i = 1; i <= transforms; ++i) {
    w.u8(i == transforms ? 0 : 3).u8(0).u16(8).u8(4).u8(0).u16(14);
  }
  return out;
}

TEST(Sa, BoundsProposalsTransformsAndAttributes) {
  Blob many;
  for (size_t i = 1; i <= limits::kProposalsMax; ++i) {
    append(many, proposal_octets(i == limits::kProposalsMax, 1));
  }
  EXPECT_TRUE(parsed<Sa>(many));
  Blob too_many = proposal_octets(false, 1);
  append(too_many, many);
  EXPECT_EQ(reason(parsed<Sa>(too_many)), "SA: too many proposals");

  EXPECT_TRUE(parsed<Sa>(proposal_octets(true, limits::kTransformsMax)));
  EXPECT_EQ(reason(parsed<Sa>(proposal_octets(true, limits::kTransformsMax + 1))),
            "SA: too many transforms");

  Blob all;
  const size_t full = limits::kTransformsPerSaMax / limits::kTransformsMax;
  for (size_t i = 1; i <= full; ++i)
    append(all, proposal_octets(i == full, limits::kTransformsMax));
  EXPECT_TRUE(parsed<Sa>(all));
  Blob one_more = proposal_octets(false, 1);
  append(one_more, all);
  EXPECT_EQ(reason(parsed<Sa>(one_more)), "SA: too many transforms in all");

  Blob transform = octets("0100000c");
  for (size_t i = 0; i < limits::kAttributesMax; ++i) append(transform, octets("80010001"));
  EXPECT_TRUE(parsed<Transform>(transform));
  append(transform, octets("80010001"));
  EXPECT_EQ(parsed<Transform>(transform).error().fault, Fault::limit);
}

}  // namespace
}  // namespace ike::wire::v2

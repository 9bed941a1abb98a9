#include "wire/v2/ts.h"

#include "fuzz/round_trip.h"
#include "unit/wire/octets.h"

namespace ike::wire::v2 {
namespace {

using test::octets;
using test::parsed;
using test::reason;
using test::written;

const Blob kTwo = octets(
    "02000000 07060010 01bb01bb 0a010000 0a01ffff"
    "08000028 0000ffff 20010db8000000000000000000000000 20010db80000000000000000000000ff");

TEST(Ts, ReadsRangesOfBothFamilies) {
  const auto ts = parsed<Ts>(kTwo);
  ASSERT_TRUE(ts) << reason(ts);
  ASSERT_EQ(ts->selectors.size(), 2u);
  EXPECT_EQ(ts->selectors[0].protocol, 6);
  EXPECT_EQ(ts->selectors[0].port_first, 443);
  EXPECT_EQ(ts->selectors[0].port_last, 443);
  EXPECT_EQ(ts->selectors[0].addresses.text(), "10.1.0.0/16");
  EXPECT_EQ(ts->selectors[1].addresses.text(), "2001:db8::/120");
}

TEST(Ts, WritesWhatItRead) { EXPECT_EQ(to_hex(written(*parsed<Ts>(kTwo))), to_hex(kTwo)); }

TEST(Ts, WritesSelectorsOfOurs) {
  const Prefix net{Address::v4(10, 1, 0, 0), 16};
  const Ts ts{{TrafficSelector::of(AddressRange::of(net), 6, 443, 443)}};
  EXPECT_EQ(to_hex(written(ts)),
            "01000000"
            "0706001001bb01bb0a0100000a01ffff");
}

//= RFC 7296 section 3.13.1: an OPAQUE port range runs from 65535 to 0
TEST(Ts, KeepsAnOpaquePortRange) {
  const auto ts = parsed<Ts>(octets("01000000 07060010 ffff0000 0a010000 0a01ffff"));
  ASSERT_TRUE(ts) << reason(ts);
  EXPECT_EQ(ts->selectors[0].port_first, 0xffff);
  EXPECT_EQ(ts->selectors[0].port_last, 0);
}

TEST(Ts, KeepsATypeItDoesNotKnow) {
  const Blob fibre_channel = octets("01000000 09000008 01020304");
  const auto ts = parsed<Ts>(fibre_channel);
  ASSERT_TRUE(ts) << reason(ts);
  EXPECT_FALSE(ts->selectors[0].known());
  EXPECT_EQ(to_hex(ts->selectors[0].unknown), "01020304");
  EXPECT_EQ(written(*ts), fibre_channel);
}

TEST(Ts, NamesWhatIsBroken) {
  const auto broken = [](const char* hex) { return reason(parsed<Ts>(octets(hex))); };
  EXPECT_EQ(broken("00000000"), "TS: no selector");
  EXPECT_EQ(broken("02000000 07000010 0000ffff 0a010000 0a01ffff"),
            "TS: fewer selectors than announced");
  EXPECT_EQ(broken("01000000 07000010 0000ffff 0a010001 0a010000"),
            "TS: last address before the first one");
  EXPECT_EQ(broken("01000000 0700000f 0000ffff 0a010000 0a01ff"), "TS: selector truncated");
  EXPECT_EQ(broken("01000000 07000014 0000ffff 0a010000 0a01ffff 00000000"),
            "octets after the end");
  EXPECT_EQ(broken("01000000 07000003"), "TS: selector shorter than its own header");
  EXPECT_EQ(broken("01000000 07000010 0000ffff 0a010000 0a01ffff 00"), "octets after the end");
  EXPECT_EQ(broken("01000000 070000"), "TS: selector shorter than its own header");
}

TEST(Ts, HoldsAsManySelectorsAsItsCountCanSay) {
  Blob out = octets("ff000000");
  for (int i = 0; i < 255; ++i) append(out, octets("07000010 0000ffff 0a010000 0a01ffff"));
  const auto ts = parsed<Ts>(out);
  ASSERT_TRUE(ts) << reason(ts);
  EXPECT_EQ(ts->selectors.size(), 255u);
}

}  // namespace
}  // namespace ike::wire::v2

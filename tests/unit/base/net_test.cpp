#include "base/net.h"

#include <gtest/gtest.h>

namespace ike {
namespace {

Address at(std::string_view text) {
  const auto address = Address::parse(text);
  EXPECT_TRUE(address) << text;
  return address.value_or(Address());
}

struct Form {
  const char* written;
  const char* printed;
};

// The examples of RFC 5952, by section.
const Form kRfc5952[] = {
    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},                                      // 1
    {"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},                                     // 1
    {"2001:db8::1:0:0:1", "2001:db8::1:0:0:1"},                                         // 1
    {"2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"},                                       // 1
    {"2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"},                                         // 1
    {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"},  // 2.1
    {"2001:db8::aaaa:0:0:1", "2001:db8::aaaa:0:0:1"},                                   // 2.2
    {"2001:db8:0:0:aaaa::1", "2001:db8::aaaa:0:0:1"},                                   // 2.2
    {"2001:0db8::0001", "2001:db8::1"},                                                 // 4.1
    {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},                                          // 4.2.1
    {"2001:db8::0:1", "2001:db8::1"},                                                   // 4.2.1
    {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},                                    // 4.2.2
    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},                                            // 4.2.3
    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},                                      // 4.2.3
    {"2001:DB8::ABCD", "2001:db8::abcd"},                                               // 4.3
};

TEST(Address, PrintsTheExamplesOfRfc5952) {
  for (const Form& form : kRfc5952) EXPECT_EQ(at(form.written).text(), form.printed);
}

TEST(Address, PrintsTheEdgesOfIpv6) {
  EXPECT_EQ(at("::").text(), "::");
  EXPECT_EQ(at("::1").text(), "::1");
  EXPECT_EQ(at("1::").text(), "1::");
  EXPECT_EQ(at("0:0:0:0:0:0:0:0").text(), "::");
  EXPECT_EQ(at("1:2:3:4:5:6:7:8").text(), "1:2:3:4:5:6:7:8");
  EXPECT_EQ(at("::192.0.2.1"), at("::c000:201"));
  EXPECT_EQ(at("64:ff9b::192.0.2.33"), at("64:ff9b::c000:221"));
}

TEST(Address, RefusesWhatIsNotAnAddress) {
  for (const char* text : {"",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "1.2.3.-4",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "1..3.4",
                           "a.b.c.d",
                           ":",
                           ":::",
                           "1:",
                           ":1",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7::8",
                           "12345::",
                           "g::",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "1.2.3.4::",
                           "fe80::1%eth0",
                           "::/0"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
}

TEST(Address, TakesFourOrSixteenOctetsOnly) {
  for (size_t size = 0; size <= 17; ++size) {
    EXPECT_EQ(Address::from_octets(Blob(size, 1)).has_value(), size == 4 || size == 16) << size;
  }
  EXPECT_EQ(at("192.0.2.1").octets().size(), 4u);
  EXPECT_EQ(Address().octets().size(), 0u);
  EXPECT_EQ(Address().text(), "any");
}

TEST(Address, NeighboursCarryOverOctetsAndStopAtTheEnds) {
  EXPECT_EQ(at("10.0.0.255").next(), at("10.0.1.0"));
  EXPECT_EQ(at("10.0.1.0").previous(), at("10.0.0.255"));
  EXPECT_EQ(at("::ffff:ffff").next(), at("::1:0:0"));
  EXPECT_FALSE(at("255.255.255.255").next());
  EXPECT_FALSE(at("::").previous());
  EXPECT_FALSE(Address::last(Family::ipv6).next());
}

TEST(Address, KnowsMulticast) {
  EXPECT_TRUE(at("224.0.0.1").is_multicast());
  EXPECT_TRUE(at("239.255.255.255").is_multicast());
  EXPECT_FALSE(at("240.0.0.1").is_multicast());
  EXPECT_TRUE(at("ff02::1").is_multicast());
  EXPECT_FALSE(at("fe80::1").is_multicast());
}

TEST(Endpoint, PutsBracketsAroundIpv6) {
  EXPECT_EQ((Endpoint{at("192.0.2.1"), 500}).text(), "192.0.2.1:500");
  EXPECT_EQ((Endpoint{at("2001:db8::1"), 4500}).text(), "[2001:db8::1]:4500");
}

TEST(Prefix, SpansItsHostBits) {
  const Prefix p{at("10.1.2.3"), 22};
  EXPECT_EQ(p.first(), at("10.1.0.0"));
  EXPECT_EQ(p.last(), at("10.1.3.255"));
  EXPECT_EQ(p.masked().text(), "10.1.0.0/22");
  EXPECT_TRUE(p.contains(at("10.1.3.255")));
  EXPECT_FALSE(p.contains(at("10.1.4.0")));
  EXPECT_FALSE(p.contains(at("::")));
}

TEST(Prefix, HostAndEverythingAreTheExtremes) {
  EXPECT_EQ(Prefix::host(at("192.0.2.1")).text(), "192.0.2.1");
  EXPECT_EQ(Prefix::everything(Family::ipv6).text(), "::/0");
  EXPECT_EQ(Prefix::everything(Family::ipv4).last(), at("255.255.255.255"));
  EXPECT_TRUE(Prefix::host(at("::1")).is_host());
}

TEST(AddressRange, IntersectsWithinOneFamily) {
  const AddressRange a{at("10.0.0.1"), at("10.0.0.20")};
  const AddressRange b{at("10.0.0.10"), at("10.0.0.30")};
  const AddressRange common{at("10.0.0.10"), at("10.0.0.20")};
  EXPECT_EQ(a.intersect(b), common);
  EXPECT_EQ(b.intersect(a), common);
  EXPECT_FALSE(a.intersect({at("10.0.0.21"), at("10.0.0.22")}));
  EXPECT_FALSE(a.intersect(AddressRange::everything(Family::ipv6)));
  EXPECT_TRUE(AddressRange::everything(Family::ipv4).contains(a));
  EXPECT_FALSE(a.contains(b));
}

TEST(AddressRange, IsAPrefixOnlyWhenItsEndsAre) {
  EXPECT_EQ((AddressRange{at("10.0.0.0"), at("10.0.0.255")}).text(), "10.0.0.0/24");
  EXPECT_EQ((AddressRange{at("10.0.0.1"), at("10.0.0.255")}).text(), "10.0.0.1-10.0.0.255");
  EXPECT_EQ((AddressRange{at("10.0.0.7"), at("10.0.0.7")}).text(), "10.0.0.7");
  EXPECT_EQ(AddressRange::everything(Family::ipv6).text(), "::/0");
}

}  // namespace
}  // namespace ike

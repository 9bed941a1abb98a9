#include "tools/ike/capture_file.h"

#include "unit/wire/octets.h"

namespace ike::tools {
namespace {

using test::octets;
using test::reason;

std::string frames_of(const char* hex) {
  const Blob file = octets(hex);
  auto capture = CaptureFile::open(file);
  if (!capture) return std::string(reason(capture));
  std::string text;
  while (true) {
    const auto frame = capture->next();
    if (!frame) return text + std::string(frame.error().what);
    if (!*frame) return text;
    text += std::to_string((*frame)->number) + ' ' + std::to_string((*frame)->time_us) + ' ' +
            std::to_string(static_cast<uint32_t>((*frame)->link)) + ' ' + to_hex((*frame)->data) +
            ';';
  }
}

TEST(Pcap, IsReadInBothByteOrders) {
  EXPECT_EQ(frames_of("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001"
                      "00000001 00000002 00000002 00000009 aabb"),
            "1 1000002 1 aabb;");
  EXPECT_EQ(frames_of("d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000"
                      "01000000 02000000 02000000 09000000 aabb"),
            "1 1000002 1 aabb;");
}

TEST(Pcap, MayCountNanoseconds) {
  EXPECT_EQ(frames_of("a1b23c4d 0002 0004 00000000 00000000 00040000 00000065"
                      "00000001 00003039 00000001 00000001 aa"
                      "00000002 00000000 00000000 00000000"),
            "1 1000012 101 aa;2 2000000 101 ;");
}

TEST(Pcap, NamesWhatIsBroken) {
  EXPECT_EQ(frames_of("00112233"), "neither a pcap nor a pcapng file");
  EXPECT_EQ(frames_of(""), "neither a pcap nor a pcapng file");
  EXPECT_EQ(frames_of("a1b2c3d4 0002 0004"), "pcap: truncated");
  EXPECT_EQ(frames_of("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001 0000"),
            "pcap: truncated");
  EXPECT_EQ(frames_of("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001"
                      "00000001 00000002 00100001 00000009 aabb"),
            "pcap: frame larger than any link has");
}

constexpr const char* kSection = "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c";
constexpr const char* kInterface = "00000001 00000014 0001 0000 00040000 00000014";

std::string ng(std::string_view blocks) {
  return frames_of((std::string(kSection) + std::string(blocks)).c_str());
}

TEST(Pcapng, HasPacketsOfItsInterfaces) {
  EXPECT_EQ(ng(std::string(kInterface) +
               "00000006 00000024 00000000 00000001 00000002 00000002 00000002 aabb0000 00000024"),
            "1 4294967298 1 aabb;");
  EXPECT_EQ(ng(std::string(kInterface) + "00000003 00000014 00000002 aabb0000 00000014"),
            "1 0 1 aabb;");
  EXPECT_EQ(ng(std::string(kInterface) +
               "00000002 00000024 0000 0000 00000000 00000005 00000002 00000002 aabb0000 00000024"),
            "1 5 1 aabb;");
  EXPECT_EQ(ng(std::string(kInterface) + "00000099 0000000c 0000000c"), "") << "unknown block";
}

TEST(Pcapng, HasAnyResolutionOfTime) {
  // if_tsresol 9, and 2 to the power of 10
  EXPECT_EQ(ng("00000001 00000020 0065 0000 00000000 0009 0001 09000000 0000 0000 00000020"
               "00000006 00000020 00000000 00000000 000007d0 00000000 00000000 00000020"),
            "1 2 101 ;");
  EXPECT_EQ(ng("00000001 00000020 0065 0000 00000000 0009 0001 8a000000 0000 0000 00000020"
               "00000006 00000020 00000000 00000000 00000400 00000000 00000000 00000020"),
            "1 1000000 101 ;");
}

TEST(Pcapng, NamesWhatIsBroken) {
  EXPECT_EQ(frames_of("0a0d0d0a 0000001c 00000000 0001 0000 ffffffffffffffff 0000001c"),
            "pcapng: no byte order");
  EXPECT_EQ(ng("00000006 00000020 00000000 00000000 00000002 00000000 00000000 00000020"),
            "pcapng: frame of an interface not described");
  EXPECT_EQ(ng("00000006 0000000b"), "pcapng: wrong block length");
  EXPECT_EQ(ng("00000006 0000000d"), "pcapng: wrong block length");
  EXPECT_EQ(ng("00000099 00000010 00000000 00000014"), "pcapng: the two lengths of a block differ");
  EXPECT_EQ(ng("00000099 00000010"), "pcapng: truncated");
  EXPECT_EQ(ng(std::string(kInterface) +
               "00000006 00000020 00000000 00000000 00000002 00000001 00000001 00000020"),
            "pcapng: block truncated");
}

}  // namespace
}  // namespace ike::tools

#include <gtest/gtest.h>

#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire {
namespace {

TEST(Reader, ReadsWhatWriterWrote) {
  Blob out;
  Writer w(out);
  w.u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f).bytes(as_bytes("xy")).zeros(2);
  EXPECT_EQ(to_hex(out), "0102030405060708090a0b0c0d0e0f78790000");
  Reader r(out);
  EXPECT_EQ(r.u8(), 1);
  EXPECT_EQ(r.u16(), 0x0203);
  EXPECT_EQ(r.u32(), 0x04050607u);
  EXPECT_EQ(r.u64(), 0x08090a0b0c0d0e0fu);
  EXPECT_EQ(as_text(r.bytes(2)), "xy");
  r.skip(2);
  EXPECT_TRUE(r.done());
}

TEST(Reader, FirstReadPastTheEndLatchesItsOffset) {
  const Blob data{1, 2, 3};
  Reader r(data, "short", 100);
  EXPECT_EQ(r.u16(), 0x0102);
  EXPECT_EQ(r.u16(), 0);
  EXPECT_FALSE(r.more()) << "or a loop over a broken message would not end";
  EXPECT_EQ(r.u8(), 0) << "even though one octet is left";
  EXPECT_EQ(r.rest().size(), 0u);
  ASSERT_FALSE(r.done());
  EXPECT_EQ(r.error(), (Error{"short", 102, Fault::malformed}));
}

TEST(Reader, OctetsLeftOverAreAnError) {
  const Blob data{1, 2};
  Reader r(data);
  EXPECT_EQ(r.u8(), 1);
  ASSERT_FALSE(r.done(0));
  EXPECT_EQ(r.done(0).error().at, 1u);
  EXPECT_TRUE(r.so_far(0));
}

TEST(Reader, SubReaderStaysInItsBoundsAndKeepsOffsets) {
  const Blob data{1, 2, 3, 4, 5};
  Reader r(data);
  r.skip(1);
  Reader inner = r.sub(2, "inner");
  EXPECT_EQ(inner.u8(), 2);
  EXPECT_EQ(inner.offset(), 2u);
  EXPECT_EQ(inner.u16(), 0);
  EXPECT_TRUE(inner.failed());
  EXPECT_FALSE(r.failed());
  EXPECT_EQ(r.u16(), 0x0405);
  EXPECT_EQ(r.sub(1, "gone").remaining(), 0u);
  EXPECT_TRUE(r.failed());
}

TEST(Reader, AFailureOfOursKeepsTheFirstReason) {
  const Blob data{1};
  Reader r(data);
  r.require(true, "never");
  r.require(false, "first");
  r.fail("second", Fault::limit);
  EXPECT_EQ(r.error().what, "first");
}

TEST(Reader, AHugeSizeDoesNotWrapAround) {
  const Blob data{1, 2, 3};
  Reader r(data);
  r.skip(1);
  EXPECT_EQ(r.bytes(SIZE_MAX).size(), 0u);
  EXPECT_TRUE(r.failed());
}

TEST(Writer, LengthScopeFillsInTheLengthAtItsEnd) {
  Blob out;
  Writer w(out);
  w.u8(9);
  {
    const size_t start = w.size();
    w.u16(0);
    const LengthScope16 scope(w, start, start);
    w.bytes(as_bytes("abc"));
  }
  EXPECT_EQ(to_hex(out), "090005616263");
  w.patch_u32(0, 0x01020304);
  w.patch_u8(4, 0xff);
  EXPECT_EQ(to_hex(out), "01020304ff63");
}

}  // namespace
}  // namespace ike::wire

#include "keys/directory.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "unit/keys/fixture.h"

namespace ike::keys {
namespace {

TEST(KeyFile, IsReadWhenOnlyItsOwnerMay) {
  EtcDirectory etc;
  etc.write("private/local.key", "content", 0600);
  std::string detail;
  const auto file = etc.open("private").read("local.key", private_file(::geteuid()), detail);
  ASSERT_TRUE(file) << detail;
  EXPECT_EQ(as_text(file->content.view()), "content");
}

TEST(KeyFile, IsRefusedWhenOthersMayReadOrWriteIt) {
  EtcDirectory etc;
  for (const mode_t mode : {0640, 0604, 0620, 0644, 0610}) {
    etc.write("private/local.key", "content", mode);
    std::string detail;
    EXPECT_FALSE(etc.open("private").read("local.key", private_file(::geteuid()), detail)) << mode;
  }
}

TEST(KeyFile, RefusalTellsPathModeAndModeWanted) {
  EtcDirectory etc;
  etc.write("private/local.key", "content", 0644);
  std::string detail;
  EXPECT_FALSE(etc.open("private").read("local.key", private_file(::geteuid()), detail));
  EXPECT_EQ(detail, etc.path("private/local.key") +
                        ": group or world may read or write it (mode 0644, wanted 0600)");
}

TEST(KeyFile, OfAStrangerIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  EtcDirectory etc;
  etc.write("private/local.key", "content", 0600);
  ASSERT_EQ(::chown(etc.path("private/local.key").c_str(), 12345, 0), 0);
  std::string detail;
  EXPECT_FALSE(etc.open("private").read("local.key", private_file(0), detail));
  EXPECT_EQ(detail, etc.path("private/local.key") + ": owner not root or current user");
  EXPECT_TRUE(etc.open("private").read("local.key", private_file(12345), detail));
}

TEST(KeyFile, PublicOnesMayBeReadByAllButWrittenByNobodyElse) {
  EtcDirectory etc;
  etc.write("pubkeys/fqdn/a", "content", 0644);
  std::string detail;
  const Directory pubkeys = etc.open("pubkeys");
  EXPECT_TRUE(pubkeys.read("fqdn/a", public_file(::geteuid()), detail)) << detail;
  etc.write("pubkeys/fqdn/a", "content", 0664);
  EXPECT_FALSE(pubkeys.read("fqdn/a", public_file(::geteuid()), detail));
  EXPECT_EQ(detail,
            etc.path("pubkeys/fqdn/a") + ": group or world writable (mode 0664, wanted 0644)");
}

TEST(KeyFile, MustBeAFileOfSensibleSize) {
  EtcDirectory etc;
  std::string detail;
  const Directory dir = etc.open("private");
  ASSERT_EQ(::mkfifo(etc.path("private/fifo").c_str(), 0600), 0);
  EXPECT_FALSE(dir.read("fifo", private_file(::geteuid()), detail)) << "and it did not block";
  EXPECT_NE(detail.find("not a regular file"), std::string::npos);
  etc.write("private/big", std::string(kKeyFileMax + 1, 'x'));
  const auto big = dir.read("big", private_file(::geteuid()), detail);
  ASSERT_FALSE(big);
  EXPECT_EQ(big.error().fault, Fault::limit);
  etc.write("private/fits", std::string(kKeyFileMax, 'x'));
  EXPECT_TRUE(dir.read("fits", private_file(::geteuid()), detail));
}

TEST(KeyFile, ThatIsMissingIsNamed) {
  EtcDirectory etc;
  std::string detail;
  EXPECT_FALSE(etc.open("private").read("local.key", private_file(0), detail));
  EXPECT_EQ(detail, etc.path("private/local.key") + ": No such file or directory");
  EXPECT_FALSE(etc.open("nowhere").read("local.key", private_file(0), detail));
  EXPECT_EQ(detail, etc.path("nowhere/local.key") + ": No such file or directory");
}

}  // namespace
}  // namespace ike::keys

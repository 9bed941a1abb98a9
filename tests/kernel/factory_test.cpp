#include "kernel/factory.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ike::kernel {
namespace {

TEST(BackendKind, HasTheNamesOfTheOption) {
  for (const auto kind :
       {BackendKind::automatic, BackendKind::xfrm, BackendKind::tun, BackendKind::none}) {
    EXPECT_EQ(parse_backend_kind(to_text(kind)), kind);
  }
  EXPECT_EQ(to_text(BackendKind::automatic), "auto");
  EXPECT_FALSE(parse_backend_kind("pfkey"));
}

TEST(Probe, NamesOneDataPlaneAndSaysWhy) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const Probe found = probe();
  std::printf("%s\n", found.line.c_str());
  EXPECT_NE(found.kind, BackendKind::automatic);
  EXPECT_NE(found.line.find(to_text(found.kind)), std::string::npos);
  EXPECT_EQ(found.line.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace ike::kernel

#include "privsep/sockets.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ike::privsep {
namespace {

class ControlSocket : public testing::Test {
 protected:
  ControlSocket() {
    char name[] = "/tmp/ike-socket-XXXXXX";
    folder_ = ::mkdtemp(name);
    path_ = folder_ + "/iked.sock";
  }
  ~ControlSocket() override { std::filesystem::remove_all(folder_); }

  std::string folder_, path_, detail_;
};

TEST_F(ControlSocket, IsForItsOwnerAndGroupOnly) {
  const mode_t before = umask(0);
  const auto fd = open_control_socket(path_, detail_);
  EXPECT_EQ(umask(before), 0u) << "the umask is as it was";
  ASSERT_TRUE(fd) << detail_;
  struct stat s{};
  ASSERT_EQ(lstat(path_.c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 07777, 0660u);
  EXPECT_EQ(s.st_uid, geteuid());
  EXPECT_EQ(s.st_gid, getegid());
}

TEST_F(ControlSocket, TakesTheNameOfADeadOneButNotOfALivingOne) {
  {
    auto first = open_control_socket(path_, detail_);
    ASSERT_TRUE(first);
    EXPECT_FALSE(open_control_socket(path_, detail_));
    EXPECT_NE(detail_.find("another instance is running"), std::string::npos) << detail_;
  }
  EXPECT_TRUE(open_control_socket(path_, detail_)) << detail_;
}

TEST_F(ControlSocket, RemovesNothingThatIsNoSocket) {
  std::ofstream(path_) << "a file of somebody";
  EXPECT_FALSE(open_control_socket(path_, detail_));
  EXPECT_TRUE(detail_.ends_with("exists and is not a socket")) << detail_;
  EXPECT_TRUE(std::filesystem::exists(path_));
  std::filesystem::remove(path_);
  std::filesystem::create_symlink("/nonexistent", path_);
  EXPECT_FALSE(open_control_socket(path_, detail_));
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
}

TEST_F(ControlSocket, APathTooLongIsToldSo) {
  EXPECT_FALSE(open_control_socket(folder_ + "/" + std::string(200, 'x'), detail_));
  EXPECT_TRUE(detail_.ends_with("path too long for a socket")) << detail_;
}

}  // namespace
}  // namespace ike::privsep

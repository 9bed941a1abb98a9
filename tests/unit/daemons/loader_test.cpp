#include "daemons/iked/loader.h"

#include <gtest/gtest.h>

#include "unit/keys/fixture.h"

namespace ike::daemon {
namespace {

constexpr const char* kFlow = "ikev2 \"east\" from 10.0.0.0/8 to 10.1.0.0/16 peer 192.0.2.1 ";

class LocalKey : public testing::Test {
 protected:
  // The warnings of a load of a policy with this end.
  std::string warnings(const std::string& tail) {
    etc_.write("iked.conf", kFlow + tail + "\n");
    config::iked::LoadOptions options;
    options.path = etc_.path("iked.conf");
    IkedLoader loader(options, etc_.path(""));
    const auto snapshot = loader.load("");
    EXPECT_TRUE(snapshot) << snapshot.error();
    return snapshot ? snapshot->text : "";
  }
  keys::EtcDirectory etc_;
};

TEST_F(LocalKey, IsMissedOnlyByPoliciesThatSign) {
  EXPECT_EQ(warnings("psk 0x000102030405060708090a0b0c0d0e0f"), "");
  const std::string text = warnings("ecdsa256");
  EXPECT_NE(text.find("iked.conf:1: warning: policy \"east\" signs"), std::string::npos) << text;
  EXPECT_NE(text.find("local.key: No such file or directory"), std::string::npos) << text;
  EXPECT_NE(text.find("openssl ecparam"), std::string::npos) << text;
}

TEST_F(LocalKey, ThatOthersMayReadIsWarnedOf) {
  etc_.write("private/local.key", keys::test_key("p256.pem"), 0644);
  EXPECT_NE(warnings("ecdsa256").find("mode 0644, wanted 0600"), std::string::npos);
  etc_.write("private/local.key", keys::test_key("p256.pem"), 0600);
  EXPECT_EQ(warnings("ecdsa256"), "");
}

TEST_F(LocalKey, ThatIsNoKeyIsWarnedOf) {
  etc_.write("private/local.key", "not a key", 0600);
  const std::string text = warnings("ecdsa256");
  EXPECT_NE(text.find("local.key: "), std::string::npos) << text;
  EXPECT_EQ(text.find("not a key"), std::string::npos) << "what it holds is nobody's business";
}

}  // namespace
}  // namespace ike::daemon

// Small things around the system: randomness, log lines, the service manager.
#include <gtest/gtest.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "runtime/log.h"
#include "runtime/os_random.h"
#include "runtime/sd_notify.h"

namespace ike::runtime {
namespace {

TEST(OsRandom, NeverRepeatsWhatItsBufferGave) {
  OsRandom random;
  std::array<uint64_t, 300> numbers{};  // several buffers
  for (uint64_t& number : numbers) number = random.u64();
  std::ranges::sort(numbers);
  EXPECT_EQ(std::ranges::adjacent_find(numbers), numbers.end());
}

TEST(OsRandom, FillsRequestsLargerThanItsBuffer) {
  OsRandom random;
  Blob big(4'000);
  random.fill_public(big);
  EXPECT_GT(std::ranges::count_if(big, [](uint8_t octet) { return octet != 0; }), 3'900);
}

TEST(LogWriter, LetsDebugThroughFromTheSecondStepOn) {
  LogWriter log(LogTarget::stderr_text, "iked");
  EXPECT_FALSE(log.wants(events::Severity::debug));
  log.set_verbosity(2);
  EXPECT_TRUE(log.wants(events::Severity::debug));
}

TEST(LogWriter, SplitsAnExplanationIntoLines) {
  LogWriter log(LogTarget::stderr_text, "iked");
  testing::internal::CaptureStderr();
  log.line(events::Severity::info, "first\nsecond\n");
  log.flush();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "first\nsecond\n");
}

TEST(LogWriter, WritesEventsAsJsonObjects) {
  const events::Event event = events::Notice{events::Severity::warning, "a \"quote\"\n"};
  EXPECT_EQ(to_json(event, 7),
            "{\"time\":7,\"event\":\"notice\",\"severity\":\"warning\","
            "\"text\":\"a \\\"quote\\\"\\n\"}");
}

TEST(ServiceManager, TellsTheSocketOfTheEnvironment) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string path = "ike-notify-" + std::to_string(getpid());
  std::ranges::copy(path, name.sun_path + 1);
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + path.size());
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&name), size), 0);
  const std::string entry = "NOTIFY_SOCKET=@" + path;
  const std::array<const char*, 3> environment{"PATH=/bin", entry.c_str(), nullptr};
  ServiceManager manager(ServiceManager::address_in(environment.data()));
  manager.tell("READY=1");
  std::array<char, 32> got{};
  ASSERT_EQ(recv(fd, got.data(), got.size(), MSG_DONTWAIT), 7);
  EXPECT_STREQ(got.data(), "READY=1");
  close(fd);
}

TEST(ServiceManager, IsSilentWithoutASocket) {
  ServiceManager("").tell("READY=1");
  ServiceManager("relative/path").tell("READY=1");
}

}  // namespace
}  // namespace ike::runtime

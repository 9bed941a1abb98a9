#include "privsep/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

namespace ike::privsep {
namespace {

// Two ends in one loop.
struct Pair {
  Pair() {
    auto made = make_channel_pair();
    auto fds = *std::move(made);
    raw_b = fds.second.value();
    a = std::make_unique<Channel>(std::move(fds.first));
    b = std::make_unique<Channel>(std::move(fds.second));
    loop = *runtime::Loop::create();
    a->attach(
        *loop, [](Bytes) { return Result<void>{}; }, [this](const Error& e) { closed_a = e.what; });
    b->attach(*loop,
              receiver_of<ToParent>(texts, [this](ToParent m) { got.push_back(std::move(m)); }),
              [this](const Error& e) { closed_b = e.what; });
  }
  void run() {
    for (int i = 0; i < 200; ++i) {
      a->flush();
      loop->turn(milliseconds(1));
      if (a->idle() && i > 4 && got.size() > 0) break;
    }
  }

  TextTable texts;
  std::unique_ptr<runtime::Loop> loop;
  std::unique_ptr<Channel> a, b;
  int raw_b = -1;
  std::vector<ToParent> got;
  std::string closed_a, closed_b;
};

TEST(Channel, MessagesOfOneTurnShareADatagram) {
  Pair pair;
  for (uint64_t i = 0; i < 100; ++i) pair.a->post<ToParent>(Loaded{i});
  pair.a->flush();
  Blob datagram(kDatagramSize);
  const auto size = recv(pair.raw_b, datagram.data(), datagram.size(), MSG_DONTWAIT);
  EXPECT_EQ(size, 100 * (4 + 1 + 8));
  EXPECT_LT(recv(pair.raw_b, datagram.data(), datagram.size(), MSG_DONTWAIT), 0);
}

TEST(Channel, KeepsTheOrderOverManyDatagrams) {
  Pair pair;
  for (uint64_t i = 0; i < 20'000; ++i) ASSERT_TRUE(pair.a->post<ToParent>(Loaded{i}));
  pair.run();
  ASSERT_EQ(pair.got.size(), 20'000u);
  for (uint64_t i = 0; i < 20'000; ++i) ASSERT_EQ(std::get<Loaded>(pair.got[i]).generation, i);
}

TEST(Channel, CarriesAMessageLongerThanTheSocketBuffer) {
  Pair pair;
  const std::string text(3'000'000, 'x');
  ASSERT_TRUE(pair.a->post<ToParent>(Fatal{text}));
  ASSERT_TRUE(pair.a->post<ToParent>(Ready{}));
  pair.run();
  ASSERT_EQ(pair.got.size(), 2u);
  EXPECT_EQ(std::get<Fatal>(pair.got[0]).text, text);
}

TEST(Channel, TellsWhenTheOtherEndIsGone) {
  Pair pair;
  pair.a->close();
  pair.loop->turn(milliseconds(100));
  EXPECT_EQ(pair.closed_b, "channel: closed by the other end");
  EXPECT_FALSE(pair.b->post<ToParent>(Ready{}));
}

TEST(Channel, ClosesOnNonsense) {
  Pair pair;
  pair.a->post<FromParent>(SetVerbosity{200});  // not of this direction
  pair.a->post<FromParent>(Stop{});
  pair.a->flush();
  pair.loop->turn(milliseconds(100));
  EXPECT_TRUE(pair.b->closed());
  EXPECT_FALSE(pair.closed_b.empty());
}

TEST(Channel, DropsDescriptorsThatNobodyAskedFor) {
  Pair pair;
  const int fd = dup(0);
  const int probe = dup(0);
  close(probe);  // the number that a new descriptor would get
  ASSERT_TRUE(pair.a->send_now<ToParent>(Ready{}, std::array{fd}));
  pair.run();
  ASSERT_EQ(pair.got.size(), 1u);
  EXPECT_EQ(fcntl(probe, F_GETFD), -1);
  close(fd);
}

TEST(Channel, PassesDescriptorsAtTheStart) {
  auto fds = *make_channel_pair();
  Channel a(std::move(fds.first));
  Channel b(std::move(fds.second));
  ASSERT_TRUE(a.send_now<ToParent>(Loaded{4}, std::array{0, 1}));
  std::vector<Fd> descriptors;
  const auto message = b.receive_now(descriptors);
  ASSERT_TRUE(message);
  TextTable texts;
  const auto decoded = decode<ToParent>(*message, texts);
  EXPECT_EQ(std::get<Loaded>(*decoded).generation, 4u);
  EXPECT_EQ(descriptors.size(), 2u);
  EXPECT_NE(fcntl(descriptors.at(0).value(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Deframer, RefusesAFrameThatRunsOverItsDatagram) {
  Deframer deframer;
  const Blob datagram{0, 0, 0, 9, 1, 2};
  EXPECT_FALSE(deframer.feed(datagram, [](Bytes) { return Result<void>{}; }));
}

TEST(Channel, AnEndThatDoesNotReadIsGivenUpWithBoundedMemory) {
  auto fds = *make_channel_pair();
  Channel a(std::move(fds.first));
  auto loop = *runtime::Loop::create();
  Error reason;
  a.attach(*loop, [](Bytes) { return Result<void>{}; }, [&](const Error& e) { reason = e; });
  const ToParent message = Fatal{std::string(8u << 20, 'x')};
  size_t most = 0;
  while (a.post(message)) {
    a.flush();
    most = std::max(most, a.queued());
    ASSERT_LE(most, kChannelQueueMax);
  }
  EXPECT_GT(most, kChannelQueueMax / 2) << "a burst may wait";
  EXPECT_TRUE(a.closed());
  EXPECT_EQ(reason.fault, Fault::limit);
  EXPECT_EQ(a.queued(), 0u);
}

TEST(Deframer, RefusesAMessageWithoutEnd) {
  Deframer deframer(kMessageMax);
  Blob datagram{0x80, 0, 0x7f, 0xf0};
  datagram.resize(4 + 0x7ff0);
  Result<void> fed{};
  size_t rounds = 0;
  while (fed && rounds < 2 * kMessageMax) {
    fed = deframer.feed(datagram, [](Bytes) { return Result<void>{}; });
    rounds += 0x7ff0;
  }
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().fault, Fault::limit);
}

}  // namespace
}  // namespace ike::privsep

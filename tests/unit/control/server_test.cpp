#include "control/server.h"

#include <gtest/gtest.h>

#include "control/fields.h"
#include "unit/control/samples.h"

namespace ike::control {
namespace {

template <typename Message>
Blob framed(const Message& message) {
  Blob out;
  append(out, message);
  return out;
}
Blob show_sas() { return framed(Request(EngineCommand{model::ShowSas{}})); }

std::vector<Reply> replies_to(Server& server, ClientId client) {
  FrameReader reader(kReplyFrameMax);
  reader.feed(server.output(client));
  server.sent(client, server.output(client).size());
  std::vector<Reply> replies;
  while (true) {
    const auto frame = reader.next();
    EXPECT_TRUE(frame);
    if (!frame || !*frame) return replies;
    auto reply = reply_of(**frame);
    EXPECT_TRUE(reply);
    if (reply) replies.push_back(*std::move(reply));
  }
}

model::ControlReply engine_reply(Ticket ticket, size_t sas, bool last) {
  model::ControlReply reply{ticket, last, {}, {}, {}, {}};
  reply.sas.assign(sas, sample_sa());
  return reply;
}

TEST(ControlServer, ForwardsARequestAndRoutesItsAnswer) {
  Server server;
  const ClientId a = *server.connect();
  const ClientId b = *server.connect();
  const auto forward = server.receive(a, show_sas());
  ASSERT_TRUE(forward);
  EXPECT_TRUE(std::holds_alternative<EngineCommand>(forward->request));
  server.answer(engine_reply(forward->ticket, 1, false));
  server.answer(engine_reply(forward->ticket, 2, true));
  EXPECT_EQ(server.output(b).size(), 0u);
  const auto replies = replies_to(server, a);
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(std::get<Report>(replies[1]).sas.size(), 2u);
  EXPECT_TRUE(std::get<Done>(replies[2]).succeeded);
  EXPECT_FALSE(server.closing(a)) << "it may ask again";
  EXPECT_TRUE(server.receive(a, show_sas()));
}

TEST(ControlServer, TellsWhyARequestFailed) {
  Server server;
  const ClientId a = *server.connect();
  const auto forward = server.receive(a, framed(Request(Reload{})));
  ASSERT_TRUE(forward);
  server.finish(forward->ticket, {false, "/etc/iked.conf:3:7: unknown keyword"});
  const auto replies = replies_to(server, a);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_FALSE(std::get<Done>(replies[0]).succeeded);
  EXPECT_EQ(std::get<Done>(replies[0]).text, "/etc/iked.conf:3:7: unknown keyword");
}

TEST(ControlServer, AnEngineErrorWithoutDetailStillHasAReason) {
  Server server;
  const ClientId a = *server.connect();
  const auto forward = server.receive(a, show_sas());
  model::ControlReply reply = engine_reply(forward->ticket, 0, true);
  reply.result = fail(Fault::refused, "no such peer");
  server.answer(std::move(reply));
  EXPECT_EQ(std::get<Done>(replies_to(server, a).at(0)).text, "no such peer");
}

TEST(ControlServer, CutsLongAnswersIntoFrames) {
  Server server;
  const ClientId a = *server.connect();
  const auto forward = server.receive(a, show_sas());
  server.answer(engine_reply(forward->ticket, 1000, true));
  size_t sas = 0;
  const auto replies = replies_to(server, a);
  EXPECT_GT(replies.size(), 10u);
  for (const Reply& reply : replies) {
    if (const auto* report = std::get_if<Report>(&reply)) sas += report->sas.size();
  }
  EXPECT_EQ(sas, 1000u);
}

TEST(ControlServer, MonitorsGetEventsAndTheOthersDoNot) {
  Server server;
  const ClientId a = *server.connect();
  const ClientId b = *server.connect();
  EXPECT_FALSE(server.has_monitors());
  EXPECT_FALSE(server.receive(a, framed(Request(Monitor{}))));
  EXPECT_TRUE(server.has_monitors());
  server.event(sample_event());
  const auto replies = replies_to(server, a);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(std::get<EventRecord>(replies[0]), sample_event());
  EXPECT_EQ(server.output(b).size(), 0u);
  server.disconnect(a);
  EXPECT_FALSE(server.has_monitors());
}

TEST(ControlServer, AMonitorThatDoesNotReadMissesEventsAndIsToldHowMany) {
  Server server;
  const ClientId a = *server.connect();
  server.receive(a, framed(Request(Monitor{})));
  constexpr size_t kEvents = 30'000;
  for (size_t i = 0; i < kEvents; ++i) server.event(sample_event());
  EXPECT_FALSE(server.closing(a));
  EXPECT_LE(server.output(a).size(), kMonitorBacklogMax + framed(Reply(sample_event())).size());
  const size_t kept = replies_to(server, a).size();
  EXPECT_LT(kept, kEvents);
  server.event(sample_event());
  const auto replies = replies_to(server, a);
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(
      std::get<EventRecord>(replies[0]).text,
      std::to_string(kEvents - kept) + " events are missing here: this monitor reads too slowly");
  EXPECT_EQ(std::get<EventRecord>(replies[1]), sample_event());
}

TEST(ControlServer, AClientThatDoesNotReadItsAnswerIsAbandonedWithBoundedMemory) {
  Server server;
  const ClientId a = *server.connect();
  const auto forward = server.receive(a, show_sas());
  size_t most = 0;
  for (int i = 0; i < 100'000 && !server.abandoned(a); ++i) {
    Report report;
    report.counters.assign(50, {std::string(kTextMax, 'x'), 1});
    server.report(forward->ticket, std::move(report));
    most = std::max(most, server.output(a).size());
  }
  EXPECT_TRUE(server.abandoned(a));
  EXPECT_TRUE(server.closing(a));
  EXPECT_GT(most, kAnswerBacklogMax / 2);
  EXPECT_LE(most, kAnswerBacklogMax);
  EXPECT_EQ(server.output(a).size(), 0u);
}

TEST(ControlServer, ARequestThatIsTooLongIsRefusedBeforeItIsThere) {
  Server server;
  const ClientId a = *server.connect();
  Blob head;
  wire::Writer(head).u32(kRequestFrameMax + 1).u8(kProtocolVersion).u8(3);
  EXPECT_FALSE(server.receive(a, head));
  EXPECT_EQ(std::get<Done>(replies_to(server, a).at(0)).text, "control frame too long");
}

TEST(ControlServer, AMonitorThatReadsSlowlyButReadsStays) {
  Server server;
  const ClientId a = *server.connect();
  server.receive(a, framed(Request(Monitor{})));
  size_t octets = 0;
  for (int i = 0; i < 20'000; ++i) {
    server.event(sample_event());
    const size_t some = std::min<size_t>(server.output(a).size(), 1000);
    octets += some;
    server.sent(a, some);
    ASSERT_FALSE(server.abandoned(a));
  }
  EXPECT_EQ((octets + server.output(a).size()) % 20'000, 0u) << "no octet lost or sent twice";
}

TEST(ControlServer, RefusesGarbageAndHangsUpAfterSayingSo) {
  Server server;
  const ClientId a = *server.connect();
  EXPECT_FALSE(server.receive(a, as_bytes("GET / HTTP/1.0\r\n\r\n")));
  EXPECT_FALSE(server.closing(a)) << "the reason is not sent yet";
  const auto replies = replies_to(server, a);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_FALSE(std::get<Done>(replies[0]).succeeded);
  EXPECT_TRUE(server.closing(a));
  EXPECT_FALSE(server.receive(a, show_sas())) << "the stream is lost";
}

TEST(ControlServer, TakesOneRequestAtATime) {
  Server server;
  const ClientId a = *server.connect();
  const auto first = server.receive(a, show_sas());
  ASSERT_TRUE(first);
  EXPECT_FALSE(server.receive(a, show_sas()));
  EXPECT_EQ(std::get<Done>(replies_to(server, a).at(0)).text, "one request at a time");
  server.answer(engine_reply(first->ticket, 1, true));
  EXPECT_EQ(server.output(a).size(), 0u) << "its answer has nobody to go to";
}

TEST(ControlServer, AnswersToClientsThatLeftGoNowhere) {
  Server server;
  const ClientId a = *server.connect();
  const auto forward = server.receive(a, show_sas());
  server.disconnect(a);
  server.answer(engine_reply(forward->ticket, 1, true));
  server.finish(Ticket{12345}, {});
  EXPECT_TRUE(server.clients().empty());
  EXPECT_TRUE(server.closing(a));
}

TEST(ControlServer, TakesABoundedNumberOfClients) {
  Server server;
  std::vector<ClientId> all;
  for (size_t i = 0; i < kClientsMax; ++i) {
    all.push_back(*server.connect());
    ASSERT_TRUE(server.receive(all.back(), show_sas()));
  }
  EXPECT_FALSE(server.connect());
  server.disconnect(all.back());
  EXPECT_TRUE(server.connect());
}

TEST(ControlServer, ClientsThatAskForNothingKeepNobodyOut) {
  Server server;
  const ClientId monitor = *server.connect();
  server.receive(monitor, framed(Request(Monitor{})));
  std::vector<ClientId> idle;
  for (size_t i = 1; i < kClientsMax; ++i) idle.push_back(*server.connect());
  const auto late = server.connect();
  ASSERT_TRUE(late);
  EXPECT_TRUE(server.abandoned(idle.front()));
  EXPECT_FALSE(server.abandoned(monitor));
  EXPECT_FALSE(server.abandoned(idle.back()));
  EXPECT_TRUE(server.receive(*late, show_sas()));
}

}  // namespace
}  // namespace ike::control

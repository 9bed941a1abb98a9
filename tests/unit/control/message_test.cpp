#include "control/message.h"

#include <gtest/gtest.h>

#include "unit/control/samples.h"

namespace ike::control {
namespace {

template <typename Message>
Blob framed(const Message& message) {
  Blob out;
  append(out, message);
  return out;
}

Result<std::optional<Frame>> first_frame(FrameReader& reader, Bytes octets) {
  reader.feed(octets);
  return reader.next();
}

const std::vector<Request>& all_requests() {
  static const std::vector<Request> all{EngineCommand{model::ShowSas{}},
                                        EngineCommand{model::ShowStats{}},
                                        EngineCommand{model::SetPassive{true}},
                                        EngineCommand{model::SetCoupled{false}},
                                        EngineCommand{model::ResetSas{true, "FQDN/gw.example.org"}},
                                        EngineCommand{model::ResetPolicy{}},
                                        EngineCommand{model::ResetAll{}},
                                        Reload{},
                                        Load{"/etc/other.conf"},
                                        SetVerbosity{true},
                                        Monitor{}};
  return all;
}

TEST(ControlRequest, EveryKindSurvivesTheSocket) {
  for (const Request& request : all_requests()) {
    const Blob octets = framed(request);
    FrameReader reader(kRequestFrameMax);
    const auto frame = first_frame(reader, octets);
    ASSERT_TRUE(frame && *frame);
    const auto parsed = request_of(**frame);
    ASSERT_TRUE(parsed) << parsed.error().what;
    EXPECT_EQ(parsed->index(), request.index());
    EXPECT_EQ(framed(*parsed), octets);
  }
}

TEST(ControlRequest, RefusesRelativePathsAndUnknownKinds) {
  EXPECT_FALSE(request_of({3, Blob{0, 1, 'a'}}));
  EXPECT_TRUE(request_of({3, Blob{0, 2, '/', 'a'}}));
  EXPECT_FALSE(request_of({3, Blob{0, 2, '/', 0}}));
  EXPECT_FALSE(request_of({1, Blob{7}}));
  EXPECT_FALSE(request_of({2, Blob{0}})) << "a reload has no body";
  EXPECT_FALSE(request_of({0, {}}));
  EXPECT_FALSE(request_of({66, Blob{1, 0, 0}})) << "a reply is no request";
}

TEST(ControlReply, EveryKindSurvivesTheSocket) {
  const std::vector<Reply> all{Report{{sample_sa(), sample_sa()}, {{"ike_sas_created", 7}}},
                               Done{false, "/etc/iked.conf:3: syntax error"}, sample_event()};
  for (const Reply& reply : all) {
    const Blob octets = framed(reply);
    FrameReader reader(kReplyFrameMax);
    const auto frame = first_frame(reader, octets);
    ASSERT_TRUE(frame && *frame);
    const auto parsed = reply_of(**frame);
    ASSERT_TRUE(parsed) << parsed.error().what;
    EXPECT_EQ(framed(*parsed), octets);
  }
}

TEST(ControlReply, KeepsTheFieldsOfAnEvent) {
  const EventRecord event = sample_event();
  Blob body;
  wire::Writer w(body);
  write(w, event);
  wire::Reader r(body);
  EXPECT_EQ(read_event_record(r), event);
  EXPECT_EQ(event.name, "ike_sa_gone");
  EXPECT_EQ(event.text, "spi=0x0000000000000001: sa_free: timeout");
}

TEST(ControlReply, EveryTruncationIsRefused) {
  const Blob octets = framed(Reply(Report{{sample_sa()}, {{"a", 1}}}));
  const Bytes body = Bytes(octets).subspan(6);
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(reply_of({65, body.first(size)})) << size;
  }
  EXPECT_TRUE(reply_of({65, body}));
}

TEST(ControlReply, ACountBeyondTheMessageIsRefusedAtOnce) {
  EXPECT_FALSE(reply_of({65, Blob{0xff, 0xff, 0xff, 0xff}}));
}

TEST(ControlFrame, ComesTogetherFromSingleOctets) {
  Blob octets = framed(Request(SetVerbosity{true}));
  append(octets, Request(Monitor{}));
  FrameReader reader(kRequestFrameMax);
  std::vector<uint8_t> kinds;
  for (const uint8_t octet : octets) {
    reader.feed(Bytes(&octet, 1));
    const auto frame = reader.next();
    ASSERT_TRUE(frame);
    if (*frame) kinds.push_back((*frame)->kind);
  }
  EXPECT_EQ(kinds, (std::vector<uint8_t>{4, 5}));
  EXPECT_EQ(reader.buffered(), 0u);
}

TEST(ControlFrame, HandsOutSeveralFromOneRead) {
  Blob octets = framed(Request(Reload{}));
  append(octets, Request(Monitor{}));
  FrameReader reader(kRequestFrameMax);
  reader.feed(octets);
  EXPECT_EQ((*reader.next())->kind, 2);
  EXPECT_EQ((*reader.next())->kind, 5);
  EXPECT_FALSE(*reader.next());
}

TEST(ControlFrame, AnnouncedLengthIsBoundedBeforeAnythingIsKept) {
  FrameReader reader(100);
  const auto too_long = first_frame(reader, Blob{0, 0, 0, 101});
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().fault, Fault::limit);
  FrameReader fits(100);
  EXPECT_TRUE(first_frame(fits, Blob{0, 0, 0, 100}));
  FrameReader headless(100);
  EXPECT_FALSE(first_frame(headless, Blob{0, 0, 0, 1, 1}));
}

TEST(ControlFrame, AnotherVersionIsToldAsSuch) {
  FrameReader reader(100);
  const auto frame = first_frame(reader, Blob{0, 0, 0, 50, kProtocolVersion + 1});
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().fault, Fault::unsupported);
}

}  // namespace
}  // namespace ike::control

#include "privsep/permits.h"

#include <gtest/gtest.h>

#include "privsep/pulse.h"
#include "unit/privsep/samples.h"

namespace ike::privsep {
namespace {

template <typename Message>
std::string refusal(const Message& message, Kinds permitted) {
  TextTable texts;
  Blob octets;
  encode(message, octets);
  const auto got = decode_permitted<Message>(octets, texts, permitted);
  if (got) return "";
  EXPECT_EQ(got.error().fault, Fault::refused);
  return std::string(got.error().what);
}

TEST(Permits, AChildSaysOnlyWhatItsRoleHasToSay) {
  const auto from = [](Role role, ToParent message) {
    return refusal<ToParent>(message, from_child(role));
  };
  for (const Role role : kChildren) {
    EXPECT_EQ(from(role, Ready{}), "");
    EXPECT_EQ(from(role, Alive{}), "");
    EXPECT_EQ(from(role, Fatal{"x"}), "");
  }
  EXPECT_EQ(from(Role::control, Reload{Ticket(1), ""}), "");
  EXPECT_EQ(from(Role::control, SetVerbosity{1}), "");
  EXPECT_EQ(from(Role::control, Loaded{1}), "may not send Loaded");
  EXPECT_EQ(from(Role::control, Stopped{}), "may not send Stopped");
  for (const Role role : {Role::keys, Role::kernel, Role::engine}) {
    EXPECT_EQ(from(role, Reload{Ticket(1), ""}), "may not send Reload");
    EXPECT_EQ(from(role, SetVerbosity{1}), "may not send SetVerbosity");
    EXPECT_EQ(from(role, Loaded{1}), "");
  }
  EXPECT_EQ(from(Role::keys, Stopped{}), "may not send Stopped");
  EXPECT_EQ(from(Role::kernel, Stopped{}), "");
  EXPECT_EQ(from(Role::engine, Stopped{}), "");
}

TEST(Permits, AChildHearsOnlyWhatItsRoleHasToKnow) {
  const auto to = [](Role role, FromParent message) {
    return refusal<FromParent>(message, from_parent(role));
  };
  for (const Role role : kChildren) {
    EXPECT_EQ(to(role, Ping{}), "");
    EXPECT_EQ(to(role, SetVerbosity{1}), "");
    EXPECT_EQ(to(role, privsep::Setup{}), "may not send Setup again");
    EXPECT_EQ(to(role, NewSecrets{}) == "", role == Role::keys);
    EXPECT_EQ(to(role, NewPolicy{1, samples::policy()}) == "",
              role == Role::kernel || role == Role::engine);
    EXPECT_EQ(to(role, Stop{}) == "", role == Role::kernel || role == Role::engine);
    EXPECT_EQ(to(role, ReloadDone{}) == "", role == Role::control);
    EXPECT_EQ(to(role, events::Event(events::Notice{})) == "", role == Role::control);
  }
}

TEST(Permits, WhatDoesNotExistIsNotPermittedEither) {
  TextTable texts;
  EXPECT_FALSE(decode_permitted<ToParent>(Blob{}, texts, kAllKinds));
  EXPECT_FALSE(decode_permitted<ToParent>(Blob{31}, texts, kAllKinds));
  EXPECT_FALSE(decode_permitted<ToParent>(Blob{200}, texts, from_child(Role::engine)));
}

TEST(Pulse, CountsBeatsWithoutAnAnswer) {
  Pulse pulse;
  EXPECT_TRUE(pulse.beat(false));
  for (unsigned i = 0; i + 1 < kBeatsMissedMax; ++i) {
    EXPECT_FALSE(pulse.beat(false)) << "asked already";
    EXPECT_FALSE(pulse.hangs());
  }
  pulse.beat(false);
  EXPECT_TRUE(pulse.hangs());
}

TEST(Pulse, AnAnswerOfWhateverAgeIsALife) {
  Pulse pulse;
  for (unsigned i = 0; i < kBeatsMissedMax; ++i) pulse.beat(false);
  pulse.answered();
  EXPECT_EQ(pulse.missed(), 0u);
  EXPECT_TRUE(pulse.beat(false));
}

TEST(Pulse, WhoIsBusyByOrderMayBeSilent) {
  Pulse pulse;
  for (unsigned i = 0; i < 10 * kBeatsMissedMax; ++i) pulse.beat(true);
  EXPECT_FALSE(pulse.hangs());
  for (unsigned i = 0; i < kBeatsMissedMax; ++i) pulse.beat(false);
  EXPECT_TRUE(pulse.hangs());
}

}  // namespace
}  // namespace ike::privsep

#include "privsep/codec.h"

#include <gtest/gtest.h>

#include "unit/privsep/samples.h"

namespace ike::privsep {
namespace {

// Through the boundary and back: the octets of what arrived are those of what was sent.  Whether
// every member takes part is the compiler's business (fields.h).
template <typename Message>
Message crossed(const Message& message) {
  static TextTable texts;
  Blob sent;
  encode(message, sent);
  auto received = decode<Message>(sent, texts);
  EXPECT_TRUE(received) << received.error().what << " at " << received.error().at;
  Blob again;
  encode(*received, again);
  EXPECT_EQ(sent, again);
  return *std::move(received);
}

TEST(PrivsepCodec, PolicyCrossesUnchanged) {
  const FromParent arrived = crossed<FromParent>(NewPolicy{7, samples::policy()});
  const auto& update = std::get<NewPolicy>(arrived);
  EXPECT_EQ(update.generation, 7u);
  EXPECT_EQ(model::dump(*update.policy), model::dump(*samples::policy()));
  EXPECT_EQ(update.policy->global, samples::policy()->global);
  ASSERT_EQ(update.policy->connections.size(), 1u);
  EXPECT_EQ(update.policy->connections[0]->id, ConnectionId(0xfeed));
  EXPECT_EQ(update.policy->connections[0]->origin.text(), "/etc/iked.conf:12");
}

TEST(PrivsepCodec, SecretsCrossUnchanged) {
  NewSecrets secrets;
  secrets.generation = 3;
  secrets.secrets.connections.push_back({ConnectionId(9), Secret(as_bytes("swordfish"))});
  secrets.secrets.users.push_back({"alice", Secret(as_bytes("pw"))});
  secrets.local_key = Secret(as_bytes("PEM"));
  secrets.problem = "none";
  const FromParent message(std::move(secrets));
  const auto arrived = crossed(message);
  const auto& got = std::get<NewSecrets>(arrived);
  EXPECT_EQ(as_text(got.secrets.connections.at(0).psk.view()), "swordfish");
  EXPECT_EQ(got.secrets.users.at(0).name, "alice");
  EXPECT_EQ(as_text(got.local_key.view()), "PEM");
}

TEST(PrivsepCodec, SaWithItsKeysCrossesUnchanged) {
  model::InstallSas install;
  install.ticket = Ticket(5);
  install.connection = ConnectionId(6);
  install.sas.push_back(samples::sa_spec());
  install.flows = {samples::flow()};
  const EngineToKernel message(std::move(install));
  const auto arrived = crossed(message);
  const auto& got = std::get<model::InstallSas>(arrived);
  const auto sent = samples::sa_spec();
  ASSERT_EQ(got.sas.size(), 1u);
  EXPECT_EQ(got.sas[0].encryption_key, sent.encryption_key);
  EXPECT_EQ(got.sas[0].encapsulation, sent.encapsulation);
  EXPECT_EQ(got.sas[0].selectors, sent.selectors);
  EXPECT_EQ(got.sas[0].limits, sent.limits);
  EXPECT_EQ(got.flows, std::vector{samples::flow()});
}

TEST(PrivsepCodec, EveryKindCrosses) {
  crossed<EngineToKernel>(model::RemoveSas{Ticket(1), {samples::sa_id(1)}, {samples::flow()}});
  crossed<EngineToKernel>(
      model::MoveSas{Ticket(1),
                     ReqId(2),
                     {{samples::sa_id(1), Address::v4(1, 1, 1, 1), Address::v4(2, 2, 2, 2), {}}},
                     Address::v4(1, 1, 1, 1),
                     Address::v4(2, 2, 2, 2)});
  crossed<EngineToKernel>(model::QuerySas{Ticket(1), {samples::sa_id(1), samples::sa_id(2)}});
  crossed<EngineToKernel>(
      model::AllocateSpi{Ticket(1), Address::v4(1, 1, 1, 1), {}, ProtocolId::ah});
  crossed<EngineToKernel>(model::FindSource{Ticket(1), Address::v4(1, 1, 1, 1)});
  crossed<EngineToKernel>(model::FlushAll{Ticket(1)});
  crossed<KernelToEngine>(model::Acquire{ReqId(1), samples::selectors()});
  crossed<KernelToEngine>(model::Expired{samples::sa_id(1), true});
  crossed<KernelToEngine>(model::MappingChanged{samples::sa_id(1), {Address::v4(9, 9, 9, 9), 77}});
  crossed<EngineToKeys>(model::PskMacs{
      Ticket(1), ConnectionId(2), IkeSpi(3), IkeSpi(4), PrfId::hmac_sha2_256, {1, 2}, {3}});
  crossed<EngineToKeys>(model::SignAuth{
      Ticket(1), ConnectionId(2), IkeSpi(3), IkeSpi(4), {SignatureHash::sha2_256}, {1}});
  crossed<EngineToKeys>(
      model::FindPeerKey{Ticket(1), ConnectionId(2), samples::connection().local_id});
  crossed<KeysToEngine>(model::KeysReply{Ticket(1), model::PskMacsMade{{1}, {2}}, "detail"});
  crossed<ControlToEngine>(model::ControlRequest{Ticket(1), model::ResetSas{false, "FQDN/x"}});
  crossed<ControlToEngine>(model::ControlRequest{Ticket(1), model::ShowSas{}});
  crossed<EngineToControl>(events::Event(events::Notice{events::Severity::error, "text"}));
  crossed<ToParent>(Reload{Ticket(4), "/etc/other.conf"});
  crossed<ToParent>(Ready{});
}

TEST(PrivsepCodec, ErrorTextIsKeptByTheReceiver) {
  std::string text = "no such key";
  TextTable texts;
  Blob sent;
  encode<KeysToEngine>({Ticket(1), fail(Fault::refused, text, 3), ""}, sent);
  text.assign(text.size(), 'x');
  const auto arrived = decode<KeysToEngine>(sent, texts);
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->result.error(), (Error{"no such key", 3, Fault::refused}));
}

TEST(TextTable, KeepsNoMoreThanItsBounds) {
  TextTable texts;
  for (size_t i = 0; i < kTextsMax + 10; ++i) texts.keep("text " + std::to_string(i));
  EXPECT_EQ(texts.size(), kTextsMax);
  EXPECT_EQ(texts.keep("one more"), "(text not kept)");
  EXPECT_EQ(texts.keep("text 7"), "text 7");
  EXPECT_EQ(TextTable().keep(std::string(kTextSizeMax + 1, 'x')), "(text not kept)");
}

TEST(PrivsepCodec, RefusesEveryCutAndEveryTrailingOctet) {
  Blob sent;
  encode<FromParent>(NewPolicy{7, samples::policy()}, sent);
  TextTable texts;
  for (size_t size = 0; size < sent.size(); ++size) {
    EXPECT_FALSE(decode<FromParent>(Bytes(sent).first(size), texts)) << size;
  }
  sent.push_back(0);
  EXPECT_FALSE(decode<FromParent>(sent, texts));
}

TEST(PrivsepCodec, RefusesUnknownKindsAndValuesOutOfRange) {
  TextTable texts;
  EXPECT_FALSE(decode<ToParent>(Blob{250}, texts));
  Blob sent;
  encode<KernelToEngine>(model::Expired{samples::sa_id(1), true}, sent);
  sent.back() = 2;  // neither true nor false
  EXPECT_FALSE(decode<KernelToEngine>(sent, texts));
  Blob long_list{0};                                // Setup
  append(long_list, Blob{0xff, 0xff, 0xff, 0xff});  // of four thousand million descriptors
  EXPECT_FALSE(decode<FromParent>(long_list, texts));
}

}  // namespace
}  // namespace ike::privsep

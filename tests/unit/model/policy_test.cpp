#include "model/policy.h"

#include <gtest/gtest.h>

#include <functional>

namespace ike::model {
namespace {

Connection sample() {
  Connection c;
  c.name = "site";
  c.origin = {"/etc/iked.conf", 12};
  c.local = Prefix::host(Address::v4(192, 0, 2, 1));
  c.remote = Prefix::host(Address::v4(198, 51, 100, 1));
  c.local_id = Identity::from_name("a.example.org");
  c.remote_id = Identity::from_name("b.example.org");
  c.auth = {AuthKind::psk, {AuthMethod{2}}};
  c.ike_proposals = {
      {1,
       ProtocolId::ike,
       {Transform::encr(Encr::aes_gcm_16, 256), Transform::encr(Encr::aes_gcm_16, 128),
        Transform::ke(KeMethod::curve25519)}}};
  ChildTemplate child;
  child.proposals = {{1, ProtocolId::esp, {Transform::encr(Encr::aes_gcm_16, 256)}}};
  child.selectors = {{TrafficSelector::of({Address::v4(10, 1, 0, 0), 24}),
                      TrafficSelector::of({Address::v4(10, 2, 0, 0), 24})}};
  c.children = {child};
  return c;
}

TEST(Origin, ReadsLikeACompilersMessage) {
  EXPECT_EQ((Origin{"/etc/iked.conf", 12}).text(), "/etc/iked.conf:12");
}

TEST(Connection, HasAPeerAddressOnlyWhenThereIsExactlyOneToCall) {
  Connection c = sample();
  EXPECT_EQ(c.peer_address(), Address::v4(198, 51, 100, 1));
  c.remote = Prefix{Address::v4(198, 51, 100, 0), 24};
  EXPECT_EQ(c.peer_address(), std::nullopt);
  c.remote = Prefix::host(Address::any(Family::ipv4));
  EXPECT_EQ(c.peer_address(), std::nullopt);
  c.remote = Prefix::host(Address::v4(224, 0, 0, 1));
  EXPECT_EQ(c.peer_address(), std::nullopt);
  c.remote.reset();
  EXPECT_EQ(c.peer_address(), std::nullopt);
}

TEST(Digest, IgnoresTheOriginOnly) {
  Connection moved = sample();
  moved.origin = {"/tmp/other", 99};
  EXPECT_EQ(digest_of(sample(), 0), digest_of(moved, 0));
  EXPECT_NE(digest_of(sample(), 0), digest_of(sample(), 1));
  EXPECT_NE(digest_of(sample(), 0).raw(), 0u);
}

TEST(Digest, ChangesWithEverythingThatIsConfigured) {
  const std::vector<std::function<void(Connection&)>> changes = {
      [](auto& c) { c.name = "other"; },
      [](auto& c) { c.evaluation = Evaluation::fallback; },
      [](auto& c) { c.active = true; },
      [](auto& c) { c.family = Family::ipv4; },
      [](auto& c) { c.local.reset(); },
      [](auto& c) { c.remote->length = 31; },
      [](auto& c) { c.local_id.type = IdType::ufqdn; },
      [](auto& c) { c.remote_id.reset(); },
      [](auto& c) { c.auth.kind = AuthKind::signature; },
      [](auto& c) { c.auth.accepted.clear(); },
      [](auto& c) {
        std::swap(c.ike_proposals[0].transforms[0], c.ike_proposals[0].transforms[1]);
      },
      [](auto& c) {
        std::swap(c.ike_proposals[0].transforms[1], c.ike_proposals[0].transforms[2]);
      },
      [](auto& c) { c.ike_lifetime = seconds(1); },
      [](auto& c) { c.children[0].protocol = ProtocolId::ah; },
      [](auto& c) { c.children[0].mode = Mode::transport; },
      [](auto& c) { c.children[0].proposals[0].number = 2; },
      [](auto& c) { c.children[0].selectors[0].local.protocol = 6; },
      [](auto& c) { c.children[0].lifetime.bytes = 1; },
      [](auto& c) { c.children[0].lifetime.time = seconds(1); },
      [](auto& c) { c.children.push_back(c.children[0]); },
      [](auto& c) { c.features.fragmentation = true; },
      [](auto& c) { c.features.vendor_id = false; },
      [](auto& c) { c.features.nat_detection = false; },
      [](auto& c) { c.features.force_encapsulation = true; },
      [](auto& c) { c.features.initial_contact = true; },
      [](auto& c) { c.tag = "t"; },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    Connection changed = sample();
    changes[i](changed);
    EXPECT_NE(digest_of(sample(), 0), digest_of(changed, 0)) << "change " << i;
  }
}

TEST(Policy, FindsAConnectionByItsId) {
  Connection a = sample();
  a.id = ConnectionId(7);
  Policy policy;
  policy.connections = {std::make_shared<Connection>(a)};
  EXPECT_EQ(policy.find(ConnectionId(7)), policy.connections[0]);
  EXPECT_EQ(policy.find(ConnectionId(8)), nullptr);
}

TEST(Dump, ShowsTransformsInWireOrder) {
  const std::string text = dump(sample());
  EXPECT_NE(text.find("ike-proposal 1: ENCR=aes-256-gcm,aes-128-gcm KE=curve25519\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("selectors 10.1.0.0/24 -> 10.2.0.0/24\n"), std::string::npos);
  EXPECT_EQ(text.find("iked.conf"), std::string::npos) << "origins are no part of it";
}

TEST(Dump, OfAPolicyStartsWithWhatIsGlobal) {
  Policy policy;
  policy.global.passive = true;
  policy.connections = {std::make_shared<Connection>(sample())};
  const std::string text = dump(policy);
  EXPECT_TRUE(text.starts_with("global\n  passive yes\n  coupled yes\n")) << text;
  EXPECT_TRUE(text.ends_with(dump(sample())));
}

TEST(Dump, CannotBeForgedByANameWithNewlines) {
  Connection c = sample();
  c.name = "x\"\n  active yes";
  EXPECT_NE(dump(c).find("connection \"x\\x22\\x0a  active yes\"\n"), std::string::npos);
}

}  // namespace
}  // namespace ike::model

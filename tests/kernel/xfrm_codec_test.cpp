// The kernel's messages against those that iproute2 6.1 sends for the same SA or policy; its octets
// were recorded at sendmsg().  Attributes may stand in another order.
#include <gtest/gtest.h>

#include <cstddef>
#include <map>

#include "kernel/attributes.h"
#include "kernel/xfrm/policy_book.h"

namespace ike::kernel {
namespace {

// ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x12345678 reqid 0x49000007
//   mode tunnel replay-window 32 flag af-unspec aead 'rfc4106(gcm(aes))' 0x0001..23 128
//   limit time-soft 3000 limit time-hard 3600 limit byte-soft 1000 limit byte-hard 2000
//   limit packet-soft 4227858431 limit packet-hard 4294967295
constexpr const char* kGcm =
    "60010000100005001680016b000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000c00002020000000000000000000000001234"
    "567832000000c0000201000000000000000000000000e803000000000000d007000000000000fffffffb000000"
    "00ffffffff00000000b80b000000000000100e0000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007"
    "00004902000120200000000000000070001200726663343130362867636d286165732929000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000020010000800000"
    "00000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223";

// ip xfrm state add src 2001:db8::1 dst 2001:db8::2 proto esp spi 0x12345679 reqid 0x49000007
//   mode transport replay-window 128 flag esn enc 'cbc(aes)' 0x0001..0f
//   auth-trunc 'hmac(sha256)' 0x4041..5f 128 encap espinudp 4500 4501 0.0.0.0
constexpr const char* kCbc =
    "ec010000100005001680016b000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000020010db80000000000000000000000021234"
    "56793200000020010db8000000000000000000000001ffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffff000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007"
    "0000490a0000008000000000000000580002006362632861657329000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000080000000000102"
    "030405060708090a0b0c0d0e0f6c001400686d6163287368613235362900000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000100008000000040"
    "4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f1c00040002001194119500000000"
    "00000000000000000000000000001c001700040000000000000000000000000000000000000080000000";

// ip xfrm policy update src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp dport 443 dir out priority 100
//   tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 0x49000007 mode tunnel
constexpr const char* kPolicyOut =
    "fc000000190005001780016b000000000a0200000000000000000000000000000a010000000000000000000000"
    "00000001bbffff0000000002001010060000000000000000000000ffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffff00000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000640000000000000001000000"
    "0000000044000500c0000202000000000000000000000000000000003200000002000000c00002010000000000"
    "000000000000000700004901000000ffffffffffffffffffffffff";

// The same forwarded: src 10.2.0.0/16 dst 10.1.0.0/16 proto tcp sport 443 dir fwd, outer addresses
// the other way round.
constexpr const char* kPolicyForward =
    "fc000000190005001780016b000000000a0100000000000000000000000000000a020000000000000000000000"
    "0000000000000001bbffff02001010060000000000000000000000ffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffff00000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000640000000000000002000000"
    "0000000044000500c0000201000000000000000000000000000000003200000002000000c00002020000000000"
    "000000000000000700004901000000ffffffffffffffffffffffff";

constexpr const char* kDelete =
    "3c000000110005001780016b00000000c0000202000000000000000000000000123456780200320014000d00c0"
    "000201000000000000000000000000";

struct Taken {
  std::string body;
  std::map<uint16_t, std::string> attributes;
};
Taken taken(Bytes message, size_t body_size) {
  const auto& header = *reinterpret_cast<const nlmsghdr*>(message.data());
  Taken t;
  t.body = to_hex(message.subspan(16, body_size));
  for_each_attribute(attributes_after(header, body_size),
                     [&](uint16_t type, Bytes value) { t.attributes[type] = to_hex(value); });
  return t;
}
uint16_t type_of(Bytes message) {
  return reinterpret_cast<const nlmsghdr*>(message.data())->nlmsg_type;
}

Blob counting(uint8_t from, size_t size) {
  Blob octets;
  for (size_t i = 0; i < size; ++i) octets.push_back(static_cast<uint8_t>(from + i));
  return octets;
}

model::SaSpec gcm_sa() {
  model::SaSpec sa;
  sa.id = {*Address::parse("192.0.2.2"), EspSpi(0x12345678), ProtocolId::esp};
  sa.source = *Address::parse("192.0.2.1");
  sa.reqid = ReqId(7);
  sa.algorithms = {Encr::aes_gcm_16, 256, Integ::none, Esn::no};
  sa.encryption_key = Secret(counting(0, 36));
  sa.limits = {seconds(3000), seconds(3600), 1000, 2000};
  sa.replay_window = 32;
  return sa;
}

model::FlowSpec https_flow() {
  model::FlowSpec flow;
  flow.reqid = ReqId(7);
  flow.selectors = {model::TrafficSelector::of({*Address::parse("10.1.0.0"), 16}, 6),
                    model::TrafficSelector::of({*Address::parse("10.2.0.0"), 16}, 6)};
  flow.selectors.remote.port_first = flow.selectors.remote.port_last = 443;
  flow.tunnel_local = *Address::parse("192.0.2.1");
  flow.tunnel_remote = *Address::parse("192.0.2.2");
  flow.priority = 100;
  return flow;
}

// The messages that set a flow in an empty kernel: out, in and forward for each selector.
std::vector<Blob> policies_of(const model::FlowSpec& flow) {
  xfrm::PolicyBook book;
  auto change = book.put({flow});
  return change ? change->messages : std::vector<Blob>();
}

TEST(XfrmCodec, AddsAnAeadSaAsIproute2Does) {
  const auto ours = xfrm::add_sa(gcm_sa(), xfrm::Add::fresh);
  ASSERT_TRUE(ours);
  const Blob theirs = *from_hex(kGcm);
  EXPECT_EQ(type_of(*ours), type_of(theirs));
  const Taken a = taken(*ours, sizeof(xfrm_usersa_info));
  const Taken b = taken(theirs, sizeof(xfrm_usersa_info));
  EXPECT_EQ(a.body, b.body);
  EXPECT_EQ(a.attributes, b.attributes);
}

TEST(XfrmCodec, AddsCbcWithHmacEsnAndEncapsulationAsIproute2Does) {
  model::SaSpec sa = gcm_sa();
  sa.id = {*Address::parse("2001:db8::2"), EspSpi(0x12345679), ProtocolId::esp};
  sa.source = *Address::parse("2001:db8::1");
  sa.mode = model::Mode::transport;
  sa.algorithms = {Encr::aes_cbc, 128, Integ::hmac_sha2_256_128, Esn::yes};
  sa.encryption_key = Secret(counting(0, 16));
  sa.integrity_key = Secret(counting(0x40, 32));
  sa.encapsulation = model::Encapsulation{4500, 4501};
  sa.limits = {};
  sa.replay_window = 128;
  const auto ours = xfrm::add_sa(sa, xfrm::Add::fresh);
  ASSERT_TRUE(ours);
  const Taken a = taken(*ours, sizeof(xfrm_usersa_info));
  const Taken b = taken(*from_hex(kCbc), sizeof(xfrm_usersa_info));
  EXPECT_EQ(a.body, b.body);
  EXPECT_EQ(a.attributes, b.attributes);
}

TEST(XfrmCodec, RemovesAnSaByItsName) {
  const Blob ours = xfrm::remove_sa(gcm_sa().id);
  const Blob theirs = *from_hex(kDelete);
  EXPECT_EQ(type_of(ours), type_of(theirs));
  EXPECT_EQ(taken(ours, sizeof(xfrm_usersa_id)).body, taken(theirs, sizeof(xfrm_usersa_id)).body);
}

TEST(XfrmCodec, SetsPoliciesOfAllDirectionsAsIproute2Does) {
  const auto ours = policies_of(https_flow());
  ASSERT_EQ(ours.size(), 3u) << "out, in and forward";
  for (const auto& [index, golden] : {std::pair{0u, kPolicyOut}, {2u, kPolicyForward}}) {
    const Blob theirs = *from_hex(golden);
    EXPECT_EQ(type_of(ours[index]), type_of(theirs));
    const Taken a = taken(ours[index], sizeof(xfrm_userpolicy_info));
    const Taken b = taken(theirs, sizeof(xfrm_userpolicy_info));
    EXPECT_EQ(a.body, b.body);
    EXPECT_EQ(a.attributes, b.attributes);
  }
}

TEST(XfrmCodec, TransportModeHasNoForwardPolicy) {
  auto flow = https_flow();
  flow.mode = model::Mode::transport;
  EXPECT_EQ(policies_of(flow).size(), 2u);
}

// Whoever copies a structure that lay here brings some of this along.
[[gnu::noinline]] void soil_the_stack() {
  volatile uint8_t dirt[4096];
  for (volatile uint8_t& octet : dirt) octet = 0xa5;
}

// The kernel never reads it, and it would be octets of our stack.
TEST(XfrmCodec, SendsZerosForPadding) {
  model::SaSpec sa = gcm_sa();
  sa.encapsulation = model::Encapsulation{4500, 4501};
  const auto padding = [](Bytes octets, std::initializer_list<size_t> places) {
    for (const size_t place : places) EXPECT_EQ(octets[place], 0) << place;
  };
  soil_the_stack();
  const Blob id = xfrm::remove_sa(sa.id);
  padding(Bytes(id).subspan(16), {23});
  soil_the_stack();
  const auto add = xfrm::add_sa(sa, xfrm::Add::fresh);
  ASSERT_TRUE(add);
  const Bytes info = Bytes(*add).subspan(16);
  // Behind the selector's protocol, the id's protocol, and the flags.
  padding(info,
          {45, 46, 47, offsetof(xfrm_usersa_info, id) + 21, offsetof(xfrm_usersa_info, id) + 22,
           offsetof(xfrm_usersa_info, id) + 23, offsetof(xfrm_usersa_info, flags) + 1});
  const auto& header = *reinterpret_cast<const nlmsghdr*>(add->data());
  for_each_attribute(attributes_after(header, sizeof(xfrm_usersa_info)),
                     [&](uint16_t type, Bytes value) {
                       if (type == XFRMA_ENCAP) padding(value, {6, 7});
                     });
  soil_the_stack();
  for (const Blob& policy : policies_of(https_flow())) {
    padding(Bytes(policy).subspan(16),
            {45, 46, 47, sizeof(xfrm_userpolicy_info) - 1, sizeof(xfrm_userpolicy_info) - 4});
    const auto& h = *reinterpret_cast<const nlmsghdr*>(policy.data());
    for_each_attribute(attributes_after(h, sizeof(xfrm_userpolicy_info)),
                       [&](uint16_t, Bytes value) { padding(value, {21, 22, 23, 26, 27, 51}); });
  }
}

TEST(XfrmSelectors, SplitRangesOfAddressesAndPorts) {
  auto pair = https_flow().selectors;
  pair.remote.addresses = {*Address::parse("10.2.0.1"), *Address::parse("10.2.0.4")};
  pair.remote.port_first = 80;
  pair.remote.port_last = 82;
  const auto selectors = xfrm::to_kernel(pair);
  ASSERT_TRUE(selectors);
  // .1, .2/31, .4 and 80/0xfffe, 82.
  EXPECT_EQ(selectors->size(), 6u);
  for (const auto& s : *selectors) EXPECT_TRUE(pair.contains(xfrm::from_kernel(s)));
}

TEST(XfrmSelectors, RefuseWhatTakesTooManyPolicies) {
  auto pair = https_flow().selectors;
  pair.local.addresses = {*Address::parse("0.0.0.1"), *Address::parse("255.255.255.254")};
  pair.remote.addresses = pair.local.addresses;
  EXPECT_EQ(xfrm::to_kernel(pair).error().fault, Fault::limit);
  pair = https_flow().selectors;
  pair.local.port_first = 0xffff;
  pair.local.port_last = 0;
  EXPECT_EQ(xfrm::to_kernel(pair).error().fault, Fault::unsupported);
}

TEST(XfrmSelectors, PutIcmpTypeAndCodeIntoThePorts) {
  auto pair = https_flow().selectors;
  pair.local.protocol = pair.remote.protocol = 1;
  pair.local.port_first = pair.remote.port_first = 0x0800;
  pair.local.port_last = pair.remote.port_last = 0x08ff;
  const auto selectors = xfrm::to_kernel(pair);
  ASSERT_TRUE(selectors);
  ASSERT_EQ(selectors->size(), 1u);
  EXPECT_EQ((*selectors)[0].sport, 0x0800u) << "8 in network order";
  EXPECT_EQ((*selectors)[0].sport_mask, 0xffffu);
  EXPECT_EQ(xfrm::reversed((*selectors)[0]).sport, 0x0800u) << "the type stays where it is";
}

TEST(XfrmCodec, RefusesAlgorithmsThatTheKernelHasNoNameFor) {
  auto sa = gcm_sa();
  sa.algorithms.encr = Encr{200};
  EXPECT_EQ(xfrm::add_sa(sa, xfrm::Add::fresh).error().fault, Fault::unsupported);
}

TEST(XfrmCodec, MovesAnSaWithItsKeysAndNumbers) {
  const Blob there = *from_hex(kCbc);
  const auto& header = *reinterpret_cast<const nlmsghdr*>(there.data());
  const auto moved = xfrm::moved_sa(header, {{},
                                             *Address::parse("2001:db8::9"),
                                             *Address::parse("2001:db8::8"),
                                             model::Encapsulation{4500, 7777}});
  ASSERT_TRUE(moved);
  const Taken before = taken(there, sizeof(xfrm_usersa_info));
  Taken after = taken(*moved, sizeof(xfrm_usersa_info));
  EXPECT_EQ(after.attributes[XFRMA_ALG_CRYPT], before.attributes.at(XFRMA_ALG_CRYPT));
  EXPECT_EQ(after.attributes[XFRMA_REPLAY_ESN_VAL], before.attributes.at(XFRMA_REPLAY_ESN_VAL));
  EXPECT_EQ(after.attributes[XFRMA_ENCAP].substr(0, 12), "020011941e61");
  const auto state = xfrm::parse_sa(*reinterpret_cast<const nlmsghdr*>(moved->data()));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->id.destination.text(), "2001:db8::8");
  EXPECT_EQ(state->id.spi, EspSpi(0x12345679));
}

template <typename Body>
Blob event_message(uint16_t type, const Body& body, Bytes attributes = {}) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<uint32_t>(sizeof header + sizeof body + attributes.size());
  header.nlmsg_type = type;
  Blob message(reinterpret_cast<const uint8_t*>(&header),
               reinterpret_cast<const uint8_t*>(&header) + sizeof header);
  append(message, Bytes(reinterpret_cast<const uint8_t*>(&body), sizeof body));
  append(message, attributes);
  return message;
}

TEST(XfrmCodec, ReadsExpiryOfOurSasOnly) {
  xfrm_user_expire expire{};
  expire.state.id.daddr.a4 = 0x020200c0;  // 192.0.2.2
  expire.state.id.spi = 0x78563412;
  expire.state.family = 2;
  expire.state.reqid = xfrm::to_kernel(ReqId(7));
  expire.hard = 1;
  const Blob message = event_message(XFRM_MSG_EXPIRE, expire);
  const auto event = xfrm::parse_event(*reinterpret_cast<const nlmsghdr*>(message.data()));
  ASSERT_TRUE(event);
  const auto& expired = std::get<model::Expired>(*event);
  EXPECT_TRUE(expired.hard);
  EXPECT_EQ(expired.id.text(), gcm_sa().id.text());
  expire.state.reqid = 7;
  const Blob others = event_message(XFRM_MSG_EXPIRE, expire);
  EXPECT_FALSE(xfrm::parse_event(*reinterpret_cast<const nlmsghdr*>(others.data())));
}

TEST(XfrmCodec, ReadsAcquiresWithTheirPacket) {
  const Blob out = policies_of(https_flow()).front();
  const auto attributes = attributes_after(*reinterpret_cast<const nlmsghdr*>(out.data()),
                                           sizeof(xfrm_userpolicy_info));
  xfrm_user_acquire acquire{};
  acquire.sel = xfrm::to_kernel(https_flow().selectors)->front();
  acquire.sel.prefixlen_s = acquire.sel.prefixlen_d = 32;
  const Blob message = event_message(XFRM_MSG_ACQUIRE, acquire, attributes);
  const auto event = xfrm::parse_event(*reinterpret_cast<const nlmsghdr*>(message.data()));
  ASSERT_TRUE(event);
  const auto& acquired = std::get<model::Acquire>(*event);
  EXPECT_EQ(acquired.reqid, ReqId(7));
  EXPECT_EQ(acquired.packet.remote.addresses.text(), "10.2.0.0");
  EXPECT_EQ(acquired.packet.remote.port_first, 443);
}

TEST(XfrmCodec, ReadsMappingChanges) {
  xfrm_user_mapping mapping{};
  mapping.id.family = 2;
  mapping.id.daddr.a4 = 0x020200c0;
  mapping.id.spi = 0x78563412;
  mapping.reqid = xfrm::to_kernel(ReqId(7));
  mapping.new_saddr.a4 = 0x076433c6;
  mapping.new_sport = 0xd204;
  const Blob message = event_message(XFRM_MSG_MAPPING, mapping);
  const auto event = xfrm::parse_event(*reinterpret_cast<const nlmsghdr*>(message.data()));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<model::MappingChanged>(*event).source.text(), "198.51.100.7:1234");
}

TEST(XfrmCodec, TakesNoEventOutOfAShorterMessage) {
  const xfrm_user_expire expire{};
  Blob message = event_message(XFRM_MSG_EXPIRE, expire);
  for (uint32_t size = sizeof(nlmsghdr); size < message.size(); ++size) {
    auto& header = *reinterpret_cast<nlmsghdr*>(message.data());
    header.nlmsg_len = size;
    EXPECT_FALSE(xfrm::parse_event(header)) << size;
  }
}

}  // namespace
}  // namespace ike::kernel

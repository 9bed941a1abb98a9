// Those who mean harm: floods, forgeries, replays, reflections, a peer that leads in circles.
#include "sim/scenarios/pair.h"
#include "wire/header.h"
#include "wire/v2/message.h"
#include "wire/v2/notify_data.h"
#include "wire/v2/payload_writer.h"

namespace ike::sim {
namespace {

// An IKE_SA_INIT request that looks right.
Blob init_request(SimRandom& random) {
  static const auto provider = crypto::make_fake_provider();
  const auto key_pair = *provider->generate(KeMethod::curve25519, random);
  Blob chain;
  wire::v2::PayloadWriter w(chain);
  wire::v2::Transform encr;
  encr.type = TransformType::encr;
  encr.id = raw(Encr::aes_gcm_16);
  encr.key_bits = 256;
  wire::v2::Transform prf;
  prf.type = TransformType::prf;
  prf.id = raw(PrfId::hmac_sha2_256);
  wire::v2::Transform ke;
  ke.type = TransformType::ke;
  ke.id = raw(KeMethod::curve25519);
  wire::v2::Proposal p;
  p.number = 1;
  p.protocol = ProtocolId::ike;
  p.transforms = {encr, prf, ke};
  wire::v2::Sa sa;
  sa.proposals.push_back(p);
  w.add(sa);
  Blob nonce(32);
  random.fill_public(nonce);
  w.add(wire::v2::Ke{KeMethod::curve25519, key_pair->public_value()});
  w.add(wire::v2::Nonce{nonce});
  wire::Header h;
  h.spi_i = IkeSpi(random.u64() | 1);
  h.exchange = ExchangeType::ike_sa_init;
  h.flags = wire::kFlagInitiator;
  h.next_payload = w.first();
  Blob out;
  wire::Writer header(out);
  h.write(header);
  header.bytes(chain);
  wire::patch_length(out);
  return out;
}

// Thousands of addresses that never answer; the honest peer gets through by its cookie.
void flood(World& world) {
  Pair p(world);
  p.ba.any_peer = true;
  p.b.node->start(p.policy_of_b());
  SimRandom random = world.random().fork();
  for (int i = 0; i < 1200; ++i) {
    const Endpoint from{Address::v4(static_cast<uint32_t>(0x64000000 + random.below(100'000))),
                        500};
    world.network().inject({from, {p.b.node->address(), 500}, init_request(random)},
                           random.between(Duration(0), seconds(20)));
  }
  world.run_for(seconds(10));
  p.a.node->start(p.policy_of_a());
  world.run_for(seconds(8));
  check_connected(world, p.a, p.b, p.ab);
  if (p.b.node->counter("cookies_demanded") == 0) world.violate("no cookie was ever demanded");
  if (p.b.node->counter("half_open_current") > limits::kHalfOpenCookieAt + 16) {
    world.violate("half-open IKE SAs without a cookie");
  }
  p.end();
}

// One address that asks over and over.
void one_noisy_source(World& world) {
  Pair p(world);
  p.ba.any_peer = true;
  p.b.node->start(p.policy_of_b());
  SimRandom random = world.random().fork();
  for (int i = 0; i < 200; ++i) {
    const Endpoint from{Address::v4(100, 64, 0, 1), static_cast<uint16_t>(500 + i)};
    world.network().inject({from, {p.b.node->address(), 500}, init_request(random)},
                           random.between(Duration(0), seconds(5)));
  }
  world.run_for(seconds(6));
  if (p.b.node->ike_sas() > limits::kHalfOpenPerSourceMax) {
    world.violate("one address holds too many half-open IKE SAs");
  }
  p.a.node->start(p.policy_of_a());
  world.run_for(seconds(60));
  p.end();
}

Blob clear_answer(const wire::Header& request, IkeSpi spi_r, NotifyType type, Bytes data) {
  Blob chain;
  wire::v2::PayloadWriter w(chain);
  w.add(wire::v2::Notify{.type = type, .spi = {}, .data = data});
  wire::Header h = request;
  h.spi_r = spi_r;
  h.flags = wire::kFlagResponse;
  h.next_payload = w.first();
  Blob out;
  wire::Writer header(out);
  h.write(header);
  header.bytes(chain);
  wire::patch_length(out);
  return out;
}

bool is_init_request(const Packet& packet) {
  const auto h = wire::Header::parse(packet.data);
  return h && h->exchange == ExchangeType::ike_sa_init && !h->is_response();
}

// A peer that always wants the other group: the initiator must not follow for ever.
void invalid_ke_in_circles(World& world) {
  Pair p(world);
  uint64_t requests = 0;
  world.network().attach(p.b.node->address(), [&](const Packet& packet) {
    if (!is_init_request(packet)) return;
    const auto header = *wire::Header::parse(packet.data);
    const auto message = wire::v2::parse_message(header, packet.data);
    if (!message || !message->ke) return;
    ++requests;
    const bool first = message->ke->method == KeMethod::curve25519;
    const uint16_t wanted = raw(first ? KeMethod::ecp256 : KeMethod::curve25519);
    const Blob data{static_cast<uint8_t>(wanted >> 8), static_cast<uint8_t>(wanted)};
    world.network().inject(
        {packet.to, packet.from, clear_answer(header, {}, NotifyType::invalid_ke_payload, data)},
        milliseconds(10));
  });
  p.a.node->start(p.policy_of_a());
  world.run_for(seconds(60));
  if (requests > 40) world.violate("the initiator follows INVALID_KE_PAYLOAD in circles");
  check_shutdown(world);
}

// Forged refusals race the true answer, and must not end the exchange.
void forged_refusals(World& world) {
  Pair p(world);
  SimRandom random = world.random().fork();
  world.network().set_tap([&, random](const Packet& packet) mutable {
    if (!is_init_request(packet)) return;
    const auto header = *wire::Header::parse(packet.data);
    const NotifyType types[] = {NotifyType::no_proposal_chosen, NotifyType::invalid_syntax,
                                NotifyType::authentication_failed,
                                NotifyType::invalid_major_version, NotifyType::temporary_failure};
    for (const NotifyType type : types) {
      if (!random.chance(500)) continue;
      world.network().inject({packet.to, packet.from, clear_answer(header, {}, type, {})},
                             random.between(Duration(0), milliseconds(30)));
    }
  });
  p.start();
  if (!world.run_until([&] { return p.is_connected(); }, seconds(30))) {
    world.violate("forged refusals kept the peers apart");
  }
  p.end();
}

// Repeats, reflects, redirects and distorts whatever passes.
void meddler(World& world) {
  Pair p(world);
  p.both([](Relation& r) {
    r.children = 2;
    r.child_lifetime = seconds(60);
  });
  p.ab.ike_lifetime = seconds(150);
  SimRandom random = world.random().fork();
  std::deque<Packet> seen;
  world.network().set_tap([&, random](const Packet& packet) mutable {
    seen.push_back(packet);
    if (seen.size() > 64) seen.pop_front();
    if (!random.chance(400)) return;
    Packet evil = seen[random.below(seen.size())];
    switch (random.below(6)) {
      case 0: break;  // a replay
      case 1: std::swap(evil.from, evil.to); break;
      case 2: evil.from = {Address::v4(100, 64, 0, 9), 500}; break;  // from elsewhere
      case 3:
        for (uint8_t& octet : evil.data) {
          if (random.chance(20)) octet ^= static_cast<uint8_t>(1 + random.below(255));
        }
        break;
      case 4: evil.data.resize(random.below(evil.data.size() + 1)); break;
      default: {
        // The right SPIs and nothing else.
        Blob garbage(28 + random.below(200));
        random.fill_public(garbage);
        std::copy_n(evil.data.begin(), std::min<size_t>(28, evil.data.size()), garbage.begin());
        wire::patch_length(garbage);
        evil.data = std::move(garbage);
      }
    }
    world.network().inject(std::move(evil), random.between(Duration(0), seconds(3)));
  });
  p.connect();
  world.run_for(seconds(400));
  world.network().set_tap({});
  // An SA must not have moved to where a replay came from.
  for (Node* node : {p.a.node, p.b.node}) {
    for (const auto& sa : node->sas()) {
      if (sa.remote.address == Address::v4(100, 64, 0, 9)) {
        world.violate(node->name() + " follows a replayed message to a forged address");
      }
    }
  }
  p.end();
}

void garbage(World& world) {
  Pair p(world);
  p.connect();
  SimRandom random = world.random().fork();
  for (int i = 0; i < 400; ++i) {
    Blob data(random.below(300));
    random.fill_public(data);
    const uint16_t port = random.chance(500) ? 500 : 4500;
    world.network().inject(
        {{Address::v4(100, 64, 0, 1), 500}, {p.b.node->address(), port}, std::move(data)},
        random.between(Duration(0), seconds(20)));
  }
  world.run_for(seconds(30));
  p.end();
}

constexpr Scenario kScenarios[] = {
    {"flood", "IKE_SA_INIT from thousands of addresses", flood},
    {"noisy-source", "IKE_SA_INIT from one address over and over", one_noisy_source},
    {"invalid-ke-loop", "a peer that always wants the other group", invalid_ke_in_circles},
    {"forged-refusals", "forged refusals race the true answer", forged_refusals},
    {"meddler", "somebody repeats, reflects and distorts messages", meddler},
    {"garbage", "random octets from nowhere", garbage},
};

}  // namespace

std::span<const Scenario> hostile_scenarios() { return kScenarios; }

}  // namespace ike::sim

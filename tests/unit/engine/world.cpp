#include "unit/engine/world.h"

#include "base/overloaded.h"

namespace ike::engine::test {

void SeededRandom::fill_public(MutableBytes out) {
  for (uint8_t& octet : out) {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    octet = static_cast<uint8_t>(z >> 24);
  }
}

Node::Node(std::string n, const Address& a, uint64_t seed, const MakeProvider& make)
    : name(std::move(n)),
      address(a),
      provider(make()),
      random(seed),
      engine(*provider, random, recorder, {static_cast<uint8_t>(seed), 1}) {}

World::World(MakeProvider make) : make_(std::move(make)) {}

Node& World::add(const std::string& name, const Address& address) {
  nodes_.push_back(std::make_unique<Node>(name, address, nodes_.size() + 1, make_));
  return *nodes_.back();
}

Node* World::at(const Address& address) {
  for (const auto& n : nodes_) {
    if (n->address == address) return n.get();
  }
  return nullptr;
}

void World::load(Node& node, model::Policy policy) {
  PolicyUpdate update;
  update.policy = std::make_shared<const model::Policy>(std::move(policy));
  for (const auto& c : update.policy->connections) {
    if (!node.psks.contains(c->id)) node.psks[c->id] = to_blob(as_bytes("a shared secret"));
  }
  put(node, std::move(update));
}

void World::put(Node& node, Input&& input) {
  std::vector<Action> actions;
  node.engine.handle(now_, std::move(input), actions);
  for (Action& a : actions) act(node, std::move(a));
}

void World::act(Node& node, Action&& action) {
  std::visit(overloaded{
                 [&](Send& s) {
                   Flight f{s.from, s.to, *s.data};
                   // The simplest NAT there is: an engine that does not know its address.
                   if (f.from.address.is_any()) f.from.address = node.address;
                   under_way.push_back(std::move(f));
                 },
                 [&](model::KernelRequest& r) { kernel(node, r); },
                 [&](model::KeysRequest& r) { keys(node, r); },
                 [&](RunCrypto& r) {
                   if (node.lose_crypto) return;
                   CryptoDone done{r.ticket, crypto::run(*node.provider, node.random, r.job)};
                   put(node, std::move(done));
                 },
                 [&](model::ControlReply& r) { node.replies.push_back(std::move(r)); },
                 [&](Finished&) { node.finished = true; },
             },
             action);
}

namespace {

std::string flow_key(const model::FlowSpec& f) {
  return std::to_string(f.reqid.raw()) + " " + f.selectors.text();
}

model::SaSpec copy_of(const model::SaSpec& s) {
  model::SaSpec c;
  c.id = s.id;
  c.source = s.source;
  c.direction = s.direction;
  c.reqid = s.reqid;
  c.mode = s.mode;
  c.algorithms = s.algorithms;
  c.encryption_key = s.encryption_key.clone();
  c.integrity_key = s.integrity_key.clone();
  c.encapsulation = s.encapsulation;
  c.selectors = s.selectors;
  c.limits = s.limits;
  return c;
}

}  // namespace

void World::kernel(Node& node, const model::KernelRequest& request) {
  model::KernelReply reply;
  reply.result = model::KernelAnswer{};
  std::visit(overloaded{
                 [&](const model::InstallSas& r) {
                   if (node.refuse_installs && !r.sas.empty()) {
                     reply.result = fail(Fault::internal, "no memory");
                     return;
                   }
                   for (const auto& s : r.sas) node.kernel_sas[s.id.text()] = copy_of(s);
                   for (const auto& f : r.flows) node.kernel_flows[flow_key(f)] = f;
                 },
                 [&](const model::RemoveSas& r) {
                   for (const auto& id : r.sas) node.kernel_sas.erase(id.text());
                   for (const auto& f : r.flows) node.kernel_flows.erase(flow_key(f));
                 },
                 [&](const model::MoveSas& r) { node.moves.push_back(r); },
                 [&](const model::QuerySas&) { reply.result->counters = node.counters; },
                 [&](const model::AllocateSpi&) {},
                 [&](const model::FindSource&) { reply.result->source = node.address; },
                 [&](const model::FlushAll&) {
                   node.kernel_sas.clear();
                   node.kernel_flows.clear();
                 },
             },
             request);
  reply.ticket = std::visit([](const auto& r) { return r.ticket; }, request);
  Input input = model::KernelEvent(std::move(reply));
  if (node.hold_kernel) {
    node.held.push_back(std::move(input));
  } else {
    put(node, std::move(input));
  }
}

void World::keys(Node& node, const model::KeysRequest& request) {
  model::KeysReply reply;
  reply.result = std::visit(
      overloaded{
          [&](const model::PskMacs& r) -> Result<model::KeysAnswer> {
            const auto found = node.psks.find(r.connection);
            if (found == node.psks.end()) return fail(Fault::refused, "no shared key");
            const size_t size = crypto::info_of(r.prf)->size;
            Blob padded(size), ours(size), peers(size);
            const std::array<Bytes, 1> pad = {as_bytes("Key Pad for IKEv2")};
            node.provider->prf(r.prf, found->second, pad, padded);
            node.provider->prf(r.prf, padded, std::array<Bytes, 1>{r.our_octets}, ours);
            node.provider->prf(r.prf, padded, std::array<Bytes, 1>{r.peer_octets}, peers);
            return model::PskMacsMade{ours, peers};
          },
          [&](const model::SignAuth& r) -> Result<model::KeysAnswer> {
            if (node.signing_key.empty()) return fail(Fault::refused, "no private key");
            model::AuthSigned made;
            made.method = AuthMethod::signature;
            made.data = crypto::fake_sign(node.signing_key, made.method, r.octets);
            return made;
          },
          [&](const model::FindPeerKey& r) -> Result<model::KeysAnswer> {
            const auto found = node.peer_keys.find(r.peer.text());
            if (found == node.peer_keys.end()) return fail(Fault::refused, "no such key");
            return model::PeerKeyFound{found->second};
          },
      },
      request);
  reply.ticket = std::visit([](const auto& r) { return r.ticket; }, request);
  put(node, std::move(reply));
}

void World::settle() {
  for (int i = 0; i < 10000 && !under_way.empty(); ++i) {
    Flight f = std::move(under_way.front());
    under_way.pop_front();
    seen.push_back(f);
    if (wire && !wire(f)) continue;
    if (Node* to = at(f.to.address)) put(*to, Datagram{f.from, f.to, f.data});
  }
}

void World::advance(Duration by) {
  const Instant end = now_ + by;
  settle();
  while (true) {
    Node* first = nullptr;
    for (const auto& n : nodes_) {
      const auto at = n->engine.next_deadline();
      if (at && *at <= end && (first == nullptr || *at < *first->engine.next_deadline())) {
        first = n.get();
      }
    }
    if (first == nullptr) break;
    now_ = std::max(now_, *first->engine.next_deadline());
    put(*first, Tick{});
    settle();
  }
  now_ = end;
}

model::Connection connection(const std::string& name, const Ends& ends) {
  using model::Transform;
  model::Connection c;
  c.name = name;
  c.origin = {"test.conf", 1};
  c.local = Prefix::host(ends.local);
  c.remote = Prefix::host(ends.remote);
  c.local_id = model::Identity::from_name(ends.local_id);
  c.remote_id = model::Identity::from_name(ends.remote_id);
  c.auth.kind = model::AuthKind::psk;
  c.auth.accepted = {AuthMethod::psk};
  model::Proposal ike;
  ike.number = 1;
  ike.protocol = ProtocolId::ike;
  ike.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::prf(PrfId::hmac_sha2_256),
                    Transform::ke(KeMethod::curve25519), Transform::ke(KeMethod::modp2048)};
  c.ike_proposals = {ike};
  model::Proposal esp;
  esp.number = 1;
  esp.protocol = ProtocolId::esp;
  esp.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::esn(Esn::no)};
  model::ChildTemplate t;
  t.proposals = {esp};
  const auto net = [](const std::string& text) {
    const size_t slash = text.find('/');
    return model::TrafficSelector::of(
        Prefix{*Address::parse(text.substr(0, slash)),
               static_cast<uint8_t>(std::stoi(text.substr(slash + 1)))});
  };
  t.selectors = {{net(ends.local_net), net(ends.remote_net)}};
  c.children = {t};
  return c;
}

model::Connection left() {
  model::Connection c =
      connection("to-b", {Address::v4(192, 0, 2, 1), Address::v4(192, 0, 2, 2), "gw-a.example",
                          "gw-b.example", "10.1.0.0/16", "10.2.0.0/16"});
  c.active = true;
  return c;
}

model::Connection right() {
  return connection("to-a", {Address::v4(192, 0, 2, 2), Address::v4(192, 0, 2, 1), "gw-b.example",
                             "gw-a.example", "10.2.0.0/16", "10.1.0.0/16"});
}

model::Policy policy_of(std::vector<model::Connection> connections) {
  model::Policy policy;
  unsigned ordinal = 0;
  for (model::Connection& c : connections) {
    c.id = model::digest_of(c, ordinal++);
    policy.connections.push_back(std::make_shared<const model::Connection>(std::move(c)));
  }
  return policy;
}

}  // namespace ike::engine::test

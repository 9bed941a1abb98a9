// Two or more engines, a kernel and a key service that answer at once, and a wire that a test can
// cut, change or look into.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/algorithms.h"
#include "crypto/fake/fake_provider.h"
#include "engine/engine.h"

namespace ike::engine::test {

// Repeatable, and good enough for tests.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
  void fill_public(MutableBytes out) override;
  void fill_secret(MutableBytes out) override { fill_public(out); }

 private:
  uint64_t state_;
};

class Recorder final : public events::Sink {
 public:
  bool wants(events::Severity) const override { return true; }
  void emit(const events::Event& event) override { events.push_back(event); }
  template <typename T>
  size_t count() const {
    size_t n = 0;
    for (const auto& e : events) n += std::holds_alternative<T>(e) ? 1 : 0;
    return n;
  }
  template <typename T>
  const T* last() const {
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (const T* e = std::get_if<T>(&*it)) return e;
    }
    return nullptr;
  }
  std::vector<events::Event> events;
};

using MakeProvider = std::function<std::unique_ptr<crypto::Provider>()>;

struct Node {
  Node(std::string name, const Address& address, uint64_t seed, const MakeProvider& make);

  std::string name;
  Address address;
  std::unique_ptr<crypto::Provider> provider;
  SeededRandom random;
  Recorder recorder;
  Engine engine;
  // What the ports hold.
  std::map<ConnectionId, Blob> psks;
  Blob signing_key;                                 // of the fake provider: any octets
  std::map<std::string, Blob> peer_keys;            // by identity text
  std::map<std::string, model::SaSpec> kernel_sas;  // by SaId text
  std::map<std::string, model::FlowSpec> kernel_flows;
  std::vector<model::MoveSas> moves;
  std::vector<model::SaCounters> counters;
  bool refuse_installs = false;
  bool hold_kernel = false;  // answers wait until released
  bool lose_crypto = false;  // jobs are never done
  std::deque<Input> held;
  std::vector<model::ControlReply> replies;
  bool finished = false;
};

struct Flight {
  Endpoint from, to;
  Blob data;
};

class World {
 public:
  explicit World(MakeProvider make = crypto::make_fake_provider);

  Node& add(const std::string& name, const Address& address);
  void load(Node& node, model::Policy policy);
  void put(Node& node, Input&& input);
  // Delivers what is under way, and what that causes, until nothing is.
  void settle();
  void advance(Duration by);  // with all deadlines on the way
  Instant now() const { return now_; }

  // False: the datagram is lost.  May change it.
  std::function<bool(Flight&)> wire;
  std::deque<Flight> under_way;
  std::vector<Flight> seen;

 private:
  void act(Node& node, Action&& action);
  void kernel(Node& node, const model::KernelRequest& request);
  void keys(Node& node, const model::KeysRequest& request);
  Node* at(const Address& address);

  MakeProvider make_;
  std::vector<std::unique_ptr<Node>> nodes_;
  Instant now_{hours(1)};
};

// One end of a connection of the kind that most tests use: tunnel mode, one pair of networks.
struct Ends {
  Address local, remote;
  std::string local_id, remote_id;
  std::string local_net, remote_net;
};
model::Connection connection(const std::string& name, const Ends& ends);
// "gw-a.example" at 192.0.2.1 with 10.1.0.0/16 and "gw-b.example" at 192.0.2.2 with 10.2.0.0/16.
model::Connection left();
model::Connection right();
model::Policy policy_of(std::vector<model::Connection> connections);

}  // namespace ike::engine::test

// What is behind Engine: the tables, and the Host of every IKE SA.  Its parts are in demux.cpp,
// acquire.cpp, reload.cpp, control.cpp and admission.h.
#pragma once

#include <map>
#include <set>

#include "base/timer_queue.h"
#include "engine/engine.h"
#include "engine/flow_book.h"
#include "engine/policy_index.h"
#include "engine/sa_table.h"
#include "ike/half_open.h"
#include "ikev2/exchanges/sa_init_responder.h"

namespace ike::engine {

class Core final : public v2::Host {
 public:
  Core(crypto::Provider& provider, Random& random, events::Sink& events, EngineConfig config);
  ~Core() override;

  void handle(Instant now, Input&& input, std::vector<Action>& out);
  std::optional<Instant> next_deadline() const { return timers_.next(); }
  size_t ike_sas() const { return sas_.size(); }

  // ---- v2::Host ----
  Instant now() const override { return now_; }
  crypto::Provider& provider() override { return provider_; }
  Random& random() override { return random_; }
  events::Sink& events() override { return events_; }
  v2::Counters& counters() override { return counters_; }
  const model::Global& global() const override { return global_; }
  bool may_tell_unproven() override { return unproven_tokens_.take(now_); }
  void send(const Endpoint& from, const Endpoint& to, Packet packet) override;
  void submit(model::KernelRequest request) override;
  void submit(model::KeysRequest request) override;
  void submit(Ticket ticket, crypto::Job job) override;
  Ticket unattended() override;
  model::ConnectionPtr choose(const v2::ConnectionQuery& query) override;
  std::vector<model::ConnectionPtr> candidates(const Address& local,
                                               const Address& remote) override;
  EspSpi draw_esp_spi(const v2::IkeSa& sa) override;
  void own_esp_spi(const v2::IkeSa& sa, EspSpi spi) override;
  void release_esp_spi(EspSpi spi) override;
  void watch_outbound(const v2::IkeSa& sa, const model::SaId& id) override;
  void unwatch_outbound(const model::SaId& id) override;
  ReqId reqid_for(const v2::IkeSa& sa, size_t template_index) override;
  void hold_flows(const std::vector<model::FlowSpec>& flows) override { flows_.hold(flows); }
  std::vector<model::FlowSpec> drop_flows(const std::vector<model::FlowSpec>& flows) override {
    return flows_.drop(flows);
  }
  void attach(v2::IkeSa& sa, const model::ConnectionPtr& connection) override;
  IkeSpi draw_ike_spi() override;
  v2::IkeSa* create_successor(const v2::IkeSa& old, bool original_initiator, IkeSpi ours) override;
  v2::IkeSa* find(IkeSpi ours) override { return sas_.by_spi(ours); }
  void nudge(v2::IkeSa& sa) override { nudged_.push_back({sa.slot, sa.generation}); }
  void rearm(v2::IkeSa& sa) override;
  void established(v2::IkeSa& sa) override;
  void retire(v2::IkeSa& sa) override;
  void remove_older(const v2::IkeSa& newcomer, bool with_delete) override;
  bool may_send_initial_contact(const v2::IkeSa& sa) override;

 private:
  struct SaRef {
    uint32_t slot = 0;
    uint16_t generation = 0;
  };
  struct SaIdHash {
    KeyedHash hash;
    size_t operator()(const model::SaId& id) const {
      return hash.of(hash.of(id.destination), id.spi.raw());
    }
  };

  // demux.cpp
  void on(const Datagram& datagram);
  void on_init_request(const Datagram& datagram, Bytes message, const wire::Header& header);
  bool admit(const Datagram& datagram, const wire::Header& header,
             const wire::v2::Message& request);
  void begin_responder(const v2::sa_init_responder::Request& request,
                       const v2::sa_init_responder::Accept& accept, uint64_t digest);
  void answer_stateless(const Datagram& datagram, Blob message);
  uint64_t init_digest(const Datagram& datagram, Bytes message) const;
  void refuse_version(const Datagram& datagram, const wire::Header& header);
  void misbehaved(const Endpoint& peer, const Error& error);
  // acquire.cpp
  void on(const model::KernelEvent& event);
  void on(const model::KernelReply& reply);
  void on(const model::Acquire& acquire);
  void on(const model::Expired& expired);
  void on(const model::MappingChanged& changed);
  void initiate(const model::ConnectionPtr& connection, uint16_t template_index,
                std::optional<model::SelectorPair> packet);
  // reload.cpp
  void on(const PolicyUpdate& update);
  void hand_on_standing_flows(const PolicyIndex& previous);
  void install_standing_flows(const model::Connection& connection);
  void remove_standing_flows(const model::Connection& connection);
  void attach_again(v2::IkeSa& sa);
  void check_active();
  void want_all_children(const model::Connection& connection);
  // control.cpp
  void on(const model::ControlRequest& request);
  void show_sas(Ticket ticket);
  void show_stats(Ticket ticket);
  void set_coupled(bool coupled);
  size_t reset(const model::ResetSas& request);
  void reset_policy();
  // core.cpp
  void on(const CryptoDone& done);
  void on(const model::KeysReply& reply);
  void on(const Tick&);
  void on(const Shutdown&);
  void run_timers();
  void bury_retired();
  void finish_if_empty();
  void run_nudged();
  v2::IkeSa* create_sa(bool original_initiator, IkeSpi spi);
  v2::IkeSa* sa_of(Ticket ticket) const;
  void forget(v2::IkeSa& sa);
  void no_longer_half_open(v2::IkeSa& sa);
  void schedule_active_check(Duration from_now);
  std::vector<model::FlowSpec> standing_flows(const model::Connection& connection);
  uint64_t identity_digest(const model::Identity& id) const;

  crypto::Provider& provider_;
  Random& random_;
  events::Sink& events_;
  EngineConfig config_;
  KeyedHash hash_;
  Instant now_{};
  std::vector<Action>* out_ = nullptr;

  model::Global global_;
  PolicyIndex policy_;
  v2::Counters counters_;
  SaTable sas_;
  TimerQueue timers_;
  FlowBook flows_;
  proto::HalfOpenCounts admission_;
  proto::CookieJar cookies_;
  proto::TokenBucket notify_tokens_{limits::kUnauthenticatedNotifiesPerSecond};
  proto::TokenBucket log_tokens_{limits::kUnauthenticatedLogLinesPerSecond};
  proto::TokenBucket unproven_tokens_{limits::kUnprovenEventsPerSecond};
  size_t jobs_ = 0;        // in the crypto pool
  size_t initiating_ = 0;  // IKE SAs that we began and that are not established
  KeyedMap<EspSpi, SaRef> inbound_;
  std::unordered_map<model::SaId, SaRef, SaIdHash> outbound_;
  KeyedMap<ConnectionId, std::set<uint32_t>> by_connection_;
  KeyedMap<Ticket, std::set<uint32_t>> by_identity_;  // keyed by a digest
  std::vector<SaRef> retired_;
  std::vector<SaRef> nudged_;
  uint64_t unattended_ = 0;
  bool shutting_down_ = false;
  bool finished_ = false;
};

}  // namespace ike::engine

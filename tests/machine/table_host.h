// A Host that writes down what an exchange does, for the state tables.
#pragma once

#include <string>
#include <vector>

#include "base/overloaded.h"
#include "crypto/fake/fake_provider.h"
#include "ikev2/ike_sa.h"

namespace ike::v2::test {

class CountingRandom final : public Random {
 public:
  void fill_public(MutableBytes out) override {
    for (uint8_t& octet : out) octet = static_cast<uint8_t>(++n_ * 37 + 11);
  }
  void fill_secret(MutableBytes out) override { fill_public(out); }

 private:
  unsigned n_ = 0;
};

class Recorder final : public events::Sink {
 public:
  bool wants(events::Severity) const override { return true; }
  void emit(const events::Event& event) override {
    told.push_back("tells " + std::string(events::name_of(event)));
  }
  std::vector<std::string> told;
};

class TableHost : public Host {
 public:
  TableHost() : provider_(crypto::make_fake_provider()) {}

  std::vector<std::string> done;  // in order
  std::vector<std::string> take() {
    for (std::string& t : sink_.told) done.push_back(std::move(t));
    sink_.told.clear();
    return std::exchange(done, {});
  }

  Instant now() const override { return Instant(hours(1)); }
  crypto::Provider& provider() override { return *provider_; }
  Random& random() override { return random_; }
  events::Sink& events() override { return sink_; }
  Counters& counters() override { return counters_; }
  const model::Global& global() const override { return global_; }
  bool may_tell_unproven() override { return true; }
  void send(const Endpoint&, const Endpoint&, Packet) override { done.push_back("sends"); }
  void submit(model::KernelRequest r) override {
    done.push_back(std::visit(overloaded{
                                  [](const model::InstallSas&) { return "installs"; },
                                  [](const model::RemoveSas&) { return "removes"; },
                                  [](const model::FindSource&) { return "asks for a source"; },
                                  [](const auto&) { return "asks the kernel"; },
                              },
                              r));
  }
  void submit(model::KeysRequest r) override {
    done.push_back(std::visit(overloaded{
                                  [](const model::PskMacs&) { return "asks for MACs"; },
                                  [](const model::SignAuth&) { return "asks for a signature"; },
                                  [](const model::FindPeerKey&) { return "asks for a key"; },
                              },
                              r));
  }
  void submit(Ticket, crypto::Job j) override {
    done.push_back(std::visit(overloaded{
                                  [](const crypto::GenerateKeyPair&) { return "generates"; },
                                  [](const crypto::DeriveShared&) { return "derives"; },
                                  [](const crypto::AnswerKeyExchange&) { return "answers KE"; },
                                  [](const crypto::VerifySignature&) { return "verifies"; },
                              },
                              j));
  }
  Ticket unattended() override { return Ticket(1); }
  model::ConnectionPtr choose(const ConnectionQuery&) override { return connection; }
  std::vector<model::ConnectionPtr> candidates(const Address&, const Address&) override {
    return {connection};
  }
  EspSpi draw_esp_spi(const IkeSa&) override { return EspSpi(++spi_); }
  void own_esp_spi(const IkeSa&, EspSpi) override {}
  void release_esp_spi(EspSpi) override {}
  void watch_outbound(const IkeSa&, const model::SaId&) override {}
  void unwatch_outbound(const model::SaId&) override {}
  ReqId reqid_for(const IkeSa&, size_t) override { return ReqId(7); }
  void hold_flows(const std::vector<model::FlowSpec>&) override {}
  std::vector<model::FlowSpec> drop_flows(const std::vector<model::FlowSpec>& f) override {
    return f;
  }
  void attach(IkeSa& sa, const model::ConnectionPtr& c) override { sa.connection = c; }
  IkeSpi draw_ike_spi() override { return IkeSpi(0x0100000000000099); }
  IkeSa* create_successor(const IkeSa& old, bool initiator, IkeSpi) override {
    done.push_back("creates a successor");
    successor = std::make_unique<IkeSa>();
    successor->initiator = initiator;
    successor->local = old.local;
    successor->remote = old.remote;
    successor->connection = old.connection;
    return successor.get();
  }
  IkeSa* find(IkeSpi) override { return successor.get(); }
  void nudge(IkeSa&) override {}
  void rearm(IkeSa&) override {}
  void established(IkeSa&) override { done.push_back("established"); }
  void retire(IkeSa& sa) override {
    if (!sa.retired) done.push_back("retired");
    sa.retired = true;
  }
  void remove_older(const IkeSa&, bool) override { done.push_back("removes older ones"); }
  bool may_send_initial_contact(const IkeSa&) override { return true; }

  model::ConnectionPtr connection;
  std::unique_ptr<IkeSa> successor;

 private:
  std::unique_ptr<crypto::Provider> provider_;
  CountingRandom random_;
  Recorder sink_;
  Counters counters_;
  model::Global global_;
  uint32_t spi_ = 0x1000;
};

}  // namespace ike::v2::test

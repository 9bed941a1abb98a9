// What an IKE SA may ask of what surrounds it: the way out, the tables, the policy.  The engine is
// one; tests have a small one of their own.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/events.h"
#include "base/random.h"
#include "base/time.h"
#include "crypto/job.h"
#include "ikev2/counters.h"
#include "model/policy.h"
#include "model/ports.h"

namespace ike::v2 {

struct IkeSa;
struct ChildSa;

using Packet = std::shared_ptr<const Blob>;

// Which connection is meant?  What is not known is not asked.
struct ConnectionQuery {
  Address local;
  Address remote;
  const model::Identity* peer_id = nullptr;
  const model::Identity* our_id = nullptr;
  bool transport = false;
  std::function<bool(const model::Connection&)> accepts;  // a common proposal, for instance
  bool fallback = true;  // take the default connection when nothing matched
};

class Host {
 public:
  virtual ~Host() = default;

  virtual Instant now() const = 0;
  virtual crypto::Provider& provider() = 0;
  virtual Random& random() = 0;
  virtual events::Sink& events() = 0;
  virtual Counters& counters() = 0;
  virtual const model::Global& global() const = 0;

  // An event that anybody can provoke may be told: there are so many a second and no more.
  virtual bool may_tell_unproven() = 0;

  virtual void send(const Endpoint& from, const Endpoint& to, Packet packet) = 0;
  virtual void submit(model::KernelRequest request) = 0;
  virtual void submit(model::KeysRequest request) = 0;
  virtual void submit(Ticket ticket, crypto::Job job) = 0;
  // For requests whose answer nobody waits for.
  virtual Ticket unattended() = 0;

  virtual model::ConnectionPtr choose(const ConnectionQuery& query) = 0;
  virtual std::vector<model::ConnectionPtr> candidates(const Address& local,
                                                       const Address& remote) = 0;

  // An SPI for an inbound SA, of no other one's; the engine knows `sa` by it until it is released.
  virtual EspSpi draw_esp_spi(const IkeSa& sa) = 0;
  // It moved to another IKE SA, its successor.
  virtual void own_esp_spi(const IkeSa& sa, EspSpi spi) = 0;
  virtual void release_esp_spi(EspSpi spi) = 0;
  // So that expiry of an outbound SA finds its owner.
  virtual void watch_outbound(const IkeSa& sa, const model::SaId& id) = 0;
  virtual void unwatch_outbound(const model::SaId& id) = 0;
  virtual ReqId reqid_for(const IkeSa& sa, size_t template_index) = 0;
  // Flows are counted: one that somebody else still needs stays.  Gives those that must go.
  virtual void hold_flows(const std::vector<model::FlowSpec>& flows) = 0;
  virtual std::vector<model::FlowSpec> drop_flows(const std::vector<model::FlowSpec>& flows) = 0;

  // The IKE SA belongs to this connection from now on.
  virtual void attach(IkeSa& sa, const model::ConnectionPtr& connection) = 0;
  // A new IKE SA in the tables, for the outcome of an IKE rekey; null when the tables are full.
  virtual IkeSpi draw_ike_spi() = 0;
  virtual IkeSa* create_successor(const IkeSa& old, bool original_initiator, IkeSpi ours) = 0;
  virtual IkeSa* find(IkeSpi ours) = 0;
  // Another IKE SA was given something to do: it begins once the current input was handled.
  virtual void nudge(IkeSa& sa) = 0;
  // A deadline changed.
  virtual void rearm(IkeSa& sa) = 0;
  virtual void established(IkeSa& sa) = 0;
  // Of an IKE SA that is not needed any more; frees it after the current input was handled.
  virtual void retire(IkeSa& sa) = 0;
  // Others with the same peer identity go: without a DELETE when the peer has forgotten them.
  virtual void remove_older(const IkeSa& newcomer, bool with_delete) = 0;
  virtual bool may_send_initial_contact(const IkeSa& sa) = 0;
};

}  // namespace ike::v2

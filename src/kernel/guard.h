// The kernel process distrusts the engine: what it is asked for must be covered by the policy that
// came from the parent, and it may touch only what it has installed itself.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "model/ports.h"

namespace ike::kernel {

inline constexpr size_t kGuardedSasMax = 1'000'000;  // SAs and flows that are remembered

class Guard {
 public:
  explicit Guard(size_t most = kGuardedSasMax) : most_(most) {}

  // An SA or flow of a connection that `policy` no longer has may still be removed.
  void set_policy(model::PolicyPtr policy);

  // Judges a request before it is carried out, and remembers what it will install.  Of removals and
  // queries only what is known stays in the request; others' SAs are none of the engine's business.
  // Fault::refused with nothing remembered when
  //  - an installation names an unknown connection, or selectors, flows or outer addresses that are
  //    not within that connection's, or no selectors at all, or the reqid of another connection;
  //  - a move names SAs that are not its reqid's, or takes them out of their connection;
  //  - an SPI is to be allocated, which the engine does by itself.
  // Fault::limit beyond `most` SAs and flows.
  Result<void> admit(model::KernelRequest& request);
  // What did not come about, or has gone by itself, is forgotten.
  void observe(const model::KernelEvent& event);

  size_t sas() const { return sas_.size(); }
  size_t flows() const { return flows_; }

 private:
  struct Sa {
    ReqId reqid;
    model::Direction direction{};
    Ticket ticket;  // of the request that put it there
  };
  // All SAs and flows of one request ID are of one connection.
  struct Group {
    ConnectionId connection;
    size_t sas = 0;
    std::vector<model::SelectorPair> flows;
  };
  // What depends on the back end's answer.
  struct Pending {
    std::vector<model::SaId> added, replaced;
    std::vector<std::pair<ReqId, model::SelectorPair>> flows;
  };

  Result<void> judge(model::InstallSas& request);
  Result<void> judge(model::RemoveSas& request);
  Result<void> judge(model::MoveSas& request);
  Result<void> judge(model::QuerySas& request);
  Result<void> judge(model::AllocateSpi& request);
  Result<void> judge(model::FindSource&) { return {}; }
  Result<void> judge(model::FlushAll& request);

  Result<void> check_group(ReqId reqid, ConnectionId connection) const;
  void remember(const model::InstallSas& request);
  void add(const model::SaId& id, const Sa& sa, ConnectionId connection);
  void forget(const model::SaId& id);
  bool forget_flow(ReqId reqid, const model::SelectorPair& selectors);
  void forget_empty(ReqId reqid);
  bool may_be_at(const Group& group, const Address& ours, const Address& peers) const;
  const model::Connection* find(ConnectionId id) const;

  size_t most_;
  model::PolicyPtr policy_;
  std::unordered_map<ConnectionId, const model::Connection*> connections_;
  std::map<model::SaId, Sa> sas_;
  std::map<ReqId, Group> groups_;
  std::multimap<Ticket, Pending> pending_;
  size_t flows_ = 0;
};

}  // namespace ike::kernel

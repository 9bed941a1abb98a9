// What the kernel tells: replies, packets that need an SA, expiry, peers that moved.
#include <algorithm>

#include "engine/core.h"
#include "ikev2/dispatch.h"
#include "ikev2/exchanges/exchange.h"
#include "ikev2/upkeep.h"
#include "model/outer_addresses.h"

namespace ike::engine {

void Core::on(const model::KernelEvent& event) {
  std::visit([this](const auto& e) { on(e); }, event);
}

void Core::on(const model::KernelReply& reply) {
  if (v2::IkeSa* sa = sa_of(reply.ticket)) {
    v2::on_completion(*sa, *this, v2::KernelDone{reply.ticket, reply.result});
    return;
  }
  if (v2::parts_of(reply.ticket).slot == v2::kNoSlot && !reply.result) {
    events_.emit(events::PortFailed{"kernel", {}, std::string(reply.result.error().what), {}});
  }
}

void Core::on(const model::Acquire& acquire) {
  ++counters_.acquires;
  const ReqidUse* const use = flows_.use_of(acquire.reqid);
  const model::ConnectionPtr connection = use == nullptr ? nullptr : policy_.find(use->connection);
  if (!connection || global_.passive || shutting_down_) {
    ++counters_.acquires_ignored;
    return;
  }
  initiate(connection, use->template_index, acquire.packet);
}

// Uses an IKE SA that is there, or begins one.  Further packets for what is under way change
// nothing.
void Core::initiate(const model::ConnectionPtr& connection, uint16_t template_index,
                    std::optional<model::SelectorPair> packet) {
  if (const auto it = by_connection_.find(connection->id); it != by_connection_.end()) {
    for (const uint32_t slot : it->second) {
      v2::IkeSa* const sa = sas_.at(slot);
      if (sa == nullptr || !sa->takes_wishes()) continue;
      if (sa->established() == nullptr) {
        if (!sa->initiator) continue;
        auto& waiting = sa->handshake().templates;
        if (std::ranges::find(waiting, template_index) == waiting.end()) {
          waiting.push_back(template_index);
        }
        return;
      }
      v2::wish(*sa, *this, v2::NewChild{template_index, std::move(packet), KeMethod::none, 0});
      return;
    }
  }
  const auto peer = connection->peer_address();
  if (!peer) {
    ++counters_.acquires_ignored;
    return;
  }
  if (initiating_ >= limits::kAcquiresPendingMax) {
    ++counters_.acquires_dropped;
    return;
  }
  v2::IkeSa* const sa = create_sa(true, draw_ike_spi());
  if (sa == nullptr) return;
  const uint16_t port = global_.natt_only ? global_.natt_port : global_.ike_port;
  sa->remote = {*peer, port};
  sa->local.port = port;
  if (connection->local && connection->local->is_host()) {
    sa->local.address = connection->local->address;
  }
  attach(*sa, connection);
  ++initiating_;
  sa->initiating_counted = true;
  auto handshake = std::make_unique<v2::Handshake>();
  handshake->packet = std::move(packet);
  handshake->templates.push_back(template_index);
  v2::initiate(*sa, *this, std::move(handshake));
}

void Core::on(const model::Expired& expired) {
  const auto out = outbound_.find(expired.id);
  const auto in = inbound_.find(expired.id.spi);
  const SaRef* const ref = out != outbound_.end() ? &out->second
                           : in != inbound_.end() ? &in->second
                                                  : nullptr;
  if (ref == nullptr) return;
  v2::IkeSa* const sa = sas_.at(ref->slot, ref->generation);
  if (sa == nullptr || sa->retired) return;
  v2::on_expired(*sa, *this, expired);
  v2::pump(*sa, *this);
}

void Core::on(const model::MappingChanged& changed) {
  const auto in = inbound_.find(changed.id.spi);
  if (in == inbound_.end()) return;
  v2::IkeSa* const sa = sas_.at(in->second.slot, in->second.generation);
  if (sa == nullptr || sa->retired || sa->established() == nullptr || sa->nat_here) return;
  if (sa->remote == changed.source) return;
  const Address& peers = changed.source.address;
  if (sa->connection && !model::admits(*sa->connection, sa->local.address, peers)) return;
  v2::move_peer(*sa, *this, changed.source);
}

}  // namespace ike::engine

#include "engine/core.h"

#include <algorithm>

#include "ikev2/dispatch.h"
#include "ikev2/upkeep.h"

namespace ike::engine {
namespace {

// Owners in the timer queue: the engine's own ones, then one for each slot.
constexpr uint32_t kActiveOwner = 0;
constexpr uint32_t kShutdownOwner = 1;
constexpr uint32_t kFirstSaOwner = 2;
constexpr Duration kShutdownAtMost = seconds(1);

}  // namespace

Core::Core(crypto::Provider& provider, Random& random, events::Sink& events, EngineConfig config)
    : provider_(provider),
      random_(random),
      events_(events),
      config_(config),
      hash_(random),
      policy_(),
      sas_(hash_),
      flows_(hash_, config.reqid_base),
      cookies_(provider, random),
      inbound_(16, hash_),
      outbound_(16, SaIdHash{hash_}),
      by_connection_(16, hash_),
      by_identity_(16, hash_) {}

Core::~Core() = default;

void Core::handle(Instant now, Input&& input, std::vector<Action>& out) {
  now_ = std::max(now_, now);
  out_ = &out;
  std::visit([this](const auto& i) { on(i); }, input);
  run_timers();
  run_nudged();
  bury_retired();
  finish_if_empty();
  out_ = nullptr;
}

// ---- timers
// ---------------------------------------------------------------------------------------

void Core::on(const Tick&) {}

void Core::run_timers() {
  while (const auto owner = timers_.pop_due(now_)) {
    if (*owner == kActiveOwner) {
      check_active();
    } else if (*owner == kShutdownOwner) {
      finished_ = true;
      out_->push_back(Finished{});
    } else if (v2::IkeSa* sa = sas_.at(*owner - kFirstSaOwner)) {
      v2::on_timers(*sa, *this);
      rearm(*sa);
    }
  }
}

void Core::rearm(v2::IkeSa& sa) {
  const Instant first = *std::ranges::min_element(sa.timers);
  if (first == v2::kNever || sa.retired) {
    timers_.cancel(sa.slot + kFirstSaOwner);
  } else {
    timers_.set(sa.slot + kFirstSaOwner, first);
  }
}

void Core::schedule_active_check(Duration from_now) { timers_.set(kActiveOwner, now_ + from_now); }

// ---- completions
// ----------------------------------------------------------------------------------

v2::IkeSa* Core::sa_of(Ticket ticket) const {
  const v2::TicketParts parts = v2::parts_of(ticket);
  v2::IkeSa* const sa = sas_.at(parts.slot, parts.generation);
  return sa != nullptr && !sa->retired ? sa : nullptr;
}

void Core::on(const CryptoDone& done) {
  if (jobs_ > 0) --jobs_;
  if (v2::IkeSa* sa = sa_of(done.ticket)) {
    v2::on_completion(*sa, *this, v2::CryptoDone{done.ticket, done.result});
  }
}

void Core::on(const model::KeysReply& reply) {
  if (v2::IkeSa* sa = sa_of(reply.ticket)) {
    v2::on_completion(*sa, *this, v2::KeysDone{reply.ticket, reply.result, reply.detail});
  }
}

// ---- the way out
// ----------------------------------------------------------------------------------

void Core::send(const Endpoint& from, const Endpoint& to, Packet packet) {
  ++counters_.messages_sent;
  out_->push_back(Send{from, to, std::move(packet)});
}

void Core::submit(model::KernelRequest request) { out_->push_back(std::move(request)); }
void Core::submit(model::KeysRequest request) { out_->push_back(std::move(request)); }
void Core::submit(Ticket ticket, crypto::Job job) {
  ++jobs_;
  out_->push_back(RunCrypto{ticket, std::move(job)});
}

Ticket Core::unattended() {
  return Ticket(uint64_t{v2::kNoSlot} << 40 | (++unattended_ & 0xffffffffff));
}

// ---- tables
// ---------------------------------------------------------------------------------------

IkeSpi Core::draw_ike_spi() {
  while (true) {
    // The first octet is the shard; the next three are not all 0, so no message of ours can be
    // taken for one with a non-ESP marker in front.
    const uint64_t drawn = random_.u64() >> 8 | uint64_t{config_.shard} << 56;
    const IkeSpi spi(drawn);
    if ((drawn & 0x00ffffff00000000) != 0 && sas_.by_spi(spi) == nullptr) return spi;
  }
}

v2::IkeSa* Core::create_sa(bool original_initiator, IkeSpi spi) {
  if (sas_.by_spi(spi) != nullptr) return nullptr;
  v2::IkeSa* const sa = sas_.create(spi);
  if (sa == nullptr) return nullptr;
  sa->initiator = original_initiator;
  (original_initiator ? sa->spi_i : sa->spi_r) = spi;
  sa->created = sa->last_heard = now_;
  sa->lineage = std::make_shared<const IkeSpi>(spi);
  ++counters_.ike_sas_created;
  return sa;
}

v2::IkeSa* Core::create_successor(const v2::IkeSa& old, bool original_initiator, IkeSpi ours) {
  v2::IkeSa* const sa = create_sa(original_initiator, ours);
  if (sa == nullptr) return nullptr;
  sa->local = old.local;
  sa->remote = old.remote;
  sa->nat_here = old.nat_here;
  sa->nat_there = old.nat_there;
  sa->encapsulate = old.encapsulate;
  sa->peer_fragments = old.peer_fragments;
  sa->lineage = old.lineage;
  sa->explained = old.explained;
  sa->explained_since = old.explained_since;
  attach(*sa, old.connection);
  return sa;
}

void Core::attach(v2::IkeSa& sa, const model::ConnectionPtr& connection) {
  if (sa.connection) {
    const auto it = by_connection_.find(sa.connection->id);
    if (it != by_connection_.end()) {
      it->second.erase(sa.slot);
      if (it->second.empty()) by_connection_.erase(it);
    }
  }
  sa.connection = connection;
  if (connection) by_connection_.try_emplace(connection->id).first->second.insert(sa.slot);
}

EspSpi Core::draw_esp_spi(const v2::IkeSa& sa) {
  while (true) {
    //= RFC 4303 section 2.1: 1 to 255 are reserved, 0 is never sent
    const EspSpi spi(random_.u32());
    if (spi.raw() < 256) continue;
    if (inbound_.try_emplace(spi, SaRef{sa.slot, sa.generation}).second) return spi;
  }
}

void Core::own_esp_spi(const v2::IkeSa& sa, EspSpi spi) {
  inbound_[spi] = SaRef{sa.slot, sa.generation};
}
void Core::release_esp_spi(EspSpi spi) { inbound_.erase(spi); }

void Core::watch_outbound(const v2::IkeSa& sa, const model::SaId& id) {
  outbound_[id] = SaRef{sa.slot, sa.generation};
}
void Core::unwatch_outbound(const model::SaId& id) { outbound_.erase(id); }

ReqId Core::reqid_for(const v2::IkeSa& sa, size_t template_index) {
  const auto index = static_cast<uint16_t>(template_index);
  if (const ReqId standing = flows_.standing(sa.connection->id, index)) return standing;
  if (const auto* e = sa.established()) {
    for (const auto& child : e->children) {
      if (child->template_index == index) return child->reqid;
    }
  }
  return flows_.allocate(sa.connection->id, index);
}

model::ConnectionPtr Core::choose(const v2::ConnectionQuery& query) {
  return policy_.choose(query);
}

std::vector<model::ConnectionPtr> Core::candidates(const Address& local, const Address& remote) {
  constexpr size_t kShown = 8;  // an explanation that nobody can read explains nothing
  return policy_.candidates(local, remote, kShown);
}

uint64_t Core::identity_digest(const model::Identity& id) const {
  const uint64_t digest = hash_.of(hash_.of(id.data), raw(id.type));
  return digest == 0 ? 1 : digest;
}

void Core::established(v2::IkeSa& sa) {
  const auto* e = sa.established();
  sa.identity_digest = identity_digest(e->peer.id());
  by_identity_.try_emplace(Ticket(sa.identity_digest)).first->second.insert(sa.slot);
  no_longer_half_open(sa);
  ++counters_.ike_sas_established;
  ++counters_.ike_sas_established_current;
}

bool Core::may_send_initial_contact(const v2::IkeSa& sa) {
  if (!sa.connection->remote_id) return false;
  const auto it = by_identity_.find(Ticket(identity_digest(*sa.connection->remote_id)));
  if (it == by_identity_.end()) return true;
  // One that only waits for its end is none.
  return std::ranges::none_of(it->second, [&](uint32_t slot) {
    const v2::IkeSa* const other = sas_.at(slot);
    return other != nullptr && other->established() != nullptr;
  });
}

void Core::remove_older(const v2::IkeSa& newcomer, bool with_delete) {
  const model::Identity& id = newcomer.established()->peer.id();
  const auto it = by_identity_.find(Ticket(identity_digest(id)));
  if (it == by_identity_.end()) return;
  const std::set<uint32_t> slots = it->second;  // closing one changes the set
  for (const uint32_t slot : slots) {
    v2::IkeSa* const old = sas_.at(slot);
    if (old == nullptr || old == &newcomer || old->retired) continue;
    const auto* e = old->established();
    if (e == nullptr || !(e->peer.id() == id)) continue;
    if (old->connection->local_id != newcomer.connection->local_id) continue;
    if (with_delete) {
      v2::wish(*old, *this, v2::DeleteIke{"sa replaced"});
    } else {
      v2::close(*old, *this, "initial contact");
    }
  }
}

void Core::retire(v2::IkeSa& sa) {
  if (sa.retired) return;
  sa.retired = true;
  retired_.push_back({sa.slot, sa.generation});
}

void Core::run_nudged() {
  for (size_t i = 0; i < nudged_.size(); ++i) {
    v2::IkeSa* const sa = sas_.at(nudged_[i].slot, nudged_[i].generation);
    if (sa != nullptr && !sa->retired) v2::pump(*sa, *this);
  }
  nudged_.clear();
}

void Core::bury_retired() {
  // Burying one may retire another (a successor that fails), so the list may grow meanwhile.
  for (size_t i = 0; i < retired_.size(); ++i) {
    v2::IkeSa* const sa = sas_.at(retired_[i].slot, retired_[i].generation);
    if (sa == nullptr) continue;
    forget(*sa);
    sas_.erase(*sa);
    ++counters_.ike_sas_removed;
  }
  retired_.clear();
}

void Core::no_longer_half_open(v2::IkeSa& sa) {
  if (sa.init_digest != 0) sas_.forget_init(sa.init_digest);
  sa.init_digest = 0;
  if (sa.half_open_counted) admission_.remove(sa.half_open_source);
  sa.half_open_counted = false;
  if (sa.initiating_counted) --initiating_;
  sa.initiating_counted = false;
}

void Core::forget(v2::IkeSa& sa) {
  timers_.cancel(sa.slot + kFirstSaOwner);
  no_longer_half_open(sa);
  if (sa.identity_digest != 0) {
    const auto it = by_identity_.find(Ticket(sa.identity_digest));
    if (it != by_identity_.end()) {
      it->second.erase(sa.slot);
      if (it->second.empty()) by_identity_.erase(it);
    }
  }
  attach(sa, nullptr);
}

// ---- the end
// --------------------------------------------------------------------------------------

void Core::on(const Shutdown&) {
  shutting_down_ = true;
  timers_.cancel(kActiveOwner);
  sas_.for_each([this](v2::IkeSa& sa) {
    if (sa.retired) return;
    if (sa.established() != nullptr) {
      v2::wish(sa, *this, v2::DeleteIke{"shutdown"});
    } else if (!sa.closing()) {
      v2::close(sa, *this, "shutdown");
    }
  });
  timers_.set(kShutdownOwner, now_ + kShutdownAtMost);
}

void Core::finish_if_empty() {
  if (!shutting_down_ || finished_ || sas_.size() > 0) return;
  finished_ = true;
  timers_.cancel(kShutdownOwner);
  out_->push_back(Finished{});
}

}  // namespace ike::engine

#include "esp/pipeline.h"

#include <algorithm>
#include <cstring>

#include "esp/selector.h"

namespace ike::esp {
namespace {

constexpr Duration kAcquireAgain = seconds(10);  // the engine may have given up meanwhile
constexpr uint16_t kPathMtuDefault = 1500;
constexpr size_t kIpv6MtuMin = 1280;
constexpr size_t kUdpHeader = 8;

size_t hash_of(const FlowKey& flow) {
  uint64_t h =
      uint64_t{flow.source_port} << 32 | uint64_t{flow.destination_port} << 8 | flow.protocol;
  const auto mix = [&h](Bytes octets) {
    for (size_t i = 0; i + 4 <= octets.size(); i += 4) {
      const uint64_t word = uint64_t{octets[i]} << 24 | uint64_t{octets[i + 1]} << 16 |
                            uint64_t{octets[i + 2]} << 8 | octets[i + 3];
      h = (h ^ word) * 0x9e3779b97f4a7c15u;
    }
  };
  mix(flow.source.octets());
  mix(flow.destination.octets());
  return static_cast<size_t>(h >> 40);
}

size_t outer_overhead(const Sa& sa) {
  return header_size(sa.path.destination.family()) + (sa.path.encapsulation ? kUdpHeader : 0);
}

}  // namespace

size_t AddressHash::operator()(const Address& address) const noexcept {
  return hash_of({.source = address, .destination = {}});
}

// ---- outbound
// -------------------------------------------------------------------------------------

const Pipeline::CachedFlow& Pipeline::resolve(const FlowKey& flow) {
  CachedFlow& entry = cache_[hash_of(flow) % cache_.size()];
  if (entry.generation == generation_ && entry.flow == flow) return entry;
  Rule* const rule = spd_.find(flow);
  const bool protects = rule != nullptr && rule->flow.action == model::FlowAction::protect;
  Sa* const sa = protects ? sad_.outbound(rule->flow.reqid, flow) : nullptr;
  entry = {flow, generation_, rule, sa};
  return entry;
}

void Pipeline::outbound(Instant now, MutableBytes packet, const Offload& offload, Batch& out) {
  auto ip = parse_ip(packet);
  if (!ip) {
    ++stats_.malformed;
    return;
  }
  fragments_out_.follow(now, *ip);
  const MutableBytes whole = packet.first(ip->size);
  const CachedFlow& found = resolve(ip->flow);
  if (found.rule == nullptr || found.rule->flow.action == model::FlowAction::bypass) {
    //= RFC 4301 section 7: a fragment whose ports nobody knows never leaves unprotected
    if (ip->later_fragment() && !ip->flow.ports_known && spd_.may_cover(ip->flow)) {
      ++stats_.not_carried;
      return;
    }
    ++stats_.bypassed;
    pass_clear(whole, *ip, offload, out);
  } else if (found.rule->flow.action == model::FlowAction::discard) {
    ++stats_.discarded;
  } else if (found.sa == nullptr) {
    hold(now, *found.rule, whole, *ip, offload);
  } else {
    protect(now, *found.rule, *found.sa, whole, *ip, offload, out);
  }
}

void Pipeline::pass_clear(MutableBytes packet, const IpPacket& ip, const Offload& offload,
                          Batch& out) {
  if (offload.gso == Gso::none) {
    if (complete_checksum(packet, offload)) out.clear_text.push_back(packet);
    return;
  }
  const auto segments = Segmenter::make(packet, ip, offload);
  for (size_t i = 0; segments && i < segments->count(); ++i) {
    const MutableBytes copy = out.take(segments->size_of(i));
    if (copy.empty()) return;
    segments->write(i, copy);
    out.clear_text.push_back(copy);
  }
}

size_t Pipeline::inner_mtu(Sa& sa) const {
  if (sa.inner_mtu_of == path_generation_) return sa.inner_mtu;
  const auto known = path_mtu_.find(sa.path.destination);
  const size_t path = known == path_mtu_.end() ? kPathMtuDefault : known->second;
  const size_t payload = sa.codec.payload_within(path - outer_overhead(sa));
  // In transport mode the inner header is the outer one.
  sa.inner_mtu = sa.mode == model::Mode::tunnel
                     ? payload
                     : payload + header_size(sa.path.destination.family());
  sa.inner_mtu_of = path_generation_;
  return sa.inner_mtu;
}

namespace {

// The largest packet that leaves for one from the inside, before it is protected.
size_t largest_piece(Bytes packet, const IpPacket& ip, const Offload& offload) {
  if (offload.gso == Gso::none) return ip.size;
  const auto segments = Segmenter::make(packet, ip, offload);
  return segments ? segments->size_of(0) : 0;  // no superframe at all: whoever cuts it will say so
}

}  // namespace

void Pipeline::protect(Instant now, Rule& rule, Sa& sa, MutableBytes packet, const IpPacket& ip,
                       const Offload& offload, Batch& out) {
  if (sa.exhausted()) {
    ++generation_;
    hold(now, rule, packet, ip, offload);
    return;
  }
  if (sa.mode == model::Mode::transport &&
      (ip.fragment || ip.header_size != header_size(ip.flow.source.family()))) {
    //= RFC 4301 section 4.1: transport mode is for whole packets
    ++stats_.not_carried;
    return;
  }
  const size_t fitting = inner_mtu(sa);
  //= RFC 8200 section 5: no IPv6 sender goes below 1280; a narrower path gets fragments of ESP
  const bool v6 = ip.flow.source.family() == Family::ipv6;
  const size_t mtu = v6 ? std::max(fitting, kIpv6MtuMin) : fitting;
  if (largest_piece(packet, ip, offload) <= mtu) {
    if (offload.gso != Gso::none) {
      seal_superframe(now, sa, packet, ip, offload, out);
    } else if (complete_checksum(packet, offload)) {
      seal_one(now, sa, packet, ip, out);
    }
    return;
  }
  if (offload.gso == Gso::none && !ip.dont_fragment && sa.mode == model::Mode::tunnel) {
    if (!complete_checksum(packet, offload)) return;
    std::vector<Blob> fragments;
    fragment_ipv4(packet, ip, static_cast<uint16_t>(mtu), fragments);
    for (const Blob& fragment : fragments) {
      const auto piece = parse_ip(fragment);
      if (!piece || !seal_one(now, sa, fragment, *piece, out)) return;
    }
    return;
  }
  answer_too_big(now, packet, ip, mtu, out);
}

//= RFC 4301 section 8.2.1: the sender is told what fits
void Pipeline::answer_too_big(Instant now, Bytes packet, const IpPacket& ip, size_t mtu,
                              Batch& out) {
  ++stats_.too_big;
  Blob answer = too_big(packet, ip, static_cast<uint16_t>(std::min<size_t>(mtu, 0xffff)));
  if (answer.empty()) return;
  if (out.to_inside.size() >= kBatchAnswersMax || !answers_.take(now)) {
    ++stats_.answers_withheld;
    return;
  }
  out.to_inside.push_back(std::move(answer));
}

MutableBytes Pipeline::begin_seal(Sa& sa, size_t payload, Batch& out) {
  if (sa.exhausted()) return {};
  return out.reserve(sa.codec.sealed_size(payload));
}

void Pipeline::finish_seal(Instant now, Sa& sa, MutableBytes sealed, size_t payload, uint8_t next) {
  sa.codec.seal(sa.id.spi, ++sa.sequence, ivs_, sealed, payload, next);
  sa.account(now, payload);
  ++stats_.sealed;
  check_limits(sa);
}

bool Pipeline::seal_one(Instant now, Sa& sa, Bytes packet, const IpPacket& ip, Batch& out) {
  const bool tunnel = sa.mode == model::Mode::tunnel;
  const bool v6 = ip.flow.source.family() == Family::ipv6;
  const Bytes payload =
      tunnel ? packet.first(ip.size) : packet.subspan(ip.header_size, ip.size - ip.header_size);
  const uint8_t next = !tunnel ? ip.flow.protocol : v6 ? ipproto::kIpv6 : ipproto::kIpv4;
  const MutableBytes sealed = begin_seal(sa, payload.size(), out);
  if (sealed.empty()) return false;
  std::memcpy(sealed.data() + sa.codec.front(), payload.data(), payload.size());
  finish_seal(now, sa, sealed, payload.size(), next);
  //= RFC 4301 section 5.1.2.1: DSCP and ECN are copied to the outer header
  out.commit(sa, ip.tos, sealed.size(), ip.size > inner_mtu(sa));
  return true;
}

void Pipeline::seal_superframe(Instant now, Sa& sa, Bytes packet, const IpPacket& ip,
                               const Offload& offload, Batch& out) {
  const auto segments = Segmenter::make(packet, ip, offload);
  if (!segments) {
    ++stats_.malformed;
    return;
  }
  const bool tunnel = sa.mode == model::Mode::tunnel;
  const bool v6 = ip.flow.source.family() == Family::ipv6;
  const size_t skipped = tunnel ? 0 : ip.header_size;
  const size_t fitting = inner_mtu(sa);
  const uint8_t next = !tunnel ? ip.flow.protocol : v6 ? ipproto::kIpv6 : ipproto::kIpv4;
  std::array<uint8_t, 2048> whole;
  for (size_t i = 0; i < segments->count(); ++i) {
    const size_t size = segments->size_of(i);
    const MutableBytes sealed = begin_seal(sa, size - skipped, out);
    if (sealed.empty() || (!tunnel && size > whole.size())) return;
    if (tunnel) {
      segments->write(i, sealed.subspan(sa.codec.front(), size));
    } else {
      segments->write(i, MutableBytes(whole).first(size));
      std::memcpy(sealed.data() + sa.codec.front(), whole.data() + skipped, size - skipped);
    }
    finish_seal(now, sa, sealed, size - skipped, next);
    out.commit(sa, ip.tos, sealed.size(), size > fitting);
  }
}

// ---- packets that wait for their SA
// ---------------------------------------------------------------

void Pipeline::hold(Instant now, Rule& rule, Bytes packet, const IpPacket& ip,
                    const Offload& offload) {
  ++stats_.held;
  while (!rule.held.empty() && (rule.held.size() >= bounds_.held_per_flow ||
                                rule.held_octets + packet.size() > bounds_.held_octets_per_flow)) {
    rule.held_octets -= rule.held.front().packet.size();
    rule.held.pop_front();
    --held_total_;
    ++stats_.held_dropped;
  }
  if (held_total_ < bounds_.held) {
    rule.held.push_back({to_blob(packet), offload});
    rule.held_octets += packet.size();
    ++held_total_;
  } else {
    ++stats_.held_dropped;
  }
  if (rule.acquired_at && now - *rule.acquired_at < kAcquireAgain) return;
  rule.acquired_at = now;
  const auto port_range = [&](uint16_t port) {
    return ip.flow.ports_known ? std::pair{port, port} : std::pair<uint16_t, uint16_t>{0, 0xffff};
  };
  const auto selector = [&](const Address& address, uint16_t port) {
    const auto [first, last] = port_range(port);
    return model::TrafficSelector{ip.flow.protocol, first, last, {address, address}};
  };
  events_.push_back(model::Acquire{rule.flow.reqid,
                                   {selector(ip.flow.source, ip.flow.source_port),
                                    selector(ip.flow.destination, ip.flow.destination_port)}});
}

void Pipeline::release(Instant now, ReqId reqid, Batch& out) {
  for (Rule* rule : spd_.of(reqid)) {
    rule->acquired_at.reset();
    std::deque<HeldPacket> held;
    held.swap(rule->held);
    held_total_ -= held.size();
    rule->held_octets = 0;
    for (HeldPacket& waiting : held) {
      outbound(now, waiting.packet, waiting.offload, out);
      // Clear text would refer to memory that ends here; a protecting rule makes none.
      out.clear_text.clear();
    }
  }
}

// ---- inbound
// --------------------------------------------------------------------------------------

Pipeline::Inner Pipeline::inbound(Instant now, const Received& in, Batch& out) {
  const auto header = parse_esp_header(in.esp);
  if (!header) return ++stats_.malformed, Inner{};
  Sa* const sa = sad_.inbound(header->spi);
  if (sa == nullptr) return ++stats_.unknown_spi, Inner{};
  //= RFC 4301 section 4.4.2.1: nothing comes by an SA whose lifetime is over
  if (sa->exhausted()) return ++stats_.discarded, Inner{};
  const uint64_t sequence = sa->replay.complete(header->sequence);
  if (!sa->replay.fresh(sequence)) {
    ++sa->replayed;
    ++stats_.replayed;
    return {};
  }
  const auto opened = sa->codec.open(sequence, in.esp);
  if (!opened) {
    ++(opened.error().fault == Fault::unauthenticated ? sa->failed : stats_.malformed);
    ++stats_.failed;
    return {};
  }
  //= RFC 4303 section 3.4.3: the window moves only after the packet proved itself
  sa->replay.accept(sequence);
  sa->account(now, opened->payload.size());
  ++stats_.opened;
  check_limits(*sa);
  note_source(*sa, in);
  //= RFC 4303 section 2.6: a dummy packet
  if (opened->next_header == ipproto::kNoNext) return {};
  Inner inner = sa->mode == model::Mode::tunnel
                    ? tunnel_inner(*sa, opened->payload, opened->next_header, in.tos)
                    : transport_inner(in, opened->payload, opened->next_header, out);
  fragments_in_.follow(now, inner.ip);
  //= RFC 4301 section 5.2: the packet must fit the selectors of its SA
  if (!inner.packet.empty() && !carries(sa->selectors, inner.ip.flow.reversed())) {
    ++stats_.selector_mismatch;
    return {};
  }
  return inner;
}

Pipeline::Inner Pipeline::tunnel_inner(const Sa&, MutableBytes payload, uint8_t next,
                                       uint8_t outer_tos) {
  const auto ip = parse_ip(payload);
  const bool fits =
      ip && next == (ip->flow.source.family() == Family::ipv6 ? ipproto::kIpv6 : ipproto::kIpv4);
  if (!fits) return ++stats_.malformed, Inner{};
  // What follows the packet is traffic flow confidentiality padding (RFC 4303 section 2.7).
  const MutableBytes packet = payload.first(ip->size);
  const auto tos = decapsulated_tos(ip->tos, outer_tos);
  if (!tos) return ++stats_.discarded, Inner{};
  if (*tos != ip->tos) set_tos(packet, *tos);
  return {packet, *ip};
}

Pipeline::Inner Pipeline::transport_inner(const Received& in, Bytes payload, uint8_t next,
                                          Batch& out) {
  const size_t header = header_size(in.to.family());
  const MutableBytes packet = out.take(header + payload.size());
  if (packet.empty() || packet.size() > 0xffff) return ++stats_.not_carried, Inner{};
  write_header(packet.first(header), {in.from.address, in.to, next, in.tos, 64}, payload.size());
  std::memcpy(packet.data() + header, payload.data(), payload.size());
  const auto ip = parse_ip(packet);
  if (!ip) return ++stats_.malformed, Inner{};
  //= RFC 3948 section 3.1.2: a NAT changed the addresses that the checksum covers
  if (in.from.port != 0) refresh_upper_checksum(packet, *ip);
  return {packet, *ip};
}

void Pipeline::note_source(Sa& sa, const Received& in) {
  if (in.from.port == 0 || !sa.path.encapsulation) return;
  const Endpoint expected{sa.path.source, sa.path.encapsulation->source_port};
  if (in.from == expected || in.from == sa.told_source) return;
  sa.told_source = in.from;
  events_.push_back(model::MappingChanged{sa.id, in.from});
}

}  // namespace ike::esp

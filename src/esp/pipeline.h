// The way of packets through our own ESP: policy, SA, numbers, encryption; and back.  Pure: packets
// and the time come in, a Batch and events come out.
#pragma once

#include <array>
#include <set>
#include <vector>

#include "crypto/provider.h"
#include "esp/answer_budget.h"
#include "esp/bounds.h"
#include "esp/coalesce.h"
#include "esp/fragment_ports.h"
#include "esp/sad.h"
#include "esp/spd.h"
#include "model/ports.h"

namespace ike::esp {

// Sealed packets of one SA, one after the other in the batch's memory, all of `segment_size` but
// the last, which may be smaller: what one send with segmentation offload takes.
struct Run {
  OuterPath path;
  uint8_t tos = 0;            // of the outer header
  bool may_fragment = false;  // the outer packets are wider than the path and may be cut
  size_t offset = 0;
  size_t size = 0;
  size_t segment_size = 0;
  size_t count = 0;
};

// What is to be sent.  Reused: it keeps its memory.
class Batch {
 public:
  Batch() : memory_(kBatchMemory) {}
  bool wants_flush() const { return used_ > kBatchFlushAt; }
  void clear();

  std::vector<Run> runs;          // to the network, as ESP
  std::vector<Bytes> clear_text;  // to the network as they are: the policy lets them pass
  std::vector<Blob> to_inside;    // ICMP for the senders inside
  Bytes data(const Run& run) const { return Bytes(memory_).subspan(run.offset, run.size); }

 private:
  friend class Pipeline;
  // The next octets, empty when the memory is used up; taken for good by commit() or take().
  MutableBytes reserve(size_t size);
  MutableBytes take(size_t size);
  void commit(const Sa& sa, uint8_t tos, size_t size, bool may_fragment);

  Blob memory_;
  size_t used_ = 0;
  const void* last_sa_ = nullptr;
  bool last_run_closed_ = true;
};

struct AddressHash {
  size_t operator()(const Address& address) const noexcept;
};

struct Received {
  MutableBytes esp;  // from the SPI on; decrypted in place
  Endpoint from;     // port 0 when it came without UDP
  Address to;
  uint8_t tos = 0;  // of the outer header
};

// What happened to packets; names are stable.
struct PipelineStats {
  uint64_t sealed = 0, opened = 0, bypassed = 0, discarded = 0, held = 0, held_dropped = 0;
  uint64_t malformed = 0, unknown_spi = 0, replayed = 0, failed = 0, selector_mismatch = 0;
  uint64_t too_big = 0, answers_withheld = 0, not_carried = 0;
};

class Pipeline {
 public:
  Pipeline(crypto::Provider& provider, Random& random, const Bounds& bounds = {})
      : provider_(provider),
        ivs_(random),
        bounds_(bounds),
        answers_(bounds.answers_per_second, bounds.answers_at_once) {}

  // ---- SAs and flows
  // ----------------------------------------------------------------------------- All or nothing.
  // Packets that waited for these SAs go into `out`.
  Result<void> install(Instant now, const model::InstallSas& request, Batch& out);
  void remove(const model::RemoveSas& request);
  Result<void> move(const model::MoveSas& request);
  std::vector<model::SaCounters> query(Instant now, const model::QuerySas& request) const;
  void flush_all();
  bool has(EspSpi inbound) const { return sad_.inbound(inbound) != nullptr; }
  const Spd& spd() const { return spd_; }

  // What the path to `remote` takes, outer headers included.
  void set_path_mtu(const Address& remote, uint16_t mtu);

  // ---- packets
  // ----------------------------------------------------------------------------------- A whole IP
  // packet (or superframe) from the inside; changed in place where its checksum is due. What `out`
  // refers to of it must be sent before the memory is used again.
  void outbound(Instant now, MutableBytes packet, const Offload& offload, Batch& out);
  // The inner packet of `in`, empty when it is dropped.  It lies in `in.esp`, or in transport mode
  // in the memory of `out`.
  struct Inner {
    MutableBytes packet;
    IpPacket ip;
  };
  Inner inbound(Instant now, const Received& in, Batch& out);

  // ---- events
  // ------------------------------------------------------------------------------------
  std::optional<Instant> next_deadline() const;
  // Looks at lifetimes and appends what there is to tell: Acquire, Expired, MappingChanged.
  void collect(Instant now, std::vector<model::KernelEvent>& out);

  const PipelineStats& stats() const { return stats_; }

 private:
  struct CachedFlow {
    FlowKey flow;
    uint64_t generation = 0;
    Rule* rule = nullptr;
    Sa* sa = nullptr;
  };

  const CachedFlow& resolve(const FlowKey& flow);
  void protect(Instant now, Rule& rule, Sa& sa, MutableBytes packet, const IpPacket& ip,
               const Offload& offload, Batch& out);
  bool seal_one(Instant now, Sa& sa, Bytes packet, const IpPacket& ip, Batch& out);
  void answer_too_big(Instant now, Bytes packet, const IpPacket& ip, size_t mtu, Batch& out);
  void seal_superframe(Instant now, Sa& sa, Bytes packet, const IpPacket& ip,
                       const Offload& offload, Batch& out);
  void pass_clear(MutableBytes packet, const IpPacket& ip, const Offload& offload, Batch& out);
  void hold(Instant now, Rule& rule, Bytes packet, const IpPacket& ip, const Offload& offload);
  void release(Instant now, ReqId reqid, Batch& out);
  size_t inner_mtu(Sa& sa) const;
  MutableBytes begin_seal(Sa& sa, size_t payload, Batch& out);
  void finish_seal(Instant now, Sa& sa, MutableBytes sealed, size_t payload, uint8_t next);
  void schedule(const Sa& sa);
  void unschedule(const Sa& sa);
  void forget(const model::SaId& id);
  size_t new_flows(const model::InstallSas& request) const;
  void check_limits(Sa& sa);
  Inner tunnel_inner(const Sa& sa, MutableBytes payload, uint8_t next, uint8_t outer_tos);
  Inner transport_inner(const Received& in, Bytes payload, uint8_t next, Batch& out);
  void note_source(Sa& sa, const Received& in);

  crypto::Provider& provider_;
  IvPool ivs_;
  const Bounds bounds_;
  AnswerBudget answers_;
  FragmentPorts fragments_out_, fragments_in_;
  Sad sad_;
  Spd spd_;
  PipelineStats stats_;
  uint64_t generation_ = 1;  // of SAD and SPD; older cache entries are void
  std::array<CachedFlow, kFlowCacheSize> cache_{};
  std::unordered_map<Address, uint16_t, AddressHash> path_mtu_;
  uint64_t path_generation_ = 1;  // of path_mtu_ and of the SAs' paths
  std::set<std::pair<Instant, model::SaId>> deadlines_;
  std::vector<model::SaId> due_;  // SAs that met a limit by volume
  std::vector<model::KernelEvent> events_;
  size_t held_total_ = 0;
};

}  // namespace ike::esp

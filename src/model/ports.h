// The vocabulary between the engine and its surroundings: kernel, keys, operator.  Requests carry a
// Ticket that their reply repeats; a reply to an unknown ticket is ignored.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/policy.h"
#include "model/sa_spec.h"

namespace ike::model {

// ---- kernel ------------------------------------------------------------------------------------

// All or nothing: on an error nothing of it stays.  `connection` is what the guard checks against.
struct InstallSas {
  Ticket ticket;
  ConnectionId connection;
  std::vector<SaSpec> sas;
  std::vector<FlowSpec>
      flows;  // a flow that is there already (same reqid and selectors) is updated
};
// Unknown SAs and flows are not an error.
struct RemoveSas {
  Ticket ticket;
  std::vector<SaId> sas;
  std::vector<FlowSpec> flows;
};
struct SaMove {
  SaId id;  // as it is now
  Address source;
  Address destination;
  std::optional<Encapsulation> encapsulation;
};
// New outer addresses for SAs that go on with their keys and counters, and for their flows.
struct MoveSas {
  Ticket ticket;
  ReqId reqid;
  std::vector<SaMove> sas;
  Address tunnel_local;
  Address tunnel_remote;
};
struct QuerySas {
  Ticket ticket;
  std::vector<SaId> sas;
};
struct AllocateSpi {
  Ticket ticket;
  Address local;
  Address remote;
  ProtocolId protocol = ProtocolId::esp;
};
// Which address of ours would packets to `remote` leave from?
struct FindSource {
  Ticket ticket;
  Address remote;
};
// Everything that we ever installed goes; what others installed stays.
struct FlushAll {
  Ticket ticket;
};
using KernelRequest =
    std::variant<InstallSas, RemoveSas, MoveSas, QuerySas, AllocateSpi, FindSource, FlushAll>;

struct KernelAnswer {
  EspSpi spi;                        // AllocateSpi
  Address source;                    // FindSource
  std::vector<SaCounters> counters;  // QuerySas, in the order asked; an unknown SA is left out
};
struct KernelReply {
  Ticket ticket;
  Result<KernelAnswer> result;
};
// A packet met a protecting flow that has no SA.  The packet itself is kept or lost by the kernel.
struct Acquire {
  ReqId reqid;
  SelectorPair packet;  // hosts, ports and protocol of the packet
};
struct Expired {
  SaId id;
  bool hard = false;  // hard: the SA is gone already
};
// Authenticated ESP came from another address or port than the SA has.
struct MappingChanged {
  SaId id;
  Endpoint source;
};
using KernelEvent = std::variant<KernelReply, Acquire, Expired, MappingChanged>;

// ---- keys --------------------------------------------------------------------------------------

// AUTH by shared key for both sides: prf(prf(psk, "Key Pad for IKEv2"), octets), RFC 7296 2.15.
struct PskMacs {
  Ticket ticket;
  ConnectionId connection;
  IkeSpi spi_i, spi_r;  // for the audit: one use per IKE SA
  PrfId prf = PrfId::none;
  Blob our_octets;
  Blob peer_octets;
};
struct SignAuth {
  Ticket ticket;
  ConnectionId connection;
  IkeSpi spi_i, spi_r;
  std::vector<SignatureHash> peer_hashes;  // from SIGNATURE_HASH_ALGORITHMS; empty = none sent
  Blob octets;
};
// The raw public key that belongs to an identity.
struct FindPeerKey {
  Ticket ticket;
  ConnectionId connection;
  Identity peer;
};
using KeysRequest = std::variant<PskMacs, SignAuth, FindPeerKey>;

struct PskMacsMade {
  Blob ours;
  Blob peers;  // what the peer must have sent; compare in constant time
};
struct AuthSigned {
  AuthMethod method = AuthMethod::none;
  Blob data;  // the Authentication Data field, for method 14 with its algorithm prefix
  CertEncoding cert_encoding{};
  Blob certificate;  // our raw public key in the encoding the original uses; empty = send none
};
struct PeerKeyFound {
  Blob spki;  // SubjectPublicKeyInfo, DER
};
using KeysAnswer = std::variant<PskMacsMade, AuthSigned, PeerKeyFound>;
struct KeysReply {
  Ticket ticket;
  Result<KeysAnswer> result;
  std::string detail;  // for the operator's log when it failed: which file, what is wrong with it
};

// ---- operator ----------------------------------------------------------------------------------

struct ShowSas {};
struct ShowStats {};
struct SetPassive {
  bool passive = false;
};
struct SetCoupled {
  bool coupled = true;
};
struct ResetSas {
  bool established_with_delete = true;
  std::string peer_id;  // "FQDN/gw.example.org"; empty = all
};
struct ResetPolicy {};
struct ResetAll {};
struct ControlRequest {
  Ticket ticket;
  std::variant<ShowSas, ShowStats, SetPassive, SetCoupled, ResetSas, ResetPolicy, ResetAll> command;
};

struct ChildSaReport {
  EspSpi spi;
  ProtocolId protocol = ProtocolId::esp;
  Direction direction = Direction::inbound;
  Address source, destination;
  bool loaded = false, rekeying = false, allocated_by_us = false;
  EspSpi partner;
  SaAlgorithms algorithms;
  uint64_t bytes = 0, packets = 0;
};
struct FlowReport {
  SelectorPair selectors;
  ProtocolId protocol = ProtocolId::esp;
  bool loaded = false;
};
struct IkeSaReport {
  IkeSpi spi_i, spi_r;
  Endpoint local, remote;
  std::string local_id, remote_id;  // empty while unknown
  std::string state;                // ESTABLISHED, SA_INIT, ...
  bool initiator = false, natt = false, encapsulated = false;
  std::string policy;
  Origin origin;
  Suite suite;
  seconds age{0};
  std::vector<ChildSaReport> children;
  std::vector<FlowReport> flows;
};
struct Counter {
  std::string name;  // stable, for scripts: "ike_sas_established"
  uint64_t value = 0;
};
struct ControlReply {
  Ticket ticket;
  bool last = true;  // false: more replies with this ticket follow
  Result<void> result;
  std::string detail;  // for the operator, when result is an error
  std::vector<IkeSaReport> sas;
  std::vector<Counter> counters;
};

}  // namespace ike::model

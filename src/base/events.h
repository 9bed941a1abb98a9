// What the engine has to tell people and scripts.  An event is a value: sinks turn it into syslog
// lines, JSON or counters, and drop what nobody wants before any text is made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/net.h"
#include "base/numbers.h"
#include "base/strong.h"

namespace ike::events {

enum class Severity : uint8_t { debug, info, notice, warning, error, critical };

struct MessageSent {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "message_sent";
  IkeSpi spi_i;
  ExchangeType exchange{};
  bool response = false;
  MessageId id;
  Endpoint peer, local;
  size_t size = 0;
  bool natt = false;
};
struct MessageReceived {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "message_received";
  IkeSpi spi_i;
  ExchangeType exchange{};
  bool response = false;
  MessageId id;
  Endpoint peer, local;
  size_t size = 0;
  std::string policy;  // empty while none is chosen
};
struct IkeSaEstablished {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "ike_sa_established";
  IkeSpi spi_i, spi_r;
  Endpoint peer, local;
  std::string peer_id, local_id, policy;
  bool initiator = false;
  std::string suite;
};
struct IkeSaRekeyed {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "ike_sa_rekeyed";
  IkeSpi spi_i;  // of the old one
  IkeSpi new_spi_i;
  std::string policy, suite;
};
struct IkeSaGone {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "ike_sa_gone";
  IkeSpi spi_i;
  Endpoint peer;
  std::string policy;
  std::string reason;
};
struct ChildSaEstablished {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "child_sa_established";
  IkeSpi spi_i;
  EspSpi inbound, outbound;
  std::string policy, suite, local_ts, remote_ts;
  bool rekeyed = false;
};
struct ChildSaGone {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "child_sa_gone";
  IkeSpi spi_i;
  EspSpi inbound, outbound;
  std::string policy, reason;
};
// A negotiation that ended without agreement, explained for the operator: several lines.
struct NegotiationRefused {
  static constexpr Severity kSeverity = Severity::warning;
  static constexpr std::string_view kName = "negotiation_refused";
  IkeSpi spi_i;
  Endpoint peer;
  std::string cause;        // NO_PROPOSAL_CHOSEN, TS_UNACCEPTABLE, ...
  std::string explanation;  // what was offered beside what each policy takes
};
// Something a peer should not have sent.  Rate-limited; `suppressed` counts what was not told.
struct PeerMisbehaved {
  static constexpr Severity kSeverity = Severity::notice;
  static constexpr std::string_view kName = "peer_misbehaved";
  Endpoint peer;
  std::string_view misdeed;
  uint32_t at = 0;
  uint64_t suppressed = 0;
};
// Another part of the machine refused: kernel, keys.
struct PortFailed {
  static constexpr Severity kSeverity = Severity::error;
  static constexpr std::string_view kName = "port_failed";
  std::string_view port;  // "kernel", "keys"
  std::string policy, what, detail;
};
struct PolicyLoaded {
  static constexpr Severity kSeverity = Severity::info;
  static constexpr std::string_view kName = "policy_loaded";
  size_t connections = 0, added = 0, removed = 0, kept = 0;
};
struct Notice {
  Severity severity = Severity::info;
  static constexpr std::string_view kName = "notice";
  std::string text;
};

using Event = std::variant<MessageSent, MessageReceived, IkeSaEstablished, IkeSaRekeyed, IkeSaGone,
                           ChildSaEstablished, ChildSaGone, NegotiationRefused, PeerMisbehaved,
                           PortFailed, PolicyLoaded, Notice>;

Severity severity_of(const Event& event);
std::string_view name_of(const Event& event);
// One line (NegotiationRefused: several), in the wording administrators of iked look for.
std::string to_text(const Event& event);
// Field names and values, for JSON and journald.
std::vector<std::pair<std::string_view, std::string>> fields_of(const Event& event);

class Sink {
 public:
  virtual ~Sink() = default;
  // Ask before making an event that costs: false means that it would be dropped.
  virtual bool wants(Severity severity) const = 0;
  virtual void emit(const Event& event) = 0;
};

}  // namespace ike::events

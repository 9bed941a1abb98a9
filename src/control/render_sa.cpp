// The text and the JSON of show sa.
#include <fmt/core.h>

#include <algorithm>

#include "base/printable.h"
#include "control/json.h"
#include "control/render.h"

namespace ike::control {

namespace {

using model::ChildSaReport;
using model::FlowReport;
using model::IkeSaReport;

// Where the original prints addresses of its memory.  FNV-1a of what the object is: the same object
// has the same token in the next listing too.
class Token {
 public:
  explicit Token(char kind) { add(static_cast<uint8_t>(kind)); }
  Token& add(uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) add_octet(static_cast<uint8_t>(value >> shift));
    return *this;
  }
  Token& add(std::string_view text) {
    for (const uint8_t octet : as_bytes(text)) add_octet(octet);
    return *this;
  }
  std::string text() const { return fmt::format("0x{:012x}", hash_ >> 16); }

 private:
  void add_octet(uint8_t octet) { hash_ = (hash_ ^ octet) * 0x100000001b3; }

  uint64_t hash_ = 0xcbf29ce484222325;
};

constexpr std::string_view kNothing = "0x0";

std::string token_of(const IkeSaReport& sa) {
  return Token('s').add(sa.spi_i.raw()).add(sa.spi_r.raw()).text();
}
std::string child_token(const IkeSaReport& sa, EspSpi spi, model::Direction direction) {
  return Token('c')
      .add(sa.spi_i.raw())
      .add(sa.spi_r.raw())
      .add(spi.raw())
      .add(static_cast<uint64_t>(direction))
      .text();
}
std::string partner_token(const IkeSaReport& sa, const ChildSaReport& c) {
  if (!c.partner) return std::string(kNothing);
  return child_token(sa, c.partner,
                     c.direction == model::Direction::inbound ? model::Direction::outbound
                                                              : model::Direction::inbound);
}

void sa_line(std::string& out, std::string_view title, const IkeSaReport& sa) {
  out +=
      fmt::format("{}: {} rspi 0x{:016x} ispi 0x{:016x} {}->{}<{}>[] {} {}{}{} nexti {} pol {}\n",
                  title, token_of(sa), sa.spi_r.raw(), sa.spi_i.raw(), sa.local.text(),
                  sa.remote.text(), printable(sa.remote_id), printable(sa.state),
                  sa.initiator ? 'i' : 'r', sa.natt ? " natt" : "",
                  sa.encapsulated ? " udpecap" : "", kNothing, Token('p').add(sa.policy).text());
}

void child_line(std::string& out, std::string_view title, const IkeSaReport& sa,
                const ChildSaReport& c) {
  out += fmt::format("{}: {} {} 0x{:08x} {} {} -> {} ({}{}{}) B={} P={} @{}", title,
                     child_token(sa, c.spi, c.direction), to_text(c.protocol), c.spi.raw(),
                     c.direction == model::Direction::inbound ? "in" : "out", c.source.text(),
                     c.destination.text(), c.loaded ? "L" : "", c.rekeying ? "R" : "",
                     c.allocated_by_us ? "A" : "", kNothing, partner_token(sa, c), token_of(sa));
  // The original has no such thing; behind its fields it disturbs nobody who takes those apart.
  if (c.loaded) out += fmt::format(" packets {} bytes {}", c.packets, c.bytes);
  out += '\n';
}

std::string net_text(const AddressRange& range) {
  const auto prefix = range.as_prefix();
  if (!prefix) return range.text();
  return fmt::format("{}/{}", prefix->address.text(), prefix->length);
}

// A flow is one object of ours and two of the original's.
void flow_lines(std::string& out, std::string_view title, const IkeSaReport& sa,
                const FlowReport& f) {
  for (const bool outbound : {true, false}) {
    const model::TrafficSelector& from = outbound ? f.selectors.local : f.selectors.remote;
    const model::TrafficSelector& to = outbound ? f.selectors.remote : f.selectors.local;
    const unsigned protocol = f.selectors.local.protocol;
    const std::string source = net_text(from.addresses);
    const std::string destination = net_text(to.addresses);
    const std::string token =
        Token('f').add(outbound).add(protocol).add(source).add(destination).text();
    out += fmt::format("{}: {} {} {} {} -> {} [{}]@-1 ({}) @{}\n", title, token,
                       to_text(f.protocol), outbound ? "out" : "in", source, destination, protocol,
                       f.loaded ? "L" : "", token_of(sa));
  }
}

// Those of all SAs that are in the kernel.
void loaded_lines(std::string& out, const std::vector<IkeSaReport>& sas) {
  for (const IkeSaReport& sa : sas) {
    for (const ChildSaReport& c : sa.children) {
      if (c.loaded) child_line(out, "iked_activesas", sa, c);
    }
  }
  for (const IkeSaReport& sa : sas) {
    for (const FlowReport& f : sa.flows) {
      if (f.loaded) flow_lines(out, "iked_flows", sa, f);
    }
  }
}

std::string hex_text(uint64_t value, int digits) { return fmt::format("0x{:0{}x}", value, digits); }

void child_json(Json& json, const ChildSaReport& c) {
  json.open_object()
      .field("protocol", to_text(c.protocol))
      .field("spi", hex_text(c.spi.raw(), 8))
      .field("direction", c.direction == model::Direction::inbound ? "in" : "out")
      .field("source", c.source.text())
      .field("destination", c.destination.text())
      .field("partner", hex_text(c.partner.raw(), 8))
      .field("encr", to_text(c.algorithms.encr))
      .field("encr_key_bits", c.algorithms.encr_key_bits)
      .field("integ", to_text(c.algorithms.integ))
      .field("esn", c.algorithms.esn != Esn::no)
      .field("loaded", c.loaded)
      .field("rekeying", c.rekeying)
      .field("bytes", c.bytes)
      .field("packets", c.packets)
      .close_object();
}

void flow_json(Json& json, const FlowReport& f) {
  json.open_object()
      .field("protocol", to_text(f.protocol))
      .field("local", f.selectors.local.text())
      .field("remote", f.selectors.remote.text())
      .field("loaded", f.loaded)
      .close_object();
}

void sa_json(Json& json, const IkeSaReport& sa) {
  json.open_object()
      .field("spi_i", hex_text(sa.spi_i.raw(), 16))
      .field("spi_r", hex_text(sa.spi_r.raw(), 16))
      .field("state", sa.state)
      .field("role", sa.initiator ? "initiator" : "responder")
      .field("local", sa.local.text())
      .field("remote", sa.remote.text())
      .field("local_id", sa.local_id)
      .field("remote_id", sa.remote_id)
      .field("policy", sa.policy)
      .field("origin", sa.origin.file.empty() ? std::string() : sa.origin.text())
      .field("suite", sa.suite.text())
      .field("natt", sa.natt)
      .field("encapsulated", sa.encapsulated)
      .field("age_s", sa.age.count());
  json.key("child_sas").open_array();
  for (const ChildSaReport& c : sa.children) child_json(json, c);
  json.close_array();
  json.key("flows").open_array();
  for (const FlowReport& f : sa.flows) flow_json(json, f);
  json.close_array().close_object();
}

}  // namespace

void sort_by_spi(std::vector<IkeSaReport>& sas) {
  std::ranges::sort(sas, {}, [](const IkeSaReport& sa) { return std::pair(sa.spi_i, sa.spi_r); });
}

std::string show_sas_text(const std::vector<IkeSaReport>& sas) {
  std::string out;
  for (const IkeSaReport& sa : sas) {
    sa_line(out, "iked_sas", sa);
    for (const ChildSaReport& c : sa.children) child_line(out, "  sa_childsas", sa, c);
    for (const FlowReport& f : sa.flows) flow_lines(out, "  sa_flows", sa, f);
  }
  loaded_lines(out, sas);
  for (const IkeSaReport& sa : sas) {
    if (!sa.remote_id.empty() && sa.state == "ESTABLISHED") sa_line(out, "iked_dstid_sas", sa);
  }
  return out;
}

std::string show_sas_json(const std::vector<IkeSaReport>& sas) {
  Json json;
  json.open_array();
  for (const IkeSaReport& sa : sas) sa_json(json, sa);
  json.close_array();
  return json.text() + "\n";
}

}  // namespace ike::control

#include "unit/esp/support.h"

#include "crypto/openssl/openssl_provider.h"
#include "esp/checksum.h"
#include "wire/writer.h"

namespace ike::esp::test {
namespace {

Blob upper_layer(const Plain& plain) {
  Blob upper;
  wire::Writer w(upper);
  w.u16(plain.source_port).u16(plain.destination_port);
  if (plain.protocol == ipproto::kUdp) {
    w.u16(static_cast<uint16_t>(8 + plain.payload)).u16(1);
  }
  for (size_t i = 0; i < plain.payload; ++i) w.u8(static_cast<uint8_t>(i));
  return upper;
}

}  // namespace

Blob make_packet(const Plain& plain) {
  const Blob upper = upper_layer(plain);
  const HeaderFields fields{address(plain.source), address(plain.destination), plain.protocol,
                            plain.tos, 64};
  Blob packet(header_size(fields.source.family()));
  write_header(packet, fields, upper.size());
  append(packet, upper);
  if (plain.dont_fragment) {
    packet[6] = 0x40;
    set_ipv4_checksum(packet);
  }
  refresh_upper_checksum(packet, *parse_ip(packet));
  return packet;
}

Blob make_tcp(const TcpShape& shape) {
  Blob upper;
  wire::Writer w(upper);
  w.u16(1000).u16(80).u32(shape.sequence).u32(77).u8(0x50).u8(shape.flags).u16(512).u32(0);
  for (size_t i = 0; i < shape.payload; ++i) w.u8(static_cast<uint8_t>(shape.fill + i));
  const HeaderFields fields{address(shape.v6 ? "fd01::1" : "10.1.0.1"),
                            address(shape.v6 ? "fd02::2" : "10.2.0.2"), ipproto::kTcp, 0, 64};
  Blob packet(header_size(fields.source.family()));
  write_header(packet, fields, upper.size());
  append(packet, upper);
  refresh_upper_checksum(packet, *parse_ip(packet));
  return packet;
}

model::FlowSpec make_flow(const char* local, const char* remote, uint32_t reqid,
                          uint32_t priority) {
  const auto prefix = [](const char* text) {
    const std::string s = text;
    const auto slash = s.find('/');
    return Prefix{*Address::parse(s.substr(0, slash)),
                  static_cast<uint8_t>(std::stoi(s.substr(slash + 1)))};
  };
  model::FlowSpec flow;
  flow.reqid = ReqId(reqid);
  flow.selectors = {model::TrafficSelector::of(prefix(local)),
                    model::TrafficSelector::of(prefix(remote))};
  flow.priority = priority;
  return flow;
}

model::SaSpec make_sa(const SaShape& shape) {
  const auto& a = shape.algorithms;
  const auto sizes = crypto::sizes_of({a.encr, a.encr_key_bits, a.integ});
  const bool out = shape.direction == model::Direction::outbound;
  model::SaSpec sa;
  sa.id = {address(shape.v6_outside ? "2001:db8::2" : "192.0.2.2"), EspSpi(shape.spi),
           ProtocolId::esp};
  sa.source = address(shape.v6_outside ? "2001:db8::1" : "192.0.2.1");
  sa.direction = shape.direction;
  sa.reqid = ReqId(shape.reqid);
  sa.mode = shape.mode;
  sa.algorithms = a;
  sa.encryption_key = Secret(Blob(sizes->key, shape.key));
  sa.integrity_key = Secret(Blob(sizes->integ_key, static_cast<uint8_t>(shape.key + 1)));
  if (shape.encapsulated) sa.encapsulation = model::Encapsulation{4500, 4500};
  if (shape.mode == model::Mode::transport) {
    sa.selectors = {
        make_flow(out ? "192.0.2.1/32" : "192.0.2.2/32", out ? "192.0.2.2/32" : "192.0.2.1/32")
            .selectors};
  } else {
    sa.selectors = {
        make_flow(out ? "10.1.0.0/16" : "10.2.0.0/16", out ? "10.2.0.0/16" : "10.1.0.0/16")
            .selectors,
        make_flow(out ? "fd01::/64" : "fd02::/64", out ? "fd02::/64" : "fd01::/64").selectors};
  }
  return sa;
}

Ends::Ends(const SaShape& shape)
    : provider(crypto::openssl::make_provider()),
      sender(*provider, random),
      receiver(*provider, random) {
  model::InstallSas out;
  out.sas.push_back(make_sa(shape));
  for (const auto& selectors : out.sas[0].selectors) {
    model::FlowSpec flow;
    flow.reqid = ReqId(shape.reqid);
    flow.selectors = selectors;
    flow.mode = shape.mode;
    flow.priority = 100;
    out.flows.push_back(flow);
  }
  SaShape in_shape = shape;
  in_shape.direction = model::Direction::inbound;
  model::InstallSas in;
  in.sas.push_back(make_sa(in_shape));
  if (!sender.install(now, out, sent) || !receiver.install(now, in, received)) std::abort();
}

std::vector<Blob> Ends::esp_packets() const {
  std::vector<Blob> packets;
  for (const Run& run : sent.runs) {
    const Bytes data = sent.data(run);
    for (size_t at = 0; at < data.size(); at += run.segment_size) {
      packets.push_back(to_blob(data.subspan(at, std::min(run.segment_size, data.size() - at))));
    }
  }
  return packets;
}

Blob Ends::receive(Blob esp, const Endpoint& from, uint8_t tos) {
  const auto inner = receiver.inbound(now, {esp, from, address("192.0.2.2"), tos}, received);
  Blob packet = to_blob(inner.packet);
  received.clear();
  return packet;
}

std::vector<Blob> Ends::carry(Blob packet, const Offload& offload) {
  sent.clear();
  sender.outbound(now, packet, offload, sent);
  std::vector<Blob> arrived;
  for (Blob& esp : esp_packets()) {
    Blob inner = receive(std::move(esp));
    if (!inner.empty()) arrived.push_back(std::move(inner));
  }
  return arrived;
}

}  // namespace ike::esp::test

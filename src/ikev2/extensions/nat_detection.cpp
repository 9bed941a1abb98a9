// Finds NATs on the way and moves to the NAT-T port.  RFC 7296 section 2.23.
#include "ike/nat.h"
#include "ikev2/extensions/extension.h"
#include "wire/v2/notify_data.h"

namespace ike::v2 {
namespace {

class NatDetection final : public Extension {
 public:
  void announce(Where where, Context& ctx, Payloads& out) const override {
    if (where != Where::sa_init_request && where != Where::sa_init_response) return;
    const IkeSa& sa = ctx.sa;
    if (!sa.connection->features.nat_detection) return;
    const IkeSpi spi_r = where == Where::sa_init_request ? IkeSpi() : sa.spi_r;
    const proto::NatHashes hashes =
        sa.connection->features.force_encapsulation
            ? proto::forced_nat_hashes(ctx.host.random())
            : proto::nat_hashes(ctx.host.provider(), {sa.spi_i, spi_r}, sa.local, sa.remote);
    out.writer.notify(NotifyType::nat_detection_source_ip, wire::v2::NatDetection{hashes.source});
    out.writer.notify(NotifyType::nat_detection_destination_ip,
                      wire::v2::NatDetection{hashes.destination});
  }

  void observe(Where where, Context& ctx, const wire::v2::Message& message) const override {
    if (where != Where::sa_init_request && where != Where::sa_init_response) return;
    IkeSa& sa = ctx.sa;
    if (!sa.connection->features.nat_detection) return;
    std::vector<Bytes> sources, destinations;
    for (const wire::v2::Notify& n : message.notifies) {
      if (n.type == NotifyType::nat_detection_source_ip) sources.push_back(n.data);
      if (n.type == NotifyType::nat_detection_destination_ip) destinations.push_back(n.data);
    }
    if (sources.empty() || destinations.empty()) return;
    const IkeSpi spi_r = where == Where::sa_init_request ? IkeSpi() : sa.spi_r;
    const proto::NatVerdict nat = proto::judge_nat(ctx.host.provider(), {sa.spi_i, spi_r}, sources,
                                                   destinations, {sa.remote, sa.local});
    sa.nat_here = nat.here;
    sa.nat_there = nat.there;
    sa.encapsulate = nat.any() || sa.connection->features.force_encapsulation;
    if (where == Where::sa_init_response && sa.encapsulate) {
      //= RFC 7296 section 2.23: the initiator moves to the NAT-T port before IKE_AUTH
      sa.local.port = ctx.host.global().natt_port;
      if (sa.remote.port == ctx.host.global().ike_port) {
        sa.remote.port = ctx.host.global().natt_port;
      }
    }
  }
};

}  // namespace

const Extension& nat_detection() {
  static const NatDetection extension;
  return extension;
}

}  // namespace ike::v2

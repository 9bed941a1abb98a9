#include "ikev2/inbox.h"

#include "ikev2/envelope.h"
#include "ikev2/outbox.h"
#include "ikev2/upkeep.h"
#include "model/outer_addresses.h"

namespace ike::v2 {
namespace {

Result<wire::v2::Sk> outer_payload(const Incoming& in) {
  IKE_TRY(const wire::v2::Message outer, wire::v2::parse_message(in.header, in.octets));
  IKE_CHECK(wire::v2::check_protection(in.header, outer));
  if (!outer.sk) return fail(Fault::malformed, "no SK payload");
  return *outer.sk;
}

Result<proto::Unprotected<Plaintext>> open(IkeSa& sa, Host& host, const Incoming& in,
                                           const wire::v2::Sk& sk) {
  return Envelope::open(host.provider(), {sa.suite, sa.keys, sa.initiator}, in.header, sk,
                        in.octets);
}

Result<std::optional<Opened>> collect(IkeSa& sa, Host& host, const Incoming& in, Plaintext&& p) {
  Counters& count = host.counters();
  ++count.fragments_received;
  if (!sa.reassembly) sa.reassembly = std::make_unique<proto::Reassembly>();
  using Outcome = proto::Reassembly::Outcome;
  switch (sa.reassembly->add({in.header.is_response(), in.header.message_id, p.fragment,
                              p.fragments, p.first, std::move(p.chain)})) {
    case Outcome::stored: break;
    case Outcome::duplicate:
    case Outcome::refused: ++count.fragments_dropped; break;
    case Outcome::complete: {
      ++count.fragments_reassembled;
      proto::Reassembled whole = sa.reassembly->take();
      sa.reassembly.reset();
      return std::optional<Opened>(Opened{whole.first, std::move(whole.chain)});
    }
  }
  return std::optional<Opened>();
}

}  // namespace

Result<std::optional<Opened>> open_message(IkeSa& sa, Host& host, const Incoming& in) {
  IKE_TRY(const wire::v2::Sk sk, outer_payload(in));
  if (sk.is_fragment && !sa.peer_fragments) {
    return fail(Fault::refused, "fragment that was not agreed upon");
  }
  IKE_TRY(auto opened, open(sa, host, in, sk));
  Plaintext plain = std::move(opened).value();
  if (plain.is_fragment) return collect(sa, host, in, std::move(plain));
  return std::optional<Opened>(Opened{plain.first, std::move(plain.chain)});
}

Result<void> repeat_answer(IkeSa& sa, Host& host, const Incoming& in) {
  IKE_TRY(const wire::v2::Sk sk, outer_payload(in));
  //= RFC 7383 section 2.6.1: only the first fragment of a repeated request is answered again
  if (sk.is_fragment && sk.fragment != 1) return {};
  IKE_CHECK(open(sa, host, in, sk));
  ++host.counters().responses_retransmitted;
  send_again(host, sa.peers.answer, {in.to, in.from});
  return {};
}

void follow_peer(IkeSa& sa, Host& host, const Incoming& in) {
  if (in.from == sa.remote && in.to == sa.local) return;
  if (std::holds_alternative<Authenticating>(sa.life)) {
    //= RFC 7296 section 2.23: the initiator may move to the NAT-T port for IKE_AUTH
    if (sa.initiator || in.to.address != sa.local.address) return;
    sa.local.port = in.to.port;
    sa.remote = in.from;
    return;
  }
  // Child SAs stand under our address, and where a message was sent to is not protected.
  if (in.to != sa.local || in.from == sa.remote) return;
  //= RFC 7296 section 2.23: who is not behind a NAT follows a peer that is behind one to where it
  //= was heard from last; who is behind one keeps to the address that it knows
  if (!sa.nat_there) return;
  if (sa.nat_here && in.from.address != sa.remote.address) return;
  // The policy says where this peer may be.
  if (sa.connection && !model::admits(*sa.connection, in.to.address, in.from.address)) return;
  move_peer(sa, host, in.from);
}

}  // namespace ike::v2

// From a negotiation to installed SAs: what AUTH and CREATE_CHILD_SA share.
#pragma once

#include <expected>

#include "ike/narrow.h"
#include "ike/negotiate.h"
#include "ikev2/context.h"

namespace ike::v2 {

// What both sides agreed on for a Child SA.
struct ChildAgreement {
  uint16_t template_index = 0;
  proto::Choice choice;  // with the peer's SPI
  model::Mode mode = model::Mode::tunnel;
  proto::Narrowed narrowed;
};
// The notify that refuses it.
using Agreed = std::expected<ChildAgreement, NotifyType>;

// As responder: the first Child SA template of the connection that the request fits.  `rekeyed`:
// the Child SA that is replaced, whose template it must be.
Agreed negotiate_child(Context& ctx, const wire::v2::Message& request, bool in_auth,
                       const ChildSa* rekeyed);

struct ChildOffer {
  uint16_t template_index = 0;
  EspSpi inbound;
  std::optional<model::SelectorPair> packet;  // goes first, so that it is surely covered
  KeMethod ke = KeMethod::none;               // first choice; none: without PFS
  bool in_auth = false;                       // IKE_AUTH has no key exchange of its own

  bool without_ke() const { return in_auth || ke == KeMethod::none; }
};
// As initiator: the answer must lie within what we offered.
Agreed accept_child(Context& ctx, const wire::v2::Message& response, const ChildOffer& offer);

// [N USE_TRANSPORT_MODE] SA; what else an exchange has comes between it and TSi TSr.
void add_child_sa(Context& ctx, Payloads& out, const ChildOffer& offer);
void add_child_selectors(Context& ctx, Payloads& out, const ChildOffer& offer);
void add_agreed_sa(Payloads& out, const ChildAgreement& agreed, EspSpi inbound);
void add_agreed_selectors(Payloads& out, const ChildAgreement& agreed);

// Key material and the names of a new Child SA.
struct KeyedChild {
  std::unique_ptr<ChildSa> child;
  model::SaSpec inbound;
  model::SaSpec outbound;
};
struct ChildSecrets {
  Bytes ni, nr;
  Bytes shared;               // empty without PFS
  bool we_initiated = false;  // this exchange
  ReqId reqid{};              // a rekeyed Child SA serves the same flows; 0: a new one's
};
Result<KeyedChild> key_child(Context& ctx, const ChildAgreement& agreed, EspSpi inbound,
                             const ChildSecrets& secrets);

// Why a responder's key exchange came to nothing: the peer's public value, or something of ours.
NotifyType notify_of(const CryptoDone& failed);

enum class Parts : uint8_t { both, inbound_only };
// False: nothing has to be waited for, the SAs stay out of the kernel while it is decoupled.
bool install_child(Context& ctx, KeyedChild& keyed, Parts parts);
// The kernel has taken it: it belongs to the IKE SA from now on.
ChildSa& adopt_child(Context& ctx, std::unique_ptr<ChildSa> child, Parts parts, bool rekeyed);
// The outbound half that waited for the peer.
void install_pending_outbound(Context& ctx, ChildSa& child);
// Packets of the same flows have another Child SA to leave by.
bool another_sends(IkeSa& sa, const ChildSa& child);
// The peer is about to be told to forget it: what is sent goes by another one from now on.
void stop_sending(Context& ctx, ChildSa& child);
// Of a Child SA that came to nothing: the kernel has nothing of it,
void abandon_child(Context& ctx, EspSpi inbound);
// or it was asked to take it and will, or has.
void uninstall_child(Context& ctx, EspSpi inbound);
// Of everything that is under negotiation, when the IKE SA ends.
void abandon_all(Context& ctx);
// Takes what was a Child SA out of the kernel and the tables.
void unload_child(Context& ctx, const ChildSa& child, std::string_view reason);
// The same for one of the IKE SA's, which forgets it.
void remove_child(Context& ctx, EspSpi inbound, std::string_view reason);

}  // namespace ike::v2

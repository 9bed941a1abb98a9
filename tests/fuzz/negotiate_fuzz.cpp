// An SA payload of a peer against policies of ours: whatever is chosen was offered and is ours, its
// number decides nothing, an initiator that had offered it takes the answer, and an explanation is
// always short.
#include <cstdlib>

#include "ike/negotiate.h"

namespace {

using ike::model::Proposal;
using ike::model::Transform;

std::vector<Proposal> ours(ike::ProtocolId protocol) {
  using namespace ike;
  if (protocol == ProtocolId::ike) {
    return {{1,
             protocol,
             {Transform::encr(Encr::aes_cbc, 256), Transform::encr(Encr::aes_cbc, 128),
              Transform::prf(PrfId::hmac_sha2_256), Transform::prf(PrfId::hmac_sha1),
              Transform::integ(Integ::hmac_sha2_256_128), Transform::integ(Integ::hmac_sha1_96),
              Transform::ke(KeMethod::modp2048), Transform::ke(KeMethod::curve25519),
              Transform::ke(KeMethod::modp1024)}},
            {2,
             protocol,
             {Transform::encr(Encr::aes_gcm_16, 256), Transform::prf(PrfId::hmac_sha2_256),
              Transform::ke(KeMethod::ecp256)}}};
  }
  return {{1,
           protocol,
           {Transform::encr(Encr::aes_gcm_16, 256), Transform::encr(Encr::chacha20_poly1305),
            Transform::ke(KeMethod::curve25519), Transform::ke(KeMethod::none),
            Transform::esn(Esn::yes), Transform::esn(Esn::no)}},
          {2,
           protocol,
           {Transform::encr(Encr::aes_cbc, 128), Transform::integ(Integ::hmac_sha1_96),
            Transform::esn(Esn::no)}}};
}

// A peer may give several proposals one number, so a number does not say which of them was chosen.
// Numbered by its position, the same offer must lead to the same choice, and then it does.
ike::wire::v2::Sa by_position(ike::wire::v2::Sa sa) {
  uint8_t number = 0;
  for (auto& p : sa.proposals) p.number = ++number;
  return sa;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  if (size < 1) return 0;
  const auto sa = wire::v2::Sa::parse(wire::Reader(Bytes(data + 1, size - 1)));
  if (!sa) return 0;
  proto::NegotiationRules rules;
  rules.without_ke = (data[0] & 1) != 0;
  rules.preferred_ke = (data[0] & 2) != 0 ? KeMethod::curve25519 : KeMethod::none;
  const wire::v2::Sa numbered = by_position(*sa);
  const model::Connection connection;
  for (const ProtocolId protocol : {ProtocolId::ike, ProtocolId::esp}) {
    const std::vector<Proposal> mine = ours(protocol);
    const auto as_came = proto::choose(mine, *sa, rules);
    const auto choice = proto::choose(mine, numbered, rules);
    if (as_came.has_value() != choice.has_value()) std::abort();
    if (proto::explain_mismatch(*sa, {{&connection, &mine}}, rules).size() > 500'000) std::abort();
    if (!choice) continue;
    if (!proto::takes_suite(mine, choice->suite)) std::abort();
    if (as_came->suite != choice->suite || as_came->peer_spi != choice->peer_spi) std::abort();
    if (as_came->number != sa->proposals.at(choice->number - 1U).number) std::abort();
    // The offer as its sender has it; transforms that nobody can use are left out there.
    std::vector<Proposal> theirs;
    for (const auto& p : numbered.proposals) theirs.push_back(proto::from_wire(p));
    const Blob spi(protocol == ProtocolId::esp ? 4 : 0, 1);
    if (!proto::accept_answer(theirs, proto::answer_payload(*choice, spi), rules)) std::abort();
  }
  return 0;
}

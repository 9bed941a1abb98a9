#include "wire/v2/notify_data.h"

#include <algorithm>

namespace ike::wire::v2 {

bool SignatureHashes::contains(SignatureHash hash) const {
  return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

Result<SignatureHashes> SignatureHashes::parse(Reader r) {
  SignatureHashes list;
  while (r.more()) {
    const auto hash = static_cast<SignatureHash>(r.u16());
    if (!list.hashes.push_back(hash)) {
      r.fail("SIGNATURE_HASH_ALGORITHMS: too many", Fault::limit);
    }
  }
  return r.done(list);
}

void SignatureHashes::write(Writer& w) const {
  for (const SignatureHash hash : hashes) w.u16(raw(hash));
}

Result<AdditionalAddress> AdditionalAddress::parse(Reader r) {
  const auto address = Address::from_octets(r.rest());
  r.require(address.has_value(), "additional address: neither 4 nor 16 octets");
  return r.done(AdditionalAddress{address.value_or(Address{})});
}

Result<Redirect> Redirect::parse(Reader r) {
  Redirect redirect;
  redirect.gateway_type = r.u8();
  redirect.gateway = r.bytes(r.u8());
  redirect.nonce = r.rest();
  return r.done(redirect);
}

void Redirect::write(Writer& w) const {
  w.u8(gateway_type).u8(static_cast<uint8_t>(gateway.size())).bytes(gateway).bytes(nonce);
}

Result<RekeySa> RekeySa::from(const Notify& notify) {
  Reader r(notify.spi, "REKEY_SA: SPI of less than 4 octets");
  const EspSpi spi(r.u32());
  r.require(notify.protocol == ProtocolId::esp || notify.protocol == ProtocolId::ah,
            "REKEY_SA: neither ESP nor AH");
  return r.done(RekeySa{notify.protocol, spi});
}

}  // namespace ike::wire::v2

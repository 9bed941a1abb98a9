// What an SK payload held once it is opened: the first octet names the first payload, then come
// payloads, padding and pad length.  An attacker who holds the keys of one SA decides all of it.
#include "base/assert.h"
#include "fuzz_input.h"
#include "round_trip.h"
#include "wire/contract.h"
#include "wire/describe.h"
#include "wire/v2/notify_data.h"

namespace {

using namespace ike;
using namespace ike::wire;
using test::round_trips;

bool body_round_trips(const RawPayload& p) {
  switch (p.type) {
    case PayloadType::sa: return round_trips<wire::v2::Sa>(p.body);
    case PayloadType::ke: return round_trips<wire::v2::Ke>(p.body);
    case PayloadType::id_i:
    case PayloadType::id_r: return round_trips<wire::v2::Id>(p.body);
    case PayloadType::cert: return round_trips<wire::v2::Cert>(p.body);
    case PayloadType::certreq: return round_trips<wire::v2::CertReq>(p.body);
    case PayloadType::auth: return round_trips<wire::v2::Auth>(p.body);
    case PayloadType::nonce: return round_trips<wire::v2::Nonce>(p.body);
    case PayloadType::notify: return round_trips<wire::v2::Notify>(p.body);
    case PayloadType::del: return round_trips<wire::v2::Delete>(p.body);
    case PayloadType::vendor: return round_trips<wire::v2::Vendor>(p.body);
    case PayloadType::ts_i:
    case PayloadType::ts_r: return round_trips<wire::v2::Ts>(p.body);
    case PayloadType::cp: return round_trips<wire::v2::Cp>(p.body);
    case PayloadType::eap: return round_trips<wire::v2::Eap>(p.body);
    default: return true;
  }
}

void use(const wire::v2::Message& m) {
  for (const wire::v2::Notify& n : m.notifies) (void)wire::v2::RekeySa::from(n);
  for (const wire::v2::Delete& d : m.deletes) {
    for (size_t i = 0; i < d.count(); ++i) (void)d.spi(i);
  }
  for (const wire::v2::CertReq& c : m.certreqs) {
    for (size_t i = 0; i < c.count(); ++i) (void)c.authority(i);
  }
  for (const Contract* contract : {&contracts::kAuthRequest, &contracts::kAuthResponse,
                                   &contracts::kRekeyChildRequest, &contracts::kInformational}) {
    if (const auto violation = judge(*contract, m)) (void)violation->text();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input = test::fuzz_input(data, size);
  if (input.empty()) return 0;
  const auto first = static_cast<PayloadType>(input.front());
  const auto payloads = wire::v2::without_padding(input.subspan(1));
  if (!payloads) return 0;
  Chain chain(first, *payloads);
  while (const auto p = chain.next()) {
    (void)describe_payload(*p);
    IKE_ASSERT(body_round_trips(*p));
  }
  if (const auto message = wire::v2::parse_payloads(first, *payloads)) use(*message);
  return 0;
}

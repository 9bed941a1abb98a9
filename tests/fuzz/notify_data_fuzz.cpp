// The bodies of notifies: two octets of type, then the body.
#include "base/assert.h"
#include "fuzz_input.h"
#include "round_trip.h"
#include "wire/v2/describe_notify.h"
#include "wire/v2/notify_data.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  using namespace ike::wire::v2;
  using test::round_trips;
  wire::Reader r(test::fuzz_input(data, size));
  const auto type = static_cast<NotifyType>(r.u16());
  const Bytes body = r.rest();
  wire::Node node;
  describe(Notify{ProtocolId::none, type, {}, body}, node);
  IKE_ASSERT(round_trips<UnsupportedCriticalPayload>(body));
  IKE_ASSERT(round_trips<InvalidKePayload>(body));
  IKE_ASSERT(round_trips<InvalidMessageId>(body));
  IKE_ASSERT(round_trips<SetWindowSize>(body));
  IKE_ASSERT(round_trips<IpcompSupported>(body));
  IKE_ASSERT(round_trips<NatDetection>(body));
  IKE_ASSERT(round_trips<Cookie>(body));
  IKE_ASSERT(round_trips<SignatureHashes>(body));
  IKE_ASSERT(round_trips<AdditionalAddress>(body));
  IKE_ASSERT(round_trips<AuthLifetime>(body));
  IKE_ASSERT(round_trips<Redirect>(body));
  return 0;
}

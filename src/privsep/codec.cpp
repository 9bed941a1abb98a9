#include "privsep/codec.h"

#include "privsep/archive.h"

namespace ike::privsep {

template <typename Message>
void encode(const Message& message, Blob& out) {
  Encoder(out).put(message);
}

template <typename Message>
Result<Message> decode(Bytes octets, TextTable& texts) {
  return Decoder(octets, texts).decode<Message>();
}

#define IKE_CODEC(Message)                     \
  template void encode(const Message&, Blob&); \
  template Result<Message> decode(Bytes, TextTable&);

IKE_CODEC(FromParent)
IKE_CODEC(ToParent)
IKE_CODEC(EngineToKernel)
IKE_CODEC(KernelToEngine)
IKE_CODEC(EngineToKeys)
IKE_CODEC(KeysToEngine)
IKE_CODEC(ControlToEngine)
IKE_CODEC(EngineToControl)
IKE_CODEC(KeysToControl)
IKE_CODEC(KernelToControl)
IKE_CODEC(FromReader)

#undef IKE_CODEC

}  // namespace ike::privsep

#include "base/numbers.h"

namespace ike {

#define IKE_ROW(value, name, text, source) \
  case value: return text;

#define IKE_NAME_OF(Enum)                \
  std::string_view name_of(Enum value) { \
    switch (static_cast<unsigned>(raw(value))) {
#define IKE_NAME_END  \
  default: return {}; \
    }                 \
    }

IKE_NAME_OF(ExchangeType)
#define IKE_EXCHANGE IKE_ROW
#include "base/numbers.def"
#undef IKE_EXCHANGE
IKE_NAME_END

IKE_NAME_OF(PayloadType)
#define IKE_PAYLOAD IKE_ROW
#include "base/numbers.def"
#undef IKE_PAYLOAD
IKE_NAME_END

IKE_NAME_OF(ProtocolId)
#define IKE_PROTOCOL IKE_ROW
#include "base/numbers.def"
#undef IKE_PROTOCOL
IKE_NAME_END

IKE_NAME_OF(TransformType)
#define IKE_TRANSFORM_TYPE IKE_ROW
#include "base/numbers.def"
#undef IKE_TRANSFORM_TYPE
IKE_NAME_END

IKE_NAME_OF(Encr)
#define IKE_ENCR IKE_ROW
#include "base/numbers.def"
#undef IKE_ENCR
IKE_NAME_END

IKE_NAME_OF(PrfId)
#define IKE_PRF IKE_ROW
#include "base/numbers.def"
#undef IKE_PRF
IKE_NAME_END

IKE_NAME_OF(Integ)
#define IKE_INTEG IKE_ROW
#include "base/numbers.def"
#undef IKE_INTEG
IKE_NAME_END

IKE_NAME_OF(KeMethod)
#define IKE_KE_METHOD IKE_ROW
#include "base/numbers.def"
#undef IKE_KE_METHOD
IKE_NAME_END

IKE_NAME_OF(Esn)
#define IKE_ESN IKE_ROW
#include "base/numbers.def"
#undef IKE_ESN
IKE_NAME_END

IKE_NAME_OF(IdType)
#define IKE_ID_TYPE IKE_ROW
#include "base/numbers.def"
#undef IKE_ID_TYPE
IKE_NAME_END

IKE_NAME_OF(AuthMethod)
#define IKE_AUTH_METHOD IKE_ROW
#include "base/numbers.def"
#undef IKE_AUTH_METHOD
IKE_NAME_END

IKE_NAME_OF(NotifyType)
#define IKE_NOTIFY IKE_ROW
#include "base/numbers.def"
#undef IKE_NOTIFY
IKE_NAME_END

IKE_NAME_OF(CertEncoding)
#define IKE_CERT_ENCODING IKE_ROW
#include "base/numbers.def"
#undef IKE_CERT_ENCODING
IKE_NAME_END

IKE_NAME_OF(SignatureHash)
#define IKE_SIGNATURE_HASH IKE_ROW
#include "base/numbers.def"
#undef IKE_SIGNATURE_HASH
IKE_NAME_END

}  // namespace ike

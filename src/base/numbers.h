// Enumerations of the IANA registries, made from numbers.def.  A value without a name is a legal
// value: peers may send any number, so never assume that a switch covers everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace ike {

#define IKE_ROW(value, name, text, source) name = value,

enum class ExchangeType : uint8_t {
#define IKE_EXCHANGE IKE_ROW
#include "base/numbers.def"
#undef IKE_EXCHANGE
};

enum class PayloadType : uint8_t {
#define IKE_PAYLOAD IKE_ROW
#include "base/numbers.def"
#undef IKE_PAYLOAD
};

enum class ProtocolId : uint8_t {
#define IKE_PROTOCOL IKE_ROW
#include "base/numbers.def"
#undef IKE_PROTOCOL
};

enum class TransformType : uint8_t {
#define IKE_TRANSFORM_TYPE IKE_ROW
#include "base/numbers.def"
#undef IKE_TRANSFORM_TYPE
};

enum class Encr : uint16_t {
#define IKE_ENCR IKE_ROW
#include "base/numbers.def"
#undef IKE_ENCR
};

enum class PrfId : uint16_t {
#define IKE_PRF IKE_ROW
#include "base/numbers.def"
#undef IKE_PRF
};

enum class Integ : uint16_t {
#define IKE_INTEG IKE_ROW
#include "base/numbers.def"
#undef IKE_INTEG
};

enum class KeMethod : uint16_t {
#define IKE_KE_METHOD IKE_ROW
#include "base/numbers.def"
#undef IKE_KE_METHOD
};

enum class Esn : uint16_t {
#define IKE_ESN IKE_ROW
#include "base/numbers.def"
#undef IKE_ESN
};

enum class IdType : uint8_t {
#define IKE_ID_TYPE IKE_ROW
#include "base/numbers.def"
#undef IKE_ID_TYPE
};

enum class AuthMethod : uint8_t {
#define IKE_AUTH_METHOD IKE_ROW
#include "base/numbers.def"
#undef IKE_AUTH_METHOD
};

enum class NotifyType : uint16_t {
#define IKE_NOTIFY IKE_ROW
#include "base/numbers.def"
#undef IKE_NOTIFY
};

enum class CertEncoding : uint8_t {
#define IKE_CERT_ENCODING IKE_ROW
#include "base/numbers.def"
#undef IKE_CERT_ENCODING
};

enum class SignatureHash : uint16_t {
#define IKE_SIGNATURE_HASH IKE_ROW
#include "base/numbers.def"
#undef IKE_SIGNATURE_HASH
};

#undef IKE_ROW

template <typename E>
  requires std::is_enum_v<E>
constexpr auto raw(E value) {
  return static_cast<std::underlying_type_t<E>>(value);
}

// The name people know, or empty for a number that has none here.
std::string_view name_of(ExchangeType value);
std::string_view name_of(PayloadType value);
std::string_view name_of(ProtocolId value);
std::string_view name_of(TransformType value);
std::string_view name_of(Encr value);
std::string_view name_of(PrfId value);
std::string_view name_of(Integ value);
std::string_view name_of(KeMethod value);
std::string_view name_of(Esn value);
std::string_view name_of(IdType value);
std::string_view name_of(AuthMethod value);
std::string_view name_of(NotifyType value);
std::string_view name_of(CertEncoding value);
std::string_view name_of(SignatureHash value);

// The name, or the number where there is none: for everything shown to people.
template <typename E>
std::string to_text(E value)
  requires requires { name_of(value); }
{
  const std::string_view name = name_of(value);
  return name.empty() ? std::to_string(raw(value)) : std::string(name);
}

//= RFC 7296 section 3.10.1: below 16384 a notify reports an error, from there on a status
constexpr bool is_error(NotifyType type) { return raw(type) < 16384; }

}  // namespace ike

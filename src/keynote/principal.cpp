#include "keynote/principal.h"

#include <algorithm>
#include <array>

#include "crypto/der.h"
#include "keynote/encoding.h"
#include "keynote/names.h"

namespace ike::keynote {

namespace {

using crypto::DerReader;
using crypto::PlainFamily;
namespace der = crypto::der;

constexpr std::array<uint8_t, 9> kRsaOid{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::array<uint8_t, 7> kEcOid{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<uint8_t, 3> kEd25519Oid{0x2b, 0x65, 0x70};

// A SEQUENCE of `count` positive integers, written again in the one way that DER allows.
Result<Blob> integers(Bytes text, int count) {
  DerReader outer(text);
  DerReader fields = outer.enter(der::kSequence);
  Blob content;
  for (int i = 0; i < count; ++i) append(content, crypto::der_unsigned(fields.positive()));
  if (!fields.done() || !outer.done()) return fail(Fault::malformed, "no such key in DER");
  return crypto::der_element(der::kSequence, content);
}

struct KeyInfo {
  PlainFamily family{};
  Blob der;
};

//= RFC 5280 section 4.1: SubjectPublicKeyInfo
Result<KeyInfo> read_spki(Bytes spki) {
  DerReader outer(spki);
  DerReader fields = outer.enter(der::kSequence);
  DerReader algorithm = fields.enter(der::kSequence);
  const Bytes oid = algorithm.take(der::kOid);
  const Bytes bits = fields.take(der::kBitString);
  if (algorithm.failed() || !fields.done() || !outer.done() || bits.size() < 2 || bits[0] != 0) {
    return fail(Fault::malformed, "no SubjectPublicKeyInfo in DER");
  }
  if (equal(oid, kRsaOid)) {
    IKE_TRY(Blob key, integers(bits.subspan(1), 2));
    return KeyInfo{PlainFamily::rsa, std::move(key)};
  }
  if (equal(oid, kEcOid)) return KeyInfo{PlainFamily::ecdsa, to_blob(spki)};
  if (equal(oid, kEd25519Oid)) return KeyInfo{PlainFamily::ed25519, to_blob(spki)};
  return fail(Fault::unsupported, "a key of this kind is not supported");
}

Result<Blob> spki_of(Bytes text, PlainFamily family) {
  IKE_TRY(KeyInfo key, read_spki(text));
  if (key.family != family) return fail(Fault::malformed, "the key is of another kind");
  return std::move(key.der);
}

//= RFC 5280 section 4.1: the seventh field of the TBSCertificate, if the version is there
Result<KeyInfo> key_of_certificate(Bytes text) {
  DerReader outer(text);
  DerReader certificate = outer.enter(der::kSequence);
  DerReader fields = certificate.enter(der::kSequence);
  if (fields.next_is(der::context(0))) fields.take(der::context(0));
  fields.take(der::kInteger);                                                 // serial number
  for (int skipped = 0; skipped < 4; ++skipped) fields.take(der::kSequence);  // up to the subject
  const Bytes content = fields.take(der::kSequence);
  if (!outer.done() || fields.failed()) return fail(Fault::malformed, "no certificate in DER");
  return read_spki(crypto::der_element(der::kSequence, content));
}

enum class Form : uint8_t { rsa, dsa, ecdsa, ed25519, x509, binary };

struct Prefix {
  std::string_view name;
  Form form;
};
constexpr std::array kPrefixes{Prefix{"rsa-", Form::rsa},     Prefix{"dsa-", Form::dsa},
                               Prefix{"ecdsa-", Form::ecdsa}, Prefix{"ed25519-", Form::ed25519},
                               Prefix{"x509-", Form::x509},   Prefix{"binary-", Form::binary}};

struct Parts {
  Form form{};
  Encoding encoding{};
  std::string_view data;
};

//= RFC 2704 section 4.4: the part up to the colon names algorithm and encoding
std::optional<Parts> split(std::string_view written) {
  for (const Prefix& prefix : kPrefixes) {
    if (!starts_ignoring_case(written, prefix.name)) continue;
    const auto rest = written.substr(prefix.name.size());
    for (const auto encoding : {Encoding::hex, Encoding::base64}) {
      const std::string_view name = encoding == Encoding::hex ? "hex:" : "base64:";
      if (starts_ignoring_case(rest, name)) {
        return Parts{prefix.form, encoding, rest.substr(name.size())};
      }
    }
  }
  return std::nullopt;
}

Result<std::string> canonical_key(Form form, Bytes data) {
  const auto written = [](PlainFamily family, Bytes key) {
    return std::string(prefix_of(family)) + to_hex(key);
  };
  switch (form) {
    case Form::rsa: {
      IKE_TRY(const Blob key, integers(data, 2));
      return written(PlainFamily::rsa, key);
    }
    case Form::dsa: {
      IKE_TRY(const Blob key, integers(data, 4));
      return written(PlainFamily::dsa, key);
    }
    case Form::ecdsa: {
      IKE_TRY(const Blob key, spki_of(data, PlainFamily::ecdsa));
      return written(PlainFamily::ecdsa, key);
    }
    case Form::ed25519: {
      IKE_TRY(const Blob key, spki_of(data, PlainFamily::ed25519));
      return written(PlainFamily::ed25519, key);
    }
    case Form::x509: {
      IKE_TRY(const KeyInfo key, key_of_certificate(data));
      return written(key.family, key.der);
    }
    case Form::binary: return "binary-hex:" + to_hex(data);
  }
  return fail(Fault::internal, "no such form");
}

}  // namespace

std::string_view prefix_of(PlainFamily family) {
  switch (family) {
    case PlainFamily::rsa: return "rsa-hex:";
    case PlainFamily::dsa: return "dsa-hex:";
    case PlainFamily::ecdsa: return "ecdsa-hex:";
    case PlainFamily::ed25519: return "ed25519-hex:";
  }
  return "";
}

Result<std::string> canonical_principal(std::string_view written) {
  const auto parts = split(written);
  if (!parts) return std::string(written);
  const auto data = decode(parts->data, parts->encoding);
  if (!data) {
    return fail(Fault::malformed, parts->encoding == Encoding::hex
                                      ? "no hex digits, an even number of them"
                                      : "no base64 with its padding");
  }
  return canonical_key(parts->form, *data);
}

std::optional<PrincipalKey> key_of(std::string_view canonical) {
  for (const auto family :
       {PlainFamily::rsa, PlainFamily::dsa, PlainFamily::ecdsa, PlainFamily::ed25519}) {
    const std::string_view prefix = prefix_of(family);
    if (!canonical.starts_with(prefix)) continue;
    auto der = from_hex(canonical.substr(prefix.size()));
    if (der) return PrincipalKey{family, *std::move(der)};
  }
  return std::nullopt;
}

}  // namespace ike::keynote

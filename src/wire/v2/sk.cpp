#include "wire/v2/sk.h"

namespace ike::wire::v2 {

Result<Sk> Sk::parse_sk(Reader r, PayloadType first_inner) {
  Sk sk;
  sk.first_inner = first_inner;
  sk.at = r.offset();
  sk.body = r.rest();
  return r.done(sk);
}

Result<Sk> Sk::parse_skf(Reader r, PayloadType first_inner) {
  Sk skf;
  skf.is_fragment = true;
  skf.first_inner = first_inner;
  skf.fragment = r.u16();
  skf.fragments = r.u16();
  //= RFC 7383 section 2.5: numbers start at 1 and do not exceed the total
  r.require(skf.fragment >= 1, "SKF: fragment number zero");
  r.require(skf.fragment <= skf.fragments, "SKF: fragment number above the total");
  if (skf.fragments > limits::kFragmentsMax) r.fail("SKF: too many fragments", Fault::limit);
  //= RFC 7383 section 2.5: only the first fragment names the first payload inside
  r.require(skf.fragment == 1 || first_inner == PayloadType::none,
            "SKF: a later fragment names a payload");
  skf.at = r.offset();
  skf.body = r.rest();
  return r.done(skf);
}

Result<SkParts> split(Bytes body, size_t iv_size, size_t icv_size) {
  if (body.size() < iv_size + icv_size + 1) {
    return fail(Fault::malformed, "SK: too short for IV, padding and ICV");
  }
  const size_t text_size = body.size() - iv_size - icv_size;
  return SkParts{body.first(iv_size), body.subspan(iv_size, text_size), body.last(icv_size)};
}

Result<Bytes> without_padding(Bytes plaintext) {
  if (plaintext.empty()) return fail(Fault::malformed, "SK: no pad length");
  const size_t padding = size_t{plaintext.back()} + 1;
  if (padding > plaintext.size()) return fail(Fault::malformed, "SK: padding beyond the text");
  return plaintext.first(plaintext.size() - padding);
}

}  // namespace ike::wire::v2

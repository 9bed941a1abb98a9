// Encrypted payloads: SK and its fragment SKF.  RFC 7296 section 3.14, RFC 7383 section 2.5.
// | Next Payload  |C|  RESERVED   |         Payload Length        |
// |        Fragment Number        |        Total Fragments        |   SKF only
// |                     Initialization Vector                     |
// ~            encrypted payloads, padding, pad length            ~
// ~                    Integrity Checksum Data                    ~
#pragma once

#include "base/limits.h"
#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Sk {
  PayloadType first_inner = PayloadType::none;  // of SKF: set in fragment 1, else none
  uint16_t fragment = 1;                        // from 1; of SK always 1 of 1
  uint16_t fragments = 1;
  bool is_fragment = false;  // an SKF payload
  // Offset of `body` in the message.  What comes before it is authenticated, not encrypted:
  //= RFC 5282 section 5.1: IKE header, payloads before SK, generic header (and the SKF fields)
  uint32_t at = 0;
  Bytes body;  // IV, ciphertext, ICV; aliases the message

  static Result<Sk> parse_sk(Reader r, PayloadType first_inner);
  static Result<Sk> parse_skf(Reader r, PayloadType first_inner);
};

// The body cut into its parts.
struct SkParts {
  Bytes iv;
  Bytes text;
  Bytes icv;
};
Result<SkParts> split(Bytes body, size_t iv_size, size_t icv_size);

//= RFC 7296 section 3.14: the last octet tells how many octets of padding precede it, any value of
//= the padding is accepted
Result<Bytes> without_padding(Bytes plaintext);

}  // namespace ike::wire::v2

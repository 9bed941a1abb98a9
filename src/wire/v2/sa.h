// Security Association payload: proposals of transforms.  RFC 7296 section 3.3.
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// | Last Substruc |   RESERVED    |         Proposal Length       |
// | Proposal Num  |  Protocol ID  |    SPI Size   |Num  Transforms|
// ~                        SPI (variable)                         ~
// | Last Substruc |   RESERVED    |        Transform Length       |
// |Transform Type |   RESERVED    |          Transform ID         |
// ~                      Transform Attributes                     ~
#pragma once

#include <vector>

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Transform {
  TransformType type{};
  uint16_t id = 0;
  uint16_t key_bits = 0;  // the Key Length attribute; 0 = absent
  //= RFC 7296 section 3.3.6: a transform with an attribute we do not know is unacceptable, the
  //= others of its type are not
  bool has_unknown_attribute = false;
  // As received, aliases the message; empty in a transform of ours, which is written from key_bits.
  Bytes attributes;

  // Without the four octets in front that hold "last" and the length.
  static Result<Transform> parse(Reader r);
  void write(Writer& w) const;
};

struct Proposal {
  uint8_t number = 0;
  ProtocolId protocol{};
  Bytes spi;  // aliases the message; 0, 4 or 8 octets make sense, others are kept to be refused
  //= RFC 7296 section 3.3.6: a proposal with a transform type we do not know is unacceptable, the
  //= other proposals are not; hence unknown types are kept
  std::vector<Transform> transforms;

  // Without the four octets in front that hold "last" and the length.
  static Result<Proposal> parse(Reader r);
  void write(Writer& w) const;
};

struct Sa {
  static constexpr PayloadType kType = PayloadType::sa;
  std::vector<Proposal> proposals;  // at least one, numbered from 1 in an offer

  static Result<Sa> parse(Reader r);
  void write(Writer& w) const;
};

}  // namespace ike::wire::v2

// The Internet checksum, RFC 1071.
#pragma once

#include "base/bytes.h"

namespace ike::esp {

// One's complement sum of 16 bit words in network order, not folded and not inverted.  An odd last
// octet counts as the high half of a word, so only the last piece of a sum may be odd.
uint64_t checksum_add(Bytes data, uint64_t sum = 0);
// The value for a checksum field.
uint16_t checksum_finish(uint64_t sum);
// RFC 1624: the field after one 16 bit word of what it covers changed.
uint16_t checksum_update(uint16_t field, uint16_t old_word, uint16_t new_word);

}  // namespace ike::esp

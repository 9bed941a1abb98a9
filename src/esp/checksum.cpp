#include "esp/checksum.h"

#include <bit>
#include <cstring>

namespace ike::esp {
namespace {

uint64_t fold(uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

uint16_t to_network_sum(uint64_t sum) {
  const auto folded = static_cast<uint16_t>(fold(sum));
  return std::endian::native == std::endian::little ? std::byteswap(folded) : folded;
}

}  // namespace

// The sum of native words, swapped at the end, equals the sum of network words (RFC 1071 2.B).
uint64_t checksum_add(Bytes data, uint64_t sum) {
  uint64_t low = 0;
  uint64_t high = 0;
  const uint8_t* at = data.data();
  size_t left = data.size();
  for (; left >= 16; left -= 16, at += 16) {
    uint32_t words[4];
    std::memcpy(words, at, sizeof words);
    low += uint64_t{words[0]} + words[1];
    high += uint64_t{words[2]} + words[3];
  }
  // 64 KiB of words cannot overflow either half, nor their sum.
  uint64_t native = low + high;
  for (; left >= 2; left -= 2, at += 2) {
    uint16_t word;
    std::memcpy(&word, at, sizeof word);
    native += word;
  }
  if (left == 1) {
    const uint8_t last[2] = {*at, 0};
    uint16_t word;
    std::memcpy(&word, last, sizeof word);
    native += word;
  }
  return sum + to_network_sum(native);
}

uint16_t checksum_finish(uint64_t sum) { return static_cast<uint16_t>(~fold(sum) & 0xffff); }

uint16_t checksum_update(uint16_t field, uint16_t old_word, uint16_t new_word) {
  const uint64_t sum =
      uint64_t{static_cast<uint16_t>(~field)} + static_cast<uint16_t>(~old_word) + new_word;
  return checksum_finish(sum);
}

}  // namespace ike::esp

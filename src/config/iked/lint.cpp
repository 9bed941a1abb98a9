#include "config/iked/lint.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "config/text/suggest.h"

namespace ike::config::iked {

namespace {
constexpr size_t kPskGood = 16;       // octets: 128 bits where they are random
constexpr size_t kDifferentGood = 6;  // fewer different ones are a pattern
}  // namespace

void lint_psk(const Secret& psk, const Position& at, Diagnostics& diagnostics) {
  std::bitset<256> seen;
  for (const uint8_t octet : psk.view()) seen.set(octet);
  if (psk.size() >= kPskGood && seen.count() >= kDifferentGood) return;
  diagnostics.warning(at,
                      "this key may be guessed; \"psk file\" with the output of "
                      "\"openssl rand -hex 32\" is a good one");
}

std::string mistaken_name(std::string_view name) {
  static constexpr auto kAfterName = std::to_array<std::string_view>(
      {"quick", "skip", "default", "passive", "active", "ipcomp", "tunnel", "transport", "natt",
       "esp", "inet", "inet6", "proto", "from"});
  if (name.size() < 3) return {};
  const std::string_view near = nearest(name, kAfterName);
  if (near.empty() || near == name || edit_distance(name, near) > 1) return {};
  return "; \"" + std::string(name) + "\" is taken as the policy's name" +
         did_you_mean(name, kAfterName);
}

}  // namespace ike::config::iked

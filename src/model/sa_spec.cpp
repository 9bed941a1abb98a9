#include "model/sa_spec.h"

#include <array>

namespace ike::model {

std::string SaId::text() const {
  const uint32_t value = spi.raw();
  const std::array<uint8_t, 4> octets = {
      static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
      static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
  const std::string_view name = protocol == ProtocolId::ah ? "ah" : "esp";
  return std::string(name) + " 0x" + to_hex(octets) + " to " + destination.text();
}

}  // namespace ike::model

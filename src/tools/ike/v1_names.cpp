#include "tools/ike/v1_names.h"

namespace ike::tools {

std::string_view v1_payload_name(uint8_t type) {
  switch (type) {
    case 1: return "SA";
    case 2: return "P";
    case 3: return "T";
    case 4: return "KE";
    case 5: return "ID";
    case 6: return "CERT";
    case 7: return "CR";
    case 8: return "HASH";
    case 9: return "SIG";
    case 10: return "NONCE";
    case 11: return "N";
    case 12: return "D";
    case 13: return "VID";
    case 14: return "ATTR";
    case 20: return "NAT-D";
    case 21: return "NAT-OA";
    case 130: return "NAT-D (draft)";
    case 131: return "NAT-OA (draft)";
    case 132: return "FRAGMENT";
    default: return {};
  }
}

}  // namespace ike::tools

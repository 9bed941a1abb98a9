// Keys of IKE SAs, for opening the SK payloads of a capture.
#pragma once

#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/strong.h"
#include "crypto/provider.h"

namespace ike::tools {

// One direction of one IKE SA.
struct SaKeys {
  IkeSpi spi_i;
  IkeSpi spi_r;                 // 0: whatever the responder chose
  bool from_initiator = false;  // who sends under these keys: the original initiator of the IKE SA
  crypto::Protection protection;
  Secret encr;   // with the salt, where the cipher has one
  Secret integ;  // empty for AEAD
};

// The JSON text of a key file, in the form that ike(1) describes.  `capture` is the file name of
// the capture: its entry is taken where the file has entries by name.
Result<std::vector<SaKeys>> parse_keys(std::string_view json, std::string_view capture);

}  // namespace ike::tools

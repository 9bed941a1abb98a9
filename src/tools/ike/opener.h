// Opens SK and SKF payloads with keys that were given.
#pragma once

#include <optional>
#include <vector>

#include "tools/ike/sa_keys.h"
#include "wire/header.h"
#include "wire/v2/sk.h"

namespace ike::tools {

struct Opened {
  bool icv_ok = false;
  Blob plaintext;  // payloads, padding and pad length; empty unless icv_ok
};

class Opener {
 public:
  // `provider` must outlive this.
  Opener(crypto::Provider& provider, std::vector<SaKeys> keys)
      : provider_(provider), keys_(std::move(keys)) {}

  // Nothing when no keys for the SA and direction are known.
  std::optional<Opened> open(const wire::Header& header, Bytes message,
                             const wire::v2::Sk& sk) const;

 private:
  crypto::Provider& provider_;
  std::vector<SaKeys> keys_;
};

}  // namespace ike::tools

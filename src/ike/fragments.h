// Puts fragments of encrypted messages together again.  RFC 7383 section 2.6.  Only fragments whose
// integrity was checked come here, so nobody but the peer can fill it.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/numbers.h"
#include "base/strong.h"

namespace ike::proto {

struct Fragment {
  bool response = false;
  MessageId message_id;
  uint16_t number = 0;  // from 1
  uint16_t total = 0;
  PayloadType first_inner = PayloadType::none;  // of number 1
  Blob plaintext;
};

struct Reassembled {
  PayloadType first = PayloadType::none;
  Blob chain;
};

class Reassembly {
 public:
  enum class Outcome : uint8_t {
    stored,     // more are missing
    duplicate,  // had it already
    refused,    // against the rules or the bounds
    complete,
  };

  Outcome add(Fragment&& fragment);
  // The message after `complete`, once.
  Reassembled take();
  void clear();
  // Octets held, for the bound.
  size_t held() const;

 private:
  // Requests of the peer and responses to ours have message IDs of their own.
  struct Collection {
    bool active = false;
    MessageId message_id;
    uint16_t total = 0;
    uint16_t present = 0;
    size_t octets = 0;
    PayloadType first = PayloadType::none;
    std::vector<Blob> parts;  // by number - 1; empty = missing

    void start(const Fragment& f);
  };
  Reassembled join(Collection& c);

  std::array<Collection, 2> collections_;
  std::optional<Reassembled> done_;
};

}  // namespace ike::proto

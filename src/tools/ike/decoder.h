// From captured frames to IKE messages.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/ike/opener.h"
#include "tools/ike/udp_datagram.h"
#include "wire/chain.h"
#include "wire/header.h"

namespace ike::tools {

// The payloads as far as they can be walked.
struct DecodedChain {
  std::vector<wire::RawPayload> payloads;
  Result<void> end;      // why the walk ended early, if it did
  Result<void> content;  // what is wrong inside an IKEv2 payload, if anything is

  bool well_formed() const { return end && content; }
};

// What an SK payload, or all SKF payloads of a message together, held.
struct DecodedInside {
  bool icv_ok = false;
  PayloadType first = PayloadType::none;
  Blob plaintext;  // with padding; of SKF: that of this fragment
  Blob inner;      // without padding; of SKF: of all fragments, in the message that completed them
  std::optional<DecodedChain> chain;  // aliases `inner`; nothing while fragments are missing
};

struct DecodedMessage {
  uint32_t frame = 0;
  uint64_t time_us = 0;
  Endpoint from;
  Endpoint to;
  bool non_esp_marker = false;
  Bytes octets;                 // of the IKE message; aliases the file
  Result<wire::Header> header;  // an error when there are not even its 28 octets
  Result<void> length_ok;       // whether the length field fits the datagram
  DecodedChain chain;
  bool is_v1_encrypted = false;
  bool is_v2_encrypted = false;
  std::optional<DecodedInside> inside;  // when keys were there

  bool well_formed() const;
};

class Decoder {
 public:
  // `ports` besides 500 and 4500; `opener` may be null.
  Decoder(std::set<uint16_t> ports, const Opener* opener)
      : ports_(std::move(ports)), opener_(opener) {}

  // Nothing when the frame holds no IKE message.
  std::optional<DecodedMessage> decode(const Frame& frame);
  // A message without a frame around it.
  DecodedMessage decode_message(Bytes octets);

 private:
  // Plaintexts of the fragments of one message, by their number.
  struct Fragments {
    IkeSpi spi_i;
    IkeSpi spi_r;
    MessageId id;
    uint8_t flags = 0;
    PayloadType first = PayloadType::none;
    std::vector<Blob> parts;
    size_t present = 0;
  };

  bool is_ours(uint16_t port) const;
  void open(DecodedMessage& message);
  void add_fragment(const wire::Header& header, const wire::v2::Sk& skf, Bytes inner,
                    DecodedInside& inside);
  Fragments& fragments_of(const wire::Header& header, const wire::v2::Sk& skf);

  std::set<uint16_t> ports_;
  const Opener* opener_;
  std::vector<Fragments> fragments_;  // the oldest first, bounded
};

}  // namespace ike::tools

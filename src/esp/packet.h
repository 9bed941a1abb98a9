// One ESP packet, sealed and opened in place.  RFC 4303 section 2.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |               Security Parameters Index (SPI)                 |
// |                      Sequence Number                          |
// ~                    IV, payload data                           ~
// ~               Padding         |  Pad Length   | Next Header   |
// ~         Integrity Check Value-ICV   (variable)                ~
#pragma once

#include <array>
#include <memory>

#include "base/random.h"
#include "crypto/algorithms.h"
#include "crypto/provider.h"
#include "model/sa_spec.h"

namespace ike::esp {

inline constexpr size_t kEspHeader = 8;

// The first 8 octets of a packet from the network.
struct EspHeader {
  EspSpi spi;
  uint32_t sequence = 0;  // the low half of an extended one
};
Result<EspHeader> parse_esp_header(Bytes packet);

// Initialisation vectors.  CBC must not let anybody foresee them, so they are drawn, many at once;
// everything else takes the sequence number, which never repeats under one key.
class IvPool {
 public:
  explicit IvPool(Random& random) : random_(random) {}
  void fill(MutableBytes iv);

 private:
  Random& random_;
  std::array<uint8_t, 4096> octets_{};
  size_t used_ = sizeof octets_;
};

// The keys and sizes of one SA.
class PacketCodec {
 public:
  // Fault::unsupported for algorithms that the provider lacks or an SA without protection;
  // refused for keys of a wrong size.
  static Result<PacketCodec> make(crypto::Provider& provider, const model::SaSpec& spec);

  size_t front() const { return kEspHeader + sizes_.iv; }  // octets before the payload
  size_t sealed_size(size_t payload) const { return front() + padded(payload) + sizes_.icv; }
  // The largest payload whose sealed form has at most `size` octets; 0 when there is none.
  size_t payload_within(size_t size) const;

  // `packet` has sealed_size(payload_size) octets with the payload at front().
  void seal(EspSpi spi, uint64_t sequence, IvPool& ivs, MutableBytes packet, size_t payload_size,
            uint8_t next_header);

  struct Opened {
    MutableBytes payload;  // aliases the packet
    uint8_t next_header = 0;
  };
  // `packet` is undefined after a failure.  Fault::unauthenticated when the ICV is wrong.
  Result<Opened> open(uint64_t sequence, MutableBytes packet);

 private:
  size_t padded(size_t payload) const { return (payload + 2 + align_ - 1) / align_ * align_; }

  std::unique_ptr<crypto::PacketCipher> cipher_;
  crypto::ProtectionSizes sizes_;
  size_t align_ = 4;
  bool aead_ = false;
  bool extended_ = false;
  bool random_iv_ = false;
};

}  // namespace ike::esp

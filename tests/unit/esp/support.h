// Packets and SAs for the tests of this folder.
#pragma once

#include <string>

#include "crypto/algorithms.h"
#include "crypto/provider.h"
#include "esp/pipeline.h"

namespace ike::esp::test {

class CountingRandom final : public Random {
 public:
  void fill_public(MutableBytes out) override {
    for (uint8_t& octet : out) octet = next_++;
  }
  void fill_secret(MutableBytes out) override { fill_public(out); }

 private:
  uint8_t next_ = 1;
};

inline Address address(const char* text) { return *Address::parse(text); }

struct Plain {
  const char* source = "10.1.0.1";
  const char* destination = "10.2.0.2";
  uint8_t protocol = ipproto::kUdp;
  uint16_t source_port = 1000;
  uint16_t destination_port = 2000;
  size_t payload = 100;
  uint8_t tos = 0;
  bool dont_fragment = false;
};

// A UDP or TCP packet (or the like) with valid checksums where there are any.
Blob make_packet(const Plain& plain);

struct TcpShape {
  uint32_t sequence = 1000;
  uint8_t flags = 0x10;
  size_t payload = 1000;
  bool v6 = false;
  uint8_t fill = 0;  // payload octets count up from here
};
Blob make_tcp(const TcpShape& shape);

struct SaShape {
  model::SaAlgorithms algorithms{Encr::aes_gcm_16, 256, Integ::none, Esn::no};
  uint32_t spi = 0x1000;
  model::Direction direction = model::Direction::outbound;
  model::Mode mode = model::Mode::tunnel;
  bool v6_outside = false;
  bool encapsulated = false;
  uint8_t key = 1;
  uint32_t reqid = 7;
};
// From 192.0.2.1 to 192.0.2.2 with selectors 10.1.0.0/16 and 10.2.0.0/16 (as each end sees them).
model::SaSpec make_sa(const SaShape& shape);
model::FlowSpec make_flow(const char* local, const char* remote, uint32_t reqid = 7,
                          uint32_t priority = 100);

// Both ends of one direction.
struct Ends {
  explicit Ends(const SaShape& shape = {});

  CountingRandom random;
  std::unique_ptr<crypto::Provider> provider;
  Pipeline sender, receiver;
  Batch sent, received;
  Instant now{};

  // Sends `packet` and gives what the other side makes of the ESP packets.
  std::vector<Blob> carry(Blob packet, const Offload& offload = {});
  std::vector<Blob> esp_packets() const;  // in `sent`
  Blob receive(Blob esp, const Endpoint& from = {address("192.0.2.1"), 0}, uint8_t tos = 0);
};

}  // namespace ike::esp::test

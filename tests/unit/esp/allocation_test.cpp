// The hot path takes no memory from the heap: counted, not believed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "unit/esp/support.h"

namespace {
size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<std::size_t>(alignment);
  void* const memory = std::aligned_alloc(align, (size + align - 1) / align * align);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace ike::esp {
namespace {

using test::address;
using test::Ends;
using test::make_packet;
using test::make_tcp;

// One batch as the back end handles it: single packets and a superframe out, all of it in, put
// together for the inside.
struct Traffic {
  explicit Traffic(const test::SaShape& shape) : ends(shape) {
    for (uint16_t i = 0; i < 32; ++i) packets.push_back(make_packet({.source_port = i}));
    superframe = make_tcp({.payload = 20'000});
  }
  void batch() {
    ends.sent.clear();
    for (const Blob& packet : packets) {
      std::ranges::copy(packet, room.begin());
      ends.sender.outbound(ends.now, MutableBytes(room).first(packet.size()), {}, ends.sent);
    }
    std::ranges::copy(superframe, room.begin());
    ends.sender.outbound(ends.now, MutableBytes(room).first(superframe.size()),
                         {.gso = Gso::tcp_v4, .segment_size = 1300}, ends.sent);
    for (const Run& run : ends.sent.runs) {
      const Bytes data = ends.sent.data(run);
      const MutableBytes writable(const_cast<uint8_t*>(data.data()), data.size());
      for (size_t at = 0; at < data.size(); at += run.segment_size) {
        const auto inner = ends.receiver.inbound(
            ends.now,
            {writable.subspan(at, std::min(run.segment_size, data.size() - at)),
             {address("192.0.2.1"), 0},
             address("192.0.2.2"),
             0},
            ends.received);
        if (inner.packet.empty()) continue;
        coalescer.add(inner.packet, inner.ip, true);
        ++arrived;
      }
    }
    delivered += coalescer.finish().size();
    coalescer.clear();
    ends.received.clear();
  }
  Ends ends;
  Coalescer coalescer;
  std::vector<Blob> packets;
  Blob superframe;
  Blob room = Blob(65'536);
  size_t arrived = 0, delivered = 0;
};

class HotPath : public testing::TestWithParam<model::SaAlgorithms> {};

TEST_P(HotPath, TakesNothingFromTheHeap) {
  Traffic traffic({.algorithms = GetParam()});
  for (int i = 0; i < 3; ++i) traffic.batch();  // vectors grow to what a batch needs
  traffic.arrived = traffic.delivered = 0;
  const size_t before = allocations;
  for (int i = 0; i < 50; ++i) traffic.batch();
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_EQ(traffic.arrived, 50u * (32 + 16));
  EXPECT_EQ(traffic.delivered, 50u * (32 + 1)) << "the superframe came out as one again";
}

TEST(Allocations, AreCounted) {
  const size_t before = allocations;
  const auto blob = std::make_unique<Blob>(10);
  EXPECT_EQ(allocations - before, 2u);
}

INSTANTIATE_TEST_SUITE_P(
    Algorithms, HotPath,
    testing::Values(model::SaAlgorithms{Encr::aes_gcm_16, 256, Integ::none, Esn::no},
                    model::SaAlgorithms{Encr::aes_gcm_16, 128, Integ::none, Esn::yes},
                    model::SaAlgorithms{Encr::chacha20_poly1305, 0, Integ::none, Esn::no},
                    model::SaAlgorithms{Encr::aes_cbc, 256, Integ::hmac_sha2_256_128, Esn::yes}));

}  // namespace
}  // namespace ike::esp

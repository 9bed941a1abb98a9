// The UDP sockets that IKE speaks on: batches in both directions, with the local address known for
// what comes in and chosen for what goes out.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "engine/io.h"
#include "runtime/loop.h"

namespace ike::runtime {

// Destination address reporting; no path MTU discovery, since IKE may be fragmented.
Result<void> set_udp_options(int fd, Family family);

inline constexpr size_t kUdpBatch = 32;         // datagrams a system call
inline constexpr size_t kUdpBatchesATurn = 4;   // per socket, so that others get their turn
inline constexpr size_t kSendQueueMax = 4'096;  // datagrams that wait for a full socket

struct UdpCounters {
  uint64_t received = 0;
  uint64_t truncated = 0;  // longer than what IKE can be
  uint64_t sent = 0;
  uint64_t unsendable = 0;  // no such socket, no route, refused
  uint64_t queue_full = 0;
};

class UdpPorts {
 public:
  using Receiver = std::move_only_function<void(const engine::Datagram&)>;

  // `receiver` is called for each datagram; its octets are valid during the call.
  UdpPorts(Loop& loop, Receiver receiver);
  ~UdpPorts();

  // A bound, non-blocking socket.  `local`: its family and port; the address is usually `any`.
  void add(Fd fd, const Endpoint& local);
  // Leaves with the next flush().
  void send(engine::Send send);
  void flush();
  const UdpCounters& counters() const { return counters_; }

 private:
  struct Socket {
    Fd fd;
    Endpoint local;
    std::deque<engine::Send> queue;
    bool blocked = false;
  };
  struct Buffers;

  void receive(Socket& socket);
  void deliver(const Socket& socket, size_t count);
  void flush(Socket& socket);
  Socket* socket_for(const engine::Send& send);

  Loop& loop_;
  Receiver receiver_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::unique_ptr<Buffers> buffers_;
  UdpCounters counters_;
};

}  // namespace ike::runtime

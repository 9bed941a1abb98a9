// One end of the socket pair between two processes.  What is posted in one loop turn leaves in as
// few datagrams as possible; a message longer than a datagram travels in pieces.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "kernel/fd.h"
#include "privsep/permits.h"
#include "runtime/loop.h"

namespace ike::privsep {

using kernel::Fd;

inline constexpr size_t kDatagramSize = 32'768;
// Octets of one message: a policy of 100,000 connections fits; all else is smaller by far.
inline constexpr size_t kPolicyMessageMax = 256u << 20;
inline constexpr size_t kMessageMax = 16u << 20;
inline constexpr size_t kChannelQueueMax = 512u << 20;  // octets that wait for the other end
inline constexpr size_t kDescriptorsMax = 64;           // with one message

struct ChannelPair {
  Fd first, second;
};
Result<ChannelPair> make_channel_pair();

// Framing alone, apart from sockets: a frame is its length with a flag "more pieces follow", then
// the octets.
class Deframer {
 public:
  explicit Deframer(size_t message_max = kPolicyMessageMax) : message_max_(message_max) {}
  // The frames of one datagram; whole messages are given to `deliver`.
  Result<void> feed(Bytes datagram, const std::function<Result<void>(Bytes)>& deliver);

 private:
  size_t message_max_;
  Blob partial_;
};

class Channel {
 public:
  // Called with each message; an error means that the other end speaks nonsense.
  using Receiver = std::function<Result<void>(Bytes message)>;
  // The channel is of no use any more: closed by the other end, or nonsense received.
  using Closed = std::function<void(const Error& reason)>;

  // `message_max`: the longest message that the other end may send.
  explicit Channel(Fd fd, size_t message_max = kMessageMax);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void attach(runtime::Loop& loop, Receiver receiver, Closed closed);

  // False after the channel was closed; that it is, too, when the other end reads so little that
  // kChannelQueueMax octets wait for it.
  template <typename Message>
  bool post(const Message& message) {
    scratch_.clear();
    encode(message, scratch_);
    return post_octets();
  }
  // With descriptors, at once and only while nothing else waits; for start-up.
  template <typename Message>
  Result<void> send_now(const Message& message, std::span<const int> descriptors) {
    scratch_.clear();
    encode(message, scratch_);
    return send_with(descriptors);
  }
  // Waits for the next message, and keeps the descriptors that come with it; for start-up.
  Result<Blob> receive_now(std::vector<Fd>& descriptors);

  void flush();
  bool closed() const { return !fd_.valid(); }
  bool idle() const { return queue_.empty(); }
  size_t queued() const { return queued_; }  // octets that wait
  void close();

 private:
  struct Inbox;

  bool post_octets();
  Result<void> send_with(std::span<const int> descriptors);
  void append_frame(Bytes piece, bool more);
  void on_ready(uint32_t events);
  void receive();
  void fail_with(const Error& reason);

  Fd fd_;
  runtime::Loop* loop_ = nullptr;
  Receiver receiver_;
  Closed on_closed_;
  Blob scratch_;
  std::deque<Blob> queue_;
  size_t queued_ = 0;  // octets in queue_
  bool blocked_ = false;
  Deframer deframer_;
  std::unique_ptr<Inbox> inbox_;
};

// Gives each message of a type to a handler, if it is of a kind that its sender may send.
template <typename Message, typename Handler>
Channel::Receiver receiver_of(TextTable& texts, Handler handler, Kinds permitted = kAllKinds) {
  return [&texts, handler, permitted](Bytes octets) -> Result<void> {
    IKE_TRY(Message message, decode_permitted<Message>(octets, texts, permitted));
    handler(std::move(message));
    return {};
  };
}

}  // namespace ike::privsep

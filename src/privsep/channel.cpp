#include "privsep/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/secret.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::privsep {
namespace {

constexpr uint32_t kMore = 0x8000'0000;
constexpr size_t kHeaderSize = 4;
constexpr size_t kBatch = 8;  // datagrams a system call

struct alignas(cmsghdr) DescriptorControl {
  std::array<char, CMSG_SPACE(kDescriptorsMax * sizeof(int))> octets;
};

void take_descriptors(msghdr& header, std::vector<Fd>& out) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd = -1;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
      out.emplace_back(fd);
    }
  }
}

}  // namespace

Result<ChannelPair> make_channel_pair() {
  std::array<int, 2> fds{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) != 0) {
    return fail(Fault::internal, "socketpair");
  }
  return ChannelPair{Fd(fds[0]), Fd(fds[1])};
}

Result<void> Deframer::feed(Bytes datagram, const std::function<Result<void>(Bytes)>& deliver) {
  wire::Reader r(datagram, "frame cut short");
  while (r.more()) {
    const uint32_t head = r.u32();
    const Bytes piece = r.bytes(head & ~kMore);
    if (r.failed()) break;
    if (partial_.size() + piece.size() > message_max_) {
      return fail(Fault::limit, "message between processes too long");
    }
    if ((head & kMore) != 0) {
      append(partial_, piece);
    } else if (partial_.empty()) {
      IKE_CHECK(deliver(piece));
    } else {
      append(partial_, piece);
      const Secret whole = Secret::adopt(std::move(partial_));
      partial_.clear();
      IKE_CHECK(deliver(whole.view()));
    }
  }
  return r.done();
}

// What was received may hold keys, so it is wiped after use; pages are touched only when needed.
struct Channel::Inbox {
  std::unique_ptr<uint8_t[]> slots =
      std::make_unique_for_overwrite<uint8_t[]>(kBatch * kDatagramSize);
  std::array<iovec, kBatch> parts;
  std::array<mmsghdr, kBatch> messages;
};

Channel::Channel(Fd fd, size_t message_max)
    : fd_(std::move(fd)), deframer_(message_max), inbox_(std::make_unique<Inbox>()) {}

Channel::~Channel() { close(); }

void Channel::close() {
  if (loop_ != nullptr && fd_.valid()) loop_->forget(fd_.value());
  fd_.close();
  for (Blob& datagram : queue_) wipe(datagram);
  queue_.clear();
  queued_ = 0;
}

void Channel::attach(runtime::Loop& loop, Receiver receiver, Closed closed) {
  loop_ = &loop;
  receiver_ = std::move(receiver);
  on_closed_ = std::move(closed);
  loop.watch(fd_.value(), EPOLLIN, [this](uint32_t events) { on_ready(events); });
}

void Channel::append_frame(Bytes piece, bool more) {
  const size_t needed = kHeaderSize + piece.size();
  // The front one may have been partly looked at by the kernel when blocked, but never changed.
  if (queue_.empty() || queue_.back().size() + needed > kDatagramSize) {
    queue_.emplace_back().reserve(std::min(kDatagramSize, std::max<size_t>(needed, 4'096)));
  }
  Blob& datagram = queue_.back();
  wire::Writer w(datagram);
  w.u32(static_cast<uint32_t>(piece.size()) | (more ? kMore : 0)).bytes(piece);
  queued_ += needed;
}

bool Channel::post_octets() {
  constexpr size_t kPieceMax = kDatagramSize - kHeaderSize;
  const size_t size = scratch_.size();
  const bool open = !closed();
  const bool fits = open && size <= kPolicyMessageMax && queued_ + size <= kChannelQueueMax;
  if (fits) {
    Bytes left = scratch_;
    while (left.size() > kPieceMax) {
      append_frame(left.first(kPieceMax), true);
      left = left.subspan(kPieceMax);
    }
    append_frame(left, false);
  }
  wipe(scratch_);
  // A message less would be a promise broken without a word.
  if (open && !fits) fail_with({"does not read what it is sent", 0, Fault::limit});
  return fits;
}

void Channel::flush() {
  while (!queue_.empty() && !blocked_ && !closed()) {
    const size_t count = std::min(queue_.size(), kBatch);
    std::array<iovec, kBatch> parts{};
    std::array<mmsghdr, kBatch> messages{};
    for (size_t i = 0; i < count; ++i) {
      parts[i] = {queue_[i].data(), queue_[i].size()};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent = sendmmsg(fd_.value(), messages.data(), static_cast<unsigned>(count),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      blocked_ = true;
      if (loop_ != nullptr) loop_->change(fd_.value(), EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent < 0) {
      fail_with({"channel: the other end is gone", 0, Fault::internal});
      return;
    }
    for (int i = 0; i < sent; ++i) {
      queued_ -= std::min(queued_, queue_.front().size());
      wipe(queue_.front());
      queue_.pop_front();
    }
  }
}

void Channel::on_ready(uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    blocked_ = false;
    loop_->change(fd_.value(), EPOLLIN);
    flush();
  }
  if (!closed() && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive();
}

void Channel::receive() {
  for (size_t i = 0; i < kBatch; ++i) {
    inbox_->parts[i] = {inbox_->slots.get() + i * kDatagramSize, kDatagramSize};
    inbox_->messages[i] = {};
    inbox_->messages[i].msg_hdr.msg_iov = &inbox_->parts[i];
    inbox_->messages[i].msg_hdr.msg_iovlen = 1;
  }
  // Without room for control data the kernel drops descriptors that nobody asked for.
  const int got = recvmmsg(fd_.value(), inbox_->messages.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR) {
      fail_with({"channel: cannot be read", 0, Fault::internal});
    }
    return;
  }
  for (size_t i = 0; i < static_cast<size_t>(got) && !closed(); ++i) {
    const size_t size = inbox_->messages[i].msg_len;
    if (size == 0) {  // the end; frames are never empty
      fail_with({"channel: closed by the other end", 0, Fault::internal});
      return;
    }
    const MutableBytes datagram(inbox_->slots.get() + i * kDatagramSize, size);
    const auto fed = deframer_.feed(datagram, receiver_);
    wipe(datagram);
    if (!fed) {
      fail_with(fed.error());
      return;
    }
  }
}

void Channel::fail_with(const Error& reason) {
  if (closed()) return;
  close();
  if (on_closed_) on_closed_(reason);
}

Result<void> Channel::send_with(std::span<const int> descriptors) {
  if (!queue_.empty()) return fail(Fault::internal, "channel: descriptors must go first");
  if (descriptors.size() > kDescriptorsMax || scratch_.size() + kHeaderSize > kDatagramSize) {
    return fail(Fault::limit, "channel: start message too long");
  }
  Blob datagram;
  wire::Writer(datagram).u32(static_cast<uint32_t>(scratch_.size())).bytes(scratch_);
  iovec part{datagram.data(), datagram.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  DescriptorControl control{};
  if (!descriptors.empty()) {
    header.msg_control = control.octets.data();
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    memcpy(CMSG_DATA(c), descriptors.data(), descriptors.size_bytes());
  }
  if (sendmsg(fd_.value(), &header, MSG_NOSIGNAL) < 0) {
    return fail(Fault::internal, "channel: cannot pass descriptors");
  }
  return {};
}

Result<Blob> Channel::receive_now(std::vector<Fd>& descriptors) {
  DescriptorControl control{};
  iovec part{inbox_->slots.get(), kDatagramSize};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.octets.data();
  header.msg_controllen = control.octets.size();
  Fd waiting(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ctl(waiting.value(), EPOLL_CTL_ADD, fd_.value(), &event) != 0) {
    return fail(Fault::internal, "channel: cannot wait");
  }
  while (epoll_wait(waiting.value(), &event, 1, -1) < 0 && errno == EINTR) {
  }
  const ssize_t got = recvmsg(fd_.value(), &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (got <= 0) return fail(Fault::internal, "channel: closed before the start message");
  take_descriptors(header, descriptors);
  if ((header.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
    return fail(Fault::limit, "channel: start message cut short");
  }
  wire::Reader r(Bytes(inbox_->slots.get(), static_cast<size_t>(got)), "frame cut short");
  const Bytes message = r.bytes(r.u32());
  return r.done(to_blob(message));
}

}  // namespace ike::privsep

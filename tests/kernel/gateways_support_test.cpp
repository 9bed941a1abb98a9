#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <functional>

#include "crypto/openssl/openssl_provider.h"
#include "kernel/fd.h"
#include "kernel/gateways.h"

namespace ike::test {
namespace {

Instant now() {
  return Instant(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

constexpr auto kPatience = std::chrono::seconds(30);  // waited out by failures only

}  // namespace

std::unique_ptr<crypto::Provider> make_test_provider() { return crypto::openssl::make_provider(); }

std::string output_of(const std::string& command) {
  std::string text;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {};
  std::array<char, 512> chunk;
  while (fgets(chunk.data(), chunk.size(), pipe) != nullptr) text += chunk.data();
  if (pclose(pipe) != 0) text += "\n[failed] " + command;
  return text;
}

bool run(const std::string& command) {
  const std::string text = output_of(command);
  const bool good = text.find("[failed]") == std::string::npos;
  if (!good) std::fputs((text + "\n").c_str(), stderr);
  return good;
}

std::string missing_for_namespaces() {
  if (geteuid() != 0) return "needs root";
  if (access("/dev/net/tun", R_OK | W_OK) != 0) return "needs /dev/net/tun";
  const kernel::Fd probe(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!probe.valid()) return "needs network namespaces";
  return {};
}

void TestRandom::fill_public(MutableBytes out) {
  for (uint8_t& octet : out) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    octet = static_cast<uint8_t>(state_ >> 56);
  }
}

Network::Network() {
  const std::string id = std::to_string(getpid());
  a_ = "ike-a-" + id;
  b_ = "ike-b-" + id;
  run("ip netns add " + a_ + " && ip netns add " + b_ + " && ip link add v0 netns " + a_ +
      " type veth peer name v0 netns " + b_);
  const auto setup = [](const std::string& ns, const std::string& n) {
    const std::string ip = "ip -n " + ns + " ";
    run(ip + "link set lo up && " + ip + "addr add 192.0.2." + n + "/24 dev v0 && " + ip +
        "addr add 2001:db8::" + n + "/64 dev v0 nodad && " + ip + "link set v0 up && " + ip +
        "addr add 10." + n + ".0.1/16 dev lo && " + ip + "addr add fd0" + n +
        "::1/64 dev lo nodad && " + ip + "route add default via 192.0.2." + (n == "1" ? "2" : "1") +
        " && " + ip + "route add default via 2001:db8::" + (n == "1" ? "2" : "1"));
  };
  setup(a_, "1");
  setup(b_, "2");
}

Network::~Network() { run("ip netns del " + a_ + "; ip netns del " + b_); }

Gateway::Gateway(std::string name_space, kernel::BackendKind kind, uint64_t seed)
    : name_space_(std::move(name_space)), provider_(make_test_provider()) {
  if (pipe2(wake_, O_NONBLOCK | O_CLOEXEC) != 0) error_ = "pipe";
  thread_ = std::thread([this, seed, kind] { main(seed, kind); });
  while (!ready_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Gateway::~Gateway() {
  stop_ = true;
  [[maybe_unused]] const auto woken = write(wake_[1], "x", 1);
  thread_.join();
  close(wake_[0]);
  close(wake_[1]);
}

std::unique_ptr<kernel::KernelBackend> Gateway::open(Random& random, kernel::BackendKind kind) {
  auto resources = kernel::open_resources(kind, error_);
  if (!resources) {
    error_ = std::string(resources.error().what) + ": " + error_;
    return nullptr;
  }
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    if (kind != kernel::BackendKind::tun) break;
    auto pair = kernel::open_encap_pair({Address::any(family), 4500}, error_);
    if (!pair) return nullptr;
    resources->add(
        family == Family::ipv6 ? kernel::ResourceKind::encap_v6 : kernel::ResourceKind::encap_v4,
        std::move(pair->esp));
    pair->ike.release();  // stays open for the group's sake until the test ends
  }
  auto backend = kernel::make_backend(std::move(*resources), {*provider_, random});
  if (!backend) {
    error_ = backend.error().what;
    return nullptr;
  }
  return std::move(*backend);
}

void Gateway::main(uint64_t seed, kernel::BackendKind kind) {
  {
    const kernel::Fd ns(::open(("/var/run/netns/" + name_space_).c_str(), O_RDONLY | O_CLOEXEC));
    if (setns(ns.value(), CLONE_NEWNET) != 0) error_ = "setns";
  }
  TestRandom random(seed);
  const auto backend = error_.empty() ? open(random, kind) : nullptr;
  if (backend) capabilities_ = backend->capabilities();
  ready_ = true;
  if (backend) loop(*backend);
}

void Gateway::loop(kernel::KernelBackend& backend) {
  std::vector<pollfd> watched{{wake_[0], POLLIN, 0}};
  for (const int fd : backend.fds()) watched.push_back({fd, POLLIN, 0});
  std::vector<model::KernelEvent> events;
  while (!stop_) {
    ::poll(watched.data(), watched.size(), 20);
    std::array<char, 16> drained;
    while (read(wake_[0], drained.data(), drained.size()) > 0) {
    }
    const std::lock_guard lock(mutex_);
    for (auto& request : requests_) backend.submit(now(), std::move(request));
    requests_.clear();
    backend.poll(now(), events);
    for (auto& event : events) {
      if (auto* reply = std::get_if<model::KernelReply>(&event)) {
        replies_.push_back(std::move(*reply));
      } else {
        events_.push_back(std::move(event));
      }
    }
    events.clear();
    if (const std::string complaint = backend.take_complaint(); !complaint.empty()) {
      std::fprintf(stderr, "%s\n", complaint.c_str());
    }
  }
}

Result<model::KernelAnswer> Gateway::ask(model::KernelRequest request) {
  const Ticket ticket(next_ticket_++);
  std::visit([&](auto& r) { r.ticket = ticket; }, request);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  [[maybe_unused]] const auto woken = write(wake_[1], "x", 1);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    {
      const std::lock_guard lock(mutex_);
      for (auto& reply : replies_) {
        if (reply.ticket == ticket) return std::move(reply.result);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return fail(Fault::timeout, "the back end did not answer");
}

std::vector<model::KernelEvent> Gateway::take_events() {
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

bool Gateway::wait_for_event(const std::function<bool(const model::KernelEvent&)>& wanted) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    for (const auto& event : take_events()) {
      if (wanted(event)) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

}  // namespace ike::test

// Two gateways in network namespaces, each with a back end of its own and a host's address behind
// it:  [A: 10.1.0.1, fd01::1]--veth 192.0.2.1/2, 2001:db8::1/2--[B: 10.2.0.1, fd02::1]
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "crypto/provider.h"
#include "kernel/factory.h"

namespace ike::test {

std::unique_ptr<crypto::Provider> make_test_provider();

// The system's shell; true when the exit code is 0.  Its output goes to the log of the test.
bool run(const std::string& command);
std::string output_of(const std::string& command);

// Rights, TUN and namespaces are there; otherwise says what is missing.
std::string missing_for_namespaces();

class TestRandom final : public Random {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed) {}
  void fill_public(MutableBytes out) override;
  void fill_secret(MutableBytes out) override { fill_public(out); }

 private:
  uint64_t state_;
};

class Gateway {
 public:
  // Takes its place in the namespace, which must exist; throws nothing: see error().
  Gateway(std::string name_space, kernel::BackendKind kind, uint64_t seed);
  ~Gateway();

  const std::string& error() const { return error_; }
  // Waits for the reply.
  Result<model::KernelAnswer> ask(model::KernelRequest request);
  std::vector<model::KernelEvent> take_events();  // no replies
  bool wait_for_event(const std::function<bool(const model::KernelEvent&)>& wanted);
  kernel::Capabilities capabilities() const { return capabilities_; }

 private:
  void main(uint64_t seed, kernel::BackendKind kind);
  std::unique_ptr<kernel::KernelBackend> open(Random& random, kernel::BackendKind kind);
  void loop(kernel::KernelBackend& backend);

  std::string name_space_;
  std::string error_;
  kernel::Capabilities capabilities_;
  std::unique_ptr<crypto::Provider> provider_;
  std::mutex mutex_;
  std::vector<model::KernelRequest> requests_;
  std::vector<model::KernelReply> replies_;
  std::vector<model::KernelEvent> events_;
  std::atomic<bool> ready_ = false, stop_ = false;
  uint64_t next_ticket_ = 1;
  int wake_[2] = {-1, -1};
  std::thread thread_;
};

// The namespaces and the cable; removed at the end.
class Network {
 public:
  Network();
  ~Network();
  const std::string& a() const { return a_; }
  const std::string& b() const { return b_; }

 private:
  std::string a_, b_;
};

}  // namespace ike::test

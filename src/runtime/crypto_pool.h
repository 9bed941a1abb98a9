// Runs crypto jobs: cheap ones at once, costly ones on a few threads, so that one slow group does
// not stop everybody.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/io.h"
#include "runtime/loop.h"

namespace ike::runtime {

// Below about 100 us on this decade's machines: X25519, P-256, and verifying with P-256, Ed25519
// or RSA up to 4096 bits.  Going through a thread costs 10 us and more.
bool is_cheap(const crypto::Job& job);

using MakeProvider = std::function<std::unique_ptr<crypto::Provider>()>;

class CryptoPool {
 public:
  // Threads start now (a sandbox may forbid it later); their providers are made with their first
  // job. At most `jobs_max` jobs wait; more fail with Fault::limit.
  static Result<std::unique_ptr<CryptoPool>> create(unsigned threads, size_t jobs_max,
                                                    MakeProvider make_provider);
  CryptoPool(Fd event, size_t jobs_max, MakeProvider make_provider);  // for create()
  ~CryptoPool();
  CryptoPool(const CryptoPool&) = delete;
  CryptoPool& operator=(const CryptoPool&) = delete;

  // False when the queue is full; the job is then left alone.
  bool submit(engine::RunCrypto&& work);
  int event_fd() const { return event_.value(); }  // readable when collect() has something
  void collect(std::vector<engine::CryptoDone>& out);

 private:
  void work();

  Fd event_;
  const size_t jobs_max_;
  MakeProvider make_provider_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<engine::RunCrypto> jobs_;
  std::vector<engine::CryptoDone> done_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ike::runtime

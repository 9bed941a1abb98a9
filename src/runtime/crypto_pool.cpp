#include "runtime/crypto_pool.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/overloaded.h"
#include "runtime/os_random.h"

namespace ike::runtime {
namespace {

bool is_cheap(KeMethod method) {
  switch (method) {
    case KeMethod::curve25519:
    case KeMethod::ecp256:
    case KeMethod::ml_kem_512:
    case KeMethod::ml_kem_768:
    case KeMethod::ml_kem_1024: return true;
    default: return false;
  }
}

// By the size of the key's DER form: up to P-256, then from RSA-1024 to RSA-4096.
bool is_cheap_to_verify(size_t spki_size) {
  return spki_size <= 96 || (spki_size >= 160 && spki_size <= 560);
}

}  // namespace

bool is_cheap(const crypto::Job& job) {
  return std::visit(
      overloaded{
          [](const crypto::GenerateKeyPair& j) { return is_cheap(j.method); },
          [](const crypto::DeriveShared& j) { return j.ours && is_cheap(j.ours->method()); },
          [](const crypto::AnswerKeyExchange& j) { return is_cheap(j.method); },
          [](const crypto::VerifySignature& j) { return is_cheap_to_verify(j.spki.size()); },
      },
      job);
}

CryptoPool::CryptoPool(Fd event, size_t jobs_max, MakeProvider make_provider)
    : event_(std::move(event)), jobs_max_(jobs_max), make_provider_(std::move(make_provider)) {}

Result<std::unique_ptr<CryptoPool>> CryptoPool::create(unsigned threads, size_t jobs_max,
                                                       MakeProvider make_provider) {
  Fd event(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!event.valid()) return fail(Fault::internal, "eventfd");
  auto pool = std::make_unique<CryptoPool>(std::move(event), jobs_max, std::move(make_provider));
  // Signals belong to the loop's thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (unsigned i = 0; i < threads; ++i) {
    pool->threads_.emplace_back([raw = pool.get()] { raw->work(); });
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pool;
}

CryptoPool::~CryptoPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool CryptoPool::submit(engine::RunCrypto&& work) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= jobs_max_) return false;
    jobs_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void CryptoPool::collect(std::vector<engine::CryptoDone>& out) {
  uint64_t count = 0;
  static_cast<void>(!read(event_.value(), &count, sizeof(count)));
  const std::lock_guard lock(mutex_);
  std::move(done_.begin(), done_.end(), std::back_inserter(out));
  done_.clear();
}

void CryptoPool::work() {
  std::unique_ptr<crypto::Provider> provider;
  OsRandom random;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const engine::RunCrypto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    if (!provider) provider = make_provider_();
    auto result = crypto::run(*provider, random, job.job);
    lock.lock();
    done_.push_back({job.ticket, std::move(result)});
    const uint64_t one = 1;
    static_cast<void>(!write(event_.value(), &one, sizeof(one)));
  }
}

}  // namespace ike::runtime

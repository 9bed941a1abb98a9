#include "crypto/openssl/cbc_mac.h"

#include <algorithm>

#include "base/assert.h"

namespace ike::crypto::openssl {

namespace {

constexpr std::array<uint8_t, CbcMac::kSize> kZero{};

// Times x in GF(2^128) as CMAC writes it.
std::array<uint8_t, 16> doubled(const std::array<uint8_t, 16>& in) {
  std::array<uint8_t, 16> out{};
  uint8_t carry = 0;
  for (size_t i = in.size(); i-- > 0;) {
    out[i] = static_cast<uint8_t>(in[i] << 1 | carry);
    carry = in[i] >> 7;
  }
  // A mask instead of a branch: `carry` comes from the key.
  out[15] = static_cast<uint8_t>(out[15] ^ (0x87 & (0 - carry)));
  return out;
}

}  // namespace

CbcMac::CbcMac(Kind kind, EVP_CIPHER* aes_128_cbc)
    : kind_(kind), context_(EVP_CIPHER_CTX_new()), cipher_(aes_128_cbc) {
  IKE_ASSERT(context_ != nullptr && cipher_ != nullptr);
}

CbcMac::~CbcMac() {
  wipe(full_mask_);
  wipe(partial_mask_);
  wipe(last_);
}

void CbcMac::set_cipher_key(Bytes key) {
  IKE_ASSERT(key.size() == kSize);
  const int done = EVP_EncryptInit_ex2(context_.get(), cipher_, key.data(), kZero.data(), nullptr);
  IKE_ASSERT(done == 1);
  cipher_ = nullptr;  // the context has it now; naming it again would set it up anew
}

void CbcMac::restart() {
  const int done = EVP_EncryptInit_ex2(context_.get(), nullptr, nullptr, kZero.data(), nullptr);
  IKE_ASSERT(done == 1);
  filled_ = 0;
}

void CbcMac::encrypt(Bytes blocks, uint8_t* out) {
  int written = 0;
  const int done = EVP_EncryptUpdate(context_.get(), out, &written, blocks.data(),
                                     static_cast<int>(blocks.size()));
  IKE_ASSERT(done == 1 && written == static_cast<int>(blocks.size()));
}

void CbcMac::key(Bytes key) {
  set_cipher_key(key);
  if (kind_ == Kind::cmac) {
    Block l{};
    encrypt(kZero, l.data());
    full_mask_ = doubled(l);
    partial_mask_ = doubled(full_mask_);
    wipe(l);
    return;
  }
  //= RFC 3566 section 4: K1, K2 and K3 are encryptions of 01.., 02.. and 03..
  Block k1{};
  Block in{};
  const std::array<Block*, 3> subkeys{&k1, &full_mask_, &partial_mask_};
  for (size_t i = 0; i < subkeys.size(); ++i) {
    restart();
    in.fill(static_cast<uint8_t>(i + 1));
    encrypt(in, subkeys[i]->data());
  }
  set_cipher_key(k1);
  wipe(k1);
}

void CbcMac::prf_key(Bytes given) {
  if (given.size() == kSize) return key(given);
  Block exact{};
  //= RFC 4434 section 2: a short key is padded with zeros, a long one is put through XCBC
  //= RFC 4615 section 3: any other length than 16 is put through CMAC
  if (kind_ == Kind::xcbc && given.size() < kSize) {
    std::ranges::copy(given, exact.begin());
  } else {
    key(kZero);
    mac(Parts(&given, 1), exact);
  }
  key(exact);
  wipe(exact);
}

void CbcMac::absorb_all_but_last(Bytes data) {
  std::array<uint8_t, 512> discarded;
  while (!data.empty()) {
    if (filled_ == kSize) {
      encrypt(last_, discarded.data());
      filled_ = 0;
    }
    if (filled_ == 0) {
      while (data.size() > kSize) {
        const size_t whole = std::min(discarded.size(), (data.size() - 1) / kSize * kSize);
        encrypt(data.first(whole), discarded.data());
        data = data.subspan(whole);
      }
    }
    const size_t taken = std::min(kSize - filled_, data.size());
    std::copy_n(data.begin(), taken, last_.begin() + static_cast<ptrdiff_t>(filled_));
    filled_ += taken;
    data = data.subspan(taken);
  }
}

void CbcMac::mac(Parts data, MutableBytes out) {
  restart();
  for (const Bytes part : data) absorb_all_but_last(part);
  const bool full = filled_ == kSize;
  if (!full) {
    last_[filled_] = 0x80;
    std::fill(last_.begin() + static_cast<ptrdiff_t>(filled_) + 1, last_.end(), uint8_t{0});
  }
  const Block& mask = full ? full_mask_ : partial_mask_;
  for (size_t i = 0; i < kSize; ++i) last_[i] ^= mask[i];
  Block value{};
  encrypt(last_, value.data());
  std::copy_n(value.begin(), out.size(), out.begin());
}

}  // namespace ike::crypto::openssl

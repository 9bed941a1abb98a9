#include "ike/half_open.h"

#include <algorithm>

namespace ike::proto {

void CookieJar::rotate(Instant now) {
  if (!current_.empty() && now - since_ < kSecretLifetime) return;
  // A secret that was not used for long must not count any more.
  const bool too_old = current_.empty() || now - since_ >= 2 * kSecretLifetime;
  previous_ = too_old ? Secret() : std::move(current_);
  Secret fresh(32);
  random_.fill_secret(fresh.writable());
  current_ = std::move(fresh);
  ++version_;
  since_ = now;
}

CookieJar::Tag CookieJar::tag(Bytes secret, uint32_t version, const CookieInput& input) const {
  std::array<uint8_t, 13> fixed{};
  for (size_t i = 0; i < 8; ++i) {
    fixed[i] = static_cast<uint8_t>(input.spi_i.raw() >> (56 - 8 * i));
  }
  for (size_t i = 0; i < 4; ++i) fixed[8 + i] = static_cast<uint8_t>(version >> (24 - 8 * i));
  // With the family in front nothing can be shifted from the address to the nonce.
  fixed[12] = static_cast<uint8_t>(input.source.family());
  const std::array<Bytes, 3> parts{fixed, input.source.octets(), input.nonce};
  Tag out{};
  provider_.prf(PrfId::hmac_sha2_256, secret, parts, out);
  return out;
}

Blob CookieJar::make(const CookieInput& input, Instant now) {
  rotate(now);
  Blob cookie(kCookieSize);
  for (size_t i = 0; i < 4; ++i) cookie[i] = static_cast<uint8_t>(version_ >> (24 - 8 * i));
  const Tag mac = tag(current_.view(), version_, input);
  std::ranges::copy(mac, cookie.begin() + 4);
  return cookie;
}

bool CookieJar::check(const CookieInput& input, Bytes cookie, Instant now) {
  if (cookie.size() != kCookieSize) return false;
  rotate(now);
  uint32_t version = 0;
  for (const uint8_t octet : cookie.first(4)) version = version << 8 | octet;
  const bool is_previous = version + 1 == version_ && !previous_.empty();
  if (version != version_ && !is_previous) return false;
  const Tag expected = tag(is_previous ? previous_.view() : current_.view(), version, input);
  return equal_constant_time(expected, cookie.subspan(4));
}

size_t HalfOpenCounts::Hash::operator()(const Address& a) const noexcept {
  // Sources have shown by a cookie that they exist before they get many entries, so that chosen
  // collisions cannot fill a bucket.
  size_t h = static_cast<size_t>(a.family());
  for (const uint8_t octet : a.octets()) h = h * 1099511628211U + octet;
  return h;
}

Admission HalfOpenCounts::judge(const Address& source, bool cookie_valid) const {
  if (total_ >= limits_.max) return Admission::drop;
  if (of(source) >= limits_.per_source) return Admission::drop;
  if (total_ >= limits_.cookie_at && !cookie_valid) return Admission::demand_cookie;
  return Admission::accept;
}

void HalfOpenCounts::add(const Address& source) {
  ++by_source_[source];
  ++total_;
}

void HalfOpenCounts::remove(const Address& source) {
  const auto at = by_source_.find(source);
  if (at == by_source_.end()) return;
  --total_;
  if (--at->second == 0) by_source_.erase(at);
}

size_t HalfOpenCounts::of(const Address& source) const {
  const auto at = by_source_.find(source);
  return at == by_source_.end() ? 0 : at->second;
}

bool TokenBucket::take(Instant now) {
  const Duration passed = now - last_;
  if (passed >= seconds(1)) {
    tokens_ = per_second_;
    last_ = now;
  } else {
    const auto earned = static_cast<uint64_t>(passed.count()) * per_second_ / 1'000'000'000U;
    if (earned > 0) {
      tokens_ = static_cast<uint32_t>(std::min<uint64_t>(per_second_, tokens_ + earned));
      last_ = now;
    }
  }
  if (tokens_ == 0) {
    ++suppressed_;
    return false;
  }
  --tokens_;
  return true;
}

uint64_t TokenBucket::suppressed() {
  const uint64_t n = suppressed_;
  suppressed_ = 0;
  return n;
}

}  // namespace ike::proto

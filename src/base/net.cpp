#include "base/net.h"

#include <algorithm>

namespace ike {

namespace {

std::optional<unsigned> parse_number(std::string_view text, unsigned base, unsigned max) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    unsigned digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A' + 10);
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  if (value > max) return std::nullopt;
  return value;
}

std::optional<std::array<uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<uint8_t, 4> octets{};
  for (size_t i = 0; i < 4; ++i) {
    const size_t end = i == 3 ? text.size() : text.find('.');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view part = text.substr(0, end);
    if (part.size() > 1 && part.front() == '0') return std::nullopt;  // octal or decimal? neither
    const auto value = parse_number(part, 10, 255);
    if (!value) return std::nullopt;
    octets[i] = static_cast<uint8_t>(*value);
    text.remove_prefix(i == 3 ? end : end + 1);
  }
  return octets;
}

// Reads groups of hex digits into `out`; at the end of an address the last one may be dotted IPv4.
bool parse_groups(std::string_view text, bool at_end, Blob& out) {
  if (text.empty()) return true;
  while (true) {
    const size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (part.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(part);
      if (!v4 || !at_end || colon != std::string_view::npos) return false;
      append(out, *v4);
      return true;
    }
    const auto value = part.size() <= 4 ? parse_number(part, 16, 0xffff) : std::nullopt;
    if (!value || out.size() >= 16) return false;
    out.push_back(static_cast<uint8_t>(*value >> 8));
    out.push_back(static_cast<uint8_t>(*value & 0xff));
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
  }
}

std::optional<std::array<uint8_t, 16>> parse_v6(std::string_view text) {
  const size_t gap = text.find("::");
  Blob head;
  Blob tail;
  if (!parse_groups(text.substr(0, gap), gap == std::string_view::npos, head)) return std::nullopt;
  if (gap != std::string_view::npos) {
    if (!parse_groups(text.substr(gap + 2), true, tail)) return std::nullopt;
    if (head.size() + tail.size() > 14) return std::nullopt;
  } else if (head.size() != 16) {
    return std::nullopt;
  }
  std::array<uint8_t, 16> octets{};
  std::ranges::copy(head, octets.begin());
  std::ranges::copy_backward(tail, octets.end());
  return octets;
}

std::string hex_group(unsigned value) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned nibble = (value >> shift) & 15;
    if (nibble != 0 || !text.empty() || shift == 0) text += kDigits[nibble];
  }
  return text;
}

struct Gap {
  size_t start = 8;
  size_t length = 0;
};

//= RFC 5952 section 4.2: the longest run of zero groups is shortened, the first of equals, never
// one
Gap longest_gap(const std::array<unsigned, 8>& groups) {
  Gap best;
  for (size_t i = 0; i < 8;) {
    size_t j = i;
    while (j < 8 && groups[j] == 0) ++j;
    if (j - i > best.length && j - i > 1) best = {i, j - i};
    i = j + 1;
  }
  return best;
}

std::string print_v6(Bytes octets) {
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<unsigned>(octets[2 * i] << 8 | octets[2 * i + 1]);
  }
  const Gap gap = longest_gap(groups);
  std::string text;
  for (size_t i = 0; i < 8; ++i) {
    if (i == gap.start) {
      text += "::";
      i += gap.length - 1;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ':';
    text += hex_group(groups[i]);
  }
  return text;
}

}  // namespace

Address Address::v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return {Family::ipv4, {a, b, c, d}};
}

Address Address::v4(uint32_t host_order) {
  return v4(static_cast<uint8_t>(host_order >> 24), static_cast<uint8_t>(host_order >> 16),
            static_cast<uint8_t>(host_order >> 8), static_cast<uint8_t>(host_order));
}

std::optional<Address> Address::from_octets(Bytes octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  Address address;
  address.family_ = octets.size() == 4 ? Family::ipv4 : Family::ipv6;
  std::ranges::copy(octets, address.octets_.begin());
  return address;
}

std::optional<Address> Address::parse(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    const auto octets = parse_v6(text);
    if (!octets) return std::nullopt;
    return v6(*octets);
  }
  const auto octets = parse_v4(text);
  if (!octets) return std::nullopt;
  return from_octets(*octets);
}

Address Address::last(Family family) {
  Address address = any(family);
  for (size_t i = 0; i < address.bits() / 8; ++i) address.octets_[i] = 0xff;
  return address;
}

Bytes Address::octets() const { return Bytes(octets_).first(bits() / 8); }

unsigned Address::bits() const {
  switch (family_) {
    case Family::ipv4: return 32;
    case Family::ipv6: return 128;
    case Family::unspecified: break;
  }
  return 0;
}

bool Address::is_multicast() const {
  if (family_ == Family::ipv4) return (octets_[0] & 0xf0) == 0xe0;
  return family_ == Family::ipv6 && octets_[0] == 0xff;
}

std::optional<Address> Address::next() const {
  Address address = *this;
  for (size_t i = bits() / 8; i-- > 0;) {
    if (++address.octets_[i] != 0) return address;
  }
  return std::nullopt;
}

std::optional<Address> Address::previous() const {
  Address address = *this;
  for (size_t i = bits() / 8; i-- > 0;) {
    if (address.octets_[i]-- != 0) return address;
  }
  return std::nullopt;
}

std::string Address::text() const {
  if (family_ == Family::unspecified) return "any";
  if (family_ == Family::ipv6) return print_v6(octets_);
  std::string text;
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) text += '.';
    text += std::to_string(octets_[i]);
  }
  return text;
}

std::string Endpoint::text() const {
  const std::string host = address.text();
  const std::string tail = ":" + std::to_string(port);
  return address.family() == Family::ipv6 ? "[" + host + "]" + tail : host + tail;
}

namespace {

// The address with every bit after `length` set to `fill`.
Address fill_host_bits(const Address& address, unsigned length, bool fill) {
  Blob octets = to_blob(address.octets());
  for (size_t i = 0; i < octets.size(); ++i) {
    const unsigned start = static_cast<unsigned>(i) * 8;
    const unsigned kept = length <= start ? 0 : std::min(8U, length - start);
    const auto host_mask = static_cast<uint8_t>(0xffU >> kept);
    octets[i] = fill ? static_cast<uint8_t>(octets[i] | host_mask)
                     : static_cast<uint8_t>(octets[i] & ~host_mask);
  }
  return Address::from_octets(octets).value_or(address);
}

}  // namespace

Address Prefix::first() const { return fill_host_bits(address, length, false); }
Address Prefix::last() const { return fill_host_bits(address, length, true); }

bool Prefix::contains(const Address& a) const {
  return a.family() == address.family() && first() <= a && a <= last();
}

std::string Prefix::text() const {
  return is_host() ? address.text() : address.text() + "/" + std::to_string(length);
}

AddressRange AddressRange::everything(Family family) {
  return {Address::any(family), Address::last(family)};
}

bool AddressRange::contains(const Address& a) const {
  return a.family() == family() && first <= a && a <= last;
}

bool AddressRange::contains(const AddressRange& inner) const {
  return inner.family() == family() && first <= inner.first && inner.last <= last;
}

std::optional<AddressRange> AddressRange::intersect(const AddressRange& other) const {
  if (other.family() != family()) return std::nullopt;
  const AddressRange common{std::max(first, other.first), std::min(last, other.last)};
  if (common.last < common.first) return std::nullopt;
  return common;
}

std::optional<Prefix> AddressRange::as_prefix() const {
  unsigned length = 0;
  const Bytes a = first.octets();
  const Bytes b = last.octets();
  while (length < first.bits()) {
    const unsigned mask = 0x80U >> (length % 8);
    if (((a[length / 8] ^ b[length / 8]) & mask) != 0) break;
    ++length;
  }
  const Prefix prefix{first, static_cast<uint8_t>(length)};
  if (prefix.first() != first || prefix.last() != last) return std::nullopt;
  return prefix;
}

std::string AddressRange::text() const {
  if (const auto prefix = as_prefix()) return prefix->text();
  return first.text() + "-" + last.text();
}

}  // namespace ike

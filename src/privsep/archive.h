// Writes and reads values by their fields.h, through wire::Writer and wire::Reader.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "privsep/fields.h"
#include "privsep/text_table.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::privsep {

// Elements of all lists of one message: a policy of 50,000 connections has under a million.
inline constexpr size_t kElementsMax = 4'000'000;

inline constexpr int64_t kSecondsMax = int64_t{1} << 32;

template <typename T>
concept OpenEnum = std::is_enum_v<T> && requires(T value) { ike::name_of(value); };
template <typename T>
concept ClosedEnum = std::is_enum_v<T> && (kLast<T> >= 0);

class Encoder {
 public:
  explicit Encoder(Blob& out) : w_(out) {}

  void put(bool v) { w_.u8(v ? 1 : 0); }
  template <std::unsigned_integral T>
  void put(T v) {
    if constexpr (sizeof(T) == 1) w_.u8(v);
    if constexpr (sizeof(T) == 2) w_.u16(v);
    if constexpr (sizeof(T) == 4) w_.u32(v);
    if constexpr (sizeof(T) == 8) w_.u64(v);
  }
  template <typename T>
    requires OpenEnum<T> || ClosedEnum<T>
  void put(T v) {
    put(raw(v));
  }
  template <typename T, typename Tag>
  void put(const Strong<T, Tag>& v) {
    put(v.raw());
  }
  void put(seconds v) { w_.u64(static_cast<uint64_t>(v.count())); }
  void put(std::string_view v) { put_octets(as_bytes(v)); }
  void put(const std::string& v) { put_octets(as_bytes(v)); }
  void put(const Blob& v) { put_octets(v); }
  void put(const Secret& v) { put_octets(v.view()); }
  void put(const Address& v) {
    put(v.family());
    w_.bytes(v.octets());
  }
  template <typename T>
  void put(const std::optional<T>& v) {
    put(v.has_value());
    if (v) put(*v);
  }
  template <typename T>
  void put(const std::vector<T>& v) {
    w_.u32(static_cast<uint32_t>(v.size()));
    for (const T& element : v) put(element);
  }
  // Never null.
  template <typename T>
  void put(const std::shared_ptr<const T>& v) {
    IKE_ASSERT(v != nullptr);
    put(*v);
  }
  template <typename T>
  void put(const Result<T>& v) {
    put(v.has_value());
    if (!v) {
      put(v.error());
    } else if constexpr (!std::is_void_v<T>) {
      put(*v);
    }
  }
  template <typename... Ts>
  void put(const std::variant<Ts...>& v) {
    w_.u8(static_cast<uint8_t>(v.index()));
    std::visit([this](const auto& alternative) { put(alternative); }, v);
  }
  template <typename T>
    requires std::is_empty_v<T>
  void put(const T&) {}
  template <typename T>
    requires requires(const T& v) { fields(v); }
  void put(const T& v) {
    std::apply([this](const auto&... field) { (put(field), ...); }, fields(v));
  }

 private:
  void put_octets(Bytes v) { w_.u32(static_cast<uint32_t>(v.size())).bytes(v); }

  wire::Writer w_;
};

class Decoder {
 public:
  Decoder(Bytes message, TextTable& texts) : r_(message, "message too short"), texts_(texts) {}

  template <typename T>
  Result<T> decode() {
    T value{};
    get(value);
    return r_.done(std::move(value));
  }

 private:
  void get(bool& v) {
    const uint8_t octet = r_.u8();
    r_.require(octet <= 1, "boolean is neither 0 nor 1");
    v = octet == 1;
  }
  template <std::unsigned_integral T>
  void get(T& v) {
    if constexpr (sizeof(T) == 1) v = r_.u8();
    if constexpr (sizeof(T) == 2) v = r_.u16();
    if constexpr (sizeof(T) == 4) v = r_.u32();
    if constexpr (sizeof(T) == 8) v = r_.u64();
  }
  template <typename T>
    requires OpenEnum<T> || ClosedEnum<T>
  void get(T& v) {
    std::underlying_type_t<T> number{};
    get(number);
    if constexpr (ClosedEnum<T>) r_.require(number <= kLast<T>, "value out of its range");
    v = r_.failed() ? T{} : static_cast<T>(number);
  }
  template <typename T, typename Tag>
  void get(Strong<T, Tag>& v) {
    T number{};
    get(number);
    v = Strong<T, Tag>(number);
  }
  void get(seconds& v) {
    const auto count = static_cast<int64_t>(r_.u64());
    // Within a century, so that no sum of a few overflows, in nanoseconds neither.
    r_.require(count > -kSecondsMax && count < kSecondsMax, "duration out of its range");
    v = seconds(r_.failed() ? 0 : count);
  }
  void get(std::string_view& v) { v = texts_.keep(as_text(octets())); }
  void get(std::string& v) { v = std::string(as_text(octets())); }
  void get(Blob& v) { v = to_blob(octets()); }
  void get(Secret& v) { v = Secret(octets()); }
  void get(Address& v) {
    Family family{};
    get(family);
    if (family == Family::unspecified || r_.failed()) return;
    const Bytes taken = r_.bytes(family == Family::ipv4 ? 4 : 16);
    if (const auto address = Address::from_octets(taken)) v = *address;
  }
  template <typename T>
  void get(std::optional<T>& v) {
    bool present = false;
    get(present);
    if (present && !r_.failed()) get(v.emplace());
  }
  template <typename T>
  void get(std::vector<T>& v) {
    const uint32_t count = r_.u32();
    // Every element takes at least one octet, so a count cannot promise more than there is.
    r_.require(count <= r_.remaining() && count <= kElementsMax - elements_, "list too long");
    if (r_.failed()) return;
    elements_ += count;
    for (uint32_t i = 0; i < count && !r_.failed(); ++i) get(v.emplace_back());
  }
  template <typename T>
  void get(std::shared_ptr<const T>& v) {
    auto made = std::make_shared<T>();
    get(*made);
    v = std::move(made);
  }
  template <typename T>
  void get(Result<T>& v) {
    bool success = false;
    get(success);
    if (!success) {
      Error error;
      get(error);
      v = std::unexpected(error);
    } else if constexpr (!std::is_void_v<T>) {
      get(*v);
    }
  }
  template <typename... Ts>
  void get(std::variant<Ts...>& v) {
    const uint8_t index = r_.u8();
    r_.require(index < sizeof...(Ts), "unknown kind of message");
    if (r_.failed()) return;
    uint8_t i = 0;
    ((i++ == index ? get(v.template emplace<Ts>()) : void()), ...);
  }
  template <typename T>
    requires std::is_empty_v<T>
  void get(T&) {}
  template <typename T>
    requires requires(T& v) { fields(v); }
  void get(T& v) {
    std::apply([this](auto&... field) { (get(field), ...); }, fields(v));
  }
  Bytes octets() { return r_.bytes(r_.u32()); }

  wire::Reader r_;
  TextTable& texts_;
  size_t elements_ = 0;
};

}  // namespace ike::privsep

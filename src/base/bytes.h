// Views and owners of octets.  Every octet from outside is read through wire::Reader, never by
// index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ike {

using Bytes = std::span<const uint8_t>;   // a view: valid only while its owner is
using MutableBytes = std::span<uint8_t>;  // a writable view
using Blob = std::vector<uint8_t>;        // an owner; for key material use Secret instead

inline Blob to_blob(Bytes b) { return {b.begin(), b.end()}; }
Bytes as_bytes(std::string_view text);                // aliases text
std::string_view as_text(Bytes octets);               // aliases octets; not necessarily UTF-8
std::string to_hex(Bytes octets);                     // lower case, two digits an octet
std::optional<Blob> from_hex(std::string_view text);  // even number of digits, nothing else

// For values that are not secret.  Secrets are compared with equal_constant_time (secret.h).
bool equal(Bytes a, Bytes b);
void append(Blob& to, Bytes more);

}  // namespace ike

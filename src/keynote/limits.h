// Bounds of the trust language: what a file or a peer's credential may make us keep and compute.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ike::limits {

inline constexpr size_t kTrustFileMax = 16U << 20;     // octets of one text with assertions
inline constexpr size_t kAssertionMax = 256U << 10;    // octets of one assertion
inline constexpr size_t kAssertionsMax = 65'536;       // assertions of a session
inline constexpr size_t kTrustStringMax = 65'535;      // octets of a literal, attribute or result
inline constexpr size_t kTrustNameMax = 4'096;         // octets of a name (RFC 2704: 2048 or more)
inline constexpr size_t kTrustDepthMax = 64;           // brackets and prefixes within each other
inline constexpr size_t kTrustAttributesMax = 1'024;   // attributes of a query
inline constexpr size_t kTrustValuesMax = 256;         // compliance values of a query
inline constexpr size_t kTrustRequestersMax = 256;     // principals that ask
inline constexpr size_t kTrustNotesMax = 100;          // messages kept about one text
inline constexpr uint64_t kTrustStepsMax = 5'000'000;  // steps of one query, well under a second
inline constexpr size_t kRegexDepthMax = 64;           // groups and repetitions within each other
inline constexpr size_t kRegexNodesMax = 4'096;        // parts of one expression, copies counted
inline constexpr unsigned kRegexRepeatMax = 255;       // POSIX's RE_DUP_MAX

}  // namespace ike::limits

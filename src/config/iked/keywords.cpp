// The reserved words.
#include <algorithm>
#include <array>

#include "config/iked/token.h"

namespace ike::config::iked {

namespace {

// Sorted.  The words that the newest OpenBSD release reserves for RADIUS are not among them:
// macros of existing files are called "server".
constexpr auto kReserved = std::to_array<std::string_view>({
    "active",
    "ah",
    "any",
    "auth",
    "bytes",
    "cert_partial_chain",
    "childsa",
    "config",
    "couple",
    "decouple",
    "default",
    "dpd_check_interval",
    "dstid",
    "dynamic",
    "eap",
    "enc",
    "enforcesingleikesa",
    "esn",
    "esp",
    "file",
    "flow",
    "fragmentation",
    "from",
    "group",
    "iface",
    "ike",
    "ikelifetime",
    "ikesa",
    "ikev2",
    "include",
    "inet",
    "inet6",
    "ipcomp",
    "lifetime",
    "local",
    "maxage",
    "mobike",
    "name",
    "natt",
    "noenforcesingleikesa",
    "noesn",
    "nofragmentation",
    "nomobike",
    "nostickyaddress",
    "novendorid",
    "ocsp",
    "passive",
    "peer",
    "port",
    "prf",
    "proto",
    "psk",
    "quick",
    "rdomain",
    "request",
    "sa",
    "set",
    "skip",
    "srcid",
    "stickyaddress",
    "tag",
    "tap",
    "tcpmd5",
    "to",
    "tolerate",
    "transport",
    "tunnel",
    "user",
    "vendorid",
});
static_assert(std::ranges::is_sorted(kReserved));

}  // namespace

bool is_reserved(std::string_view word) { return std::ranges::binary_search(kReserved, word); }
std::span<const std::string_view> reserved_words() { return kReserved; }

}  // namespace ike::config::iked

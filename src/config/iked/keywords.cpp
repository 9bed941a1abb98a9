#include <algorithm>
#include <array>

#include "config/iked/token.h"

namespace ike::config::iked {

namespace {

// Sorted.  Those of the newest OpenBSD release are reserved, too, so that a file means the same
// wherever it is read.
constexpr auto kReserved = std::to_array<std::string_view>({
    "accounting",
    "active",
    "ah",
    "any",
    "auth",
    "bytes",
    "cert_partial_chain",
    "childsa",
    "client",
    "config",
    "couple",
    "dae",
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
    "listen",
    "local",
    "max-failovers",
    "max-tries",
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
    "on",
    "passive",
    "peer",
    "port",
    "prf",
    "proto",
    "psk",
    "quick",
    "radius",
    "rdomain",
    "request",
    "sa",
    "secret",
    "server",
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

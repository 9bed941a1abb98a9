// Octets from a file or from a peer, made fit for a terminal, a log and a canonical dump.
#pragma once

#include <string>
#include <string_view>

namespace ike::model {

// Printable ASCII stays; everything else, the backslash and the double quote become \xNN, so that
// different octets never give the same text.
std::string escaped(std::string_view octets);

}  // namespace ike::model

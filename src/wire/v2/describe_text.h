// How values are written for people, shared by the describers.
#pragma once

#include "wire/describe.h"

namespace ike::wire::v2 {

void add_field(Node& node, std::string label, std::string value);
// In hex; what is longer than 64 octets is cut, with its size.
void add_octets(Node& node, std::string label, Bytes octets);
std::string number_or_name(std::string_view name, unsigned number);
// Octets that are not printable ASCII become \xNN, so that nothing from outside moves a terminal.
std::string printable(Bytes octets);
// The same when all of it is printable ASCII, else empty.
std::string readable(Bytes octets);

}  // namespace ike::wire::v2

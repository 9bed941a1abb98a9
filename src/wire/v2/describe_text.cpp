#include "wire/v2/describe_text.h"

#include <algorithm>

namespace ike::wire::v2 {

namespace {

constexpr size_t kShownMax = 64;

bool is_printable(uint8_t octet) { return octet >= 0x20 && octet < 0x7f; }

}  // namespace

void add_field(Node& node, std::string label, std::string value) {
  node.children.push_back({std::move(label), std::move(value), {}});
}

void add_octets(Node& node, std::string label, Bytes octets) {
  std::string text = to_hex(octets.first(std::min(octets.size(), kShownMax)));
  if (octets.size() > kShownMax) text += "... (" + std::to_string(octets.size()) + " octets)";
  add_field(node, std::move(label), std::move(text));
}

std::string number_or_name(std::string_view name, unsigned number) {
  return name.empty() ? std::to_string(number) : std::string(name);
}

std::string printable(Bytes octets) {
  std::string text;
  for (const uint8_t octet : octets) {
    if (is_printable(octet) && octet != '\\') {
      text += static_cast<char>(octet);
    } else {
      text += "\\x" + to_hex({&octet, 1});
    }
  }
  return text;
}

std::string readable(Bytes octets) {
  return std::all_of(octets.begin(), octets.end(), is_printable) ? printable(octets)
                                                                 : std::string();
}

}  // namespace ike::wire::v2

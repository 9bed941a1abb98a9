// The commands of keynote(1), apart from the process: words in, text out, an exit code.
#pragma once

#include <span>
#include <string>

#include "tools/keynote/files.h"

namespace ike::tools::keynote {

using Words = std::span<const std::string>;

// `words`: what stands behind the program's name.  0 or 1.
int run(Words words, Console& console);

// `words`: what stands behind the command.
int keygen(Words words, Console& console);
int sign(Words words, Console& console);
int sigver(Words words, Console& console);
int verify(Words words, Console& console);

// The usage on standard error; 1.
int usage(Console& console);

// OFFSET and LENGTH at the end of a command line: how long strings are laid out.
struct Layout {
  size_t offset = 12;
  size_t width = 50;
};
// False when one of them is no number or out of range; up to two words.
bool parse_layout(Words words, Layout& layout);

// A colon is added, with a warning, where it is missing.
std::string with_colon(const std::string& algorithm, Console& console);

}  // namespace ike::tools::keynote

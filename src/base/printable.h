// Text from files and peers on its way to a terminal, a log or a script: it says what it says and
// steers nothing.
#pragma once

#include <string>
#include <string_view>

namespace ike {

// The length of the well-formed UTF-8 sequence at the start of `text`; 0 where there is none.
size_t utf8_length(std::string_view text);

// The same for a sequence that may be shown: none that moves a cursor, ends a line, changes the
// direction of writing or is not seen at all.
size_t shown_length(std::string_view text);

// For one line: what may not be shown becomes \xNN, octet by octet; all else stays, also letters
// beyond ASCII.
std::string printable(std::string_view text);

// The same for text of ours that has several lines or columns: newlines and tabs stay.
std::string printable_lines(std::string_view text);

// Quoted for JSON.  Octets that are not text become U+FFFD, text that may not be shown an escape:
// terminals are steered by it even between quotes.
void append_json_string(std::string& to, std::string_view text);

}  // namespace ike

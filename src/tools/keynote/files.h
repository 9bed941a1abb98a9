// What the commands of keynote read and write.
#pragma once

#include <expected>
#include <iosfwd>
#include <string>

#include "keynote/note.h"

namespace ike::tools::keynote {

// The streams of the program, so that tests have their own.
struct Console {
  std::ostream& out;
  std::ostream& err;
};

// The text of a file, or what the system says.
std::expected<std::string, std::string> read_text(const std::string& path);

enum class Secrecy : bool { open, secret };

// "-": standard output.  A secret file is its owner's alone, also when it was there before.  The
// error is what the system says.
std::expected<void, std::string> write_text(const std::string& path, const std::string& text,
                                            Secrecy secrecy, Console& console);

// Notes as FILE:LINE:COLUMN with the line and a caret.
void print_notes(const std::string& name, const std::string& text, const ike::keynote::Notes& notes,
                 Console& console);

// The one string that a file with a key holds, without its quotes; reports what is wrong.
std::expected<std::string, std::string> read_quoted(const std::string& path, Console& console);

// "keynote: TEXT" on standard error; 1, the exit code of failures.
int complain(Console& console, const std::string& text);

}  // namespace ike::tools::keynote

#include "tools/keynote/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ostream>
#include <string_view>

#include "config/text/diagnostic.h"
#include "config/text/system_environment.h"
#include "keynote/lexer.h"
#include "keynote/mask.h"

namespace ike::tools::keynote {

namespace {

std::unexpected<std::string> system_error() {
  return std::unexpected(std::string(strerror(errno)));
}

}  // namespace

std::expected<std::string, std::string> read_text(const std::string& path) {
  config::SystemEnvironment system;
  auto file = system.read_file(path, limits::kTrustFileMax);
  if (!file) return std::unexpected(path + ": " + file.error());
  return std::move(file->text);
}

std::expected<void, std::string> write_text(const std::string& path, const std::string& text,
                                            Secrecy secrecy, Console& console) {
  if (path == "-") {
    console.out << text;
    return {};
  }
  const mode_t mode = secrecy == Secrecy::secret ? 0600 : 0644;
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return system_error();
  const bool narrowed = secrecy == Secrecy::open || fchmod(fd, mode) == 0;
  std::string_view rest = text;
  while (narrowed && !rest.empty()) {
    const ssize_t written = write(fd, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    rest.remove_prefix(static_cast<size_t>(written));
  }
  const int kept = errno;
  if (close(fd) == 0 && narrowed && rest.empty()) return {};
  if (kept != 0) errno = kept;
  return system_error();
}

void print_notes(const std::string& name, const std::string& text, const ike::keynote::Notes& notes,
                 Console& console) {
  config::Sources sources;
  const uint32_t file = sources.add(name, text);
  for (const auto& secret : ike::keynote::secret_ranges(text)) {
    sources.hide({file, secret.begin, secret.end});
  }
  config::Diagnostics diagnostics(sources);
  for (const auto& note : notes.all()) {
    const config::Position at{file, note.at.line, note.at.column};
    if (note.severity == ike::keynote::Severity::error) {
      diagnostics.error(at, note.message);
    } else {
      diagnostics.warning(at, note.message);
    }
  }
  for (const auto& d : diagnostics.finish()) console.err << d.text() << "\n";
}

std::expected<std::string, std::string> read_quoted(const std::string& path, Console& console) {
  const auto text = read_text(path);
  if (!text) return std::unexpected(text.error());
  ike::keynote::Notes notes;
  ike::keynote::Lexer lexer(*text, {}, notes);
  const auto token = lexer.peek();
  lexer.expect(ike::keynote::TokenKind::string, "one string in quotes");
  if (!lexer.failed() && !lexer.next_is(ike::keynote::TokenKind::end)) {
    lexer.unexpected("nothing behind the string");
  }
  if (!lexer.failed()) return token.text;
  print_notes(path, *text, notes, console);
  return std::unexpected(path + ": no key in quotes");
}

int complain(Console& console, const std::string& text) {
  console.err << "keynote: " << text << "\n";
  return 1;
}

}  // namespace ike::tools::keynote

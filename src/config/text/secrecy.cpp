// Who may own and read a file with secrets.
#include "config/text/environment.h"

namespace ike::config {

namespace {

std::string octal(uint32_t mode) {
  std::string text = "0";
  for (int shift = 6; shift >= 0; shift -= 3) text += static_cast<char>('0' + (mode >> shift & 7));
  return text;
}

}  // namespace

std::optional<std::string> secrecy_fault(const FileText& file, uint32_t user,
                                         const std::string& path) {
  if (file.owner != 0 && file.owner != user) {
    return "owner not root or current user (uid " + std::to_string(file.owner) +
           "; run: chown root " + path + ")";
  }
  constexpr uint32_t kGroupWriteExecute = 0030;
  constexpr uint32_t kOther = 0007;
  if ((file.mode & (kGroupWriteExecute | kOther)) != 0) {
    return "group writable or world read/writable (mode " + octal(file.mode & 0777) +
           ", wanted 0600 or 0640; run: chmod 0600 " + path + ")";
  }
  return std::nullopt;
}

}  // namespace ike::config

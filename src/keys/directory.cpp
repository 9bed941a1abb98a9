#include "keys/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace ike::keys {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string octal(mode_t mode) {
  std::string text = "0000";
  for (size_t i = 4; i-- > 1; mode >>= 3) text[i] = static_cast<char>('0' + (mode & 7));
  return text;
}

int64_t nanoseconds_of(const timespec& t) {
  return int64_t{t.tv_sec} * 1'000'000'000 + int64_t{t.tv_nsec};
}

FileStamp stamp_of(const struct stat& s) {
  return {s.st_dev, s.st_ino, static_cast<uint64_t>(s.st_size), nanoseconds_of(s.st_mtim),
          nanoseconds_of(s.st_ctim)};
}

Result<void> check(const struct stat& s, const FileRule& rule, const std::string& path,
                   std::string& detail) {
  if (!S_ISREG(s.st_mode)) {
    detail = path + ": not a regular file";
    return fail(Fault::refused, "key file is not a regular file");
  }
  if (s.st_uid != 0 && s.st_uid != rule.owner) {
    detail = path + ": owner not root or current user";
    return fail(Fault::refused, "key file has a wrong owner");
  }
  if ((s.st_mode & rule.forbidden) != 0) {
    const bool secret = (rule.forbidden & 044) != 0;
    detail = path +
             (secret ? ": group or world may read or write it" : ": group or world writable") +
             " (mode " + octal(s.st_mode & 0777) + ", wanted " + rule.wanted + ")";
    return fail(Fault::refused, "key file has a wrong mode");
  }
  if (static_cast<uint64_t>(s.st_size) > kKeyFileMax) {
    detail = path + ": larger than " + std::to_string(kKeyFileMax) + " octets";
    return fail(Fault::limit, "key file is too large");
  }
  return {};
}

// The content, at most `size` octets: a file that grows meanwhile is cut, and then not parsed.
Result<Secret> content_of(int fd, size_t size) {
  Secret content(size);
  size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::read(fd, content.writable().data() + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Fault::internal, "key file cannot be read");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  content.shrink(filled);
  return content;
}

}  // namespace

Directory Directory::open(const std::string& path) {
  return {::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path};
}

Directory::Directory(Directory&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

Directory& Directory::operator=(Directory&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

Directory::~Directory() {
  if (fd_ >= 0) ::close(fd_);
}

Result<KeyFile> Directory::read(const std::string& name, const FileRule& rule,
                                std::string& detail) const {
  const std::string path = path_ + "/" + name;
  // O_NONBLOCK: a FIFO in the place of a key must not stop us.
  const Descriptor file(fd_ < 0 ? -1
                                : ::openat(fd_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    detail = path + ": " + std::strerror(fd_ < 0 ? ENOENT : errno);
    return fail(Fault::refused, "key file cannot be opened");
  }
  struct stat s{};
  if (::fstat(file.get(), &s) != 0) {
    detail = path + ": " + std::strerror(errno);
    return fail(Fault::internal, "key file cannot be examined");
  }
  IKE_CHECK(check(s, rule, path, detail));
  auto content = content_of(file.get(), static_cast<size_t>(s.st_size));
  if (!content) {
    detail = path + ": " + std::strerror(errno);
    return std::unexpected(content.error());
  }
  return KeyFile{*std::move(content), stamp_of(s)};
}

Result<FileStamp> Directory::stamp(const std::string& name) const {
  struct stat s{};
  if (fd_ < 0 || ::fstatat(fd_, name.c_str(), &s, 0) != 0) {
    return fail(Fault::refused, "key file cannot be examined");
  }
  return stamp_of(s);
}

}  // namespace ike::keys

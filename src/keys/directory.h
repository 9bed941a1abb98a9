// A directory that was opened while that was still allowed.  All later reads go through its
// descriptor, so the process that serves keys needs no path and no way out of the directory.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace ike::keys {

// Who may own a file and which permission bits it must not have.
struct FileRule {
  uid_t owner = 0;  // besides root
  mode_t forbidden = 077;
  const char* wanted = "0600";  // for the error text
};
inline constexpr FileRule private_file(uid_t owner) { return {owner, 077, "0600"}; }
// Anybody may read it, but who can write it decides whom we believe.
inline constexpr FileRule public_file(uid_t owner) { return {owner, 022, "0644"}; }

inline constexpr size_t kKeyFileMax = 65'536;  // octets; an RSA-16384 key has under 14,000

// Tells whether a file is still the one that was read.
struct FileStamp {
  uint64_t device = 0, inode = 0, size = 0;
  int64_t modified_ns = 0, changed_ns = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct KeyFile {
  Secret content;
  FileStamp stamp;
};

// A failure's text goes to `detail`: path, what is wrong, the mode wanted.
class Directory {
 public:
  // Takes over `fd`, which may be -1: then there is no such directory and every file is missing.
  // `path` is for messages only.
  Directory(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  static Directory open(const std::string& path);
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  Directory(Directory&& other) noexcept;
  Directory& operator=(Directory&& other) noexcept;
  ~Directory();

  // `name` is relative to the directory.  Names made from what a peer sent must have gone through
  // public_key_file_name first.
  Result<KeyFile> read(const std::string& name, const FileRule& rule, std::string& detail) const;
  Result<FileStamp> stamp(const std::string& name) const;

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

}  // namespace ike::keys

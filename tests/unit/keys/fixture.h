// A throw-away directory tree in the shape of /etc/iked.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/events.h"
#include "keys/directory.h"

namespace ike::keys {

inline std::string test_key(const std::string& name) {
  std::ifstream in(std::string(IKE_TEST_DATA) + "/vectors/keys/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

class EtcDirectory {
 public:
  EtcDirectory() {
    char name[] = "/tmp/ike-keys-XXXXXX";
    path_ = ::mkdtemp(name);
    for (const char* d :
         {"private", "pubkeys/ipv4", "pubkeys/ipv6", "pubkeys/fqdn", "pubkeys/ufqdn"}) {
      std::filesystem::create_directories(path_ / d);
    }
  }
  EtcDirectory(const EtcDirectory&) = delete;
  EtcDirectory& operator=(const EtcDirectory&) = delete;
  ~EtcDirectory() { std::filesystem::remove_all(path_); }

  void write(const std::string& name, const std::string& content, mode_t mode = 0600) {
    const std::filesystem::path file = path_ / name;
    std::filesystem::remove(file);
    std::ofstream(file) << content;
    ::chmod(file.c_str(), mode);
  }
  void remove(const std::string& name) { std::filesystem::remove(path_ / name); }
  std::string path(const std::string& name) const { return (path_ / name).string(); }
  Directory open(const std::string& name) const { return Directory::open(path(name)); }

 private:
  std::filesystem::path path_;
};

class Recorder final : public events::Sink {
 public:
  bool wants(events::Severity) const override { return true; }
  void emit(const events::Event& event) override { lines.push_back(to_text(event)); }
  std::vector<std::string> lines;
};

}  // namespace ike::keys

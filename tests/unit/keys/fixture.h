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
#include "wire/header.h"

namespace ike::keys {

inline std::string test_key(const std::string& name) {
  std::ifstream in(std::string(IKE_TEST_DATA) + "/vectors/keys/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The octets that an AUTH payload proves: a smallest IKE_SA_INIT message (AES-GCM-16,
// HMAC-SHA2-256, X25519), a nonce and a prf output.
inline Blob auth_octets(IkeSpi spi_i, IkeSpi spi_r, bool response) {
  Blob out;
  wire::Header header;
  header.spi_i = spi_i;
  header.spi_r = response ? spi_r : IkeSpi();
  header.next_payload = PayloadType::sa;
  header.exchange = ExchangeType::ike_sa_init;
  header.flags = response ? wire::kFlagResponse : wire::kFlagInitiator;
  wire::Writer w(out);
  header.write(w);
  w.bytes(
      *from_hex("22000028"
                "000000240101000303"
                "00000c01000014800e01000300000802000005000000080400001f"));
  w.bytes(*from_hex("28000028001f0000")).bytes(Blob(32, 0x4b));
  w.bytes(*from_hex("00000024")).bytes(Blob(32, 0x4e));
  wire::patch_length(out);
  w.bytes(Blob(32, response ? 0x49 : 0x52)).bytes(Blob(32, 0x50));
  return out;
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

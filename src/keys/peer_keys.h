// Raw public keys of peers: one PEM file an identity, read when it is needed, so that adding or
// removing a peer takes no reload.
#pragma once

#include <map>
#include <string>

#include "keys/directory.h"
#include "model/identity.h"

namespace ike::keys {

// "fqdn/gw.example.org" for FQDN/gw.example.org.  Refuses identities that cannot name a file in
// their type's folder: other types, anything not printable, '/', a leading '.', over-long ones.
Result<std::string> public_key_file_name(const model::Identity& identity);

inline constexpr size_t kPeerKeysCachedMax = 4096;  // parsed keys; about 1 MiB of RSA-4096

class PeerKeys {
 public:
  // `directory`: /etc/iked/pubkeys; files must be owned by root or `owner`.
  PeerKeys(Directory directory, uid_t owner) : directory_(std::move(directory)), owner_(owner) {}

  // SubjectPublicKeyInfo, DER.  On failure `detail` names the file and what is wrong with it.
  Result<Blob> find(const model::Identity& identity, std::string& detail);
  size_t cached() const { return cache_.size(); }

 private:
  struct Entry {
    FileStamp stamp;
    Blob spki;
  };

  Directory directory_;
  uid_t owner_;
  std::map<std::string, Entry> cache_;
};

}  // namespace ike::keys

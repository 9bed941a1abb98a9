// The long-term secrets of the daemon.  Lives in the keys process only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "crypto/openssl/signing_key.h"
#include "keys/directory.h"
#include "model/policy.h"

namespace ike::keys {

// What is used to sign.  Without a key, `problem` says why there is none, for whoever needs it.
struct LocalKey {
  std::optional<crypto::openssl::SigningKey> key;
  std::string problem;
};

// From PEM that somebody else has read; `path` is for the problem's text.
LocalKey parse_local_key(Bytes pem, const std::string& path);
// From <directory>/<name>, usually "local.key" in /etc/iked/private: mode 0600 or stricter, owned
// by root or `owner`.
LocalKey load_local_key(const Directory& directory, const std::string& name, uid_t owner);

class Keyring {
 public:
  Keyring() = default;
  Keyring(model::Secrets secrets, LocalKey local_key);

  // Null when the connection has none.
  const Secret* psk(ConnectionId connection) const;
  const LocalKey& local_key() const { return local_key_; }

 private:
  std::map<ConnectionId, Secret> psks_;
  LocalKey local_key_{std::nullopt, "no private key was loaded"};
};

}  // namespace ike::keys

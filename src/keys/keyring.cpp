#include "keys/keyring.h"

namespace ike::keys {

LocalKey parse_local_key(Bytes pem, const std::string& path) {
  auto key = crypto::openssl::SigningKey::from_pem(as_text(pem));
  if (!key) return {std::nullopt, path + ": " + std::string(key.error().what)};
  return {*std::move(key), {}};
}

LocalKey load_local_key(const Directory& directory, const std::string& name, uid_t owner) {
  std::string detail;
  auto file = directory.read(name, private_file(owner), detail);
  if (!file) return {std::nullopt, detail};
  return parse_local_key(file->content.view(), directory.path() + "/" + name);
}

Keyring::Keyring(model::Secrets secrets, LocalKey local_key) : local_key_(std::move(local_key)) {
  for (model::ConnectionSecret& s : secrets.connections) {
    psks_.insert_or_assign(s.connection, std::move(s.psk));
  }
}

const Secret* Keyring::psk(ConnectionId connection) const {
  const auto found = psks_.find(connection);
  return found == psks_.end() || found->second.empty() ? nullptr : &found->second;
}

}  // namespace ike::keys

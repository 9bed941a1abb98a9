#include "keys/peer_keys.h"

#include <algorithm>

#include "crypto/openssl/signing_key.h"

namespace ike::keys {

namespace {

constexpr size_t kFileNameMax = 255;  // what Linux file systems take

Result<std::string> name_of_address(const model::Identity& identity, const char* folder) {
  const auto address = Address::from_octets(identity.data);
  if (!address || !identity.well_formed()) {
    return fail(Fault::malformed, "identity is not an address of its type");
  }
  return folder + address->text();
}

bool names_a_file(Bytes name) {
  const auto harmless = [](uint8_t c) { return c > 0x20 && c < 0x7f && c != '/'; };
  return !name.empty() && name.size() <= kFileNameMax && name.front() != '.' &&
         std::ranges::all_of(name, harmless);
}

Result<std::string> name_of_text(const model::Identity& identity, const char* folder) {
  if (!names_a_file(identity.data)) return fail(Fault::refused, "identity cannot name a key file");
  return folder + std::string(as_text(identity.data));
}

}  // namespace

Result<std::string> public_key_file_name(const model::Identity& identity) {
  switch (identity.type) {
    case IdType::ipv4: return name_of_address(identity, "ipv4/");
    case IdType::ipv6: return name_of_address(identity, "ipv6/");
    case IdType::fqdn: return name_of_text(identity, "fqdn/");
    case IdType::ufqdn: return name_of_text(identity, "ufqdn/");
    default: return fail(Fault::unsupported, "identities of this type have no key file");
  }
}

Result<Blob> PeerKeys::find(const model::Identity& identity, std::string& detail) {
  const auto name = public_key_file_name(identity);
  if (!name) {
    detail = identity.text() + ": " + std::string(name.error().what);
    return std::unexpected(name.error());
  }
  const auto cached = cache_.find(*name);
  if (cached != cache_.end()) {
    if (directory_.stamp(*name) == cached->second.stamp) return cached->second.spki;
    cache_.erase(cached);
  }
  IKE_TRY(const KeyFile file, directory_.read(*name, public_file(owner_), detail));
  auto spki = crypto::openssl::load_public_key_pem(as_text(file.content.view()));
  if (!spki) {
    detail = directory_.path() + "/" + *name + ": " + std::string(spki.error().what);
    return std::unexpected(spki.error());
  }
  // Rather than track use: with more peers than entries nearly every look-up reads the file anyway.
  if (cache_.size() >= kPeerKeysCachedMax) cache_.erase(cache_.begin());
  cache_.emplace(*name, Entry{file.stamp, *spki});
  return *std::move(spki);
}

}  // namespace ike::keys

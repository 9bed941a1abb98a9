#include "tools/ike/opener.h"

#include "crypto/algorithms.h"

namespace ike::tools {

namespace {

bool fits(const SaKeys& keys, const wire::Header& header) {
  return keys.spi_i == header.spi_i && (!keys.spi_r || keys.spi_r == header.spi_r) &&
         keys.from_initiator == header.from_initiator();
}

}  // namespace

std::optional<Opened> Opener::open(const wire::Header& header, Bytes message,
                                   const wire::v2::Sk& sk) const {
  std::optional<Opened> opened;
  for (const SaKeys& keys : keys_) {
    const auto sizes = crypto::sizes_of(keys.protection);
    if (!fits(keys, header) || !sizes) continue;
    opened = Opened{};
    const auto parts = wire::v2::split(sk.body, sizes->iv, sizes->icv);
    if (!parts) continue;
    Blob text = to_blob(parts->text);
    const auto result = provider_.open_once(keys.protection, keys.encr.view(), keys.integ.view(),
                                            message.first(sk.at), parts->iv, text, parts->icv);
    if (!result) continue;
    opened->icv_ok = true;
    opened->plaintext = std::move(text);
    return opened;
  }
  return opened;
}

}  // namespace ike::tools

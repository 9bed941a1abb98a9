// keynote keygen: a new pair of keys as quoted strings.
#include <array>
#include <charconv>
#include <optional>
#include <ostream>

#include "crypto/openssl/plain_signature.h"
#include "keynote/encoding.h"
#include "keynote/names.h"
#include "tools/keynote/commands.h"

namespace ike::tools::keynote {

namespace {

using crypto::PlainFamily;
using crypto::openssl::PlainSigner;
using ike::keynote::Encoding;

struct KeyName {
  std::string_view name;
  PlainFamily family;
  Encoding encoding;
};
constexpr std::array kNames{KeyName{"rsa-hex:", PlainFamily::rsa, Encoding::hex},
                            KeyName{"rsa-base64:", PlainFamily::rsa, Encoding::base64},
                            KeyName{"dsa-hex:", PlainFamily::dsa, Encoding::hex},
                            KeyName{"dsa-base64:", PlainFamily::dsa, Encoding::base64},
                            KeyName{"ecdsa-hex:", PlainFamily::ecdsa, Encoding::hex},
                            KeyName{"ecdsa-base64:", PlainFamily::ecdsa, Encoding::base64},
                            KeyName{"ed25519-hex:", PlainFamily::ed25519, Encoding::hex},
                            KeyName{"ed25519-base64:", PlainFamily::ed25519, Encoding::base64}};

const KeyName* find_name(std::string_view algorithm) {
  for (const KeyName& name : kNames) {
    if (ike::keynote::equal_ignoring_case(name.name, algorithm)) return &name;
  }
  return nullptr;
}

int unknown(const std::string& algorithm, Console& console) {
  std::string all;
  for (const KeyName& name : kNames) all += " " + std::string(name.name);
  return complain(console, "no such key algorithm: " + algorithm + "; there are" + all);
}

}  // namespace

int keygen(Words words, Console& console) {
  Layout layout;
  if (words.size() < 4 || !parse_layout(words.subspan(4), layout)) return usage(console);
  const std::string algorithm = with_colon(words[0], console);
  const KeyName* const name = find_name(algorithm);
  if (name == nullptr) return unknown(algorithm, console);
  unsigned bits = 0;
  const char* const end = words[1].data() + words[1].size();
  const auto read = std::from_chars(words[1].data(), end, bits);
  if (read.ec != std::errc() || read.ptr != end) {
    return complain(console, "not a number of bits: " + words[1]);
  }
  const auto key = PlainSigner::generate(name->family, bits);
  if (!key) return complain(console, std::string(key.error().what));
  const auto public_key = key->public_der();
  const auto private_key = key->private_der();
  if (!public_key || !private_key) return complain(console, "the key cannot be written");
  const auto text = [&](std::string_view prefix, Bytes der) {
    return ike::keynote::folded(
        std::string(prefix) + std::string(name->name) + encode(der, name->encoding), layout.offset,
        layout.width);
  };
  const std::string& public_path = words[2];
  const std::string& private_path = words[3];
  const auto public_written =
      write_text(public_path, text("", *public_key), Secrecy::open, console);
  if (!public_written) return complain(console, public_path + ": " + public_written.error());
  if (public_path == "-" && private_path == "-") console.out << std::string(50, '=') << "\n";
  const auto private_written =
      write_text(private_path, text("private-", private_key->view()), Secrecy::secret, console);
  if (!private_written) return complain(console, private_path + ": " + private_written.error());
  return 0;
}

}  // namespace ike::tools::keynote

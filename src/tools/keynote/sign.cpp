// keynote sign and keynote sigver: making the signature of an assertion, and checking those of a
// file.
#include <algorithm>
#include <array>
#include <optional>
#include <ostream>

#include "crypto/openssl/plain_signature.h"
#include "keynote/names.h"
#include "keynote/session.h"
#include "tools/keynote/commands.h"

namespace ike::tools::keynote {

namespace {

using crypto::openssl::PlainSigner;
using ike::keynote::Assertion;
using ike::keynote::Encoding;
using ike::keynote::Notes;
using ike::keynote::SignedOctets;

constexpr std::string_view kPrivate = "private-";

// "private-rsa-hex:…" without its first word.
std::expected<PlainSigner, std::string> signer_of(std::string_view text) {
  struct Prefix {
    std::string_view name;
    crypto::PlainFamily family;
  };
  constexpr std::array kPrefixes{Prefix{"rsa-", crypto::PlainFamily::rsa},
                                 Prefix{"dsa-", crypto::PlainFamily::dsa},
                                 Prefix{"ecdsa-", crypto::PlainFamily::ecdsa},
                                 Prefix{"ed25519-", crypto::PlainFamily::ed25519}};
  for (const Prefix& prefix : kPrefixes) {
    if (!ike::keynote::starts_ignoring_case(text, prefix.name)) continue;
    const auto rest = text.substr(prefix.name.size());
    const bool hex = ike::keynote::starts_ignoring_case(rest, "hex:");
    if (!hex && !ike::keynote::starts_ignoring_case(rest, "base64:")) continue;
    auto der = ike::keynote::decode(rest.substr(rest.find(':') + 1),
                                    hex ? Encoding::hex : Encoding::base64);
    if (!der) return std::unexpected("its octets cannot be read");
    const Secret secret = Secret::adopt(std::move(*der));
    auto signer = PlainSigner::from_der(prefix.family, secret.view());
    if (!signer) return std::unexpected(std::string(signer.error().what));
    return std::move(*signer);
  }
  return std::unexpected("its kind is not known");
}

std::expected<PlainSigner, std::string> read_signer(const std::string& path, Console& console) {
  const auto text = read_text(path);
  if (!text) return std::unexpected(text.error());
  const auto named = [&](std::string_view what) {
    return std::unexpected(path + ": " + std::string(what));
  };
  if (text->contains("-----BEGIN")) {
    auto signer = PlainSigner::from_pem(*text);
    if (!signer) return named(signer.error().what);
    return std::move(*signer);
  }
  const auto key = read_quoted(path, console);
  if (!key) return std::unexpected(key.error());
  if (!ike::keynote::starts_ignoring_case(*key, kPrivate)) {
    return named("no private key: it does not start with \"private-\"");
  }
  auto signer = signer_of(std::string_view(*key).substr(kPrivate.size()));
  if (!signer) return named("the private key: " + signer.error());
  return signer;
}

// The one assertion of a file, ready for its signature.
std::shared_ptr<const Assertion> read_assertion(const std::string& path, Console& console) {
  const auto text = read_text(path);
  if (!text) {
    complain(console, text.error());
    return nullptr;
  }
  Notes notes;
  const auto all = ike::keynote::parse_assertions(*text, notes);
  print_notes(path, *text, notes, console);
  if (all.size() != 1) {
    complain(console, path + ": one assertion expected, found " + std::to_string(all.size()));
    return nullptr;
  }
  if (all[0].assertion && !all[0].assertion->signature) {
    complain(console, path + ": the assertion must end with a line \"Signature:\"");
    return nullptr;
  }
  return all[0].assertion;
}

}  // namespace

int sign(Words words, Console& console) {
  const bool check = !words.empty() && words[0] == "-v";
  if (check) words = words.subspan(1);
  Layout layout;
  if (words.size() < 3 || !parse_layout(words.subspan(3), layout)) return usage(console);
  const std::string algorithm = with_colon(words[0], console);
  const auto name = ike::keynote::parse_signature_name(algorithm);
  if (!name || name->text.size() != algorithm.size()) {
    return complain(console, "no such signature algorithm: " + algorithm + "; there are " +
                                 ike::keynote::signature_names());
  }
  const auto assertion = read_assertion(words[1], console);
  if (!assertion) return 1;
  const auto signer = read_signer(words[2], console);
  if (!signer) return complain(console, signer.error());
  const SignedOctets covered(*assertion, algorithm);
  const auto octets = signer->sign(name->algorithm, covered.parts);
  if (!octets) return complain(console, std::string(octets.error().what));
  const std::string signature = algorithm + ike::keynote::encode(*octets, name->encoding);
  if (check) {
    Assertion done = *assertion;
    done.signature = signature;
    const auto verifier = crypto::openssl::make_plain_verifier();
    const auto right = ike::keynote::verify_signature(done, *verifier);
    if (!right) {
      return complain(console, words[1] + ": the Authorizer's key does not verify what " +
                                   words[2] + " signed: " + std::string(right.error().what));
    }
    console.err << "Signature verified.\n";
  }
  console.out << ike::keynote::folded(signature, layout.offset, layout.width);
  return 0;
}

int sigver(Words words, Console& console) {
  if (words.size() != 1) return usage(console);
  const auto text = read_text(words[0]);
  if (!text) return complain(console, text.error());
  Notes notes;
  const auto all = ike::keynote::parse_assertions(*text, notes);
  print_notes(words[0], *text, notes, console);
  if (all.empty()) return complain(console, words[0] + ": no assertion");
  const auto verifier = crypto::openssl::make_plain_verifier();
  bool good = true;
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    if (!all[i].assertion) {
      console.err << "Syntax error while parsing assertion " << number << ".\n";
      good = false;
      continue;
    }
    const auto right = ike::keynote::verify_signature(*all[i].assertion, *verifier);
    good &= right.has_value();
    console.out << "Signature on assertion " << number;
    if (right) {
      console.out << " verified.\n";
    } else if (right.error().fault == Fault::unauthenticated &&
               !all[i].assertion->signature.value_or("").empty()) {
      console.out << " did not verify!\n";
    } else {
      const auto cause = all[i].assertion->signature ? ike::keynote::Cause::syntax
                                                     : ike::keynote::Cause::not_found;
      console.out << " could not be verified (keynote_errno = " << static_cast<int>(cause)
                  << ").\n";
      console.err << words[0] << ":" << all[i].at.line << ": " << right.error().what << "\n";
    }
  }
  return good ? 0 : 1;
}

}  // namespace ike::tools::keynote

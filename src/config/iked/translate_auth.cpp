// "psk …", "eap …", "rsa" and the like.
#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/secret.h"
#include "config/iked/lint.h"
#include "config/iked/names.h"
#include "config/iked/translate.h"

namespace ike::config::iked {

namespace {

constexpr std::string_view kNotHex = "keys need to be specified in hex digits";

void wipe_text(std::string& text) {
  wipe(MutableBytes(reinterpret_cast<uint8_t*>(text.data()), text.size()));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Pairs of digits; an odd one at the end, which may be anything, is left out.  Nothing when
// another character is no digit.
std::optional<Secret> parse_hex(std::string_view text) {
  Secret secret(text.size() / 2);
  const MutableBytes octets = secret.writable();
  for (size_t i = 0; i < octets.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return secret;
}

std::string normal_form(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return text;
}

}  // namespace

bool Translator::auth(PolicyStatement& policy, Draft& draft) {
  using Kind = AuthClause::Kind;
  model::Authentication& auth = draft.connection.auth;
  if (!policy.auth) {
    auth.accepted = find_auth("signature")->accepted;
    draft.auth = "signature";
    return true;
  }
  AuthClause& clause = *policy.auth;
  switch (clause.kind) {
    case Kind::psk:
    case Kind::psk_file:
      auth = {model::AuthKind::psk, {AuthMethod::psk}};
      draft.auth = "psk";
      if (clause.kind == Kind::psk_file) return psk_file(clause.word, draft.psk);
      return psk(clause, draft.psk);
    case Kind::eap:
      if (normal_form(clause.word.text) != "mschap-v2") {
        diagnostics_.error(clause.word.at, "unsupported EAP method: " + clause.word.text);
        return false;
      }
      refuse(clause.word.at, "eap mschap-v2");
      return false;
    case Kind::eap_radius: refuse(clause.word.at, "eap radius"); return false;
    case Kind::named: break;
  }
  const NamedAuth* row = find_auth(clause.word.text);
  if (row == nullptr) {
    diagnostics_.error(clause.word.at, "not a valid authentication mode");
    return false;
  }
  if (row->name != clause.word.text) {
    diagnostics_.warning(clause.word.at, clause.word.text + " is taken as " +
                                             std::string(row->name) + "; write the whole name");
  }
  auth = {model::AuthKind::signature, row->accepted};
  draft.auth = row->name;
  return true;
}

bool Translator::psk(AuthClause& clause, Secret& out) {
  std::string& text = clause.word.text;
  const Position& at = clause.word.at;
  const bool hex = text.starts_with("0x");
  const size_t size = hex ? (text.size() - 2) / 2 : text.size();
  if (size > limits::kPskMax) {
    diagnostics_.error(at, "psk too long (at most " + std::to_string(limits::kPskMax) + " octets)");
    return false;
  }
  if (size == 0) {
    diagnostics_.error(at, "psk is empty: a key has at least one octet (two hex digits after 0x)");
    return false;
  }
  if (hex) {
    auto secret = parse_hex(std::string_view(text).substr(2));
    // An odd digit at the end counts for nothing, but it has to be one.
    if (!secret || hex_digit(text.back()) < 0) {
      diagnostics_.error(at, std::string(kNotHex));
      return false;
    }
    if (text.size() % 2 != 0) {
      diagnostics_.warning(at, "odd number of hex digits: the last one is ignored");
    }
    out = *std::move(secret);
  } else {
    out = Secret(as_bytes(text));
  }
  wipe_text(text);
  lint_psk(out, at, diagnostics_);
  return true;
}

bool Translator::psk_file(const Word& path, Secret& out) {
  const size_t max = 2 * limits::kPskMax + 2;
  auto file = environment_.read_file(path.text, max);
  if (!file) {
    diagnostics_.error(path.at, path.text + ": " + file.error());
    return false;
  }
  if (const auto fault = secrecy_fault(*file, environment_.user(), path.text)) {
    diagnostics_.error(path.at, path.text + ": " + *fault);
    wipe_text(file->text);
    return false;
  }
  auto secret = parse_hex(file->text);
  const bool sized = !file->text.empty() && file->text.size() / 2 <= limits::kPskMax;
  wipe_text(file->text);
  if (!secret) {
    diagnostics_.error(path.at, path.text + ": " + std::string(kNotHex) + ", without 0x");
    return false;
  }
  if (!sized || secret->empty()) {
    diagnostics_.error(
        path.at, path.text + ": a key has 1 to " + std::to_string(limits::kPskMax) + " octets");
    return false;
  }
  out = *std::move(secret);
  lint_psk(out, path.at, diagnostics_);
  return true;
}

}  // namespace ike::config::iked

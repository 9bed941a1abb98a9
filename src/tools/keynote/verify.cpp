// keynote verify: asks for the compliance value of an action.
#include <optional>
#include <ostream>
#include <vector>

#include "crypto/openssl/plain_signature.h"
#include "keynote/session.h"
#include "tools/keynote/commands.h"

namespace ike::tools::keynote {

namespace {

using ike::keynote::Cause;
using ike::keynote::Notes;
using ike::keynote::Session;
using ike::keynote::Trust;

struct Request {
  bool help = false;
  bool explain = false;
  std::vector<std::string> values;
  std::vector<std::string> environments;
  std::vector<std::string> local;
  std::vector<std::string> keys;
  std::vector<std::string> credentials;
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<Request> parse_words(Words words) {
  Request request;
  size_t i = 0;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      ++i;
      break;
    }
    if (word == "-h" || word == "-x") {
      (word == "-h" ? request.help : request.explain) = true;
      continue;
    }
    // The argument may be joined to its option.
    std::string argument = word.substr(2);
    if (argument.empty()) {
      if (++i == words.size()) return std::nullopt;
      argument = words[i];
    }
    switch (word[1]) {
      case 'r': request.values = split(argument); break;
      case 'e': request.environments.push_back(argument); break;
      case 'l': request.local.push_back(argument); break;
      case 'k': request.keys.push_back(argument); break;
      default: return std::nullopt;
    }
  }
  request.credentials.assign(words.begin() + static_cast<ptrdiff_t>(i), words.end());
  return request;
}

// What is missing, or nothing.
std::string_view missing(const Request& request) {
  if (request.values.empty()) return "Should set return values before evaluations begin.";
  if (request.environments.empty())
    return "Should set at least one environment before evaluations begin.";
  if (request.keys.empty()) return "Should specify at least one action authorizer.";
  return "";
}

bool add_environment(const std::string& path, Session& session, Console& console) {
  const auto text = read_text(path);
  if (!text) return complain(console, text.error()) == 0;
  Notes notes;
  ike::keynote::Lexer lexer(*text, {}, notes);
  const auto constants = ike::keynote::parse_constants(lexer);
  print_notes(path, *text, notes, console);
  if (lexer.failed()) return false;
  for (const auto& [name, value] : constants) {
    const auto set = session.attributes().set(name, value);
    if (!set)
      return complain(console, path + ": " + name + ": " + std::string(set.error().what)) == 0;
  }
  return true;
}

bool add_key(const std::string& path, Session& session, Console& console) {
  const auto principal = read_quoted(path, console);
  if (!principal) return complain(console, principal.error()) == 0;
  const auto added = session.add_requester(*principal);
  if (!added) return complain(console, path + ": " + std::string(added.error().what)) == 0;
  return true;
}

bool add_assertions(const std::string& path, Trust trust, Session& session, Console& console) {
  const auto text = read_text(path);
  if (!text) return complain(console, text.error()) == 0;
  Notes notes;
  session.add_text(*text, trust, path, notes);
  print_notes(path, *text, notes, console);
  return true;
}

bool load(const Request& request, Session& session, Console& console) {
  for (const auto& path : request.environments) {
    if (!add_environment(path, session, console)) return false;
  }
  for (const auto& path : request.keys) {
    if (!add_key(path, session, console)) return false;
  }
  for (const auto& path : request.local) {
    if (!add_assertions(path, Trust::local, session, console)) return false;
  }
  for (const auto& path : request.credentials) {
    if (!add_assertions(path, Trust::credential, session, console)) return false;
  }
  return true;
}

std::string_view reason(Cause cause) {
  switch (cause) {
    case Cause::memory: return "memory failure";
    case Cause::syntax: return "syntax or semantic error";
    case Cause::signature: return "signature verification failure";
    case Cause::not_found: break;
  }
  return "an unknown reason";
}

}  // namespace

int verify(Words words, Console& console) {
  const auto request = parse_words(words);
  if (!request) return usage(console);
  if (request->help) {
    usage(console);
    return 0;
  }
  if (const auto what = missing(*request); !what.empty()) {
    console.err << what << "\n";
    return 1;
  }
  const auto verifier = crypto::openssl::make_plain_verifier();
  Session session(*verifier);
  const auto set = session.set_values(request->values);
  if (!set) return complain(console, "-r: " + std::string(set.error().what));
  if (!load(*request, session, console)) return 1;
  const auto answer = session.query();
  if (!answer) return complain(console, std::string(answer.error().what));
  if (request->explain) {
    if (const auto why = session.explain()) console.out << to_text(*why, session.values());
  }
  console.out << "Query result = " << session.values().name(answer->value) << "\n";
  if (answer->exhausted) complain(console, "the query takes too many steps and was not finished");
  for (const auto& failure : session.failures()) {
    console.out << "Failed assertion " << failure.number << " due to " << reason(failure.cause)
                << ".\n";
    console.err << failure.label << ": " << failure.why << "\n";
  }
  return 0;
}

}  // namespace ike::tools::keynote

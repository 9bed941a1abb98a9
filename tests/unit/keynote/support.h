// Short forms for tests of the trust language.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/openssl/plain_signature.h"
#include "keynote/session.h"

namespace ike::keynote::test {

// "LINE:COLUMN message" of everything that was noted, warnings marked.
inline std::vector<std::string> lines(const Notes& notes) {
  std::vector<std::string> all;
  for (const Note& note : notes.all()) {
    all.push_back(std::to_string(note.at.line) + ":" + std::to_string(note.at.column) +
                  (note.severity == Severity::warning ? " warning: " : " ") + note.message);
  }
  return all;
}

// The first message about a text, or "none".
inline std::string first_note(std::string_view text) {
  Notes notes;
  parse_assertions(text, notes);
  const auto all = lines(notes);
  return all.empty() ? "none" : all.front();
}

inline std::shared_ptr<const Assertion> parse_one(std::string_view text) {
  Notes notes;
  const auto all = parse_assertions(text, notes);
  if (all.size() != 1 || all[0].assertion == nullptr) {
    for (const auto& line : lines(notes)) ADD_FAILURE() << line;
    return nullptr;
  }
  return all[0].assertion;
}

using AttributeMap = std::map<std::string, std::string>;

// The name of the value that a policy gives.
inline std::string verdict(std::string_view policy, const std::vector<std::string>& requesters,
                           const AttributeMap& attributes,
                           const std::vector<std::string>& values = {"false", "true"}) {
  const auto verifier = crypto::openssl::make_plain_verifier();
  Question question;
  question.local = {policy};
  for (const auto& r : requesters) question.requesters.push_back(r);
  for (const auto& a : attributes) question.attributes.push_back(a);
  // A query must have attributes.
  if (attributes.empty()) question.attributes.emplace_back("nothing", "in particular");
  question.values = values;
  const auto answer = ask(question, *verifier);
  return answer ? *answer : "error: " + std::string(answer.error().what);
}

// Whether a test holds, for somebody whom the assertion licenses.
inline bool holds(const std::string& test, const AttributeMap& attributes = {},
                  const std::string& constants = "") {
  const std::string head = constants.empty() ? "" : "Local-Constants: " + constants + "\n";
  return verdict(head + "Authorizer: \"POLICY\"\nConditions: " + test + ";\n", {"me"},
                 attributes) == "true";
}

}  // namespace ike::keynote::test

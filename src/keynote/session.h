// Queries: assertions, who asks, what for, and the answer with its reasons.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keynote/attributes.h"
#include "keynote/evaluate.h"
#include "keynote/graph.h"
#include "keynote/signature.h"

namespace ike::keynote {

enum class Trust : uint8_t {
  local,       // an administrator's: needs no signature and may authorize by POLICY
  credential,  // anybody's: counts only when its Authorizer's key signed it
};

// Why an assertion does not count.  The numbers are those of the tools.
enum class Cause : int8_t { memory = -1, syntax = -2, not_found = -3, signature = -4 };

struct Failure {
  size_t number = 0;  // of all assertions that the session was given as text, from 1
  std::string label;
  Cause cause{};
  std::string_view why;  // static
};

struct Answer {
  size_t value = 0;        // index of the compliance value
  bool exhausted = false;  // limits::kTrustStepsMax was reached: the value may be too low
};

// What one assertion contributed: the lower one of `licensees` and `conditions`.
struct AssertionReport {
  std::string label;
  std::string authorizer;  // as written
  size_t licensees = 0;
  size_t conditions = 0;
  std::vector<ClauseReport> clauses;  // none when there is no Conditions field
};
struct Explanation {
  Answer answer;
  std::vector<AssertionReport> assertions;  // in the order in which they were added
};

// Used by one thread at a time; sessions are independent and may share assertions.
class Session {
 public:
  using Id = Graph::Id;

  // `verifier` must outlive the session.
  explicit Session(crypto::PlainVerifier& verifier) : verifier_(verifier) {}

  // A credential is verified now.  Fault::unauthenticated, unsupported or malformed as of
  // verify_signature; limit when there are too many.  `label` is for failures and explanations.
  Result<Id> add(std::shared_ptr<const Assertion> assertion, Trust trust, std::string label);
  // Every assertion of a text; those that do not count become failures.  Labels are
  // "NAME:LINE".
  std::vector<Id> add_text(std::string_view text, Trust trust, std::string_view name, Notes& notes);
  // Fault::refused when there is no such assertion.
  Result<void> remove(Id id);
  size_t remove_authorizer(std::string_view principal);  // how many
  const Assertion* find(Id id) const;
  size_t size() const { return entries_.size(); }
  const std::vector<Failure>& failures() const { return failures_; }

  // Fault::malformed when the principal is a key that cannot be read; refused for POLICY.
  Result<void> add_requester(std::string_view principal);
  void remove_requester(std::string_view principal);
  void clear_requesters() { requesters_.clear(); }

  Attributes& attributes() { return attributes_; }
  Result<void> set_values(std::vector<std::string> names);
  const Values& values() const { return values_; }

  // Fault::refused without requesters, values or attributes.
  Result<Answer> query();
  // The same, with what every assertion said.
  Result<Explanation> explain();

 private:
  struct Entry {
    std::shared_ptr<const Assertion> assertion;
    std::string label;
    uint64_t order = 0;
  };
  struct Requester {
    std::string written;
    std::string canonical;
  };
  Result<void> check() const;
  std::vector<std::string> canonical_requesters() const;
  std::string requester_list() const;
  size_t conditions_of(Id id, const Surroundings& around, std::vector<ClauseReport>* reports) const;
  void record(Failure failure);

  crypto::PlainVerifier& verifier_;
  Graph graph_;
  std::map<Id, Entry> entries_;
  uint64_t added_ = 0;
  size_t seen_ = 0;
  std::vector<Failure> failures_;
  std::vector<Requester> requesters_;
  Attributes attributes_;
  Values values_;
};

// A query without keeping a session: texts of local assertions and of credentials.  The name of the
// compliance value.
struct Question {
  std::vector<std::string_view> local;
  std::vector<std::string_view> credentials;
  std::vector<std::string_view> requesters;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::string> values;
};
Result<std::string> ask(const Question& question, crypto::PlainVerifier& verifier);

// Why the answer is what it is, assertion by assertion, for people.
std::string to_text(const Explanation& explanation, const Values& values);

}  // namespace ike::keynote

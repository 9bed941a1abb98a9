#include "keynote/session.h"

#include <algorithm>

#include "keynote/mask.h"
#include "keynote/principal.h"

namespace ike::keynote {

Result<Session::Id> Session::add(std::shared_ptr<const Assertion> assertion, Trust trust,
                                 std::string label) {
  //= RFC 2704 section 5: what is not local counts by its signature only
  if (trust == Trust::credential) IKE_CHECK(verify_signature(*assertion, verifier_));
  IKE_TRY(const Id id, graph_.add(assertion));
  entries_[id] = {std::move(assertion), std::move(label), added_++};
  return id;
}

std::vector<Session::Id> Session::add_text(std::string_view text, Trust trust,
                                           std::string_view name, Notes& notes) {
  std::vector<Id> ids;
  for (auto& parsed : parse_assertions(text, notes)) {
    ++seen_;
    std::string label = std::string(name) + ":" + std::to_string(parsed.at.line);
    if (!parsed.assertion) {
      record({seen_, std::move(label), Cause::syntax, "it does not follow the grammar"});
      continue;
    }
    const auto id = add(std::move(parsed.assertion), trust, label);
    if (id) {
      ids.push_back(*id);
    } else {
      const bool full = id.error().fault == Fault::limit;
      record({seen_, std::move(label), full ? Cause::memory : Cause::signature, id.error().what});
    }
  }
  return ids;
}

void Session::record(Failure failure) {
  if (failures_.size() < limits::kAssertionsMax) failures_.push_back(std::move(failure));
}

Result<void> Session::remove(Id id) {
  if (entries_.erase(id) == 0) return fail(Fault::refused, "no such assertion");
  graph_.remove(id);
  return {};
}

size_t Session::remove_authorizer(std::string_view principal) {
  const auto canonical = canonical_principal(principal);
  std::vector<Id> ids;
  for (const auto& [id, entry] : entries_) {
    if (canonical && entry.assertion->authorizer.canonical == *canonical) ids.push_back(id);
  }
  for (const Id id : ids) {
    graph_.remove(id);
    entries_.erase(id);
  }
  return ids.size();
}

const Assertion* Session::find(Id id) const {
  const auto known = entries_.find(id);
  return known == entries_.end() ? nullptr : known->second.assertion.get();
}

Result<void> Session::add_requester(std::string_view principal) {
  if (principal == kPolicy) return fail(Fault::refused, "POLICY asks for nothing");
  if (principal.size() > limits::kTrustStringMax) return fail(Fault::limit, "principal too long");
  IKE_TRY(std::string canonical, canonical_principal(principal));
  if (std::ranges::count(requesters_, canonical, &Requester::canonical) > 0) return {};
  if (requesters_.size() >= limits::kTrustRequestersMax) {
    return fail(Fault::limit, "too many principals that ask");
  }
  requesters_.push_back({std::string(principal), std::move(canonical)});
  return {};
}

void Session::remove_requester(std::string_view principal) {
  const auto canonical = canonical_principal(principal);
  if (!canonical) return;
  std::erase_if(requesters_, [&](const Requester& r) { return r.canonical == *canonical; });
}

Result<void> Session::set_values(std::vector<std::string> names) {
  IKE_TRY(values_, Values::make(std::move(names)));
  return {};
}

Result<void> Session::check() const {
  //= RFC 2704 section 5.1: a query has principals that ask, attributes and values
  if (values_.size() == 0) return fail(Fault::refused, "no compliance values were set");
  if (requesters_.empty()) return fail(Fault::refused, "nobody asks: no requester was added");
  if (attributes_.size() == 0) return fail(Fault::refused, "no attributes were set");
  return {};
}

std::vector<std::string> Session::canonical_requesters() const {
  std::vector<std::string> all;
  for (const Requester& r : requesters_) all.push_back(r.canonical);
  return all;
}

std::string Session::requester_list() const {
  std::string all;
  for (const Requester& r : requesters_) all += (all.empty() ? "" : ",") + r.written;
  return all;
}

size_t Session::conditions_of(Id id, const Surroundings& around,
                              std::vector<ClauseReport>* reports) const {
  const Assertion& assertion = *entries_.find(id)->second.assertion;
  if (!assertion.conditions) return values_.top();
  return evaluate(*assertion.conditions, assertion, around, reports);
}

Result<Answer> Session::query() {
  IKE_CHECK(check());
  Budget budget{limits::kTrustStepsMax};
  const std::string list = requester_list();
  const Surroundings around{attributes_, values_, list, budget};
  const size_t value = graph_.evaluate(canonical_requesters(), values_.top(),
                                       [&](Id id) { return conditions_of(id, around, nullptr); });
  return Answer{value, budget.steps == 0};
}

Result<Explanation> Session::explain() {
  IKE_CHECK(check());
  Budget budget{limits::kTrustStepsMax};
  const std::string list = requester_list();
  const Surroundings around{attributes_, values_, list, budget};
  std::map<Id, AssertionReport> reports;
  const auto run = [&](Id id) {
    AssertionReport& report = reports[id];
    report.conditions = conditions_of(id, around, &report.clauses);
    return report.conditions;
  };
  Explanation out;
  out.answer.value = graph_.evaluate(canonical_requesters(), values_.top(), run, true);
  // Those who license nobody that asks are looked at, too: the author may miss them.
  for (const auto& [id, entry] : entries_) {
    if (!reports.contains(id)) run(id);
  }
  out.answer.exhausted = budget.steps == 0;
  std::vector<std::pair<uint64_t, Id>> order;
  for (const auto& [id, entry] : entries_) order.emplace_back(entry.order, id);
  std::ranges::sort(order);
  for (const auto& [number, id] : order) {
    AssertionReport& report = reports[id];
    const Entry& entry = entries_.find(id)->second;
    report.label = entry.label;
    report.authorizer = entry.assertion->authorizer.written;
    report.licensees = graph_.licensees_value(id);
    out.assertions.push_back(std::move(report));
  }
  return out;
}

Result<std::string> ask(const Question& question, crypto::PlainVerifier& verifier) {
  Session session(verifier);
  Notes notes;
  for (const auto text : question.local) session.add_text(text, Trust::local, "local", notes);
  for (const auto text : question.credentials) {
    session.add_text(text, Trust::credential, "credential", notes);
  }
  for (const auto requester : question.requesters) IKE_CHECK(session.add_requester(requester));
  for (const auto& [name, value] : question.attributes) {
    IKE_CHECK(session.attributes().set(name, value));
  }
  IKE_CHECK(session.set_values(question.values));
  IKE_TRY(const Answer answer, session.query());
  return session.values().name(answer.value);
}

std::string to_text(const Explanation& explanation, const Values& values) {
  constexpr size_t kShownMax = 60;
  std::string text;
  for (const AssertionReport& a : explanation.assertions) {
    const std::string shown = quoted(masked(a.authorizer).substr(0, kShownMax));
    text += a.label + ": assertion of " + shown + " gives " +
            quoted(values.name(std::min(a.licensees, a.conditions))) + ": its licensees " +
            quoted(values.name(a.licensees)) + ", its conditions " +
            quoted(values.name(a.conditions)) + "\n";
    if (a.licensees == 0) {
      text += "  none of those who ask is licensed, directly or by what others assert\n";
    }
    for (const ClauseReport& c : a.clauses) {
      text += std::string(2 + 2 * c.depth, ' ') + "clause at " + std::to_string(c.at.line) + ":" +
              std::to_string(c.at.column) + (c.held ? " held: " : " did not hold");
      if (c.held) text += quoted(values.name(c.value));
      if (!c.reason.empty()) text += ": " + c.reason;
      text += "\n";
    }
  }
  if (explanation.answer.exhausted) {
    text += "the query was too expensive and was not finished\n";
  }
  return text;
}

}  // namespace ike::keynote

// Who delegates to whom: the assertions of a session, found by the principals they license.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "keynote/assertion.h"

namespace ike::keynote {

// The compliance value of every principal is the least solution of
//   value(p) = highest value if p asks, else max over its assertions of min(conditions, licensees).
// It is found from the highest value down, like shortest paths: a principal that reaches a level is
// done, and every licensee is looked at once.  So cycles need no special care, and a query costs
// what the assertions reachable from those who ask cost, however many there are.
class Graph {
 public:
  using Id = uint32_t;

  // Fault::limit when there are limits::kAssertionsMax.
  Result<Id> add(std::shared_ptr<const Assertion> assertion);
  void remove(Id id);  // one that is there
  size_t size() const { return size_; }

  // The value of POLICY.  `requesters` are canonical; `conditions` gives the value of an
  // assertion's conditions and is asked at most once for each.  It stops as soon as the outcome is
  // known, unless `all`.
  size_t evaluate(std::span<const std::string> requesters, size_t top,
                  const std::function<size_t(Id)>& conditions, bool all = false);

  // Of the last evaluate(…, all): the value of the assertion's licensees, and of a principal.
  size_t licensees_value(Id id) const;
  size_t principal_value(const std::string& canonical) const;

 private:
  struct Occurrence {
    Id assertion;
    uint32_t gate;
  };
  struct Slot {
    std::shared_ptr<const Assertion> assertion;  // nullptr: free
    uint32_t authorizer = 0;
    std::vector<uint32_t> satisfied{};  // children of each gate; of the query `round`
    uint64_t round = 0;
    bool licensed = false;
    size_t level = 0;  // at which it was licensed
  };
  struct Principal {
    std::string canonical;
    std::vector<Occurrence> licensed_by{};
    size_t uses = 0;  // as authorizer or licensee
    uint64_t round = 0;
    size_t value = 0;
  };

  uint32_t intern(const std::string& canonical);
  void release(uint32_t principal);
  // What evaluate() goes through.
  struct Run;
  void authorize(Run& run, uint32_t principal);
  void satisfy(Run& run, const Occurrence& at);
  void license(Run& run, Id id);

  std::vector<Slot> slots_;
  std::vector<Id> free_slots_;
  std::vector<Principal> principals_;
  std::vector<uint32_t> free_principals_;
  std::unordered_map<std::string, uint32_t> by_name_;
  std::vector<Id> unconditional_;  // assertions that license everybody
  size_t size_ = 0;
  uint64_t round_ = 0;
};

}  // namespace ike::keynote

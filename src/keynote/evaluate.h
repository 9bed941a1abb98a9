// Runs the conditions of an assertion against the attributes of an action.
#pragma once

#include <string>
#include <vector>

#include "keynote/assertion.h"
#include "keynote/attributes.h"

namespace ike::keynote {

// What conditions can see of a query.
struct Surroundings {
  const Attributes& attributes;
  const Values& values;
  std::string_view requesters;  // with commas between
  Budget& budget;
};

// What became of one clause, for whoever asks why.
struct ClauseReport {
  Place at;
  size_t depth = 0;  // braces around it
  bool held = false;
  size_t value = 0;
  // When the test failed: the comparison that decided, with its operands, or the error.
  std::string reason{};
};

// Index of the compliance value.  `reports` may be nullptr; otherwise every clause is run, also
// when an earlier one already gave the highest value.
size_t evaluate(const Conditions& conditions, const Assertion& constants,
                const Surroundings& surroundings, std::vector<ClauseReport>* reports);

}  // namespace ike::keynote

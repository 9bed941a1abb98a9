// A regular expression as a tree, with a state machine below every node of it.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ike::keynote {

using OctetSet = std::bitset<256>;

struct RegexNode {
  enum class Kind : uint8_t {
    empty,
    set,  // one octet of sets[index]
    begin,
    end,
    sequence,  // children one after the other
    choice,    // one of the children
    star,      // the only child, any number of times
    plus,      // … at least once
    maybe,     // … or nothing
    group,     // … remembered as number `index`
  };
  Kind kind = Kind::empty;
  // A copy of what stands before it, made for {n,m}: it forgets what that copy's groups held, and
  // matches nothing rather than the empty text.
  bool repeats = false;
  uint32_t index = 0;
  uint32_t first = 0;  // child; 0 = none (node 0 is never one)
  uint32_t next = 0;   // sibling
  uint32_t depth = 1;
  // The groups inside are group_begin … group_end - 1.
  uint32_t group_begin = 0;
  uint32_t group_end = 0;
  // States of its machine: no edge leads into `entry` or out of `exit` from within.
  uint32_t entry = 0;
  uint32_t exit = 0;
};

struct RegexEdge {
  enum class Kind : uint8_t { free, set, begin, end };
  uint32_t to = 0;
  uint32_t index = 0;  // of the set
  Kind kind = Kind::free;
};

// One direction of all edges: those of state s are edges[first[s]] … edges[first[s + 1] - 1].
struct RegexEdges {
  std::vector<uint32_t> first;
  std::vector<RegexEdge> edges;
};

struct RegexTree {
  std::vector<RegexNode> nodes;
  std::vector<OctetSet> sets;
  uint32_t root = 0;
  uint32_t groups = 0;
  uint32_t states = 0;
  RegexEdges forward;
  RegexEdges backward;
};

// POSIX extended regular expressions.  Error::at is the offset in the pattern.  What POSIX leaves
// open: a "{" that no digit follows and a "\" before an ordinary octet are taken as they look; an
// empty alternative matches the empty text; a repetition of nothing is an error.
Result<RegexTree> parse_regex(std::string_view pattern);

// Fills in states and edges.
void build_machine(RegexTree& tree);

}  // namespace ike::keynote

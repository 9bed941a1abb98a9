#include "keynote/regex.h"

#include <algorithm>

namespace ike::keynote {

namespace {

using Kind = RegexNode::Kind;
using Positions = std::vector<bool>;  // 0 … size of the text

enum class Way : bool { forward, backward };

// Where a run of a machine starts: at one position or at many.
struct Origin {
  size_t one = 0;
  const Positions* many = nullptr;

  bool has(size_t at) const { return many != nullptr ? (*many)[at] : at == one; }
};

// Runs machines of single nodes over the text.  The groups of a match are found from the top of the
// tree down: a node and the span it matched are given, and each child takes the longest span with
// which its younger siblings can still match the rest.
class Search {
 public:
  Search(const RegexTree& tree, std::string_view text, Budget& budget)
      : tree_(tree), text_(text), budget_(budget), marks_(tree.states, 0) {}

  std::optional<RegexMatch> run() {
    const RegexSpan all{0, text_.size()};
    const Positions anywhere(text_.size() + 1, true);
    const Positions begins = sweep(tree_.root, Way::backward, {.many = &anywhere}, all);
    const auto begin = std::ranges::find(begins, true);
    if (begin == begins.end() || exhausted_) return std::nullopt;
    RegexMatch match;
    match.whole.begin = static_cast<size_t>(begin - begins.begin());
    match.whole.end = longest(tree_.root, match.whole.begin, text_.size(), anywhere);
    groups_.assign(tree_.groups, std::nullopt);
    assign(tree_.root, match.whole);
    match.groups = std::move(groups_);
    return match;
  }
  bool exhausted() const { return exhausted_; }

 private:
  // Forward: where a match of the node can end that begins at `from`.  Backward: where one can
  // begin that ends at `from`.  Only within `bounds`.
  Positions sweep(uint32_t node, Way way, Origin from, RegexSpan bounds) {
    const bool forward = way == Way::forward;
    const uint32_t source = forward ? tree_.nodes[node].entry : tree_.nodes[node].exit;
    const uint32_t target = forward ? tree_.nodes[node].exit : tree_.nodes[node].entry;
    const RegexEdges& edges = forward ? tree_.forward : tree_.backward;
    Positions reached(text_.size() + 1, false);
    std::vector<uint32_t> states;
    std::vector<uint32_t> after;
    exhausted_ |= !budget_.spend(text_.size() / 64);
    for (size_t step = 0; step <= bounds.end - bounds.begin && !exhausted_; ++step) {
      const size_t at = forward ? bounds.begin + step : bounds.end - step;
      ++mark_;
      if (from.has(at)) after.push_back(source);
      states.clear();
      for (const uint32_t state : after) enter(state, states);
      after.clear();
      // `states` grows while free edges are followed.
      for (size_t i = 0; i < states.size(); ++i) {
        const uint32_t state = states[i];
        if (state == target) {
          reached[at] = true;
          continue;
        }
        for (uint32_t e = edges.first[state]; e < edges.first[state + 1]; ++e) {
          const RegexEdge& edge = edges.edges[e];
          if (edge.kind != RegexEdge::Kind::set) {
            if (passes(edge.kind, at)) enter(edge.to, states);
          } else if (step < bounds.end - bounds.begin) {
            const auto octet = static_cast<unsigned char>(text_[forward ? at : at - 1]);
            if (tree_.sets[edge.index][octet]) after.push_back(edge.to);
          }
        }
      }
      exhausted_ |= !budget_.spend(1 + states.size());
      if (after.empty() && from.many == nullptr) break;
    }
    return reached;
  }

  void enter(uint32_t state, std::vector<uint32_t>& states) {
    if (marks_[state] == mark_) return;
    marks_[state] = mark_;
    states.push_back(state);
  }

  bool passes(RegexEdge::Kind kind, size_t at) const {
    if (kind == RegexEdge::Kind::begin) return at == 0;
    return kind != RegexEdge::Kind::end || at == text_.size();
  }

  // The last of the `wanted` ends of a match that begins at `begin`; `begin` if there is none.
  size_t longest(uint32_t node, size_t begin, size_t end, const Positions& wanted) {
    const Positions ends = sweep(node, Way::forward, {.one = begin}, {begin, end});
    for (size_t at = end; at > begin; --at) {
      if (ends[at] && wanted[at]) return at;
    }
    return begin;
  }
  bool can_match(uint32_t node, RegexSpan span) {
    return sweep(node, Way::forward, {.one = span.begin}, span)[span.end];
  }

  // `span` is what the node matches; sets the groups inside.
  void assign(uint32_t id, RegexSpan span) {
    const RegexNode& node = tree_.nodes[id];
    if (node.group_begin == node.group_end || exhausted_) return;
    if (node.repeats && node.kind != Kind::maybe) forget(node);
    switch (node.kind) {
      case Kind::group:
        groups_[node.index] = span;
        assign(node.first, span);
        break;
      case Kind::sequence: assign_sequence(node, span); break;
      case Kind::choice: assign_choice(node, span); break;
      case Kind::star:
      case Kind::plus: assign_repetition(id, span); break;
      case Kind::maybe:
        if (span.begin == span.end && (node.repeats || !can_match(node.first, span))) break;
        if (node.repeats) forget(node);
        assign(node.first, span);
        break;
      default: break;
    }
  }

  void forget(const RegexNode& node) {
    for (uint32_t g = node.group_begin; g < node.group_end; ++g) groups_[g].reset();
  }

  void assign_sequence(const RegexNode& node, RegexSpan span) {
    std::vector<uint32_t> children;
    for (uint32_t c = node.first; c != 0; c = tree_.nodes[c].next) children.push_back(c);
    // after[i]: where child i may end so that the others match the rest.
    std::vector<Positions> after(children.size());
    after.back() = Positions(text_.size() + 1, false);
    after.back()[span.end] = true;
    for (size_t i = children.size() - 1; i > 0; --i) {
      after[i - 1] = sweep(children[i], Way::backward, {.many = &after[i]}, span);
    }
    size_t at = span.begin;
    for (size_t i = 0; i < children.size(); ++i) {
      const size_t end = longest(children[i], at, span.end, after[i]);
      assign(children[i], {at, end});
      at = end;
    }
  }

  void assign_choice(const RegexNode& node, RegexSpan span) {
    for (uint32_t c = node.first; c != 0; c = tree_.nodes[c].next) {
      if (can_match(c, span)) return assign(c, span);
    }
  }

  // Rounds of at least one octet each; an empty one only when it is the only one.
  void assign_repetition(uint32_t id, RegexSpan span) {
    const RegexNode& node = tree_.nodes[id];
    if (span.begin == span.end) {
      if (can_match(node.first, span)) assign(node.first, span);
      return;
    }
    Positions rest = sweep(id, Way::backward, {.one = span.end}, span);
    rest[span.end] = true;
    for (size_t at = span.begin; at < span.end && !exhausted_;) {
      const size_t end = longest(node.first, at, span.end, rest);
      if (end == at) return;  // not reached while there are steps left
      forget(node);
      assign(node.first, {at, end});
      at = end;
    }
  }

  const RegexTree& tree_;
  std::string_view text_;
  Budget& budget_;
  std::vector<uint64_t> marks_;
  uint64_t mark_ = 0;
  bool exhausted_ = false;
  std::vector<std::optional<RegexSpan>> groups_;
};

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern) {
  IKE_TRY(RegexTree tree, parse_regex(pattern));
  build_machine(tree);
  return Regex(std::move(tree));
}

Result<std::optional<RegexMatch>> Regex::search(std::string_view text, Budget& budget) const {
  Search search(tree_, text, budget);
  auto match = search.run();
  if (search.exhausted()) return fail(Fault::limit, "the search takes too many steps");
  return match;
}

}  // namespace ike::keynote

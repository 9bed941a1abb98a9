#include "keynote/regex_tree.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "keynote/limits.h"

namespace ike::keynote {

namespace {

using Kind = RegexNode::Kind;

constexpr std::string_view kTooLarge = "the expression is too large";
constexpr std::string_view kTooDeep = "groups and repetitions are nested too deeply";

struct CharacterClass {
  std::string_view name;
  bool (*has)(unsigned c);
};
// Of the C locale: what a policy means must not depend on where it is read.
constexpr bool is_upper(unsigned c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(unsigned c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alpha(unsigned c) { return is_upper(c) || is_lower(c); }
constexpr bool is_digit(unsigned c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(unsigned c) { return is_alpha(c) || is_digit(c); }
constexpr bool is_graph(unsigned c) { return c > 0x20 && c < 0x7f; }
constexpr std::array kClasses{
    CharacterClass{"alnum", is_alnum},
    CharacterClass{"alpha", is_alpha},
    CharacterClass{"blank", [](unsigned c) { return c == ' ' || c == '\t'; }},
    CharacterClass{"cntrl", [](unsigned c) { return c < 0x20 || c == 0x7f; }},
    CharacterClass{"digit", is_digit},
    CharacterClass{"graph", is_graph},
    CharacterClass{"lower", is_lower},
    CharacterClass{"print", [](unsigned c) { return c == ' ' || is_graph(c); }},
    CharacterClass{"punct", [](unsigned c) { return is_graph(c) && !is_alnum(c); }},
    CharacterClass{"space", [](unsigned c) { return c == ' ' || (c >= '\t' && c <= '\r'); }},
    CharacterClass{"upper", is_upper},
    CharacterClass{"xdigit", [](unsigned c) {
                     return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
                   }}};

class Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern) { tree_.nodes.emplace_back(); }

  Result<RegexTree> parse() {
    IKE_TRY(tree_.root, choice(1));
    if (more()) return wrong("\")\" without \"(\"");
    return std::move(tree_);
  }

 private:
  bool more() const { return at_ < pattern_.size(); }
  bool next_is(char c) const { return more() && pattern_[at_] == c; }
  bool digit_at(size_t at) const {
    return at < pattern_.size() && is_digit(static_cast<unsigned char>(pattern_[at]));
  }
  bool accept(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  std::unexpected<Error> wrong(std::string_view what, Fault fault = Fault::malformed) const {
    return fail(fault, what, static_cast<uint32_t>(at_));
  }

  Result<uint32_t> add(RegexNode node) {
    if (tree_.nodes.size() > limits::kRegexNodesMax) return wrong(kTooLarge, Fault::limit);
    tree_.nodes.push_back(node);
    return static_cast<uint32_t>(tree_.nodes.size() - 1);
  }
  // A node around the list of siblings that starts with `first`.
  Result<uint32_t> wrap(Kind kind, uint32_t first) {
    RegexNode node{.kind = kind, .first = first};
    node.group_begin = tree_.nodes[first].group_begin;
    for (uint32_t child = first; child != 0; child = tree_.nodes[child].next) {
      node.depth = std::max(node.depth, tree_.nodes[child].depth + 1);
      node.group_end = tree_.nodes[child].group_end;
    }
    if (node.depth > limits::kRegexDepthMax) return wrong(kTooDeep, Fault::limit);
    return add(node);
  }
  Result<uint32_t> add_set(OctetSet set) {
    const uint32_t groups = tree_.groups;
    const auto known = std::ranges::find(tree_.sets, set);
    const auto index = static_cast<uint32_t>(known - tree_.sets.begin());
    if (known == tree_.sets.end()) tree_.sets.push_back(set);
    return add({.kind = Kind::set, .index = index, .group_begin = groups, .group_end = groups});
  }
  Result<uint32_t> add_plain(Kind kind) {
    return add({.kind = kind, .group_begin = tree_.groups, .group_end = tree_.groups});
  }

  Result<uint32_t> choice(uint32_t depth) {
    if (depth > limits::kRegexDepthMax) return wrong(kTooDeep, Fault::limit);
    IKE_TRY(const uint32_t first, sequence(depth));
    uint32_t last = first;
    while (accept('|')) {
      IKE_TRY(const uint32_t more_of_it, sequence(depth));
      tree_.nodes[last].next = more_of_it;
      last = more_of_it;
    }
    return last == first ? first : wrap(Kind::choice, first);
  }

  Result<uint32_t> sequence(uint32_t depth) {
    uint32_t first = 0;
    uint32_t last = 0;
    while (more() && !next_is('|') && !next_is(')')) {
      IKE_TRY(const uint32_t one, piece(depth));
      if (first == 0) {
        first = one;
      } else {
        tree_.nodes[last].next = one;
      }
      last = one;
    }
    if (first == 0) return add_plain(Kind::empty);
    return last == first ? first : wrap(Kind::sequence, first);
  }

  bool at_repetition() const {
    return next_is('*') || next_is('+') || next_is('?') || (next_is('{') && digit_at(at_ + 1));
  }

  Result<uint32_t> piece(uint32_t depth) {
    if (at_repetition()) return wrong("nothing before the repetition");
    const bool anchor = next_is('^') || next_is('$');
    IKE_TRY(uint32_t node, atom(depth));
    while (at_repetition()) {
      if (anchor) return wrong("an anchor cannot be repeated");
      if (accept('*')) {
        IKE_TRY(node, wrap(Kind::star, node));
      } else if (accept('+')) {
        IKE_TRY(node, wrap(Kind::plus, node));
      } else if (accept('?')) {
        IKE_TRY(node, wrap(Kind::maybe, node));
      } else {
        ++at_;
        IKE_TRY(node, interval(node));
      }
    }
    return node;
  }

  Result<unsigned> number() {
    unsigned value = 0;
    if (!digit_at(at_)) return wrong("a number expected");
    while (digit_at(at_)) {
      value = value * 10 + static_cast<unsigned>(pattern_[at_] - '0');
      if (value > limits::kRegexRepeatMax) return wrong("a repetition is at most 255");
      ++at_;
    }
    return value;
  }

  // Behind "{": copies that must be there, then those that may be missing, or a plus as the last.
  Result<uint32_t> interval(uint32_t node) {
    IKE_TRY(const unsigned least, number());
    std::optional<unsigned> most = least;
    if (accept(',')) {
      most.reset();
      if (!next_is('}')) {
        IKE_TRY(most, number());
      }
    }
    if (!accept('}')) return wrong("\"}\" expected");
    if (most && *most < least) return wrong("a repetition's first number is the larger one");
    if (most && *most == 0) return add_plain(Kind::empty);
    if (!most && least == 0) return wrap(Kind::star, node);
    if (!most && least == 1) return wrap(Kind::plus, node);
    uint32_t first = 0;
    uint32_t last = 0;
    for (unsigned copy = 1; copy <= most.value_or(least); ++copy) {
      IKE_TRY(uint32_t one, copy == 1 ? Result<uint32_t>(node) : duplicate(node));
      if (!most && copy == least) {
        IKE_TRY(one, wrap(Kind::plus, one));
      }
      if (copy > least) {
        IKE_TRY(one, wrap(Kind::maybe, one));
      }
      if (first == 0) {
        first = one;
      } else {
        tree_.nodes[one].repeats = true;
        tree_.nodes[last].next = one;
      }
      last = one;
    }
    return first == last ? first : wrap(Kind::sequence, first);
  }

  // Depth is bounded by kRegexDepthMax.
  Result<uint32_t> duplicate(uint32_t node) {
    RegexNode copy = tree_.nodes[node];
    copy.next = 0;
    uint32_t last = 0;
    for (uint32_t child = std::exchange(copy.first, 0); child != 0;
         child = tree_.nodes[child].next) {
      IKE_TRY(const uint32_t child_copy, duplicate(child));
      if (last == 0) {
        copy.first = child_copy;
      } else {
        tree_.nodes[last].next = child_copy;
      }
      last = child_copy;
    }
    return add(copy);
  }

  Result<uint32_t> atom(uint32_t depth) {
    const char c = pattern_[at_++];
    switch (c) {
      case '(': return group(depth);
      case '[': return bracket();
      case '^': return add_plain(Kind::begin);
      case '$': return add_plain(Kind::end);
      case '.': return add_set(OctetSet().set());
      case '\\':
        if (!more()) return wrong("nothing behind the last \"\\\"");
        return add_set(OctetSet().set(static_cast<unsigned char>(pattern_[at_++])));
      default: return add_set(OctetSet().set(static_cast<unsigned char>(c)));
    }
  }

  Result<uint32_t> group(uint32_t depth) {
    const uint32_t number = tree_.groups++;
    IKE_TRY(const uint32_t inside, choice(depth + 1));
    if (!accept(')')) return wrong("\")\" expected");
    IKE_TRY(const uint32_t node, wrap(Kind::group, inside));
    tree_.nodes[node].index = number;
    tree_.nodes[node].group_begin = number;
    tree_.nodes[node].group_end = tree_.groups;
    return node;
  }

  // Behind "[".
  Result<uint32_t> bracket() {
    const bool inverted = accept('^');
    OctetSet set;
    for (bool first = true; first || !next_is(']'); first = false) {
      if (!more()) return wrong("\"]\" expected");
      if (pattern_.substr(at_).starts_with("[:")) {
        IKE_CHECK(add_class(set));
        continue;
      }
      IKE_TRY(const unsigned low, bracket_octet());
      unsigned high = low;
      const bool range = next_is('-') && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']';
      if (range) {
        ++at_;
        IKE_TRY(high, bracket_octet());
      }
      if (high < low) return wrong("a range ends before it begins");
      for (unsigned c = low; c <= high; ++c) set.set(c);
    }
    ++at_;
    return add_set(inverted ? ~set : set);
  }

  // One octet, also as [.c.] or [=c=].
  Result<unsigned> bracket_octet() {
    const std::string_view rest = pattern_.substr(at_);
    const bool named = rest.starts_with("[.") || rest.starts_with("[=");
    if (!named) {
      if (!more()) return wrong("\"]\" expected");
      return static_cast<unsigned char>(pattern_[at_++]);
    }
    if (rest.size() < 5 || rest[3] != rest[1] || rest[4] != ']') {
      return wrong("only single octets between \"[.\" and \".]\"");
    }
    at_ += 5;
    return static_cast<unsigned char>(rest[2]);
  }

  Result<void> add_class(OctetSet& set) {
    const size_t begin = at_ + 2;
    const size_t end = pattern_.find(":]", begin);
    if (end == std::string_view::npos) return wrong("\":]\" expected");
    const auto name = pattern_.substr(begin, end - begin);
    const auto* const known = std::ranges::find(kClasses, name, &CharacterClass::name);
    if (known == kClasses.end()) return wrong("no such character class");
    for (unsigned c = 0; c < set.size(); ++c) {
      if (known->has(c)) set.set(c);
    }
    at_ = end + 2;
    return {};
  }

  std::string_view pattern_;
  size_t at_ = 0;
  RegexTree tree_;
};

struct RawEdge {
  uint32_t from;
  uint32_t to;
  RegexEdge::Kind kind;
  uint32_t index;
};

RegexEdges by_source(const std::vector<RawEdge>& raw, uint32_t states, bool turned) {
  RegexEdges out;
  out.first.assign(states + 1, 0);
  out.edges.resize(raw.size());
  const auto source = [&](const RawEdge& e) { return turned ? e.to : e.from; };
  for (const RawEdge& e : raw) ++out.first[source(e) + 1];
  for (uint32_t s = 0; s < states; ++s) out.first[s + 1] += out.first[s];
  std::vector<uint32_t> fill = out.first;
  for (const RawEdge& e : raw) {
    out.edges[fill[source(e)]++] = {turned ? e.from : e.to, e.index, e.kind};
  }
  return out;
}

}  // namespace

Result<RegexTree> parse_regex(std::string_view pattern) { return Parser(pattern).parse(); }

void build_machine(RegexTree& tree) {
  std::vector<RawEdge> edges;
  const auto free = [&](uint32_t from, uint32_t to) {
    edges.push_back({from, to, RegexEdge::Kind::free, 0});
  };
  // Two states a node, so that every node can be run by itself.  Nodes that are no part of the tree
  // (copied and then not used) cost two states that nothing reaches.
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    tree.nodes[i].entry = 2 * i;
    tree.nodes[i].exit = 2 * i + 1;
  }
  tree.states = static_cast<uint32_t>(2 * tree.nodes.size());
  for (uint32_t i = 1; i < tree.nodes.size(); ++i) {
    const RegexNode& node = tree.nodes[i];
    const bool leaf = node.kind <= Kind::end;
    if (leaf) {
      constexpr std::array kKinds{RegexEdge::Kind::free, RegexEdge::Kind::set,
                                  RegexEdge::Kind::begin, RegexEdge::Kind::end};
      edges.push_back({node.entry, node.exit, kKinds[static_cast<size_t>(node.kind)], node.index});
      continue;
    }
    if (node.kind == Kind::star || node.kind == Kind::maybe) free(node.entry, node.exit);
    uint32_t before = node.entry;
    for (uint32_t c = node.first; c != 0; c = tree.nodes[c].next) {
      const RegexNode& child = tree.nodes[c];
      free(node.kind == Kind::sequence ? before : node.entry, child.entry);
      before = child.exit;
      if (node.kind != Kind::sequence || child.next == 0) free(child.exit, node.exit);
      if (node.kind == Kind::star || node.kind == Kind::plus) free(child.exit, child.entry);
    }
  }
  tree.forward = by_source(edges, tree.states, false);
  tree.backward = by_source(edges, tree.states, true);
}

}  // namespace ike::keynote

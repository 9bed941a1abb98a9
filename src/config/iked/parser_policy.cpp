// The "ikev2 …" statement.
#include <algorithm>
#include <array>

#include "config/iked/lint.h"
#include "config/iked/names.h"
#include "config/iked/parser.h"
#include "config/text/suggest.h"

namespace ike::config::iked {

namespace {

// Keywords of a policy by the place of their clause; those of one place exclude each other.
struct ClauseOrder {
  std::string_view keyword;
  int place;
};
constexpr auto kOrder = std::to_array<ClauseOrder>({
    {"quick", 1},    {"skip", 1},   {"default", 1},   {"passive", 2},      {"active", 2},
    {"ipcomp", 3},   {"tunnel", 4}, {"transport", 4}, {"natt", 5},         {"esp", 6},
    {"ah", 6},       {"inet", 7},   {"inet6", 7},     {"proto", 8},        {"rdomain", 9},
    {"from", 10},    {"to", 10},    {"peer", 11},     {"local", 11},       {"ikesa", 12},
    {"childsa", 13}, {"srcid", 14}, {"dstid", 15},    {"ikelifetime", 16}, {"lifetime", 17},
    {"psk", 18},     {"eap", 18},   {"config", 19},   {"request", 19},     {"iface", 20},
    {"tag", 21},     {"tap", 21},
});

int place_of(std::string_view keyword) {
  const auto it = std::ranges::find(kOrder, keyword, &ClauseOrder::keyword);
  return it == kOrder.end() ? 0 : it->place;
}

bool is_transform(const Token& token) {
  static constexpr auto kTransforms =
      std::to_array<std::string_view>({"auth", "enc", "prf", "group", "esn", "noesn"});
  return token.kind == TokenKind::keyword &&
         std::ranges::find(kTransforms, token.text) != kTransforms.end();
}

}  // namespace

bool Parser::clause_out_of_order(std::string& message) const {
  if (token_.kind != TokenKind::keyword) return false;
  const std::string found = "\"" + token_.text + "\"";
  if (is_transform(token_)) {
    message += found + " belongs after \"ikesa\" or \"childsa\"";
    return true;
  }
  if (token_.text == "bytes") {
    message += "\"bytes\" belongs after \"lifetime\" and its time";
    return true;
  }
  const int place = place_of(token_.text);
  for (const std::string& seen : seen_) {
    const int other = place_of(seen);
    if (place == 0 || other < place) continue;
    if (other == place) {
      message += found + (seen == token_.text ? " is given twice"
                                              : " cannot be together with \"" + seen + "\"");
    } else {
      message += found + " must come before \"" + seen + "\": the order of clauses is fixed";
    }
    return true;
  }
  return false;
}

bool Parser::policy(PolicyStatement& out) {
  ++policies_;
  out.at = token_.at;
  in_policy_ = true;
  seen_.clear();
  advance();
  return head(out) && mode(out) && protocols(out) && flows(out) && peers(out) &&
         groups("ikesa", out.ike_sa) && groups("childsa", out.child_sa) &&
         optional_word("srcid", out.srcid) && optional_word("dstid", out.dstid) && lifetimes(out) &&
         auth(out) && config_options(out) && tail(out) && expect_end();
}

bool Parser::head(PolicyStatement& out) {
  slip_.clear();
  if (token_.kind == TokenKind::word) {
    const bool bare = !token_.quoted;
    if (!word(out.name.emplace(), "a name")) return false;
    if (bare) slip_ = mistaken_name(out.name->text);
    out.slip = slip_;
  }
  if (accept("quick")) {
    out.evaluation = model::Evaluation::first_match;
  } else if (accept("skip")) {
    out.evaluation = model::Evaluation::skipped;
  } else if (accept("default")) {
    out.evaluation = model::Evaluation::fallback;
  }
  if (accept("active")) {
    out.active = true;
  } else {
    accept("passive");
  }
  return true;
}

bool Parser::mode(PolicyStatement& out) {
  Position at = token_.at;
  if (accept("ipcomp")) out.ipcomp = at;
  if (accept("transport")) {
    out.mode = model::Mode::transport;
  } else {
    accept("tunnel");
  }
  out.natt = accept("natt");
  at = token_.at;
  if (accept("ah")) {
    out.ah = at;
  } else {
    accept("esp");
  }
  if (accept("inet")) {
    out.family = Family::ipv4;
  } else if (accept("inet6")) {
    out.family = Family::ipv6;
  }
  return true;
}

bool Parser::protocols(PolicyStatement& out) {
  constexpr std::string_view kExpected = "a protocol (a name or 0 to 255)";
  if (accept("proto")) {
    const bool list = accept_symbol("{");
    if (!value(out.protocols.emplace_back(), kExpected)) return false;
    while (list && !accept_symbol("}")) {
      accept_symbol(",");
      if (!value(out.protocols.emplace_back(), kExpected)) return false;
    }
  }
  if (!at_keyword("rdomain")) return true;
  accept("rdomain");
  if (token_.kind != TokenKind::number) return syntax_error("a number after \"rdomain\"");
  return value(out.rdomain.emplace(), "a number");
}

bool Parser::flows(PolicyStatement& out) {
  do {
    if (!flow(out.flows.emplace_back())) return false;
    if (token_.is_symbol(",")) {
      advance();
      if (!at_keyword("from") && !at_keyword("to")) return syntax_error("\"from\" or \"to\"");
    }
  } while (at_keyword("from") || at_keyword("to"));
  return true;
}

bool Parser::flow(Flow& out) {
  out.at = token_.at;
  const bool reversed = at_keyword("to");
  for (const bool to : {reversed, !reversed}) {
    const std::string_view keyword = to ? "to" : "from";
    // Only the second half is a must here: a missing flow deserves more than `expected "from"`.
    if (!accept(keyword)) {
      if (to != reversed) return syntax_error("\"" + std::string(keyword) + "\"");
      const bool line_ended = token_.kind == TokenKind::newline;
      return syntax_error(
          "a flow (from SOURCE to DESTINATION)" + slip_ +
          (line_ended ? "; a policy goes on behind a backslash at the end of the line" : ""));
    }
    if (!host(to ? out.to : out.from)) return false;
    if (!optional_value("port", to ? out.to_port : out.from_port)) return false;
  }
  return true;
}

bool Parser::host_spec(HostSpec& out) {
  if (token_.kind == TokenKind::number) {
    return syntax_error("an address, a host or an interface");
  }
  if (!word(out.name, "an address, a host or an interface")) return false;
  if (!accept_symbol("/")) return true;
  if (token_.kind != TokenKind::number) return syntax_error("a prefix length, as in 10.0.0.0/8");
  out.length = token_.number;
  advance();
  return true;
}

bool Parser::host(Host& out) {
  out.at = token_.at;
  if (accept("any")) {
    out.kind = Host::Kind::any;
    return true;
  }
  if (accept("dynamic")) {
    out.kind = Host::Kind::dynamic;
    return true;
  }
  if (!host_spec(out.spec)) return false;
  if (!accept_symbol("(")) return true;
  if (!host_spec(out.nat.emplace())) return false;
  if (!accept_symbol(")")) return syntax_error("')'");
  return true;
}

bool Parser::any_host(Host& out) {
  out.at = token_.at;
  if (accept("any")) {
    out.kind = Host::Kind::any;
    return true;
  }
  return host_spec(out.spec);
}

bool Parser::peers(PolicyStatement& out) {
  while ((at_keyword("peer") && !out.peer) || (at_keyword("local") && !out.local)) {
    const bool peer = at_keyword("peer");
    accept(token_.text);
    if (!any_host(peer ? out.peer.emplace() : out.local.emplace())) return false;
  }
  return true;
}

bool Parser::groups(std::string_view keyword, std::vector<ProposalGroup>& out) {
  while (at_keyword(keyword)) {
    ProposalGroup& group = out.emplace_back();
    group.at = token_.at;
    accept(keyword);
    if (!is_transform(token_)) {
      return syntax_error("a transform: enc, auth, prf, group, esn or noesn");
    }
    while (is_transform(token_)) {
      if (!transform(group.transforms.emplace_back())) return false;
    }
  }
  return true;
}

bool Parser::transform(TransformClause& out) {
  const std::string keyword = token_.text;
  const Position at = token_.at;
  advance();
  using Type = TransformClause::Type;
  if (keyword == "esn" || keyword == "noesn") {
    out = {keyword == "esn" ? Type::esn : Type::noesn, {keyword, at}};
    return true;
  }
  out.type = keyword == "auth"  ? Type::auth
             : keyword == "enc" ? Type::enc
             : keyword == "prf" ? Type::prf
                                : Type::group;
  return word(out.name, "the name of an algorithm after \"" + keyword + "\"");
}

bool Parser::lifetimes(PolicyStatement& out) {
  if (!optional_value("ikelifetime", out.ike_lifetime)) return false;
  if (!optional_value("lifetime", out.lifetime)) return false;
  return !out.lifetime || optional_value("bytes", out.bytes);
}

bool Parser::auth(PolicyStatement& out) {
  using Kind = AuthClause::Kind;
  if (accept("psk")) {
    AuthClause& clause = out.auth.emplace();
    clause.kind = accept("file") ? Kind::psk_file : Kind::psk;
    return word(clause.word, clause.kind == Kind::psk ? "a key in quotes, or \"file\""
                                                      : "a file name in quotes");
  }
  if (accept("eap")) {
    AuthClause& clause = out.auth.emplace();
    clause.kind = token_.is(TokenKind::word, "radius") ? Kind::eap_radius : Kind::eap;
    return word(clause.word, "an EAP method");
  }
  if (token_.kind != TokenKind::word) return true;
  if (!find_auth(token_.text)) {
    // Perhaps it was to be "psk".
    lexer_.distrust_line();
    std::vector<std::string_view> candidates = auth_names();
    for (const ClauseOrder& clause : kOrder) candidates.push_back(clause.keyword);
    diagnostics_.error(token_.at,
                       "not a valid authentication mode" + did_you_mean(token_.text, candidates));
    return false;
  }
  AuthClause& clause = out.auth.emplace();
  clause.kind = Kind::named;
  return word(clause.word, "an authentication mode");
}

bool Parser::config_options(PolicyStatement& out) {
  while (at_keyword("config") || at_keyword("request")) {
    ConfigOption& option = out.config.emplace_back();
    option.at = token_.at;
    option.request = at_keyword("request");
    accept(token_.text);
    if (!word(option.name, "the name of a configuration option")) return false;
    if (option.request && accept("any")) continue;
    if (!host_spec(option.value.emplace())) return false;
  }
  return true;
}

bool Parser::tail(PolicyStatement& out) {
  if (!optional_word("iface", out.iface)) return false;
  while (at_keyword("tag") || at_keyword("tap")) {
    if (!optional_word("tag", out.tag) || !optional_word("tap", out.tap)) return false;
  }
  return true;
}

}  // namespace ike::config::iked

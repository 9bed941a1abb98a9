#include "keynote/assertion.h"

#include <algorithm>
#include <array>

#include "keynote/names.h"

namespace ike::keynote {

namespace {

enum class FieldKind : uint8_t {
  version,
  constants,
  authorizer,
  licensees,
  conditions,
  comment,
  signature,
};

struct FieldName {
  std::string_view name;
  FieldKind kind;
};
constexpr std::array kFields{FieldName{"KeyNote-Version", FieldKind::version},
                             FieldName{"Local-Constants", FieldKind::constants},
                             FieldName{"Authorizer", FieldKind::authorizer},
                             FieldName{"Licensees", FieldKind::licensees},
                             FieldName{"Conditions", FieldKind::conditions},
                             FieldName{"Comment", FieldKind::comment},
                             FieldName{"Signature", FieldKind::signature}};

// Reads one block; whatever is wrong is in the notes.
class Reader {
 public:
  Reader(const Block& block, Notes& notes) : block_(block), notes_(notes) {}

  std::shared_ptr<const Assertion> read() {
    const size_t before = notes_.errors();
    if (block_.text.size() > limits::kAssertionMax) return nullptr;
    assertion_ = std::make_shared<Assertion>();
    assertion_->at = block_.at;
    for (size_t i = 0; i < block_.fields.size(); ++i) take(i);
    // Constants first: they may stand behind the fields that use them.
    if (Lexer* const lexer = start(FieldKind::constants)) {
      assertion_->constants = parse_constants(*lexer);
    }
    read_authorizer();
    const ConstantLookup lookup = [this](std::string_view n) { return assertion_->constant(n); };
    if (Lexer* const lexer = start(FieldKind::licensees)) {
      assertion_->licensees = parse_licensees(*lexer, lookup);
    }
    if (Lexer* const lexer = start(FieldKind::conditions)) {
      assertion_->conditions = parse_conditions(*lexer);
    }
    read_signature();
    if (!block_.sound || notes_.errors() != before) return nullptr;
    return assertion_;
  }

 private:
  const Field*& slot(FieldKind kind) { return fields_[static_cast<size_t>(kind)]; }

  // Nullptr when the field is not there.  The lexer lives until the next call.
  Lexer* start(FieldKind kind) {
    const Field* const field = slot(kind);
    if (field == nullptr) return nullptr;
    lexer_.emplace(field->body, field->body_at, notes_);
    return &*lexer_;
  }

  //= RFC 2704 section 4.1: every field once, the version first, the signature last
  void take(size_t index) {
    const Field& field = block_.fields[index];
    if (field.name.empty()) return;  // reported when the text was cut into fields
    const auto* const known = std::ranges::find_if(
        kFields, [&](const FieldName& f) { return equal_ignoring_case(f.name, field.name); });
    const std::string written(field.name);
    if (known == kFields.end()) return unknown(field);
    if (slot(known->kind) != nullptr) {
      return notes_.error(field.at, "the field " + written + " is already in line " +
                                        std::to_string(slot(known->kind)->at.line));
    }
    slot(known->kind) = &field;
    if (known->kind == FieldKind::version) return check_version(field, index);
    if (known->kind == FieldKind::signature && index + 1 != block_.fields.size()) {
      notes_.error(field.at, "Signature must be the last field");
    }
  }

  void unknown(const Field& field) {
    for (const FieldName& f : kFields) {
      if (!starts_ignoring_case(f.name, field.name)) continue;
      return notes_.error(
          field.at, "names of fields are not abbreviated: write " + std::string(f.name) + ":");
    }
    std::string all;
    for (const FieldName& f : kFields) all += (all.empty() ? "" : ", ") + std::string(f.name);
    notes_.error(field.at, "no such field; there are " + all);
  }

  void check_version(const Field& field, size_t index) {
    if (index != 0) notes_.error(field.at, "KeyNote-Version must be the first field");
    Lexer lexer(field.body, field.body_at, notes_);
    const Token token = lexer.take();
    const bool two =
        (token.kind == TokenKind::integer || token.kind == TokenKind::string) && token.text == "2";
    if (!two || !lexer.next_is(TokenKind::end)) lexer.fail(token.at, "the version is 2");
  }

  void read_authorizer() {
    Lexer* const lexer = start(FieldKind::authorizer);
    if (lexer == nullptr) {
      return notes_.error(block_.at, "the assertion has no field Authorizer");
    }
    assertion_->authorizer_at = lexer->peek().at;
    assertion_->authorizer = parse_principal(
        *lexer, [this](std::string_view name) { return assertion_->constant(name); });
    if (!lexer->failed() && !lexer->next_is(TokenKind::end)) {
      lexer->unexpected("the end of the field: one principal authorizes");
    }
  }

  //= RFC 2704 section 4.6.7: the text from the first field to the newline before this one is signed
  void read_signature() {
    Lexer* const lexer = start(FieldKind::signature);
    if (lexer == nullptr) return;
    assertion_->signature = "";
    if (!lexer->next_is(TokenKind::end)) {
      const Token token = lexer->peek();
      if (lexer->expect(TokenKind::string, "the signature as a string")) {
        assertion_->signature = token.text;
      }
      if (!lexer->failed() && !lexer->next_is(TokenKind::end)) {
        lexer->unexpected("the end of the field");
      }
    }
    const auto size =
        static_cast<size_t>(slot(FieldKind::signature)->name.data() - block_.text.data());
    assertion_->signed_text = block_.text.substr(0, size);
  }

  const Block& block_;
  Notes& notes_;
  std::shared_ptr<Assertion> assertion_;
  std::array<const Field*, kFields.size()> fields_{};
  std::optional<Lexer> lexer_;
};

}  // namespace

const std::string* Assertion::constant(std::string_view name) const {
  const auto known = std::ranges::lower_bound(constants, name, {}, &Constant::name);
  return known != constants.end() && known->name == name ? &known->value : nullptr;
}

std::vector<Parsed> parse_assertions(std::string_view text, Notes& notes) {
  std::vector<Parsed> all;
  if (text.size() > limits::kTrustFileMax) {
    notes.error({}, "larger than " + std::to_string(limits::kTrustFileMax) + " octets");
    return all;
  }
  Splitter splitter(text, notes);
  while (const auto block = splitter.next()) {
    if (all.size() == limits::kAssertionsMax) {
      notes.error(block->at, "more than " + std::to_string(limits::kAssertionsMax) +
                                 " assertions; this one and the rest are not read");
      break;
    }
    all.push_back({block->at, Reader(*block, notes).read()});
  }
  return all;
}

std::vector<Constant> parse_constants(Lexer& lexer) {
  std::vector<Constant> constants;
  std::vector<Place> places;
  while (!lexer.failed() && !lexer.next_is(TokenKind::end)) {
    const Token name = lexer.peek();
    if (!lexer.expect(TokenKind::name, "a name")) break;
    //= RFC 2704 section 4.6.2: names that begin with "_" are the language's own
    if (name.text.front() == '_') lexer.fail(name.at, "a name cannot begin with \"_\"");
    lexer.expect(TokenKind::assign, "\"=\"");
    const Token value = lexer.peek();
    if (!lexer.expect(TokenKind::string, "a string")) break;
    const auto place = std::ranges::lower_bound(constants, name.text, {}, &Constant::name);
    if (place != constants.end() && place->name == name.text) {
      lexer.fail(name.at, name.text + " has a value already");
      break;
    }
    constants.insert(place, {name.text, value.text});
  }
  return constants;
}

std::string print(const Assertion& assertion) {
  std::string text = "KeyNote-Version: 2\n";
  if (!assertion.constants.empty()) {
    text += "Local-Constants:";
    for (const Constant& c : assertion.constants) text += "\n  " + c.name + " = " + quoted(c.value);
    text += "\n";
  }
  text += "Authorizer: " + quoted(assertion.authorizer.written) + "\n";
  if (assertion.licensees) text += "Licensees: " + print(*assertion.licensees) + "\n";
  if (assertion.conditions) text += "Conditions:\n" + print(*assertion.conditions);
  if (assertion.signature) {
    text += "Signature:";
    if (!assertion.signature->empty()) text += " " + quoted(*assertion.signature);
    text += "\n";
  }
  return text;
}

bool same(const Assertion& a, const Assertion& b) {
  const auto equal_constants = [](const Constant& x, const Constant& y) {
    return x.name == y.name && x.value == y.value;
  };
  if (!std::ranges::equal(a.constants, b.constants, equal_constants)) return false;
  if (a.authorizer.canonical != b.authorizer.canonical) return false;
  if (a.licensees.has_value() != b.licensees.has_value()) return false;
  if (a.licensees && !same(*a.licensees, *b.licensees)) return false;
  if (a.conditions.has_value() != b.conditions.has_value()) return false;
  if (a.conditions && !same(*a.conditions, *b.conditions)) return false;
  return a.signature == b.signature;
}

}  // namespace ike::keynote

#include "keynote/attributes.h"

#include <algorithm>

#include "keynote/limits.h"

namespace ike::keynote {

Result<void> Attributes::check(std::string_view name) const {
  //= RFC 2704 section 4: names that begin with "_" are the language's own
  if (name.empty() || name.front() == '_') {
    return fail(Fault::refused, "an attribute's name does not start with \"_\" and is not empty");
  }
  if (name.size() > limits::kTrustNameMax) return fail(Fault::limit, "attribute's name too long");
  return {};
}

Result<void> Attributes::put(std::string_view name, Value value) {
  IKE_CHECK(check(name));
  const auto known = exact_.find(name);
  if (known != exact_.end()) {
    known->second = std::move(value);
    return {};
  }
  if (size() >= limits::kTrustAttributesMax) return fail(Fault::limit, "too many attributes");
  exact_.emplace(name, std::move(value));
  return {};
}

Result<void> Attributes::set(std::string_view name, std::string value) {
  if (value.size() > limits::kTrustStringMax) return fail(Fault::limit, "attribute too long");
  return put(name, {std::move(value), nullptr});
}

Result<void> Attributes::set(std::string_view name, AttributeCallback value) {
  return put(name, {{}, std::move(value)});
}

Result<void> Attributes::set_pattern(std::string_view pattern, AttributeCallback value) {
  if (pattern.size() > limits::kTrustNameMax) return fail(Fault::limit, "pattern too long");
  IKE_TRY(Regex regex, Regex::compile(pattern));
  remove(pattern);
  if (size() >= limits::kTrustAttributesMax) return fail(Fault::limit, "too many attributes");
  patterns_.push_back({std::string(pattern), std::move(regex), std::move(value)});
  return {};
}

void Attributes::remove(std::string_view name) {
  const auto known = exact_.find(name);
  if (known != exact_.end()) exact_.erase(known);
  std::erase_if(patterns_, [&](const Pattern& p) { return p.text == name; });
}

void Attributes::clear() {
  exact_.clear();
  patterns_.clear();
}

Result<std::optional<std::string_view>> Attributes::find(std::string_view name,
                                                         std::string& storage,
                                                         Budget& budget) const {
  const auto ask = [&](const AttributeCallback& callback) {
    storage = callback(name);
    storage.resize(std::min(storage.size(), limits::kTrustStringMax));
    return std::optional<std::string_view>(storage);
  };
  const auto known = exact_.find(name);
  if (known != exact_.end()) {
    if (known->second.callback) return ask(known->second.callback);
    return known->second.text;
  }
  if (name.empty() || name.front() == '_') return std::nullopt;
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    IKE_TRY(const auto match, pattern->regex.search(name, budget));
    if (match && match->whole == RegexSpan{0, name.size()}) return ask(pattern->callback);
  }
  return std::nullopt;
}

Result<Values> Values::make(std::vector<std::string> names) {
  if (names.empty()) return fail(Fault::refused, "no compliance values");
  if (names.size() > limits::kTrustValuesMax) {
    return fail(Fault::limit, "too many compliance values");
  }
  Values values;
  for (const auto& name : names) {
    if (std::ranges::count(names, name) > 1) {
      return fail(Fault::refused, "a compliance value is there twice");
    }
    if (!values.list_.empty()) values.list_ += ",";
    values.list_ += name;
  }
  values.names_ = std::move(names);
  return values;
}

size_t Values::index_of(std::string_view name) const {
  const auto known = std::ranges::find(names_, name);
  return known == names_.end() ? 0 : static_cast<size_t>(known - names_.begin());
}

}  // namespace ike::keynote

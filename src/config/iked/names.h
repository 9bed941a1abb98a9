// The names of algorithms and authentication modes in iked.conf.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "config/iked/ast.h"
#include "model/connection.h"
#include "model/proposal.h"

namespace ike::config::iked {

enum class SaKind : uint8_t { ike, child };

struct NamedTransform {
  std::string_view name;
  model::Transform transform;
  std::string_view weakness;  // why it should not be used any more; empty = fine
};

// An exact name, or the first one in the table's order that begins with `text`, as the original
// takes it.  esn and noesn are found by themselves.
const NamedTransform* find_transform(SaKind kind, TransformClause::Type type,
                                     std::string_view text);
std::vector<std::string_view> transform_names(SaKind kind, TransformClause::Type type);

struct NamedAuth {
  std::string_view name;
  std::vector<AuthMethod> accepted;
};
// By the same rule.
const NamedAuth* find_auth(std::string_view text);
std::vector<std::string_view> auth_names();

// Whether the crypto layer has the algorithm at all.
bool is_implemented(const model::Transform& transform);

}  // namespace ike::config::iked

#include "wire/contract.h"

namespace ike::wire {

namespace {

std::string_view text_of(Violation::Row row) {
  switch (row) {
    case Violation::Row::required: return "required payload missing";
    case Violation::Row::optional: return "payload not allowed in this message";
    case Violation::Row::repeated: return "payload repeated that may occur once";
    case Violation::Row::notify: return "required notify missing";
  }
  return {};
}

}  // namespace

std::string Violation::text() const {
  const std::string what = row == Row::notify ? to_text(notify) : to_text(payload);
  return std::string(contract) + ": " + what + ": " + std::string(text_of(row));
}

std::optional<Violation> judge(const Contract& contract, const v2::Message& message) {
  const auto violation = [&](Violation::Row row, PayloadType payload) {
    return Violation{contract.name, row, payload, contract.notify};
  };
  const PayloadSet missing = contract.required - message.present;
  if (!missing.empty()) return violation(Violation::Row::required, missing.lowest());
  if (raw(contract.notify) != 0 && !message.has(contract.notify)) {
    return violation(Violation::Row::notify, PayloadType::notify);
  }
  const PayloadSet extra = message.present - contract.required - contract.optional;
  if (!extra.empty()) return violation(Violation::Row::optional, extra.lowest());
  const PayloadSet repeated = message.repeated - contract.repeated;
  if (!repeated.empty()) return violation(Violation::Row::repeated, repeated.lowest());
  return std::nullopt;
}

Result<void> check(const Contract& contract, const v2::Message& message) {
  const auto violation = judge(contract, message);
  if (!violation) return {};
  return fail(Fault::malformed, text_of(violation->row), raw(violation->payload));
}

}  // namespace ike::wire

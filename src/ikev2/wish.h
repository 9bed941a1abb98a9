// What an IKE SA wants to do once its request window is free.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/numbers.h"
#include "base/strong.h"
#include "model/traffic_selector.h"

namespace ike::v2 {

struct NewChild {
  uint16_t template_index = 0;
  std::optional<model::SelectorPair> packet;  // what triggered it
  KeMethod ke = KeMethod::none;  // after INVALID_KE_PAYLOAD; none: the first one offered
  uint8_t tries = 0;
  friend bool operator==(const NewChild&, const NewChild&) = default;
};
struct RekeyChild {
  EspSpi inbound;
  KeMethod ke = KeMethod::none;
  uint8_t tries = 0;
  friend bool operator==(const RekeyChild&, const RekeyChild&) = default;
};
struct RekeyIke {
  KeMethod ke = KeMethod::none;
  uint8_t tries = 0;
  friend bool operator==(const RekeyIke&, const RekeyIke&) = default;
};
struct DeleteChild {
  EspSpi inbound;
  friend bool operator==(const DeleteChild&, const DeleteChild&) = default;
};
struct DeleteIke {
  std::string reason;
  friend bool operator==(const DeleteIke&, const DeleteIke&) = default;
};
struct Liveness {
  friend bool operator==(const Liveness&, const Liveness&) = default;
};
// IKE_AUTH failed at us, its initiator: tell the responder.  RFC 7296 section 2.21.2.
struct ReportAuthFailure {
  friend bool operator==(const ReportAuthFailure&, const ReportAuthFailure&) = default;
};

using Wish = std::variant<NewChild, RekeyChild, RekeyIke, DeleteChild, DeleteIke, Liveness,
                          ReportAuthFailure>;

}  // namespace ike::v2

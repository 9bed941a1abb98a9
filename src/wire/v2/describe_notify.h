// A notify with the body that its type has.
#pragma once

#include "wire/describe.h"
#include "wire/v2/notify.h"

namespace ike::wire::v2 {

void describe(const Notify& notify, Node& node);

}  // namespace ike::wire::v2

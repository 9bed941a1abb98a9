// The normalised print of "iked -nv".  Keys and passwords are shown as ****.
#pragma once

#include <string>

#include "config/iked/translate.h"

namespace ike::config::iked {

std::string normalised(const model::UserSecret& user);
std::string normalised(const Draft& draft);

}  // namespace ike::config::iked

// What a run showed, for people and for scripts.
#pragma once

#include <string>

#include "tools/ike-load/flood.h"
#include "tools/ike-load/load.h"

namespace ike::load {

std::string text_of(const Outcome& outcome);
std::string json_of(const Outcome& outcome);
std::string text_of(const FloodOutcome& outcome);
std::string json_of(const FloodOutcome& outcome);

}  // namespace ike::load

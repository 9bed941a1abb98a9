// ike decode: what the command does, apart from reading the files.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "tools/ike/opener.h"

namespace ike::tools {

struct DecodeOptions {
  bool json = false;
  bool raw_message = false;  // the file is one IKE message, not a capture
  std::set<uint16_t> ports;  // besides 500 and 4500
  std::string capture;       // the file's name without folders
};

struct DecodeSummary {
  size_t messages = 0;
  size_t malformed = 0;  // also those whose ICV does not fit the keys
  Result<void> end;      // why reading ended early, if it did
};

using Print = std::function<void(std::string_view)>;

// `opener` may be null.
DecodeSummary decode_file(Bytes file, const DecodeOptions& options, const Opener* opener,
                          const Print& print);

}  // namespace ike::tools

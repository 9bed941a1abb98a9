// Messages as text for people: one line for a log, a tree for a tool.
#pragma once

#include <string>

#include "wire/header.h"
#include "wire/v2/message.h"

namespace ike::wire {

// "IKE_AUTH request 1, 240 octets [SK]": without anything that was encrypted or is secret.
std::string describe(const Header& header, const v2::Message& message);
// "SA KE Nonce N(COOKIE)": the payloads as the chain has them, as far as it can be walked.
std::string payload_list(PayloadType first, Bytes payloads);

// The fields of the header, one a line.
std::string header_tree(const Header& header);
// One line a payload and indented lines for its fields; `indent` spaces in front.  A chain that
// breaks off is shown up to there, with a line that says why.
std::string payload_tree(PayloadType first, Bytes payloads, uint32_t base = 0, unsigned indent = 0);

}  // namespace ike::wire

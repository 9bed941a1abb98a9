// Messages as text for people: one line for a log, a tree for a tool.
#pragma once

#include <string>
#include <vector>

#include "wire/chain.h"
#include "wire/header.h"
#include "wire/v2/message.h"

namespace ike::wire {

// "IKE_AUTH request 1, 240 octets: SK".  Nothing in it is secret.
std::string describe(const Header& header, Bytes message);
// "SA KE Nonce N(COOKIE)": the IKEv2 payloads of a chain as far as it can be walked; "..." after
// that.
std::string payload_list(PayloadType first, Bytes payloads);

// What was said about a part of a message, with what is inside it.
struct Node {
  std::string label;
  std::string value;
  std::vector<Node> children;
};

Node describe_header(const Header& header);
// The fields of one IKEv2 payload, in full.  A body that cannot be parsed is a node "malformed"
// with the reason, then its octets.
Node describe_payload(const RawPayload& payload);
// Two spaces a level.
std::string to_tree(const std::vector<Node>& nodes, unsigned level = 0);

}  // namespace ike::wire

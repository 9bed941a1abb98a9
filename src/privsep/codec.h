// Messages between processes as octets and back.  Instantiated in codec.cpp for every direction.
#pragma once

#include "privsep/messages.h"
#include "privsep/text_table.h"

namespace ike::privsep {

template <typename Message>
void encode(const Message& message, Blob& out);  // appends

// Strict: every octet has to be understood.  Texts that the message's type calls static stay valid
// as long as `texts`.
template <typename Message>
Result<Message> decode(Bytes octets, TextTable& texts);

}  // namespace ike::privsep

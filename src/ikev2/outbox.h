// Messages on their way out: in the clear for IKE_SA_INIT, else sealed, and cut into fragments when
// they are too long and the peer can take them.
#pragma once

#include "ikev2/context.h"

namespace ike::v2 {

struct Label {
  ExchangeType exchange{};
  MessageId id;
  bool response = false;
  Path path{};
};

Sent seal_message(IkeSa& sa, Host& host, const Label& label, const Payloads& payloads);
void send_first(IkeSa& sa, Host& host, const Sent& sent, const Label& label);
// The same octets once more; only the non-ESP marker follows the port in use.
void send_again(Host& host, const Sent& sent, const Path& path);

}  // namespace ike::v2

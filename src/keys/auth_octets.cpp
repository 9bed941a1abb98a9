#include "keys/auth_octets.h"

#include "base/limits.h"
#include "wire/contract.h"

namespace ike::keys {
namespace {

constexpr size_t kPrfMin = 16, kPrfMax = 64;  // octets of the known pseudorandom functions' outputs
constexpr size_t kTailMin = limits::kNonceMin + kPrfMin;
constexpr size_t kTailMax = limits::kNonceMax + kPrfMax;

bool is_first_message(const wire::Header& h, IkeSpi spi_i, IkeSpi spi_r) {
  //= RFC 7296 section 2.6: the responder's SPI is zero in the initiator's first message
  const IkeSpi responder = h.is_response() ? spi_r : IkeSpi();
  return h.major() == 2 && h.exchange == ExchangeType::ike_sa_init && !h.message_id &&
         h.from_initiator() != h.is_response() && h.spi_i == spi_i && h.spi_r == responder;
}

}  // namespace

//= RFC 7296 section 2.15: what is signed begins with the first octet of the first SPI in the header
Result<Sender> sender_of(Bytes octets, IkeSpi spi_i, IkeSpi spi_r) {
  const auto header = wire::Header::parse_fields(octets);
  if (!header || !is_first_message(*header, spi_i, spi_r)) {
    return fail(Fault::refused, "not about the first message of this IKE SA");
  }
  const size_t length = header->length;
  if (length < wire::kHeaderSize || length + kTailMin > octets.size() ||
      octets.size() > length + kTailMax) {
    return fail(Fault::refused, "not a message, a nonce and a prf output");
  }
  const auto message = wire::v2::parse_message(*header, octets.first(length));
  const auto& contract =
      header->is_response() ? wire::contracts::kSaInitResponse : wire::contracts::kSaInitRequest;
  if (!message || !wire::check(contract, *message)) {
    return fail(Fault::refused, "not a well-formed IKE_SA_INIT message");
  }
  return header->is_response() ? Sender::responder : Sender::initiator;
}

}  // namespace ike::keys

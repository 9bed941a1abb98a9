// A whole datagram as the NAT-T port or the IKE port hands it over: header, chain, payloads,
// contracts and what is shown of it.
#include "base/assert.h"
#include "fuzz_input.h"
#include "round_trip.h"
#include "wire/contract.h"
#include "wire/describe.h"
#include "wire/v2/payload_writer.h"

namespace {

using namespace ike;
using namespace ike::wire;

// What the chain holds, written anew, has the size that it had.
void rewrite(const Header& header, Bytes message) {
  Blob out;
  Writer w(out);
  header.write(w);
  wire::v2::PayloadWriter payloads(out);
  Chain chain(header.next_payload, message.subspan(kHeaderSize), kHeaderSize);
  PayloadType inside = PayloadType::none;
  while (const auto p = chain.next()) {
    payloads.add_raw(p->type, p->body);
    if (p->type == PayloadType::sk || p->type == PayloadType::skf) inside = p->next;
  }
  IKE_ASSERT(chain.done().has_value());
  IKE_ASSERT(out.size() == message.size());
  IKE_ASSERT(payloads.first() == header.next_payload || inside != PayloadType::none);
}

void check_message(Bytes message) {
  const auto header = Header::parse(message);
  if (!header) return;
  (void)describe(*header, message);
  (void)describe_header(*header);
  Chain chain(header->next_payload, message.subspan(kHeaderSize), kHeaderSize);
  while (const auto p = chain.next()) (void)describe_payload(*p);
  const auto parsed = wire::v2::parse_message(*header, message);
  if (!parsed) {
    IKE_ASSERT(parsed.error().at <= message.size());
    return;
  }
  (void)wire::v2::check_protection(*header, *parsed);
  (void)check(contracts::kSaInitRequest, *parsed);
  rewrite(*header, message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes datagram = test::fuzz_input(data, size);
  check_message(datagram);
  const NattDatagram natt = classify_natt(datagram);
  if (natt.kind == NattKind::ike) check_message(natt.content);
  return 0;
}

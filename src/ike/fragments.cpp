#include "ike/fragments.h"

#include <algorithm>

namespace ike::proto {

void Reassembly::Collection::start(const Fragment& f) {
  *this = Collection{};
  active = true;
  message_id = f.message_id;
  total = f.total;
  parts.resize(f.total);
}

Reassembly::Outcome Reassembly::add(Fragment&& f) {
  //= RFC 7383 section 2.6: numbers run from 1 to the total
  if (f.number == 0 || f.number > f.total || f.total > limits::kFragmentsMax) {
    return Outcome::refused;
  }
  // Each holds a part of the chain, so an empty one is of no use, and it would look like missing.
  if (f.plaintext.empty()) return Outcome::refused;
  Collection& c = collections_[f.response ? 1 : 0];
  if (!c.active || c.message_id != f.message_id) {
    c.start(f);
  } else if (f.total > c.total) {
    //= RFC 7383 section 2.6: more fragments mean that the peer cut the message anew, smaller
    c.start(f);
  } else if (f.total < c.total) {
    //= RFC 7383 section 2.6: fewer mean a late one of a former attempt
    return Outcome::refused;
  }
  Blob& part = c.parts[f.number - 1U];
  if (!part.empty()) return Outcome::duplicate;
  if (c.octets + f.plaintext.size() > limits::kMessageMax) {
    c = Collection{};
    return Outcome::refused;
  }
  if (f.number == 1) c.first = f.first_inner;
  c.octets += f.plaintext.size();
  ++c.present;
  part = std::move(f.plaintext);
  if (c.present < c.total) return Outcome::stored;
  done_ = join(c);
  c = Collection{};
  return Outcome::complete;
}

Reassembled Reassembly::join(Collection& c) {
  Reassembled whole{c.first, {}};
  whole.chain.reserve(c.octets);
  for (const Blob& part : c.parts) append(whole.chain, part);
  return whole;
}

Reassembled Reassembly::take() {
  Reassembled whole = done_ ? std::move(*done_) : Reassembled{};
  done_.reset();
  return whole;
}

void Reassembly::clear() {
  collections_ = {};
  done_.reset();
}

size_t Reassembly::held() const { return collections_[0].octets + collections_[1].octets; }

}  // namespace ike::proto

#include "wire/v2/sa.h"

#include "base/limits.h"

namespace ike::wire::v2 {

namespace {

constexpr uint16_t kAttributeFormatTv = 0x8000;  // a value of two octets in place of the length
constexpr uint16_t kKeyLength = 14;
constexpr size_t kSubstructureHeaderSize = 4;

// How one kind of substructure is marked and bounded.
struct ListRules {
  uint8_t more_marker;  // in the "last substructure" octet of all but the last
  size_t max;
  std::string_view truncated;
  std::string_view too_many;
};
constexpr ListRules kProposalRules{2, limits::kProposalsMax, "SA: proposal truncated",
                                   "SA: too many proposals"};
constexpr ListRules kTransformRules{3, limits::kTransformsMax, "SA: transform truncated",
                                    "SA: too many transforms"};

// Substructures up to the end of `r`.
template <typename T>
Result<std::vector<T>> parse_list(Reader& r, const ListRules& rules) {
  std::vector<T> items;
  size_t transforms = 0;
  while (r.more()) {
    const uint8_t marker = r.u8();
    r.skip(1);
    const uint16_t length = r.u16();
    r.require(length >= kSubstructureHeaderSize, "SA: substructure shorter than its own header");
    if (items.size() == rules.max) r.fail(rules.too_many, Fault::limit);
    Reader body = r.sub(r.failed() ? 0 : length - kSubstructureHeaderSize, rules.truncated);
    //= RFC 7296 section 3.3.1: 0 in the last substructure, and only there
    r.require(marker == (r.more() ? rules.more_marker : 0),
              "SA: wrong mark of the last substructure");
    if (r.failed()) break;
    IKE_TRY(T item, T::parse(body));
    if constexpr (std::is_same_v<T, Proposal>) {
      transforms += item.transforms.size();
      if (transforms > limits::kTransformsPerSaMax) {
        return ike::fail(Fault::limit, "SA: too many transforms in all");
      }
    }
    items.push_back(std::move(item));
  }
  return r.so_far(std::move(items));
}

template <typename T>
void write_list(Writer& w, const std::vector<T>& items, uint8_t more_marker) {
  for (const T& item : items) {
    const size_t start = w.size();
    w.u8(&item == &items.back() ? 0 : more_marker).u8(0).u16(0);
    const LengthScope16 length(w, start, start + 2);
    item.write(w);
  }
}

// Fills in what the attributes say.
Result<void> read_attributes(Reader r, Transform& t) {
  size_t count = 0;
  while (r.more()) {
    if (++count > limits::kAttributesMax) r.fail("SA: too many transform attributes", Fault::limit);
    const uint16_t type = r.u16();
    const uint16_t value_or_length = r.u16();
    const bool is_tv = (type & kAttributeFormatTv) != 0;
    if (!is_tv) r.skip(value_or_length);
    //= RFC 7296 section 3.3.5: Key Length is the one attribute there is, as type and value, once
    const bool is_key_length = type == (kAttributeFormatTv | kKeyLength) && t.key_bits == 0;
    if (is_key_length && value_or_length != 0) {
      t.key_bits = value_or_length;
    } else {
      t.has_unknown_attribute = true;
    }
  }
  return r.done();
}

}  // namespace

Result<Transform> Transform::parse(Reader r) {
  Transform t;
  t.type = static_cast<TransformType>(r.u8());
  r.skip(1);
  t.id = r.u16();
  Reader attributes = r;
  t.attributes = r.rest();
  IKE_CHECK(r.done());
  IKE_CHECK(read_attributes(attributes, t));
  return t;
}

void Transform::write(Writer& w) const {
  w.u8(raw(type)).u8(0).u16(id);
  if (!attributes.empty()) {
    w.bytes(attributes);
  } else if (key_bits != 0) {
    w.u16(kAttributeFormatTv | kKeyLength).u16(key_bits);
  }
}

Result<Proposal> Proposal::parse(Reader r) {
  Proposal p;
  p.number = r.u8();
  p.protocol = static_cast<ProtocolId>(r.u8());
  const uint8_t spi_size = r.u8();
  const uint8_t transforms = r.u8();
  p.spi = r.bytes(spi_size);
  IKE_TRY(p.transforms, parse_list<Transform>(r, kTransformRules));
  r.require(p.transforms.size() == transforms, "SA: number of transforms differs from those there");
  return r.done(std::move(p));
}

void Proposal::write(Writer& w) const {
  w.u8(number).u8(raw(protocol)).u8(static_cast<uint8_t>(spi.size()));
  w.u8(static_cast<uint8_t>(transforms.size())).bytes(spi);
  write_list(w, transforms, kTransformRules.more_marker);
}

Result<Sa> Sa::parse(Reader r) {
  Sa sa;
  r.require(r.more(), "SA: no proposal");
  IKE_TRY(sa.proposals, parse_list<Proposal>(r, kProposalRules));
  return r.done(std::move(sa));
}

void Sa::write(Writer& w) const { write_list(w, proposals, kProposalRules.more_marker); }

}  // namespace ike::wire::v2

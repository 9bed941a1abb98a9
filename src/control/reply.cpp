// Replies to the operator: values to octets and back.
#include "base/overloaded.h"
#include "control/fields.h"
#include "control/message.h"

namespace ike::control {

namespace {

// Kinds of reply frames, apart from those of requests so that neither is taken for the other.
enum class Kind : uint8_t { report = 65, done = 66, event = 67 };

void write(wire::Writer& w, const model::ChildSaReport& c) {
  w.u32(c.spi.raw()).u8(raw(c.protocol)).u8(static_cast<uint8_t>(c.direction));
  put(w, c.source);
  put(w, c.destination);
  put(w, c.loaded);
  put(w, c.rekeying);
  put(w, c.allocated_by_us);
  w.u32(c.partner.raw());
  put(w, c.algorithms);
  w.u64(c.bytes).u64(c.packets);
}

model::Direction take_direction(wire::Reader& r) {
  const uint8_t value = r.u8();
  r.require(value <= static_cast<uint8_t>(model::Direction::outbound), "unknown direction");
  return model::Direction{value};
}

model::ChildSaReport take_child_sa(wire::Reader& r) {
  model::ChildSaReport c;
  c.spi = EspSpi{r.u32()};
  c.protocol = ProtocolId{r.u8()};
  c.direction = take_direction(r);
  c.source = take_address(r);
  c.destination = take_address(r);
  c.loaded = take_bool(r);
  c.rekeying = take_bool(r);
  c.allocated_by_us = take_bool(r);
  c.partner = EspSpi{r.u32()};
  c.algorithms = take_algorithms(r);
  c.bytes = r.u64();
  c.packets = r.u64();
  return c;
}

void write(wire::Writer& w, const model::FlowReport& f) {
  put(w, f.selectors);
  w.u8(raw(f.protocol));
  put(w, f.loaded);
}

model::FlowReport take_flow(wire::Reader& r) {
  model::FlowReport f;
  f.selectors = take_selector_pair(r);
  f.protocol = ProtocolId{r.u8()};
  f.loaded = take_bool(r);
  return f;
}

// Each element is at least one octet, so a count cannot make us reserve more than was received.
template <typename T, typename Take>
std::vector<T> take_list(wire::Reader& r, Take take) {
  const size_t count = r.u32();
  r.require(count <= r.remaining(), "list longer than its message");
  std::vector<T> list;
  while (list.size() < count && r.more()) list.push_back(take(r));
  r.require(list.size() == count, "list ends early");
  return list;
}

template <typename List, typename Put>
void put_list(wire::Writer& w, const List& list, Put put_one) {
  w.u32(static_cast<uint32_t>(list.size()));
  for (const auto& item : list) put_one(item);
}

model::Counter take_counter(wire::Reader& r) {
  model::Counter c;
  c.name = take_text(r);
  c.value = r.u64();
  return c;
}

Report take_report(wire::Reader& r) {
  Report report;
  report.sas = take_list<model::IkeSaReport>(r, read_ike_sa_report);
  report.counters = take_list<model::Counter>(r, take_counter);
  return report;
}

Done take_done(wire::Reader& r) {
  Done done;
  done.succeeded = take_bool(r);
  done.text = take_text(r);
  return done;
}

std::pair<std::string, std::string> take_field(wire::Reader& r) {
  std::pair<std::string, std::string> field;
  field.first = take_text(r);
  field.second = take_text(r);
  return field;
}

}  // namespace

EventRecord record_of(const events::Event& event, int64_t unix_us) {
  EventRecord record{unix_us, severity_of(event), std::string(name_of(event)), to_text(event), {}};
  for (auto& [name, value] : fields_of(event)) {
    record.fields.emplace_back(std::string(name), std::move(value));
  }
  return record;
}

void write(wire::Writer& w, const model::IkeSaReport& sa) {
  w.u64(sa.spi_i.raw()).u64(sa.spi_r.raw());
  put(w, sa.local);
  put(w, sa.remote);
  put(w, sa.local_id);
  put(w, sa.remote_id);
  put(w, sa.state);
  put(w, sa.initiator);
  put(w, sa.natt);
  put(w, sa.encapsulated);
  put(w, sa.policy);
  put(w, sa.origin.file);
  w.u32(sa.origin.line);
  put(w, sa.suite);
  w.u64(static_cast<uint64_t>(sa.age.count()));
  put_list(w, sa.children, [&](const model::ChildSaReport& c) { write(w, c); });
  put_list(w, sa.flows, [&](const model::FlowReport& f) { write(w, f); });
}

model::IkeSaReport read_ike_sa_report(wire::Reader& r) {
  model::IkeSaReport sa;
  sa.spi_i = IkeSpi{r.u64()};
  sa.spi_r = IkeSpi{r.u64()};
  sa.local = take_endpoint(r);
  sa.remote = take_endpoint(r);
  sa.local_id = take_text(r);
  sa.remote_id = take_text(r);
  sa.state = take_text(r);
  sa.initiator = take_bool(r);
  sa.natt = take_bool(r);
  sa.encapsulated = take_bool(r);
  sa.policy = take_text(r);
  sa.origin.file = take_text(r);
  sa.origin.line = r.u32();
  sa.suite = take_suite(r);
  sa.age = seconds(static_cast<int64_t>(r.u64()));
  sa.children = take_list<model::ChildSaReport>(r, take_child_sa);
  sa.flows = take_list<model::FlowReport>(r, take_flow);
  return sa;
}

void write(wire::Writer& w, const EventRecord& e) {
  w.u64(static_cast<uint64_t>(e.unix_us)).u8(static_cast<uint8_t>(e.severity));
  put(w, e.name);
  put(w, e.text);
  put_list(w, e.fields, [&](const auto& field) {
    put(w, field.first);
    put(w, field.second);
  });
}

EventRecord read_event_record(wire::Reader& r) {
  EventRecord e;
  e.unix_us = static_cast<int64_t>(r.u64());
  const uint8_t severity = r.u8();
  r.require(severity <= static_cast<uint8_t>(events::Severity::critical), "unknown severity");
  e.severity = events::Severity{severity};
  e.name = take_text(r);
  e.text = take_text(r);
  e.fields = take_list<std::pair<std::string, std::string>>(r, take_field);
  return e;
}

void append(Blob& to, const Reply& reply) {
  Blob body;
  wire::Writer w(body);
  const Kind kind = std::visit(
      overloaded{[&](const Report& report) {
                   put_list(w, report.sas, [&](const model::IkeSaReport& sa) { write(w, sa); });
                   put_list(w, report.counters, [&](const model::Counter& c) {
                     put(w, c.name);
                     w.u64(c.value);
                   });
                   return Kind::report;
                 },
                 [&](const Done& done) {
                   put(w, done.succeeded);
                   put(w, done.text);
                   return Kind::done;
                 },
                 [&](const EventRecord& event) {
                   write(w, event);
                   return Kind::event;
                 }},
      reply);
  append_frame(to, static_cast<uint8_t>(kind), body);
}

Result<Reply> reply_of(const Frame& frame) {
  wire::Reader r(frame.body, "control reply");
  switch (Kind{frame.kind}) {
    case Kind::report: {
      Report report = take_report(r);
      return r.done(Reply(std::move(report)));
    }
    case Kind::done: {
      Done done = take_done(r);
      return r.done(Reply(std::move(done)));
    }
    case Kind::event: {
      EventRecord event = read_event_record(r);
      return r.done(Reply(std::move(event)));
    }
  }
  return fail(Fault::unsupported, "unknown control reply");
}

}  // namespace ike::control

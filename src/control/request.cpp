// Requests of the operator: values to octets and back.
#include "base/overloaded.h"
#include "control/fields.h"
#include "control/message.h"

namespace ike::control {

namespace {

// Kinds of request frames.
enum class Kind : uint8_t { engine = 1, reload = 2, load = 3, verbosity = 4, monitor = 5 };

Kind kind_of(const Request& request) {
  return std::visit(
      overloaded{[](const EngineCommand&) { return Kind::engine; },
                 [](const Reload&) { return Kind::reload; }, [](const Load&) { return Kind::load; },
                 [](const SetVerbosity&) { return Kind::verbosity; },
                 [](const Monitor&) { return Kind::monitor; }},
      request);
}

// Numbers of engine commands are their places in the variant.
template <size_t I>
using CommandAt = std::variant_alternative_t<I, EngineCommand>;

model::ResetSas take_reset_sas(wire::Reader& r) {
  model::ResetSas command;
  command.established_with_delete = take_bool(r);
  command.peer_id = take_text(r);
  return command;
}

}  // namespace

void write(wire::Writer& w, const EngineCommand& command) {
  w.u8(static_cast<uint8_t>(command.index()));
  std::visit(overloaded{[&](const model::SetPassive& c) { put(w, c.passive); },
                        [&](const model::SetCoupled& c) { put(w, c.coupled); },
                        [&](const model::ResetSas& c) {
                          put(w, c.established_with_delete);
                          put(w, c.peer_id);
                        },
                        [](const auto&) {}},
             command);
}

EngineCommand read_engine_command(wire::Reader& r) {
  static_assert(std::variant_size_v<EngineCommand> == 7);
  switch (r.u8()) {
    case 0: return CommandAt<0>{};
    case 1: return CommandAt<1>{};
    case 2: return model::SetPassive{take_bool(r)};
    case 3: return model::SetCoupled{take_bool(r)};
    case 4: return take_reset_sas(r);
    case 5: return CommandAt<5>{};
    case 6: return CommandAt<6>{};
    default: r.fail("unknown command", Fault::unsupported);
  }
  return {};
}

void append(Blob& to, const Request& request) {
  Blob body;
  wire::Writer w(body);
  std::visit(overloaded{[&](const EngineCommand& c) { write(w, c); },
                        [&](const Load& c) { put(w, c.path); },
                        [&](const SetVerbosity& c) { put(w, c.verbose); }, [](const auto&) {}},
             request);
  append_frame(to, static_cast<uint8_t>(kind_of(request)), body);
}

Result<Request> request_of(const Frame& frame) {
  wire::Reader r(frame.body, "control request");
  switch (Kind{frame.kind}) {
    case Kind::engine: {
      EngineCommand command = read_engine_command(r);
      return r.done(Request(std::move(command)));
    }
    case Kind::reload: return r.done(Request(Reload{}));
    case Kind::load: {
      std::string path = take_text(r);
      r.require(path.starts_with('/') && path.find('\0') == std::string::npos,
                "path is not absolute");
      return r.done(Request(Load{std::move(path)}));
    }
    case Kind::verbosity: {
      const bool verbose = take_bool(r);
      return r.done(Request(SetVerbosity{verbose}));
    }
    case Kind::monitor: return r.done(Request(Monitor{}));
  }
  return fail(Fault::unsupported, "unknown control request");
}

}  // namespace ike::control

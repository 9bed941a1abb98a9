#include "privsep/service.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "privsep/spawn.h"

namespace ike::privsep {
namespace {

// The first message, with its descriptors.
Result<void> await_setup(Channel& parent, TextTable& texts, Start& start) {
  IKE_TRY(const Blob octets, parent.receive_now(start.descriptors));
  IKE_TRY(FromParent message, decode<FromParent>(octets, texts));
  Setup* setup = std::get_if<Setup>(&message);
  if (setup == nullptr || setup->descriptors.size() != start.descriptors.size()) {
    return fail(Fault::malformed, "unexpected start message");
  }
  start.setup = std::move(*setup);
  return {};
}

int directory_of(const Start& start) {
  for (size_t i = 0; i < start.descriptors.size(); ++i) {
    if (start.setup.descriptors[i].use == Use::public_keys) return start.descriptors[i].value();
  }
  return -1;
}

int give_up(Channel& parent, std::string text) {
  parent.post<ToParent>(Fatal{std::move(text)});
  parent.flush();
  return EXIT_FAILURE;
}

// What every role does with a message of the parent's.
void take_message(Service& service, Channel& parent, FromParent&& message) {
  if (std::holds_alternative<Ping>(message)) {
    parent.post<ToParent>(Alive{});
  } else {
    service.on(std::move(message));
  }
}

}  // namespace

Channel::Closed report_to(Channel& parent, Role neighbour) {
  return [&parent, neighbour](const Error& reason) {
    if (reason.fault == Fault::internal) return;
    parent.post<ToParent>(
        Fatal{"message from " + std::string(name_of(neighbour)) + ": " + std::string(reason.what)});
    parent.flush();
  };
}

Fd Start::take(Use use) {
  for (size_t i = 0; i < descriptors.size(); ++i) {
    if (setup.descriptors[i].use == use && descriptors[i].valid()) return std::move(descriptors[i]);
  }
  return {};
}

Result<std::unique_ptr<Service>> make_service(Role role, Start start, std::string& detail) {
  switch (role) {
    case Role::keys: return make_keys_service(std::move(start), detail);
    case Role::kernel: return make_kernel_service(std::move(start), detail);
    case Role::control: return make_control_service(std::move(start), detail);
    case Role::engine: return make_engine_service(std::move(start), detail);
    case Role::parent: break;
  }
  return fail(Fault::internal, "no such role");
}

int run_child(Role role, const runtime::MakeProvider& make_provider) {
  prctl(PR_SET_NAME, std::string(name_of(role)).c_str(), 0, 0, 0);
  auto loop = runtime::Loop::create();
  if (!loop) return EXIT_FAILURE;
  Channel parent{Fd(kParentChannel), kPolicyMessageMax};
  TextTable texts;
  Start start{**loop, parent, {}, {}, make_provider};
  if (const auto got = await_setup(parent, texts, start); !got) {
    return give_up(parent, std::string(got.error().what));
  }
  const Confinement confinement{profile_of(role), start.setup.uid, start.setup.gid,
                                directory_of(start)};
  std::string detail, remark;
  if (const auto dropped = drop_rights(confinement, detail, remark); !dropped) {
    return give_up(parent, detail.empty() ? std::string(dropped.error().what) : detail);
  }
  auto service = make_service(role, std::move(start), detail);
  if (!service) return give_up(parent, std::string(service.error().what) + ": " + detail);
  parent.attach(**loop,
                receiver_of<FromParent>(
                    texts, [&](FromParent m) { take_message(**service, parent, std::move(m)); },
                    from_parent(role)),
                [&](const Error&) {
                  (*service)->abandoned();
                  (*loop)->stop();
                });
  (*loop)->at_turn_end([&] { parent.flush(); });
  if (!filter_calls(confinement, detail)) return give_up(parent, detail);
  parent.post<ToParent>(Ready{std::move(remark)});
  (*loop)->run();
  // Nothing is left to be done, so nothing is torn down in a filtered process.
  _exit(EXIT_SUCCESS);
}

Result<std::unique_ptr<Lodger>> Lodger::move_in(Role role, runtime::Loop& loop, Fd channel,
                                                const runtime::MakeProvider& make_provider) {
  auto lodger = std::make_unique<Lodger>(std::move(channel));
  Lodger* raw = lodger.get();
  Start start{loop, raw->parent_, {}, {}, make_provider};
  IKE_CHECK(await_setup(raw->parent_, raw->texts_, start));
  std::string detail;
  auto service = make_service(role, std::move(start), detail);
  if (!service) {
    raw->parent_.post<ToParent>(Fatal{std::string(service.error().what) + ": " + detail});
    raw->parent_.flush();
    return std::unexpected(service.error());
  }
  raw->service_ = *std::move(service);
  raw->parent_.attach(
      loop,
      receiver_of<FromParent>(
          raw->texts_,
          [raw](FromParent m) { take_message(*raw->service_, raw->parent_, std::move(m)); },
          from_parent(role)),
      [](const Error&) {});
  loop.at_turn_end([raw] { raw->parent_.flush(); });
  raw->parent_.post<ToParent>(Ready{});
  return lodger;
}

}  // namespace ike::privsep

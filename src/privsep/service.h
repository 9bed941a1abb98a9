// What the processes have in common: a role's work, and the way into it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "privsep/channel.h"
#include "privsep/messages.h"
#include "privsep/sandbox.h"
#include "runtime/crypto_pool.h"

namespace ike::privsep {

// What a role starts with.  The loop and the channel outlive the role.
struct Start {
  runtime::Loop& loop;
  Channel& parent;
  Setup setup;
  std::vector<Fd> descriptors;  // beside setup.descriptors
  runtime::MakeProvider make_provider;

  // Takes the descriptor out; invalid when there is none.
  Fd take(Use use);
};

// When a neighbour speaks nonsense the parent is told, who ends the set.  That a neighbour is gone
// the parent knows by itself.
Channel::Closed report_to(Channel& parent, Role neighbour);

// The work of one role.  Made after rights were dropped and before system calls are filtered, so
// threads and libraries start in the constructor.
class Service {
 public:
  virtual ~Service() = default;
  virtual void on(FromParent&& message) = 0;  // never Setup, never Ping
  // The parent is gone: undo what would stay.  The process ends afterwards.
  virtual void abandoned() {}
};

Result<std::unique_ptr<Service>> make_keys_service(Start start, std::string& detail);
Result<std::unique_ptr<Service>> make_kernel_service(Start start, std::string& detail);
Result<std::unique_ptr<Service>> make_control_service(Start start, std::string& detail);
Result<std::unique_ptr<Service>> make_engine_service(Start start, std::string& detail);
Result<std::unique_ptr<Service>> make_service(Role role, Start start, std::string& detail);

// A child's whole life, on kParentChannel; the process's exit code.
int run_child(Role role, const runtime::MakeProvider& make_provider);

// The same role inside the parent's own process and loop.
class Lodger {
 public:
  static Result<std::unique_ptr<Lodger>> move_in(Role role, runtime::Loop& loop, Fd channel,
                                                 const runtime::MakeProvider& make_provider);
  explicit Lodger(Fd channel) : parent_(std::move(channel), kPolicyMessageMax) {}

 private:
  Channel parent_;
  TextTable texts_;
  std::unique_ptr<Service> service_;
};

}  // namespace ike::privsep

// What the processes say to each other beyond model/ports.h.  Each direction of each pair has its
// own variant: what is not in it cannot be said there.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/events.h"
#include "engine/io.h"
#include "kernel/factory.h"
#include "model/ports.h"
#include "privsep/role.h"

namespace ike::privsep {

// ---- parent to its children
// ----------------------------------------------------------------------

// What a descriptor is for; they travel beside the message, in the same order.
enum class Use : uint8_t {
  to_keys,
  to_kernel,
  to_control,
  to_engine,
  udp,              // engine: `local` is what it is bound to
  kernel_resource,  // kernel: `resource` says which
  control_socket,   // control: listening
  syslog,           // control
  public_keys,      // keys: the directory of the peers' public keys
};
struct Descriptor {
  Use use{};
  kernel::ResourceKind resource{};
  Endpoint local;
};

// The first message of every child.
struct Setup {
  std::vector<Descriptor> descriptors;
  uint32_t uid = 0, gid = 0;  // of the unprivileged account; 0 = stay who you are
  uint32_t invoker = 0;       // who may own key files, besides root
  uint8_t verbosity = 0;
  uint8_t log_target = 0;  // runtime::LogTarget
  bool collapsed = false;  // no sandbox: all roles share one process
  uint8_t crypto_threads = 0;
  kernel::BackendKind backend = kernel::BackendKind::none;
  std::string device;
  uint32_t device_index = 0;
  bool vnet_header = false;
  std::string keys_directory;  // for messages
};
struct NewPolicy {
  uint64_t generation = 0;
  model::PolicyPtr policy;
};
struct NewSecrets {
  uint64_t generation = 0;
  model::Secrets secrets;
  Secret local_key;        // PEM; empty when there is none
  std::string local_path;  // for messages
  std::string problem;     // why there is no local key
};
struct SetVerbosity {
  uint8_t verbosity = 0;
};
// kernel: remove what was installed; engine: take leave of the peers.  Answered by Stopped.
struct Stop {};
// Answered by Alive, so that a process that hangs is noticed.
struct Ping {};
struct ReloadDone {
  Ticket ticket;
  bool ok = false;
  std::string text;  // diagnostics, or what changed
};
using FromParent =
    std::variant<Setup, NewPolicy, NewSecrets, SetVerbosity, Stop, ReloadDone, events::Event, Ping>;

// ---- children to their parent
// --------------------------------------------------------------------

struct Ready {
  std::string remark;  // a protection that this kernel lacks; usually empty
};
struct Loaded {
  uint64_t generation = 0;
};
struct Stopped {};
struct Fatal {
  std::string text;
};
// From control, for an operator.  An empty path is the configured file.
struct Reload {
  Ticket ticket;
  std::string path;
};
struct Alive {};
using ToParent = std::variant<Ready, Loaded, Stopped, Fatal, Reload, SetVerbosity, Alive>;

// ---- the reader of a reload to the parent
// --------------------------------------------------------

// A configuration that was read without errors.
struct Snapshot {
  model::PolicyPtr policy;
  model::Secrets secrets;
  Secret local_key;  // PEM; empty when there is none
  std::string local_path;
  std::string problem;  // why there is no local key
  std::string text;     // warnings for the operator
};
struct Unreadable {
  std::string text;  // diagnostics
};
using FromReader = std::variant<Snapshot, Unreadable>;

// ---- between children
// ----------------------------------------------------------------------------

using EngineToKernel = model::KernelRequest;
using KernelToEngine = model::KernelEvent;
using EngineToKeys = model::KeysRequest;
using KeysToEngine = model::KeysReply;
using ControlToEngine = model::ControlRequest;
using EngineToControl = std::variant<events::Event, model::ControlReply>;
// What these two have to tell people: less than the engine, so that they cannot tell its tales.
using KeysToControl = std::variant<events::Notice>;
using KernelToControl = std::variant<events::Notice, events::PortFailed>;

}  // namespace ike::privsep

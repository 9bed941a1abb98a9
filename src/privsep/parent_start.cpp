// The parent's beginning: sockets, devices, children.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "privsep/parent.h"
#include "privsep/spawn.h"
#include "runtime/clock.h"

namespace ike::privsep {

using events::Severity;

// What was opened, until the children have it.
struct Parent::Handover {
  kernel::Resources resources;
  UdpSockets udp;
  Fd control_socket;
  Fd syslog;
  Fd public_keys;
  // Every pair of children that may talk, by the two ends.
  struct Line {
    Role owner{};
    Use use{};
    Fd fd;
  };
  std::vector<Line> lines;

  Result<void> connect(Role a, Use use_at_a, Role b, Use use_at_b) {
    IKE_TRY(ChannelPair pair, make_channel_pair());
    lines.push_back({a, use_at_a, std::move(pair.first)});
    lines.push_back({b, use_at_b, std::move(pair.second)});
    return {};
  }
};

namespace {

constexpr Duration kStartMax = seconds(30);  // a large policy on a slow machine

// For a root that has started everything: it stays root for its files, and can clear the kernel
// and end its children.
void keep_few_capabilities() {
  const cap_t caps = cap_init();
  if (caps == nullptr) return;
  const cap_value_t wanted[] = {CAP_NET_ADMIN, CAP_KILL, CAP_DAC_READ_SEARCH};
  cap_set_flag(caps, CAP_PERMITTED, 3, wanted, CAP_SET);
  cap_set_flag(caps, CAP_EFFECTIVE, 3, wanted, CAP_SET);
  cap_set_proc(caps);
  cap_free(caps);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

}  // namespace

Result<void> Parent::open(std::string& detail, Handover& out) {
  if (options_.backend == kernel::BackendKind::automatic) {
    const kernel::Probe found = kernel::probe();
    options_.backend = found.kind;
    log(Severity::info, found.line);
  }
  // The lone control socket first: its error names another instance best.
  IKE_TRY(out.control_socket, open_control_socket(options_.control_path, detail));
  owns_socket_ = true;
  IKE_TRY(out.udp, open_udp({options_.backend, options_.ike_port, options_.natt_port}, detail));
  IKE_TRY(out.resources, kernel::open_resources(options_.backend, detail));
  for (kernel::Resource& half : out.udp.esp) out.resources.add(half.kind, std::move(half.fd));
  if (options_.log_target == runtime::LogTarget::syslog) out.syslog = runtime::open_syslog();
  out.public_keys = open_public_keys();
  IKE_CHECK(out.connect(Role::engine, Use::to_keys, Role::keys, Use::to_engine));
  IKE_CHECK(out.connect(Role::engine, Use::to_kernel, Role::kernel, Use::to_engine));
  IKE_CHECK(out.connect(Role::engine, Use::to_control, Role::control, Use::to_engine));
  IKE_CHECK(out.connect(Role::keys, Use::to_control, Role::control, Use::to_keys));
  IKE_CHECK(out.connect(Role::kernel, Use::to_control, Role::control, Use::to_kernel));
  return {};
}

// The keys process sees what comes into the folder later, but no folder that comes later: so it is
// made, where that is possible.  Without it no peer has a raw public key here.
Fd Parent::open_public_keys() {
  const char* path = options_.public_keys_path.c_str();
  if (mkdir(path, 0755) == 0) log(Severity::info, options_.public_keys_path + ": made, empty");
  Fd fd(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat s{};
  if (fd.valid() && fstat(fd.value(), &s) == 0) public_keys_.emplace(s.st_dev, s.st_ino);
  return fd;
}

Setup Parent::setup_for(Role role, Handover& handover, std::vector<int>& fds) {
  Setup setup;
  const auto give = [&](const Fd& fd, Descriptor what) {
    if (!fd.valid()) return;
    fds.push_back(fd.value());
    setup.descriptors.push_back(what);
  };
  for (const Handover::Line& line : handover.lines) {
    if (line.owner == role) give(line.fd, {line.use, {}, {}});
  }
  if (role == Role::engine) {
    for (const UdpSocket& udp : handover.udp.ike) give(udp.fd, {Use::udp, {}, udp.local});
  }
  if (role == Role::kernel) {
    for (const kernel::Resource& resource : handover.resources.descriptors) {
      give(resource.fd, {Use::kernel_resource, resource.kind, {}});
    }
    setup.device = handover.resources.device;
    setup.device_index = handover.resources.device_index;
    setup.vnet_header = handover.resources.vnet_header;
  }
  if (role == Role::control) {
    give(handover.control_socket, {Use::control_socket, {}, {}});
    give(handover.syslog, {Use::syslog, {}, {}});
  }
  if (role == Role::keys) give(handover.public_keys, {Use::public_keys, {}, {}});
  setup.uid = options_.uid;
  setup.gid = options_.gid;
  setup.invoker = options_.invoker;
  setup.verbosity = options_.verbosity;
  setup.log_target = static_cast<uint8_t>(options_.log_target);
  setup.collapsed = options_.collapsed;
  setup.crypto_threads = static_cast<uint8_t>(options_.crypto_threads);
  setup.backend = options_.backend;
  setup.keys_directory = options_.public_keys_path;
  return setup;
}

Result<void> Parent::start_child(Role role, Handover& handover) {
  IKE_TRY(ChannelPair pair, make_channel_pair());
  auto entry = std::make_unique<Child>();
  Child* raw = entry.get();
  raw->role = role;
  raw->channel = std::make_unique<Channel>(std::move(pair.first));
  if (!options_.collapsed) {
    const bool silent = options_.log_target == runtime::LogTarget::syslog;
    IKE_TRY(raw->pid, spawn({options_.program, options_.title, silent}, role, pair.second.value()));
  }
  children_.push_back(std::move(entry));
  std::vector<int> fds;
  const FromParent setup = setup_for(role, handover, fds);
  IKE_CHECK(raw->channel->send_now(setup, fds));
  raw->channel->attach(
      *loop_,
      receiver_of<ToParent>(texts_, [this, raw](ToParent m) { on_message(*raw, std::move(m)); }),
      [this, raw](const Error& reason) { on_closed(*raw, reason); });
  if (options_.collapsed) {
    IKE_TRY(raw->lodger, Lodger::move_in(role, *loop_, std::move(pair.second), make_provider_));
  }
  return {};
}

Result<void> Parent::start(Snapshot first, std::string& detail) {
  IKE_TRY(loop_, runtime::Loop::create());
  first_ = std::move(first);
  signals_ = block_signals();
  loop_->watch(signals_.value(), EPOLLIN, [this](uint32_t) { on_signal(); });
  loop_->add_timed(*this);
  Handover handover;
  IKE_CHECK(open(detail, handover));
  for (const Role role : kChildren) {
    if (auto started = start_child(role, handover); !started) {
      detail = std::string(name_of(role)) + ": " + std::string(started.error().what) + ": " +
               strerror(errno);
      end();
      return started;
    }
  }
  loop_->at_turn_end([this] {
    for (const auto& each : children_) each->channel->flush();
    log_.flush();
  });
  if (!options_.collapsed && geteuid() == 0) keep_few_capabilities();
  deadline_ = runtime::monotonic_now() + kStartMax;
  return {};
}

}  // namespace ike::privsep

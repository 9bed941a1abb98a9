#include "daemons/iked/loader.h"

#include <unistd.h>

#include <algorithm>

#include "config/text/system_environment.h"
#include "keys/keyring.h"

namespace ike::daemon {

std::string text_of(const std::vector<config::Diagnostic>& diagnostics) {
  std::string text;
  for (const config::Diagnostic& each : diagnostics) text += each.text() + "\n";
  return text;
}

std::expected<privsep::Snapshot, std::string> IkedLoader::load(const std::string& path) {
  config::iked::LoadOptions options = options_;
  if (!path.empty()) options.path = path;
  options.normalised = options.normalised && std::exchange(first_, false);
  // Names are resolved anew at every load.
  config::SystemEnvironment environment;
  auto loaded = config::iked::load(options, environment);
  if (!loaded) return std::unexpected(text_of(loaded.error()));
  privsep::Snapshot snapshot;
  snapshot.policy = std::make_shared<const model::Policy>(std::move(loaded->policy));
  snapshot.secrets = std::move(loaded->secrets);
  normalised_ = std::move(loaded->normalised);
  snapshot.text = text_of(loaded->warnings);
  add_local_key(snapshot);
  return snapshot;
}

// A missing key is a problem of those connections that sign: each is told when it does, and whoever
// loads the configuration is told of the first.
void IkedLoader::add_local_key(privsep::Snapshot& snapshot) const {
  const auto directory = keys::Directory::open(etc_ + "/private");
  snapshot.local_path = etc_ + "/private/local.key";
  auto file = directory.read("local.key", keys::private_file(getuid()), snapshot.problem);
  if (file) {
    snapshot.problem = keys::parse_local_key(file->content.view(), snapshot.local_path).problem;
    snapshot.local_key = std::move(file->content);
  }
  if (snapshot.problem.empty()) return;
  const auto signs = [](const model::ConnectionPtr& c) {
    return c->auth.kind == model::AuthKind::signature &&
           c->evaluation != model::Evaluation::skipped;
  };
  const auto& connections = snapshot.policy->connections;
  const auto first = std::ranges::find_if(connections, signs);
  if (first == connections.end()) return;
  snapshot.text += (*first)->origin.text() + ": warning: policy \"" + (*first)->name +
                   "\" signs with the private key of this host: " + snapshot.problem + "\n";
  if (!file) {
    snapshot.text +=
        "    to make one: (umask 077; openssl ecparam -genkey -name prime256v1 -noout -out " +
        snapshot.local_path + ")\n";
  }
}

}  // namespace ike::daemon

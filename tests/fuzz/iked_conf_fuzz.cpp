// iked.conf from bytes to policy, with an environment that knows a few names: nothing crashes, an
// accepted file keeps the bounds, and loading it again gives the same policy.
#include <cstdlib>

#include "../unit/config/fake_environment.h"
#include "base/limits.h"
#include "config/iked/load.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  config::FakeEnvironment environment;
  const std::string text(as_text(Bytes(data, size)));
  environment.add_file("/etc/iked.conf", text);
  environment.add_file("/files/macros.conf", "net = \"10.0.0.0/8\"");
  environment.add_file("/files/psk.hex", "00112233445566778899aabbccddeeff");
  config::iked::LoadOptions options;
  options.normalised = true;
  const auto loaded = config::iked::load(options, environment);
  if (!loaded) {
    require(!loaded.error().empty());
    for (const auto& d : loaded.error()) require(!d.text().empty());
    return 0;
  }
  for (const auto& c : loaded->policy.connections) {
    require(!c->children.empty() && !c->ike_proposals.empty());
    require(c->ike_proposals.size() <= limits::kProposalsMax);
    require(!c->children[0].selectors.empty());
    require(c->children[0].selectors.size() <= limits::kSelectorsMax);
    require(c->local_id.well_formed());
    require(loaded->policy.find(c->id) == c);
  }
  for (const auto& secret : loaded->secrets.connections) {
    require(!secret.psk.empty() && secret.psk.size() <= limits::kPskMax);
  }
  const auto again = config::iked::load(options, environment);
  require(again && dump(again->policy) == dump(loaded->policy));
  return 0;
}

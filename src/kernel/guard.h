// The kernel process distrusts the engine: what it is asked to install must be covered by the
// policy that came from the parent.
#pragma once

#include "model/ports.h"

namespace ike::kernel {

class Guard {
 public:
  // An SA or flow of a connection that `policy` no longer has may still be removed.
  void set_policy(model::PolicyPtr policy);

  // Fault::refused when an InstallSas names an unknown connection, or has a flow or selectors that
  // are not within that connection's, or no selectors at all.
  Result<void> check(const model::KernelRequest& request) const;

 private:
  Result<void> check_install(const model::InstallSas& request) const;

  model::PolicyPtr policy_;
};

}  // namespace ike::kernel

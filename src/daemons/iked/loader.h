// Reads iked.conf and the private key into a snapshot.
#pragma once

#include "config/iked/load.h"
#include "config/text/environment.h"
#include "privsep/parent.h"

namespace ike::daemon {

class IkedLoader final : public privsep::Loader {
 public:
  // Both must outlive the loader.
  IkedLoader(const config::iked::LoadOptions& options, std::string etc_directory)
      : options_(options), etc_(std::move(etc_directory)) {}

  std::expected<privsep::Snapshot, std::string> load(const std::string& path) override;
  // Of the first load only: -v prints it at the start.
  std::vector<std::string> take_normalised() { return std::move(normalised_); }

 private:
  void add_local_key(privsep::Snapshot& snapshot) const;

  const config::iked::LoadOptions& options_;
  std::string etc_;
  bool first_ = true;
  std::vector<std::string> normalised_;
};

std::string text_of(const std::vector<config::Diagnostic>& diagnostics);

}  // namespace ike::daemon

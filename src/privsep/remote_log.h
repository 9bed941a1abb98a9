// Events of a process that has no log of its own: they go to the control process.
#pragma once

#include "privsep/channel.h"
#include "runtime/log.h"

namespace ike::privsep {

inline constexpr size_t kEventsWaitingMax = 8u << 20;  // octets; then events are lost

// `Message`: what the process may say to control.
template <typename Message>
class RemoteLog final : public events::Sink {
 public:
  RemoteLog(Channel& control, unsigned verbosity)
      : control_(control), least_(runtime::least_severity(verbosity)) {}

  void set_verbosity(unsigned verbosity) { least_ = runtime::least_severity(verbosity); }
  bool wants(events::Severity severity) const override { return severity >= least_; }
  void emit(const events::Event& event) override {
    if (!wants(events::severity_of(event))) return;
    if (control_.queued() >= kEventsWaitingMax) return;
    std::visit(
        [this](const auto& each) {
          if constexpr (std::is_constructible_v<Message, decltype(each)>) {
            control_.post<Message>(Message(each));
          }
        },
        event);
  }

 private:
  Channel& control_;
  events::Severity least_;
};

}  // namespace ike::privsep

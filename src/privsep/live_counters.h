// What SAs have carried the kernel knows: answers to "show sa" wait here until it has told.
#pragma once

#include <deque>
#include <optional>

#include "model/ports.h"

namespace ike::privsep {

class LiveCounters {
 public:
  // Takes an answer of the engine over.  What is to be asked for it, if anything.
  std::optional<model::QuerySas> hold(model::ControlReply&& reply);
  // False: the engine's own business.
  bool take(const model::KernelReply& reply);
  // The next answer that is complete; they leave in the order in which they came.
  std::optional<model::ControlReply> next();

 private:
  struct Waiting {
    model::ControlReply reply;
    Ticket question;  // none: nothing is awaited
  };

  std::deque<Waiting> waiting_;
  uint64_t last_ = 0;
};

}  // namespace ike::privsep

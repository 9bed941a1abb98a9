// The memory of one batch of packets, and the runs that go out together.
#include "esp/pipeline.h"

namespace ike::esp {

void Batch::clear() {
  runs.clear();
  clear_text.clear();
  to_inside.clear();
  used_ = 0;
  last_sa_ = nullptr;
  last_run_closed_ = true;
}

MutableBytes Batch::reserve(size_t size) {
  if (size > memory_.size() - used_) return {};
  return MutableBytes(memory_).subspan(used_, size);
}

MutableBytes Batch::take(size_t size) {
  const MutableBytes taken = reserve(size);
  used_ += taken.size();
  last_run_closed_ = true;  // a run has no gaps
  return taken;
}

void Batch::commit(const Sa& sa, uint8_t tos, size_t size, bool may_fragment) {
  const size_t offset = used_;
  used_ += size;
  if (!last_run_closed_ && last_sa_ == &sa) {
    Run& run = runs.back();
    if (run.tos == tos && run.may_fragment == may_fragment && size <= run.segment_size &&
        run.count < kRunPacketsMax && run.size + size <= kRunOctetsMax) {
      run.size += size;
      ++run.count;
      last_run_closed_ = size < run.segment_size;
      return;
    }
  }
  runs.push_back({sa.path, tos, may_fragment, offset, size, size, 1});
  last_sa_ = &sa;
  last_run_closed_ = false;
}

}  // namespace ike::esp

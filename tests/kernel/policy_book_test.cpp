// The book of XFRM policies against a small kernel: one policy a selector and direction.
#include "kernel/xfrm/policy_book.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "kernel/attributes.h"
#include "kernel/sas.h"

namespace ike::kernel {
namespace {

using xfrm::PolicyBook;

// Takes messages as the kernel does, and complains where it would.
class SmallKernel {
 public:
  void take(const std::vector<Blob>& messages) {
    for (const Blob& message : messages) {
      const auto& header = *reinterpret_cast<const nlmsghdr*>(message.data());
      if (header.nlmsg_type == XFRM_MSG_UPDPOLICY) {
        const auto policy = *body_of<xfrm_userpolicy_info>(header);
        uint32_t reqid = 0;
        for_each_attribute(attributes_after(header, sizeof policy), [&](uint16_t, Bytes value) {
          reqid = structure_in<xfrm_user_tmpl>(value)->reqid;
        });
        policies_[name_of(policy.sel, policy.dir)] = reqid;
      } else {
        const auto id = *body_of<xfrm_userpolicy_id>(header);
        if (policies_.erase(name_of(id.sel, id.dir)) == 0) ++missing_;
      }
    }
  }
  // The reqid of the outbound policy of the flow's first selector; 0 when there is none.
  uint32_t owner(const model::FlowSpec& flow, uint8_t direction = XFRM_POLICY_OUT) const {
    const auto selector = xfrm::to_kernel(flow.selectors)->front();
    const auto at = policies_.find(
        name_of(direction == XFRM_POLICY_OUT ? selector : xfrm::reversed(selector), direction));
    return at == policies_.end() ? 0 : xfrm::from_kernel(at->second).raw();
  }
  size_t size() const { return policies_.size(); }
  int missing() const { return missing_; }
  const std::map<std::string, uint32_t>& policies() const { return policies_; }

 private:
  static std::string name_of(const xfrm_selector& s, uint8_t direction) {
    return xfrm::from_kernel(s).text() + " " + std::to_string(direction);
  }
  std::map<std::string, uint32_t> policies_;
  int missing_ = 0;
};

model::FlowSpec flow(uint32_t reqid, test::TunnelShape shape = {}) {
  return test::flow_of(shape, 1, reqid);
}

TEST(PolicyBook, GivesAPolicyBackToTheNewestOfTheOtherFlows) {
  PolicyBook book;
  SmallKernel kernel;
  for (const uint32_t reqid : {1u, 2u, 3u}) kernel.take(book.put({flow(reqid)})->messages);
  EXPECT_EQ(kernel.owner(flow(1)), 3u);
  kernel.take(book.remove({flow(3)}));
  EXPECT_EQ(kernel.owner(flow(1)), 2u);
  kernel.take(book.remove({flow(1)}));
  EXPECT_EQ(kernel.owner(flow(1)), 2u);
  EXPECT_EQ(kernel.owner(flow(1), XFRM_POLICY_FWD), 2u);
  kernel.take(book.remove({flow(2), flow(2)}));
  EXPECT_EQ(kernel.size(), 0u);
  EXPECT_EQ(kernel.missing(), 0);
  EXPECT_EQ(book.flows(), 0u);
}

TEST(PolicyBook, RemovesTheForwardPolicyThatTransportModeHasNot) {
  PolicyBook book;
  SmallKernel kernel;
  auto tunnel = flow(1);
  auto transport = tunnel;
  transport.reqid = ReqId(2);
  transport.mode = model::Mode::transport;
  kernel.take(book.put({tunnel})->messages);
  kernel.take(book.put({transport})->messages);
  EXPECT_EQ(kernel.owner(tunnel), 2u);
  EXPECT_EQ(kernel.owner(tunnel, XFRM_POLICY_FWD), 0u);
  kernel.take(book.remove({transport}));
  EXPECT_EQ(kernel.owner(tunnel, XFRM_POLICY_FWD), 1u);
}

TEST(PolicyBook, TakesBackWhatWasPutAndMoved) {
  PolicyBook book;
  SmallKernel kernel;
  kernel.take(book.put({flow(1)})->messages);
  const auto before = kernel.policies();
  auto changed = flow(1);
  changed.priority = 7;
  const auto put = book.put({flow(2), changed});
  kernel.take(put->messages);
  EXPECT_EQ(kernel.owner(flow(1)), 1u);
  kernel.take(book.undo(*put));
  EXPECT_EQ(kernel.policies(), before);
  EXPECT_EQ(book.flows(), 1u);
  const auto moved = book.move(ReqId(1), *Address::parse("203.0.113.1"), Address());
  EXPECT_EQ(moved.messages.size(), 3u);
  EXPECT_EQ(book.undo(moved).size(), 3u);
  EXPECT_TRUE(book.move(ReqId(9), {}, {}).messages.empty());
}

TEST(PolicyBook, ChangesNothingForWhatCannotBeExpressed) {
  PolicyBook book;
  auto opaque = flow(2);
  opaque.selectors.local.port_first = 0xffff;
  opaque.selectors.local.port_last = 0;
  EXPECT_EQ(book.put({flow(1), opaque}).error().fault, Fault::unsupported);
  EXPECT_EQ(book.flows(), 0u);
}

// Whatever comes and goes, each selector's policy is that of its newest flow.
RC_GTEST_PROP(PolicyBook, AgreesWithItsDefinition, ()) {
  PolicyBook book;
  SmallKernel kernel;
  // Ranges of ports that share kernel selectors in part.
  const auto some = [](int which, uint32_t reqid) {
    auto f = flow(reqid);
    f.selectors.local.protocol = f.selectors.remote.protocol = 6;
    f.selectors.remote.port_first = static_cast<uint16_t>(1 + which % 3);
    f.selectors.remote.port_last = static_cast<uint16_t>(3 + which / 3);
    return f;
  };
  std::vector<model::FlowSpec> there;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60));
  for (const int step : steps) {
    const auto f = some(step % 6, static_cast<uint32_t>(1 + step / 6 % 5));
    std::erase_if(there,
                  [&](const auto& t) { return t.reqid == f.reqid && t.selectors == f.selectors; });
    if (step < 30) {
      there.push_back(f);
      kernel.take(book.put({f})->messages);
    } else {
      kernel.take(book.remove({f}));
    }
    SmallKernel expected;
    for (const auto& t : there) expected.take(PolicyBook().put({t})->messages);
    RC_ASSERT(kernel.policies() == expected.policies());
    RC_ASSERT(kernel.missing() == 0);
  }
}

}  // namespace
}  // namespace ike::kernel

// Whose flow the kernel's policies belong to.  It keeps one policy for each selector and direction,
// while several of our SAs may have the same flow: the newest flow has the policy, and when that
// one goes, the newest of the others gets it.  Pure: flows in, netlink messages out.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "kernel/xfrm/codec.h"

namespace ike::kernel::xfrm {

class PolicyBook {
 public:
  enum class Use : uint8_t {
    ipsec,    // the flows of the kernel's own IPsec, all directions
    barrier,  // discard and bypass of what arrives, for a data plane outside the kernel
  };
  explicit PolicyBook(Use use = Use::ipsec) : use_(use) {}

  // What a put() or move() did, so that it can be taken back.
  class Change {
   public:
    std::vector<Blob> messages;  // bring the kernel to what the book says now

   private:
    friend class PolicyBook;
    struct Before {
      ReqId reqid;
      model::SelectorPair selectors;
      std::optional<model::FlowSpec> flow;  // nothing: it was not there
      uint64_t order = 0;
    };
    std::vector<Before> before;
  };

  // Adds flows, or updates those with the same reqid and selectors; each is the newest then.
  Result<Change> put(const std::vector<model::FlowSpec>& flows);
  // Unknown flows are not an error.  The messages never remove what is not there.
  std::vector<Blob> remove(const std::vector<model::FlowSpec>& flows);
  // New outer addresses for all flows of `reqid`.
  Change move(ReqId reqid, const Address& tunnel_local, const Address& tunnel_remote);
  // The messages that bring the kernel back to what the book said before.
  std::vector<Blob> undo(const Change& change);
  // Everything goes.
  std::vector<Blob> clear();

  size_t flows() const { return count_; }

 private:
  struct Known {
    model::FlowSpec flow;
    uint64_t order = 0;  // the newest has the largest
    std::vector<xfrm_selector> selectors;
  };
  using Key = std::array<uint32_t, 12>;
  struct Place {
    std::vector<const Known*> users;
    uint8_t directions = 0;  // bits: what the kernel was told to have
  };

  Known* find(ReqId reqid, const model::SelectorPair& selectors) const;
  void link(const Known& known);
  void unlink(const Known& known);
  void erase(const Known& known);
  // Messages for the policies of these selectors.
  void settle(const std::vector<xfrm_selector>& selectors, std::vector<Blob>& out);
  bool wants(const model::FlowSpec& flow, uint8_t direction) const;
  Blob put_message(const model::FlowSpec& flow, const xfrm_selector& selector, uint8_t direction);

  Use use_;
  std::map<uint32_t, std::vector<std::unique_ptr<Known>>> by_reqid_;
  std::map<Key, Place> places_;
  uint64_t next_order_ = 1;
  uint32_t next_barrier_ = 1;
  size_t count_ = 0;
};

}  // namespace ike::kernel::xfrm

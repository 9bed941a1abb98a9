// The SA database: inbound by SPI, outbound by request id, newest first.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "esp/ip.h"
#include "esp/sa.h"

namespace ike::esp {

struct SaIdHash {
  size_t operator()(const model::SaId& id) const noexcept;
};

class Sad {
 public:
  // Fault::refused when the id, or as inbound the SPI, is taken.
  Result<Sa*> add(std::unique_ptr<Sa> sa);
  bool remove(const model::SaId& id);
  // Puts an SA under another destination; false when that id is taken.
  bool rename(const model::SaId& from, const model::SaId& to);
  Sa* find(const model::SaId& id) const;
  Sa* inbound(EspSpi spi) const;
  // The newest outbound SA of `reqid` that may carry the flow.
  Sa* outbound(ReqId reqid, const FlowKey& flow) const;
  size_t size() const { return sas_.size(); }
  void clear();

 private:
  std::unordered_map<model::SaId, std::unique_ptr<Sa>, SaIdHash> sas_;
  std::unordered_map<EspSpi, Sa*> inbound_;
  std::unordered_map<ReqId, std::vector<Sa*>> outbound_;  // in order of installation
};

}  // namespace ike::esp

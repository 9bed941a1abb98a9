// ikesa and childsa clauses to wire proposals, with the original's defaults.
#pragma once

#include <vector>

#include "config/iked/ast.h"
#include "config/iked/names.h"
#include "config/text/diagnostic.h"
#include "model/proposal.h"

namespace ike::config::iked {

// Without groups: the defaults.  Mistakes are reported; false when there were any.  A Child
// proposal whose only group would be "none" has no KE transform at all.
bool make_proposals(SaKind kind, const std::vector<ProposalGroup>& groups, Diagnostics& diagnostics,
                    std::vector<model::Proposal>& out);

}  // namespace ike::config::iked

#include "config/iked/print.h"

#include <algorithm>

#include "base/printable.h"

namespace ike::config::iked {

namespace {

using model::Proposal;

std::string_view keyword_of(TransformType type) {
  switch (type) {
    case TransformType::encr: return "enc ";
    case TransformType::prf: return "prf ";
    case TransformType::integ: return "auth ";
    case TransformType::ke: return "group ";
    default: return "";
  }
}

std::string proposal_text(std::string_view keyword, const Proposal& proposal, bool child) {
  std::string text = " " + std::string(keyword);
  for (const TransformType type : {TransformType::encr, TransformType::prf, TransformType::integ,
                                   TransformType::ke, TransformType::esn}) {
    for (const auto& t : proposal.of_type(type)) {
      text += " " + std::string(keyword_of(type)) + t.text();
    }
    if (type == TransformType::ke && child && !proposal.offers(type)) text += " group none";
  }
  return text;
}

std::string protocols_text(const std::vector<uint8_t>& protocols) {
  std::string text;
  for (const uint8_t protocol : protocols) {
    const model::TrafficSelector one{protocol, 0, 0xffff, AddressRange::everything(Family::ipv4)};
    const std::string shown = one.text();  // 0.0.0.0/0[tcp]
    const size_t bracket = shown.find('[');
    const std::string name = bracket == std::string::npos
                                 ? std::to_string(protocol)
                                 : shown.substr(bracket + 1, shown.size() - bracket - 2);
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::string flow_text(const WrittenFlow& flow) {
  const auto side = [](std::string_view keyword, const Prefix& prefix, uint16_t port) {
    std::string text = " " + std::string(keyword) + " " + prefix.text();
    if (port != 0) text += " port " + std::to_string(port);
    return text;
  };
  return side("from", flow.from, flow.from_port) + side("to", flow.to, flow.to_port);
}

std::string head_text(const Draft& draft) {
  const model::Connection& c = draft.connection;
  std::string text = "ikev2 \"" + c.name + "\"";
  switch (c.evaluation) {
    case model::Evaluation::first_match: text += " quick"; break;
    case model::Evaluation::fallback: text += " default"; break;
    case model::Evaluation::skipped: text += " skip"; break;
    case model::Evaluation::last_match: break;
  }
  text += c.active ? " active" : " passive";
  text += c.children.front().mode == model::Mode::tunnel ? " tunnel" : " transport";
  if (c.features.force_encapsulation) text += " natt";
  text += " esp";
  if (!draft.protocols.empty()) text += " proto { " + protocols_text(draft.protocols) + " }";
  if (draft.explicit_family) text += c.family == Family::ipv4 ? " inet" : " inet6";
  return text;
}

}  // namespace

std::string normalised(const model::UserSecret& user) {
  return "user \"" + printable(user.name) + "\" \"****\"";
}

std::string normalised(const Draft& draft) {
  const model::Connection& c = draft.connection;
  std::string text = head_text(draft);
  auto flows = draft.flows;
  std::ranges::sort(flows);
  for (const WrittenFlow& flow : flows) text += flow_text(flow);
  if (c.evaluation != model::Evaluation::fallback) {
    text += " local " + (c.local ? c.local->text() : "any");
    text += " peer " + (c.remote ? c.remote->text() : "any");
  }
  const model::ChildTemplate& child = c.children.front();
  for (const Proposal& p : c.ike_proposals) text += proposal_text("ikesa", p, false);
  for (const Proposal& p : child.proposals) text += proposal_text("childsa", p, true);
  text += " srcid " + c.local_id.value_text();
  if (c.remote_id) text += " dstid " + c.remote_id->value_text();
  if (c.ike_lifetime.count() > 0) {
    text += " ikelifetime " + std::to_string(c.ike_lifetime.count());
  }
  text += " lifetime " + std::to_string(child.lifetime.time.count()) + " bytes " +
          std::to_string(child.lifetime.bytes);
  text += " " + draft.auth;
  if (!draft.psk.empty()) text += " ****";
  if (!c.tag.empty()) text += " tag \"" + c.tag + "\"";
  if (!draft.tap.empty()) text += " tap \"" + draft.tap + "\"";
  return printable(text);
}

}  // namespace ike::config::iked

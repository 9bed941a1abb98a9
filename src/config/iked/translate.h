// Statements to the policy model.  Nothing of iked.conf goes further than this.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/iked/flows.h"
#include "config/iked/load.h"

namespace ike::config::iked {

// A connection with what only the normalised print wants to know.
struct Draft {
  model::Connection connection;
  Secret psk;
  std::vector<uint8_t> protocols;  // as written, none = any
  std::vector<WrittenFlow> flows;
  std::string auth;  // "signature", "rsa", "psk"
  std::string tap;
  bool explicit_family = false;
};

class Translator {
 public:
  Translator(const LoadOptions& options, const Sources& sources, Environment& environment,
             Diagnostics& diagnostics);

  // `number`: how many policies the file has had so far, for those without a name.
  void add(Statement&& statement, unsigned number);
  Loaded finish();

 private:
  void add(const SetStatement& set);
  void add(UserStatement&& user);
  void add(PolicyStatement&& policy, unsigned number);

  void refuse(const Position& at, const std::string& what);
  bool head(const PolicyStatement& policy, unsigned number, Draft& draft);
  bool refuse_transforms_of_packets(const PolicyStatement& policy);
  bool refuse_address_configuration(const PolicyStatement& policy);
  bool config_option(const ConfigOption& option);
  bool protocols(const PolicyStatement& policy, Draft& draft);
  bool ends(const PolicyStatement& policy, const Flows& flows, Draft& draft);
  bool end(const std::optional<Host>& host, Family family, std::optional<Prefix>& out);
  bool families(const PolicyStatement& policy, model::Connection& c);
  bool proposals(const PolicyStatement& policy, Draft& draft);
  bool identities(const PolicyStatement& policy, model::Connection& c);
  bool identity(const Word& word, std::string_view clause, model::Identity& out);
  bool lifetimes(const PolicyStatement& policy, Draft& draft);
  bool auth(PolicyStatement& policy, Draft& draft);
  bool psk(AuthClause& clause, Secret& out);
  bool psk_file(const Word& path, Secret& out);
  bool tags(const PolicyStatement& policy, Draft& draft);

  const LoadOptions& options_;
  const Sources& sources_;
  Environment& environment_;
  Diagnostics& diagnostics_;
  Hosts hosts_;
  std::string host_name_;
  model::Global global_;
  model::Features features_;
  std::vector<Draft> drafts_;
  std::vector<model::UserSecret> users_;
};

}  // namespace ike::config::iked

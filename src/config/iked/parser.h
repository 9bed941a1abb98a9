// The grammar of iked.conf by recursive descent.  The order of clauses is fixed.
//
//   file      = { [ statement ] NL } ;
//   statement = macro | include | set | user | policy | radius | foreign ;
//   macro     = STRING "=" STRING { STRING } ;
//   include   = "include" STRING ;
//   foreign   = ( "ike" | "sa" | "from" | "to" | "tunnel" | "transport" | "flow" | "tcpmd5" )
//               rest of the line, ignored: ipsec.conf statements ;
//   set       = "set" ( option | "dpd_check_interval" NUMBER
//                     | "ocsp" STRING [ "tolerate" time [ "maxage" time ] ] ) ;
//   option    = "active" | "passive" | "couple" | "decouple" | "fragmentation" | "nofragmentation"
//             | "mobike" | "nomobike" | "vendorid" | "novendorid" | "enforcesingleikesa"
//             | "noenforcesingleikesa" | "stickyaddress" | "nostickyaddress"
//             | "cert_partial_chain" ;
//   user      = "user" STRING STRING ;
//   policy    = "ikev2" [ STRING ] [ "quick" | "skip" | "default" ] [ "passive" | "active" ]
//               [ "ipcomp" ] [ "tunnel" | "transport" ] [ "natt" ] [ "esp" | "ah" ]
//               [ "inet" | "inet6" ]
//               [ "proto" ( value | "{" value { [ "," ] value } "}" ) ] [ "rdomain" NUMBER ]
//               flow { [ "," ] flow } [ peers ]
//               { "ikesa" transform { transform } } { "childsa" transform { transform } }
//               [ "srcid" STRING ] [ "dstid" STRING ]
//               [ "ikelifetime" value ] [ "lifetime" value [ "bytes" value ] ] [ auth ]
//               { "config" STRING hostspec | "request" STRING ( hostspec | "any" ) }
//               [ "iface" STRING ] { "tag" STRING | "tap" STRING } ;
//   flow      = "from" host [ "port" value ] "to" host [ "port" value ]
//             | "to" host [ "port" value ] "from" host [ "port" value ] ;
//   host      = hostspec [ "(" hostspec ")" ] | "any" | "dynamic" ;
//   hostspec  = STRING [ "/" NUMBER ] ;
//   peers     = "peer" anyhost [ "local" anyhost ] | "local" anyhost [ "peer" anyhost ] ;
//   anyhost   = hostspec | "any" ;
//   transform = ( "auth" | "enc" | "prf" | "group" ) STRING | "esn" | "noesn" ;
//   auth      = "psk" ( STRING | "file" STRING ) | "eap" ( STRING | "radius" ) | STRING ;
//   value     = NUMBER | STRING ;
//   radius    = "radius" rest of the line ;
#pragma once

#include <optional>
#include <string_view>

#include "config/iked/ast.h"
#include "config/iked/lexer.h"

namespace ike::config::iked {

// Reads an included file into the sources; nothing when it cannot be had (and has been reported).
class Includer {
 public:
  virtual ~Includer() = default;
  virtual std::optional<uint32_t> open(const Word& path) = 0;
};

class Parser {
 public:
  Parser(Lexer& lexer, Diagnostics& diagnostics, Includer& includer);

  // Nothing at the end.  Statements with errors are reported and skipped; macros and includes are
  // carried out on the way.
  std::optional<Statement> next();
  // Policies begun so far, also those with errors: unnamed ones are numbered by this.
  unsigned policies() const { return policies_; }

 private:
  void advance();
  bool at_keyword(std::string_view word) const { return token_.is_keyword(word); }
  bool accept(std::string_view keyword);
  bool accept_symbol(std::string_view symbol);
  bool expect(std::string_view keyword);
  bool expect_end();
  bool syntax_error(std::string_view expected);
  std::string hint(std::string_view expected) const;
  void skip_line();

  bool statement(std::optional<Statement>& out);
  bool macro_or_radius(std::optional<Statement>& out);
  bool macro_definition(const Token& name);
  bool include();
  bool foreign();
  bool set(SetStatement& out);
  bool ocsp(SetStatement& out);
  bool user(UserStatement& out);

  bool policy(PolicyStatement& out);
  bool head(PolicyStatement& out);
  bool mode(PolicyStatement& out);
  bool protocols(PolicyStatement& out);
  bool flows(PolicyStatement& out);
  bool flow(Flow& out);
  bool peers(PolicyStatement& out);
  bool groups(std::string_view keyword, std::vector<ProposalGroup>& out);
  bool transform(TransformClause& out);
  bool lifetimes(PolicyStatement& out);
  bool auth(PolicyStatement& out);
  bool config_options(PolicyStatement& out);
  bool tail(PolicyStatement& out);
  bool clause_out_of_order(std::string& message) const;

  bool word(Word& out, std::string_view expected);
  bool value(Value& out, std::string_view expected);
  bool optional_word(std::string_view keyword, std::optional<Word>& out);
  bool optional_value(std::string_view keyword, std::optional<Value>& out);
  bool host_spec(HostSpec& out);
  bool host(Host& out);
  bool any_host(Host& out);

  Lexer& lexer_;
  Diagnostics& diagnostics_;
  Includer& includer_;
  Token token_;
  std::vector<std::string> seen_;  // keywords of the policy at hand, for messages about order
  std::string slip_;               // what to say if the policy's name was to be a keyword
  bool in_policy_ = false;
  unsigned policies_ = 0;
};

}  // namespace ike::config::iked

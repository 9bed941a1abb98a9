// How long a trust policy of 1,000 assertions takes to read and to ask.
#include <chrono>
#include <cstdio>
#include <string>

#include "crypto/openssl/plain_signature.h"
#include "keynote/session.h"

namespace {

using namespace ike::keynote;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// POLICY trusts n rules, each of which trusts whoever asks: no assertion can be left out.
std::string policy(int n) {
  std::string text = "Authorizer: \"POLICY\"\nLicensees: ";
  for (int i = 0; i < n - 1; ++i) {
    text += std::string(i > 0 ? " || " : "") + "\"rule" + std::to_string(i) + "\"";
  }
  text += "\n\n";
  for (int i = 0; i < n - 1; ++i) {
    text += "Authorizer: \"rule" + std::to_string(i) +
            "\"\nLicensees: \"passphrase:open sesame\"\n"
            "Conditions: app_domain == \"IPsec policy\" && esp_present == \"yes\" &&\n"
            "  (esp_enc_alg == \"aes\" || esp_enc_alg == \"3des\") && esp_auth_alg ~= \"^hmac-\"\n"
            "  && @esp_life_seconds <= 3600 && remote_id == \"peer" +
            std::to_string(i) + "\" -> \"true\";\n\n";
  }
  return text;
}

}  // namespace

int main() {
  constexpr int kAssertions = 1000;
  constexpr int kQueries = 200;
  const auto verifier = ike::crypto::openssl::make_plain_verifier();
  Session session(*verifier);
  Notes notes;
  const std::string text = policy(kAssertions);
  const auto begin = Clock::now();
  const size_t read = session.add_text(text, Trust::local, "policy", notes).size();
  const double read_ms = ms_since(begin);
  bool ready = session.set_values({"false", "true"}).has_value() &&
               session.add_requester("passphrase:open sesame").has_value();
  for (const auto& [name, value] : {std::pair{"app_domain", "IPsec policy"},
                                    {"esp_present", "yes"},
                                    {"esp_enc_alg", "aes"},
                                    {"esp_auth_alg", "hmac-sha2-256"},
                                    {"esp_life_seconds", "1200"},
                                    {"remote_id", "nobody"}}) {
    ready = ready && session.attributes().set(name, std::string(value)).has_value();
  }
  size_t permitted = 0;
  const auto queries = Clock::now();
  for (int i = 0; i < kQueries; ++i) {
    const auto answer = session.query();
    if (!answer || answer->exhausted) return 1;
    permitted += answer->value;
  }
  const double query_ms = ms_since(queries) / kQueries;
  std::printf("keynote: %zu assertions read in %.2f ms, a query of all of them in %.3f ms\n", read,
              read_ms, query_ms);
  return ready && read == kAssertions && permitted == 0 ? 0 : 1;
}

// Assertions from bytes to a verdict: nothing crashes, what parses prints and parses again to the
// same, an explanation has the query's verdict, and another assertion never lowers it.
#include <cstdlib>

#include "crypto/plain_signature.h"
#include "fuzz_input.h"
#include "keynote/session.h"

namespace {

using namespace ike;
using namespace ike::keynote;

void require(bool condition) {
  if (!condition) std::abort();
}

// No signature is right: what credentials may do is the same code, and slower.
class Refusing final : public crypto::PlainVerifier {
 public:
  Result<void> verify(crypto::PlainAlgorithm, Bytes, crypto::Parts, Bytes) override {
    return fail(Fault::unauthenticated, "not here");
  }
};

void check_print(const Assertion& assertion) {
  const std::string printed = print(assertion);
  if (printed.size() > limits::kAssertionMax) return;  // escapes are longer than what they mean
  Notes notes;
  const auto again = parse_assertions(printed, notes);
  require(again.size() == 1 && again[0].assertion && same(assertion, *again[0].assertion));
}

void prepare(Session& session) {
  require(session.set_values({"low", "mid", "high"}).has_value());
  require(session.attributes().set("a", "x").has_value());
  require(session.attributes().set("n", "1234567").has_value());
  require(session.add_requester("me").has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text(test::fuzz_input(data, size));
  Notes notes;
  const auto parsed = parse_assertions(text, notes);
  require(notes.all().size() <= limits::kTrustNotesMax);
  for (const Note& note : notes.all()) require(!note.message.empty() && note.at.line > 0);

  Refusing verifier;
  Session session(verifier);
  prepare(session);
  size_t before = 0;
  bool exhausted = false;
  for (const Parsed& p : parsed) {
    if (!p.assertion) {
      require(notes.errors() > 0);
      continue;
    }
    check_print(*p.assertion);
    require(session.add(p.assertion, Trust::local, "a").has_value());
    if (session.size() > 8) break;
    const auto answer = session.query();
    require(answer.has_value());
    exhausted = exhausted || answer->exhausted;
    require(exhausted || answer->value >= before);
    before = answer->value;
  }
  const auto explained = session.explain();
  require(explained.has_value());
  require(exhausted || explained->answer.exhausted || explained->answer.value == before);
  to_text(*explained, session.values());
  Session credentials(verifier);
  require(credentials.add_text(text, Trust::credential, "c", notes).empty());
  return 0;
}

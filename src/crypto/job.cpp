#include "crypto/job.h"

#include "base/overloaded.h"

namespace ike::crypto {

Result<JobResult> run(Provider& provider, Random& random, const Job& job) {
  return std::visit(overloaded{
                        [&](const GenerateKeyPair& j) -> Result<JobResult> {
                          IKE_TRY(auto pair, provider.generate(j.method, random));
                          return KeyPairReady{std::move(pair)};
                        },
                        [&](const DeriveShared& j) -> Result<JobResult> {
                          IKE_TRY(auto shared, j.ours->derive(j.peer_public));
                          return SharedReady{std::move(shared)};
                        },
                        [&](const AnswerKeyExchange& j) -> Result<JobResult> {
                          IKE_TRY(auto answered, provider.answer(j.method, j.peer_public, random));
                          return answered;
                        },
                        [&](const VerifySignature& j) -> Result<JobResult> {
                          IKE_CHECK(provider.verify(j.spki, j.method, j.octets, j.auth_data));
                          return SignatureVerified{};
                        },
                    },
                    job);
}

}  // namespace ike::crypto

#include "wire/v2/payload_writer.h"

#include "unit/wire/octets.h"
#include "wire/v2/ke.h"
#include "wire/v2/nonce.h"
#include "wire/v2/notify_data.h"

namespace ike::wire::v2 {
namespace {

using test::octets;

TEST(PayloadWriter, ChainsPayloadsBehindWhatIsThere) {
  const Blob nonce = octets("01020304");
  Blob out = octets("ffff");
  PayloadWriter w(out);
  EXPECT_TRUE(w.empty());
  EXPECT_EQ(w.first(), PayloadType::none);
  w.add(Ke{KeMethod::curve25519, nonce});
  w.add(Nonce{nonce});
  w.notify(NotifyType::initial_contact);
  EXPECT_EQ(w.first(), PayloadType::ke);
  EXPECT_EQ(to_hex(out),
            "ffff"
            "2800000c001f000001020304"
            "2900000801020304"
            "0000000800004000");
}

TEST(PayloadWriter, WritesBodiesOfNotifies) {
  Blob out;
  PayloadWriter w(out);
  w.notify(InvalidKePayload{KeMethod::ecp256});
  const Blob hash(20, 0xaa);
  w.notify(NotifyType::nat_detection_source_ip, NatDetection{hash});
  EXPECT_EQ(to_hex(out),
            "2900000a00000011"
            "0013"
            "0000001c00004004" +
                to_hex(hash));
}

TEST(PayloadWriter, WritesBodiesItIsGivenAsOctets) {
  Blob out;
  PayloadWriter w(out);
  w.add_raw(PayloadType::vendor, octets("aa"));
  w.add_raw(PayloadType::id_i, {});
  EXPECT_EQ(to_hex(out),
            "23000005aa"
            "00000004");
}

//= RFC 7296 section 2.6: the cookie comes first, the rest stays as it was
TEST(PayloadWriter, MovesALatecomerToTheFront) {
  const Blob cookie = octets("c0c1c2");
  Blob out = octets("ffff");
  PayloadWriter w(out);
  w.add_raw(PayloadType::sa, octets("11"));
  w.add_raw(PayloadType::ke, octets("2222"));
  w.notify(Cookie{cookie});
  w.move_last_to_front();
  EXPECT_EQ(w.first(), PayloadType::notify);
  EXPECT_EQ(to_hex(out),
            "ffff"
            "2100000b00004006c0c1c2"
            "2200000511"
            "000000062222");
  w.add_raw(PayloadType::vendor, octets("33"));
  EXPECT_EQ(to_hex(out),
            "ffff"
            "2100000b00004006c0c1c2"
            "2200000511"
            "2b0000062222"
            "0000000533");
}

TEST(PayloadWriter, LeavesAnOnlyPayloadAtTheFront) {
  Blob out;
  PayloadWriter w(out);
  w.move_last_to_front();
  EXPECT_TRUE(out.empty());
  w.add_raw(PayloadType::sa, octets("11"));
  w.move_last_to_front();
  EXPECT_EQ(w.first(), PayloadType::sa);
  EXPECT_EQ(to_hex(out), "0000000511");
}

}  // namespace
}  // namespace ike::wire::v2

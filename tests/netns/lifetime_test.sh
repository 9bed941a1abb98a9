#!/bin/bash
# SAs that end by time and by volume are renewed under traffic, and no packet is lost by it.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
. "$here/pair.sh"
net_require
net_two_gateways
stop_pair() { kill "$a_pid" "$b_pid"; wait "$a_pid" "$b_pid"; }
at_least() { [ "$(statistic "$1" "$2")" -ge "$3" ]; }

# Either side may be the first: A's Child SAs and B's IKE SA live shorter.
write_conf gwA "ikev2 active $between_a ikelifetime 1h lifetime 8 $secret"
write_conf gwB "ikev2 $between_b ikelifetime 12 lifetime 1h $secret"
check "the tunnel comes up" pair_start
ike=$(ike_spis gwA) child=$(child_spis gwA)
traffic_start
ike_renewed() { [ -n "$(ike_spis gwA)" ] && [ "$(ike_spis gwA)" != "$ike" ]; }
child_renewed() { [ -n "$(child_spis gwA)" ] && ! child_spis gwA | grep -qxF "$child"; }
check "the Child SA is renewed in time" net_wait 20 child_renewed
check "the IKE SA is renewed in time" net_wait 30 ike_renewed
child=$(child_spis gwA)
check "the new IKE SA renews its Child SA" net_wait 20 child_renewed
check "no packet was lost" traffic_stop
stop_pair

write_conf gwA "ikev2 active $between_a lifetime 1h bytes 60K $secret"
write_conf gwB "ikev2 $between_b lifetime 1h bytes 4G $secret"
check "the tunnel comes up again" pair_start
ike=$(ike_spis gwA)
traffic_start -s 200
check "volume renews Child SAs again and again" net_wait 60 at_least gwA child_sas_created 4
check "no packet was lost" traffic_stop
check "the IKE SA is still the same" [ "$(ike_spis gwA)" = "$ike" ]
pair_end

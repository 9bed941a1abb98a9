#!/bin/bash
# A NAT that forgets: while the tunnel is up, the gateway behind it gets another port, then another
# address.  The other side follows what is authenticated, and only that.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
. "$here/pair.sh"
net_require
net_two_gateways
net_hide_gateway_a || { echo "no NAT on this kernel"; exit 77; }
# The translation is forgotten a second after the last packet.
on router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1 net.netfilter.nf_conntrack_udp_timeout_stream=1

write_conf gwA "ikev2 active $between_a srcid a.example dstid b.example $secret"
write_conf gwB "ikev2 from 10.2.0.0/24 to 10.1.0.0/24 local 198.51.100.1 peer any srcid b.example dstid a.example $secret"
check "the tunnel comes up through the NAT" pair_start
check "packets flow" ping_through
ike=$(ike_spis gwB) child=$(child_spis gwB)
peer_of_b() { ikectl gwB show sa | sed -n 's/^iked_sas: .*->\([^<]*\)<.*/\1/p'; }
before=$(peer_of_b)

translate_to() {  # address[:port]: from now on, for what begins anew
  on router nft flush chain ip nat out
  on router nft add rule ip nat out oifname b0 ip saddr 192.0.2.1 ip protocol udp snat to "$1"
  sleep 2.5 # until the old translation is forgotten
}
moved() { [ "$(peer_of_b)" = "$1" ] && ping_through; }

translate_to 198.51.100.254:31000
check "packets flow after a change of port" net_wait 15 ping_through
check "the peer's port was followed" net_wait 5 moved 198.51.100.254:31000
check "it was another one before" [ "$before" != 198.51.100.254:31000 ]
check "from the other side, too" ping_back
on router ip address add 198.51.100.253/24 dev b0
translate_to 198.51.100.253:32000
check "packets flow after a change of address" net_wait 15 ping_through
check "the peer's address was followed" net_wait 5 moved 198.51.100.253:32000
check "the SAs are still the same" [ "$(ike_spis gwB) $(child_spis gwB)" = "$ike $child" ]

# Whoever is not authenticated moves nothing: garbage with the SPI of nobody, from another port.
on router python3 - <<'P'
import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("198.51.100.254", 33000))
for _ in range(50):
    s.sendto(os.urandom(4) + b"\0\0\0\7" + os.urandom(120), ("198.51.100.1", 4500))
P
check "a stranger can send them" [ $? = 0 ]
check "and they move nothing" moved 198.51.100.253:32000
pair_end

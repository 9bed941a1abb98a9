#!/bin/bash
# What an operator does to a running gateway: reload good and bad files, refuse and explain, stop
# orderly.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
. "$here/pair.sh"
net_require
net_two_gateways

# Two tunnels, so that one can be changed while packets flow in the other.
one_a="ikev2 \"one\" active $between_a srcid a1.example dstid b1.example $secret"
one_b="ikev2 \"one\" $between_b srcid b1.example dstid a1.example $secret"
two_a() { echo "ikev2 \"two\" active from fd00:1::/64 to fd00:2::/64 local 192.0.2.1 peer 198.51.100.1 $1 srcid a2.example dstid b2.example $secret"; }
two_b="ikev2 \"two\" from fd00:2::/64 to fd00:1::/64 local 198.51.100.1 peer 192.0.2.1 srcid b2.example dstid a2.example $secret"
spis_of() { ikectl gwA show sa | sed -n "s/^iked_sas: .*\(ispi 0x[0-9a-f]*\).*FQDN\/$1.example>.* ESTABLISHED .*/\1/p"; }
both_tunnels() { [ -n "$(spis_of b1)" ] && [ -n "$(spis_of b2)" ]; }
write_conf gwA "$one_a" "$(two_a '')"
write_conf gwB "$one_b" "$two_b"
check "the tunnels come up" pair_start
check "both of them" net_wait 20 both_tunnels
check "packets flow" ping_through
one=$(spis_of b1) two=$(spis_of b2) child=$(child_spis gwA)
traffic_start

write_conf gwA "$one_a" 'ikev2 "broken" esp from 10.9.0.0/24 too 10.8.0.0/24 peer 192.0.2.9'
ikectl gwA reload >"$net_work/reload.out" 2>&1
check "a bad file is refused with an exit code" [ $? != 0 ]
check "the refusal names the line" grep -q 'iked.conf:2:' "$net_work/reload.out"
check "nothing established was changed by it" [ "$(spis_of b1) $(spis_of b2) $(child_spis gwA)" = "$one $two $child" ]

write_conf gwA "ikev2 \"more\" from 10.7.0.0/24 to 10.8.0.0/24 local 192.0.2.1 peer 198.51.100.9 $secret" "$one_a" "$(two_a '')"
check "a good file is taken" ikectl gwA reload
check "SAs of unchanged policies stay, though they moved in the file" \
  [ "$(spis_of b1) $(spis_of b2) $(child_spis gwA)" = "$one $two $child" ]
ikectl gwA reset id FQDN/nobody 2>/dev/null
check "resetting nobody is an error" [ $? = 1 ]
check "and an object for scripts" grep -q '"ok": false, "error": "no IKE SA' <(on gwA "$ike_build/ikectl" -j -s "$net_work/gwA/iked.sock" reset id FQDN/nobody)
check "show sa counts what flowed" grep -q ' packets [1-9]' <(ping_through >/dev/null; ikectl gwA show sa)
check "only configurations are loaded" grep -q 'ends in .conf' <(ikectl gwA load /etc/passwd 2>&1)

write_conf gwA "$one_a" "$(two_a 'ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group ecp256')"
check "a changed policy is taken" ikectl gwA reload
renewed() { [ -n "$(spis_of b2)" ] && [ "$(spis_of b2)" != "$two" ]; }
check "its SA is made anew" net_wait 20 renewed
check "the new one is as the policy says" \
  sh -c "ip netns exec $(ns gwA) '$ike_build/ikectl' -j -s '$net_work/gwA/iked.sock' show sa | grep -qi 'ecp.\?256'"
check "the other policy's SA stays" [ "$(spis_of b1)" = "$one" ]
check "packets of the changed one flow" ping_through fd00:2::2

write_conf gwA "$one_a"
check "a policy is taken away" ikectl gwA reload
two_gone() { [ -z "$(spis_of b2)" ] && ! ikectl gwB show sa | grep -q 'FQDN/a2.example.*ESTABLISHED'; }
check "its SA is gone at both sides" net_wait 10 two_gone
kill -HUP "$a_pid"
sleep 1
check "SIGHUP with an unchanged file changes nothing" [ "$(spis_of b1)" = "$one" ]
check "the other tunnel lost no packet in all this" traffic_stop

kill "$a_pid"
wait "$a_pid"
check "SIGTERM ends with exit code 0" [ $? = 0 ]
no_sa_at_b() { ! ikectl gwB show sa | grep -q ESTABLISHED; }
check "the peer was told by DELETE" net_wait 5 no_sa_at_b
check "no device is left behind" sh -c "! ip netns exec $(ns gwA) ip -o link | grep -q ike0"
check "no rule or route is left behind" sh -c "! ip netns exec $(ns gwA) ip rule | grep -vE 'lookup (local|main|default)'"

# The whole machine of the peer is gone and comes back without a memory.
iked_start gwA --kernel tun || exit 1
a_pid=$net_pid
check "it starts again" net_wait 20 both_up
children=$(pgrep -P "$a_pid")
kill -9 "$a_pid"
wait "$a_pid" 2>/dev/null
# The children go by themselves, and hold the ports until then.
no_children() { for pid in $children; do kill -0 "$pid" 2>/dev/null && return 1; done; return 0; }
check "its children go, too" net_wait 15 no_children
iked_start gwA --kernel tun || exit 1
a_pid=$net_pid
check "it starts again after kill -9" net_wait 20 both_up
# As the original, iked says no INITIAL_CONTACT: the old SA stays at B until it asks for life.
check "packets flow by the new SA" ping_through
check "also from the side that still has the old one" ping_back
kill "$a_pid"
wait "$a_pid"

write_conf gwA "ikev2 active $between_a ikesa enc aes-256 auth hmac-sha2-512 prf hmac-sha2-512 group modp4096 $secret"
write_conf gwB "ikev2 $between_b ikesa enc aes-128-gcm group curve25519 $secret"
check "reload of the other side" ikectl gwB reload
iked_start gwA --kernel tun || exit 1
a_pid=$net_pid
explained() { grep -q NO_PROPOSAL_CHOSEN "$net_work/iked-gwB.log" && grep -q 'iked.conf:1' "$net_work/iked-gwB.log"; }
check "a refusal explains itself with the policy's line" net_wait 20 explained
kill "$a_pid"
wait "$a_pid"

chmod 644 "$net_work/gwA/iked.conf"
"$ike_build/iked" -n -f "$net_work/gwA/iked.conf" >"$net_work/mode.out" 2>&1
check "a world readable file is refused" [ $? = 1 ]
check "and the message names the file" grep -q "gwA/iked.conf" "$net_work/mode.out"
pair_end

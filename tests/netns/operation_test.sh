#!/bin/bash
# What an operator does to a running gateway: reload good and bad files, refuse and explain, stop
# orderly, survive garbage, lose a process.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
net_require
failed=0
check() {  # name, command...
  local name=$1
  shift
  if "$@"; then echo "ok   $name"; else failed=1; echo "FAIL $name"; fi
}
tail_a="local 192.0.2.1 peer 198.51.100.1 psk \"a secret for the test network\""
tail_b="local 198.51.100.1 peer 192.0.2.1 psk \"a secret for the test network\""
write_a() { mkdir -p "$net_work/gwA"; printf '%s\n' "$@" >"$net_work/gwA/iked.conf"; }
write_b() { mkdir -p "$net_work/gwB"; printf '%s\n' "$@" >"$net_work/gwB/iked.conf"; }
a_policy="ikev2 \"t\" active from 10.1.0.0/24 to 10.2.0.0/24 $tail_a"
b_policy="ikev2 \"t\" from 10.2.0.0/24 to 10.1.0.0/24 $tail_b"
both_up() { ikectl gwA show sa | grep -q ESTABLISHED && ikectl gwB show sa | grep -q ESTABLISHED; }
ping_through() { on hostA ping -q -c 2 -i 0.1 -W 10 10.2.0.2 >/dev/null; }
spis() { ikectl gwA show sa | grep -o 'ispi 0x[0-9a-f]*' | sort -u; }

net_two_gateways
write_a "$a_policy"
write_b "$b_policy"
iked_start gwB --kernel tun && b_pid=$net_pid && iked_start gwA --kernel tun || exit 1
a_pid=$net_pid
check "the tunnel comes up" net_wait 30 both_up
check "packets flow" ping_through
before=$(spis)

write_a "$a_policy" 'ikev2 "broken" esp from 10.9.0.0/24 too 10.8.0.0/24 peer 192.0.2.9'
ikectl gwA reload >"$net_work/reload.out" 2>&1
check "a bad file is refused with an exit code" [ $? != 0 ]
check "the refusal names the line" grep -q 'iked.conf:2:' "$net_work/reload.out"
check "nothing established was lost by it" [ "$(spis)" = "$before" ]
check "and packets still flow" ping_through

write_a "$a_policy" "ikev2 \"more\" from 10.7.0.0/24 to 10.8.0.0/24 $tail_a"
check "a good file is taken" ikectl gwA reload
sleep 0.5
check "SAs of an unchanged policy stay" [ "$(spis)" = "$before" ]
check "packets flow after the reload" ping_through

garbage_at=$SECONDS
# Garbage at both ports from the other side of the router, then the tunnel must still be the same.
on router python3 - <<'PY'
import os, random, socket
random.seed(1)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(20000):
    port = random.choice((500, 4500))
    data = os.urandom(random.choice((0, 1, 27, 28, 60, 300, 1400)))
    if len(data) >= 28 and random.random() < .7:
        data = data[:8] + b"\0" * 8 + bytes((33, 0x20, random.choice((34, 35, 36, 37)), 8)) + b"\0" * 4 \
            + len(data).to_bytes(4, "big") + data[28:]
        if port == 4500:
            data = b"\0" * 4 + data
    s.sendto(data, ("192.0.2.1", port))
PY
sleep 0.5
check "garbage changes nothing" [ "$(spis)" = "$before" ]
check "packets flow after garbage" ping_through
# Lines are limited by the second, so a slow machine may write more of them.
check "garbage makes few log lines" \
  [ "$(wc -l <"$net_work/iked-gwA.log")" -lt $((200 + 10 * (SECONDS - garbage_at))) ]

kill "$a_pid"
wait "$a_pid"
check "SIGTERM ends with exit code 0" [ $? = 0 ]
no_sa_at_b() { ! ikectl gwB show sa | grep -q ESTABLISHED; }
check "the peer was told by DELETE" net_wait 10 no_sa_at_b
check "no policy route or device is left behind" bash -c "! ip netns exec $(ns gwA) ip -o link | grep -q tun"

write_a "ikev2 \"t\" active from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 198.51.100.1 ikesa enc aes-256 auth hmac-sha2-512 prf hmac-sha2-512 group modp4096 psk \"a secret for the test network\""
write_b "ikev2 \"t\" from 10.2.0.0/24 to 10.1.0.0/24 local 198.51.100.1 peer 192.0.2.1 ikesa enc aes-128-gcm group curve25519 psk \"a secret for the test network\""
check "reload of the other side" ikectl gwB reload
iked_start gwA --kernel tun || exit 1
a_pid=$net_pid
explained() { grep -q NO_PROPOSAL_CHOSEN "$net_work/iked-gwB.log" && grep -q 'iked.conf:1' "$net_work/iked-gwB.log"; }
check "a refusal explains itself with the policy's line" net_wait 30 explained
kill "$a_pid"
wait "$a_pid"

write_a "$a_policy"
write_b "$b_policy"
chmod 644 "$net_work/gwA/iked.conf"
"$ike_build/iked" -n -f "$net_work/gwA/iked.conf" >"$net_work/mode.out" 2>&1
check "a world readable file is refused" [ $? = 1 ]
check "and the message names the file" grep -q "gwA/iked.conf" "$net_work/mode.out"

# A lost process ends the set: nobody goes on with half a daemon.
chmod 600 "$net_work/gwA/iked.conf"
iked_start gwA --kernel tun || exit 1
a_pid=$net_pid
children=$(pgrep -P "$a_pid")
kill -9 "$(echo "$children" | tail -n 1)"
gone() { ! kill -0 "$a_pid" 2>/dev/null; }
check "a killed process ends the daemon" net_wait 30 gone
left() { for pid in $children; do kill -0 "$pid" 2>/dev/null && return 1; done; return 0; }
check "and no process stays behind" net_wait 30 left
[ $failed = 0 ] || { echo "--- gwA"; tail -n 40 "$net_work/iked-gwA.log"; echo "--- gwB"; tail -n 20 "$net_work/iked-gwB.log"; }
exit $failed

#!/bin/bash
# Two of our gateways over the kernel's IPsec, in a kernel that has it: traffic in all shapes, rekeying
# of both kinds under traffic, a shared flow, an operator's stop, a killed daemon and its successor.
# Run by guest_test.sh; on a machine whose own kernel takes ESP SAs it runs by itself too.
here=$(dirname "$(readlink -f "$0")")
. "$here/../netns/lib.sh"
. "$here/../netns/daemons.sh"
net_require
failed=0
check() {  # name, command...
  local name=$1 begin=$SECONDS
  shift
  if "$@"; then
    echo "ok   $name ($((SECONDS - begin)) s)"
  else
    failed=1
    echo "FAIL $name"
    tail -n 15 "$net_work"/iked-gw[AB].log
    on gwA ip xfrm policy
    on gwA ip xfrm state | grep -v -E 'aead|enc|auth'
  fi
}
secret='psk "a secret for the test network"'
outer_a=192.0.2.1 outer_b=198.51.100.1
config() {  # host, statements...
  local host=$1
  shift
  mkdir -p "$net_work/$host"
  printf "%s $secret\n" "$@" >"$net_work/$host/iked.conf"
}
start_both() { iked_start gwB --kernel xfrm && iked_start gwA --kernel xfrm; }
stop_both() {
  local pid
  for pid in "${net_pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${net_pids[@]}"; do wait "$pid" 2>/dev/null; done
  net_pids=()
}
states() { on "$1" ip xfrm state | grep -c '^src'; }
policies() { on "$1" ip xfrm policy | grep -c 'tmpl src'; }
spis() { on gwA ip xfrm state | grep -o 'spi 0x[0-9a-f]*' | grep -o '0x.*' | sort; }
nothing_left() { [ "$(states "$1")" = 0 ] && [ "$(policies "$1")" = 0 ]; }
both_up() { ikectl gwA show sa | grep -q ESTABLISHED && ikectl gwB show sa | grep -q ESTABLISHED; }
up() { net_wait 20 both_up; }
ping_through() { on "$1" ping -q -c 3 -i 0.3 -W 3 "$2" | grep -q ' 0% packet loss'; }
# Everything on the router's side is IKE or ESP.
only_esp() {
  local clear
  clear=$(tcpdump -n -r "$net_work/wire.pcap" \
    'not arp and not udp port 500 and not udp port 4500 and not proto 50 and not ip6 proto 50' 2>/dev/null |
    grep -vc 'ICMP6, \(neighbor\|router\|multicast\)')
  [ "$clear" = 0 ]
}
shape() {  # name, A's statement, B's, from host, to address
  config gwA "$2"
  config gwB "$3"
  net_start wire router tcpdump -U -n -i a0 -w "$net_work/wire.pcap"
  net_wait 10 grep -q listening "$net_work/wire.log"
  check "$1: starts" start_both
  case $2 in *passive*) ;; *) check "$1: comes up" up ;; esac
  check "$1: packets flow" ping_through "$4" "$5"
  stop_both
  check "$1: nothing stays in the kernel" nothing_left gwA
  check "$1: no clear packet on the wire" only_esp
}

net_two_gateways
hosts_a="from 10.1.0.0/24 to 10.2.0.0/24 local $outer_a peer $outer_b"
hosts_b="from 10.2.0.0/24 to 10.1.0.0/24 local $outer_b peer $outer_a"
only=${1:-}
want() { [ -z "$only" ] || [ "$only" = "$1" ]; }

want v4 && shape v4-in-v4 "ikev2 active $hosts_a" "ikev2 $hosts_b" hostA 10.2.0.2
want v6 && shape v6-in-v6 "ikev2 active from fd00:1::/64 to fd00:2::/64 local 2001:db8:a::1 peer 2001:db8:b::1" \
  "ikev2 from fd00:2::/64 to fd00:1::/64 local 2001:db8:b::1 peer 2001:db8:a::1" hostB fd00:1::2
want v64 && shape v6-in-v4 "ikev2 active from fd00:1::/64 to fd00:2::/64 local $outer_a peer $outer_b" \
  "ikev2 from fd00:2::/64 to fd00:1::/64 local $outer_b peer $outer_a" hostA fd00:2::2
want transport && shape transport-v6 \
  "ikev2 active transport from 2001:db8:a::1 to 2001:db8:b::1 local 2001:db8:a::1 peer 2001:db8:b::1" \
  "ikev2 transport from 2001:db8:b::1 to 2001:db8:a::1 local 2001:db8:b::1 peer 2001:db8:a::1" gwA 2001:db8:b::1
want udp && shape udp-encapsulated "ikev2 active natt $hosts_a" "ikev2 $hosts_b" hostA 10.2.0.2

on_demand() {
  on hostA ping -q -c 1 -W 1 10.2.0.2 >/dev/null  # asks for the SA; the kernel does not keep this one
  up && ping_through hostA 10.2.0.2
}
if want acquire; then
  config gwA "ikev2 passive $hosts_a"
  config gwB "ikev2 passive $hosts_b"
  check "acquire: starts" start_both
  check "acquire: the first packet makes an SA" on_demand
  stop_both
fi

# Rekeying: the IKE SA once and the Child SA several times while packets flow.
rekeyed() {
  local lost now
  on hostA ping -q -i 0.2 -W 3 -c $((5 * $1)) 10.2.0.2 >"$net_work/ping.log"
  now=$(spis)
  lost=$(sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p' "$net_work/ping.log")
  echo "     lost $lost %, IKE SA $ike_before -> $(ike_spis), states on each side $(states gwA) $(states gwB)"
  [ "$lost" = 0 ] && [ "$now" != "$child_before" ] && [ "$(ike_spis)" != "$ike_before" ] &&
    [ "$(states gwA)" -ge 2 ] && [ "$(states gwA)" -le 4 ]
}
ike_spis() { ikectl gwA show sa | sed -n 's/.*ispi \(0x[0-9a-f]*\).*/\1/p' | sort -u | tr '\n' ' '; }
if want rekey; then
  times="ikelifetime 24 lifetime 9"
  config gwA "ikev2 active $hosts_a $times"
  config gwB "ikev2 $hosts_b"
  check "rekey: starts" start_both
  check "rekey: comes up" up
  child_before=$(spis) ike_before=$(ike_spis)
  check "rekey: of both kinds loses nothing" rekeyed 30
  # SIGKILL to every process: what stays is fail-closed, and a successor takes over.
  for pid in $(ip netns pids "$(ns gwA)"); do kill -9 "$pid"; done
  sleep 0.5
  echo "     after kill -9: $(states gwA) states, $(policies gwA) policies stay"
  before=$(spis)
  # Long enough that nothing is rekeyed while this is looked at.
  config gwA "ikev2 active $hosts_a ikelifetime 3600 lifetime 1800"
  check "kill: the policies stay, nothing goes in the clear" [ "$(policies gwA)" -ge 3 ]
  check "kill: a successor starts" iked_start gwA --kernel xfrm
  check "kill: comes up again" up
  check "kill: packets flow again" net_wait 20 ping_through hostA 10.2.0.2
  check "kill: the old SAs are gone" [ -z "$(comm -12 <(echo "$before") <(spis))" ]
  # A reload that changes nothing but a lifetime keeps the SA; its flow goes on.
  config gwA "ikev2 active $hosts_a ikelifetime 7200 lifetime 1800"
  kept=$(spis)
  check "reload: a lifetime changes" ikectl gwA reload
  sleep 0.5
  check "reload: the SAs stay" [ "$(spis)" = "$kept" ]
  check "reload: packets flow" ping_through hostA 10.2.0.2
  check "reload: and back" ping_through hostB 10.1.0.2
  stop_both
  check "stop: nothing stays in the kernel" nothing_left gwB
fi
exit $failed

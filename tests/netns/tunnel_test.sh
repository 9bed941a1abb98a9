#!/bin/bash
# Tunnels of two iked: every combination of inner and outer family, transport mode, NAT between them,
# and an SA that only the first packet asks for.  Each case counts when packets flow and the wire
# shows nothing but IKE and ESP.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
net_require
failed=0

# config HOST POLICY: psk and common tail are added here.
config() {
  mkdir -p "$net_work/$1"
  printf 'ikev2 "t" %s psk "a secret for the test network"\n' "$2" >"$net_work/$1/iked.conf"
}
both_up() { ikectl gwA show sa | grep -q ESTABLISHED && ikectl gwB show sa | grep -q ESTABLISHED; }
stop_both() {
  local pid
  for pid in "${net_pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${net_pids[@]}"; do wait "$pid" 2>/dev/null; done
  net_pids=()
}
# case NAME A-POLICY B-POLICY HOST TARGET [waits for nobody]
run_case() {
  local name=$1 from=$4 target=$5 result=0
  config gwA "$2"
  config gwB "$3"
  net_start "capture-$name" router tcpdump --immediate-mode -U -n -i a0 -w "$net_work/$name.pcap"
  net_wait 20 grep -q listening "$net_work/capture-$name.log"
  iked_start gwB --kernel tun && iked_start gwA --kernel tun || result=1
  if [ "${6:-up}" = up ]; then net_wait 30 both_up || result=1; fi
  # The first packet of an acquire is kept, not lost: all three must arrive.
  on "$from" ping -q -c 3 -i 0.2 -W 10 "$target" >"$net_work/ping-$name.log" 2>&1 || result=1
  grep -q ' 0% packet loss' "$net_work/ping-$name.log" || result=1
  sleep 0.2
  stop_both
  local clear
  clear=$(tcpdump -n -r "$net_work/$name.pcap" \
    'not arp and not udp port 500 and not udp port 4500 and not proto 50 and not ip6 proto 50 and not icmp6[0] >= 130 ' \
    2>/dev/null | grep -vc 'ICMP6, \(neighbor\|router\|multicast\)' )
  [ "$clear" = 0 ] || { result=1; echo "$clear clear packets on the wire"; }
  if [ $result = 0 ]; then
    echo "ok   $name"
  else
    failed=1
    echo "FAIL $name"
    cat "$net_work/ping-$name.log"
    tail -n 25 "$net_work"/iked-gw[AB].log
  fi
}

net_two_gateways
run_case v4-in-v4 "active from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 198.51.100.1" \
  "from 10.2.0.0/24 to 10.1.0.0/24 local 198.51.100.1 peer 192.0.2.1" hostA 10.2.0.2
run_case v6-in-v6 "active from fd00:1::/64 to fd00:2::/64 local 2001:db8:a::1 peer 2001:db8:b::1" \
  "from fd00:2::/64 to fd00:1::/64 local 2001:db8:b::1 peer 2001:db8:a::1" hostA fd00:2::2
run_case v6-in-v4 "active from fd00:1::/64 to fd00:2::/64 local 192.0.2.1 peer 198.51.100.1" \
  "from fd00:2::/64 to fd00:1::/64 local 198.51.100.1 peer 192.0.2.1" hostA fd00:2::2
run_case v4-in-v6 "active from 10.1.0.0/24 to 10.2.0.0/24 local 2001:db8:a::1 peer 2001:db8:b::1" \
  "from 10.2.0.0/24 to 10.1.0.0/24 local 2001:db8:b::1 peer 2001:db8:a::1" hostB 10.1.0.2
run_case transport-v4 "active transport from 192.0.2.1 to 198.51.100.1 local 192.0.2.1 peer 198.51.100.1" \
  "transport from 198.51.100.1 to 192.0.2.1 local 198.51.100.1 peer 192.0.2.1" gwA 198.51.100.1
run_case transport-v6 "active transport from 2001:db8:a::1 to 2001:db8:b::1 local 2001:db8:a::1 peer 2001:db8:b::1" \
  "transport from 2001:db8:b::1 to 2001:db8:a::1 local 2001:db8:b::1 peer 2001:db8:a::1" gwA 2001:db8:b::1
run_case acquire "passive from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 198.51.100.1" \
  "passive from 10.2.0.0/24 to 10.1.0.0/24 local 198.51.100.1 peer 192.0.2.1" hostA 10.2.0.2 on-demand
run_case encapsulation-forced "active natt from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 198.51.100.1" \
  "from 10.2.0.0/24 to 10.1.0.0/24 local 198.51.100.1 peer 192.0.2.1" hostA 10.2.0.2
if net_hide_gateway_a; then
  run_case behind-nat "active from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 198.51.100.1 srcid a.example dstid b.example" \
    "from 10.2.0.0/24 to 10.1.0.0/24 local 198.51.100.1 peer 198.51.100.254 srcid b.example dstid a.example" hostA 10.2.0.2
fi
exit $failed

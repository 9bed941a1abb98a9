#!/bin/bash
# A hostile network at a gateway with a tunnel: nothing crashes, memory stays within a bound, the log
# stays readable, and the tunnel does not notice.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
. "$here/pair.sh"
net_require
net_two_gateways
memory_bound_kib=16384 # growth over all processes: 200 half-open SAs, logs and caches fit many times

lines_a_second=20      # of the log, whatever comes

kib() { # of all processes of the daemon at gwA
  local pid sum=0 value
  for pid in $a_pid $(pgrep -P "$a_pid"); do
    value=$(awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup")
    sum=$((sum + value))
  done
  echo $sum
}
log_lines() { wc -l <"$net_work/iked-gwA.log"; }
processes() { pgrep -P "$a_pid" | sort | tr '\n' ' '; }

write_conf gwA "ikev2 \"any\" passive from 10.250.0.0/24 to 10.251.0.0/24 local 192.0.2.1 peer any $secret" \
  "ikev2 \"tunnel\" active $between_a $secret"
write_conf gwB "ikev2 $between_b $secret"
net_start capture router tcpdump --immediate-mode -U -n -i a0 -w "$net_work/real.pcap" ip
net_wait 10 grep -q listening "$net_work/capture.log"
capture=$net_pid
check "the tunnel comes up" pair_start
check "packets flow" ping_through
kill "$capture"
wait "$capture"

ike=$(ike_spis gwA) child=$(child_spis gwA) children=$(processes)
memory=$(kib)
begin=$SECONDS lines=$(log_lines)
traffic_start
untouched() { [ "$(ike_spis gwA) $(child_spis gwA)" = "$ike $child" ] && [ "$(processes)" = "$children" ]; }
attack() {  # kind
  local sent
  sent=$(on router python3 "$here/garbage.py" 192.0.2.1 198.51.100.1 "$net_work/real.pcap" "$1") &&
    [ "$sent" -gt 100 ] && untouched
}
check "random octets, up to the largest datagram" attack random_octets
check "wrong SPIs" attack wrong_spis
check "wrong lengths, versions, exchanges and flags" attack headers_only
check "truncated and lengthened messages" attack truncated
check "messages with a bit flipped" attack bits_flipped
check "replayed and reordered messages and ESP packets" attack replayed
check "unknown critical payloads" attack critical_payloads
check "unproven deletes and errors with the true SPIs" attack in_the_clear
check "requests that are almost right" attack crooked_requests
on router ip route add local 10.99.0.0/16 dev lo
flood() {
  on router "$ike_build/ike-load" --flood 3000 --seconds 4 --sources 10.99.0.1-10.99.255.254 --psk x \
    192.0.2.1 >"$net_work/flood.log" && untouched && [ "$(statistic gwA cookies_demanded)" -gt 100 ]
}
check "a flood of spoofed requests is asked for cookies" flood
check "the tunnel lost no packet" traffic_stop

grown=$(($(kib) - memory)) lines=$(($(log_lines) - lines)) took=$((SECONDS - begin + 1))
echo "     memory: $memory KiB and $grown KiB more; log: $lines lines in $took s"
check "memory stays within $memory_bound_kib KiB more" [ $grown -lt $memory_bound_kib ]
check "at most $lines_a_second log lines a second" [ $lines -le $((lines_a_second * took)) ]
check "something was logged at all" [ $lines -gt 0 ]
kill "$a_pid"
wait "$a_pid"
check "the daemon still ends in order" [ $? = 0 ]
pair_end

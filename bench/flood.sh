#!/bin/bash
# Spoofed IKE_SA_INITs, 20,000 a second, each from another address: what a reply costs, whether
# memory stays, and how long honest handshakes take meanwhile.
cd "$(dirname "$(readlink -f "$0")")" || exit 1
. ./lib.sh
per_second=${PER_SECOND:-20000}
length=${SECONDS_LONG:-8}

honest() {
  bench_load --count 200 --concurrency 1 --psk "$bench_psk" --first-number "$1"
}
row() {
  printf '%-34s p50 %6d us, p99 %6d us, %d of 200 established, %d requests sent again\n' "$1" \
    "$(field p50_us <<<"$2")" "$(field p99_us <<<"$2")" "$(field established <<<"$2")" \
    "$(field retransmissions <<<"$2")"
}

bench_net
gw_iked "psk \"$bench_psk\"" || exit 1
row 'honest handshakes, quiet:' "$(honest 0)"
on gen "$ike_build/ike-load" --flood "$per_second" --seconds "$length" \
  --sources 10.0.0.1-10.60.255.254 --psk x --watch "$gw_pid" 192.0.2.2 >"$net_work/flood.txt" &
net_pids+=($!)
flood=$!
sleep 1
row 'honest handshakes, in the flood:' "$(honest 1000)"
wait "$flood"
cat "$net_work/flood.txt"
row 'honest handshakes, afterwards:' "$(honest 2000)"

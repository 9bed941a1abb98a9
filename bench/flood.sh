#!/bin/bash
# Spoofed IKE_SA_INITs, 20,000 a second, each from another address: what a cookie reply costs, whether
# memory stays, and how long honest handshakes take meanwhile; then the same at Debian's strongSwan.
# PER_SECOND and FLOOD_SECONDS change the flood; arguments name single responders: iked swan.
cd "$(dirname "$(readlink -f "$0")")" || exit 1
. ./lib.sh
per_second=${PER_SECOND:-20000}
length=${FLOOD_SECONDS:-8}
goal_us=8 # CPU a cookie reply

honest() {  # first number
  bench_load --count 200 --concurrency 1 --psk "$bench_psk" --first-number "$1"
}
row() {
  printf '  %-32s p50 %6d us, p99 %7d us, max %7d us, %d of 200, %d sent again\n' "$1" \
    "$(field p50_us <<<"$2")" "$(field p99_us <<<"$2")" "$(field p100_us <<<"$2")" \
    "$(field established <<<"$2")" "$(field retransmissions <<<"$2")"
}

under_flood() {  # name of the responder with process gw_pid
  local flood json quiet during
  echo "$1"
  quiet=$(honest 0)
  row 'honest handshakes, quiet:' "$quiet"
  on gen "$ike_build/ike-load" -j --flood "$per_second" --seconds "$length" \
    --sources 10.0.0.1-10.60.255.254 --watch "$gw_pid" 192.0.2.2 >"$net_work/flood.json" &
  flood=$!
  net_pids+=("$flood")
  sleep 1
  during=$(honest 1000)
  row 'honest handshakes, in the flood:' "$during"
  kill -0 "$flood" 2>/dev/null || echo "  (the flood was over before they were)"
  wait "$flood"
  row 'honest handshakes, afterwards:' "$(honest 2000)"
  json=$(cat "$net_work/flood.json")
  awk -v sent="$(field sent <<<"$json")" -v rate="$(field per_second <<<"$json")" -v wanted="$per_second" \
    -v cookies="$(field cookies <<<"$json")" -v others="$(field other_replies <<<"$json")" \
    -v cost="$(field responder_cpu_ns_a_reply <<<"$json")" -v own="$(field own_cpu_ns_each <<<"$json")" \
    -v before="$(field memory_before <<<"$json")" -v after="$(field memory_after <<<"$json")" \
    -v quiet="$(field p50_us <<<"$quiet")" -v during="$(field p50_us <<<"$during")" -v goal="$goal_us" 'BEGIN {
      printf "  flood: %d requests, %d/s (the generator: %.2f us each)%s\n", sent, rate, own / 1000,
        (rate < 0.95 * wanted ? ": SLOWER than wanted, " wanted "/s" : "")
      printf "  replies: %d cookies, %d others, %.1f %% of the requests\n", cookies, others,
        100 * (cookies + others) / sent
      printf "  memory: %d KiB before, %d KiB more after\n", before / 1024, (after - before) / 1024
      printf "  honest handshakes take %.1f times as long in the flood\n", (quiet > 0 ? during / quiet : 0)
      printf "  CPU %.2f us a reply, %.2f of the goal of %d us\n", cost / 1000, cost / 1000 / goal, goal }'
  gw_stop
}

bench_net
for responder in ${*:-iked swan}; do
  case $responder in
    iked) gw_iked "psk \"$bench_psk\"" && under_flood iked ;;
    swan)
      command -v swanctl >/dev/null || continue
      swan_limits=' ' # as shipped
      gw_swan 'auth = psk
    id = gw.load.example' 'auth = psk
    id = %any' && under_flood strongSwan ;;
  esac
done

#!/bin/bash
# The real daemon with all its processes under ike-load, then Debian's strongSwan under the same
# load: CPU a handshake as a multiple of the bare crypto, the last handshakes against the first,
# memory an IKE SA with its Child SA.  COUNT and SWAN_COUNT say how many handshakes; arguments name
# single rows: iked-psk swan-psk iked-ecdsa swan-ecdsa.
#
# The floor counts certificates for ECDSA (two verifications a side); raw keys need one.  strongSwan
# carries ESP itself (kernel-libipsec) as nothing else is possible everywhere, and looks its policies
# up one after the other: its first handshakes tell more about IKE, the last ones about libipsec.
cd "$(dirname "$(readlink -f "$0")")" || exit 1
. ./lib.sh
concurrency=${CONCURRENCY:-16}

# report NAME FLOOR JSON
report() {
  local json=$3
  awk -v name="$1" -v floor="$2" \
    -v established="$(field established <<<"$json")" \
    -v rate="$(field_in all per_second <<<"$json")" \
    -v all="$(field_in all responder_cpu_ns_each <<<"$json")" \
    -v first="$(field_in first responder_cpu_ns_each <<<"$json")" \
    -v last="$(field_in last responder_cpu_ns_each <<<"$json")" \
    -v own="$(field_in all own_cpu_ns_each <<<"$json")" \
    -v p50="$(field p50_us <<<"$json")" -v p99="$(field p99_us <<<"$json")" \
    -v memory="$(field octets_per_sa <<<"$json")" 'BEGIN {
      printf "%-18s %6d %8.1f %7.2f %8.1f %8.1f %6.2f %7d %6d %7d %7d %8.1f\n", name,
        established, all / 1000, all / 1000 / floor, first / 1000, last / 1000,
        (first > 0 ? last / first : 0), memory, rate, p50, p99, own / 1000 }'
  local failures
  failures=$(grep -o '"failures": {[^}]*}' <<<"$json")
  [ "$failures" = '"failures": {}' ] || echo "    $failures"
}

# measure NAME FLOOR COUNT [OPTIONS...]: gw_pid is under load
measure() {
  local name=$1 floor=$2 count=$3 json
  shift 3
  json=$(bench_load --count "$count" --concurrency $concurrency --watch "$gw_pid" "$@")
  report "$name" "$floor" "$json"
  gw_stop
}

ecdsa_keys() {
  local dir=$1 i
  openssl ecparam -genkey -name prime256v1 -noout -out "$dir/peer.key" 2>/dev/null
  openssl ec -in "$dir/peer.key" -pubout -out "$dir/peer.pub" 2>/dev/null
  openssl ecparam -genkey -name prime256v1 -noout -out "$dir/gw.key" 2>/dev/null
  openssl ec -in "$dir/gw.key" -pubout -out "$dir/gw.pub" 2>/dev/null
}
iked_keys() {  # one file an initiator: links to one key
  iked_prepare gw
  local pubkeys=$net_work/gw/iked/pubkeys/fqdn
  install -m 600 "$net_work/gw.key" "$net_work/gw/iked/private/local.key"
  install -m 644 "$net_work/peer.pub" "$pubkeys/key"
  (cd "$pubkeys" && perl -e 'symlink "key", "i$_.load.example" for 0 .. shift' "$COUNT")
}
swan_keys() {
  mkdir -p "$net_work/gw-swan/swanctl/"{ecdsa,pubkey}
  cp "$net_work/gw.key" "$net_work/gw-swan/swanctl/ecdsa/gw.pem"
  cp "$net_work/peer.pub" "$net_work/gw-swan/swanctl/pubkey/peer.pem"
  cp "$net_work/gw.pub" "$net_work/gw-swan/swanctl/pubkey/gw.pem"
}

iked_psk() {
  gw_iked "psk \"$bench_psk\"" || return
  measure 'iked PSK' "$floor_psk" "$COUNT" --psk "$bench_psk"
}
swan_psk() {
  gw_swan 'auth = psk
    id = gw.load.example' 'auth = psk
    id = %any' || return
  measure 'strongSwan PSK' "$floor_psk" "$SWAN_COUNT" --psk "$bench_psk"
}
iked_ecdsa() {
  iked_keys
  gw_iked rsa || return
  measure 'iked ECDSA' "$floor_ecdsa" "$COUNT" --key "$net_work/peer.key" \
    --peer-key "$net_work/gw.pub"
}
# It finds raw keys by one identity, so all initiators share one.
swan_ecdsa() {
  swan_keys
  gw_swan 'auth = pubkey
    id = gw.load.example
    pubkeys = gw.pem' 'auth = pubkey
    id = i.load.example
    pubkeys = peer.pem' || return
  measure 'strongSwan ECDSA' "$floor_ecdsa" "$SWAN_COUNT" --key "$net_work/peer.key" \
    --peer-key "$net_work/gw.pub" --same-id
}

bench_net
ecdsa_keys "$net_work"
floor_psk=$(bench_floor 'PSK, X25519')
floor_ecdsa=$(bench_floor 'ECDSA P-256')
printf 'floor: PSK %s us, ECDSA %s us\n' "$floor_psk" "$floor_ecdsa"
printf 'goals: x_floor PSK 2.5, ECDSA 1.8; the last 1,000 over the first 1.1; 8,192 octets an SA\n'
printf '%-18s %6s %8s %7s %8s %8s %6s %7s %6s %7s %7s %8s\n' responder SAs CPU-us x_floor \
  first-us last-us ratio B/SA per-s p50-us p99-us load-us
for row in ${*:-iked-psk swan-psk iked-ecdsa swan-ecdsa}; do
  case $row in
    swan-*) command -v swanctl >/dev/null || continue ;;
  esac
  "${row/-/_}"
done

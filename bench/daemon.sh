#!/bin/bash
# The real daemon with all its processes under ike-load, then Debian's strongSwan under the same
# load: CPU a handshake as a multiple of the bare crypto, the last handshakes against the first,
# memory an IKE SA with its Child SA.  COUNT and SWAN_COUNT say how many handshakes.
cd "$(dirname "$(readlink -f "$0")")" || exit 1
. ./lib.sh
concurrency=16

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
      printf "%-22s %6d %8.1f %7.2f %8.1f %8.1f %6.2f %7d %6d %7d %7d %8.1f\n", name,
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
  seq 0 $((COUNT - 1)) | (cd "$pubkeys" && xargs -I{} ln -s key "i{}.load.example")
}
swan_keys() {
  mkdir -p "$net_work/gw-swan/swanctl/"{ecdsa,pubkey}
  cp "$net_work/gw.key" "$net_work/gw-swan/swanctl/ecdsa/gw.pem"
  cp "$net_work/peer.pub" "$net_work/gw-swan/swanctl/pubkey/peer.pem"
  cp "$net_work/gw.pub" "$net_work/gw-swan/swanctl/pubkey/gw.pem"
}

bench_net
ecdsa_keys "$net_work"
printf '%-22s %6s %8s %7s %8s %8s %6s %7s %6s %7s %7s %8s\n' responder SAs CPU-us x_floor \
  first-us last-us ratio B/SA per-s p50-us p99-us load-us

floor=$(bench_floor 'PSK, X25519')
gw_iked "psk \"$bench_psk\"" && measure 'iked PSK' "$floor" "$COUNT" --psk "$bench_psk"
if command -v swanctl >/dev/null; then
  gw_swan 'auth = psk
    id = gw.load.example' 'auth = psk
    id = %any' && measure 'strongSwan PSK' "$floor" "$SWAN_COUNT" --psk "$bench_psk"
fi

floor=$(bench_floor 'ECDSA P-256')
iked_keys
gw_iked 'rsa' && measure 'iked ECDSA' "$floor" "$COUNT" --key "$net_work/peer.key" \
  --peer-key "$net_work/gw.pub"
if command -v swanctl >/dev/null; then
  # It finds raw keys by one identity, so all initiators share one.
  swan_keys
  gw_swan 'auth = pubkey
    id = gw.load.example
    pubkeys = gw.pem' 'auth = pubkey
    id = i.load.example
    pubkeys = peer.pem' && measure 'strongSwan ECDSA' "$floor" "$SWAN_COUNT" \
    --key "$net_work/peer.key" --peer-key "$net_work/gw.pub" --same-id
fi

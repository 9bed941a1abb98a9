#!/bin/bash
# One cell of the matrix: our iked on one gateway, strongSwan on the other.  Arguments: the columns of
# matrix.tsv, with "ours" or "peer" for who initiates.  Prints one line of results, and both logs when
# a step failed; each step counts only when packets flowed after it.
here=$(dirname "$(readlink -f "$0")")
. "$here/../netns/lib.sh"
. "$here/../netns/daemons.sh"
. "$here/strongswan.sh"
. "$here/steps.sh"
name=$1 initiator=$2 proof=$3 our_ike=$4 their_ike=$5 our_child=$6 their_child=$7 families=$8 nat=$9
steps=${10}
secret="an interoperation secret of some length"
begin=$SECONDS
net_require
net_two_gateways

has() { [[ " $steps " == *" $1 "* ]]; }

# The initiator stands at gateway A, behind the NAT where there is one.
if [ "$initiator" = ours ]; then ours=gwA theirs=gwB; else ours=gwB theirs=gwA; fi
outer() { case $families:$1 in v4/*:gwA) echo 192.0.2.1 ;; v4/*:gwB) echo 198.51.100.1 ;;
  *:gwA) echo 2001:db8:a::1 ;; *) echo 2001:db8:b::1 ;; esac; }
inner() { case $families:$1 in */v4:gwA) echo 10.1.0.0/24 ;; */v4:gwB) echo 10.2.0.0/24 ;;
  *:gwA) echo fd00:1::/64 ;; *) echo fd00:2::/64 ;; esac; }
case $families in */v4) target_a=10.1.0.2 target_b=10.2.0.2 ;; *) target_a=fd00:1::2 target_b=fd00:2::2 ;; esac
from=$(outer "$ours") to=$(outer "$theirs") seen=$(outer "$theirs")
if [ "$nat" = yes ]; then
  net_hide_gateway_a || { echo "no NAT on this kernel"; exit 77; }
  [ "$theirs" = gwA ] && seen=198.51.100.254
fi

# From behind our gateway first: where there is no SA, our side asks for one.
flows() {
  if [ "$ours" = gwA ]; then flow_ab && flow_ba; else flow_ba && flow_ab; fi
}
flow_ab() { on hostA ping -q -c 3 -i 0.05 -W 5 "$target_b"; }
flow_ba() { on hostB ping -q -c 3 -i 0.05 -W 5 "$target_a"; }

make_key() {  # NAME: a key pair for $proof
  case ${proof%-*} in
    ecdsa256) openssl ecparam -genkey -name prime256v1 -noout -out "$net_work/$1.key" ;;
    ecdsa384) openssl ecparam -genkey -name secp384r1 -noout -out "$net_work/$1.key" ;;
    ecdsa521) openssl ecparam -genkey -name secp521r1 -noout -out "$net_work/$1.key" ;;
    ed25519) openssl genpkey -algorithm ed25519 -out "$net_work/$1.key" ;;
    rsa*) openssl genrsa -out "$net_work/$1.key" "${proof#rsa}" ;;
  esac
  openssl pkey -in "$net_work/$1.key" -pubout -out "$net_work/$1.pub"
}

more_networks() { for i in $(seq 40); do echo "10.100.$i.0/24"; done; }

write_ours() {
  local active=passive auth="psk \"$secret\"" network ike_lifetime=0 liveness=0
  [ "$initiator" = ours ] && active=active
  [ "$proof" = psk ] || auth=
  has rekeys && ike_lifetime=12
  if has asked-for-life-by-us || has peer-vanishes; then liveness=1; fi
  echo "set fragmentation"
  echo "set dpd_check_interval $liveness"
  # Whom the flood finds a policy with.
  has flooded && echo "ikev2 \"flooded\" passive from 10.250.0.0/24 to 10.251.0.0/24 local $from peer any $auth"
  echo "ikev2 \"cell\" $active esp from $(inner "$ours") to $(inner "$theirs") \\"
  has many-selectors && for network in $(more_networks); do echo "  from $(inner "$ours") to $network \\"; done
  echo "  local $from peer $seen \\"
  [ "$our_ike" = - ] || echo "  ikesa $our_ike \\"
  [ "$our_child" = - ] || echo "  childsa $our_child \\"
  echo "  srcid ours.example dstid peer.example ikelifetime $ike_lifetime \\"
  echo "  lifetime 1h bytes 100K $auth"
}

setting() { [ "$2" = - ] || echo "$1 = $2"; }
write_theirs() {
  local auth=pubkey liveness=0
  [ "$proof" = psk ] && auth=psk
  has asked-for-life-by-peer && liveness=1s
  cat <<C
connections { cell {
    version = 2
    mobike = no
    local_addrs = $to
    remote_addrs = $([ "$initiator" = ours ] && [ "$nat" = yes ] && echo %any || echo "$from")
    $(setting proposals "$their_ike")
    rekey_time = 0
    dpd_delay = $liveness
    local { auth = $auth
            id = peer.example
            $([ "$proof" = psk ] || echo "pubkeys = peer.pub") }
    remote { auth = $auth
             id = ours.example
             $([ "$proof" = psk ] || echo "pubkeys = ours.pub") }
    children { c { local_ts = $(inner "$theirs")$(has many-selectors && more_networks | sed 's/^/,/' | tr -d '\n')
                   remote_ts = $(inner "$ours")
                   rekey_time = 0
                   $(setting esp_proposals "$their_child") } } } }
$([ "$proof" = psk ] && echo "secrets { ike { secret = \"$secret\" } }")
C
}

prepare() {
  mkdir -p "$net_work/$ours" "$net_work/$theirs-swan"/swanctl/{pubkey,pkcs8}
  iked_prepare "$ours"
  if [ "$proof" != psk ]; then
    make_key ours && make_key peer || return 1
    install -m 600 "$net_work/ours.key" "$net_work/$ours/iked/private/local.key"
    install -m 644 "$net_work/peer.pub" "$net_work/$ours/iked/pubkeys/fqdn/peer.example"
    cp "$net_work/ours.pub" "$net_work/peer.pub" "$net_work/$theirs-swan/swanctl/pubkey/"
    openssl pkcs8 -topk8 -nocrypt -in "$net_work/peer.key" -out "$net_work/$theirs-swan/swanctl/pkcs8/peer.pem"
  fi
  write_ours >"$net_work/$ours/iked.conf"
  write_theirs >"$net_work/$theirs-swan/swanctl/swanctl.conf"
  # Half-open IKE SAs beyond these few cost a cookie.
  has flooded && swan_settings+=$'\n cookie_threshold = 3'
  # Its userspace ESP wants an address in each network of its side.
  if has many-selectors; then
    swan_settings+=$'\n fragment_size = 600'
    more_networks | sed 's/^/address add /; s/$/ dev lo/; s/\.0\//.1\//' | ip -n "$(ns "$theirs")" -batch -
  fi
  has older-signatures && swan_settings+=$'\n signature_authentication = no'
  net_start capture router tcpdump --immediate-mode -U -n -i a0 -w "$net_work/ike.pcap" 'udp port 500 or udp port 4500'
  net_wait 10 grep -q listening "$net_work/capture.log"
}

start_ours() { iked_start "$ours" --kernel tun && ours_pid=$net_pid; }
start_theirs() { swan_start "$theirs" && theirs_pid=$net_pid; }
# Requests of initiators that never go on, from the router.
flood() {
  on router ip route add local 10.99.0.0/24 dev lo
  on router "$ike_build/ike-load" --flood 500 --seconds 1 --sources 10.99.0.1-10.99.0.200 --psk x "$(outer gwB)"
}

results= status=0
step() {  # name: then the hosts behind must reach each other
  local started=$EPOCHREALTIME took
  echo "== $1" >>"$net_work/steps.log"
  if "${1//-/_}" >>"$net_work/steps.log" 2>&1 && flows >>"$net_work/steps.log" 2>&1; then
    took=$(((${EPOCHREALTIME/./} - ${started/./}) / 100000))
    results+="$1 $((took / 10)).$((took % 10))s  "
  else
    results+="$1 FAILED  " status=1
  fi
}

run() {
  local word
  # The responder first.
  if [ "$initiator" = ours ]; then
    start_theirs || return 1
    ! has flooded || flood || return 1
    start_ours || return 1
  else
    start_ours && start_theirs || return 1
    ! has flooded || flood || return 1
  fi
  for word in $steps; do
    case $word in
      flooded | many-selectors | older-signatures) continue ;;
      rekeys) set -- child-rekey-by-peer ike-rekey-by-peer child-rekey-by-us ike-rekey-by-us nothing-left-over ;;
      *) set -- "$word" ;;
    esac
    for word in "$@"; do
      step "$word"
      [ $status = 0 ] || return 1
    done
  done
}

prepare >>"$net_work/steps.log" 2>&1 && run >>"$net_work/steps.log" 2>&1 || status=1
printf '%-19s %-4s %-8s %s%s  %s(%d s in all)\n' "$name" "$initiator" "$proof" "$families" \
  "$([ "$nat" = yes ] && echo ' nat')" "$results" $((SECONDS - begin))
if [ $status != 0 ]; then
  echo "--- $name, $initiator: ours"
  tail -n 60 "$net_work/iked-$ours.log"
  ikectl "$ours" show sa
  echo "--- $name, $initiator: strongSwan"
  tail -n 60 "$net_work/$theirs-swan/charon.log"
  echo "--- $name, $initiator: the steps"
  tail -n 40 "$net_work/steps.log"
  echo "--- $name, $initiator: on the wire"
  tcpdump -n -r "$net_work/ike.pcap" 'udp port 500 or (udp port 4500 and udp[8:4] = 0)' 2>/dev/null | tail -n 30
  echo "---"
fi
exit $status

#!/bin/bash
# One cell of the matrix: our iked on one gateway, strongSwan on the other.  Arguments: the columns of
# matrix.tsv.  Prints one line of results; each step counts only when packets flowed after it.
here=$(dirname "$(readlink -f "$0")")
. "$here/../netns/lib.sh"
. "$here/../netns/daemons.sh"
. "$here/strongswan.sh"
initiator=$1 proof=$2 our_ike=$3 their_ike=$4 our_child=$5 their_child=$6 family=$7 nat=$8 fragment=$9
net_require
net_two_gateways

# The initiator stands at gateway A, behind the NAT where there is one.
if [ "$initiator" = ours ]; then ours=gwA theirs=gwB; else ours=gwB theirs=gwA; fi
outer() { case $family$1 in v4gwA) echo 192.0.2.1 ;; v4gwB) echo 198.51.100.1 ;;
  v6gwA) echo 2001:db8:a::1 ;; v6gwB) echo 2001:db8:b::1 ;; esac; }
inner() { [ "$1" = gwA ] && echo 10.1.0.0/24 || echo 10.2.0.0/24; }
from=$(outer "$ours") to=$(outer "$theirs") seen=$(outer "$theirs")
if [ "$nat" = yes ]; then
  net_hide_gateway_a || { echo "no NAT on this kernel"; exit 77; }
  [ "$theirs" = gwA ] && seen=198.51.100.254
fi

steps= result=0
step() {  # name, command...: then the hosts behind must reach each other
  local name=$1
  shift
  if "$@" >>"$net_work/steps.log" 2>&1 && flows; then
    steps+="$name:ok "
  else
    steps+="$name:FAILED " result=1
  fi
}
flows() {
  { on hostA ping -q -c 3 -i 0.05 -W 2 10.2.0.2 && on hostB ping -q -c 3 -i 0.05 -W 2 10.1.0.2; } \
    >>"$net_work/steps.log" 2>&1
}

keys() {
  openssl ecparam -genkey -name prime256v1 -noout -out "$net_work/$1.key" 2>/dev/null
  openssl ec -in "$net_work/$1.key" -pubout -out "$net_work/$1.pub" 2>/dev/null
}

write_ours() {
  local active=passive auth='psk "an interoperation secret of some length"'
  [ "$initiator" = ours ] && active=active
  [ "$proof" = ecdsa ] && auth=
  [ "$fragment" = yes ] && echo "set fragmentation"
  echo "ikev2 \"cell\" $active esp from $(inner "$ours") to $(inner "$theirs") \\"
  echo "  local $from peer $seen \\"
  echo "  ikesa $our_ike childsa $our_child \\"
  echo "  srcid ours.example dstid peer.example ikelifetime ${OUR_IKE_LIFETIME:-11} \\"
  echo "  lifetime ${OUR_CHILD_LIFETIME:-7} $auth"
}

write_theirs() {
  local secret= auth=pubkey
  if [ "$proof" = psk ]; then
    auth=psk
    secret='secrets { ike { secret = "an interoperation secret of some length" } }'
  fi
  cat <<C
connections { cell {
    version = 2
    mobike = no
    fragmentation = $([ "$fragment" = yes ] && echo force || echo no)
    local_addrs = $to
    remote_addrs = $([ "$initiator" = ours ] && [ "$nat" = yes ] && echo %any || echo "$from")
    proposals = $their_ike
    rekey_time = 0
    local { auth = $auth
            id = peer.example
            $([ "$proof" = ecdsa ] && echo "pubkeys = peer.pub") }
    remote { auth = $auth
             id = ours.example
             $([ "$proof" = ecdsa ] && echo "pubkeys = ours.pub") }
    children { c { local_ts = $(inner "$theirs")
                   remote_ts = $(inner "$ours")
                   rekey_time = 0
                   esp_proposals = $their_child } } } }
$secret
C
}

mkdir -p "$net_work/$ours" "$net_work/$theirs-swan"/swanctl/{pubkey,ecdsa}
iked_prepare "$ours"
if [ "$proof" = ecdsa ]; then
  keys ours
  keys peer
  install -m 600 "$net_work/ours.key" "$net_work/$ours/iked/private/local.key"
  install -m 644 "$net_work/peer.pub" "$net_work/$ours/iked/pubkeys/fqdn/peer.example"
  cp "$net_work/ours.pub" "$net_work/peer.pub" "$net_work/$theirs-swan/swanctl/pubkey/"
  cp "$net_work/peer.key" "$net_work/$theirs-swan/swanctl/ecdsa/"
fi
write_ours >"$net_work/$ours/iked.conf"
write_theirs >"$net_work/$theirs-swan/swanctl/swanctl.conf"

established() { ikectl "$ours" show sa | grep -q ESTABLISHED; }
inbound_spis() { ikectl "$ours" show sa | sed -n 's/.*ESP \(0x[0-9a-f]*\) in .*/\1/p' | sort -u; }
ike_spis() {
  ikectl "$ours" show sa | sed -n 's/^iked_sas: .*\(rspi 0x[0-9a-f]* ispi 0x[0-9a-f]*\).*/\1/p'
}
# Succeeds when a listing has something, and nothing in common with what it was.
all_new() {
  local list=$1 before=$2 now
  now=$($list)
  [ -n "$now" ] && ! printf '%s\n' "$now" | grep -qxF -e "$before"
}
by_peer() {
  local list=$1 before
  shift
  before=$($list)
  swan "$theirs" --rekey "$@" && net_wait 5 all_new "$list" "$before"
}
by_us() {
  local before
  before=$($1)
  net_wait 14 all_new "$1" "$before"
}

if [ "$initiator" = ours ]; then
  swan_start "$theirs" && iked_start "$ours" --kernel tun || exit 1
  step establish net_wait 10 established
else
  iked_start "$ours" --kernel tun && swan_start "$theirs" || exit 1
  step establish swan "$theirs" --initiate --child c
fi
if [ $result = 0 ]; then
  step child-rekey-by-peer by_peer inbound_spis --child c
  step ike-rekey-by-peer by_peer ike_spis --ike cell
  step child-rekey-by-us by_us inbound_spis
  step ike-rekey-by-us by_us ike_spis
fi
printf '%-4s %-5s %-30s %-26s %s nat=%-3s frag=%s  %s\n' "$initiator" "$proof" "$their_ike" \
  "$their_child" "$family" "$nat" "$fragment" "$steps"
if [ $result != 0 ]; then
  report=${IKE_LOGS:-/tmp}/interop-failure-$net_tag.log
  { echo "--- ours"; tail -n 60 "$net_work/iked-$ours.log"
    ikectl "$ours" show sa
    echo "--- peer"; tail -n 60 "$net_work/$theirs-swan/charon.log"
    echo "--- steps"; tail -n 20 "$net_work/steps.log"; } >"$report" 2>&1
  echo "     see $report"
fi
exit $result

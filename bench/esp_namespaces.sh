#!/bin/bash
# Two gateways with a host behind each, in network namespaces: TCP by iperf3 through our userspace ESP,
# through strongSwan's kernel-libipsec, and without any tunnel; CPU per octet of each gateway's
# processes.  The goal is a ratio within one run: at least 3 times libipsec.
# Environment: SECONDS_EACH (5), IKE_BUILD (build/release).
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tests/netns/lib.sh"
. "$root/tests/netns/daemons.sh"
. "$root/tests/interop/strongswan.sh"
SECONDS_EACH=${SECONDS_EACH:-5}
net_require
[ -x "$ike_build/iked" ] || { echo "$ike_build/iked is not built"; exit 77; }

net_space ha ga gb hb
net_link ha eth0 10.1.0.2/16 ga in 10.1.0.1/16
net_link ga out 192.0.2.1/24 gb out 192.0.2.2/24
net_link gb in 10.2.0.1/16 hb eth0 10.2.0.2/16
on ha ip route add default via 10.1.0.1
on hb ip route add default via 10.2.0.1
on ga ip route add 10.2.0.0/16 via 192.0.2.2
on gb ip route add 10.1.0.0/16 via 192.0.2.1
for gateway in ga gb; do
  on $gateway sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
done

# cpu HOST: clock ticks that all processes of a gateway used, user and system.
cpu() {
  local pid
  for pid in $(ip netns pids "$(ns "$1")"); do
    awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null
  done | awk '{ sum += $1 } END { print sum + 0 }'
}
ticks=$(getconf CLK_TCK)

# measure: prints "Gbit/s ns/octet-A ns/octet-B" of a transfer from host A to host B.
measure() {
  local before_a before_b after_a after_b result
  on hb iperf3 -s -1 -D --logfile /dev/null
  net_wait 5 on ha ping -c 1 -W 1 10.2.0.2 || { echo "0 0 0"; return 1; }
  before_a=$(cpu ga) before_b=$(cpu gb)
  result=$(on ha iperf3 -c 10.2.0.2 -t "$SECONDS_EACH" -J)
  after_a=$(cpu ga) after_b=$(cpu gb)
  echo "$result" | awk -v a=$((after_a - before_a)) -v b=$((after_b - before_b)) -v hz="$ticks" '
    /"sum_received"/ { in_sum = 1 }
    in_sum && /"bytes"/ { gsub(/[^0-9]/, ""); octets = $0 }
    in_sum && /"seconds"/ { gsub(/[^0-9.]/, "", $2); seconds = $2 }
    in_sum && /}/ { in_sum = 0 }
    END {
      if (octets == 0) { print "0 0 0"; exit 1 }
      printf "%.2f %.2f %.2f\n", octets * 8 / seconds / 1e9, a / hz * 1e9 / octets, b / hz * 1e9 / octets
    }'
}
row() { printf '%-28s %8s %12s %12s\n' "$@"; }
# stop HOST: ends what runs there.
stop() {
  local pid
  for pid in $(ip netns pids "$(ns "$1")"); do kill "$pid" 2>/dev/null; done
  net_wait 10 sh -c "[ -z \"\$(ip netns pids $(ns "$1"))\" ]"
}

# iked_conf US PEER HOST START
iked_conf() {
  mkdir -p "$net_work/$3"
  cat >"$net_work/$3/iked.conf" <<C
ikev2 "net" $4 esp from 10.$1.0.0/16 to 10.$2.0.0/16 local 192.0.2.$1 peer 192.0.2.$2 \\
    ikesa enc aes-256-gcm prf hmac-sha2-256 group curve25519 \\
    childsa enc aes-256-gcm \\
    srcid gw$1.example dstid gw$2.example psk "for the benchmark only"
C
}

swan_conf() {
  local us=$1 peer=$2
  mkdir -p "$net_work/$3-swan/swanctl"
  cat >"$net_work/$3-swan/swanctl/swanctl.conf" <<C
connections { net {
  version = 2
  local_addrs = 192.0.2.$us
  remote_addrs = 192.0.2.$peer
  proposals = aes256gcm16-prfsha256-curve25519
  local { auth = psk
          id = gw$us.example }
  remote { auth = psk
           id = gw$peer.example }
  children { net { local_ts = 10.$us.0.0/16
                   remote_ts = 10.$peer.0.0/16
                   esp_proposals = aes256gcm16 } }
} }
secrets { ike { secret = "for the benchmark only" } }
C
}

row "" "Gbit/s" "ns/octet A" "ns/octet B"
read -r plain _ _ <<<"$(measure)"
row "plain veth" "$plain" - -

iked_conf 2 1 gb passive
iked_conf 1 2 ga active
iked_start gb --kernel tun && iked_start ga --kernel tun || exit 1
net_wait 10 sh -c "ip netns exec $(ns ga) '$ike_build/ikectl' -s '$net_work/ga/iked.sock' show sa | grep -q ESTABLISHED"
read -r ours ours_a ours_b <<<"$(measure)"
row "iked, userspace ESP" "$ours" "$ours_a" "$ours_b"
stop ga
stop gb

swan_conf 1 2 ga
swan_conf 2 1 gb
swan_start gb && swan_start ga || exit 1
swan ga --initiate --child net >"$net_work/initiate.log" 2>&1 || cat "$net_work/initiate.log"
read -r theirs theirs_a theirs_b <<<"$(measure)"
row "strongSwan, kernel-libipsec" "$theirs" "$theirs_a" "$theirs_b"

awk -v ours="$ours" -v theirs="$theirs" -v a="$ours_a" -v b="$ours_b" -v ta="$theirs_a" -v tb="$theirs_b" 'BEGIN {
  if (ours == 0 || theirs == 0 || a + b == 0) { print "a tunnel did not carry traffic"; exit 1 }
  printf "ratio %.1f in throughput, %.1f in CPU per octet; to reach 3: ", ours / theirs, (ta + tb) / (a + b)
  good = ours / theirs >= 3 || (ta + tb) / (a + b) >= 3
  print good ? "yes" : "NO"
  exit !good
}'

# Test hosts as network namespaces.  Source this file; everything made is removed when the shell ends,
# also when it is interrupted.  Names carry the shell's process id, so several runs do not meet.
#
#   hostA --- gwA --- router --- gwB --- hostB
#   10.1.0.2  10.1.0.1/192.0.2.1  192.0.2.254/198.51.100.254  198.51.100.1/10.2.0.1  10.2.0.2
#   (IPv6: 2001:db8:a::/64 and 2001:db8:b::/64 outside, fd00:1::/64 and fd00:2::/64 inside)
set -u
net_tag=$$
net_work=$(mktemp -d /tmp/ike-net.XXXXXX)
net_spaces=()
net_pids=()

ns() { echo "ike$net_tag-$1"; }
on() { local host=$1; shift; ip netns exec "$(ns "$host")" "$@"; }

net_cleanup() {
  trap - EXIT
  trap '' INT TERM HUP  # a second Ctrl-C must not leave half of it behind
  local pid space i
  for pid in "${net_pids[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null; done
  for i in $(seq 40); do
    local alive=0
    for pid in "${net_pids[@]:-}"; do [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && alive=1; done
    [ $alive = 0 ] && break
    sleep 0.1
  done
  for space in "${net_spaces[@]:-}"; do
    [ -n "$space" ] || continue
    for pid in $(ip netns pids "$space" 2>/dev/null); do kill -9 "$pid" 2>/dev/null; done
    ip netns del "$space" 2>/dev/null
  done
  [ -n "${NET_KEEP:-}" ] && echo "kept: $net_work" || rm -rf "$net_work"
}
trap net_cleanup EXIT
trap 'net_cleanup; exit 130' INT TERM HUP

# Can we make namespaces and TUN devices here?  Ends the script with 77 (skipped) and says why if not.
net_require() {
  [ "$(id -u)" = 0 ] || { echo "needs root (or: unshare -Urn, see README)"; exit 77; }
  ip netns add "$(ns probe)" 2>/dev/null || { echo "cannot make network namespaces here"; exit 77; }
  ip netns del "$(ns probe)"
  if [ ! -c /dev/net/tun ]; then
    mkdir -p /dev/net
    mknod /dev/net/tun c 10 200 2>/dev/null || { echo "no /dev/net/tun here"; exit 77; }
  fi
  # Opening says whether there is a driver behind it.
  (exec 3<>/dev/net/tun) 2>/dev/null || { echo "no TUN driver here"; exit 77; }
}

# "ip netns exec" is slow, so hosts are made by few calls.
net_space() {
  local host
  for host in "$@"; do
    # A killed run of another shell with this number may have left one behind.
    ip netns del "$(ns "$host")" 2>/dev/null
    ip netns add "$(ns "$host")"
    net_spaces+=("$(ns "$host")")
    ip -n "$(ns "$host")" link set lo up
    on "$host" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
      net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
  done
}

# net_link A NAME ADDRESSES B NAME ADDRESSES: a cable; ADDRESSES are separated by commas.
net_link() {
  ip link del "v$net_tag-a" 2>/dev/null
  ip link add "v$net_tag-a" type veth peer name "v$net_tag-b"
  ip link set "v$net_tag-a" netns "$(ns "$1")" name "$2"
  ip link set "v$net_tag-b" netns "$(ns "$4")" name "$5"
  net_addresses "$1" "$2" "$3"
  net_addresses "$4" "$5" "$6"
}
net_addresses() {  # host, interface, addresses
  local address nodad
  {
    for address in ${3//,/ }; do
      [[ $address == *:* ]] && nodad=nodad || nodad=
      echo "address add $address dev $2 $nodad"
    done
    echo "link set $2 up"
  } | ip -n "$(ns "$1")" -batch -
}

net_forward() {
  local host
  for host in "$@"; do
    on "$host" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  done
}
# net_default HOST GATEWAY...
net_default() {
  local host=$1 gateway
  shift
  for gateway in "$@"; do echo "route add default via $gateway"; done | ip -n "$(ns "$host")" -batch -
}

# The topology above.
net_two_gateways() {
  net_space hostA gwA router gwB hostB
  net_forward gwA router gwB
  net_link hostA eth0 10.1.0.2/24,fd00:1::2/64 gwA in0 10.1.0.1/24,fd00:1::1/64
  net_link gwA out0 192.0.2.1/24,2001:db8:a::1/64 router a0 192.0.2.254/24,2001:db8:a::254/64
  net_link router b0 198.51.100.254/24,2001:db8:b::254/64 gwB out0 198.51.100.1/24,2001:db8:b::1/64
  net_link gwB in0 10.2.0.1/24,fd00:2::1/64 hostB eth0 10.2.0.2/24,fd00:2::2/64
  net_default hostA 10.1.0.1 fd00:1::1
  net_default hostB 10.2.0.1 fd00:2::1
  net_default gwA 192.0.2.254 2001:db8:a::254
  net_default gwB 198.51.100.254 2001:db8:b::254
}

# The router hides gwA: what leaves towards gwB has the router's address.  Linux routers translate
# addresses with nftables where the kernel can; else this returns 1.
net_hide_gateway_a() {
  on router nft -f - 2>/dev/null <<'N'
table ip nat {
  chain out {
    type nat hook postrouting priority 100;
    oifname b0 masquerade
  }
}
N
}

# Starts a program in the background in a namespace; its output goes to $net_work/NAME.log.
# net_start NAME HOST COMMAND...   sets net_pid
net_start() {
  local name=$1 host=$2
  shift 2
  ip netns exec "$(ns "$host")" "$@" >"$net_work/$name.log" 2>&1 &
  net_pid=$!
  net_pids+=("$net_pid")
}

# net_wait SECONDS COMMAND...: repeats the command until it succeeds.
net_wait() {
  local until=$((SECONDS + $1 + 1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.1
  done
}

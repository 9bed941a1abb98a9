# What the benchmarks of whole daemons share: a generator, a responder and a cable between them.
# Source it; environment: COUNT handshakes (20000), SWAN_COUNT of them for strongSwan (3000).
bench_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$bench_root/tests/netns/lib.sh"
. "$bench_root/tests/netns/daemons.sh"
. "$bench_root/tests/interop/strongswan.sh"
COUNT=${COUNT:-20000}
SWAN_COUNT=${SWAN_COUNT:-3000}
bench_psk=bench-secret-0123456789abcdef
bench_sources=10.77.0.1-10.77.0.64

# Hosts "gen" and "gw"; the generator may use every address of 10/8 but those of 10.128/16.
bench_net() {
  net_require
  net_space gen gw
  net_link gen eth0 192.0.2.1/24 gw eth0 192.0.2.2/24
  on gen ip route add local 10.0.0.0/9 dev lo
  on gw ip route add 10.0.0.0/9 via 192.0.2.1
  on gw ip address add 10.128.0.1/16 dev lo  # strongSwan wants an address in the network it protects
  on gw sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0
}

# bench_floor TITLE: CPU microseconds of the bare libcrypto work, e.g. "PSK, X25519".
bench_floor() {
  [ -s "$net_work/floor" ] || "$ike_build/bench_floor" >"$net_work/floor"
  awk -v title="$1" 'index($0, title) == 1 { print $NF }' "$net_work/floor"
}

# bench_load [OPTIONS...]: ike-load's JSON, with what all runs have in common.
bench_load() {
  on gen "$ike_build/ike-load" -j --sources "$bench_sources" "$@" 192.0.2.2
}

# field NAME < JSON: the number after the first "NAME".
field() { grep -o "\"$1\": -\?[0-9]*" | head -n 1 | grep -o -- '-\?[0-9]*$'; }
# field_in OBJECT NAME < JSON
field_in() { grep -o "\"$1\": {[^}]*}" | field "$2"; }

# gw_iked AUTHENTICATION: our daemon without a kernel; leaves its pid in gw_pid.
gw_iked() {
  mkdir -p "$net_work/gw"
  cat >"$net_work/gw/iked.conf" <<C
set dpd_check_interval 0
ikev2 "load" passive esp \\
        from 10.128.0.0/16 to 10.64.0.0/16 \\
        local 192.0.2.2 peer any \\
        ikesa enc aes-256-gcm prf hmac-sha2-256 group curve25519 \\
        childsa enc aes-256-gcm \\
        srcid gw.load.example \\
        $1
C
  iked_start gw --kernel none || return 1
  gw_pid=$net_pid
}

# gw_swan LOCAL REMOTE: strongSwan with the same policy; pieces of swanctl.conf.  As shipped, but for
# what would make it work on other things than handshakes: its log, limits for half-open SAs, routes.
gw_swan() {
  local dir=$net_work/gw-swan
  mkdir -p "$dir"/swanctl/{x509,x509ca,private,pubkey,ecdsa,rsa,pkcs8}
  cat >"$dir/strongswan.conf" <<C
charon-systemd {
    load = $(echo $swan_plugins)
    filelog { log { path = $dir/charon.log
            default = ${SWAN_LOG:--1} } }
    plugins { vici { socket = unix://$dir/vici } }
    syslog { }
    start-scripts { }
    install_routes = no
    ${swan_limits:-cookie_threshold = 0
    block_threshold = 0}
}
C
  cat >"$dir/swanctl/swanctl.conf" <<C
connections { load {
    version = 2
    local_addrs = 192.0.2.2
    remote_addrs = %any
    proposals = aes256gcm16-prfsha256-curve25519
    dpd_delay = 0
    unique = never
    local { $1 }
    remote { $2 }
    children { c {
        local_ts = 10.128.0.0/16
        remote_ts = 10.64.0.0/16
        esp_proposals = aes256gcm16-noesn
        start_action = none } } } }
secrets { ike-load { secret = "$bench_psk" } }
C
  STRONGSWAN_CONF=$dir/strongswan.conf SWANCTL_DIR=$dir/swanctl net_start swan-gw gw \
    unshare -m sh -c 'mount -t tmpfs tmpfs /run/lock 2>/dev/null; exec charon-systemd'
  gw_pid=$net_pid
  net_wait 10 swan gw --version && swan gw --load-all >"$dir/load.log" 2>&1 && return 0
  echo "strongSwan did not start:"
  tail -n 30 "$dir/load.log" "$dir/charon.log" "$net_work/swan-gw.log" 2>/dev/null
  return 1
}

gw_stop() {
  kill "$gw_pid" 2>/dev/null
  net_wait 20 sh -c "! kill -0 $gw_pid" || kill -9 "$gw_pid"
}

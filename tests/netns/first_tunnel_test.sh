#!/bin/bash
# The thinnest thread: two hosts on one cable, a shared secret, a ping through the tunnel; once with
# all processes apart, once with both daemons collapsed into one process each.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
net_require
failed=0

net_space east west
net_link east out0 192.0.2.1/24 west out0 192.0.2.2/24
on east ip address add 10.1.0.1/24 dev lo
on west ip address add 10.2.0.1/24 dev lo
mkdir -p "$net_work/east" "$net_work/west"
common='psk "a secret for the test network"'
echo "ikev2 active from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 192.0.2.2 $common" \
  >"$net_work/east/iked.conf"
echo "ikev2 from 10.2.0.0/24 to 10.1.0.0/24 local 192.0.2.2 peer 192.0.2.1 $common" \
  >"$net_work/west/iked.conf"

up() { ikectl east show sa | grep -q ESTABLISHED; }
run() {  # name, options of both daemons...
  local name=$1 east west result=0
  shift
  iked_start west --kernel tun "$@" && west=$net_pid && iked_start east --kernel tun "$@" || exit 1
  east=$net_pid
  net_wait 30 up || result=1
  on east ping -q -c 3 -i 0.2 -W 10 -I 10.1.0.1 10.2.0.1 >"$net_work/ping-$name.log" || result=1
  kill "$east" && wait "$east" || result=1
  kill "$west" && wait "$west" || result=1
  [ $result = 0 ] && echo "ok   $name" && return
  failed=1
  echo "FAIL $name"
  cat "$net_work/ping-$name.log" "$net_work"/iked-{east,west}.log
}
run separated
run collapsed --collapse
exit $failed

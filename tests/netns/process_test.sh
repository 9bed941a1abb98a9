#!/bin/bash
# The processes of a running daemon: what rights each has, what happens when one is lost, what a
# second instance or a missing account is told.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
net_require
failed=0
check() {  # name, command...
  local name=$1
  shift
  if "$@"; then echo "ok   $name"; else failed=1; echo "FAIL $name"; fi
}

net_space gate
on gate ip address add 192.0.2.1/24 dev lo
mkdir -p "$net_work/gate"
echo 'ikev2 passive from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 192.0.2.2 psk "a test secret, long enough"' \
  >"$net_work/gate/iked.conf"
start() { iked_start gate --kernel tun "$@" || exit 1; parent=$net_pid; }
child_of() { pgrep -P "$parent" -f "iked: $1"; }
field() { awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"; }
account=$(id -u _iked)
answers() { ikectl gate show stats >/dev/null; }
gone() { ! kill -0 "$parent" 2>/dev/null; }
no_children() { for pid in "$@"; do kill -0 "$pid" 2>/dev/null && return 1; done; return 0; }
no_device() { ! on gate ip -o link | grep -q ike0; }

start
for role in keys kernel control engine; do
  pid=$(child_of $role)
  capabilities=0000000000000000
  [ $role = kernel ] && capabilities=0000000000001000 # CAP_NET_ADMIN
  check "$role runs as _iked" [ "$(field "$pid" Uid)" = "$account" ]
  check "$role has no other capability" [ "$(field "$pid" CapEff)$(field "$pid" CapPrm)" = "$capabilities$capabilities" ]
  check "$role cannot gain any" [ "$(field "$pid" CapBnd)$(field "$pid" NoNewPrivs)" = 00000000000000001 ]
  check "$role has its calls filtered" [ "$(field "$pid" Seccomp)" = 2 ]
done
engine=$(child_of engine)
check "the engine holds no file, only sockets and its own" \
  bash -c "! ls -l /proc/$engine/fd | grep -E ' -> /' | grep -vE '/dev/null|/dev/pts|\.log$|/dev/tty'"

options=(-d -f "$net_work/gate/iked.conf" --etc "$net_work/gate/iked" --kernel tun)
second() { on gate "$ike_build/iked" "${options[@]}" "$@" >"$net_work/second.log" 2>&1; }
second -s "$net_work/gate/iked.sock"
check "a second instance is refused" [ $? = 1 ]
check "and told of the first" grep -q 'another instance is running' "$net_work/second.log"
second -s "$net_work/gate/other.sock"
check "so is one on another socket" [ $? = 1 ]
check "and told of the port" grep -q 'cannot bind UDP 0.0.0.0:500' "$net_work/second.log"
second -s "$net_work/gate/other.sock" --user nobody-of-that-name
check "a missing account is refused" [ $? = 1 ]
check "and told how to make it" grep -q adduser "$net_work/second.log"
check "the first is not disturbed" answers
kill "$parent"
wait "$parent"
check "SIGTERM ends it with exit code 0" [ $? = 0 ]
check "and takes the control socket away" [ ! -e "$net_work/gate/iked.sock" ]

for role in keys kernel control engine; do
  start
  children=$(pgrep -P "$parent")
  kill -9 "$(child_of $role)"
  check "losing $role ends the set" net_wait 15 gone
  wait "$parent"
  check "with exit code 1" [ $? = 1 ]
  check "and a line that names it" grep -q "lost child: $role terminated; signal 9" "$net_work/iked-gate.log"
  # shellcheck disable=SC2086
  check "leaving no process" net_wait 10 no_children $children
  check "and no device" net_wait 10 no_device
done

# One that lives and does nothing is noticed, too.
start
children=$(pgrep -P "$parent")
kill -STOP "$(child_of engine)"
check "an engine that hangs ends the set" net_wait 90 gone
wait "$parent"
check "with exit code 1" [ $? = 1 ]
check "and a line that names it" grep -q "engine does not answer any more" "$net_work/iked-gate.log"
# shellcheck disable=SC2086
check "leaving no process" net_wait 10 no_children $children

# A parent that is killed cannot say anything; its children go by themselves.
start
children=$(pgrep -P "$parent")
kill -9 "$parent"
wait "$parent" 2>/dev/null
# shellcheck disable=SC2086
check "children do not outlive their parent" net_wait 15 no_children $children

# Without -d: the command returns when the daemon works.
on gate "$ike_build/iked" -f "$net_work/gate/iked.conf" -s "$net_work/gate/iked.sock" \
  --etc "$net_work/gate/iked" --kernel none
check "the command succeeds once the daemon runs" [ $? = 0 ]
check "and the daemon answers at once" answers
for pid in $(ip netns pids "$(ns gate)"); do kill "$pid" 2>/dev/null; done
exit $failed

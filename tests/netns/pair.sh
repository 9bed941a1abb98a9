# Two gateways of ours with one tunnel between them, and what is asked of it again and again.  Source
# after lib.sh and daemons.sh.
failed=0
check() {  # name, command...
  local name=$1
  shift
  if "$@"; then echo "ok   $name"; else failed=1; echo "FAIL $name"; fi
}
secret='psk "a secret for the test network"'
# Policies of either gateway without what makes them active or passive.
between_a="from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 198.51.100.1"
between_b="from 10.2.0.0/24 to 10.1.0.0/24 local 198.51.100.1 peer 192.0.2.1"

# write_conf HOST LINE...: its iked.conf
write_conf() {
  local host=$1
  shift
  mkdir -p "$net_work/$host"
  printf '%s\n' "$@" >"$net_work/$host/iked.conf"
  chmod 600 "$net_work/$host/iked.conf"
}
# pair_start: gwB, then gwA; their parents' pids in b_pid and a_pid.
pair_start() {
  iked_start gwB --kernel tun "$@" && b_pid=$net_pid && iked_start gwA --kernel tun "$@" && a_pid=$net_pid &&
    net_wait 30 both_up
}
both_up() { ikectl gwA show sa | grep -q ' ESTABLISHED ' && ikectl gwB show sa | grep -q ' ESTABLISHED '; }
ike_spis() { ikectl "$1" show sa | sed -n 's/^iked_sas: .*\(rspi 0x[0-9a-f]* ispi 0x[0-9a-f]*\).* ESTABLISHED .*/\1/p' | sort; }
child_spis() { ikectl "$1" show sa | sed -n 's/^ *sa_childsas: .* ESP \(0x[0-9a-f]*\) in .*/\1/p' | sort; }
statistic() { ikectl "$1" -j show stats | grep -o "\"$2\": *[0-9]*" | grep -o '[0-9]*$'; }
ping_through() { on hostA ping -q -c 3 -i 0.1 -W 5 "${1:-10.2.0.2}" >/dev/null; }
ping_back() { on hostB ping -q -c 3 -i 0.1 -W 5 10.1.0.2 >/dev/null; }

# A ping that goes on until traffic_stop, which prints what was lost.  traffic_start [ping's options]
traffic_start() {
  net_start traffic hostA ping -q -i 0.02 "$@" "${traffic_to:-10.2.0.2}"
  traffic_pid=$net_pid
}
# Succeeds when nothing at all was lost.
traffic_stop() {
  sleep 0.5 # the last answer is under way
  kill -INT "$traffic_pid"
  wait "$traffic_pid"
  grep 'packets transmitted' "$net_work/traffic.log" | sed 's/^/     /'
  awk '/packets transmitted/ { sent = $1; got = $4 } END { exit !(sent > 10 && got >= sent - 1) }' \
    "$net_work/traffic.log"
}
# Both logs when something failed; the exit code of the test.
pair_end() {
  [ $failed = 0 ] || tail -n "${1:-40}" "$net_work"/iked-gw[AB].log
  exit $failed
}

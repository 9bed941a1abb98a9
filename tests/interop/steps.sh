# What is done in a cell of the matrix, one function a step; a dash in a step's name is an underscore
# here.  Source from cell.sh.  A step waits for what it claims and fails when that does not come;
# the waits are long for loaded machines and end as soon as the thing is there.

established_ikes() { # SPI pairs
  ikectl "$ours" show sa | sed -n 's/^iked_sas: .*\(rspi 0x[0-9a-f]* ispi 0x[0-9a-f]*\).* ESTABLISHED .*/\1/p'
}
all_ikes() { ikectl "$ours" show sa | sed -n 's/^iked_sas: .*\(rspi 0x[0-9a-f]* ispi 0x[0-9a-f]*\).*/\1/p'; }
inbound_children() { ikectl "$ours" show sa | sed -n 's/^ *sa_childsas: .* ESP \(0x[0-9a-f]*\) in .*/\1/p'; }
peers_ikes() { swan "$theirs" --list-sas --raw 2>/dev/null | grep -o 'state=ESTABLISHED'; }
statistic() { ikectl "$ours" -j show stats | grep -o "\"$1\": *[0-9]*" | grep -o '[0-9]*$'; }

# none_of LISTING BEFORE: nothing of what a listing said then is left.
none_of() { ! "$1" | grep -qxF -e "$2"; }
# all_new LISTING BEFORE: something is there, and nothing of then.
all_new() { [ -n "$("$1")" ] && none_of "$1" "$2"; }
one_line() { [ "$("$1" | wc -l)" = 1 ]; }

establish() {
  if [ "$initiator" = peer ]; then swan "$theirs" --initiate --child c; fi
  net_wait 20 one_line established_ikes && { [ "$nat" = no ] || ikectl "$ours" show sa | grep -q ' natt'; }
}

rekey_by_peer() { # LISTING SWANCTL-ARGUMENTS...
  local listing=$1 before
  shift
  before=$("$listing")
  [ -n "$before" ] && swan "$theirs" --rekey "$@" && net_wait 20 all_new "$listing" "$before"
}
child_rekey_by_peer() { rekey_by_peer inbound_children --child c; }
# The old IKE SA stays for a while, closing, to answer repeated DELETEs; so only established ones count.
ike_rekey_by_peer() { rekey_by_peer established_ikes --ike cell; }

# Our Child SAs live by 100K of volume here and are renewed from 85K on: most of it in one go, then in
# small portions, so that the end is not overrun.
child_rekey_by_us() {
  local before tries=100
  before=$(inbound_children)
  [ -n "$before" ] || return 1
  on hostA ping -q -c 55 -i 0.002 -W 5 -s 1350 "$target_b"
  until all_new inbound_children "$before"; do
    on hostA ping -q -c 2 -i 0.01 -W 5 -s 1350 "$target_b"
    [ $((tries -= 1)) -gt 0 ] || return 1
  done
}
# Our IKE SAs live by time.
ike_rekey_by_us() {
  local before
  before=$(established_ikes)
  [ -n "$before" ] && net_wait 30 all_new established_ikes "$before"
}
nothing_left_over() { net_wait 30 one_line all_ikes && net_wait 10 one_line inbound_children; }

fragmented() { [ "$(statistic fragments_sent)" -gt 1 ] && [ "$(statistic fragments_reassembled)" -gt 0 ]; }

# What the first message of the responder was, by its first payload.
captured() {
  net_wait 5 captured_now "$@"
}
captured_now() {
  [ "$(tcpdump -n -r "$net_work/ike.pcap" "udp port 500 and udp[26] = 34 and $*" 2>/dev/null | wc -l)" -gt 0 ]
}
# Only a notify: INVALID_KE_PAYLOAD here.
group_was_asked() { captured "src host $(outer gwB) and udp[24] = 41"; }
# A request that begins with a notify: the cookie.
cookie_was_asked() { captured "src host $(outer gwA) and udp[24] = 41"; }

delete_child_by_peer() {
  local before
  before=$(inbound_children)
  swan "$theirs" --terminate --child c && net_wait 10 none_of inbound_children "$before"
}
delete_ike_by_peer() {
  local before
  before=$(established_ikes)
  swan "$theirs" --terminate --ike cell && net_wait 10 none_of established_ikes "$before"
}
peers_spis() { swan "$theirs" --list-sas --raw | grep -o 'initiator-spi=[0-9a-f]*'; }
delete_by_us() {
  local before
  before=$(peers_spis)
  [ -n "$before" ] && ikectl "$ours" reset id FQDN/peer.example && net_wait 10 none_of peers_spis "$before"
}

# Restarted without a goodbye.  strongSwan says INITIAL_CONTACT and we drop what we have; our iked does
# not say it, as the original, so strongSwan keeps the old SA until it asks.
all_dead() { local pid; for pid in "$@"; do kill -0 "$pid" 2>/dev/null && return 1; done; return 0; }
restart_of_initiator() {
  local before children
  if [ "$initiator" = ours ]; then
    before=$(peers_spis)
    children=$(pgrep -P "$ours_pid")
    kill -9 "$ours_pid"
    # shellcheck disable=SC2086
    net_wait 15 all_dead $children  # they hold the ports until they are gone
    start_ours && net_wait 20 one_line established_ikes && [ "$(peers_spis)" != "$before" ]
  else
    before=$(established_ikes)
    kill -9 "$theirs_pid"
    start_theirs && swan "$theirs" --initiate --child c
    net_wait 20 all_new established_ikes "$before" && one_line established_ikes
  fi
}

# One side asks each second when nothing comes; the SA outlives many answers.
asked_often() { [ "$(statistic dpd_requests_sent)" -gt 3 ]; }
peer_asked_often() { swan "$theirs" --counters | awk '/info-in-resp/ { n = $NF } END { exit !(n > 3) }'; }
same_after() {
  local before
  before=$(established_ikes)
  net_wait 30 "$1" && [ "$(established_ikes)" = "$before" ]
}
# We ask when what we send goes unanswered; so nobody answers pings for a while.
asked_for_life_by_us() {
  local deaf=hostB result
  [ "$ours" = gwB ] && deaf=hostA
  on $deaf sysctl -qw net.ipv4.icmp_echo_ignore_all=1
  one_way_traffic
  same_after asked_often
  result=$?
  on $deaf sysctl -qw net.ipv4.icmp_echo_ignore_all=0
  kill "$net_pid"
  return $result
}
one_way_traffic() {
  if [ "$ours" = gwA ]; then net_start pings hostA ping -q -i 0.3 "$target_b"; else
    net_start pings hostB ping -q -i 0.3 "$target_a"; fi
}
asked_for_life_by_peer() { same_after peer_asked_often; }

# The peer loses its memory without a word.  Our packets go unanswered, so we ask, wait as long as the
# schedule says, give up and begin anew.
peer_vanishes() {
  local before result
  before=$(established_ikes)
  kill -9 "$theirs_pid"
  start_theirs || return 1
  one_way_traffic
  net_wait 160 all_new established_ikes "$before"
  result=$?
  kill "$net_pid"
  return $result
}

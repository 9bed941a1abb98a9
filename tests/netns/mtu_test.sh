#!/bin/bash
# Large packets: cut where they may be, refused with the size that fits where they may not, and
# adapted when the way between the gateways becomes narrower.
here=$(dirname "$(readlink -f "$0")")
. "$here/lib.sh"
. "$here/daemons.sh"
. "$here/pair.sh"
net_require
net_two_gateways
write_conf gwA "ikev2 active $between_a $secret" \
  "ikev2 active from fd00:1::/64 to fd00:2::/64 local 2001:db8:a::1 peer 2001:db8:b::1 $secret"
write_conf gwB "ikev2 $between_b $secret" \
  "ikev2 from fd00:2::/64 to fd00:1::/64 local 2001:db8:b::1 peer 2001:db8:a::1 $secret"
check "the tunnels come up" pair_start
two() { [ "$(ike_spis gwA | wc -l)" = 2 ]; }
check "both of them" net_wait 20 two

large() { on hostA ping -q -c 3 -i 0.1 -W 5 "$@" >/dev/null; }
check "a packet of 1,300 octets flows" large -s 1272 -M do 10.2.0.2
check "one of 3,000 octets is cut and flows" large -s 2972 -M dont 10.2.0.2
check "one of 20,000 octets, too" large -s 19972 -M dont 10.2.0.2
check "and one of 3,000 octets of IPv6" large -s 2952 fd00:2::2
refused() { on hostA ping -c 1 -W 3 "$@" 2>&1 | grep -qE 'Frag needed|too long|Packet too big|message too long'; }
on hostA ip route flush cache
check "one that may not be cut is refused with the size that fits" refused -s 1472 -M do 10.2.0.2

cat >"$net_work/receive.py" <<'P'
import hashlib, socket, sys
s = socket.create_server(("", 8000), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
while True:
    c, _ = s.accept()
    digest, size = hashlib.sha256(), 0
    while data := c.recv(65536):
        digest.update(data)
        size += len(data)
    c.sendall(digest.digest())
    c.close()
P
cat >"$net_work/send.py" <<'P'
import hashlib, os, socket, sys
data = os.urandom(3_000_000)
s = socket.create_connection((sys.argv[1], 8000), 20)
s.settimeout(40)
s.sendall(data)
s.shutdown(socket.SHUT_WR)
sys.exit(s.recv(32, socket.MSG_WAITALL) != hashlib.sha256(data).digest())
P
net_start receive hostB python3 "$net_work/receive.py"
net_wait 10 grep -q ready "$net_work/receive.log"
transfer() { on hostA python3 "$net_work/send.py" "$1"; }
check "TCP brings 3 MB" transfer 10.2.0.2
check "TCP over IPv6, too" transfer fd00:2::2

# The cable behind the router becomes narrower than what both gateways know of.
on router ip link set b0 mtu 1400
on gwB ip link set out0 mtu 1400
check "TCP adapts to a narrower way" transfer 10.2.0.2
check "cut packets still flow" large -s 2972 -M dont 10.2.0.2
pair_end

# Starting our daemon in a test host.  Source after lib.sh.
ike_build=${IKE_BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/release}

# iked_start HOST [OPTIONS...]: runs iked in HOST with $net_work/HOST/iked.conf and key folder
# $net_work/HOST/iked; returns when its control socket answers.
iked_prepare() {
  local dir=$net_work/$1
  mkdir -p "$dir/iked/private" "$dir/iked/pubkeys/fqdn" "$dir/iked/pubkeys/ipv4" \
    "$dir/iked/pubkeys/ipv6" "$dir/iked/pubkeys/ufqdn" "$dir/iked/ca" "$dir/iked/certs" "$dir/iked/crls"
  chmod 755 "$net_work" "$dir" "$dir/iked"
  chmod 700 "$dir/iked/private"
}
iked_user() {  # the unprivileged account, made when it is missing
  (flock 9; id _iked >/dev/null 2>&1 ||
    useradd --system --home-dir /var/empty --no-create-home --shell /usr/sbin/nologin _iked) \
    9>>/run/lock/ike-test-account
}
iked_start() {
  local host=$1 dir=$net_work/$1
  shift
  iked_user
  iked_prepare "$host"
  chmod 600 "$dir/iked.conf"
  net_start "iked-$host" "$host" "$ike_build/iked" -d -f "$dir/iked.conf" -s "$dir/iked.sock" \
    --etc "$dir/iked" "$@"
  net_wait 30 ikectl "$host" show stats && return 0
  echo "iked did not start on $host:"
  cat "$net_work/iked-$host.log"
  return 1
}
ikectl() {
  local host=$1
  shift
  on "$host" "$ike_build/ikectl" -s "$net_work/$host/iked.sock" "$@"
}

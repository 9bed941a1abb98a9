# Debian's strongSwan as a peer in a test host, with its userspace ESP.  Source after lib.sh.
# It always encapsulates in UDP, for that is how its userspace ESP works.
swan_plugins="random nonce openssl aes des sha1 sha2 md5 gmp curve25519 chapoly gcm ccm ctr cmac
 xcbc hmac kdf mgf1 pem pkcs1 pkcs8 x509 revocation constraints pubkey kernel-libipsec kernel-netlink
 socket-default vici updown counters"

# swan_start HOST: charon with its state in $net_work/HOST-swan; its swanctl.conf must be there.
# More lines for strongswan.conf in swan_settings.  Leaves its process in net_pid.
swan_settings=
swan_start() {
  local host=$1 dir=$net_work/$1-swan
  mkdir -p "$dir"/swanctl/{x509,x509ca,private,pubkey,ecdsa,rsa,pkcs8}
  cat >"$dir/strongswan.conf" <<C
charon-systemd {
    load = $(echo $swan_plugins)
    filelog { log { path = $dir/charon.log
            flush_line = yes
            default = ${SWAN_LOG:-1} } }
    plugins { vici { socket = unix://$dir/vici } }
    start-scripts { }
    retransmit_timeout = 2
    retransmit_tries = 3
    ${swan_settings-}
}
C
  STRONGSWAN_CONF=$dir/strongswan.conf SWANCTL_DIR=$dir/swanctl net_start "swan-$host" "$host" \
    unshare -m sh -c 'mount -t tmpfs tmpfs /run/lock 2>/dev/null; exec charon-systemd'
  net_wait 30 swan "$host" --version && swan "$host" --load-all >"$dir/load.log" 2>&1 && return 0
  echo "strongSwan did not start on $host:"
  cat "$dir/load.log" "$dir/charon.log" 2>/dev/null | tail -n 30
  return 1
}
# swan HOST SWANCTL-ARGUMENTS...
swan() {
  local host=$1 command=$2 dir=$net_work/$1-swan
  shift 2
  SWANCTL_DIR=$dir/swanctl STRONGSWAN_CONF=$dir/strongswan.conf \
    on "$host" swanctl "$command" --uri "unix://$dir/vici" "$@"
}

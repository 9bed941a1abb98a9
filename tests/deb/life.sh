#!/bin/bash
# The life of the package on a system where it may do what it likes: install, run, upgrade, remove,
# purge.  Arguments: the package, a configuration.  scripts/deb makes the system.
set -eu
package=$1 config=$2
expect() {  # text, command...
  local what=$1
  shift
  "$@" || { echo "FAIL $what"; exit 1; }
}
ip link set lo up
ip address add 192.0.2.1/24 dev lo
dpkg -i "$package" >/dev/null
expect "the account is made" id _iked
expect "the key is its owner's alone" [ "$(stat -c '%a %U' /etc/iked/private/local.key)" = '600 root' ]
expect "so is its folder" [ "$(stat -c '%a %U' /etc/iked/private)" = '700 root' ]
key=$(sha256sum /etc/iked/private/local.key)
expect "what was installed is as it was packed" dpkg --verify ikesuite
man_page() { gzip -dc "/usr/share/man/$1.gz" | grep -q iked; }
expect "there is a manual" man_page man8/iked.8

install -m 600 "$config" /etc/iked.conf
expect "the configuration is good" iked -n
iked --kernel none >/dev/null 2>&1
for _ in $(seq 300); do
  ikectl show sa >/dev/null 2>&1 && break
  sleep 0.1
done
expect "the daemon answers" ikectl show sa
# Only our own processes are visible here, see on_a_copy in scripts/deb.
expect "this is a process namespace of its own" [ "$(readlink /proc/self/ns/pid)" != "${HOST_PIDS:?}" ]
pid=$(pgrep -o -x iked)
kill "$pid"
for _ in $(seq 300); do
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
expect "and ends" [ ! -e "/proc/$pid" ]

dpkg -i "$package" >/dev/null
expect "an upgrade keeps the key" [ "$(sha256sum /etc/iked/private/local.key)" = "$key" ]
dpkg -r ikesuite >/dev/null
expect "removing takes the programs" [ ! -e /usr/sbin/iked ]
expect "and keeps the key" [ -e /etc/iked/private/local.key ]
dpkg -P ikesuite >/dev/null
expect "purging takes the key" [ ! -e /etc/iked/private/local.key ]
expect "and keeps the administrator's file" [ -e /etc/iked.conf ]

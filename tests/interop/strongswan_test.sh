#!/bin/bash
# Runs every cell of matrix.tsv against Debian's strongSwan, several at a time (CELLS_AT_ONCE), and
# prints the table.  Arguments: names of single configurations.
here=$(dirname "$(readlink -f "$0")")
if ! command -v swanctl >/dev/null || ! [ -x /usr/sbin/charon-systemd ]; then
  echo "strongSwan is not installed"
  exit 77
fi
results=$(mktemp -d /tmp/ike-interop.XXXXXX)
runner=
finish() {
  trap '' INT TERM HUP
  # Each cell cleans up behind itself.
  [ -n "$runner" ] && kill -- "-$runner" 2>/dev/null && wait "$runner"
  rm -rf "$results"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

number=0
while IFS= read -r line; do
  [[ $line == \#* ]] && continue
  IFS=$'\t' read -r -a columns <<<"$line"
  [ $# = 0 ] || [[ " $* " == *" ${columns[0]} "* ]] || continue
  for initiator in ours peer; do
    [ "${columns[1]}" = "$initiator" ] || [ "${columns[1]}" = both ] || continue
    number=$((number + 1))
    printf '%s\0' "${columns[0]}" "$initiator" "${columns[@]:2}"
  done
done <"$here/matrix.tsv" >"$results/cells"

# A cell's output appears in one piece.
one='"$0" "${@:2}" >"$1/$$" 2>&1; status=$?; exec 9>>"$1/lock"; flock 9; cat "$1/$$"; exit $status'
set -m
xargs -0 -n 10 -P "${CELLS_AT_ONCE:-6}" bash -c "$one" "$here/cell.sh" "$results" <"$results/cells" &
runner=$!
set +m
wait "$runner"
status=$?
runner=
cells=$(($(tr -cd '\0' <"$results/cells" | wc -c) / 10))
if [ $status = 0 ]; then
  echo "$cells cells, all passed"
else
  echo "$cells cells, some failed"
  exit 1
fi

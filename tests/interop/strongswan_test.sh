#!/bin/bash
# Runs every cell of matrix.tsv against Debian's strongSwan, two at a time, and prints the table.
# Arguments: numbers of single cells (from 1).
here=$(dirname "$(readlink -f "$0")")
if ! command -v swanctl >/dev/null || ! [ -x /usr/sbin/charon-systemd ]; then
  echo "strongSwan is not installed"
  exit 77
fi
export IKE_LOGS=${IKE_LOGS:-$here/../../build/interop}
mkdir -p "$IKE_LOGS"
mapfile -t cells < <(grep -v '^#' "$here/matrix.tsv")
if [ $# -gt 0 ]; then
  chosen=()
  for number in "$@"; do chosen+=("${cells[number - 1]}"); done
  cells=("${chosen[@]}")
fi
run='IFS=$'"'\t'"' read -r -a columns <<<"$1"; exec "$0" "${columns[@]}"'
if printf '%s\0' "${cells[@]}" | xargs -0 -P 2 -I{} bash -c "$run" "$here/cell.sh" {}; then
  echo "${#cells[@]} cells, all passed"
else
  echo "${#cells[@]} cells, some failed"
  exit 1
fi

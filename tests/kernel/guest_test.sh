#!/bin/bash
# The kernel's IPsec proven in a real kernel that has it: our daemon as it is shipped, and the back end's
# own tests where they are built (build/asan).  Skipped where the guest's packages are missing.
here=$(dirname "$(readlink -f "$0")")
root=$(cd "$here/../.." && pwd)
build=${IKE_BUILD:-$root/build/release}
[ -x "$build/iked" ] || { echo "$build/iked is not built"; exit 77; }
tests=$root/build/asan/tests/test_kernel
contract='true'
[ -x "$tests" ] && contract="$tests --gtest_brief=1 --gtest_filter='Backends/Contract.*/xfrm:Xfrm*'"
export IKE_BUILD=$build
exec "$here/run-in-guest" -t "${GUEST_SECONDS:-170}" bash -c "$contract && '$here/xfrm_in_guest.sh'"

#!/usr/bin/env python3
"""The pure core performs no I/O: its undefined symbols are memory, strings and the C++ runtime.

    purity_test.py BUILD_FOLDER
"""

import pathlib
import re
import subprocess
import sys

from tree import finish

CORE = ["base", "model", "wire", "crypto", "ike", "esp", "keynote", "ikev2", "engine"]

# What the core may leave to others.  FORBIDDEN wins: everything of the C++ library that could do
# I/O, tell the time, draw randomness or start a thread.
ALLOWED = re.compile(
    r"^(_Z|__cxa_|__gxx_personality|_Unwind_|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__dso_handle"
    r"|mem(cpy|move|set|cmp|chr)$|__mem(cpy|move|set)_chk$|__explicit_bzero_chk$"
    r"|str(len|cmp|ncmp|chr)$|bcmp$|pow$|explicit_bzero$|abort$|malloc$|free$|realloc$"
    r"|__(asan|ubsan|tsan|sanitizer|gcov|sancov)_|__tls_get_addr$|__gcov|mangle_path$|__libc_single_threaded$)")
FORBIDDEN = re.compile(
    r"(socket|sendto|recvfrom|sendmsg|recvmsg|clock_gettime|gettimeofday|getrandom|random_device"
    r"|pthread|open64|fopen|basic_(i|o)?fstream|cout|cerr|cin\b|getenv|system_clock3now"
    r"|steady_clock3now|St6thread|fork|exec[lv]|ioctl|usleep|nanosleep)")
# base/assert.cpp ends the process with a message on standard error; nothing else may write.
ASSERTION = {"assert.cpp.o": {"stderr", "fprintf", "__fprintf_chk", "fwrite"}}


def undefined(archive):
    """(object file, symbol) of everything the archive does not define itself."""
    out = subprocess.run(["nm", "--undefined-only", archive],
                         capture_output=True, text=True, check=True).stdout
    member = ""
    for line in out.splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif line.strip():
            yield member, line.split()[-1]


def check(build):
    findings, seen = [], 0
    for name in CORE:
        archive = build / f"libike_{name}.a"
        if not archive.exists():
            if any((build.parents[1] / "src" / name).glob("**/*.cpp")):
                findings.append(f"{archive}: not built")
            continue
        seen += 1
        for member, symbol in undefined(archive):
            if symbol in ASSERTION.get(member, ()):
                continue
            if FORBIDDEN.search(symbol) or not ALLOWED.match(symbol):
                findings.append(f"libike_{name}.a: {member} needs {symbol}")
    if seen == 0:
        findings.append(f"{build}: no library of the core found")
    return findings


if __name__ == "__main__":
    finish("purity", check(pathlib.Path(sys.argv[1]).resolve()))

#!/usr/bin/env python3
"""Every bound of base/limits.h is used by the code and reached by a test that names it."""

import re

from tree import ROOT, finish, sources

BOUND = re.compile(r"^inline constexpr [\w:]+ (k\w+)", re.MULTILINE)
HEADER = ROOT / "src/base/limits.h"


def check():
    bounds = BOUND.findall(HEADER.read_text())
    used = {folder: set() for folder in ("src", "tests")}
    for folder, names in used.items():
        for path in sources(ROOT, (folder,)):
            # A fuzz target aborts at a bound, but need not come there.
            if path != HEADER and "fuzz" not in path.relative_to(ROOT).parts:
                names.update(re.findall(r"\bk[A-Z]\w*", path.read_text()))
    findings = [] if bounds else ["src/base/limits.h: no bounds found"]
    for name in bounds:
        if name not in used["src"]:
            findings.append(f"src/base/limits.h: {name} bounds nothing")
        if name not in used["tests"]:
            findings.append(f"src/base/limits.h: no test names {name}")
    return findings


if __name__ == "__main__":
    finish("limits", check())

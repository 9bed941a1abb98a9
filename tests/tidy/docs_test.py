#!/usr/bin/env python3
"""ARCHITECTURE.md names every file of src/ once, with one line, and no file that is not there."""

import re

from tree import ROOT, finish

# "- `base/bytes.h` `.cpp` views and owners of octets": a header and its .cpp share a line
ENTRY = re.compile(r"^- `([\w./-]+)`((?: `\.\w+`)*) +\S")


def documented():
    names = []
    for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines():
        match = ENTRY.match(line)
        if not match:
            continue
        stem = match[1].rsplit(".", 1)[0]
        names.append(match[1])
        names += [stem + suffix.strip("`") for suffix in match[2].split()]
    return names


def check():
    there = {str(p.relative_to(ROOT / "src")) for p in (ROOT / "src").rglob("*") if p.is_file()}
    named = documented()
    findings = [f"ARCHITECTURE.md: src/{name} is named twice"
                for name in sorted(set(named)) if named.count(name) > 1]
    findings += [f"ARCHITECTURE.md: src/{name} has no line" for name in sorted(there - set(named))]
    findings += [f"ARCHITECTURE.md: src/{name} is not there" for name in sorted(set(named) - there)]
    return findings


if __name__ == "__main__":
    finish("ARCHITECTURE.md and src/", check())

#!/usr/bin/env python3
"""Collects the citations "//= RFC n section s: ..." (or FIPS n) of code and tests into docs/rfc.md.

    rfc_test.py            fails when docs/rfc.md is not what the citations say
    rfc_test.py --write    writes docs/rfc.md
"""

import re
import sys
from collections import defaultdict

from tree import ROOT, finish, sources

CITATION = re.compile(r"//= ((?:RFC|FIPS) \d+) section ([\w.]+?)\.?:? ")
HEAD = """# Sections of RFCs and FIPS: where they are obeyed and which tests prove it

Made by `tests/tidy/rfc_test.py --write` from the citations in the code; do not edit.

| section | code | tests |
|---|---|---|
"""


def key(section):
    rfc, number = section
    return int(rfc.split()[1]), [int(p) if p.isdigit() else 0 for p in number.split(".")], number


def collect():
    code, tests = defaultdict(set), defaultdict(set)
    for path in sources():
        name = str(path.relative_to(ROOT))
        for match in CITATION.finditer(path.read_text()):
            (tests if name.startswith("tests/") else code)[match[1], match[2]].add(name)
    return code, tests


def table(code, tests):
    rows = []
    for section in sorted(set(code) | set(tests), key=key):
        where = ", ".join(f"`{n.removeprefix('src/')}`" for n in sorted(code[section]))
        proof = ", ".join(f"`{n.removeprefix('tests/')}`" for n in sorted(tests[section]))
        rows.append(f"| {section[0]} {section[1]} | {where} | {proof} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    text = table(*collect())
    target = ROOT / "docs/rfc.md"
    if "--write" in sys.argv[1:]:
        target.write_text(text)
    current = target.read_text() if target.exists() else ""
    finish("docs/rfc.md", [] if current == text else
           ["docs/rfc.md is not up to date: run tests/tidy/rfc_test.py --write"])

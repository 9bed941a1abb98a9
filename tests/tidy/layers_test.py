#!/usr/bin/env python3
"""A folder of src/ includes only folders of lower levels.  The levels are in cmake/layers.txt.

    layers_test.py [ROOT]      check the tree
    layers_test.py --prove     show that a wrong include is found
"""

import pathlib
import re
import shutil
import sys
import tempfile

from tree import ROOT, finish, sources

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
CRYPTO_IMPLEMENTATIONS = ("crypto/openssl/", "crypto/fake/")
# Who may name an implementation of crypto: those who choose one, above the sans-IO line.
CHOOSERS = {"keys", "daemons", "tools", "privsep", "runtime"}


def read_layers(root):
    level, allowed = {}, set()
    for line in (root / "cmake/layers.txt").read_text().splitlines():
        words = line.split("#")[0].split()
        if len(words) == 3 and words[0] == "allow":
            allowed.add((words[1], words[2]))
        elif len(words) == 2:
            level[words[1]] = int(words[0])
    return level, allowed


def check_include(folder, target, text, level, allowed):
    """None when it is fine, else what is wrong with it."""
    if target != folder:
        if level[target] > level[folder]:
            return f"{folder} (level {level[folder]}) may not include {target} (level {level[target]})"
        if level[target] == level[folder] and (folder, target) not in allowed:
            return f"{folder} and {target} are siblings and must not see each other"
    if text.startswith(CRYPTO_IMPLEMENTATIONS) and folder not in CHOOSERS | {"crypto"}:
        return f"{folder} must use the interface of crypto/, not an implementation"
    return None


def check(root):
    level, allowed = read_layers(root)
    findings = []
    for path in sources(root, ("src",)):
        relative = path.relative_to(root / "src")
        folder = relative.parts[0]
        if folder not in level:
            findings.append(f"src/{relative}: folder {folder} is not in cmake/layers.txt")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match[1].split("/")[0]
            wrong = None
            if target in level:
                wrong = check_include(folder, target, match[1], level, allowed)
            elif target == "openssl" and not str(relative).startswith("crypto/openssl/"):
                wrong = "OpenSSL headers belong to crypto/openssl only"
            elif target == "libmnl" and folder != "kernel":
                wrong = "libmnl belongs to kernel only"
            if wrong:
                findings.append(f"src/{relative}:{number}: {wrong}: {line.strip()}")
    return findings


def prove():
    """A copy with two deliberately wrong includes must yield exactly two findings more."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        shutil.copytree(ROOT / "src", root / "src")
        shutil.copytree(ROOT / "cmake", root / "cmake")
        before = check(root)
        (root / "src/base/wrong.h").write_text('#include "engine/io.h"\n')
        (root / "src/wire/wrong.h").write_text('#include "model/policy.h"\n')
        added = [f for f in check(root) if f not in before]
    for finding in added:
        print("found, as it must be:", finding)
    return [] if len(added) == 2 else [f"2 wrong includes were planted, {len(added)} found"]


if __name__ == "__main__":
    if "--prove" in sys.argv[1:]:
        finish("layers, planted errors", prove())
    finish("layers", check(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))

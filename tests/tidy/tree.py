"""What the tidy tests share: where the sources are and how a finding is reported."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def sources(root=ROOT, folders=("src", "tests", "bench")):
    """Every C++ file of ours, sorted, build trees left out."""
    found = []
    for folder in folders:
        for suffix in ("*.h", "*.cpp", "*.def"):
            found += (root / folder).rglob(suffix)
    return sorted(found)


def tracked(root=ROOT):
    """All files git knows (or would take), as paths relative to the root."""
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, text=True, check=False).stdout
    return sorted(set(line for line in out.splitlines() if (root / line).exists()))


def finish(name, findings):
    """Prints the findings and ends the program: 1 when there are any."""
    for finding in findings:
        print(finding)
    print(f"{name}: {len(findings)} finding(s)")
    sys.exit(1 if findings else 0)

#!/usr/bin/env python3
"""The rules of STYLE.md that a script can check."""

import re

from tree import ROOT, finish, sources, tracked

COLUMNS, FILE_LINES, FUNCTION_LINES = 100, 800, 70

# pattern, where it is allowed, what to do instead
BANNED = [
    (r"\bmemcpy\s*\(", ("src/base/", "src/esp/", "src/kernel/", "src/runtime/", "src/privsep/",
                        "src/crypto/openssl/", "tests/", "bench/"), "std::copy or Writer"),
    (r"\breinterpret_cast\b", ("src/base/", "src/kernel/", "src/runtime/", "src/privsep/",
                               "src/crypto/openssl/", "src/esp/", "src/tools/", "src/config/",
                               "src/keys/", "src/daemons/", "tests/", "bench/"), "Reader"),
    (r"\bnew\s+[A-Z]", (), "std::make_unique"),
    (r"\bdelete\s+\w", (), "an owner"),
    (r"\b(time|rand|srand)\s*\(\s*(NULL|nullptr|0)\s*\)", (), "Instant, Random"),
    (r"\bsystem_clock\b", ("src/runtime/", "src/tools/", "tests/", "bench/"), "WallTime"),
    (r"\bgetenv\b", ("tests/", "src/tools/", "src/runtime/", "bench/"), "an option"),
    (r"\bs?printf\s*\(", ("src/base/assert.cpp", "tests/", "bench/", "src/tools/",
                          "src/daemons/"), "fmt"),
    (r"std::regex", (), "a parser"),
    (r"\bthrow\b", ("tests/",), "Result"),
]
# The engine must not know which daemon it serves.
DAEMON_NAMES = re.compile(r"\b(iked|isakmpd|in\.iked|openiked)\b", re.IGNORECASE)
NAMELESS = ("src/ike/", "src/ikev1/", "src/ikev2/", "src/engine/", "src/esp/")
NOT_A_FUNCTION = re.compile(r"^(namespace|class|struct|enum|extern|union|using|constexpr|inline "
                            r"constexpr|const |static const)")


def strip_comments(line):
    return re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])


def long_functions(lines):
    """(line, length) of top-level blocks that are functions and too long."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line and (line[0].isalpha() or line[0] == "_"):
            if not NOT_A_FUNCTION.match(line):
                start = number
        elif start is not None and line.startswith("}"):
            if number - start + 1 > FUNCTION_LINES:
                yield start, number - start + 1
            start = None
        elif start is not None and line == "":
            if not any(l.rstrip().endswith("{") for l in lines[start - 1:number]):
                start = None
        if start is not None and line.rstrip().endswith(";") and not line[0:1].isspace():
            start = None


def check_file(path, name):
    findings = []
    lines = path.read_text().splitlines()
    if len(lines) > FILE_LINES:
        findings.append(f"{name}: {len(lines)} lines, at most {FILE_LINES}")
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS and not name.endswith(".def"):
            findings.append(f"{name}:{number}: {len(line)} columns, at most {COLUMNS}")
        if "\t" in line:
            findings.append(f"{name}:{number}: a tab")
        code = strip_comments(line)
        # A private constructor leaves no other way than to hand the new object to its owner at once.
        if "unique_ptr<" in line or (number > 1 and "unique_ptr<" in lines[number - 2]):
            code = re.sub(r"\bnew\b", "", code)
        for pattern, allowed, instead in BANNED:
            if re.search(pattern, code) and not name.startswith(allowed or ("-",)):
                findings.append(f"{name}:{number}: banned here, use {instead}: {line.strip()}")
        if name.startswith(NAMELESS) and DAEMON_NAMES.search(line):
            findings.append(f"{name}:{number}: the engine knows no daemon: {line.strip()}")
    for number, length in long_functions(lines):
        findings.append(f"{name}:{number}: a function of {length} lines, at most {FUNCTION_LINES}")
    if name.endswith(".h") and "#pragma once" not in lines:
        findings.append(f"{name}: no #pragma once")
    return findings


def check():
    findings = []
    for path in sources():
        findings += check_file(path, str(path.relative_to(ROOT)))
    for name in tracked():
        if re.search(r"\.(orig|rej|o|a|so)$", name):
            findings.append(f"{name}: does not belong into the repository")
    return findings


if __name__ == "__main__":
    finish("style", check())

#!/usr/bin/env python3
"""ARCHITECTURE.md lists every file of src/ with one line: the first sentence of the file itself.

    docs_test.py            fails when the list is not what the files say, or a file says nothing
    docs_test.py --write    brings the list up to date

docs/ipc.md lists every message between processes: under a heading for each type of
src/privsep/messages.h the kinds that it has, no more and no less.
"""

import re
import sys

from tree import ROOT, finish

BEGIN = "<!-- files: made by tests/tidy/docs_test.py --write -->\n"
END = "<!-- end of files -->\n"


def first_sentence(path):
    """Of the comment at the top of a file; "" where there is none."""
    words = []
    for line in path.read_text().splitlines():
        if not line.startswith("//"):
            break
        text = line.removeprefix("//").strip()
        if not text or text.startswith("="):
            break
        words.append(text)
    text = re.sub(r"\s+", " ", " ".join(words))
    return re.split(r"(?<=[a-z)\]0-9\"])[.](?: |$)", text)[0].rstrip(".")


def entries():
    """(name with its suffixes, sentence) of all files; a header and its .cpp are one entry."""
    stems = {}
    for path in sorted((ROOT / "src").rglob("*")):
        if path.is_file():
            stems.setdefault(path.relative_to(ROOT / "src").with_suffix(""), []).append(path)
    for stem, paths in sorted(stems.items(), key=lambda item: (item[0].parent, item[0].name)):
        paths.sort(key=lambda p: [".h", ".def", ".cpp"].index(p.suffix))
        sentence = next((s for s in map(first_sentence, paths) if s), "")
        name = f"`{paths[0].relative_to(ROOT / 'src')}`"
        yield " ".join([name] + [f"`{p.suffix}`" for p in paths[1:]]), sentence, str(stem)


def file_list():
    text, folder, findings = "", None, []
    for name, sentence, stem in entries():
        if not sentence:
            findings.append(f"src/{stem}: no comment at its top says what it is for")
        parent = stem.rsplit("/", 1)[0]
        if parent != folder:
            text += f"\n**{parent}/**\n\n"
            folder = parent
        text += f"- {name} {sentence}\n"
    return text + "\n", findings


def kinds_of(name, text):
    """The kinds of a message type: the alternatives of its variant, or its one type."""
    used = re.search(r"using " + name + r"\s*=\s*([^;]+);", text)
    if not used:
        return [name]
    variant = re.match(r"std::variant<(.*)>$", re.sub(r"\s+", " ", used[1]).strip())
    names = variant[1].split(",") if variant else [used[1]]
    names = [n.strip().split("::")[-1] for n in names]
    return names if variant else kinds_of(names[0], text)


def undocumented_messages():
    text = "".join((ROOT / "src" / f).read_text() for f in ("privsep/messages.h", "model/ports.h"))
    codec = (ROOT / "src/privsep/codec.cpp").read_text()
    page = (ROOT / "docs/ipc.md").read_text()
    sections = {}
    for section in re.split(r"^## ", page, flags=re.M)[2:]:
        sections[section.split(":", 1)[0]] = re.findall(r"^\| `(\w+)` \|", section, flags=re.M)
    types = re.findall(r"^IKE_CODEC\((\w+)\)", codec, flags=re.M)
    for name in sorted(set(types) | set(sections)):
        if name not in types:
            yield f"docs/ipc.md: {name} is no message of src/privsep/codec.cpp"
        elif name not in sections:
            yield f"docs/ipc.md: has no section \"## {name}: ...\""
        elif sections[name] != kinds_of(name, text):
            yield (f"docs/ipc.md: {name} has {', '.join(kinds_of(name, text))}; "
                   f"the page lists {', '.join(sections[name])}")


def main():
    target = ROOT / "ARCHITECTURE.md"
    text = target.read_text()
    listing, findings = file_list()
    findings += undocumented_messages()
    if BEGIN not in text or END not in text:
        finish("ARCHITECTURE.md and src/", ["ARCHITECTURE.md: the markers of the file list are gone"])
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    wanted = head + BEGIN + listing + END + tail
    if "--write" in sys.argv[1:]:
        target.write_text(wanted)
    elif wanted != text:
        findings.append("ARCHITECTURE.md: its file list is not what src/ has: "
                        "run tests/tidy/docs_test.py --write")
    finish("ARCHITECTURE.md and src/", findings)


if __name__ == "__main__":
    main()

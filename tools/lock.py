"""The lock: what was looked at and accepted. ``make accept WHAT="…"`` accepts named subjects after showing the diff.

Three files under ``lock/`` hold, for each subject, who looked last, when, and its lines.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from datetime import date
from pathlib import Path

from tools.content import ROOT, short, subjects

Subjects = dict[str, list[str]]


def read(root: Path, kind: str) -> tuple[Subjects, dict[str, str]]:
    """The locked lines of each subject, and who looked at it when."""
    lines: Subjects = {}
    looked: dict[str, str] = {}
    path = root / "lock" / f"{kind}.txt"
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        if line.startswith("# "):
            name = line[2:]
            lines[name] = []
        elif line.startswith("looked: "):
            looked[name] = line[8:]
        elif line:
            lines[name].append(line)
    return lines, looked


def write(root: Path, kind: str, lines: Subjects, looked: dict[str, str]) -> None:
    """Write one lock file, subjects in order, so that a change is a readable diff."""
    out = []
    for name in sorted(lines):
        out += [f"# {name}", f"looked: {looked.get(name, '– on –')}", *lines[name], ""]
    (root / "lock").mkdir(exist_ok=True)
    (root / "lock" / f"{kind}.txt").write_text("\n".join(out), encoding="utf-8")


def difference(old: list[str], new: list[str]) -> list[str]:
    """What changed between two lists of lines, old with ``-`` and new with ``+``."""
    return [x for x in difflib.ndiff(old, new) if x[0] in "+-"]


def where(root: Path, kind: str, name: str, changed: list[str]) -> str:
    """The file and line at which a changed subject is found, as well as it can be told."""
    path = {"claims": "decision/knowledge/claims.csv"}.get(kind, name)
    if kind == "tables" and "/" not in name and not name.startswith("_"):
        path = f"decision/knowledge/{name}"
    needle = ""
    for line in changed:
        said = re.match(r"[+-] (?:says|card) (\S+): (.*)", line)
        row = re.match(r"[+-] row (\w+): row: (\S+)", line)
        if said:
            path, needle = said[1], said[2][:25]
            break
        if row:
            path, needle = f"decision/knowledge/{row[1]}.csv", row[2] + ","
            break
        needle = needle or (name + "," if kind == "claims" else re.sub(r"^[+-] (?:[0-9a-f]{12} )?(?:\w+: )?", "", line))
    file = root / path
    if not file.exists():
        return path
    start = " ".join(needle.split(" | ")[0].split()[:4])
    for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if start and start in " ".join(line.split()):
            return f"{path}:{n}"
    return path


def faults(root: Path, now: dict[str, Subjects]) -> list[tuple[str, list[str]]]:
    """Every subject that differs from the lock: a two-line message and the diff beneath it."""
    out = []
    words = {"claims": "the text or the rows of claim", "pages": "the page", "tables": "the file"}
    for kind, lines in now.items():
        old, _ = read(root, kind)
        for name in sorted(set(old) | set(lines)):
            if old.get(name) != lines.get(name):
                changed = difference(old.get(name, []), lines.get(name, []))
                verb = "is new" if name not in old else "is gone" if name not in lines else "changed since it was accepted"
                place = where(root, kind, name, changed)
                out.append((f"{place}: {words[kind]} {name} {verb}.\n"
                            f"    Look at it, then: make accept WHAT={name}", changed))
    return out


def main(argv: list[str] | None = None) -> int:
    """Show the diff of the named subjects (or ``all``) and write them to the lock."""
    p = argparse.ArgumentParser(description="Accept what changed, after a look.")
    p.add_argument("what", nargs="+", help="claim ids, page or file names as the check prints them, or all")
    args = p.parse_args(argv)
    if "surface" in args.what or "all" in args.what:
        from decision import space
        (ROOT / "lock").mkdir(exist_ok=True)
        (ROOT / "lock/surface.txt").write_text(space.digest() + " digest of the decision surface\n", encoding="utf-8")
        print("accepted: surface")
        args.what = [w for w in args.what if w != "surface"]
    now = subjects(ROOT)
    known = {name for kind in now for name in now[kind]} | {n for k in now for n in read(ROOT, k)[0]}
    unknown = [w for w in args.what if w != "all" and w not in known]
    if unknown:
        print(f"Not a subject of the lock: {', '.join(unknown)}. Use the names that `make check` prints.")
        return 2
    stamp = f"{os.environ.get('BY') or '–'} on {date.today().isoformat()}"
    for kind, lines in now.items():
        old, looked = read(ROOT, kind)
        for name in sorted(set(old) | set(lines)):
            if old.get(name) == lines.get(name) or not ("all" in args.what or name in args.what):
                continue
            print(f"accepted: {name}")
            for line in difference(old.get(name, []), lines.get(name, []))[:40] if name in old else []:
                print("    " + line)
            if name in lines:
                old[name], looked[name] = lines[name], f"{stamp}; hash {short(chr(10).join(lines[name]))}"
            else:
                old.pop(name), looked.pop(name, None)
        write(ROOT, kind, old, looked)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The lock: what was looked at and accepted. ``make accept WHAT="…"`` accepts named subjects after showing the diff.

The files under ``guard/accepted/`` hold, for each subject, who looked last, when, and its lines.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from datetime import date
from difflib import SequenceMatcher
from os.path import commonprefix
from pathlib import Path

from guard.content import ACCEPTED, ROOT, short, subjects

Subjects = dict[str, list[str]]
WORDS = {"code": "the file", "claims": "the text or the rows of claim", "pages": "the page", "tables": "the file"}


def read(root: Path, kind: str) -> tuple[Subjects, dict[str, str]]:
    """The locked lines of each subject, and who looked at it when."""
    lines: Subjects = {}
    looked: dict[str, str] = {}
    path = root / ACCEPTED / f"{kind}.txt"
    name = ""
    for x in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        if x.startswith("# "):
            name = x[2:]
            lines[name] = []
        elif x.startswith("looked: "):
            looked[name] = x[8:]
        elif x:
            lines.setdefault(name, []).append(x)
    return lines, looked


def write(root: Path, kind: str, lines: Subjects, looked: dict[str, str]) -> None:
    """Write one lock file, subjects in order, so that a change is a readable diff."""
    out = []
    for name in sorted(lines):
        out += [f"# {name}", f"looked: {looked.get(name, '– on –')}", *lines[name], ""]
    (root / ACCEPTED).mkdir(exist_ok=True)
    (root / ACCEPTED / f"{kind}.txt").write_text("\n".join(out), encoding="utf-8")


def changes(old: list[str], new: list[str]) -> list[tuple[list[str], list[str], str]]:
    """Each change between two lists of lines: the old ones, the new ones, and where in the book."""
    out = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op != "equal":
            near = new[c] if c < len(new) else new[-1] if new else ""
            out.append((old[a:b], new[c:d], getattr(near, "at", "")))
    return out


def difference(old: list[str], new: list[str]) -> list[str]:
    """What changed between two lists of lines, old with ``-`` and new with ``+``."""
    return [x for gone, come, _ in changes(old, new) for x in [f"- {y}" for y in gone] + [f"+ {y}" for y in come]]


def shown(old: list[str], new: list[str], width: int = 320) -> list[str]:
    """``difference`` for a screen: of a long line only the name and the part that changed."""
    out = []
    for gone, come, _ in changes(old, new):
        for sign, mine, other in (("-", gone, come), ("+", come, gone)):
            for n, x in enumerate(mine):
                same = len(commonprefix([x, other[n]])) if n < len(other) else 0
                start = max(same - 80, 0) if len(x) > width else 0
                lead = f"{x[:40]} … " if start > 40 else x[:start]
                out.append(f"{sign} {lead}{x[start : start + width]}{' …' if len(x) > start + width else ''}")
    return out


def hash_of(lines: list[str]) -> str:
    """The hash of a subject, as the lock and the review record name it."""
    return short("\n".join(lines))


def faults(root: Path, now: dict[str, Subjects]) -> list[tuple[str, list[str], str]]:
    """Every subject that differs from the lock: a two-line message, the diff beneath it, and its name."""
    out: list[tuple[str, list[str], str]] = []
    for kind, lines in now.items():
        if not (root / ACCEPTED / f"{kind}.txt").exists():
            out.append(
                (
                    f"{ACCEPTED}/{kind}.txt:1: there is no lock, so nothing can be compared.\n"
                    "    Restore it from the repository, or accept everything: make accept WHAT=all",
                    [],
                    "all",
                )
            )
            continue
        old, looked = read(root, kind)
        for name in sorted(set(old) | set(lines)):
            before, after = old.get(name, []), lines.get(name, [])
            do = f"    Look at it, then: make accept WHAT={name}"
            if before != after:
                place = next((at for _, _, at in changes(before, after) if at), "") or f"{ACCEPTED}/{kind}.txt:1"
                verb = "changed since it was accepted" if name in lines else "is gone"
                verb = verb if name in old else "is new"
                out.append((f"{place}: {WORDS[kind]} {name} {verb}.\n{do}", shown(before, after), name))
            elif name not in old or name not in looked or not looked[name].endswith(f"; hash {hash_of(before)}"):
                out.append((f"{ACCEPTED}/{kind}.txt:1: the entry of {name} was edited by hand.\n{do}", [], name))
    return out


def who() -> str:
    """Who looks: BY, or the name that git would put on a commit."""
    name = os.environ.get("BY", "").strip()
    if not name:
        asked = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, cwd=ROOT)
        name = asked.stdout.strip()
    return name or "–"


def main(argv: list[str] | None = None) -> int:
    """Show the diff of the named subjects (or ``all``) and write them to the lock."""
    p = argparse.ArgumentParser(description="Accept what changed, after a look.")
    p.add_argument("what", nargs="+", help="claim ids, page or file names as the check prints them, surface, or all")
    what = set(p.parse_args(argv).what)
    now = subjects(ROOT)
    known = {name for kind in now for name in now[kind]} | {n for k in now for n in read(ROOT, k)[0]}
    unknown = sorted(what - known - {"all", "surface"})
    if unknown:
        print(f"Not a subject of the lock: {', '.join(unknown)}. Use the names that `make check` prints.")
        return 2
    if what & {"surface", "all"}:
        from decision import space

        (ROOT / ACCEPTED).mkdir(exist_ok=True)
        (ROOT / ACCEPTED / "surface.txt").write_text(
            space.digest() + " digest of the decision surface\n", encoding="utf-8"
        )
        print("accepted: surface")
    decides = False
    stamp = f"{who()} on {date.today().isoformat()}"
    for kind, lines in now.items():
        old, looked = read(ROOT, kind)
        for name in sorted(set(old) | set(lines)):
            before, after = old.get(name, []), lines.get(name, [])
            note = looked.get(name, "").endswith(f"; hash {hash_of(before)}")
            if (name in old and before == after and note) or not ("all" in what or name in what):
                continue
            print(f"accepted: {name}")
            for x in shown(before, after)[:40] if before else []:
                print("    " + x)
            if name in lines:
                old[name], looked[name] = after, f"{stamp}; hash {hash_of(after)}"
            else:
                old.pop(name), looked.pop(name, None)
            decides |= name.endswith(".csv") or name.startswith("decision/")
        write(ROOT, kind, old, looked)
    if decides:
        print("Where a notebook shows this: make notebooks, then accept its page too; make test compares them.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

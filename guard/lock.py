"""The lock: what was looked at and accepted. ``make accept WHAT="…"`` accepts named subjects and shows what changed.

The files under ``guard/accepted/`` hold, for each subject, who looked last, when, and its lines, indented. Pages,
tables and claims stand there in words; code stands there as a hash for each of its parts.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from guard import addresses
from guard.content import ACCEPTED, ROOT, short, subjects, text_of

Subjects = dict[str, list[str]]
KINDS = {"pages": "passage", "tables": "row", "code": "part", "claims": "sentence or row behind this claim"}
HASH = re.compile(r"\s?‹[0-9a-f]{12}›")
PART = re.compile(r"[0-9a-f]{12} (.*)")
AROUND, MOST = 60, 240  # characters shown beside a change, and of it


@dataclass
class Fault:
    """A subject that differs from the lock: a two-line message, what changed in words, and what to accept."""

    place: str
    what: str
    names: list[str]
    see: str = "Compare the words below"
    shown: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        """Where and what on one line, what to do on the next."""
        claims = f" It bears on claim{'s' * (len(self.claims) > 1)} {', '.join(self.claims)}." if self.claims else ""
        return f"{self.place}: {self.what}{claims}\n    {self.see}, then: {command(self.names + self.claims)}"


def command(names: list[str]) -> str:
    """The command that accepts these subjects."""
    names = ["all"] if "all" in names else list(dict.fromkeys(names))
    return f'make accept WHAT="{" ".join(names)}"' if len(names) > 1 else f"make accept WHAT={names[0]}"


def read(root: Path, kind: str) -> tuple[Subjects, dict[str, str]]:
    """The locked lines of each subject, and who looked at it when."""
    lines: Subjects = {}
    looked: dict[str, str] = {}
    path = root / ACCEPTED / f"{kind}.txt"
    name = ""
    for x in text_of(path).split("\n") if path.exists() else []:
        if x.startswith("# "):
            name = x[2:]
            lines[name] = []
        elif x.startswith("looked: "):
            looked[name] = x[8:]
        elif x.strip():
            lines.setdefault(name, []).append(x.removeprefix("  "))
    return lines, looked


def write(root: Path, kind: str, lines: Subjects, looked: dict[str, str]) -> None:
    """Write one lock file, subjects in order, so that a change is a readable diff."""
    out = []
    for name in sorted(lines):
        out += [f"# {name}", f"looked: {looked.get(name, '– on –')}", *(f"  {x}" for x in lines[name]), ""]
    (root / ACCEPTED).mkdir(exist_ok=True)
    (root / ACCEPTED / f"{kind}.txt").write_text("\n".join(out), encoding="utf-8", newline="\n")


def entry(root: Path, kind: str, name: str) -> str:
    """Where a subject stands in its lock file."""
    path = root / ACCEPTED / f"{kind}.txt"
    lines = text_of(path).split("\n") if path.exists() else []
    return f"{ACCEPTED}/{kind}.txt:{lines.index(f'# {name}') + 1 if f'# {name}' in lines else 1}"


def changes(old: list[str], new: list[str]) -> list[tuple[list[str], list[str], str]]:
    """Each change between two lists of lines: the old ones, the new ones, and where in the book."""
    out = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op != "equal":
            near = new[c] if c < len(new) else new[-1] if new else ""
            out.append((old[a:b], new[c:d], getattr(near, "at", "")))
    return out


def pairs(gone: list[str], come: list[str]) -> list[tuple[str, str]]:
    """Old and new lines that belong together; "" where one has no other."""
    if len(gone) == len(come):
        return list(zip(gone, come, strict=True))
    left, out = list(come), []
    for x in gone:
        near = max(left, key=lambda y: SequenceMatcher(None, x.split(), y.split()).ratio(), default="")
        alike = near and SequenceMatcher(None, x.split(), near.split()).ratio() >= 0.5
        out.append((x, near if alike else ""))
        left = [y for y in left if not (alike and y is near)]
    return [*out, *(("", y) for y in left)]


def difference(old: list[str], new: list[str]) -> list[str]:
    """What changed between two lists of lines, whole, old with ``-`` and new with ``+``."""
    return [x for gone, come, _ in changes(old, new) for x in [f"- {y}" for y in gone] + [f"+ {y}" for y in come]]


def stretch(old: str, new: str) -> tuple[str, str]:
    """Of two texts the part that differs, with a few words on each side."""
    a, b = old.split(), new.split()
    first = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    last = 0
    while last < min(len(a), len(b)) - first and a[-1 - last] == b[-1 - last]:
        last += 1
    lead, tail = " ".join(a[:first]), " ".join(a[len(a) - last :])
    lead = lead if len(lead) <= AROUND else "… " + lead[-AROUND:].partition(" ")[2]
    tail = tail if len(tail) <= AROUND else tail[:AROUND].rpartition(" ")[0] + " …"
    out = []
    for words in (a, b):
        middle = " ".join(words[first : len(words) - last])
        middle = middle if len(middle) <= MOST else f"{middle[: MOST // 2]} … {middle[-MOST // 2 :]}"
        out.append(" ".join(x for x in (lead, middle, tail) if x) or "(nothing)")
    return out[0], out[1]


def cells(line: str) -> dict[str, str]:
    """A row's line as its cells."""
    return {k: v for k, _, v in (x.partition(": ") for x in line.split(" | "))}


def label(kind: str, line: str) -> str:
    """What a line of a subject is called."""
    if kind == "tables":
        return f"row {next(iter(cells(line).values()))}"
    if code := PART.match(line) if kind == "code" else None:
        return f"“{code[1]}”" if " " in code[1] else code[1]
    if cell := re.match(r"(cell \S+), (code|text|output): ", line):
        return f"the {cell[2]} of {cell[1]}"
    first = " ".join(line.split()[:6])
    return f"the {'line' if kind == 'code' else 'passage'} “{first if first == line else f'{first} …'}”"


def shown(kind: str, old: list[str], new: list[str]) -> list[str]:
    """What changed, for people: words before and now on two lines, of a row only the cells that changed."""
    out: list[str] = []
    for gone, come, _ in changes(old, new):
        for a, b in pairs(gone, come):
            name = label(kind, b or a)
            at = getattr(b, "at", "").rpartition(":")[2]
            if PART.match(a or b) if kind == "code" else False:
                verb = "changed" if a and b and label(kind, a) == name else "new" if not a else "gone"
                out += [f"{verb}: {name}{f', line {at}' if at else ''}"]
                out += [f"gone: {label(kind, a)}"] if a and b and label(kind, a) != name else []
            elif not a or not b:
                out.append(f"{'new' if b else 'gone'}: {stretch('', HASH.sub('', a or b))[1]}")
            elif kind == "tables" and label(kind, a) == name:
                was, now = cells(a), cells(b)
                for k in dict.fromkeys([*was, *now]):
                    if was.get(k) != now.get(k):
                        x, y = stretch(was.get(k, "–"), now.get(k, "–"))
                        out += [f"before: {name}, {k}: {x}", f"now:    {name}, {k}: {y}"]
            elif HASH.sub("", a) == HASH.sub("", b):
                out.append(f"changed: {name} (not its words: code, a picture, layout or tags; git diff shows it)")
            else:
                x, y = stretch(HASH.sub("", a), HASH.sub("", b))
                out += [f"before: {x}", f"now:    {y}"]
    return out


def hash_of(lines: list[str]) -> str:
    """The hash of a subject, as the lock and the review record name it."""
    return short("\n".join(lines))


def told(kind: str, name: str, old: list[str], new: list[str]) -> str:
    """In a sentence, what changed of a subject."""
    found = [p for gone, come, _ in changes(old, new) for p in pairs(gone, come)]
    if kind == "claims":
        return f"what stands behind claim {name} changed since it was accepted."
    if len(found) > 1:
        return f"{len(found)} {KINDS[kind]}s changed since they were accepted."
    a, b = found[0]
    verb = "is new: nobody has accepted it yet" if not a else "is gone" if not b else "changed since it was accepted"
    return f"{label(kind, b or a)} {verb}."


def hosts(line: str) -> str:
    """The page or the file in which a line of a claim stands."""
    kind, _, rest = line.partition(" ")
    where = rest.partition(": ")[0]
    return {"says": where, "card": where, "row": f"{where}.csv", "input:": "vocabulary.csv"}.get(kind, "claims.csv")


def faults(root: Path, now: dict[str, Subjects]) -> list[Fault]:
    """Every subject that differs from the lock. A claim is named where its sentence or its row changed, and once."""
    out: list[Fault] = []
    found: dict[str, Fault] = {}
    for kind in sorted(now, key=lambda kind: kind == "claims"):
        lines, thing = now[kind], "page" if kind == "pages" else "claim" if kind == "claims" else "file"
        if not (root / ACCEPTED / f"{kind}.txt").exists():
            what = f"the list of accepted {kind} is gone, so nothing can be compared with it."
            out.append(Fault(f"{ACCEPTED}/{kind}.txt:1", what, ["all"], "Restore it from git, or look at everything"))
            continue
        old, looked = read(root, kind)
        for name in sorted(set(old) | set(lines)):
            before, after = old.get(name, []), lines.get(name, [])
            if before == after and name in looked and looked[name].endswith(f"; hash {hash_of(before)}"):
                continue
            fault = Fault(entry(root, kind, name), "", [name])
            if name not in old:
                fault.place = getattr(after[0], "at", f"{name}:1") if after else f"{name}:1"
                fault.what, fault.see = f"the {thing} {name} is new: nobody has accepted it yet.", "Read it"
            elif name not in lines:
                fault.what = f"the {thing} {name} is gone."
                fault.see = "Restore it, or be sure that it should go"
            elif before == after:
                fault.what = f"this entry, of {name}, was not written by make accept."
                fault.see = f"Restore it from git, or look at {name} again"
            else:
                fault.place = next((at for _, _, at in changes(before, after) if at), fault.place)
                fault.what, fault.shown = told(kind, name, before, after), shown(kind, before, after)
                if kind == "code" and any(PART.match(x) for x in after):
                    fault.see = f"See it with git diff HEAD -- {name} (once committed: git log -p -- {name})"
            changed = {hosts(x) for gone, come, _ in changes(before, after) for x in gone + come}
            if kind == "claims" and changed and changed <= set(found):
                next(found[x] for x in found if x in changed).claims.append(name)
                continue
            found[name] = fault
            out.append(fault)
    return out


def decides(names: list[str]) -> bool:
    """Whether notebooks may print otherwise once these subjects changed."""
    return any(
        n.endswith(".csv") or n.startswith("decision/") or n in ("surface", "chapters/preamble.py") for n in names
    )


def who() -> str:
    """Who looks: BY, or the name that git would put on a commit."""
    name = os.environ.get("BY", "").strip()
    if not name:
        asked = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, cwd=ROOT)
        name = asked.stdout.strip()
    return name or "–"


def surface(root: Path) -> tuple[str, str]:
    """The digest of the decision surface that was accepted, and the one of now."""
    from decision import space

    path = root / ACCEPTED / "surface.txt"
    return (text_of(path).split() or [""])[0] if path.exists() else "", space.digest()


def main(argv: list[str] | None = None) -> int:
    """Show what changed of the named subjects (or of ``all``) and write them to the lock."""
    from guard.readable import unreadable

    p = argparse.ArgumentParser(description="Accept what changed, after a look.")
    p.add_argument("what", nargs="+", help="claim ids, page or file names as the check prints them, surface, or all")
    what = set(p.parse_args(argv).what)
    if broken := unreadable(ROOT):
        print("\n".join(broken))
        print("Nothing was accepted, because this cannot be read.")
        return 1
    now = subjects(ROOT)
    known = {name for kind in now for name in now[kind]} | {n for k in now for n in read(ROOT, k)[0]}
    unknown = sorted(what - known - {"all", "surface"})
    if unknown:
        print(f"Nothing here is called {', '.join(unknown)}. Use the names that make check prints.")
        return 2
    done = 0
    if what & {"surface", "all"}:
        accepted, digest = surface(ROOT)
        if accepted != digest:
            text = f"{digest} digest of the decision surface\n"
            (ROOT / ACCEPTED).mkdir(exist_ok=True)
            (ROOT / ACCEPTED / "surface.txt").write_text(text, encoding="utf-8", newline="\n")
            print("Accepted: who is decided how (surface)")
            done += 1
    stamp = f"{who()} on {date.today().isoformat()}"
    for kind, lines in now.items():
        old, looked = read(ROOT, kind)
        for name in sorted(set(old) | set(lines)):
            before, after = old.get(name, []), lines.get(name, [])
            note = looked.get(name, "").endswith(f"; hash {hash_of(before)}")
            if (name in old and before == after and note) or not ("all" in what or name in what):
                continue
            print(f"Accepted: {name}{' (gone)' if name not in lines else '' if name in old else ' (new)'}")
            for x in shown(kind, before, after)[:40] if before and after else []:
                print("    " + x)
            if name in lines:
                old[name], looked[name] = after, f"{stamp}; hash {hash_of(after)}"
            else:
                old.pop(name), looked.pop(name, None)
            done += 1
        write(ROOT, kind, old, looked)
        if kind == "pages":
            addresses.add(ROOT, set(old))
    if not done:
        print("Nothing to accept: what you named is as it was accepted.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

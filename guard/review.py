"""The review record: who looked at which chapter or table, and for which text. ``make review`` shows and writes it.

``guard/reviews/record.csv`` has a row for each review; ``guard/reviews/<hash>.txt`` keeps what an approval was
given for, so that the book can show what changed since. An approval holds only while the text is the one approved.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from datetime import date
from pathlib import Path

from decision.reader import Row, read_csv
from guard.content import CARD, ROLE, ROOT, pages, prose, row_line, rows, subjects, tables_of_knowledge
from guard.lock import HASH, difference, hash_of

FIELDS = ["subject", "state", "by", "role", "on", "hash"]
STATES = ("Under review", "Approved")
RECORD = "guard/reviews/record.csv"
PRINTED = re.compile(r"^`{3,}\{([\w-]+)\}[ \t]*(.*)$(?:\n:rules:(.*)$)?", re.M)


def snapshot(subject: str, now: dict[str, dict[str, list[str]]], root: Path = ROOT) -> list[str]:
    """What a reader of this page or table is shown: its blocks, the claims on it and the rows it prints."""
    if subject in now["tables"]:
        return now["tables"][subject]
    text = prose(root, Path(subject))
    lines = list(now["pages"][subject])
    claims = {m[2] for m in (*ROLE.finditer(text), *CARD.finditer(text))}
    register = rows(root, "claims") if "{claim-register}" in text else []
    claims |= {c["id"] for c in register if f":section: {c['section']}\n" in text}
    for ident in sorted(claims):
        lines += [f"claim {ident}: {x}" for x in now["claims"].get(ident, [])]
    printed = [(m[1], m[2].split(), (m[3] or "").split()) for m in PRINTED.finditer(text)]
    for kind, named, rules in printed:
        file = named[0] if kind == "decision-table" and named else kind
        wanted = set(named if kind == "gaps" else rules)
        for r in rows(root, file) if kind in ("decision-table", "gaps", "disagreements") else []:
            if not wanted or next(iter(r.values())).split(".")[0] in wanted:
                lines.append(f"{file}.csv: {row_line(r)}")
    asked = " ".join(re.findall(r"^:questions:(.*)$", text, re.M)).split()
    asked = asked or ["" for kind, _, _ in printed if kind == "panel"]  # a panel without the option asks everything
    lists = {x for kind, named, _ in printed if kind == "checklist" for x in named} | set(asked)
    items = {r["item"] for r in rows(root, "items") if r["checklist"] in lists} | lists
    lines += [f"checklist: {row_line(r)}" for r in rows(root, "checklists") if r["checklist"] in lists]
    lines += [f"input: {row_line(r)}" for r in rows(root, "vocabulary") if r["id"] in items or "" in lists]
    return lines


def reviewed(root: Path = ROOT) -> list[str]:
    """Every subject that can be reviewed: the pages and the knowledge files."""
    files = sorted(f"{n}.csv" for n in tables_of_knowledge())
    return [str(p) for p in pages(root) if p.name != "README.md"] + files


def records(root: Path = ROOT) -> list[Row]:
    """The rows of the record, oldest first."""
    path = root / RECORD
    return read_csv(path, RECORD, FIELDS, optional=("role",), empty=True) if path.exists() else []


def state(subject: str, now: dict[str, dict[str, list[str]]], root: Path = ROOT) -> dict[str, str]:
    """The state of a subject: its last record, or Submitted; an approval of another text has lapsed."""
    mine = [r for r in records(root) if r["subject"] == subject]
    if not mine:
        return {"subject": subject, "state": "Submitted", "by": "", "role": "", "on": "", "hash": ""}
    last = dict(mine[-1])
    if last["hash"] != hash_of(snapshot(subject, now, root)):
        last["state"] = f"Lapsed ({last['state'].lower()} for an earlier text)"
    return last


def changed_since(subject: str, now: dict[str, dict[str, list[str]]], root: Path = ROOT) -> list[str]:
    """What changed since the last approval of a subject, old with - and new with +; empty if none lapsed."""
    approved = [r for r in records(root) if r["subject"] == subject and r["state"] == "Approved"]
    if not approved:
        return []
    kept = root / "guard/reviews" / f"{approved[-1]['hash']}.txt"
    old = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return [HASH.sub("", x) for x in difference(old, snapshot(subject, now, root))]


def main(argv: list[str] | None = None) -> int:
    """With no arguments list every state; with a subject, a state and a name record a review of the text as it is."""
    p = argparse.ArgumentParser(description="Show or record reviews by named people.")
    p.add_argument("--subject", help="a page such as chapters/risk.md, or a knowledge file such as start.csv")
    p.add_argument("--state", choices=STATES)
    p.add_argument("--by", help="the reviewer's full name; real people only")
    p.add_argument("--role", default="", help="profession and post, for example consultant in pain medicine")
    args = p.parse_args(argv)
    now = subjects(ROOT)
    if not args.subject:
        for s in reviewed():
            found = state(s, now)
            print(f"{found['state']:<12} {s}" + (f"  {found['by']}, {found['on']}" if found["by"] else ""))
        return 0
    if args.subject not in reviewed():
        print(f"“{args.subject}” cannot be reviewed; the subjects are: {', '.join(reviewed())}.")
        return 2
    if not args.state or not args.by:
        print("A review needs STATE (Under review or Approved) and BY, the full name of the person who looked.")
        return 2
    lines = snapshot(args.subject, now)
    row = {
        "subject": args.subject,
        "state": args.state,
        "by": args.by,
        "role": args.role,
        "on": date.today().isoformat(),
        "hash": hash_of(lines),
    }
    path = ROOT / RECORD
    path.parent.mkdir(exist_ok=True)
    old = records()
    with path.open("w", newline="", encoding="utf-8") as f:
        w = csv.DictWriter(f, FIELDS, lineterminator="\n")
        w.writeheader()
        w.writerows([*old, row])
    (path.parent / f"{row['hash']}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{args.state}: {args.subject}, by {args.by}, for text {row['hash']}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

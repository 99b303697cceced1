"""``make diff BASE=<revision>``: which vignettes and possible patients are decided otherwise, in words."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import islice, product
from pathlib import Path

from guard.content import ROOT

PROBE = """
import csv, json, sys
sys.path.insert(0, sys.argv[1])
from decision import decide
try:
    from decision import space
except ImportError:  # revisions before the proof had a folder of its own
    from decision import space
from decision.api import machine
m = machine()
rows = list(csv.DictReader(open(sys.argv[1] + "/decision/knowledge/vignettes.csv", encoding="utf-8")))
levels = {p: [r["level"] for r in m.rows[p]] for p in ("start", "on")}
lists = ("safeguards", "monitoring", "cautions", "notes", "other_care", "missing")
def answer(d):
    return {"level": d.level, "urgent": d.urgent, "lists": {
        x: sorted(i if isinstance(i, str) else i.id for i in getattr(d, x)) for x in lists}}
shape = {r["row"] + " of " + t["name"]: [r["when"], r.get("level"), r.get("id")]
         for t in m.model["tables"] for r in t["rows"]}
shape.update({"checklist " + c["id"]: [sorted(c["items"]), c["precedence"]] for c in m.model["checklists"]})
shape.update({"input " + i["id"]: [i[k] for k in ("values", "reassuring", "changeable", "start", "on")]
              for i in m.model["inputs"]})
print(json.dumps({
    "names": {x["level"]: x["name"] for x in m.model["levels"]},
    "vignettes": {r["id"]: {i: r[i] for i in m.ids if i in r} for r in rows},
    "columns": {p: space.columns(p) for p in levels},
    "levels": {p: [levels[p][n] if n < len(levels[p]) else "no row" for n in space.deciders(p)] for p in levels},
    "decided": {r["id"]: answer(decide({i: r[i] for i in m.ids if i in r})) for r in rows},
    "shape": shape,
}))
"""


def probe(root: Path) -> dict:
    """What a copy of the package decides; run by itself, so that two copies never meet."""
    run = subprocess.run([sys.executable, "-c", PROBE, str(root)], capture_output=True, text=True, cwd=root)
    if run.returncode:
        raise SystemExit(f"The package in {root.name} does not load:\n{run.stderr.splitlines()[-1]}")
    return json.loads(run.stdout)


def compare(old: dict, new: dict) -> list[str]:
    """Lines in words: vignettes first, then the possible patients by level before and after."""
    names = {**old["names"], **new["names"], "no row": "no row at all"}
    out = []
    for v in sorted(set(old["decided"]) | set(new["decided"])):
        a, b = old["decided"].get(v), new["decided"].get(v)
        if a is None or b is None:
            out.append(f"Vignette {v} is {'new' if a is None else 'gone'}.")
            continue
        said = [f"{names[x['level']]}{', urgent' if x['urgent'] else ''}" for x in (a, b)]
        if said[0] != said[1]:
            out.append(f"Vignette {v}: {said[0]} before, {said[1]} now.")
        for kind, ids in a["lists"].items():
            gone, come = set(ids) - set(b["lists"][kind]), set(b["lists"][kind]) - set(ids)
            if gone or come:
                told = [f"{word} {', '.join(sorted(x))}" for word, x in (("without", gone), ("with", come)) if x]
                out.append(f"Vignette {v}, {kind.replace('_', ' ')}: now {' and '.join(told)}.")
    for path, what in (("start", "Starting"), ("on", "On ketamine")):
        if old["columns"][path] != new["columns"][path]:
            was, now = Counter(old["levels"][path]), Counter(new["levels"][path])
            told = [f"{names[x]}: {was[x]} before, {now[x]} now" for x in sorted(was | now) if was[x] != now[x]]
            out.append(f"{what}: the columns differ, so states cannot be paired. {'; '.join(told)}.")
            continue
        columns, pairs = new["columns"][path], list(zip(old["levels"][path], new["levels"][path], strict=True))
        for pair, n in sorted(Counter(pairs).items()):
            if pair[0] != pair[1]:
                state = next(islice(product(*columns.values()), pairs.index(pair), None))
                example = ", ".join(f"{c} {v}" for c, v in zip(columns, state, strict=True))
                out.append(
                    f"{what}: {n} of {len(pairs)} states go from “{names[pair[0]]}” to “{names[pair[1]]}”, "
                    f"for example {example}."
                )
    shape, before = new["shape"], old["shape"]
    for name in sorted(set(before) | set(shape)):
        if before.get(name) != shape.get(name):
            verb = "is new" if name not in before else "applies otherwise" if name in shape else "is gone"
            out.append(f"The {name} {verb}.")
    return out or ["No vignette and no possible patient is decided otherwise."]


def main(base: str) -> int:
    """Compare the working tree with a revision."""
    with tempfile.TemporaryDirectory() as tmp:
        archive = subprocess.run(["git", "archive", base], cwd=ROOT, capture_output=True)
        if archive.returncode:
            print(f"“{base}” is not a revision of this repository: {archive.stderr.decode().strip()}")
            return 2
        subprocess.run(["tar", "-x", "-C", tmp], input=archive.stdout, check=True)
        print(f"Decisions now, against {base}:")
        for line in compare(probe(Path(tmp)), probe(ROOT)):
            print(f"- {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

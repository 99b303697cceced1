"""``make diff BASE=<revision>``: which vignettes and how many possible patients are decided otherwise, in words."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

from tools.content import ROOT

PROBE = """
import csv, json, sys
sys.path.insert(0, sys.argv[1])
from decision import decide, space
from decision.api import machine
m = machine()
rows = list(csv.DictReader(open(sys.argv[1] + "/decision/knowledge/vignettes.csv", encoding="utf-8")))
levels = {p: [r["level"] for r in m.rows[p]] for p in ("start", "on")}
print(json.dumps({
    "names": {x["level"]: x["name"] for x in m.model["levels"]},
    "vignettes": {r["id"]: {i: r[i] for i in m.ids if i in r} for r in rows},
    "columns": {p: space.columns(p) for p in levels},
    "levels": {p: [levels[p][n] if n < len(levels[p]) else "no row" for n in space.deciders(p)] for p in levels},
    "decided": {r["id"]: decide({i: r[i] for i in m.ids if i in r}).level for r in rows},
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
        elif a != b:
            out.append(f"Vignette {v}: {names[a]} before, {names[b]} now.")
    for path, what in (("start", "Starting"), ("on", "On ketamine")):
        if old["columns"][path] != new["columns"][path]:
            a, b = Counter(old["levels"][path]), Counter(new["levels"][path])
            out.append(f"{what}: the columns of the table differ, so states cannot be paired. " + "; ".join(
                f"{names[x]}: {a[x]} before, {b[x]} now" for x in sorted(set(a) | set(b)) if a[x] != b[x]) + ".")
            continue
        moved = Counter(zip(old["levels"][path], new["levels"][path], strict=True))
        for (a, b), n in sorted(moved.items()):
            if a != b:
                example = next(s for s, x, y in zip(product(*new["columns"][path].values()), old["levels"][path],
                                                    new["levels"][path], strict=True) if (x, y) == (a, b))
                told = ", ".join(f"{c} {v}" for c, v in zip(new["columns"][path], example, strict=True))
                out.append(f"{what}: {n} of {len(new['levels'][path])} states go from “{names[a]}” to “{names[b]}”, "
                           f"for example {told}.")
    return out or ["No vignette and no possible patient is decided otherwise."]


def main(base: str) -> int:
    """Compare the working tree with a revision."""
    with tempfile.TemporaryDirectory() as tmp:
        archive = subprocess.run(["git", "archive", base, "decision"], cwd=ROOT, capture_output=True)
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

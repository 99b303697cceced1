"""``make diff BASE=<revision>``: which vignettes and possible patients are decided otherwise, in words."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import islice, product
from pathlib import Path
from typing import Any

from guard.content import ROOT

PROBE = """
import json, os, sys
import decision
if os.path.dirname(os.path.dirname(os.path.abspath(decision.__file__))) != os.getcwd():
    sys.exit("There is no folder decision in it.")
from decision import decide, level_names, space, vignettes
from decision.api import machine
m = machine()
levels = {p: [r["level"] for r in m.rows[p]] for p in space.BOOK}
lists = ("safeguards", "monitoring", "cautions", "notes", "other_care", "missing")
def answer(d):
    return {"level": d.level, "urgent": d.urgent, "lists": {
        x: sorted(i if isinstance(i, str) else i.id for i in getattr(d, x)) for x in lists}}
def when(row):
    return " ".join(k + "=" + "|".join(v) for k, v in row["when"].items()) or "nothing"
def shown(column, value):
    return value.replace("+", " and ") if column in m.folds else m.label(column, value)
shape = {"Row " + r["row"] + " of " + t["name"] + ".csv": {"asks for": when(r), "gives": r.get("level") or r.get("id")}
         for t in m.model["tables"] for r in t["rows"]}
shape.update({"The checklist " + c["id"]: {"holds": ", ".join(c["items"]), "order": " > ".join(
    "+".join(p) for p in c["precedence"])} for c in m.model["checklists"]})
shape.update({"The input " + i["id"]: {"allows": ", ".join(i["values"]), "reassuring": i["reassuring"],
    "can change": "yes" if i["changeable"] else "no", "needed to start": i["start"].replace("–", "no"),
    "needed on ketamine": i["on"].replace("–", "no")} for i in m.model["inputs"]})
print(json.dumps({
    "names": dict(level_names()),
    "columns": {p: space.columns(p) for p in levels},
    "shown": {c: [m.lists[c]["title"] if c in m.folds else m.inputs[c]["label"], {v: shown(c, v) for v in values}]
              for p in levels for c, values in space.columns(p).items()},
    "levels": {p: [levels[p][n] if n < len(levels[p]) else "no row" for n in space.deciders(p)] for p in levels},
    "decided": {n: answer(decide(v["answers"])) for n, v in vignettes(everyone=True).items()},
    "shape": shape,
}))
"""


def probe(root: Path) -> dict[str, Any]:
    """What a copy of the package decides; run by itself, so that two copies never meet."""
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, cwd=root.resolve())
    if run.returncode:
        why = (run.stderr.splitlines() or ["it says nothing"])[-1]
        raise SystemExit(f"The package in {root.name} cannot be asked: it does not load, or is of another make.\n{why}")
    return json.loads(run.stdout)


def moved(path: str, old: dict[str, Any], new: dict[str, Any], names: dict[str, str]) -> list[str]:
    """The possible patients of one path whose level is another, counted, each kind with an example."""
    what = {"start": "Starting", "on": "On ketamine"}[path]
    if old["columns"][path] != new["columns"][path]:
        was, now = Counter(old["levels"][path]), Counter(new["levels"][path])
        told = [f"{names[x]}: {was[x]:,} before, {now[x]:,} now" for x in sorted(was | now) if was[x] != now[x]]
        return [f"{what}: the columns differ, so states cannot be paired. {'; '.join(told) or 'The counts agree'}."]
    columns, pairs = new["columns"][path], list(zip(old["levels"][path], new["levels"][path], strict=True))
    out = []
    for (a, b), n in sorted(Counter(pairs).items()):
        if a != b:
            state = next(islice(product(*columns.values()), pairs.index((a, b)), None))
            said = [new["shown"][c] for c in columns]
            example = "; ".join(f"{label}: {value[v]}" for (label, value), v in zip(said, state, strict=True))
            verb = "goes" if n == 1 else "go"
            out.append(f"{what}: {n:,} of {len(pairs):,} states {verb} from “{names[a]}” to “{names[b]}”, for example "
                       f"{example}.")  # fmt: skip
    return out


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Lines in words: vignettes, then possible patients by level before and after, then what was changed."""
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
            less, more = set(ids) - set(b["lists"][kind]), set(b["lists"][kind]) - set(ids)
            if less or more:
                told = [f"{word} {', '.join(sorted(x))}" for word, x in (("without", less), ("with", more)) if x]
                out.append(f"Vignette {v}, {kind.replace('_', ' ')}: now {' and '.join(told)}.")
    out += [x for path in ("start", "on") for x in moved(path, old, new, names)]
    before, shape = old["shape"], new["shape"]
    for name in sorted(set(before) | set(shape)):
        if name not in before or name not in shape:
            out.append(f"{name} is {'new' if name in shape else 'gone'}.")
            continue
        for verb, now in shape[name].items():
            if (was := before[name].get(verb, "nothing")) == now:
                continue
            if verb not in ("asks for", "holds", "allows"):
                out.append(f"{name}, {verb}: {was} before, {now} now.")
                continue
            sep = " " if verb == "asks for" else ", "
            come, gone = (
                [x for x in one.split(sep) if x not in two.split(sep)] for one, two in ((now, was), (was, now))
            )
            told = [f"now {verb} {sep.join(come)}"] * bool(come) + [f"no longer {verb} {sep.join(gone)}"] * bool(gone)
            out.append(f"{name} {' and '.join(told) or f'{verb} the same in another order'}.")
    return out or ["No vignette and no possible patient is decided otherwise."]


def main(base: str) -> int:
    """Compare the working tree with a revision."""
    with tempfile.TemporaryDirectory() as tmp:
        archive = subprocess.run(["git", "archive", base], cwd=ROOT, capture_output=True)
        if archive.returncode:
            print(f"“{base}” is not a revision of this repository: {archive.stderr.decode().strip()}")
            return 2
        subprocess.run(["tar", "-x", "-C", tmp], input=archive.stdout, check=True)
        try:
            lines = compare(probe(Path(tmp)), probe(ROOT))
        except SystemExit as error:
            print(f"{error}".replace(Path(tmp).name, base))
            return 2
    print(f"Decisions now, against {base}:")
    for line in lines:
        print(f"- {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""``make diff BASE=<revision>``: which vignettes and possible patients are decided otherwise, in words."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from decision import space
from decision.machine import Machine
from decision.promises import moved
from guard.content import ROOT

PROBE = """
import json, os, sys
import decision
if os.path.dirname(os.path.dirname(os.path.abspath(decision.__file__))) != os.getcwd():
    sys.exit("There is no folder decision in it.")
from decision import decide, level_names, space, vignettes
from decision.api import machine
from decision.machine import LISTS
m = machine()
lists = (*LISTS, "missing")
def answer(case):
    try:
        d = decide(case)
    except ValueError:  # no row decides
        return {"level": "", "urgent": False, "lists": {}}
    return {"level": d.level, "urgent": d.urgent, "lists": {
        x: sorted(i if isinstance(i, str) else i.id for i in getattr(d, x)) for x in lists}}
def when(row):
    return " ".join(k + "=" + "|".join(v) for k, v in row["when"].items()) or "nothing"
shape = {"Row " + r["row"] + " of " + t["name"] + ".csv": {"asks for": when(r), "gives": r.get("level") or r.get("id")}
         for t in m.model["tables"] for r in t["rows"]}
shape.update({"The checklist " + c["id"]: {"holds": ", ".join(c["items"]), "order": " > ".join(
    "+".join(p) for p in c["precedence"])} for c in m.model["checklists"]})
shape.update({"The input " + i["id"]: {"allows": ", ".join(i["values"]), "reassuring": i["reassuring"],
    "can change": "yes" if i["changeable"] else "no", "needed to start": i["start"].replace("–", "no"),
    "needed on ketamine": i["on"].replace("–", "no")} for i in m.model["inputs"]})
print(json.dumps({
    "names": dict(level_names()),
    "model": m.model,
    "digest": space.digest(),
    "decided": {n: answer(v["answers"]) for n, v in vignettes(everyone=True).items()},
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


def states(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The possible patients whose level is another, counted and shown as `what_if` does, checklists included."""
    rules = [Machine(x["model"]) for x in (old, new)]
    if [space.digest(m) for m in rules] == [x["digest"] for x in (old, new)]:
        return list(moved(*rules))
    return ["The code that reads the tables decides otherwise, so states cannot be paired; look at the tests."]


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Lines in words: vignettes, then possible patients by level before and after, then what was changed."""
    names = {"": "no row at all", **old["names"], **new["names"]}
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
            less, more = set(ids) - set(b["lists"].get(kind, ids)), set(b["lists"].get(kind, ids)) - set(ids)
            if less or more:
                told = [f"{word} {', '.join(sorted(x))}" for word, x in (("without", less), ("with", more)) if x]
                out.append(f"Vignette {v}, {kind.replace('_', ' ')}: now {' and '.join(told)}.")
    out += states(old, new)
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

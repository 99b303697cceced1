"""What the cases cover: every row, every stop, and both sides of every boundary, worked out from the tables.

A *boundary* is a change of one column of a path, from one value to another, by which somewhere the level changes.
A case stands on one of its *sides* where its own level changes when that column alone changes so; a column is an
input, or a checklist folded to one value. Cases that cover all this are a test of every rule, and a class sees all.
``python -m guard.coverage`` prints the counts and what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import permutations

import decision
from decision import explain, space
from decision.api import machine
from decision.machine import Machine
from decision.tables import COLLECTED, VERDICT_TABLES

STOPS = {"start": ["hard_stop"], "on": ["emergency", "other_hard_stop"]}  # the checklists of each path that stop it
KINDS = {
    "row": "Rows of the tables that decide, or that add a remark",
    "caution": "Cautions, each by a fact that is present",
    "stop": "Hard stops, each as the reason of a decision",
    "side": "Sides of boundaries",
}


def kind_of(name: str) -> str:
    """The kind of a thing to cover, which its name begins with."""
    return name.split(":")[0]


def crossings(path: str, m: Machine) -> Iterable[tuple[str, str, str]]:
    """Every change of one column, from a to b, that changes the level of some state; exact, by boxes."""
    whole = {c: m.mask(c, values) for c, values in space.columns(path, m).items()}
    level = [row["level"] for row in m.rows[path]]
    for c, values in space.columns(path, m).items():
        cells = {v: explain.outcomes(m.tables[path], {**whole, c: m.bits[c][v]}) for v in values}
        for a, b in permutations(values, 2):
            if any(
                level[k] != level[z] and all(x[o] & y[o] for o in x if o != c) for k, x in cells[a] for z, y in cells[b]
            ):
                yield c, a, b


def wanted(m: Machine | None = None) -> list[str]:
    """The names of everything that some case has to cover."""
    m = m or machine()
    out = [f"row:{t}:{r['row']}" for t in VERDICT_TABLES for r in m.rows[t]]
    out += [f"{'caution' if t == 'cautions' else 'row'}:{t}:{r['row']}" for t in COLLECTED for r in m.rows[t]]
    out += [f"stop:{path}:{i}" for path, lists in STOPS.items() for c in lists for i in m.lists[c]["items"]]
    return out + [f"side:{path}:{c}:{a} → {b}" for path in space.BOOK for c, a, b in crossings(path, m)]


def covers(case: Mapping[str, str], m: Machine | None = None) -> set[str]:
    """The names of what one case, given with every input, covers."""
    m = m or machine()
    case = dict(case)
    path, matched = m.deciding(case, "book")
    article = m.deciding(case, "article")[1][0]
    out = {f"row:{path}:{m.rows[path][matched[0]]['row']}", f"row:article:{m.rows['article'][article]['row']}"}
    for reading in ("book", "article"):
        known = {**case, "reading": reading, "path": m.path(case, reading), "level": m.level(case, reading)}
        for t in COLLECTED:
            if t == "alternatives" and (reading == "article" or known["level"] == "OUT_OF_SCOPE"):
                continue  # there the answer shows none
            for n in m.matches(t, known):
                present = [i for i, v in m.triggers(m.tables[t][n], known) if v != "unknown"]
                if t != "cautions":
                    out.add(f"row:{t}:{m.rows[t][n]['row']}")
                elif present or not m.tables[t][n]:
                    out.add(f"caution:{t}:{m.rows[t][n]['row']}")
    stops = [i for c in STOPS[path] for i in m.lists[c]["items"]]
    reason = m.triggers(m.tables[path][matched[0]], case)
    out |= {f"stop:{path}:{i}" for i, v in reason if i in stops and v == "yes" and not m.calm(i, v)}
    return out | sides(path, case, m)


def sides(path: str, case: Mapping[str, str], m: Machine) -> set[str]:
    """The sides of boundaries on which a case stands."""
    state = {c: m.bit(c, case) for c in m.columns[path]}
    level, out = m.level(case, "book"), set()
    for c, values in space.columns(path, m).items():
        a = m.value(c, case)
        for b in values:
            (n, _), *_ = explain.outcomes(m.tables[path], {**state, c: m.bits[c][b]})
            if m.rows[path][n]["level"] != level:
                out.add(f"side:{path}:{c}:{a} → {b}")
    return out


@lru_cache
def table() -> dict[str, list[str]]:
    """What is to be covered -> the ids of the cases that cover it."""
    found = {n: covers(v["answers"]) for n, v in decision.vignettes(everyone=True).items()}
    return {name: [n for n, x in found.items() if name in x] for name in wanted()}


def counts() -> list[tuple[str, int, int]]:
    """For each kind: its title, how many there are, and how many some case covers."""
    rows = table()
    return [
        (title, sum(kind_of(x) == kind for x in rows), sum(kind_of(x) == kind and bool(rows[x]) for x in rows))
        for kind, title in KINDS.items()
    ]


def missing() -> list[str]:
    """What no case covers."""
    return [name for name, cases in table().items() if not cases]


if __name__ == "__main__":
    print(f"{len(decision.vignettes(everyone=True))} cases")
    print("\n".join(f"{title}: {have} of {all_}" for title, all_, have in counts()))
    print("\n".join(f"missing: {x}" for x in missing()) or "nothing is missing")

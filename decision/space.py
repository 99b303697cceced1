"""The folded space: every state a verdict table can tell apart, few enough to list them all.

A checklist folds its inputs to one value, so a table over every input has about ten columns. A *state*
gives each column one value. What is true of every state is true of every person, and ``unfold`` turns
a state back into a person, so that a counterexample can be read as a patient. ``m`` is the machine to
look at, by default the one of the package.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import islice, product
from typing import Any

import numpy as np

from . import explain
from .api import machine
from .machine import Machine
from .tables import VERDICT_TABLES

BOOK = ("start", "on")
PERMITS = ("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS")
GAP = 255  # in ``deciders``: no row decides this state
State = dict[str, str]


def calm(path: str, m: Machine) -> State:
    """Everybody's most reassuring answers, for somebody who is on that path."""
    out = {i: x["reassuring"] if x["reassuring"] in x["values"] else "unknown" for i, x in m.inputs.items()}
    return {**out, "ketamine_status": "on"} if path == "on" else out


def columns(path: str, m: Machine | None = None) -> dict[str, list[str]]:
    """Each column of a table with the values it can take for some person who is on that path."""
    m = m or machine()
    can = {c: sum(bits for (bits,) in shown(path, ((m, c),))) for c in m.columns[path]}
    return {c: [v for v in m.values[c] if can[c] & m.bits[c][v]] for c in can}


@lru_cache(maxsize=256)
def shown(path: str, places: tuple[tuple[Machine, str], ...]) -> dict[tuple[int, ...], State]:
    """What some columns, of one machine or of two, show together, each with the calmest answers; calmest first.

    Exact: items are taken one by one; of each set of answers the person is kept who differs least from the calmest.
    """
    inputs = [*dict.fromkeys(i for x, c in places for i in x.inputs_of(c))]
    values = {i: v for x, _ in places for i, v in x.values.items()}  # one machine may have an input that another lacks
    best = {i: v for x, _ in places for i, v in calm(path, x).items()}  # none of the readings or levels reassures
    base = {i: best.get(i, values[i][0]) for i in inputs}
    found: dict[tuple[int, ...], tuple] = {(0,) * len(places): ()}
    for n, i in enumerate(inputs):
        new: dict[tuple[int, ...], tuple] = {}
        bits = [x.bits[i] if i in x.inputs_of(c) else {} for x, c in places]
        tells = i == "ketamine_status" and path in BOOK  # what somebody on a path can answer there, the path says
        legal = [v for v in values[i] if not tells or (v == "on") == (path == "on")]
        for present, moved in found.items():
            for k, v in enumerate(legal):
                key = tuple(p | b.get(v, 0) for p, b in zip(present, bits, strict=True))
                way = (*moved, (n, k, v)) if v != base[i] else moved
                new[key] = min(new.get(key, way), way, key=lambda x: (len(x), x))
        found = new
    out: dict[tuple[int, ...], State] = {}
    for present, moved in sorted(found.items(), key=lambda x: (len(x[1]), x[1])):
        one = tuple(1 << x.folds[c][p] if c in x.folds else p for p, (x, c) in zip(present, places, strict=True))
        out.setdefault(one, {**base, **{inputs[n]: v for n, _, v in moved}})
    return out


def states(path: str, m: Machine | None = None) -> Iterator[State]:
    """Every state of a table, counted like an odometer: the last column turns fastest."""
    space = columns(path, m)
    return (dict(zip(space, values, strict=True)) for values in product(*space.values()))


def deciders(path: str, m: Machine | None = None) -> bytes:
    """One byte for each state, in the order of ``states``: the index of the row that decides it, or ``GAP``."""
    m = m or machine()
    space = columns(path, m)
    out = np.full([len(values) for values in space.values()], GAP, np.uint8)
    for n, box in explain.outcomes(m.tables[path], {c: m.mask(c, values) for c, values in space.items()}):
        places = [[k for k, v in enumerate(values) if box[c] & m.bits[c][v]] for c, values in space.items()]
        runs = [slice(x[0], x[-1] + 1, x[1] - x[0] if x[1:] else 1) for x in places]  # which numpy fills far faster
        out[tuple(runs) if [[*range(GAP)[r]] for r in runs] == places else np.ix_(*places)] = n
    return out.tobytes()


def counts(m: Machine | None = None) -> dict[str, Any]:
    """How many states: of each path, of the book reading, of each level, and those that permit ketamine."""
    m = m or machine()
    sizes, levels = {}, {}
    for path in VERDICT_TABLES:
        decided = deciders(path, m)
        sizes[path] = len(decided)
        levels[path] = {x["level"]: 0 for x in m.model["levels"] if x["path"] == path}
        for n, row in enumerate(m.rows[path]):
            levels[path][row["level"]] += decided.count(n)
    permit = sum(levels[path].get(level, 0) for path in BOOK for level in PERMITS)
    return {**sizes, "book": sum(sizes[path] for path in BOOK), "levels": levels, "permit": permit}


def table_faults(path: str, m: Machine | None = None) -> list[str]:
    """What is wrong with a verdict table: states without a row, rows without a state, shared inputs."""
    m = m or machine()
    decided, out = deciders(path, m), []
    if GAP in decided:
        patient = as_patient(unfold(path, next(islice(states(path, m), decided.index(GAP), None)), m), m)
        out.append(f"{path}: no row decides {decided.count(GAP):,} of {len(decided):,} states, e.g. {patient}")
    for n, row in enumerate(m.rows[path]):
        if n not in decided:
            out.append(f"{path}: row {row['row']} never decides; the rows above it take all it matches.")
    last = m.column_of[path]  # a shared input would tie two columns together: no exact proofs
    shared = [(i, c) for c in m.columns[path] for i in m.inputs_of(c) if last[i] != c]
    return out + [f"{path}: input {i} stands in two columns, {c} and {last[i]}." for i, c in shared]


def unfold(path: str, state: State, m: Machine | None = None) -> dict[str, str]:
    """A person, given with every input, who is in this state, and is otherwise as reassuring as can be."""
    m = m or machine()
    case = calm(path, m)
    for c, value in state.items():
        case.update(shown(path, ((m, c),))[(m.bits[c][value],)])
    return case


def as_patient(case: dict[str, str], m: Machine | None = None) -> str:
    """A person in words: what is known and not reassuring, then the shorter of the two other lists."""
    m = m or machine()
    words: dict[str, list[str]] = {"": [], "Not known: ": [], "Reassuring: ": []}
    for i in m.ids:
        value, label = case.get(i, "unknown"), m.inputs[i]["label"]
        if value == "unknown":
            words["Not known: "].append(label)
        else:
            words["Reassuring: " * (value == m.inputs[i]["reassuring"])].append(f"{label}: {m.label(i, value)}")
    calm = len(words["Not known: "]) <= len(words["Reassuring: "])
    del words["Reassuring: " if calm else "Not known: "]
    told = [f"{head}{'; '.join(found)}." for head, found in words.items() if found]
    return " ".join([*told, f"Everything else is {'reassuring' if calm else 'not known'}."])


def digest(m: Machine | None = None) -> str:
    """The decision surface in 64 characters: it changes when a decision or the rows behind one change.

    Over every verdict table: which inputs fold to which column, what each row matches and its level, in
    the order of the table, and the row that decides each state. Wording and citations are not in it.
    """
    m = m or machine()
    sha = sha256()
    for path in VERDICT_TABLES:
        shape = [
            [c, values, sorted(m.lists[c]["items"]), m.folds[c]] if c in m.folds else [c, values]
            for c, values in columns(path, m).items()
        ]
        rows = [[row["row"], row["level"], m.tables[path][n]] for n, row in enumerate(m.rows[path])]
        sha.update(json.dumps([path, shape, rows]).encode() + deciders(path, m))
    return sha.hexdigest()

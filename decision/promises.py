"""Two sets of rules side by side: which states go from one level to another, and which promises one of them breaks."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from itertools import islice
from math import prod
from typing import Any

from . import explain, space
from .machine import URGENT_TABLE, Machine

MOST = 8  # sentences of a kind
PATHS = {"start": "Not on ketamine", "on": "On ketamine"}


def pairs(path: str, old: Machine, new: Machine) -> dict[tuple[str, str], tuple[int, space.State]]:
    """Each pair of levels, "" for no row, that a state gets from the two sets: how many states, and one as a person.

    A state here is what either set can tell apart. Columns that share an input are taken together, so where an item
    was added to a checklist, or taken out, it is told apart from the others, and the counts are exact.
    """
    groups: list[tuple[tuple[Machine, str], ...]] = []
    for side, column in [(m, c) for m in (old, new) for c in m.columns[path]]:
        near = [g for g in groups if any(set(side.inputs_of(column)) & set(m.inputs_of(c)) for m, c in g)]
        groups = [g for g in groups if g not in near] + [(*(place for g in near for place in g), (side, column))]
    shown = [list(space.shown(path, g).items()) for g in groups]
    at = {place: (n, k) for n, g in enumerate(groups) for k, place in enumerate(g)}

    def compiled(m: Machine) -> list[list[tuple[int, int]]]:
        """The rows over the groups, and one for those whom none decides."""
        rows = [[(*at[m, c], mask) for c, mask in conditions] for conditions in m.tables[path]]
        fits = [[(n, [bits[k] & mask for bits, _ in shown[n]]) for n, k, mask in row] for row in rows]
        return [[(n, sum(1 << j for j, x in enumerate(found) if x)) for n, found in row] for row in fits] + [[]]

    out: dict[tuple[str, str], tuple[int, space.State]] = {}
    for a, part in explain.outcomes(compiled(old), {n: (1 << len(x)) - 1 for n, x in enumerate(shown)}):
        for z, cell in explain.outcomes(compiled(new), part):
            was, now = ([*(row["level"] for row in m.rows[path]), ""][k] for m, k in ((old, a), (new, z)))
            if count := prod(bits.bit_count() for bits in cell.values()):
                calmest = [shown[n][(bits & -bits).bit_length() - 1][1] for n, bits in cell.items()]
                n, person = out.get((was, now)) or (0, space.calm(path, new).copy())
                out[was, now] = (
                    n + count,
                    person if n else dict(person, **{i: v for x in calmest for i, v in x.items()}),
                )
    return out


def moved(old: Machine, new: Machine) -> Iterator[str]:
    """Whom the new rules give another level than the old: how many states of each path, and one of them, in words."""
    for path, who in PATHS.items():
        found = pairs(path, old, new)
        total = sum(n for n, _ in found.values())
        for (was, now), (n, person) in found.items():
            if was != now:
                a, b = (m.level_info(path, x)["name"] if x else "no row at all" for m, x in ((old, was), (new, now)))
                told = f"{n:,} of {total:,} {'states go' if n > 1 else 'state goes'} from “{a}” to “{b}”"
                yield f"{who}: {told}. For example: {space.as_patient(person, new)}"


def broken(m: Machine, book: Machine) -> list[str]:
    """The promises of the book that the rules of ``m`` break, in words, each with a person."""
    out = [x for path in PATHS for x in space.table_faults(path, m)]
    for say in (_opened(m, book), _unknown(m)):
        found = list(islice(say, MOST + 1))
        out += found[:MOST] + ["And more of this kind."] * (len(found) > MOST)
    for i in book.lists["urgent"]["items"]:
        case = {**dict.fromkeys(m.ids, "unknown"), i: "yes"}
        if i in m.ids and not m.matches(URGENT_TABLE, case):
            out.append(f"{m.inputs[i]['label']}: Yes. This is no longer urgent. {space.as_patient(case, m)}")
    return out


def _opened(m: Machine, book: Machine) -> Iterator[str]:
    """What rules ketamine out in the book, whatever else is true, and no longer does."""

    def permits(cases: Any) -> int:
        return cases.levels() & sum(1 << cases.machine.level_ids.index(x) for x in space.PERMITS)

    for i, v in [(x, v) for x in book.ids if x in m.ids for v in book.values[x]]:
        kept, here = (
            explain.Cases(x, "book", [x.bits[c][v] if c == i else explain.full(x, c) for c in x.ids]) for x in (book, m)
        )
        if permits(kept) or not permits(here):
            continue
        case: space.State = {}
        for x in m.ids:  # narrowed down to one person, as reassuring as can be
            legal = [v] if x == i else [*m.inputs[x]["calm"], "unknown", *m.values[x]]
            case[x] = next(y for y in legal if permits(here.with_(x, m.bits[x][y])))
            here = here.with_(x, m.bits[x][case[x]])
        level = m.level_info(m.path(case, "book"), m.level(case, "book"))["name"]
        told = f"{m.inputs[i]['label']}: {m.label(i, v)}. In the book nobody of whom this is so may have ketamine"
        yield f"{told}. Here, for example, “{level}”: {space.as_patient(case, m)}"


def _unknown(m: Machine) -> Iterator[str]:
    """Where it opens more not to know an answer than to know the reassuring one; once for each column."""
    for path in PATHS:
        rank = {x["level"]: x["rank"] for x in m.model["levels"] if x["path"] == path}
        for c in m.columns[path]:
            alike = {v: i for i in reversed(m.inputs_of(c)) for v in m.inputs[i]["calm"]}
            for v, i in alike.items():  # items of a checklist that reassure alike move it alike
                told = copy(m)  # the same rules for somebody who, not knowing it, gives the reassuring answer
                told.bits = {**m.bits, i: {**m.bits[i], "unknown": m.bits[i][v]}}
                found = pairs(path, m, told).items()
                if worse := [person for (a, z), (_, person) in found if a and z and rank[a] > rank[z]]:
                    said = f"{m.inputs[i]['label']}: not to know it opens more than the reassuring answer does."
                    yield f"{said} {space.as_patient(worse[0], m)}"
                    break

"""Two sets of rules side by side: which states go from one level to another, and which promises one of them breaks.

A state here is what either set can tell apart. Where a checklist has the same items in both, it is the state of
``space``; where an item was added or taken out, that item is told apart from the others. So the counts are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from typing import Any

from . import explain, space
from .machine import URGENT_TABLE, Machine
from .register import favourable

MOST = 8  # sentences of a kind
Moves = dict[tuple[str, str], tuple[int, dict[str, str]]]


class _Block:
    """Columns of both tables that share an input, as one column: a value is what all of them show together.

    ``parts``: inputs that stand in the same columns, by those columns.
    """

    def __init__(self, sides: tuple[Machine, Machine], path: str, parts: dict[tuple, list[str]]):
        self.parts, self.bits = parts, {**sides[0].bits, **sides[1].bits}
        self.first: dict[Any, tuple[int, ...]] = {}
        m = sides[1]
        on = m.mask("ketamine_status", ["on"])
        limits = {"ketamine_status": on if path == "on" else explain.full(m, "ketamine_status") & ~on}
        seen = []
        for inputs in parts.values():
            sets = {0}
            for i in inputs:
                legal = [b for b in self.bits[i].values() if b & limits.get(i, b)]
                sets = {p | b for p in sets for b in legal}
            calm = self.bits[inputs[0]].get(favourable(path).get(inputs[0], ""), 0)
            seen.append(sorted(sets, key=lambda p: (not p & calm, p.bit_count())))  # noqa: B023
        for shown in product(*seen):
            present: dict[Any, int] = {}
            for places, p in zip(parts, shown, strict=True):
                for place in places:
                    present[place] = present.get(place, 0) | p
            value = {(s, c): 1 << sides[s].folds[c][p] if c in sides[s].folds else p for (s, c), p in present.items()}
            self.first.setdefault(tuple(sorted(value.items())), shown)
        self.values = [dict(value) for value in self.first]

    def mask(self, place: tuple[int, str], wanted: int) -> int:
        """The values that meet a condition, a bit for each."""
        return sum(1 << n for n, value in enumerate(self.values) if value[place] & wanted)

    def person(self, n: int, calm: dict[str, str]) -> dict[str, str]:
        """Answers that show value ``n``, otherwise as ``calm`` as can be."""
        out: dict[str, str] = {}
        for inputs, present in zip(self.parts.values(), list(self.first.values())[n], strict=True):
            shown = [v for v, bit in self.bits[inputs[0]].items() if bit & present]
            base = calm[inputs[0]] if calm[inputs[0]] in shown else shown[-1]
            out.update(dict.fromkeys(inputs, base))
            out.update(zip(inputs, [v for v in shown if v != base], strict=False))
        return out


def _blocks(sides: tuple[Machine, Machine], path: str) -> list[_Block]:
    places: dict[str, list[tuple[int, str]]] = {}
    for s, m in enumerate(sides):
        for c in m.columns[path]:
            for i in m.lists[c]["items"] if c in m.lists else [c]:
                places.setdefault(i, []).append((s, c))
    groups: list[dict[tuple, list[str]]] = []
    for i, at in places.items():
        near = [g for g in groups if any(set(at) & set(x) for x in g)]
        groups = [g for g in groups if g not in near]
        groups.append({x: inputs for g in near for x, inputs in g.items()})
        groups[-1].setdefault(tuple(at), []).append(i)
    return [_Block(sides, path, parts) for parts in groups]


def moves(path: str, column: str, m: Machine) -> dict[str, dict[tuple[str, str], set[tuple[str, str]]]]:
    """For each input of a column, for each change of it from a to b: the changes of the column it can cause.

    Exact: every set of values that the other items of a checklist can show is tried.
    """
    if column not in m.folds:
        legal = space.columns(path, m)[column]
        return {column: {(a, b): {(a, b)} for a in legal for b in legal if a != b}}
    out: dict[str, dict[tuple[str, str], set[tuple[str, str]]]] = {}
    for i in m.lists[column]["items"]:
        others = {0}
        for x in m.lists[column]["items"]:
            others = {p | 1 << n for p in others for n in range(len(m.values[x]))} if x != i else others
        for a, b in product(m.values[i], repeat=2):
            ends = [[m.values[column][m.folds[column][p | m.mask(i, [v])]] for p in others] for v in (a, b)]
            out.setdefault(i, {}).update({(a, b): set(zip(*ends, strict=True))} if a != b else {})
    return out


def pairs(path: str, old: Machine, new: Machine) -> tuple[int, Moves]:
    """How many states there are; and for each change of level, ("", for no row): how many, and a person."""
    sides = (old, new)
    blocks = _blocks(sides, path)
    owner = {place: n for n, b in enumerate(blocks) for places in b.parts for place in places}
    tables = [
        [[(owner[s, c], blocks[owner[s, c]].mask((s, c), mask)) for c, mask in row] for row in m.tables[path]]
        for s, m in enumerate(sides)
    ]
    out: Moves = {}
    for a, part in explain.outcomes(tables[0], {n: (1 << len(b.values)) - 1 for n, b in enumerate(blocks)}):
        for z, cell in explain.outcomes(tables[1], part):
            was, now = (m.rows[path][k]["level"] if k >= 0 else "" for m, k in ((old, a), (new, z)))
            count = prod(x.bit_count() for x in cell.values())
            if was == now or not count:
                continue
            n, person = out.get((was, now), (0, {}))
            if not person:
                person = {**dict.fromkeys(new.ids, "unknown"), **favourable(path)}
                for k, b in enumerate(blocks):
                    person.update(b.person((cell[k] & -cell[k]).bit_length() - 1, person))
            out[was, now] = n + count, person
    return prod(len(b.values) for b in blocks), out


def broken(m: Machine, book: Machine) -> list[str]:
    """The promises of the book that the rules of ``m`` break, in words, each with a person."""
    out = [x for path in space.BOOK for x in space.table_faults(path, m)]
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

    def permits(cases: explain.Cases) -> int:
        return cases.levels() & sum(1 << cases.machine.level_ids.index(x) for x in space.PERMITS)

    for i, v in [(x, v) for x in book.ids if x in m.ids for v in book.values[x]]:
        kept, here = (
            explain.Cases(x, "book", [x.mask(i, [v]) if c == i else explain.full(x, c) for c in x.ids])
            for x in (book, m)
        )
        if permits(kept) or not permits(here):
            continue
        for x in m.ids:  # narrow it down to one person, as reassuring as can be
            bits = sorted(m.bits[x].items(), key=lambda b: (not m.calm(x, b[0]), b[0] != "unknown"))  # noqa: B023
            here = here.with_(
                x, next(b for _, b in bits if here.sets[here.machine.numbers[x]] & b and permits(here.with_(x, b)))
            )
        case = {x: m.values[x][here.sets[here.machine.numbers[x]].bit_length() - 1] for x in m.ids}
        level = m.level_info(m.path(case, "book"), m.level(case, "book"))["name"]
        told = f"{m.inputs[i]['label']}: {m.label(i, v)}. In the book nobody of whom this is so may have ketamine"
        yield f"{told}. Here, for example, “{level}”: {space.as_patient(case, m)}"


def _unknown(m: Machine) -> Iterator[str]:
    """Where it opens more not to know an answer than to know the reassuring one; once for each column."""
    for path in space.BOOK:
        ranks = [int(m.level_info(path, row["level"])["rank"]) for row in m.rows[path]]
        whole = {c: m.mask(c, values) for c, values in space.columns(path, m).items()}
        for c in whole:
            found = (
                (i, a, cell)
                for i, changes in moves(path, c, m).items()
                for calm in m.inputs[i]["calm"]
                for a, b in changes.get(("unknown", calm), ())
                for k, part in explain.outcomes(m.tables[path], {**whole, c: m.bits[c][a]})
                for z, cell in explain.outcomes(m.tables[path], {**part, c: m.bits[c][b]})
                if min(k, z) >= 0 and ranks[k] > ranks[z]
            )
            for i, a, cell in islice(found, 1):
                state = {x: m.values[x][(bits & -bits).bit_length() - 1] for x, bits in cell.items()}
                case = space.unfold(path, {**state, c: a}, m)
                asked = next((x for x in m.lists[c]["items"] if case[x] == "unknown"), i) if c in m.lists else i
                case.update({i: case[asked], asked: case[i]})
                said = f"{m.inputs[i]['label']}: not to know it opens more than the reassuring answer does."
                yield f"{said} {space.as_patient(case, m)}"

"""Try another rule on a copy of the tables, and see who moves. Nothing here is a rule of this book."""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from . import space
from .api import Decision, decided, machine
from .machine import LISTS, Machine
from .promises import broken, moved
from .reader import ANY, KNOWLEDGE, KnowledgeError, nearest, read_csv, split
from .register import vignettes
from .tables import COLUMNS, load

MARK = "Tried out with what_if: these are not this book's rules."
NEW = {"because": "A row that was tried out.", "title": "Tried out", "fit": "uncertain", "origin": "addition"}
Rows = list[dict[str, str]]


class Told(list[str]):
    """Sentences about a change, marked as such wherever they are shown."""

    def __repr__(self) -> str:
        return "\n".join([MARK, *(f"- {x}" for x in self)])

    def _repr_html_(self) -> str:
        return f"<p><strong>{MARK}</strong></p><ul>{''.join(f'<li>{escape(x)}</li>' for x in self)}</ul>"


class Tried(Decision):
    """The answer by rules that were tried out; its texts say so."""

    @property
    def headline(self) -> str:
        """As ``Decision.headline``, marked."""
        return f"{MARK} {super().headline}"

    def __str__(self) -> str:
        return f"{MARK}\n\n{super().__str__()}"


def _each(changes: Any) -> list[tuple[str, Any]]:
    return [(name, x) for name, xs in dict(changes).items() for x in ([xs] if isinstance(xs, str | dict) else xs)]


def _place(raw: dict[str, Rows], table: str, name: str = "", column: str = "") -> tuple[Rows, int]:
    """The rows of a table, and the number of the one so named; raises where a name does not exist."""
    tables = [t for t in raw if t not in ("items", "levels")]
    named = [row[COLUMNS[table][0]] for row in raw[table]] if table in tables else []
    for word, legal, what in ((table, tables, "table of rules"), (name, named, f"row of {table}"),
                              (column, COLUMNS.get(table, ()), f"column of {table}")):  # fmt: skip
        if word and word not in legal:
            raise KnowledgeError(f"“{word}” is no {what}.{nearest(word, legal)}")
    if (table, column) == ("vocabulary", "values"):
        raise KnowledgeError("The values of a question stay; put in a question under a new name.")
    return raw[table], named.index(name) if name else -1


def what_if(
    *, cells: Any = (), rows_out: Any = (), rows_in: Any = (), items_out: Any = (), items_in: Any = ()
) -> WhatIf:
    """The rules of this book with some of them changed, on a copy that the same loader checks.

    ``cells``: ``{("start", "R-ALT", "level"): "DEFER"}``, table, row and column with the new text;
    ``rows_out``: ``{"start": ["R-CONSENT"]}``; ``rows_in``: ``{"start": [{"row": "R-NEW", "when": "overdose_risk=yes",
    "level": "AVOID"}]}``, each put below the rows that are as cautious; ``items_out`` and ``items_in``:
    ``{"hard_stop": ["pregnant"]}``, by checklist. Raises :class:`KnowledgeError`, as ``load`` does.
    """
    old: dict[str, Rows] = {n: list(map(dict, read_csv(KNOWLEDGE / f"rules/{n}.csv", n, COLUMNS[n]))) for n in COLUMNS}
    new = {name: list(map(dict, rows)) for name, rows in old.items()}
    for (table, name, column), text in dict(cells).items():
        rows, n = _place(new, table, name, column)
        rows[n][column] = text
    for table, name in _each(rows_out):
        rows, n = _place(new, table, name)
        del rows[n]
    ranks = {(x["path"], x["level"]): int(x["rank"]) for x in new["levels"]}
    for table, row in _each(rows_in):
        rows = [_place(new, table, column=c)[0] for c in row][0]
        rank = ranks.get((table, row.get("level", "")), 99)
        above = [n for n, x in enumerate(rows) if ranks.get((table, x.get("level", "")), 0) <= rank]
        rows.insert(above[-1] + 1 if above else 0, {c: row.get(c, NEW.get(c, ANY)) for c in COLUMNS[table]})
    for name, item in _each(items_out):
        if {"checklist": name, "item": item} not in new["items"]:
            raise KnowledgeError(f"“{item}” is no item of {name}.{nearest(item, [x['item'] for x in new['items']])}")
        new["items"].remove({"checklist": name, "item": item})
    new["items"] += [{"checklist": name, "item": item} for name, item in _each(items_in)]
    with TemporaryDirectory() as folder:
        root = shutil.copytree(KNOWLEDGE, Path(folder) / "knowledge")
        for name in [n for n in new if new[n] != old[n]]:
            pd.DataFrame(new[name], columns=COLUMNS[name]).to_csv(root / f"rules/{name}.csv", index=False)
        return WhatIf(Machine(load(root)), old, new)


class WhatIf:
    """Rules that were tried out: decide by them, and see whom and what they move."""

    def __init__(self, rules: Machine, old: dict[str, Rows], new: dict[str, Rows]):
        self.rules, self.old, self.new = rules, old, new
        self.files = [name for name in new if new[name] != old[name]]

    def __repr__(self) -> str:
        return f"{MARK} Changed: {', '.join(f'{name}.csv' for name in self.files) or 'nothing'}."

    def decide(self, case: Any = None, /, *, reading: str = "book", **inputs: str) -> Decision:
        """As ``decide``, by the rules tried out."""
        return decided(self.rules, case, reading, inputs, Tried)

    def moved(self) -> Told:
        """Who gets another answer: each vignette, then all states that either set of rules can tell apart."""
        out = Told()
        for name, v in vignettes().items():
            a = decided(machine(), v["answers"], "book", {})
            try:
                b = self.decide({i: x for i, x in v["answers"].items() if i in self.rules.ids})
            except ValueError as error:
                out.append(f"Vignette {name} cannot be decided: {error}")
                continue
            was, now = (f"“{d.level_name}”{', urgent' * d.urgent}" for d in (a, b))
            if was != now:
                out.append(f"Vignette {name} goes from {was} to {now}.")
                continue
            for kind in LISTS:
                one, two = ({x.title or x.text for x in getattr(d, kind)} for d in (a, b))
                told = {"no longer": "; ".join(sorted(one - two)), "now": "; ".join(sorted(two - one))}
                out += [f"Vignette {name}, {kind.replace('_', ' ')}: {w} {x}." for w, x in told.items() if x]
        out += moved(machine(), self.rules)
        return out or Told(["Nobody moves: every vignette and every state gets the level it had."])

    def broken(self) -> Told:
        """The promises of the book that these rules break, each with a person."""
        return Told(broken(self.rules, machine()) or ["Of the promises that can be checked here, none is broken."])

    def guard(self) -> Told:
        """What `make check` would say of the change, had it been made in the book."""
        claims: dict[str, list[str]] = {}
        for name in self.files:
            was, now = self.old[name], self.new[name]
            for row in [x for x in was + now if (x in was) != (x in now)]:
                for claim in split(row.get("claims", "")):
                    claims.setdefault(claim, []).append(row[COLUMNS[name][0]])
        out = [f"The file {name}.csv changed since it was accepted." for name in self.files]
        out += [f"The rows of claim {x} changed: {', '.join(dict.fromkeys(claims[x]))}." for x in sorted(claims)]
        if space.digest(self.rules) != space.digest():
            out.append("The decision surface changed: somebody may get another level.")
        return Told([*out, "The check would stop until somebody has looked at each of these."] if out else ["Nothing."])

"""Decide a pandas frame of people, one a row: the rules compiled to arrays, everybody at once.

What is told in words depends on few answers, so each text is worked out once, for one of the people who share it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd

from .api import machine, meant
from .machine import URGENT_TABLE, Machine
from .reader import nearest

RESULTS = ["level", "level_name", "urgent", "rule", "reason", "missing", "cautions", "notes", "safeguards"]
MOST = 20  # faults that a message tells
BAD = -1  # the code of a cell that is no value


def decide_frame(df: Any, reading: str = "book", missing_columns: str = "error", progress: bool = True) -> pd.DataFrame:
    """Decide every row of ``df``; the result has the same index. Text of any kind will do: plain, categories, Arrow.

    ``df`` has one column for each input. A column that is absent is an error, because a cohort
    that was never asked a question should say so; ``missing_columns="unknown"`` reads it as unknown.
    Result columns: level, level_name, urgent, rule, reason (text); missing, cautions, notes, safeguards (ids, joined
    by "; "), each as ``decide`` gives it. ``progress`` says on stderr how far it is, once it takes a second.
    Raises ``ValueError`` naming the faults by row and column; nothing is decided unless everything is legal.
    """
    m, said = machine(), [time.monotonic()]

    def say(text: str) -> None:
        if progress and time.monotonic() - said[-1] > 1:
            said.append(time.monotonic())
            print(f"decide_frame, {len(df):,} rows: {text}", file=sys.stderr, flush=True)

    bits = _read(df, m, _faults(df, m, reading, missing_columns), say)
    on = bits["ketamine_status"] == m.bits["ketamine_status"]["on"]
    paths = {"article": on | True} if reading == "article" else {"start": ~on, "on": on}
    kind: Any = pd.Series(["text"]).dtype  # whatever this pandas keeps text in; of much text each is kept once
    if getattr(kind, "storage", "") == "pyarrow" and len(df) > 100_000:
        kind = pd.StringDtype("python", na_value=np.nan)
    groups = [_Group(m, reading, path, {i: x[who] for i, x in bits.items()}) for path, who in paths.items()]
    out: dict[str, Any] = {}
    for each in zip(*[group.answers() for group in groups], strict=True):
        texts: list[Any] = []
        place, name = np.empty(len(df), np.int64), each[0][0]
        for who, (_, codes, found) in zip(paths.values(), each, strict=True):
            place[who] = codes + len(texts)
            texts += found
        out[name] = np.array(texts, bool)[place] if name == "urgent" else pd.array([*texts, ""], dtype=kind).take(place)
        say(f"{name} told")
    return pd.DataFrame(out, index=df.index)[RESULTS]


def _faults(df: Any, m: Machine, reading: str, missing_columns: str) -> list[str]:
    """What is wrong with the columns; what is no frame at all raises at once."""
    if not isinstance(df, pd.DataFrame):
        raise ValueError(f"decide_frame takes a pandas DataFrame, not {type(df).__name__}.")
    given = {"missing_columns": (missing_columns, ["error", "unknown"]), "reading": (reading, m.values["reading"])}
    for name, (value, legal) in given.items():
        if value not in legal:
            raise ValueError(f"{name} = {value!r} is not known; allowed: {', '.join(legal)}.")
    if named := [n for n in df.index.names if n in m.ids]:
        raise ValueError(f"The index is named “{named[0]}”, which is an input; make it a column: df.reset_index().")
    if df.columns.empty:
        raise ValueError("The frame has no columns: give one for each input, and one row for each person.")
    odd = [x for x in df.columns.unique() if x not in m.ids]
    drop = "Leave it out: df.drop(columns={0!r}), in “A clinic's list” leave_out=[{0!r}]. Names go in the index."
    out = [f"Column “{x}” is not an input.{meant(m, str(x), m.ids)} {drop.format(x)}" for x in odd]
    out += [f"Column “{x}” stands twice; keep one." for x in df.columns[df.columns.duplicated()].unique()]
    absent = ", ".join(i for i in m.ids if i not in df.columns)
    how = 'Add them, filled with “unknown” where nobody asked, or pass missing_columns="unknown".'
    return out + [f"Columns are missing: {absent}. {how}"] * (absent != "" and missing_columns == "error")


def _read(df: pd.DataFrame, m: Machine, faults: list[str], say: Callable[[str], None]) -> dict[str, np.ndarray]:
    """Each input's answers as sets of one; raises if there are faults already, or in a cell."""
    bits, wrong, count = {}, [], len(faults)
    for n, i in enumerate(m.ids):
        at, legal = np.flatnonzero(df.columns == i), m.values[i]
        codes = _codes(df.iloc[:, at[0]], legal) if len(at) else np.full(len(df), legal.index("unknown"))
        bits[i] = np.array([*(1 << k for k in range(len(legal))), 0], np.min_scalar_type(1 << len(legal)))[codes]
        bad = np.flatnonzero(codes == BAD)
        wrong += [(row, n, at[0]) for row in bad[:MOST].tolist()]
        count += len(bad)
        say(f"{n + 1} of {len(m.ids)} columns read")
    for row, n, at in sorted(wrong)[:MOST]:
        cell, label = df.iat[row, at], df.index[[row]].tolist()[0]
        fault = m.fault({m.ids[n]: cell if isinstance(cell, str) else repr(cell)}, nearest)
        faults.append(f"Row {label!r}: {fault}")
    if faults:
        raise ValueError("\n".join(faults[:MOST] + [f"And {count - MOST:,} more."] * (count > MOST)))
    return bits


def _codes(column: pd.Series, legal: list[str]) -> np.ndarray:
    """The place of each cell among the legal values, or ``BAD``; of equal cells only one is looked at."""
    try:
        codes, found = pd.factorize(column)
    except TypeError:  # a list or a dict stands in a cell
        return _codes(column.map(lambda x: x if isinstance(x, str) else None), legal)
    place = {v: n for n, v in enumerate(legal)}
    return np.array([*(place.get(x, BAD) for x in found), BAD], np.int8)[codes]  # an empty cell has the code -1


def _joint(parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """A code for each row, the same where every part is and nowhere else; and for each code the first row with it."""
    codes = pd.DataFrame(dict(enumerate(parts))).groupby([*range(len(parts))], sort=False).ngroup()
    return codes.to_numpy(), np.flatnonzero(~codes.duplicated())


def _listed(fits: list[tuple[str, np.ndarray]]) -> tuple[np.ndarray, list[str]]:
    """The names of what fits each person, joined: a code for each, and what the codes stand for."""
    codes, first = _joint([x for _, x in fits])
    rows = zip(*[x[first].tolist() for _, x in fits], strict=True)
    return codes, ["; ".join(dict.fromkeys(compress([name for name, _ in fits], row))) for row in rows]


class _Group:
    """People on one path, in one reading; ``bits``: their answers to each input."""

    def __init__(self, m: Machine, reading: str, path: str, bits: dict[str, np.ndarray]):
        self.m, self.path, self.bits, self.n = m, path, bits, len(bits[m.ids[0]])
        self.columns: dict[str, Any] = {**bits, "reading": m.bits["reading"][reading], "path": m.bits["path"][path]}
        self.matched = np.array(self.match(path))
        self.decider = self.matched.argmax(0)
        if len(gap := np.flatnonzero(~self.matched.any(0))):
            m.deciding(self.person(gap[0]), reading)  # raises, and says what to do
        self.columns["level"] = np.array([m.bits["level"][row["level"]] for row in m.rows[path]])[self.decider]

    def person(self, row: int) -> dict[str, str]:
        """One of the people as a case."""
        return {i: self.m.values[i][int(x[row]).bit_length() - 1] for i, x in self.bits.items()}

    def holds(self, c: str, mask: int) -> Any:
        """Whom one condition fits; a checklist is folded once."""
        if c not in self.columns:
            present = reduce(np.bitwise_or, [self.bits[i] for i in self.m.inputs_of(c)])
            self.columns[c] = np.array([0, *(1 << n for n in self.m.folds[c][1:])], np.uint8)[present]
        return (self.columns[c] & mask) != 0

    def match(self, table: str) -> list[np.ndarray]:
        """For each row of a table, whom it fits."""
        everyone = np.ones(self.n, bool)
        return [reduce(lambda a, b: a & self.holds(*b), when, everyone) for when in self.m.tables[table]]

    def answers(self) -> Iterator[tuple[str, np.ndarray, list[Any]]]:
        """The result columns: the name, a code for each person, and what the codes stand for."""
        rows = self.m.rows[self.path]
        rules = [row["row"].split(".")[0] for row in rows]
        yield "missing", *_listed(self.missing())
        yield "reason", *self.reasons(rules)
        yield "level", self.decider, [row["level"] for row in rows]
        yield "level_name", self.decider, [self.m.level_info(self.path, row["level"])["name"] for row in rows]
        yield "rule", self.decider, rules
        yield "urgent", reduce(np.logical_or, self.match(URGENT_TABLE)).astype(int), [False, True]
        for name in RESULTS[-3:]:
            names = [row["id"] for row in self.m.rows[name]]
            yield name, *_listed([*zip(names, self.match(name), strict=True)])

    def reasons(self, rules: list[str]) -> tuple[np.ndarray, list[str]]:
        """The text of the first reason: for each rule, for those whom it decides, as the machine words it."""
        m, out = self.m, np.empty(self.n, np.int64)
        texts: list[str] = []
        for rule in dict.fromkeys(rules):
            who = np.flatnonzero(np.array([x == rule for x in rules])[self.decider])
            matched = {k: self.matched[k][who] for k, name in enumerate(rules) if name == rule}
            fired: dict[str, Any] = {}  # what is known and worries, where a condition that holds rests on it
            for k, when in [(n, x) for n in matched for x in m.tables[self.path][n]]:
                items = m.inputs_of(when[0])
                for i in items:
                    told = [v for v in m.values[i] if [i, v] in m.triggers([when], dict.fromkeys(items, v))]
                    worry = m.mask(i, [v for v in told if v != "unknown" and not m.calm(i, v)])
                    fired[i] = fired.get(i, 0) | self.bits[i][who] & worry * matched[k]
            codes, first = _joint([*matched.values(), *fired.values()])
            out[who] = codes + len(texts)
            for n in first:
                fits = [k for k, x in matched.items() if x[n]]
                texts.append(m.reasons(self.path, fits, self.person(who[n]), [])[0]["text"])
        return out, texts

    def missing(self) -> list[tuple[str, np.ndarray]]:
        """The inputs that the path needs of somebody, each with those of whom it is needed and unknown."""
        m, out = self.m, []
        for i in m.ids:
            need, asked = m.inputs[i].get(self.path, ""), self.holds(i, m.bits[i]["unknown"])
            if need.startswith("if "):
                asked &= reduce(np.logical_or, [self.holds(x, m.bits[x]["yes"]) for x in m.inputs_of(need[3:])])
            elif not m.needs(i, {}, self.path):
                continue
            out.append((i, asked))
        return out

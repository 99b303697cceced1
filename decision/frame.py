"""Decide a pandas frame of people, one a row: the rules compiled to arrays, everybody at once.

What is told in words depends on few answers, so each text is worked out once, for one of the people who share it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from .api import machine
from .machine import URGENT_TABLE, Machine
from .reader import nearest

RESULTS = ["level", "level_name", "urgent", "rule", "reason", "missing", "cautions", "notes", "safeguards"]
MOST = 20  # faults that a message tells
BAD = -1
Bits = dict[str, np.ndarray]


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

    faults = _shape(df, m, reading, missing_columns)
    bits, more = _read(df, m, say, faults)
    if faults:
        rest = [f"And {len(faults) + more - MOST:,} more."] if len(faults) + more > MOST else []
        raise ValueError("\n".join(faults[:MOST] + rest))
    on = bits["ketamine_status"] & m.mask("ketamine_status", ["on"]) != 0
    paths = {"article": on | True} if reading == "article" else {"start": ~on, "on": on}
    groups = [_Group(m, reading, path, {i: x[who] for i, x in bits.items()}) for path, who in paths.items()]
    out, kind = {}, pd.Series(["text"]).dtype  # whatever this pandas keeps text in
    for each in zip(*[g.answers() for g in groups], strict=True):
        place, texts = np.empty(len(df), np.int64), []
        for who, (_, codes, found) in zip(paths.values(), each, strict=True):
            place[who] = codes + len(texts)
            texts += list(found)
        name = each[0][0]
        out[name] = np.array(texts, bool)[place] if name == "urgent" else pd.array([*texts, ""], dtype=kind).take(place)
        say(f"{name} told")
    return pd.DataFrame({name: out[name] for name in RESULTS}, index=df.index)


def _shape(df: Any, m: Machine, reading: str, missing_columns: str) -> list[str]:
    """What is wrong with the columns; what is no frame at all raises at once."""
    if not isinstance(df, pd.DataFrame):
        raise ValueError(f"decide_frame takes a pandas DataFrame, not {type(df).__name__}.")
    for name, value, legal in (("missing_columns", missing_columns, ["error", "unknown"]),
                               ("reading", reading, m.values["reading"])):  # fmt: skip
        if value not in legal:
            raise ValueError(f"{name} = {value!r} is not known; allowed: {', '.join(legal)}.")
    if named := [n for n in df.index.names if n in m.ids]:
        raise ValueError(f"The index is named “{named[0]}”, which is an input; make it a column: df.reset_index().")
    if df.columns.empty:
        raise ValueError("The frame has no columns: give one for each input, and one row for each person.")
    odd = [x for x in df.columns.unique() if x not in m.ids]
    out = [f"Column “{x}” is not an input.{nearest(str(x), m.ids)} Keep identifiers in the index." for x in odd]
    out += [f"Column “{x}” stands twice; keep one." for x in df.columns[df.columns.duplicated()].unique()]
    absent = [i for i in m.ids if i not in df.columns]
    if absent and missing_columns == "error":
        how = 'Add them, filled with “unknown” where nobody asked, or pass missing_columns="unknown".'
        out.append(f"Columns are missing: {', '.join(absent)}. {how}")
    return out


def _read(df: pd.DataFrame, m: Machine, say: Callable[[str], None], faults: list[str]) -> tuple[Bits, int]:
    """Each input's answers as sets of one. The first faults are added, row by row; and how many more there are."""
    bits, wrong, count = {}, [], 0
    for n, i in enumerate(m.ids, 1):
        at, legal = np.flatnonzero(df.columns == i), m.values[i]
        codes = _codes(df.iloc[:, at[0]], legal) if len(at) else np.full(len(df), legal.index("unknown"))
        bits[i] = np.array([*(1 << k for k in range(len(legal))), 0], np.min_scalar_type(1 << len(legal)))[codes]
        bad = np.flatnonzero(codes == BAD)
        wrong += [(row, n, at[0]) for row in bad[:MOST].tolist()]
        count += len(bad)
        say(f"{n} of {len(m.ids)} columns read")
    wrong = sorted(wrong)[:MOST]
    for row, n, at in wrong:
        cell = df.iat[row, at]
        fault = m.fault({m.ids[n - 1]: cell if isinstance(cell, str) else repr(cell)}, nearest)
        faults.append(f"Row {df.index[[row]].tolist()[0]!r}: {fault}")
    return bits, count - len(wrong)


def _codes(column: pd.Series, legal: list[str]) -> np.ndarray:
    """The place of each cell among the legal values, or ``BAD``."""

    def place(found: Any) -> np.ndarray:
        return np.array([legal.index(x) if isinstance(x, str) and x in legal else BAD for x in found] + [BAD], np.int8)

    if isinstance(column.dtype, pd.CategoricalDtype):
        return place(column.cat.categories)[column.cat.codes]
    if isinstance(column.dtype, pd.ArrowDtype) or getattr(column.dtype, "storage", "") == "pyarrow":
        codes, found = pd.factorize(column)
        return place(found)[codes]
    cells = np.ascontiguousarray(column.to_numpy(dtype=object))
    same = np.ndarray(cells.shape, np.intp, buffer=cells)  # where each cell lies in memory: often in a few places
    out = np.full(len(cells), BAD - 1, np.int8)
    for _ in range(12):
        if (out >= BAD).all():
            return out
        first = (out < BAD).argmax()
        out[same == same[first]] = place(cells[first : first + 1])[0]
    rest = np.flatnonzero(out < BAD)
    try:
        codes, found = pd.factorize(cells[rest])
    except TypeError:  # a list in a cell, say
        codes, found = np.arange(len(rest)), cells[rest]
    out[rest] = place(found)[codes]
    return out


def _joint(parts: list[tuple[Any, int]], n: int) -> tuple[np.ndarray, np.ndarray]:
    """A code for each of ``n`` rows, equal where all parts are and nowhere else; and a row for each code.

    A part is an array of whole numbers, and how many of them there can be.
    """
    key, size = np.zeros(n, np.int64), 1
    for part, count in parts:
        if size * count >= 1 << 62:
            key, found = pd.factorize(key)
            size = len(found)
        key, size = key * count + part, size * count
    codes, found = pd.factorize(key)
    first = np.empty(len(found), np.int64)
    first[codes[::-1]] = np.arange(n)[::-1]
    return codes, first


class _Group:
    """People on one path, in one reading; ``bits``: their answers to each input."""

    def __init__(self, m: Machine, reading: str, path: str, bits: Bits):
        self.m, self.path, self.bits, self.n = m, path, bits, len(bits[m.ids[0]])
        self.columns: dict[str, Any] = {**bits, "reading": m.bits["reading"][reading], "path": m.bits["path"][path]}
        self.matched = self.match(path)
        self.decider = np.full(self.n, BAD)
        for k in reversed(range(len(self.matched))):
            self.decider[self.matched[k]] = k
        if len(gap := np.flatnonzero(self.decider == BAD)):
            m.deciding(self.person(gap[0]), reading)  # raises, and says what to do
        self.columns["level"] = np.array([m.bits["level"][row["level"]] for row in m.rows[path]])[self.decider]

    def person(self, row: int) -> dict[str, str]:
        """One of the people as a case."""
        return {i: self.m.values[i][int(x[row]).bit_length() - 1] for i, x in self.bits.items()}

    def holds(self, c: str, mask: int) -> Any:
        """Whom one condition fits; a checklist is folded once."""
        if c not in self.columns:
            present = reduce(np.bitwise_or, [self.bits[i] for i in self.m.lists[c]["items"]])
            self.columns[c] = np.array([0, *(1 << n for n in self.m.folds[c][1:])], np.uint8)[present]
        return (self.columns[c] & mask) != 0

    def match(self, table: str) -> list[np.ndarray]:
        """For each row of a table, whom it fits."""
        everyone = np.ones(self.n, bool)
        return [reduce(lambda a, b: a & self.holds(*b), when, everyone) for when in self.m.tables[table]]

    def answers(self) -> Iterator[tuple[str, np.ndarray, Any]]:
        """The result columns, each as a code for each person and what the codes stand for; the longest first."""
        rows = self.m.rows[self.path]
        rules = [row["row"].split(".")[0] for row in rows]
        yield "missing", *self.missing()
        yield "reason", *self.reasons(rules)
        yield "level", self.decider, [row["level"] for row in rows]
        yield "level_name", self.decider, [self.m.level_info(self.path, row["level"])["name"] for row in rows]
        yield "rule", self.decider, rules
        yield "urgent", reduce(np.logical_or, self.match(URGENT_TABLE)).astype(int), [False, True]
        for name in RESULTS[-3:]:
            matched = self.match(name)
            codes, first = _joint([(x, 2) for x in matched], self.n)
            ids = [row.get("id") or row["row"] for row in self.m.rows[name]]
            told = [dict.fromkeys(x for x, fits in zip(ids, matched, strict=True) if fits[row]) for row in first]
            yield name, codes, ["; ".join(x) for x in told]

    def reasons(self, rules: list[str]) -> tuple[np.ndarray, list[str]]:
        """The text of the first reason: for each rule, for those whom it decides, as the machine words it."""
        out, texts, m = np.empty(self.n, np.int64), [], self.m
        for rule in dict.fromkeys(rules):
            rows = [k for k, name in enumerate(rules) if name == rule]
            who = np.flatnonzero(np.isin(self.decider, rows))
            matched = {k: self.matched[k][who] for k in rows}
            fired: dict[str, Any] = {}  # what is known and worries, where a condition that holds rests on it
            for n, (c, mask) in [(k, when) for k in matched for when in m.tables[self.path][k]]:
                items = m.lists[c]["items"] if c in m.lists else [c]
                for i in items:
                    known = [v for v in m.values[i] if v != "unknown" and not m.calm(i, v)]
                    told = [v for v in known if m.triggers([(c, mask)], dict.fromkeys(items, v))]
                    fired[i] = fired.get(i, 0) | self.bits[i][who] & m.mask(i, told) * matched[n]
            parts = [(x, 2) for x in matched.values()] + [(x, 1 << len(m.values[i])) for i, x in fired.items()]
            codes, first = _joint(parts, len(who))
            out[who] = codes + len(texts)
            for row in first:
                fits = [k for k in rows if matched[k][row]]
                texts.append(m.reasons(self.path, fits, self.person(who[row]), [])[0]["text"])
        return out, texts

    def missing(self) -> tuple[np.ndarray, np.ndarray]:
        """The unknown inputs that the path needs, by name."""
        m, needed = self.m, {}
        always = m.missing(dict.fromkeys(m.ids, "unknown"), self.path)
        for i in m.ids:
            when = m.inputs[i].get(self.path, "")
            if i in always or when.startswith("if "):
                needed[i] = self.holds(i, m.mask(i, ["unknown"]))
            if when.startswith("if "):
                items = m.lists[when[3:]]["items"]
                needed[i] &= reduce(np.logical_or, [self.holds(x, m.mask(x, ["yes"])) for x in items])
        codes, first = _joint([(x, 2) for x in needed.values()], self.n)
        texts, begun = np.full(len(first), "", object), np.zeros(len(first), int)
        for i, x in needed.items():
            here = x[first]
            texts[here] += np.array([i, f"; {i}"], object)[begun[here]]
            begun[here] = 1
        return codes, texts

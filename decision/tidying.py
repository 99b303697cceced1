"""A list as clinics keep it, put into the book's vocabulary: every change is reported, and nothing is guessed."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from .api import inputs

WORDS = {
    "yes": ("yes", "y", "true", "1", "1.0", "positive", "present", "+"),
    "no": ("no", "n", "false", "0", "0.0", "negative", "absent"),
    "unknown": ("unknown", "not known", "n/a", "na", "nan", "<na>", "nat", "not asked"),
}
REPORT = ["row", "column", "from", "to", "why"]
MARKS = "^a-z0-9"  # of a name none counts; of a cell all but the underline do: “no?” is not “no”
UNREAD = "cannot be read, so it is left as it is"


def _said(x: Any, marks: str = "_") -> str:
    """A name or a cell in small letters, with one space between its words, and without these marks."""
    return " ".join(re.sub(f"[{marks}]", " ", str(x).lower()).split())


def _years(label: str) -> range:
    """The ages that a label of an age group speaks of."""
    n = [int(x) for x in re.findall(r"\d+", label)]
    return range(0, n[0]) if "nder" in label else range(n[0], (n[1] if len(n) > 1 else 120) + 1) if n else range(0)


def _value(i: str, x: Any) -> tuple[Any, str]:
    """What a cell of input ``i`` says, and why it is read so; nothing where it is a value as it stands."""
    given, text = inputs()[i], _said(x)
    values = dict(zip(given["values"], given["value_labels"], strict=True))
    if isinstance(x, str) and x in values:
        return x, ""
    if not re.search(r"[^\W_]|[+]", text) or text in WORDS["unknown"]:
        return "unknown", "nothing is recorded"
    age = re.fullmatch(r"(\d+)(\.\d+)?( ?y(ears?|rs?)?( old)?)?", text)
    if age and any(_years(label) for label in values.values()):
        found = [v for v, label in values.items() if int(age[1]) in _years(label)]
        return (found[0], "an age in years") if found else (x, UNREAD)
    for v, label in values.items():
        if text in WORDS.get(v, ()) or text in map(_said, (v, label, *re.split(r"[()]", label))):
            return v, "said in other words or spelling"
    return x, UNREAD


def _names(columns: list[Any]) -> dict[Any, str]:
    """The columns that are not named as inputs but mean one, each with the input it means."""
    ids = list(inputs())
    known = {_said(x, MARKS): i for i in ids for x in (i, *(inputs()[i][k] for k in ("label", "short", "question")))}
    out = {}
    for name in [c for c in columns if c not in ids]:
        text = re.sub(r" (in )?(years|yrs|yr|y)$", "", _said(name, MARKS))
        begins = [w[0] for w in text.split()]  # a slip keeps how each word begins; “normal” is no slip for “abnormal”
        alike = [k for k in known if [w[0] for w in k.split()] == begins]
        close = {known[k] for k in get_close_matches(text, alike, 3, 0.85)}
        if text in known or len(close) == 1:
            out[name] = known[text] if text in known else close.pop()
    meant = [*(c for c in columns if c in ids), *out.values()]
    return {name: i for name, i in out.items() if meant.count(i) == 1}  # two columns for one input: neither is taken


def tidy(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``frame`` in the book's vocabulary, and a report of every change: row, column, from, to and why.

    Reads columns named by an input's label or question, or with a slip; yes and no in other words (Y, TRUE, 1,
    negative ...); blanks as unknown; ages in years; answers by their label. What cannot be read is left as it is and
    stands in the report too: ``decide_frame`` refuses it. ``frame`` itself is not changed.
    """
    names = _names(list(frame.columns))
    clean = frame.rename(columns=names)
    report: list[tuple] = [("–", c, c, i, "name of the column") for c, i in names.items()]
    report += [("–", c, c, c, UNREAD) for c in clean if c not in inputs()]
    parts = [pd.DataFrame(report, columns=REPORT)]
    for i in [c for c in clean if c in inputs() and [*clean].count(c) == 1]:
        cells = clean[i].astype(object)
        codes, found = pd.factorize(cells)
        said = [_value(i, x) for x in [*found, ""]]  # an empty cell has the code -1
        read, why = (np.array(x, object)[codes] for x in zip(*said, strict=True))
        clean[i] = read
        at = np.flatnonzero(why != "")
        told = {"row": list(frame.index[at]), "column": i, "from": cells.iloc[at].array, "to": read[at], "why": why[at]}
        parts.append(pd.DataFrame(told, columns=REPORT).astype(object))
    return clean, pd.concat(parts, ignore_index=True)

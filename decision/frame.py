"""Decide a pandas frame of cases, one row a person."""

from __future__ import annotations

import pandas as pd

from .api import decide, full_case, machine
from .reader import nearest

RESULTS = ["level", "urgent", "rule", "reason", "missing", "cautions", "notes", "safeguards"]


def decide_frame(df: pd.DataFrame, reading: str = "book", missing_columns: str = "error") -> pd.DataFrame:
    """Decide every row of ``df``; the result has the same index.

    ``df`` has one column for each input. A column that is absent is an error, because a cohort
    that was never asked a question should say so; ``missing_columns="unknown"`` reads it as unknown.
    Result columns: level, urgent, rule, reason (text); missing, cautions, notes, safeguards (ids, joined
    by "; ").
    Raises ``ValueError`` naming the row and the cell; nothing is decided unless everything is legal.
    """
    if not isinstance(df, pd.DataFrame):
        raise ValueError(f"decide_frame takes a pandas DataFrame, not {type(df).__name__}.")
    if missing_columns not in ("error", "unknown"):
        raise ValueError(f"missing_columns = {missing_columns!r} is not known; allowed: error, unknown.")
    if named := [n for n in df.index.names if n in machine().ids]:
        raise ValueError(f"The index is named “{named[0]}”, which is an input; make it a column: df.reset_index().")
    if df.columns.empty:
        raise ValueError("The frame has no columns: give one for each input, and one row for each person.")
    ids = machine().ids
    for name in df.columns:
        if name not in ids:
            raise ValueError(
                f"Column “{name}” is not an input.{nearest(str(name), ids)} Keep identifiers in the index."
            )
    if df.columns.has_duplicates:
        raise ValueError(f"Column “{df.columns[df.columns.duplicated()][0]}” stands twice; keep one.")
    absent = [i for i in ids if i not in df.columns]
    if absent and missing_columns == "error":
        raise ValueError(
            f"Columns are missing: {', '.join(absent)}. Add them, filled with “unknown” where nobody asked, "
            'or pass missing_columns="unknown".'
        )
    names = list(df.columns)
    cells = list(df.itertuples(index=False, name=None))
    cases = [
        full_case(dict(zip(names, row, strict=True)), f"Row {label!r}: ")
        for label, row in zip(df.index, cells, strict=True)
    ]
    answers: dict[tuple[str, ...], dict[str, object]] = {}
    out = []
    for case in cases:
        key = tuple(case.values())
        if key not in answers:
            d = decide(case, reading=reading)
            answers[key] = {
                "level": d.level,
                "urgent": d.urgent,
                "rule": d.reasons[0].rule,
                "reason": d.reasons[0].text,
                "missing": "; ".join(d.missing),
                **{name: "; ".join(x.id for x in getattr(d, name)) for name in ("cautions", "notes", "safeguards")},
            }
        out.append(answers[key])
    return pd.DataFrame(out, index=df.index, columns=RESULTS)

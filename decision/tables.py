"""Load the rules under ``knowledge/rules``, check them, and compile them for the machine.

Every message names the file, the line and the column, says what is allowed and what to do.
A folder with any fault is refused whole: :class:`KnowledgeError` lists all faults found.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from .dose import dose_in
from .reader import ANY, KNOWLEDGE, KnowledgeError, Row, nearest, read_bib, read_csv, said, split
from .readonly import freeze

VERDICT_TABLES = ("start", "on", "article")
COLLECTED = ("urgent", "alternatives", "cautions", "notes", "safeguards", "monitoring", "other_care")
FITS = ("supported", "not supported", "uncertain")
ORIGINS = ("article", "addition")
READINGS = ("book", "article")
YES_NO = ["no", "unknown", "yes"]
_RESTS = ("because", "claims", "sources", "origin", "certainty")
COLUMNS = {
    "vocabulary": ("id", "group", "label", "short", "question", "values", "value_labels", "reassuring", "changeable",
                   "start", "on", "why", "next", "claims", "sources", "certainty"),
    "checklists": ("checklist", "title", "precedence", "used_on", "meaning"),
    "items": ("checklist", "item"),
    "levels": ("path", "level", "rank", "name", "meaning"),
    **{name: ("row", "when", "level", "because", "next", *_RESTS[1:]) for name in VERDICT_TABLES},
    **{name: ("row", "when", "id", "title", *_RESTS) for name in COLLECTED},
    "alternatives": ("row", "when", "id", "title", "fit", "because", "cautions", *_RESTS[1:]),
}  # fmt: skip
KEYS = {"vocabulary": "id", "checklists": "checklist", "items": "", "levels": ""}
CLAIMS = ("id", "section", "title", "statement", "article_ref", "type", "verdict", "unsafe", "finding", "book",
          "assumption", "undecidable", "inputs", "sources")  # fmt: skip


class _Check:
    """Collects the faults of one folder instead of stopping at the first."""

    def __init__(self, claim_ids: Sequence[str], keys: Sequence[str]):
        self.faults: list[str] = []
        self.known = {"claims": claim_ids, "sources": keys}

    def fault(self, file: str, row: Row, column: str, text: str) -> None:
        """Note a fault of a cell."""
        self.faults.append(said(file, row.line, column, text))

    def one_of(self, file: str, row: Row, column: str, value: str, legal: Sequence[str]) -> None:
        """Note a fault unless ``value`` is one of ``legal``."""
        if value not in legal:
            shown = ", ".join(legal) if len(legal) <= 12 else f"one of {len(legal)} known names"
            self.fault(file, row, column, f"“{value}” is not known; allowed: {shown}.{nearest(value, legal)}")

    def no_dose(self, file: str, row: Row) -> None:
        """Note a fault for each cell with an amount."""
        for column, cell in row.items():
            if found := dose_in(cell):
                self.fault(file, row, column, f"“{found}” looks like a dose or rate; the book never outputs one.")

    def rests(self, file: str, row: Row) -> dict[str, list[str]]:
        """What a row rests on: its claims and sources, which exist, and are not both missing."""
        found = {kind: split(row.get(kind, "")) for kind in ("claims", "sources")}
        for kind, names in found.items():
            for x in names:
                self.one_of(file, row, kind, x, self.known[kind])
        of_inputs = row["certainty"] == ANY and row.get("when", ANY) != ANY if "certainty" in row else False
        if not found["claims"] + found["sources"] and not of_inputs:
            self.fault(file, row, "sources", "the row cites nothing; name a claim or a source.")
        return found


def parse_case(cell: str) -> tuple[dict[str, str], str]:
    """``a=b c=d`` as a dict, and what is wrong with it; ``–`` is an empty dict."""
    out: dict[str, str] = {}
    for pair in cell.split() if cell.strip() != ANY else []:
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            return out, f"“{pair}” is not of the form input=value; separate pairs by spaces."
        if name in out:
            return out, f"“{name}” stands twice; keep one."
        out[name] = value
    return out, ""


def _inputs(check: _Check, file: str, rows: list[Row], lists: list[str]) -> list[dict[str, Any]]:
    out = []
    for row in rows:
        values, labels = split(row["values"], "|"), split(row["value_labels"], "|")
        if "unknown" not in values:
            check.fault(file, row, "values", "every input must allow “unknown”; add it.")
        if len(values) != len(labels):
            check.fault(file, row, "value_labels", f"{len(values)} values need as many labels.")
        for v in split(row["reassuring"], "|"):
            check.one_of(file, row, "reassuring", v, values)
        check.one_of(file, row, "changeable", row["changeable"], ["yes", "no"])
        for path in ("start", "on"):
            check.one_of(file, row, path, row[path], ["always", ANY, *(f"if {c}" for c in lists)])
        calm = split(row["reassuring"], "|")
        given = {"values": values, "value_labels": labels, "changeable": row["changeable"] == "yes", "calm": calm}
        given["reassuring"] = calm[0] if calm else ANY
        out.append({**row, **check.rests(file, row), **given})
    return out


def _checklists(check: _Check, raw: dict[str, list[Row]], values: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The checklists with their items; their values are added to ``values``."""
    items: dict[str, list[str]] = {row["checklist"]: [] for row in raw["checklists"]}
    file = "rules/items.csv"
    for row in raw["items"]:
        check.one_of(file, row, "checklist", row["checklist"], list(items))
        check.one_of(file, row, "item", row["item"], list(values))
        if row["item"] in items.get(row["checklist"], []):
            check.fault(file, row, "item", f"“{row['item']}” is already in this checklist; remove one.")
        if sorted(found := values.get(row["item"], YES_NO)) != YES_NO:
            check.fault(file, row, "item", f"“{row['item']}” is not answered yes, no or unknown; remove it.")
        elif row["item"] in values and found != ["yes", "no", "unknown"]:  # one order, since a fold reads places
            check.fault(file, row, "item", f"“{row['item']}” must list yes|no|unknown, in that order.")
        items.setdefault(row["checklist"], []).append(row["item"])
    out, file = [], "rules/checklists.csv"
    for row in raw["checklists"]:
        parts = [p.split("+") for p in split(row["precedence"], ">")]
        if sorted({x for p in parts for x in p}) != YES_NO:
            check.fault(file, row, "precedence", "order yes, no and unknown, e.g. yes > unknown > no.")
        check.one_of(file, row, "used_on", row["used_on"], ["start", "on", "article", "collect", "risk", "always"])
        if not items[row["checklist"]]:
            check.fault(file, row, "checklist", "it has no items; add them to items.csv.")
        values[row["checklist"]] = ["+".join(p) for p in parts]
        kept = {"title": row["title"], "meaning": row["meaning"], "used_on": row["used_on"]}
        out.append({"id": row["checklist"], **kept, "precedence": parts, "items": items[row["checklist"]]})
    return out


def _when(check: _Check, file: str, row: Row, values: dict[str, list[str]]) -> dict[str, list[str]]:
    """The conditions of a row: column -> the values that meet it."""
    pairs, wrong = parse_case(row["when"])
    if wrong:
        check.fault(file, row, "when", wrong)
    out = {}
    for column, cell in pairs.items():
        check.one_of(file, row, "when", column, list(values))
        out[column] = cell.split("|")
        for v in out[column] if column in values else []:
            check.one_of(file, row, "when", v, values[column])
    return out


def _table(check: _Check, name: str, rows: list[Row], values: dict[str, list[str]],
           ranks: dict[str, int]) -> dict[str, Any]:  # fmt: skip
    """One table: its conditions compiled, its order checked.

    Columns are printed in the order in which the last row of a verdict table names them: it is the most
    permissive one and spells out every condition. Elsewhere they come as they are first named.
    """
    file, last, out = f"rules/{name}.csv", 0, []
    for row in rows:
        when = _when(check, file, row, values)
        check.one_of(file, row, "origin", row["origin"], ORIGINS)
        if name in VERDICT_TABLES:
            check.one_of(file, row, "level", row["level"], list(ranks))
            rank = ranks.get(row["level"], last)
            if rank < last:
                check.fault(file, row, "level", f"{row['level']} is more cautious than the row above it; "
                            "rows run from most to least cautious, so move it up.")  # fmt: skip
            last = rank
        kept = {k: v for k, v in row.items() if k != "when"}
        if "fit" in row:
            check.one_of(file, row, "fit", row["fit"], FITS)
            kept["cautions"] = split(row["cautions"])
        out.append({**kept, **check.rests(file, row), "when": when})
    told = [row["when"] for row in (reversed(out) if name in VERDICT_TABLES else out)]
    columns = list(dict.fromkeys(c for when in told for c in when))
    return {"name": name, "hit": "P" if name in VERDICT_TABLES else "C", "columns": columns, "rows": out}


def load(folder: Path = KNOWLEDGE) -> dict[str, Any]:
    """Read, check and compile a knowledge folder: read-only lists and dicts, as the machine takes them.

    Raises :class:`KnowledgeError`, naming every fault, if anything is wrong.
    """
    folder, faults, raw = Path(folder), [], {}
    claim_rows: list[Row] = []
    keys: dict[str, Any] = {}
    try:
        empty_cells = ("article_ref", "assumption", "undecidable", "inputs")
        claim_rows = read_csv(folder / "register/claims.csv", "register/claims.csv", CLAIMS, "id", empty_cells)
    except KnowledgeError as error:
        faults.append(str(error))
    try:
        keys = read_bib(folder / "references.bib")
    except KnowledgeError as error:
        faults.append(str(error))
    for name, columns in COLUMNS.items():
        file = f"rules/{name}.csv"
        try:
            raw[name] = read_csv(folder / file, file, columns, KEYS.get(name, "row"))
        except KnowledgeError as error:
            faults.append(str(error))
    if faults:
        raise KnowledgeError("\n".join(faults))
    check = _Check([c["id"] for c in claim_rows], list(keys))
    inputs = _inputs(check, "rules/vocabulary.csv", raw["vocabulary"], [r["checklist"] for r in raw["checklists"]])
    values = {i["id"]: i["values"] for i in inputs}
    checklists = _checklists(check, raw, values)
    ranks: dict[str, dict[str, int]] = {path: {} for path in VERDICT_TABLES}
    for row in raw["levels"]:
        check.one_of("rules/levels.csv", row, "path", row["path"], VERDICT_TABLES)
        if not row["rank"].isdigit():
            check.fault("rules/levels.csv", row, "rank", f"“{row['rank']}” is not a whole number.")
        ranks.setdefault(row["path"], {})[row["level"]] = int(row["rank"]) if row["rank"].isdigit() else 0
    context = {"reading": list(READINGS), "path": list(VERDICT_TABLES),
               "level": sorted({x["level"] for x in raw["levels"]})}  # fmt: skip
    told = {**values, **context}  # what decides comes before the level, so only what is collected may ask for it
    first = (*VERDICT_TABLES, "urgent")
    tables = [
        _table(check, n, raw[n], values if n in first else told, ranks.get(n, {})) for n in (*first, *COLLECTED[1:])
    ]
    for name, rows in raw.items():
        for row in rows:
            check.no_dose(f"rules/{name}.csv", row)
    for row in raw["alternatives"]:
        for c in split(row["cautions"]):
            check.one_of("rules/alternatives.csv", row, "cautions", c, [x["id"] for x in raw["cautions"]])
    for row in claim_rows:
        check.rests("register/claims.csv", row)
        for i in split(row["inputs"]):
            check.one_of("register/claims.csv", row, "inputs", i, [x["id"] for x in inputs])
    if check.faults:
        raise KnowledgeError("\n".join(check.faults))
    levels = [dict(row) for row in raw["levels"]]
    return freeze({"inputs": inputs, "checklists": checklists, "levels": levels, "context": context, "tables": tables})


@lru_cache(maxsize=1)
def default() -> dict[str, Any]:
    """The compiled knowledge that comes with the package, loaded and checked once; read-only."""
    return load()

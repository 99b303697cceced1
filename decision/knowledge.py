"""Load the tables under ``knowledge/``, check them, and compile them for the machine.

Every message names the file, the row and the cell, says what is allowed and what to do.
A folder with any fault is refused whole: :class:`KnowledgeError` lists all faults found.
"""

from __future__ import annotations

import csv
import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "knowledge"
ANY = "–"
VERDICT_TABLES = ("start", "on", "article")
COLLECTED = ("urgent", "cautions", "notes", "safeguards", "monitoring", "other_care")
ORIGINS = ("article", "addition")
READINGS = ("book", "article")
ANNOTATIONS = ("row", "level", "id", "title", "because", "claims", "sources", "origin", "certainty")
_TABLE = ("row", "because", "claims", "sources", "origin", "certainty")
HEADINGS = {  # the columns that a file cannot do without; a table adds its conditions
    "claims.csv": ("id", "sources", "inputs"),
    "vocabulary.csv": ("id", "group", "label", "question", "values", "value_labels", "reassuring",
                       "changeable", "start", "on", "why", "claims", "sources", "certainty"),
    "checklists.csv": ("checklist", "title", "precedence", "used_on", "meaning"),
    "items.csv": ("checklist", "item"),
    "levels.csv": ("path", "level", "rank", "name", "meaning"),
    **{f"{name}.csv": (*_TABLE, "level") for name in VERDICT_TABLES},
    **{f"{name}.csv": (*_TABLE, "id", "title") for name in COLLECTED},
}
DOSE = re.compile(r"\d+\s*(mg|mcg|µg|ml|g)\b|/\s*(kg|h|24)\b|\bper (kilogram|hour)\b", re.I)


class KnowledgeError(ValueError):
    """The knowledge folder has faults; the text lists each with its file, row and cell."""


def split(cell: str, sep: str = ";") -> list[str]:
    """The parts of a cell, trimmed; an empty cell has none."""
    return [part.strip() for part in cell.split(sep) if part.strip()]


def nearest(word: str, legal: list[str]) -> str:
    """A hint that names the closest legal word, or nothing."""
    close = get_close_matches(word, legal, n=1)
    return f" Did you mean “{close[0]}”?" if close else ""


class _Reader:
    """Reads one folder and collects faults instead of stopping at the first."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.faults: list[str] = []

    def fault(self, file: str, line: int, column: str, text: str) -> None:
        """Note a fault at a line (1 is the heading) and column of a file."""
        self.faults.append(f"{file}, line {line}, column “{column}”: {text}")

    def one_of(self, file: str, line: int, column: str, value: str, legal: list[str]) -> None:
        """Note a fault unless ``value`` is one of ``legal``."""
        if value not in legal:
            shown = ", ".join(legal) if len(legal) <= 12 else f"one of {len(legal)} known names"
            self.fault(file, line, column,
                       f"“{value}” is not known; allowed: {shown}.{nearest(value, legal)}")

    def no_dose(self, file: str, line: int, row: dict[str, str]) -> None:
        """Note a fault for each cell with a dose or a rate."""
        for column, cell in row.items():
            if found := DOSE.search(cell):
                self.fault(file, line, column,
                           f"“{found[0]}” looks like a dose or rate; the book never outputs one.")

    def rows(self, file: str, key: str, optional: tuple[str, ...] = ()) -> list[dict[str, str]]:
        """The rows of a CSV; empty cells and duplicate keys are faults, a file out of shape ends the load."""
        path = self.folder / file
        if not path.exists():
            raise KnowledgeError(f"{file}: the file is missing from {self.folder.name}/; restore it.")
        try:
            with path.open(newline="", encoding="utf-8-sig") as f:
                reader = csv.DictReader(f)
                rows, heading = list(reader), list(reader.fieldnames or [])
        except UnicodeDecodeError:
            raise KnowledgeError(f"{file}: the file is not UTF-8; save it as CSV UTF-8.") from None
        before = len(self.faults)
        for column in HEADINGS[file]:
            if column not in heading:
                self.fault(file, 1, column, "the column is missing; restore it.")
        for column in sorted({c for c in heading if heading.count(c) > 1}):
            self.fault(file, 1, column, "the column stands twice; keep one.")
        for n, row in enumerate(rows, 2):
            if None in row or None in row.values():
                self.fault(file, n, heading[0], "the row has too many or too few cells; check the commas.")
        if not rows:
            self.fault(file, 2, "".join(heading[:1]), "the file has no rows; restore them.")
        if len(self.faults) > before:
            raise KnowledgeError("\n".join(self.faults))
        seen: dict[str, int] = {}
        for n, row in enumerate(rows, 2):
            for column, cell in row.items():
                if not cell.strip() and column not in optional:
                    self.fault(file, n, column, f"the cell is empty; write a value, or {ANY} for any.")
            if key and row[key] in seen:
                self.fault(file, n, key, f"“{row[key]}” is already on line {seen[row[key]]}; rename one.")
            seen[row.get(key, str(n))] = n
        return rows


def source_keys(folder: Path = HERE) -> list[str]:
    """The keys of ``references.bib``, in its order."""
    text = (folder / "references.bib").read_text(encoding="utf-8")
    return re.findall(r"^@\w+\{([^,\s]+),", text, re.M)


def claims(folder: Path = HERE) -> list[dict[str, str]]:
    """The rows of the claim register, as written."""
    with (folder / "claims.csv").open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def load(folder: Path = HERE) -> dict[str, Any]:
    """Read, check and compile a knowledge folder into plain lists and dicts.

    Raises :class:`KnowledgeError`, naming every fault, if anything is wrong.
    """
    r = _Reader(Path(folder))
    register = r.rows("claims.csv", "id", ("article_ref", "assumption", "undecidable", "inputs"))
    claim_ids = [c["id"] for c in register]
    if not (r.folder / "references.bib").exists():
        raise KnowledgeError("references.bib: the file is missing; restore it.")
    keys = source_keys(r.folder)

    def cite(file: str, n: int, row: dict[str, str]) -> dict[str, Any]:
        found = {"claims": split(row.get("claims", "")), "sources": split(row["sources"])}
        for c in found["claims"]:
            r.one_of(file, n, "claims", c, claim_ids)
        for s in found["sources"]:
            r.one_of(file, n, "sources", s, keys)
        if not found["claims"] + found["sources"]:
            r.fault(file, n, "sources", "the row cites nothing; name a claim or a source.")
        if file != "claims.csv":  # the register may quote the article's dose as an error
            r.no_dose(file, n, row)
        return found

    inputs = []
    vocabulary = r.rows("vocabulary.csv", "id", ("claims",))
    lists = r.rows("checklists.csv", "checklist")
    list_ids = [c["checklist"] for c in lists]
    for n, row in enumerate(vocabulary, 2):
        values, labels = split(row["values"], "|"), split(row["value_labels"], "|")
        if "unknown" not in values:
            r.fault("vocabulary.csv", n, "values", "every input must allow “unknown”; add it.")
        if len(values) != len(labels):
            r.fault("vocabulary.csv", n, "value_labels", f"{len(values)} values need as many labels.")
        r.one_of("vocabulary.csv", n, "reassuring", row["reassuring"], [*values, ANY])
        r.one_of("vocabulary.csv", n, "changeable", row["changeable"], ["yes", "no"])
        for path in ("start", "on"):
            legal = ["always", ANY] + [f"if {c}" for c in list_ids]
            r.one_of("vocabulary.csv", n, path, row[path], legal)
        inputs.append({**row, **cite("vocabulary.csv", n, row), "values": values,
                       "value_labels": labels, "changeable": row["changeable"] == "yes"})
    values_of = {i["id"]: i["values"] for i in inputs}

    items: dict[str, list[str]] = {c: [] for c in list_ids}
    for n, row in enumerate(r.rows("items.csv", ""), 2):
        r.one_of("items.csv", n, "checklist", row["checklist"], list_ids)
        r.one_of("items.csv", n, "item", row["item"], list(values_of))
        if row["item"] in items.get(row["checklist"], []):
            r.fault("items.csv", n, "item", f"“{row['item']}” is already in this checklist; remove one.")
        if sorted(values_of.get(row["item"], ["no", "unknown", "yes"])) != ["no", "unknown", "yes"]:
            r.fault("items.csv", n, "item", f"“{row['item']}” is not answered yes, no or unknown; remove it.")
        items.setdefault(row["checklist"], []).append(row["item"])
    checklists = []
    for n, row in enumerate(lists, 2):
        r.no_dose("checklists.csv", n, row)
        parts = [p.split("+") for p in split(row["precedence"], ">")]
        if sorted({x for p in parts for x in p}) != ["no", "unknown", "yes"]:
            r.fault("checklists.csv", n, "precedence", "order yes, no and unknown, e.g. yes > unknown > no.")
        r.one_of("checklists.csv", n, "used_on", row["used_on"],
                 ["start", "on", "article", "collect", "risk", "always"])
        if not items[row["checklist"]]:
            r.fault("checklists.csv", n, "checklist", "it has no items; add them to items.csv.")
        checklists.append({"id": row["checklist"], "title": row["title"], "meaning": row["meaning"],
                           "used_on": row["used_on"], "precedence": parts, "items": items[row["checklist"]]})
        values_of[row["checklist"]] = ["+".join(p) for p in parts]

    levels = r.rows("levels.csv", "")
    context = {"reading": list(READINGS), "path": list(VERDICT_TABLES),
               "level": sorted({x["level"] for x in levels})}
    for n, row in enumerate(levels, 2):
        r.no_dose("levels.csv", n, row)
        r.one_of("levels.csv", n, "path", row["path"], list(VERDICT_TABLES))
        if not row["rank"].isdigit():
            r.fault("levels.csv", n, "rank", f"“{row['rank']}” is not a whole number.")
    values_of.update(context)

    tables = []
    for name in VERDICT_TABLES + COLLECTED:
        file = f"{name}.csv"
        rows = r.rows(file, "row", ("claims",))
        outcome = name in VERDICT_TABLES  # elsewhere the level is a condition, not the outcome
        columns = [c for c in (rows[0] if rows else {})
                   if c not in ANNOTATIONS or (c == "level" and not outcome)]
        for c in columns:
            r.one_of(file, 1, c, c, list(values_of))
        ranks = {x["level"]: int(x["rank"]) for x in levels if x["path"] == name and x["rank"].isdigit()}
        last, compiled = 0, []
        for n, row in enumerate(rows, 2):
            when = {}
            for c in columns:
                if row[c] != ANY and c in values_of:
                    when[c] = split(row[c], "|")
                    if not when[c] and row[c]:
                        r.fault(file, n, c, f"“{row[c]}” names no value; write one, or {ANY} for any.")
                    for v in when[c]:
                        r.one_of(file, n, c, v, values_of[c])
            r.one_of(file, n, "origin", row["origin"], list(ORIGINS))
            if outcome:
                r.one_of(file, n, "level", row["level"], list(ranks))
                rank = ranks.get(row["level"], last)
                if rank < last:
                    r.fault(file, n, "level", f"{row['level']} is more cautious than the row above it; "
                            "rows run from most to least cautious, so move it up.")
                last = rank
            kept = {k: row[k] for k in ANNOTATIONS if k in row and k not in columns}
            compiled.append({**kept, **cite(file, n, row), "when": when})
        tables.append({"name": name, "hit": "P" if name in VERDICT_TABLES else "C",
                       "columns": columns, "rows": compiled})
    for n, row in enumerate(register, 2):
        cite("claims.csv", n, row)
        for i in split(row["inputs"]):
            r.one_of("claims.csv", n, "inputs", i, [x["id"] for x in inputs])
    if r.faults:
        raise KnowledgeError("\n".join(r.faults))
    return {"inputs": inputs, "checklists": checklists, "levels": levels, "context": context,
            "tables": tables}


@lru_cache(maxsize=1)
def default() -> dict[str, Any]:
    """The compiled knowledge that comes with the package, loaded and checked once."""
    return load()

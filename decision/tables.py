"""Load the rules under ``knowledge/rules``, check them, and compile them for the machine.

Every message names the file, the line and the column, says what is allowed and what to do.
A folder with any fault is refused whole: :class:`KnowledgeError` lists all faults found.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from .dose import dose_in
from .machine import LISTS, URGENT_TABLE
from .reader import ANY, KNOWLEDGE, KnowledgeError, Row, nearest, parse_case, read_bib, read_csv, split
from .readonly import freeze

VERDICT_TABLES = ("start", "on", "article")
COLLECTED = (URGENT_TABLE, *LISTS)
READINGS = ("book", "article")
YES_NO = ["yes", "no", "unknown"]  # in this order, since a checklist is folded by the places of its answers
_RESTS = ("because", "claims", "sources", "origin", "certainty")
COLUMNS = {
    "vocabulary": ("id", "group", "card", "label", "plain", "short", "question", "values", "value_labels", "reassuring",
                   "changeable", "start", "on", "why", "next", "claims", "sources", "certainty"),
    "cards": ("card", "title"),
    "checklists": ("checklist", "title", "precedence", "used_on", "meaning"),
    "items": ("checklist", "item"),
    "levels": ("path", "level", "rank", "name", "plain", "meaning"),
    "readings": ("reading", "title", "asks", "meaning", "claims", "sources", "certainty"),
    **{name: ("row", "when", "level", "because", "next", *_RESTS[1:]) for name in VERDICT_TABLES},
    **{name: ("row", "when", "id", "title", *_RESTS) for name in COLLECTED},
    "alternatives": ("row", "when", "id", "title", "fit", "because", "cautions", *_RESTS[1:]),
}  # fmt: skip
KEYS = {"items": "", "levels": ""}  # several rows share their first cell; elsewhere it names a row
CLAIMS = ("id", "section", "title", "statement", "article_ref", "type", "verdict", "unsafe", "finding", "book",
          "assumption", "undecidable", "inputs", "sources")  # fmt: skip
VERDICTS = ("supported", "qualified", "contradicted", "not-verifiable")
WORDS = {  # what may stand in a column of this name, whatever the file
    "changeable": ("yes", "no"),
    "fit": ("supported", "not supported", "uncertain"),
    "origin": ("article", "addition"),
    "path": VERDICT_TABLES,
    "section": ("question", "risk", "alternatives", "considered", "implementation", "caveats", "conclusion", "page"),
    "type": ("fact", "recommendation", "process", "criterion", "caution"),
    "unsafe": ("yes", "no"),
    "used_on": ("start", "on", "article", "collect", "risk", "always"),
    "verdict": VERDICTS,
}
Values = dict[str, list[str]]
_dose_in = lru_cache(maxsize=4096)(dose_in)  # a notebook or a test loads a folder many times, one cell changed


class _Check:
    """Collects the faults of one folder instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.known: dict[str, Sequence[str]] = {}

    def read(self, how: Callable[..., Any], *args: Any) -> Any:
        """What a reader gives, or nothing where it finds faults."""
        try:
            return how(*args)
        except KnowledgeError as error:
            self.faults.append(str(error))

    def stop(self) -> None:
        """Refuse the folder if anything is wrong so far."""
        if self.faults:
            raise KnowledgeError("\n".join(self.faults))

    def that(self, fine: object, row: Row, column: str, text: str) -> bool:
        """Note a fault of a cell unless it is ``fine``; whether it is."""
        if not fine:
            self.faults.append(row.said(column, text))
        return bool(fine)

    def one_of(self, row: Row, column: str, legal: Sequence[str], *values: str) -> None:
        """Note a fault for each of the ``values`` of a cell that is not ``legal``."""
        for v in [x for x in values if x not in legal]:
            shown = ", ".join(legal) if len(legal) <= 12 else f"one of {len(legal)} known names"
            self.that(False, row, column, f"“{v}” is not known; allowed: {shown}.{nearest(v, legal)}")

    def rests(self, row: Row) -> dict[str, list[str]]:
        """What a row rests on: its claims and sources, which exist, and are not both missing."""
        found = {kind: split(row.get(kind, "")) for kind in ("claims", "sources")}
        for kind, names in found.items():
            self.one_of(row, kind, self.known[kind], *names)
        of_inputs = row.get("certainty") == ANY and row.get("when", ANY) != ANY
        cited = found["claims"] + found["sources"]
        self.that(cited or of_inputs, row, "sources", "the row cites nothing; name a claim or a source.")
        return found


def _input(check: _Check, row: Row, lists: list[str], cards: list[str]) -> dict[str, Any]:
    """A row of the vocabulary, its cells taken apart."""
    values, labels, calm = (split(row[c], "|") for c in ("values", "value_labels", "reassuring"))
    check.that(len(set(values)) == len(values), row, "values", "a value stands twice; keep one.")
    check.that("unknown" in values, row, "values", "every input must allow “unknown”; add it.")
    check.that(len(values) == len(labels), row, "value_labels", f"{len(values)} values need as many labels.")
    check.one_of(row, "reassuring", values, *calm)
    check.one_of(row, "card", cards, row["card"])
    for path in ("start", "on"):
        check.one_of(row, path, ["always", ANY, *(f"if {c}" for c in lists)], row[path])
    given = {"values": values, "value_labels": labels, "changeable": row["changeable"] == "yes", "calm": calm}
    return {**row, **check.rests(row), **given, "reassuring": calm[0] if calm else ANY}


def _checklists(check: _Check, raw: dict[str, list[Row]], values: Values) -> list[dict[str, Any]]:
    """The checklists with their items; their values are added to ``values``."""
    items: dict[str, list[str]] = {row["checklist"]: [] for row in raw["checklists"]}
    for row in raw["items"]:
        i, mine = row["item"], items.setdefault(row["checklist"], [])
        check.one_of(row, "checklist", [x["checklist"] for x in raw["checklists"]], row["checklist"])
        check.one_of(row, "item", list(values), i)
        check.that(i not in mine, row, "item", f"“{i}” is already in this checklist; remove one.")
        text = f"“{i}” must list yes|no|unknown, in that order; where it cannot, remove it from the checklist."
        check.that(values.get(i, YES_NO) == YES_NO, row, "item", text)
        mine.append(i)
    out = []
    for row in raw["checklists"]:
        name, parts = row["checklist"], [p.split("+") for p in split(row["precedence"], ">")]
        whole = {x for p in parts for x in p} == set(YES_NO)
        check.that(whole, row, "precedence", "order yes, no and unknown, e.g. yes > unknown > no.")
        check.that(name not in values, row, "checklist", f"“{name}” is the name of an input; choose another.")
        check.that(items[name], row, "checklist", "it has no items; add them to items.csv.")
        values[name] = ["+".join(p) for p in parts]
        kept = {c: row[c] for c in ("title", "meaning", "used_on")}
        out.append({"id": name, **kept, "precedence": parts, "items": items[name]})
    return out


def _readings(check: _Check, raw: dict[str, list[Row]]) -> list[dict[str, Any]]:
    """Each kept reading; what the article asks becomes the checklist by which it decides, so it is written once."""
    rows, ids = raw["readings"], [row["id"] for row in raw["vocabulary"]]
    for name in READINGS:
        check.that(name in [r["reading"] for r in rows], rows[0], "reading", f"“{name}” is missing; restore it.")
    for row in rows:
        check.one_of(row, "asks", [*ids, "all"], *split(row["asks"]))
        for i in split(row["asks"]) if row["reading"] == "article" else ():
            item = Row(checklist="article_criteria", item=i)
            item.file, item.line = row.file, row.line
            raw["items"] += [item] if i in ids else []
    return [{**row, **check.rests(row), "asks": split(row["asks"])} for row in rows]


def _table(check: _Check, name: str, rows: list[Row], values: Values, ranks: dict[str, int]) -> dict[str, Any]:
    """One table: its conditions compiled, column -> the values that meet it, and its order checked.

    Columns are printed in the order in which the last row of a verdict table names them: it is the most
    permissive one and spells out every condition. Elsewhere they come as they are first named.
    """
    verdict, last, out = name in VERDICT_TABLES, 0, []
    for row in rows:
        pairs, wrong = parse_case(row["when"])
        check.that(not wrong, row, "when", wrong)
        when = {column: cell.split("|") for column, cell in pairs.items()}
        for column, legal in when.items():
            check.one_of(row, "when", list(values), column)
            check.one_of(row, "when", values.get(column, legal), *legal)
        if verdict:
            check.one_of(row, "level", list(ranks), row["level"])
            rank = ranks.get(row["level"], last)
            check.that(rank >= last, row, "level", f"{row['level']} is more cautious than the row above it; "
                       "rows run from most to least cautious, so move it up.")  # fmt: skip
            last = rank
        kept: dict[str, Any] = {k: v for k, v in row.items() if k != "when"}
        if "fit" in row:
            kept["cautions"] = split(row["cautions"])
        out.append({**kept, **check.rests(row), "when": when})
    columns = list(dict.fromkeys(c for row in (reversed(out) if verdict else out) for c in row["when"]))
    return {"name": name, "columns": columns, "rows": out}


def _ranks(check: _Check, rows: list[Row]) -> dict[str, dict[str, int]]:
    """Path -> level -> how permissive it is."""
    out: dict[str, dict[str, int]] = {path: {} for path in VERDICT_TABLES}
    for row in rows:
        level, rank, mine = row["level"], row["rank"], out.setdefault(row["path"], {})
        check.that(rank.isdecimal(), row, "rank", f"“{rank}” is not a whole number.")
        check.that(level not in mine, row, "level", f"“{level}” is already on this path; remove one.")
        mine[level] = int(rank) if rank.isdecimal() else 0
    return out


def load(folder: Path = KNOWLEDGE) -> dict[str, Any]:
    """Read, check and compile a knowledge folder: read-only lists and dicts, as the machine takes them.

    Raises :class:`KnowledgeError`, naming every fault, if anything is wrong.
    """
    folder, check = Path(folder), _Check()

    def read(file: str, columns: Sequence[str], key: str, *empty: str) -> Any:
        return check.read(read_csv, folder / file, file, columns, key, empty)

    claims = read("register/claims.csv", CLAIMS, "id", "article_ref", "assumption", "undecidable", "inputs")
    keys = check.read(read_bib, folder / "references.bib")
    raw = {name: read(f"rules/{name}.csv", c, KEYS.get(name, c[0])) for name, c in COLUMNS.items()}
    check.stop()
    check.known = {"claims": [c["id"] for c in claims], "sources": list(keys)}
    names = [[row[c] for row in raw[f"{c}s"]] for c in ("checklist", "card")]
    inputs = [_input(check, row, *names) for row in raw["vocabulary"]]
    values = {i["id"]: i["values"] for i in inputs}
    readings = _readings(check, raw)
    checklists = _checklists(check, raw, values)
    ranks = _ranks(check, raw["levels"])
    context = {"reading": list(READINGS), "path": list(VERDICT_TABLES),
               "level": sorted({x["level"] for x in raw["levels"]})}  # fmt: skip
    told = {**values, **context}  # what decides comes before the level, so only what is collected may ask for it
    first = (*VERDICT_TABLES, "urgent")
    tables = [
        _table(check, n, raw[n], values if n in first else told, ranks.get(n, {})) for n in (*first, *COLLECTED[1:])
    ]
    ruled = [row for rows in raw.values() for row in rows]
    for row in [*ruled, *claims]:
        for column, legal in WORDS.items():
            check.one_of(row, column, legal, row.get(column, legal[0]))
    for row in ruled:
        for column, cell in row.items():
            found = _dose_in(cell)
            check.that(not found, row, column, f"“{found}” looks like a dose or rate; the book never outputs one.")
    for row in raw["alternatives"]:
        check.one_of(row, "cautions", [x["id"] for x in raw["cautions"]], *split(row["cautions"]))
    for row in claims:
        check.rests(row)
        check.one_of(row, "inputs", [i["id"] for i in inputs], *split(row["inputs"]))
    check.stop()
    levels = [{**row, "rank": int(row["rank"])} for row in raw["levels"]]
    cards = [{"id": row["card"], "title": row["title"], "items": [i["id"] for i in inputs if i["card"] == row["card"]]}
             for row in raw["cards"]]  # fmt: skip
    return freeze({"inputs": inputs, "checklists": checklists, "levels": levels, "cards": cards, "context": context,
                   "readings": readings, "tables": tables})  # fmt: skip


@lru_cache(maxsize=1)
def default() -> dict[str, Any]:
    """The compiled knowledge that comes with the package, loaded and checked once; read-only."""
    return load()

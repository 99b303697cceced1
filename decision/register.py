"""What the rules rest on, and who is used to try them: claims, sources, vignettes, gaps and disagreements.

Each file is read once, by the one strict reader, and handed out read-only.
"""

from functools import lru_cache
from pathlib import Path

from .api import machine
from .audit import fine
from .reader import ANY, KNOWLEDGE, KnowledgeError, Row, nearest, parse_case, read_bib, read_csv
from .readonly import freeze
from .tables import CLAIMS

COLUMNS = {
    "claims": (CLAIMS, ("article_ref", "assumption", "undecidable", "inputs")),
    "ratings": (("claim", "rater", "verdict", "unsafe", "confidence", "how", "note"), ()),
    "adjudication": (("claim", "verdict", "unsafe", "kind", "why"), ()),
    "vignettes": (("id", "narrative", "teaches", "claims", "level", "urgent", "rule", "worked", "base", "case"), ()),
    "gaps": (("gap", "title", "article", "harm", "book", "rows", "reason_for_none", "base", "case", "expect",
              "claims", "sources"), ("rows", "reason_for_none")),
    "disagreements": (("point", "title", "article", "label", "guidelines", "studies", "book", "why", "certainty",
                       "base", "case", "rows", "claims", "sources"), ("label", "guidelines", "studies", "rows")),
    "findings": (("id", "side", "outcome", "group", "told", "effect", "scale", "interval", "counted", "certainty",
                  "by", "seen", "sources", "claims", "drawn"), ()),
    "evidence": (("id", "date", "shown", "title", "pain", "low", "high", "told", "seen", "sources"), ()),
}  # fmt: skip
KEYS = {"ratings": ""}  # there a claim has a row for each rater; elsewhere the first column names a row
BASES = ("start", "on")
Named = dict[str, dict[str, str]]


def rows(name: str, folder: Path = KNOWLEDGE) -> list[Row]:
    """The rows of a register file as written, each with its ``line``."""
    columns, optional = COLUMNS[name]
    file = f"register/{name}.csv"
    return read_csv(Path(folder) / file, file, columns, KEYS.get(name, columns[0]), optional)


@lru_cache
def named(name: str) -> Named:
    """The rows of a file, such as ``findings`` or ``evidence``, by their first column."""
    return freeze({row[COLUMNS[name][0][0]]: {**row, "line": row.line} for row in rows(name)})


def claims() -> Named:
    """Claim id -> its row of the register."""
    return named("claims")


def adjudications() -> Named:
    """Claim id -> what was settled where the raters differ, of what kind the difference is, and why."""
    return named("adjudication")


def gaps() -> Named:
    """Gap id -> what the article leaves out, and the patient it is shown with."""
    return named("gaps")


def disagreements() -> Named:
    """Point id -> what each voice says."""
    return named("disagreements")


@lru_cache
def ratings() -> dict[str, Named]:
    """Claim id -> rater -> what this rater said of it."""
    read = rows("ratings")
    return freeze({row["claim"]: {x["rater"]: x for x in read if x["claim"] == row["claim"]} for row in read})


@lru_cache
def sources() -> Named:
    """Source key -> the fields of its entry in ``references.bib``, as written."""
    return read_bib()


def case_of(base: str, pairs: str = ANY) -> dict[str, str]:
    """A whole case: a base with some answers changed.

    ``start`` and ``on``: the most reassuring answers to what that path asks, and no hazard; ``–``: nothing known;
    or a vignette's id. Raises ``ValueError`` naming the base, input or value that does not exist.
    """
    if base in BASES:
        out = fine(machine().model["inputs"], base)
    elif base == ANY:
        out = dict.fromkeys(machine().ids, "unknown")
    elif base in vignettes(everyone=True):
        out = vignettes(everyone=True)[base]["answers"]
    else:
        hint = nearest(base, [*BASES, *vignettes(everyone=True)])
        raise ValueError(f"“{base}” is no base.{hint} Allowed: start, on, {ANY}, an id.")
    changed, wrong = parse_case(pairs)
    if wrong := wrong or machine().fault(changed, nearest):
        raise ValueError(wrong)
    return {**out, **changed}


@lru_cache
def vignettes(everyone: bool = False) -> dict[str, dict]:
    """Vignette id -> its row, and ``answers``: the value of every input. All people in it are fictional.

    Those that the book works through; with ``everyone``, those for a class too, which together cover every rule.
    """
    out, faults = {}, []
    for row in rows("vignettes"):
        if row["base"] not in (*BASES, ANY):
            faults.append(row.said("base", f"allowed: start, on, {ANY}."))
            continue
        try:
            out[row["id"]] = {**row, "line": row.line, "answers": case_of(row["base"], row["case"])}
        except ValueError as error:
            faults.append(row.said("case", str(error)))
    if faults:
        raise KnowledgeError("\n".join(faults))
    return freeze({n: v for n, v in out.items() if everyone or v["worked"] == "yes"})

"""What the rules rest on, and who is used to try them: claims, sources, vignettes, gaps and disagreements.

Each file is read once, by the one strict reader, and handed out read-only.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from .reader import ANY, KNOWLEDGE, KnowledgeError, Row, nearest, read_bib, read_csv, said, split
from .readonly import freeze
from .tables import CLAIMS, default, parse_case

COLUMNS = {
    "claims": (CLAIMS, ("article_ref", "assumption", "undecidable", "inputs")),
    "ratings": (("claim", "rater", "verdict", "unsafe", "confidence", "how", "note"), ()),
    "adjudication": (("claim", "verdict", "unsafe", "kind", "why"), ()),
    "vignettes": (("id", "narrative", "teaches", "claims", "level", "urgent", "base", "case"), ()),
    "gaps": (("gap", "title", "article", "harm", "book", "rows", "reason_for_none", "base", "case", "expect",
              "claims", "sources"), ("rows", "reason_for_none")),
    "disagreements": (("point", "title", "article", "label", "guidelines", "studies", "book", "why", "certainty",
                       "base", "case", "rows", "claims", "sources"), ("label", "guidelines", "studies", "rows")),
}  # fmt: skip
BASES = ("start", "on")


def rows(name: str, folder: Path = KNOWLEDGE) -> list[Row]:
    """The rows of a register file as written, each with its ``line``."""
    columns, optional = COLUMNS[name]
    file = f"register/{name}.csv"
    key = "" if name == "ratings" else columns[0]  # there a claim has a row for each rater
    return read_csv(Path(folder) / file, file, columns, key, optional)


@lru_cache(maxsize=1)
def claims() -> dict[str, dict[str, str]]:
    """Claim id -> its row of the register."""
    return freeze({row["id"]: {**row, "line": row.line} for row in rows("claims")})


@lru_cache(maxsize=1)
def sources() -> dict[str, dict[str, str]]:
    """Source key -> the fields of its entry in ``references.bib``, as written."""
    return freeze(read_bib())


@lru_cache(maxsize=1)
def gaps() -> dict[str, dict[str, str]]:
    """Gap id -> what the article leaves out, and the patient it is shown with."""
    return freeze({row["gap"]: {**row, "line": row.line} for row in rows("gaps")})


@lru_cache(maxsize=1)
def disagreements() -> dict[str, dict[str, str]]:
    """Point id -> what each voice says."""
    return freeze({row["point"]: {**row, "line": row.line} for row in rows("disagreements")})


def favourable(path: str) -> dict[str, str]:
    """The most reassuring answers to what the path asks, and no hazard: the bases ``start`` and ``on``."""
    out = {}
    for i in default()["inputs"]:
        calm = i["reassuring"] != ANY and (i[path] != ANY or i["reassuring"] == "no")
        out[i["id"]] = i["reassuring"] if calm else "unknown"
    return {**out, "ketamine_status": "on"} if path == "on" else out


def case_of(base: str, pairs: str = ANY) -> dict[str, str]:
    """A whole case: a base (``start``, ``on``, a vignette's id, or ``–`` for nothing known) with some answers changed.

    Raises ``ValueError`` naming the base, input or value that does not exist.
    """
    legal = {i["id"]: i["values"] for i in default()["inputs"]}
    if base in BASES:
        out = favourable(base)
    elif base == ANY:
        out = dict.fromkeys(legal, "unknown")
    elif base in vignettes():
        out = dict(vignettes()[base]["answers"])
    else:
        raise ValueError(
            f"“{base}” is no base.{nearest(base, [*BASES, *vignettes()])} Allowed: start, on, {ANY}, an id."
        )
    changed, wrong = parse_case(pairs)
    for name, value in changed.items():
        if name not in legal:
            wrong = wrong or f"“{name}” is not an input.{nearest(name, list(legal))}"
        elif value not in legal[name]:
            wrong = wrong or f"“{value}” is not a value of {name}; allowed: {', '.join(legal[name])}."
    if wrong:
        raise ValueError(wrong)
    return {**out, **changed}


@lru_cache(maxsize=1)
def vignettes() -> dict[str, dict]:
    """Vignette id -> its row, and ``answers``: the value of every input. All people in it are fictional."""
    out, faults = {}, []
    for row in rows("vignettes"):
        if row["base"] not in (*BASES, ANY):
            faults.append(said("register/vignettes.csv", row.line, "base", f"allowed: start, on, {ANY}."))
            continue
        try:
            out[row["id"]] = {**row, "line": row.line, "answers": case_of(row["base"], row["case"])}
        except ValueError as error:
            faults.append(said("register/vignettes.csv", row.line, "case", str(error)))
    if faults:
        raise KnowledgeError("\n".join(faults))
    return freeze(out)


def faults() -> list[str]:
    """What is wrong in the register: a file that cannot be read, a name that does not exist, a case that is none."""
    tables = default()["tables"]
    named = {r["row"] for t in tables for r in t["rows"]}
    legal = {"claims": list(claims()), "sources": list(sources()), "rows": [*named, *{n.split(".")[0] for n in named}]}
    out: list[str] = []
    try:
        vignettes()
    except KnowledgeError as error:
        out += str(error).splitlines()
    for name in ("vignettes", "gaps", "disagreements"):
        file = f"register/{name}.csv"
        try:
            read = rows(name)
        except KnowledgeError as error:
            out += [x for x in str(error).splitlines() if x not in out]
            continue
        for row in read:
            for column in [c for c in legal if c in row]:
                out += [said(file, row.line, column, f"“{x}” does not exist.{nearest(x, legal[column])}")
                        for x in split(row[column]) if x not in legal[column]]  # fmt: skip
            try:
                if name != "vignettes":
                    case_of(row["base"], row["case"])
            except KnowledgeError:  # somebody's base is a vignette, and what is wrong with those is told above
                pass
            except ValueError as error:
                out.append(said(file, row.line, "case", str(error)))
    return out

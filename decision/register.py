"""What the rules rest on, and who is used to try them: claims, sources, vignettes, gaps and disagreements.

Each file is read once, by the one strict reader, and handed out read-only.
"""

from functools import lru_cache
from pathlib import Path

from .audit import fine
from .reader import ANY, KNOWLEDGE, KnowledgeError, Row, nearest, read_bib, read_csv, split
from .readonly import freeze
from .tables import CLAIMS, default, parse_case

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
SIDES = ("benefit", "harm", "unknown", "elsewhere")  # of a finding; elsewhere: of another treatment than that of pain
CERTAINTY = ("very low", "low", "moderate", "high")  # in the words of GRADE, which also says what was not graded
SUPPORT = ("none", "very weak", "weak", "moderate")  # how far a source speaks for relief of pain, placed by this book
SEEN = ("second-hand", "read in part", "read in full")  # how a fact was seen; never better than its source was
LEGAL = {
    "findings": {
        "side": SIDES,
        "certainty": (*CERTAINTY, "not graded", "not seen"),
        "seen": SEEN,
        "drawn": ("yes", "no"),
    },
    "evidence": {"low": (*SUPPORT, ANY), "high": (*SUPPORT, ANY), "seen": SEEN},
}
VERDICTS = ("supported", "qualified", "contradicted", "not-verifiable")
Named = dict[str, dict[str, str]]


def rows(name: str, folder: Path = KNOWLEDGE) -> list[Row]:
    """The rows of a register file as written, each with its ``line``."""
    columns, optional = COLUMNS[name]
    file = f"register/{name}.csv"
    return read_csv(Path(folder) / file, file, columns, KEYS.get(name, columns[0]), optional)


@lru_cache
def _named(name: str) -> Named:
    """The rows of a file by their first column."""
    return freeze({row[COLUMNS[name][0][0]]: {**row, "line": row.line} for row in rows(name)})


def claims() -> Named:
    """Claim id -> its row of the register."""
    return _named("claims")


def adjudications() -> Named:
    """Claim id -> what was settled where the raters differ, of what kind the difference is, and why."""
    return _named("adjudication")


def gaps() -> Named:
    """Gap id -> what the article leaves out, and the patient it is shown with."""
    return _named("gaps")


def disagreements() -> Named:
    """Point id -> what each voice says."""
    return _named("disagreements")


@lru_cache
def ratings() -> dict[str, Named]:
    """Claim id -> rater -> what this rater said of it."""
    read = rows("ratings")
    return freeze({row["claim"]: {x["rater"]: x for x in read if x["claim"] == row["claim"]} for row in read})


@lru_cache
def sources() -> Named:
    """Source key -> the fields of its entry in ``references.bib``, as written."""
    return read_bib()


def findings() -> Named:
    """Finding id -> one line of the summary of findings: an outcome, its effect, how certain, and how it was seen."""
    return _named("findings")


def evidence() -> Named:
    """Id -> what a guideline or review said of relief, with its date, earliest first."""
    return _named("evidence")


def favourable(path: str) -> dict[str, str]:
    """The most reassuring answers to what the path asks, and no hazard: the bases ``start`` and ``on``."""
    return fine(default()["inputs"], path)


def case_of(base: str, pairs: str = ANY) -> dict[str, str]:
    """A whole case: a base (``start``, ``on``, a vignette's id, or ``–`` for nothing known) with some answers changed.

    Raises ``ValueError`` naming the base, input or value that does not exist.
    """
    legal = {i["id"]: i["values"] for i in default()["inputs"]}
    if base in BASES:
        out = favourable(base)
    elif base == ANY:
        out = dict.fromkeys(legal, "unknown")
    elif base in vignettes(everyone=True):
        out = vignettes(everyone=True)[base]["answers"]
    else:
        hint = nearest(base, [*BASES, *vignettes(everyone=True)])
        raise ValueError(f"“{base}” is no base.{hint} Allowed: start, on, {ANY}, an id.")
    changed, wrong = parse_case(pairs)
    for name, value in changed.items():
        if name not in legal:
            wrong = wrong or f"“{name}” is not an input.{nearest(name, list(legal))}"
        elif value not in legal[name]:
            wrong = wrong or f"“{value}” is not a value of {name}; allowed: {', '.join(legal[name])}."
    if wrong:
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


def faults() -> list[str]:
    """What is wrong in the register: a file that cannot be read, a name that does not exist, a case that is none."""
    named = {r["row"] for t in default()["tables"] for r in t["rows"]}
    legal = {"claims": list(claims()), "sources": list(sources()), "rows": [*named, *{n.split(".")[0] for n in named}]}
    out: list[str] = []
    read: list[Row] = []
    for name in ("vignettes", "gaps", "disagreements"):
        try:
            read += rows(name)
            vignettes()  # somebody's base may be one of them
        except KnowledgeError as error:
            out += [x for x in str(error).splitlines() if x not in out]
    for row in read:
        for column, known in legal.items():
            unknown = [x for x in split(row.get(column, "")) if x not in known]
            out += [row.said(column, f"“{x}” does not exist.{nearest(x, known)}") for x in unknown]
        try:
            if "narrative" not in row:  # what is wrong with the cases of vignettes is told above
                case_of(row["base"], row["case"])
        except KnowledgeError:  # somebody's base is a vignette, which does not load
            pass
        except ValueError as error:
            out.append(row.said("case", str(error)))
    return [*out, *_evidence_faults(legal)]


def _evidence_faults(legal: dict[str, list[str]]) -> list[str]:
    """What is wrong in the findings and in the evidence over time: a word or a name that does not exist."""
    out = []
    for name, words in LEGAL.items():
        for row in rows(name):
            told = [
                *((c, row[c], known) for c, known in words.items()),
                *((c, x, legal[c]) for c in ("claims", "sources") if c in row for x in split(row[c])),
            ]
            out += [row.said(c, f"“{x}” does not exist.{nearest(x, known)}") for c, x, known in told if x not in known]
    return out

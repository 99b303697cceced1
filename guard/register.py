"""What is wrong in the register: a word or a name that does not exist, a case that is none."""

from decision import register
from decision.reader import ANY, KnowledgeError, Row, nearest, split
from decision.tables import default

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


def faults() -> list[str]:
    """Every fault of the files in which people and findings stand, in words, each once."""
    rules = {r["row"] for t in default()["tables"] for r in t["rows"]}
    named = {"claims": tuple(register.claims()), "sources": tuple(register.sources()),
             "rows": (*rules, *{r.split(".")[0] for r in rules})}  # fmt: skip
    out: list[str] = []
    for name in ("vignettes", "gaps", "disagreements", *LEGAL):
        rows: list[Row] = []
        try:
            rows = register.rows(name)
            register.vignettes()  # somebody's base may be one of them
        except KnowledgeError as error:
            out += [x for x in str(error).splitlines() if x not in out]
        words = LEGAL.get(name, {})
        for row in rows:
            told = [(c, row[c], legal) for c, legal in words.items()]
            told += [(c, x, legal) for c, legal in named.items() for x in split(row.get(c, ""))]
            out += [row.said(c, f"“{x}” does not exist.{nearest(x, k)}") for c, x, k in told if x not in k]
            try:
                if name in ("gaps", "disagreements"):  # the cases of vignettes are read above
                    register.case_of(row["base"], row["case"])
            except KnowledgeError:  # somebody's base is a vignette, which does not load: told above
                pass
            except ValueError as error:
                out.append(row.said("case", str(error)))
    return out

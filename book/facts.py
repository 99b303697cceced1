"""What the directives print, read once from ``decision`` and turned into Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from pybtex.richtext import Text

import decision
from decision import decide, space
from decision.api import machine
from decision.reader import split
from decision.tables import COLLECTED, VERDICT_TABLES

from .panel.names import unkeyed

TABLES = (*VERDICT_TABLES, *COLLECTED)
SECTIONS = {  # of the article; each has a chapter of the same name
    "page": "The page around it",
    "question": "The question",
    "risk": "Risk assessment",
    "alternatives": "Other treatments first",
    "considered": "When it might be considered",
    "implementation": "If it is used",
    "caveats": "Caveats",
    "conclusion": "Conclusion",
}
VERDICTS = {  # how each verdict of the register is shown: its sign, and in words
    "supported": ("✓", "supported"),
    "qualified": ("±", "true with qualifications"),
    "contradicted": ("✗", "contradicted"),
    "not-verifiable": ("?", "not verifiable"),
}
SEEN = {  # how a source was seen, as its note begins
    "full": "Read in full",
    "part": "Read in part",
    "second-hand": "Seen second-hand",
    "memory": "From memory",
}


@lru_cache(maxsize=1)
def cards() -> dict[str, dict[str, Any]]:
    """Claim id -> its row of the register, its sources as a list, the rows that use it and the inputs that ask it."""
    out: dict[str, dict[str, Any]] = {}
    for ident, row in decision.claims().items():
        out[ident] = {**row, "sources": split(row["sources"]), "rows": [], "asked": []}
    for name in TABLES:
        for r in decision.rows(name):
            for c in r["claims"]:
                out[c]["rows"].append((name, r["row"]))
    for i, asked in decision.inputs().items():
        for c in asked["claims"]:
            out[c]["asked"].append(i)
    return out


def past_due(source: Mapping[str, str], day: date) -> str:
    """What is said of a source that has passed the date, or the year, at which it meant to be reviewed itself."""
    due = source.get("review_due", "")
    return f"Past its own review date ({due})." if due and day.isoformat()[: len(due)] > due else ""


@lru_cache(maxsize=1)
def source_notes() -> dict[str, dict[str, str]]:
    """Source key -> title, year, note (how it was seen), url and whether its own review is overdue, as plain text."""

    def plain(s: str) -> str:
        return str(Text.from_latex(s)).replace("---", "–")

    return {
        key: {name: plain(f.get(name, "")) for name in ("title", "year")}
        | {"note": plain(unkeyed(f.get("note", "")))}
        | {"url": f.get("url") or (f"https://doi.org/{f['doi']}" if f.get("doi") else "")}
        | {"due": past_due(f, date.today())}
        for key, f in decision.sources().items()
    }


def short_rule(row: str) -> str:
    """The rule a row belongs to: ``R-SCOPE`` for ``R-SCOPE.a``."""
    return row.split(".")[0]


def fragment(case: dict[str, str]) -> str:
    """The part of a panel address that opens this case; nothing of it is sent anywhere."""
    return "&".join(f"{k}={v}" for k, v in case.items() if v != "unknown")


def in_words(column: str) -> str:
    """An input's or a checklist's name in words."""
    lists, inputs = decision.checklists(), decision.inputs()
    if column in lists:
        return lists[column]["title"]
    return inputs[column]["label"] if column in inputs else column


def condition(column: str, values: list[str]) -> str:
    """One condition of a row in words."""
    if column in decision.inputs():
        shown = [machine().label(column, v).lower() for v in values]
    elif column == "level":
        shown = [decision.level_names()[v].lower() for v in values]
    elif column == "path":
        return "**already on ketamine**" if values == ["on"] else "**before a start**"
    else:
        shown = [v.replace("+", " with some ").replace("unknown", "not known") for v in values]
    return f"{in_words(column)}: **{' / '.join(shown)}**"


def cites(keys: list[str]) -> str:
    """Source keys as a citation role."""
    return f"{{cite:p}}`{','.join(keys)}`" if keys else ""


def claim_links(ids: list[str]) -> str:
    """Links to claims in the register."""
    return ", ".join(f"{{ref}}`{cards()[c]['title']} <claim-{c}>`" for c in ids)


CODED = {f"chapters/{x}" for x in ("tables", "claims", "honest", "space", "what-if")}  # pages whose subject is code


def row_title(table: str, row: Mapping[str, Any]) -> str:
    """A row in words: its title; of a verdict table its one condition, or its level where it asks for much."""
    if "level" not in row:
        return row["title"]
    if len(row["when"]) > 1:
        return machine().level_info(table, row["level"])["name"]
    return "; ".join(condition(c, v).replace("*", "") for c, v in row["when"].items())


def rule_title(table: str, rule: str) -> str:
    """A rule in words: its row's title; of several rows what they share, a title, a question or a level."""
    rows = [r for r in decision.rows(table) if short_rule(r["row"]) == rule]
    if len(rows) == 1 or "level" not in rows[0]:
        return row_title(table, rows[0])
    asked = {c for r in rows for c in r["when"]}
    return in_words(asked.pop()) if len(asked) == 1 else machine().level_info(table, rows[0]["level"])["name"]


@lru_cache(maxsize=1)
def named() -> dict[str, str]:
    """Every code of a level, a rule or a row, with its name in words."""
    out = dict(decision.level_names())
    for table in reversed(TABLES):
        for r in decision.rows(table):
            out |= {short_rule(r["row"]): rule_title(table, short_rule(r["row"])), r["row"]: row_title(table, r)}
    return out


def uncoded(text: str) -> str:
    """A text of the register with names in words for its codes; a rule in brackets stands in the line below it."""
    text = re.sub(r" \(R-[A-Z-]+\)", "", text)
    codes = r"\bR-[A-Z]+(?:-[A-Z]+)*(?:\.[a-z]\b)?|\b[A-Z]+(?:_[A-Z]+)+\b|\b(?:AVOID|DEFER)\b"
    return re.sub(codes, lambda m: f"“{named()[m[0]]}”" if m[0] in named() else m[0], text)


def apart(number: float) -> str:
    """A number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


MANY = 9  # rules that a line can name and still be read


def row_links(rows: list[tuple[str, str]]) -> str:
    """Links to table rows on the page of tables, in words; of many the first, and how many more there are."""
    known = {(t, r["row"]): r for t in TABLES for r in decision.rows(t)}
    said = [row_title(t, known[t, r]) for t, r in rows]
    links = dict(zip(said, rows, strict=True))  # rows that read the same are one link, to the last of them
    named = [f"{{ref}}`{words} <row-{t}-{r.lower()}>`" for words, (t, r) in links.items()]
    return ", ".join(named[:MANY]) + (f" and {len(named) - MANY} more" if len(named) > MANY else "")


def fence(kind: str, argument: str, body: str) -> str:
    """A directive with its body, fenced deeply enough to hold the fences in it; by colons, as it may name code."""
    edge = ":" * max(3, 1 + max(map(len, re.findall(r"^:+", body, re.M)), default=0))
    return f"{edge}{{{kind}}} {argument}\n{body}\n{edge}\n"


def fold(line: str, body: str, kind: str = "") -> str:
    """One line that opens, natively, to more; a link to a place inside opens it."""
    return fence("dropdown", line, f":class-container: fold {kind}\n\n{body}")


def list_table(caption: str, head: list[str], rows: list[list[str]], kind: str, widths: str = "") -> str:
    """A table in Markdown; every cell may hold paragraphs and roles; ``widths``: of the columns, in parts."""

    def row(cells: list[str]) -> str:
        out = []
        for n, cell in enumerate(cells):
            lines = cell.split("\n")
            out.append(("* - " if n == 0 else "  - ") + lines[0])
            out += ["    " + x if x else "" for x in lines[1:]]
        return "\n".join(out)

    options = [":header-rows: 1", f":class: {kind}", *([f":widths: {widths}"] if widths else []), ""]
    return fence("list-table", caption, "\n".join([*options, *map(row, [head, *rows])]))


@lru_cache(maxsize=1)
def numbers() -> dict[str, int | float]:
    """Every number that prose may print, by name."""
    from . import ratings  # it tells ratings in the words of this module

    c = space.counts()
    cases = [v["answers"] for v in decision.vignettes().values()]
    through = [
        case
        for case in cases
        if decide(case, reading="article").level == "ARTICLE_MAY_BE_CONSIDERED"
        and decide(case).level not in space.PERMITS
    ]
    rows = [r["row"] for name in TABLES for r in decision.rows(name)]
    out: dict[str, int | float] = {
        "inputs": len(decision.inputs()),
        "claims": len(cards()),
        "rules": len({short_rule(r) for r in rows}),
        "rows": len(rows),
        "levels": len(decision.level_names()),
        "vignettes": len(cases),
        "states": c["book"],
        "states-start": c["start"],
        "states-on": c["on"],
        "consider-states": c["levels"]["start"]["SPECIALIST_CONSIDER"],
        "continue-states": c["levels"]["on"]["CONTINUE_WITH_SAFEGUARDS"],
        "sources": len(decision.sources()),
        "gaps": len(decision.gaps()),
        "article-only": len(through),
        "disagreements": len(decision.disagreements()),
    }
    out |= {f"list:{name}": len(x["items"]) for name, x in decision.checklists().items()}
    out |= {f"verdict:{v}": sum(x["verdict"] == v for x in cards().values()) for v in VERDICTS}
    for name, words in SEEN.items():
        out[f"sources:{name}"] = sum(x["note"].startswith(words) for x in decision.sources().values())
    for x in cards().values():  # a section of the article has a chapter of the same name
        out[f"section:{x['section']}"] = out.get(f"section:{x['section']}", 0) + 1
    return out | ratings.numbers(decision.ratings())

"""What the directives print, read once from ``decision`` and turned into Markdown."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pybtex.richtext import Text

import decision
from decision import decide, space
from decision.api import machine
from decision.reader import split
from decision.tables import COLLECTED, VERDICT_TABLES
from guard.content import CARD, ROLE

TABLES = (*VERDICT_TABLES, *COLLECTED)
VERDICTS = {  # how each verdict of the register is shown: its sign, and in words
    "supported": ("✓", "supported"),
    "qualified": ("±", "true with qualifications"),
    "contradicted": ("✗", "contradicted"),
    "not-verifiable": ("?", "not verifiable"),
}
CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
PRINTED = re.compile(r"^\s*`{3,}\{decision-table\}\s+(\w+)(?:\s*\n:rules:\s*([^\n]+))?", re.M)


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


@lru_cache(maxsize=1)
def source_notes() -> dict[str, dict[str, str]]:
    """Source key -> title, year, note (how it was seen) and url, as plain text."""

    def plain(s: str) -> str:
        return str(Text.from_latex(s)).replace("---", "–")

    return {
        key: {name: plain(f.get(name, "")) for name in ("title", "year", "note")} | {"url": f.get("url", "")}
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
    else:
        shown = [v.replace("+", " with some ") for v in values]
    return f"{in_words(column)}: **{' or '.join(shown)}**"


def cites(keys: list[str]) -> str:
    """Source keys as a citation role."""
    return f"{{cite:p}}`{','.join(keys)}`" if keys else ""


def claim_links(ids: list[str]) -> str:
    """Links to claims in the register."""
    return ", ".join(f"{{ref}}`{cards()[c]['title']} <claim-{c}>`" for c in ids)


def row_links(rows: list[tuple[str, str]]) -> str:
    """Links to table rows on the page of tables; a row id that two tables share is told apart."""
    names = [r for _, r in rows]
    return ", ".join(f"{{ref}}`{r + f' ({t})' if names.count(r) > 1 else r} <row-{t}-{r.lower()}>`" for t, r in rows)


def fence(kind: str, argument: str, body: str, depth: int = 3) -> str:
    """A directive with its body, fenced deeply enough to hold other fences."""
    return f"{'`' * depth}{{{kind}}} {argument}\n{body}\n{'`' * depth}\n"


def list_table(caption: str, head: list[str], rows: list[list[str]], kind: str) -> str:
    """A table in Markdown; every cell may hold paragraphs and roles."""

    def row(cells: list[str]) -> str:
        out = []
        for n, cell in enumerate(cells):
            lines = cell.split("\n")
            out.append(("* - " if n == 0 else "  - ") + lines[0])
            out += ["    " + x if x else "" for x in lines[1:]]
        return "\n".join(out)

    body = f":header-rows: 1\n:class: {kind}\n\n" + "\n".join(row(r) for r in [head, *rows])
    return fence("list-table", caption, body)


def on_page(text: str) -> dict[str, list[str]]:
    """The claims and the source keys that a page's own text names, in order."""
    found = sorted([*ROLE.finditer(text), *CARD.finditer(text)], key=lambda m: m.start())
    ids = list(dict.fromkeys(m[2] for m in found if m[2] in cards()))
    keys = [k.strip() for group in CITE.findall(text) for k in group.split(",")]
    for c in ids:
        keys += cards()[c]["sources"]
    for name, rules in PRINTED.findall(text):
        for r in decision.rows(name) if name in TABLES else []:
            if not rules or short_rule(r["row"]) in rules.split():
                keys += r["sources"]
    return {"claims": ids, "sources": list(dict.fromkeys(k for k in keys if k in source_notes()))}


@lru_cache(maxsize=1)
def numbers() -> dict[str, int]:
    """Every number that prose may print, by name."""
    c = space.counts()
    cases = [v["answers"] for v in decision.vignettes().values()]
    through = [
        case
        for case in cases
        if decide(case, reading="article").level == "ARTICLE_MAY_BE_CONSIDERED"
        and decide(case).level not in space.PERMITS
    ]
    rows = [r["row"] for name in TABLES for r in decision.rows(name)]
    out = {
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
    for x in cards().values():  # a section of the article has a chapter of the same name
        out[f"section:{x['section']}"] = out.get(f"section:{x['section']}", 0) + 1
    return out

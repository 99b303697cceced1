"""What the directives print, read once from ``decision`` and turned into Markdown."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pybtex.richtext import Text

import decision
from decision import decide, space
from decision.api import machine
from decision.reader import split
from decision.tables import COLLECTED, VERDICT_TABLES

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "chapters"
VERDICTS = {
    "supported": ("✓", "supported"),
    "qualified": ("±", "true with qualifications"),
    "contradicted": ("✗", "contradicted"),
    "not-verifiable": ("?", "not verifiable"),
}
HOMES = {  # where the claims of a section stand
    "question": "question",
    "risk": "risk",
    "alternatives": "alternatives",
    "considered": "considered",
    "implementation": "implementation",
    "caveats": "caveats",
    "conclusion": "conclusion",
    "page": "page",
}
CLAIM_ROLE = re.compile(r"\{claim\}`(?:[^`<]*<)?\s*([a-z0-9-]+)>?`")
CLAIM_CARD = re.compile(r"^\s*(?:`{3,}|:{3,})\{claim\}\s+([a-z0-9-]+)", re.M)
CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
TABLE = re.compile(r"^\s*`{3,}\{decision-table\}\s+(\w+)(?:\s*\n:rules:\s*([^\n]+))?", re.M)


@lru_cache(maxsize=1)
def claims() -> dict[str, dict[str, Any]]:
    """Claim id -> its row of the register, with ``sources`` and ``rows`` as lists."""
    out: dict[str, dict[str, Any]] = {}
    for ident, row in decision.claims().items():
        out[ident] = {**row, "sources": split(row["sources"]), "rows": []}
    for name in (*VERDICT_TABLES, *COLLECTED):
        for r in decision.rows(name):
            for c in r["claims"]:
                out[c]["rows"].append((name, r["row"]))
    for i, row in decision.inputs().items():
        for c in row["claims"]:
            out[c].setdefault("asked", []).append(i)
    return out


@lru_cache(maxsize=1)
def sources() -> dict[str, dict[str, str]]:
    """Source key -> title, year, note (how it was seen) and url, as plain text."""

    def plain(s: str) -> str:
        return str(Text.from_latex(s)).replace("---", "–")

    return {
        key: {name: plain(f.get(name, "")) for name in ("title", "year", "note")} | {"url": f.get("url", "")}
        for key, f in decision.sources().items()
    }


def fragment(case: dict[str, str]) -> str:
    """The part of a panel address that opens this case; nothing of it is sent anywhere."""
    return "&".join(f"{k}={v}" for k, v in case.items() if v != "unknown")


def label(column: str) -> str:
    """An input's or a checklist's name in words."""
    m = machine()
    if column in m.lists:
        return m.lists[column]["title"]
    return m.inputs[column]["label"] if column in m.inputs else column


def condition(column: str, values: list[str]) -> str:
    """One condition of a row in words."""
    m = machine()
    if column in m.inputs:
        shown = [m.label(column, v).lower() for v in values]
    elif column == "level":
        names = {x["level"]: x["name"] for x in m.model["levels"]}
        shown = [names[v].lower() for v in values]
    else:
        shown = [v.replace("+", " with some ") for v in values]
    return f"{label(column)}: **{' or '.join(shown)}**"


def cites(keys: list[str]) -> str:
    """Source keys as a citation role."""
    return f"{{cite:p}}`{','.join(keys)}`" if keys else ""


def claim_links(ids: list[str]) -> str:
    """Links to claims in the register."""
    return ", ".join(f"{{ref}}`{claims()[c]['title']} <claim-{c}>`" for c in ids)


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
    """The claims, table rows and source keys that a page's own text names, in order."""
    ids = list(dict.fromkeys(CLAIM_ROLE.findall(text) + CLAIM_CARD.findall(text)))
    keys = [k.strip() for group in CITE.findall(text) for k in group.split(",")]
    for c in ids:
        keys += claims()[c]["sources"] if c in claims() else []
    for name, rules in TABLE.findall(text):
        for r in machine().rows.get(name, []):
            if not rules or r["row"].split(".")[0] in rules.split():
                keys += r["sources"]
    return {"claims": ids, "sources": list(dict.fromkeys(k for k in keys if k in sources()))}


@lru_cache(maxsize=1)
def numbers() -> dict[str, int]:
    """Every number that prose may print, by name."""
    m = machine()
    c = space.counts()
    cases = {k: v["answers"] for k, v in decision.vignettes().items()}
    through = [
        k
        for k, v in cases.items()
        if decide(v, reading="article").level == "ARTICLE_MAY_BE_CONSIDERED"
        and decide(v).level not in ("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS")
    ]
    rules = {r["row"].split(".")[0] for t in m.model["tables"] for r in t["rows"]}
    out = {
        "inputs": len(m.ids),
        "claims": len(claims()),
        "rules": len(rules),
        "rows": sum(len(t["rows"]) for t in m.model["tables"]),
        "levels": len({x["level"] for x in m.model["levels"]}),
        "vignettes": len(cases),
        "states": c["book"],
        "states-start": c["start"],
        "states-on": c["on"],
        "consider-states": c["levels"]["start"]["SPECIALIST_CONSIDER"],
        "continue-states": c["levels"]["on"]["CONTINUE_WITH_SAFEGUARDS"],
        "sources": len(sources()),
        "gaps": len(decision.gaps()),
        "article-only": len(through),
        "disagreements": len(decision.disagreements()),
    }
    for name, checklist in m.lists.items():
        out[f"list:{name}"] = len(checklist["items"])
    for v in VERDICTS:
        out[f"verdict:{v}"] = sum(x["verdict"] == v for x in claims().values())
    for s in HOMES:
        out[f"section:{s}"] = sum(x["section"] == s for x in claims().values())
    return out

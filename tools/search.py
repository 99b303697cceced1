"""The search index: a record for each section, claim, gap, disagreement and source of the built pages.

Pagefind, kept by others, writes it into a folder named after its content, and the browser reads of it what a search
needs. Only what is a page's own is indexed: no panel, no block that repeats on every page, and a claim once, in the
register, with its verdict. ``book/synonyms.csv`` adds words that readers type to the section where the answer is.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from pathlib import Path

from bs4 import Tag

from book import facts
from book.draw import anchor
from book.panel.names import source_names
from book.quoted import ASIDE, own, verdict

ROOT = Path(__file__).resolve().parents[1]
NODE, INDEX = ROOT / ".venv/bin/node", ROOT / "book/panel/index.mjs"
NOT_A_PAGE = ("search", "genindex", "404", "ketamine-panel")
CUT = "‖"  # what stands behind it is searched and not shown
ALONE = ".claim-card, .citation"  # a record of its own
IDENT = re.compile(r"^(claim-[a-z0-9-]+|source-[a-z0-9-]+|[dg]\d\d)$")
REPEATED = ("References", "The claims of this chapter", "The table that runs", "Try it")
SAID_ELSEWHERE = f"{ASIDE}, .review-state, .searched, .cell_input, .bibtex-citation, .page-frame, [id^='says-']"


def record(
    url: str, title: str, page: str, text: str, found: str = "", also: str = "", weight: float = 1
) -> dict[str, str]:
    """What Pagefind is given for one result: its place, title, page, verdict and words; ``weight``: of all of it."""
    meta = {"title": title, "page": page, "verdict": found, "also": also}
    told = "".join(f'<meta data-pagefind-meta="{k}[content]" content="{escape(v)}">' for k, v in meta.items() if v)
    first = f"<p>Verdict: {escape(found)}.</p>" if found else ""
    more = f'<p data-pagefind-weight="9">{CUT} {escape(also)}</p>' if also else ""
    body = f"<h1>{escape(title)}</h1>{first}<p>{escape(text)}</p>{more}"
    if weight != 1:  # a heading would weigh more whatever it says
        body = f'<p data-pagefind-weight="{weight}">{escape(f"{title}. {text}")}</p>'
    return {"url": "/" + url, "html": f'<html lang="en"><head>{told}</head><body>{body}</body></html>'}


def words(part: Tag | None) -> str:
    """The words of a part of a page, in one line."""
    return re.sub(r" (?=[.,;:)](?: |$))", "", " ".join(part.get_text(" ").split())) if part else ""


def alone(where: str, part: Tag, page: str) -> dict[str, str] | None:
    """The record of a claim, a gap, a disagreement or a source; a claim has one in the register alone."""
    named = part if IDENT.match(str(part.get("id", ""))) else part.find(id=IDENT)
    ident = str(named["id"]) if isinstance(named, Tag) else ""
    if claim := facts.cards().get(ident.removeprefix("claim-")):
        text = f"{claim['statement']} Our check: {verdict(claim['id'])}. {claim['finding']} {claim['book']}"
        return record(f"{where}#{ident}", claim["title"], page, text, verdict(claim["id"]))
    if any(str(x).startswith("verdict-") for x in part.get_attribute_list("class")):
        return None
    if key := {anchor(f"source-{k}"): k for k in source_names()}.get(ident):
        for number in part.select(".label"):
            number.extract()
        return record(f"{where}#{ident}", source_names()[key][0], page, words(part), weight=0.2)  # after what uses it
    place = ident or next((str(x["id"]) for x in part.find_parents("section", id=True)), "")
    head = part.select_one("summary, .claim-head strong, .label")
    return record(f"{where}#{place}", words(head or part)[:120], page, words(part))


def records(site: Path, also: dict[tuple[str, str], str]) -> Iterator[dict[str, str]]:
    """Every record of the site; takes from ``also`` what it used."""
    for path in sorted(site.rglob("*.html")):
        where = path.relative_to(site).as_posix()
        if where.startswith("_") or path.stem in NOT_A_PAGE:
            continue
        page = own(path.read_text("utf-8"), SAID_ELSEWHERE).find("article")
        title = words(page.find("h1")) if page else ""
        for part in page.select(ALONE) if page else []:
            if found := alone(where, part, title):
                yield found
            part.extract()
        for section in reversed(page.find_all("section", id=True) if page else []):
            section.extract()  # the innermost first, so that each keeps only its own words
            heading = section.find(re.compile("^h[1-6]$"))
            name = words(heading.extract()) if heading else ""
            if not name or (name in REPEATED and path.stem != "references"):
                continue
            ident = "" if name == title else f"#{section['id']}"
            extra = also.pop((path.stem, ident.removeprefix("#")), "")
            if text := words(section) or extra:
                yield record(where + ident, name, title, text, also=extra)


def synonyms() -> dict[tuple[str, str], str]:
    """Page and section -> words that readers type for what stands there."""
    with (ROOT / "book/synonyms.csv").open(encoding="utf-8", newline="") as f:
        return {(r["page"], r["section"]): r["words"] for r in csv.DictReader(f)}


def main(site: Path = ROOT / "_build/html") -> int:
    """Write the index, and tell the search page where it is."""
    also = synonyms()
    found = json.dumps(list(records(site, also)), ensure_ascii=False)
    if also:
        print(f"book/synonyms.csv names sections that are not there: {sorted(also)}; correct page or section.")
        return 1
    name = f"pagefind-{sha256(found.encode()).hexdigest()[:12]}"
    for old in site.glob("pagefind-*"):
        shutil.rmtree(old)
    node = str(NODE if NODE.exists() else "node")
    subprocess.run([node, str(INDEX), str(site / name)], input=found, text=True, check=True)
    for left in ("pagefind-ui.js", "pagefind-ui.css", "pagefind-modular-ui.js", "pagefind-modular-ui.css"):
        (site / name / left).unlink(missing_ok=True)
    page = site / "search.html"
    page.write_text(re.sub(r'data-index="[^"]*"', f'data-index="{name}"', page.read_text("utf-8")), "utf-8")
    size = sum(p.stat().st_size for p in (site / name).rglob("*") if p.is_file()) // 1000
    print(f"{name}: {len(json.loads(found))} records, {size} kB, read in parts and only when someone searches")
    return 0


if __name__ == "__main__":
    sys.exit(main())

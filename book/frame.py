"""What stands round a page's text: its state, date and minutes once at the top, and its sources where they are named.

The minutes are counted on the page as it was built, at 200 words a minute: what is seen before anything is opened,
and with everything opened.
"""

from __future__ import annotations

import re
from bisect import bisect
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx
from sphinx_design.dropdown import dropdown_main

import decision
from guard import review

from . import facts
from .draw import anchor
from .panel.names import letter, source_names
from .prose import MINUTES
from .review import now, told

PACE = 200  # words a minute
UNSEEN = (  # never read as text: scripts, what opens over the page, what pictures say to those who do not see them
    "script, style, template, select, [popover], [hidden], svg title, svg desc, .headerlink, "
    ".worksheet .lines, .dp-noscript, .au-noscript, .dp-unasked, .voice-plain, "
    ".dp-about, .dp-whole, .dp-facts, .dp-undo, .dp-keys, .panel-first .dp-card:not(:first-of-type), "
    ".panel-first .dp-answers, .panel-first .dp-tools > :not(.dp-full), .panel-first .dp-notice, .panel-first .dp-owed"
)
TIMES = '<span class="read-time"></span>'


def words(html: str) -> tuple[int, int]:
    """How many words a page shows at first, and how many with everything opened."""
    soup = BeautifulSoup(html, "html.parser")
    for x in soup.select(UNSEEN):
        x.decompose()
    everything = count(soup.get_text(" "))
    for x in soup.select("details:not([open])"):
        for inside in x.find_all(recursive=False, string=True) + x.find_all(
            lambda y: y.name != "summary", recursive=False
        ):
            inside.extract()
    return count(soup.get_text(" ")), everything


def count(text: str) -> int:
    """The words of a text: what stands between spaces and holds a letter or a figure."""
    return len(re.findall(r"\S*\w\S*", text))


def minutes(n: int) -> int:
    """Words as minutes of reading."""
    return max(1, round(n / PACE))


def reading_time(core: int, everything: int) -> str:
    """How long a page takes, in words."""
    first, whole = minutes(core), minutes(everything)
    more = f", {whole - first} more if you open everything" if whole > first else ""
    return f"{first} minute{'s' * (first > 1)} to read{more}."


def objectives(doctree: nodes.document) -> list[nodes.Node]:
    """The objectives of a page as a line that opens, taken from where they were written."""
    found = next((x for x in doctree.findall(nodes.admonition) if "objectives" in x["classes"]), None)
    if found is None:
        return []
    found.parent.remove(found)
    items = [x for x in found.children if isinstance(x, nodes.bullet_list | nodes.enumerated_list)]
    lead = '<details class="fold"><summary>Learning objectives</summary>'
    return [nodes.raw("", lead, format="html"), *items, nodes.raw("", "</details>", format="html")]


def folds(doctree: nodes.document) -> None:
    """Dropdowns as plain lines that open: without the boxes and drawings of the theme."""
    for fold in doctree.findall(dropdown_main):
        line, body = fold.children
        fold["classes"] = ["fold", *(c for c in fold["classes"] if c != "fold" and not c.startswith("sd-"))]
        line["classes"], body["classes"] = [], ["fold-body"]
        line[:] = line[0].children


def frame(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the page's state, the date of its evidence and its minutes under its title, once and small."""
    folds(doctree)
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is None or not isinstance(title.parent, nodes.section):
        return
    s = review.state(Path(app.env.doc2path(docname)).relative_to(app.srcdir).as_posix(), now())
    day = next((x for x in doctree.findall(nodes.inline) if "searched" in x["classes"]), None)
    box = nodes.container(classes=["page-frame"])
    line = nodes.paragraph("", "", nodes.Text(f"{told(s)} Education only. "))
    if day is not None:
        alone = day.parent if len(day.parent.children) == 1 else day
        alone.parent.remove(alone)
        line += [nodes.Text(day.astext()), nodes.Text(" ")]
    line += nodes.raw("", TIMES, format="html")
    box += [line, *objectives(doctree)]
    title.parent.insert(title.parent.index(title) + 1, box)


TABLE = re.compile(r"<table\b(?:(?!<table\b).)*?</table>", re.S)
SOURCE = re.compile(r'href="[^"]*#(source-[a-z0-9-]+)"')
CITED = re.compile(r'href="[^"]*#source-([a-z0-9-]+)"[^>]*>[^<]*(?:<em>et al\.</em>[^<]*)?(?:\d{4}|undated)(?=</a>)')
ABOVE = re.compile(r"<(summary|h[1-6])\b[^>]*>(.*?)</\1>", re.S)


def labelled(table: str, above: str) -> str:
    """A table with a name, whose headings say what they head, and whose cells say under which they stand.

    Without a caption its name is the line above it; the last is for a phone, where each row reads as a block.
    """
    soup = BeautifulSoup(table, "html.parser")
    if soup.table and not soup.caption:
        for mark in (named := BeautifulSoup(above, "html.parser")).select(".headerlink, .claim-verdict"):
            mark.extract()
        soup.table["aria-label"] = " ".join(named.get_text(" ").split()) or "Table"
    for th in soup.find_all("th"):
        if th.get_text(strip=True):
            th["scope"] = th.get("scope") or ("col" if th.find_parent("thead") else "row")
        else:
            th.name = "td"  # the corner of a frame of pandas heads nothing
    head = [x.get_text(" ", strip=True) for x in soup.select("thead tr:first-child > *")]
    for row in soup.select("tbody tr"):
        for name, cell in zip(head, row.find_all(["td", "th"], recursive=False), strict=False):
            if name and cell.name == "td" and cell is not row.find(["td", "th"]):
                cell["data-head"] = name
    return str(soup)


def source_card(key: str, page: str) -> str:
    """What opens where a source is named: who, when, what, how it was seen, and where to read on."""
    name, _ = source_names()[key]
    s = facts.source_notes()[key]
    read = f' <a href="{escape(s["url"])}" rel="noopener">The source itself</a>' if s["url"] else ""
    return (
        f'<div popover class="cite-pop" id="cite-{anchor(key)}" role="dialog" aria-label="{escape(name)}">'
        f"<p><strong>{escape(name)}</strong></p><p>{escape(s['title'])}</p><p><em>{escape(s['note'])}</em> "
        f'{s["due"]}</p><p><a href="{page}#{anchor("source-" + key)}">In the list of sources</a>{read} '
        f'<button type="button" popovertarget="cite-{anchor(key)}" popovertargetaction="hide">Close</button></p></div>'
    )


def page(app: Sphinx, name: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Fill in a page's minutes, and add what opens where a source is named, once for each source."""
    body = context.get("body", "")
    if not body or doctree is None:
        return
    for said, better in ((" and others", " <em>et al.</em>"), (", n.d.", ", undated")):  # in a citation, as elsewhere
        body = re.sub(rf'(href="[^"]*#source-[^>]*>[^<]*(?:<em>et al\.</em>)?){said}(?=[,<])', rf"\1{better}", body)
    letters = {anchor(key): letter(key) for key in source_names()}
    body = CITED.sub(lambda x: x[0] + letters[x[1]], body)
    # what a cell gives is named by the heading above it, and not by the fold of its code or of a reason
    found = [x for x in ABOVE.finditer(body) if "code cell" not in x[2] and x[2] != "Why"]
    heads = [(x.end(), x[2]) for x in found]
    names = [""] + [words for _, words in heads]
    ends = [end for end, _ in heads]
    body = TABLE.sub(lambda t: labelled(t[0], names[bisect(ends, t.start())]), body)
    core, everything = words(body)
    body = body.replace(TIMES, f'<span class="read-time">{reading_time(core, everything)}</span>')
    body = body.replace(MINUTES, f'<span class="minutes">{minutes(core)}</span>')
    list_page = app.builder.get_relative_uri(name, "chapters/references")
    if name != "chapters/references":
        known = {anchor(f"source-{key}"): key for key in decision.sources()}
        here = dict.fromkeys(x for x in SOURCE.findall(body) if x in known)
        soup = BeautifulSoup(body, "html.parser")
        for panel in soup.select(".decision-panel"):  # on paper a panel names no source
            panel.decompose()
        told = set(SOURCE.findall(str(soup)))
        printed, others = ([known[x] for x in here if (x in told) == on_paper] for on_paper in (True, False))
        for kind, keys in (("page-sources", printed), ("page-sources d-print-none", others)):
            if keys:
                body += f'<div class="{kind}">{"".join(source_card(key, list_page) for key in keys)}</div>'
    context["body"] = body


def setup(app: Sphinx) -> None:
    """Write the frame once all pages are read, and count once they are written."""
    app.connect("doctree-resolved", frame)
    app.connect("html-page-context", page)

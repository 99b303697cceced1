"""The pictures of the article, and the directives by which a page shows a picture or a table of the register."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

import decision
from decision import decide
from decision.api import machine
from decision.space import PERMITS

from . import evidence, facts, paths, register_table
from .draw import LEAD, WIDTH, Cell, Picture, Rows, Where, block, figure, line, link, mark, number, tag, text
from .prose import BookDirective

TOP, FOOT = "The head of the page", "The foot of the page"  # what stands round the article, in its two parts
PLACES = ((4, 0), (148, 0), (4, 1), (4, 2), (148, 2))  # of the counts: how far in, and on which line


def claim_mark(c: str, x: float, y: float, size: float, to: Where, **attrs: object) -> str:
    """A sentence of the article as a mark that leads to its card."""
    row = facts.cards()[c]
    said = facts.VERDICTS[row["verdict"]][1] + (", unsafe as written" if row["unsafe"] == "yes" else "")
    shape = mark(row["verdict"], row["unsafe"] == "yes", x, y, size)
    return link(to("claims", f"claim-{c}"), shape, tip=f"{row['title']}: {said}", **attrs)


def verdict_counts() -> tuple[dict[str, int], int]:
    """How many sentences got each verdict, and how many are unsafe as written."""
    cards = facts.cards().values()
    return {v: sum(c["verdict"] == v for c in cards) for v in facts.VERDICTS}, sum(c["unsafe"] == "yes" for c in cards)


def tally(y: float, size: float = 20) -> tuple[list[str], float]:
    """The counts under the article’s marks, each beside the mark it counts."""
    out, (counted, unsafe) = [], verdict_counts()
    for (x, n), v in zip(PLACES, ("supported", "contradicted", "qualified", "not-verifiable", ""), strict=True):
        at, words = y + n * 28, facts.VERDICTS[v][1] if v else "unsafe as written"
        out.append(mark(v or "supported", not v, x, at, size))
        out.append(text(x + size + 7, at + size / 2 + 5, f"{counted.get(v, unsafe)} {words}"))
    return out, y + 3 * 28


def article_map(to: Where, form: str = "") -> Picture:
    """The article itself, each sentence as a mark, in the order of reading; ``compact`` for a front page."""
    cards, small = facts.cards(), form == "compact"
    across, step, size = 10, 31, 24  # on a phone 24 pixels from one mark to the next, for a finger
    wrong = [c for c in cards if cards[c]["verdict"] == "contradicted"]
    runs = [list(ids) for _, ids in groupby(cards, key=lambda c: cards[c]["section"])]
    y, out = 4.0, []
    for ids in [list(cards)] if small else runs:
        if not small:
            section = cards[ids[0]]["section"]
            name = (TOP if ids == runs[0] else FOOT) if section == "page" else facts.SECTIONS[section]
            out.append(text(3, y + 12, f"{name} · {len(ids)}", "soft"))
            y += 22
        for n, c in enumerate(ids):
            skip = {"tabindex": "-1"} if small else {}  # a keyboard goes the way of the register instead
            out.append(claim_mark(c, 4 + n % across * step, y + n // across * step, size, to, **skip))
        y += ((len(ids) - 1) // across + 1) * step + 4
        for c in [] if small else [c for c in ids if c in wrong]:
            told, y = block(3, y + 11, f"✗ {cards[c]['title']}", WIDTH - 6)
            out.append(link(to("claims", f"claim-{c}"), told))
    below, y = tally(y + 8, size)
    counted, unsafe = verdict_counts()
    found = f"{unsafe} of {len(cards)} unsafe as written, {counted['contradicted']} contradicted"
    title = f"The article, sentence by sentence: {found}"
    said = (
        f"The article’s {len(cards)} sentences in reading order. {counted['supported']} are supported, "
        f"{counted['qualified']} are true with qualifications, {counted['contradicted']} are contradicted and "
        f"{counted['not-verifiable']} cannot be verified. {unsafe} are unsafe as written. "
        f"Contradicted: {'; '.join(cards[c]['title'] for c in wrong)}."
    )
    rows: Rows = [
        [
            Cell(x["title"], to("claims", f"claim-{c}")),
            facts.SECTIONS[x["section"]],
            " ".join(facts.VERDICTS[x["verdict"]]),
            "unsafe as written" if x["unsafe"] == "yes" else "–",
        ]
        for c, x in cards.items()
    ]
    head = ["Sentence", "Section", "Our check", "Safety"]
    if small:
        return Picture("article-map-compact", title, said, [*out, *below], y)
    return Picture("article-map", title, said, [*out, *below], y, head, rows)


def person(narrative: str) -> str:
    """Whom a story is about, in a few words."""
    found = re.match(r"An? (\d+)-year-old(?: (man|woman))?", narrative)
    return f"{(found[2] or 'person').capitalize()}, {found[1]}" if found else narrative.split(":")[0]


def stopped_by(d: decision.Decision) -> str:
    """The facts through which the deciding row holds, in words; where none stands in the way, that."""
    if d.level in PERMITS:
        return "nothing stands against a discussion"
    return ", ".join(paths.answer(i, v) for i, v in d.reasons[0].because_of if not machine().calm(i, v))


def passage(y: float, through: bool) -> str:
    """A person’s way: open at the article’s gate, and at this book’s open or stopped."""
    end = "H73m10 0H90" if through else "H72m1 -5l10 10m0 -10l-10 10"
    way = tag("path", d=f"M0 {number(y)}H21m10 0{end}", kind="line")
    return way + "".join(tag("circle", cx=x, cy=y, r=5, kind="box open") for x in ((26, 78) if through else (26,)))


def readings(to: Where, form: str = "") -> Picture:
    """Who gets through by the article’s four criteria, and by which fact each is stopped here."""
    cases = decision.vignettes()
    article = {n: decide(v["answers"], reading="article") for n, v in cases.items()}
    book = {n: decide(v["answers"]) for n, v in cases.items()}
    who = {n: person(v["narrative"]) for n, v in cases.items()}
    place = {n: to("panel", facts.fragment(v["answers"])) for n, v in cases.items()}
    order = machine().level_ids
    through = [n for n in cases if article[n].level == "ARTICLE_MAY_BE_CONSIDERED"]
    through.sort(key=lambda n: (book[n].rank, order.index(book[n].level)))
    y, out = 46.0, [text(26, 14, "article", "", "middle"), text(78, 14, "here", "", "middle")]
    for level, group in groupby(through, key=lambda n: book[n].level):
        names = list(group)
        out.append(text(96, y + 4, book[names[0]].level_name, "soft"))
        y += LEAD
        for n in names:
            told, foot = block(96, y + 7, f"{who[n]} · {stopped_by(book[n])}", WIDTH - 98)
            way = passage(y + 3, level in PERMITS)
            out.append(link(place[n], way, told, tip=cases[n]["narrative"], data_level=level))
            y = foot + 8
        y += 12
    gates = [line(x, 22, x, y - 14, "gate") for x in (26, 78)]
    key = "○ let through, ✗ stopped. All others are stopped by the article’s criteria."
    rest, y = block(0, y + 6, key, WIDTH, "soft")
    passed = sum(book[n].level in PERMITS for n in through)
    title = (
        f"The article’s criteria let {len(through)} of {len(cases)} invented people through; "
        f"here {passed} of them may be considered"
    )
    told = " ".join(f"{who[n]}: {book[n].level_name}, {stopped_by(book[n])}." for n in through)
    rows: Rows = [
        [Cell(who[n], place[n]), article[n].level_name, book[n].level_name, stopped_by(book[n])] for n in cases
    ]
    head = ["Person (invented)", "By the article", "Here", "Decided by"]
    return Picture("readings", title, f"{title}. {told}", [*gates, *out, rest], y, head, rows)


DRAWN = {
    "article-map": article_map,
    "decision-map": paths.decision_map,
    "readings": readings,
    "evidence-time": evidence.evidence_time,
    "benefit-harm": evidence.benefit_harm,
    "single-facts": paths.single_facts,
    "raters": register_table.raters,
    "alternatives": paths.alternatives,
    "ladder": paths.ladder,
}
FORMS = {"article-map": ["compact"], "decision-map": ["start", "on"], "single-facts": ["start", "on"]}


class Drawing(BookDirective):
    """Something drawn or tabled by this book, with links from the page it stands on."""

    def to(self, page: str, place: str) -> str:
        """The address of a place on a page of the book."""
        return f"{self.env.app.builder.get_relative_uri(self.env.docname, f'chapters/{page}')}#{place}"

    def html(self, told: str) -> list[nodes.Node]:
        """HTML as it is."""
        return [nodes.raw("", told, format="html")]


class PictureDirective(Drawing):
    """``{picture} name``: drawn by the build from the tables; ``:of:`` a path or a form of it; ``:fold:`` its title."""

    required_arguments = 1
    option_spec = {"of": directives.unchanged_required, "fold": directives.flag}

    def run(self):
        name, form = self.arguments[0], self.options.get("of", "")
        if name not in DRAWN:
            return self.unknown("picture", name, list(DRAWN))
        if form and form not in FORMS.get(name, []):
            return self.unknown(f"form of {name}", form, FORMS.get(name, []))
        picture = DRAWN[name](self.to, form) if form else DRAWN[name](self.to)
        html = figure(picture)
        if "fold" not in self.options:
            return self.html(html)
        lead = f'<details class="fold"><summary>{escape(picture.title)}</summary>{html}'
        used = ", ".join(f"{{doc}}`/{page}`" for page in self.shown_on(name, form))
        told = self.markdown(f"Where it is read: {used}.") if used else []
        return [*self.html(lead), *told, *self.html("</details>")]

    def shown_on(self, name: str, form: str) -> list[str]:
        """The other pages that show a picture, in any form if none is asked for."""
        source, out = Path(self.env.srcdir), []
        for file in [source / "index.md", *sorted(source.glob("chapters/*.md"))]:
            self.env.note_dependency(str(file))
            found = re.findall(rf"\{{picture\}} {name}\n(?::of: (.+)\n)?", file.read_text(encoding="utf-8"))
            page = file.relative_to(source).with_suffix("").as_posix()
            if page != self.env.docname and (form in found or (found and not form)):
                out.append(page)
        return out


class Findings(Drawing):
    """``{findings}``: the summary of findings as one table by outcome."""

    def run(self):
        return self.html(evidence.findings_table(self.to))


class RegisterTable(Drawing):
    """``{register-table}``: every claim on a line, to sort and to filter, and as files to take along."""

    def run(self):
        root = "../" * self.env.docname.count("/")
        return self.html(register_table.register_table(self.to, root, facts.SECTIONS))


def setup(app: Sphinx) -> None:
    """Register what is drawn, its style, and the files of the register."""
    app.add_directive("picture", PictureDirective)
    app.add_directive("findings", Findings)
    app.add_directive("register-table", RegisterTable)
    app.add_css_file("pictures.css")
    app.connect("build-finished", register_table.write)

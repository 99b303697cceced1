"""What a class uses on the pages: questions at the end of a chapter, the case studio, and what the cases cover."""

from __future__ import annotations

import csv
from functools import lru_cache
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

import decision
from guard import coverage

from . import facts
from .panel import assets
from .prose import BookDirective
from .questions import PARTS, Question, chapters, questions

STYLE = '<link rel="stylesheet" href="{root}_static/class.css">'


def asked_html(q: Question, n: int) -> tuple[str, str]:
    """The story of a question, and its choices as native controls."""
    kind = "radio" if len(q.key) == 1 else "checkbox"
    who = f"{q.case}, fictional. " if q.case else "The article. "
    given = f'<p class="cy-given">{escape(q.given)}</p>' if q.given else ""
    choices = "".join(
        f'<label><input type="{kind}" name="{q.id}" value="{n}"> <span>{escape(x.text)}</span></label>'
        for n, x in enumerate(q.options)
    )
    return f"<p><strong>{n}.</strong> {who}{escape(q.story)}</p>{given}", choices


def question_html(q: Question, n: int, root: str) -> str:
    """A question as a form of native controls, and under it the key with its reasons."""
    story, choices = asked_html(q, n)
    key = "".join(
        f'<li data-right="{"yes" if x.right else "no"}"><strong>{"✓" if x.right else "✗"} {escape(x.text)}</strong> '
        f'<span class="cy-why">{escape(x.because)}</span></li>'
        for x in q.options
    )
    claims = ", ".join(
        f'<a href="{root}chapters/claims.html#claim-{c}">{escape(facts.cards()[c]["title"])}</a>' for c in q.claims[:3]
    )
    return (
        f'<form class="cy" data-question="{q.id}" autocomplete="off">'
        f"{story}<fieldset><legend>{escape(q.asked)}</legend>{choices}</fieldset>"
        '<p class="cy-act" hidden><button type="submit">Check my answer</button></p>'
        '<p class="cy-said" role="status" aria-live="polite"></p>'
        f'<details class="cy-key"><summary>The key, with reasons</summary><ul>{key}</ul>'
        f"<p>It rests on: {claims}.</p></details></form>"
    )


class CheckYourself(BookDirective):
    """``{check-yourself}``: the questions of this chapter, or of the section named."""

    optional_arguments = 1

    def run(self):
        section = self.arguments[0] if self.arguments else self.env.docname.split("/")[-1]
        if section not in chapters():
            return self.unknown("section", section, list(chapters()))
        root = "../" * self.env.docname.count("/")
        found = "".join(question_html(q, n, root) for n, q in enumerate(chapters()[section], 1))
        html = (
            f'{STYLE.format(root=root)}<section class="check-yourself" aria-label="Check yourself">'
            f'<h2>Check yourself</h2><details class="fold"><summary>{len(chapters()[section])} questions</summary>'
            "<p>The people are fictional, and this is education only. "
            "The keys of the cases are proved from the tables when this page is built; "
            "what our check found of a statement is a verdict, and no theorem.</p>"
            f'{found}</details></section><script src="{root}_static/check.js" defer></script>'
        )
        return [nodes.raw("", html, format="html")]


def handin(part: str) -> str:
    """One part of an evaluation, without its key: what is chosen can be saved as a file."""
    title, ids = PARTS[part]
    items = []
    for n, ident in enumerate(ids, 1):
        q = questions()[ident]
        story, choices = asked_html(q, n)
        items.append(
            f'<div class="cy-item">{story}<fieldset data-question="{q.id}"><legend>{escape(q.asked)}</legend>{choices}'
            '<label>How sure are you, from 0 to 100? <input type="number" min="0" max="100" required></label>'
            "</fieldset></div>"
        )
    return (
        f'<details class="fold"><summary>{title}: {len(ids)} questions</summary>'
        f'<form class="cy handin" data-part="{part}" method="dialog" autocomplete="off">'
        '<label>Code word, not your name, the same both times <input type="text" maxlength="40" required></label>'
        f"{''.join(items)}"
        '<p class="cy-act" hidden><button type="submit">Save my answers as a file</button></p>'
        '<p class="cy-said" role="status" aria-live="polite"></p></form></details>'
    )


class BeforeAfter(BookDirective):
    """``{before-after}``: the two parts of an evaluation, to answer on the page and to hand in as files."""

    def run(self):
        root = "../" * self.env.docname.count("/")
        html = (
            f'{STYLE.format(root=root)}<section class="check-yourself" aria-label="The questions">'
            f'{"".join(map(handin, PARTS))}</section><script src="{root}_static/handin.js" defer></script>'
        )
        return [nodes.raw("", html, format="html")]


class CaseStudio(BookDirective):
    """``{case-studio}``: where the studio's script builds it; without scripts it says where the cases are printed."""

    def run(self):
        root = "../" * self.env.docname.count("/")
        html = (
            f'{STYLE.format(root=root)}<div class="studio"><p><strong>The studio needs its scripts, and they are not '
            f'running.</strong> Its cases are printed, with a key: <a href="{root}kit/cases.html">case sheets</a>, '
            f'<a href="{root}kit/key.html">key</a>.</p></div>'
            f'<script type="module" src="{root}_static/live/{assets()}/studio.js"></script>'
        )
        return [nodes.raw("", html, format="html")]


@lru_cache
def objectives() -> list[dict[str, str]]:
    """What a class learns: each objective with its verb, the rows whose cases serve it, and the kinds of question."""
    with (Path(__file__).parent / "kit/objectives.csv").open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def serves(o: dict[str, str]) -> tuple[list[str], list[str]]:
    """The cases and the questions of an objective; one without rows has the questions of its kinds, and no case."""
    every = decision.vignettes(everyone=True)
    rows = [] if o["rows"] == "–" else o["rows"].split()
    cases = [n for n, v in every.items() if {v["rule"], facts.short_rule(v["rule"])} & set(rows)]
    asked = [q.id for q in questions().values() if q.kind in o["kinds"].split() and (not rows or q.case in cases)]
    return cases, asked


class Objectives(BookDirective):
    """``{objectives}``: what a learner can do afterwards, with the cases and questions for each."""

    def run(self):
        rows = []
        for o in objectives():
            cases, asked = serves(o)
            shown = ", ".join(cases[:6]) + (f" and {len(cases) - 6} more" if len(cases) > 6 else "")
            rows.append([f"**{o['verb']}** {o['objective']}", shown or "–", str(len(asked))])
        return self.markdown(facts.list_table("", ["Afterwards you can", "Cases", "Questions"], rows, "learning"))


class CoverageTable(BookDirective):
    """``{coverage}``: how many cases and questions there are, and what they cover, counted from the tables."""

    def run(self):
        unsafe = [c for c, row in decision.claims().items() if row["unsafe"] == "yes"]
        have = {c for q in questions().values() for c in q.claims}
        proved = [q for q in questions().values() if q.kind != "verdict"]
        cases = decision.vignettes(everyone=True)
        rows = [[title, f"{covered} of {wanted}"] for title, wanted, covered in coverage.counts()]
        rows += [
            ["Claims marked unsafe, each by a question", f"{sum(c in have for c in unsafe)} of {len(unsafe)}"],
            [
                "Cases that have a question",
                f"{len({q.case for q in questions().values()} & set(cases))} of {len(cases)}",
            ],
            ["Questions whose key is proved; of the others it is a verdict", f"{len(proved)} of {len(questions())}"],
        ]
        return self.markdown(facts.list_table("", ["What is covered", "How many"], rows, "coverage"))


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("before-after", BeforeAfter)
    app.add_directive("check-yourself", CheckYourself)
    app.add_directive("case-studio", CaseStudio)
    app.add_directive("coverage", CoverageTable)
    app.add_directive("objectives", Objectives)

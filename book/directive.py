"""The live panel on a page: prerendered here, woken by ``book/panel/enhance.js``."""

from __future__ import annotations

from html import escape

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

import decision
from decision.api import machine

from .panel import panel_html, questions
from .pictures import person
from .prose import BookDirective


class Panel(BookDirective):
    """``{panel}`` with ``:questions:`` (checklists or inputs to show first) and ``:case:`` (vignette or pairs).

    A page whose subject is the panel says ``:open:``; elsewhere it is a line that opens, named by its case.
    ``:first:`` shows the first card alone, with the level it gives.
    """

    option_spec = {
        "questions": directives.unchanged,
        "case": directives.unchanged,
        "label": directives.unchanged,
        "open": directives.flag,
        "first": directives.flag,
    }

    def run(self):
        only, known = self.options.get("questions", "").split(), [*decision.checklists(), *decision.inputs()]
        only = machine().model["cards"][0]["items"] if "first" in self.options else only
        for name in only:
            if name not in known:
                return self.unknown("question or checklist", name, known)
        stated: dict[str, str] = {}
        for word in self.options.get("case", "").split():
            try:
                case = decision.case_of(*(("–", word) if "=" in word else (word,)))
            except ValueError as error:
                return self.refused(str(error))
            asked = [word.split("=")[0]] if "=" in word else [i for i, v in case.items() if v != "unknown"]
            stated |= {i: case[i] for i in asked}
        root = "../" * self.env.docname.count("/")
        html = panel_html(stated, questions(only), root, self.options.get("label", "Decision panel"))
        if "first" in self.options:
            html = f'<div class="panel-first">{html}</div>'
        elif "open" not in self.options:
            line = f"Try it{': ' + escape(who) if (who := self.who()) else ''}"
            html = f'<details class="try-it fold"><summary>{line}</summary>{html}</details>'
        return [nodes.raw("", html, format="html")]

    def who(self) -> str:
        """Whom the panel begins with: its label, or the person of a vignette."""
        first = self.options.get("case", "").split()[:1]
        told = [v["narrative"] for n, v in decision.vignettes().items() if [n] == first]
        return self.options.get("label", "") or (f"{person(told[0]).lower()} (fictional)" if told else "")


def setup(app: Sphinx) -> None:
    """Register the directive and the front end."""
    app.add_directive("panel", Panel)

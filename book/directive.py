"""The live panel on a page: prerendered here, woken by ``book/panel/enhance.js``."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

import decision

from .panel import panel_html, questions
from .prose import BookDirective


class Panel(BookDirective):
    """``{panel}`` with ``:questions:`` (checklists or inputs to show first) and ``:case:`` (vignette or pairs)."""

    option_spec = {"questions": directives.unchanged, "case": directives.unchanged, "label": directives.unchanged}

    def run(self):
        only, known = self.options.get("questions", "").split(), [*decision.checklists(), *decision.inputs()]
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
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> None:
    """Register the directive and the front end."""
    app.add_directive("panel", Panel)

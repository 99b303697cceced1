"""The live panel on a page: prerendered here, woken by ``book/panel/enhance.js``."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from decision import vignettes
from decision.api import machine

from .panel import panel_html
from .prose import BookDirective


class Panel(BookDirective):
    """``{panel}`` with ``:questions:`` (checklists or inputs to show first) and ``:case:`` (vignette or pairs)."""

    option_spec = {"questions": directives.unchanged, "case": directives.unchanged, "label": directives.unchanged}

    def run(self):
        m, only, case = machine(), [], {}
        for name in self.options.get("questions", "").split():
            if name not in m.lists and name not in m.inputs:
                return self.unknown("question", name, [*m.lists, *m.inputs])
            only += [i for i in (m.lists[name]["items"] if name in m.lists else [name]) if i not in only]
        for word in self.options.get("case", "").split():
            if "=" in word:
                case.update([word.split("=", 1)])
            elif word in vignettes():
                case.update({k: v for k, v in vignettes()[word]["answers"].items() if v != "unknown"})
            else:
                return self.unknown("vignette", word, list(vignettes()))
        root = "../" * self.env.docname.count("/")
        html = panel_html(case, only, root, self.options.get("label", "Decision panel"))
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> None:
    """Register the directive and the front end."""
    app.add_directive("panel", Panel)

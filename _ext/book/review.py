"""The review state at the head of every page, read from the review record."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def banner(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the page's review state under its title."""
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is None or not isinstance(title.parent, nodes.section):
        return
    words = "Not yet reviewed by a clinician. Education only, not advice."
    state = nodes.container(classes=["review-state"])
    state += nodes.paragraph("", "", nodes.strong("", "Submitted. "), nodes.Text(words))
    title.parent.insert(title.parent.index(title) + 1, state)


def setup(app: Sphinx) -> None:
    """Write the state once all pages are read."""
    app.connect("doctree-resolved", banner)

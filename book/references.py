"""The list of references as the text cites it: by name and year, with how far each source was read set apart."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

from .draw import anchor
from .panel.names import SEEN, source_names

MARK = re.compile(r"(?:^|(?<=\. ))(" + "|".join(map(re.escape, SEEN)) + ")")


def marked(text: nodes.paragraph) -> None:
    """How far a source was read stands out from what describes it."""
    for part in list(text.findall(nodes.Text)):
        before, *rest = MARK.split(str(part), maxsplit=1)
        if rest:
            seen = nodes.emphasis("", rest[0])
            part.parent.replace(part, [nodes.Text(before), seen, nodes.Text(rest[1])])
            return


def named(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """In place of a running number, which no sentence uses, each entry begins with what sentences call it."""
    names = {anchor(f"source-{key}"): name for key, (name, _) in source_names().items()}
    for entry in doctree.findall(nodes.citation):
        name = next((names[i] for i in entry["ids"] if i in names), "")
        label, text = entry.next_node(nodes.label), entry.next_node(nodes.paragraph)
        if name and label and text:
            entry.remove(label)
            marked(text)
            text.insert(0, [nodes.strong("", name), nodes.Text(": ")])


def setup(app: Sphinx) -> None:
    """Name the entries once the list stands on its page."""
    app.connect("doctree-resolved", named)

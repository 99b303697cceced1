"""The list of references as the text cites it: by name and year, with how far each source was read set apart."""

from __future__ import annotations

import re
from typing import cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.domain import BibtexDomain

from .draw import anchor
from .panel.names import SEEN, source_names

MARK = re.compile("^(" + "|".join(map(re.escape, SEEN)) + ")")


def marked(app: Sphinx) -> None:
    """How far a source was read stands out from what describes it."""
    for entry in cast(BibtexDomain, app.env.get_domain("cite")).bibdata.data.entries.values():
        entry.fields["note"] = MARK.sub(r"\\emph{\1}", entry.fields["note"])


def named(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """In place of a running number, which no sentence uses, each entry begins with what sentences call it."""
    names = {anchor(f"source-{key}"): name for key, (name, _) in source_names().items()}
    for entry in doctree.findall(nodes.citation):
        name = next((names[i] for i in entry["ids"] if i in names), "")
        label, text = entry.next_node(nodes.label), entry.next_node(nodes.paragraph)
        if name and label and text:
            entry.remove(label)
            text.insert(0, [nodes.strong("", name), nodes.Text(": ")])


def setup(app: Sphinx) -> None:
    """Mark the entries once they are read, and name them once the list stands on its page."""
    app.connect("builder-inited", marked, priority=950)  # after the notes are final
    app.connect("doctree-resolved", named)

"""Terms that explain themselves: the first use of a glossary term in a chapter opens what the glossary says of it.

The glossary page is the one home of each definition. On the page a term is a link to it, which is all that it is
without scripts or on paper; beside the link stands a popover, which hover, focus, tap or Enter opens.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from . import facts

HOME = "chapters/glossary"
MOST = 5  # terms that are marked in a chapter: more would be clutter
LINK = re.compile(r'<a class="([^"]*\bterm\b[^"]*)" href="([^"]*#(term-[\w-]+))"')
ELSEWHERE = (nodes.Titular, nodes.reference, nodes.literal, nodes.table, nodes.raw, nodes.Admonition, nodes.strong)
KEPT = {"claim", "fold", "page-frame", "input-name", "rule-name", "searched"}  # these are marked otherwise, or folded


class Meaning(NamedTuple):
    """A term, and what the glossary says of it: plainly, then as a professional would."""

    term: str
    plain: str
    pro: str


def meanings(env: BuildEnvironment) -> dict[str, Meaning]:
    """Anchor of a term -> its meaning, as the glossary page has it."""
    if HOME not in env.found_docs:
        return {}
    out = {}
    for item in env.get_doctree(HOME).findall(nodes.definition_list_item):
        term, said = item.children[0], item.children[-1].astext().split("\n")
        out.update({i: Meaning(term.astext(), said[0], " ".join(said[1:])) for i in term["ids"]})
    return out


def link(app: Sphinx, docname: str, ident: str, text: str) -> nodes.reference:
    """A term as a link to the glossary."""
    there = f"{app.builder.get_relative_uri(docname, HOME)}#{ident}"
    return nodes.reference(text, text, internal=True, refuri=there, classes=["term"])


def plain(text: nodes.Text) -> bool:
    """Whether a text is running text of a chapter, seen at first and not yet marked as something else."""
    node, found = text.parent, False
    while node is not None and not isinstance(node, nodes.document):
        if isinstance(node, ELSEWHERE) or KEPT & set(getattr(node, "attributes", {}).get("classes", [])):
            return False
        found = found or isinstance(node, nodes.paragraph)
        node = node.parent
    return found


def explained(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark the terms: in a chapter of the article where each is first used, elsewhere where the author did."""
    for ref in doctree.findall(nodes.reference):
        if any("std-term" in x["classes"] for x in ref.findall(nodes.inline)):
            ref["classes"].append("term")
    if docname.removeprefix("chapters/") not in facts.SECTIONS:
        return
    left = {m.term.lower(): i for i, m in meanings(app.env).items()}
    most = len(left) - MOST
    for text in [x for x in doctree.findall(nodes.Text) if plain(x)]:
        made: list[nodes.Node] = []
        rest = str(text)
        while len(left) > max(most, 0) and (found := first(list(left), rest)):
            made += [nodes.Text(rest[: found.start()]), link(app, docname, left.pop(found[1].lower()), found[0])]
            rest = rest[found.end() :]
        if made:
            text.parent.replace(text, [*made, nodes.Text(rest)])


def first(terms: list[str], text: str) -> re.Match[str] | None:
    """Where the first of some terms is used in a text, outside a quotation: others may use a word in another sense."""
    wanted = "|".join(sorted(map(re.escape, terms), key=len, reverse=True))
    for found in re.finditer(rf"\b({wanted})s?\b", text, re.I):
        before = text[: found.start()]
        if before.count("“") == before.count("”"):
            return found
    return None


def cards(app: Sphinx, name: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Add what opens at a term, once for each, and tie the links to it; hover and focus then need no script."""
    body = context.get("body", "")
    here = dict.fromkeys(found[3] for found in LINK.finditer(body))
    known = meanings(app.env) if here and doctree is not None else {}
    page = app.builder.get_relative_uri(name, HOME) if known else ""
    body = LINK.sub(lambda x: f'{x[0]} interestfor="said-{x[3]}"' if x[3] in known else x[0], body)
    for ident in here:
        if said := known.get(ident):
            body += (
                f'<div popover class="cite-pop term-pop" id="said-{ident}" role="dialog" '
                f'aria-label="{escape(said.term)}">'
                f"<p><strong>{escape(said.term)}</strong></p><p>{escape(said.plain)}</p><p>{escape(said.pro)}</p>"
                f'<p><a href="{page}#{ident}">In the glossary</a> '
                f'<button type="button" popovertarget="said-{ident}" popovertargetaction="hide">Close</button>'
                "</p></div>"
            )
    context["body"] = body


def setup(app: Sphinx) -> None:
    """Mark terms once all pages are read, and add what they open once they are written."""
    app.connect("doctree-resolved", explained)
    app.connect("html-page-context", cards)

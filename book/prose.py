"""Claims in running text, numbers and names from the code, and the sources of a page."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from typing import cast

from docutils import nodes
from docutils.parsers.rst import directives
from pybtex.database import Person
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinxcontrib.bibtex.domain import BibtexDomain

import decision
from decision.api import machine
from decision.reader import nearest
from decision.tables import VERDICT_TABLES

from . import facts, ratings
from .panel.names import source_names, unkeyed

log = logging.getLogger(__name__)


def warn(what: str, word: str, legal: list[str], location: str) -> None:
    """Warn, and so fail the build, about a name that does not exist, with the nearest that does."""
    log.warning("%s “%s” does not exist.%s", what, word, nearest(word, legal), location=location)


class BookDirective(SphinxDirective):
    """A directive that writes Markdown."""

    has_content = True

    def markdown(self, text: str) -> list[nodes.Node]:
        """Parse Markdown in place of this directive."""
        box = nodes.container()
        self.state.nested_parse(text.splitlines(), 0, box)
        return box.children

    def unknown(self, what: str, word: str, legal: list[str]) -> list[nodes.Node]:
        """Warn about a name that does not exist, and print nothing."""
        warn(what, word, legal, self.get_location())
        return []

    def refused(self, why: str) -> list[nodes.Node]:
        """Warn, and so fail the build, about something else that is wrong, and print nothing."""
        log.warning("%s", why, location=self.get_location())
        return []


class claim_mark(nodes.inline):
    """A sentence that states a claim, with the mark that opens what our check found."""


def verdict(ident: str) -> str:
    """What our check found of a claim: sign and word, and whether it is unsafe as written."""
    c = facts.cards()[ident]
    unsafe = (", but" if c["verdict"] == "supported" else " and") + " unsafe as written"  # true is not harmless
    return " ".join(facts.VERDICTS[c["verdict"]]) + unsafe * (c["unsafe"] == "yes")


def popover(ident: str, register: str) -> str:
    """The HTML behind a claim's sentence: a button, and what it opens; ``register`` is the address of the cards."""
    c, here, said = facts.cards()[ident], f"claim-{ident}-here", verdict(ident)
    book = escape(facts.uncoded(c["book"]))
    sources = "; ".join(", ".join(source_names()[k]) for k in c["sources"])
    parts = [
        f"<strong>The article:</strong> {escape(c['statement'])}",
        f"<strong>Sources:</strong> {escape(c['finding'])} <em>({escape(sources)})</em>",
        f'<strong>This book:</strong> {book} <a href="{register}#claim-{ident}">In the claim register</a>',
    ]
    return (
        f'<button type="button" class="claim-mark verdict-{c["verdict"]}" popovertarget="{here}" '
        f'title="{escape(said)}: {escape(c["finding"][:140])}…" '
        f'aria-label="Claim “{escape(c["title"])}”, {said[2:]}: show what our check found">{said[0]}</button></span>'
        f'<span popover id="{here}" class="claim-pop" role="dialog" aria-label="{escape(c["title"])}">'
        f'<strong class="claim-title">{escape(c["title"])}</strong>'
        f'<span class="claim-verdict verdict-{c["verdict"]}">{said}</span>'
        + "".join(f'<span class="{k}">{p}</span>' for k, p in zip(VOICES, parts, strict=True))
        + f'<button type="button" popovertarget="{here}" popovertargetaction="hide">Close</button></span>'
    )


VOICES = ("claim-article", "claim-sources", "claim-book")  # of a card, each with an edge of its own


def visit_claim(translator, node) -> None:
    """In HTML: the sentence, a button, and a native popover that needs no script."""
    register = translator.builder.get_relative_uri(translator.builder.current_docname, "chapters/claims")
    node["tail"] = popover(node["claim"], register)
    node["start"] = len(translator.body)
    translator.body.append(f'<span class="claim" id="says-{node["claim"]}">')


def depart_claim(translator, node) -> None:
    """Close the sentence and add its mark, which stays on the line of the last word."""
    head, space, last = translator.body[-1].rpartition(" ")
    if len(translator.body) > node["start"] + 1 and space and "<" not in last:
        translator.body[-1] = f'{head} <span class="claim-end">{last}'
        node["tail"] = node["tail"].replace("</button></span>", "</button></span></span>", 1)
    translator.body.append(node["tail"])


def visit_plain(translator, node) -> None:
    """In other formats only the sentence."""


class ClaimRole(SphinxRole):
    """``{claim}`sentence <claim-id>``` or ``{claim}`claim-id```, which prints the claim's title."""

    def run(self):
        found = re.fullmatch(r"(?:(.*)<([a-z0-9-]+)>|([a-z0-9-]+))", self.text, re.S)
        ident = (found[2] or found[3]) if found else self.text
        if ident not in facts.cards():
            warn("claim", ident, list(facts.cards()), self.get_location())
            return [nodes.Text(self.text)], []
        if found[3]:
            return [nodes.Text(facts.cards()[ident]["title"])], []
        sentence = found[1].strip()
        return [claim_mark(sentence, sentence, claim=ident, classes=["claim"])], []


class ClaimCard(BookDirective):
    """A claim as a card: what the article says, what sources say, what this book does."""

    required_arguments = 1

    def run(self):
        ident = self.arguments[0]
        if ident not in facts.cards():
            return self.unknown("claim", ident, list(facts.cards()))
        return self.markdown(card(ident, "\n".join(self.content)))


def card(ident: str, body: str = "", anchor: bool = False) -> str:
    """The Markdown of one claim as a line that opens; ``anchor`` makes it the place that links lead to."""
    c = facts.cards()[ident]
    how = "Decided by" if any(t in VERDICT_TABLES for t, _ in c["rows"]) else "Shown with"
    decided = f"{how}: {facts.row_links(c['rows'])}." if c["rows"] else ""
    if not c["rows"] and c["asked"]:
        decided = "Asked as: " + ", ".join(facts.in_words(i) for i in c["asked"]) + "."
    if c["undecidable"]:
        decided += f" {c['undecidable']}"
    if c["assumption"]:
        decided += f" Assumption: {c['assumption']}"
    foot = [decided.strip() or "Shown, not decided."]
    if not anchor:
        foot[0] += f" {{ref}}`In the claim register <claim-{ident}>`."
    elif rated := decision.ratings().get(ident):
        foot.append(ratings.line(rated, decision.adjudications().get(ident, {})))
    said = (
        f"**The article.** {c['statement']}",
        f"**Sources.** {c['finding']} {facts.cites(c['sources'])}",
        f"**This book.** {facts.uncoded(c['book'])}" + (f"\n\n{body}" if body else ""),
    )
    parts = [facts.fence("container", k, told) for k, told in zip(VOICES, said, strict=True)]
    parts.append(facts.fence("container", "claim-foot", "\n\n".join(foot)))
    lead = f"(claim-{ident})=\n" if anchor else ""
    line = f"**{c['title']}** [{verdict(ident)}]{{.claim-verdict}}"
    return facts.fold(line, lead + "\n".join(parts), f"claim-card verdict-{c['verdict']}")


class NumberRole(SphinxRole):
    """``{n}`states```: a number computed from the code, with thousands set apart."""

    def run(self):
        known = facts.numbers()
        if self.text not in known:
            warn("number", self.text, list(known), self.get_location())
            return [], []
        return [nodes.Text(facts.apart(known[self.text]))], []


class NameRole(SphinxRole):
    """A role that prints what a name stands for; each kind says which names there are and what is shown."""

    def legal(self) -> dict[str, str]:
        """Every name of this kind, with what is shown for it."""
        raise NotImplementedError

    def shown(self, name: str, text: str) -> nodes.Node:
        """The node for a name."""
        raise NotImplementedError

    def run(self):
        legal = self.legal()
        if self.text not in legal:
            warn(self.name, self.text, list(legal), self.get_location())
            return [], []
        return [self.shown(self.text, legal[self.text])], []


class InputRole(NameRole):
    """``{input}`pregnant```: an input's label."""

    def legal(self):
        return {i: x["label"] for i, x in decision.inputs().items()}

    def shown(self, name, text):
        return nodes.inline(name, text, classes=["input-name"])


class LevelRole(NameRole):
    """``{level}`AVOID```: a level's name, in both voices; the reader's choice says which is seen."""

    def legal(self):
        return decision.level_names()

    def shown(self, name, text):
        plain = next(x["plain"] for x in reversed(machine().model["levels"]) if x["level"] == name)
        out = nodes.strong(name, "", nodes.inline(text, text, classes=["voice-pro"]), classes=["level-name"])
        out += nodes.raw("", f'<span class="voice-plain">{escape(plain)}</span>', format="html")
        return out


class ListRole(NameRole):
    """``{list}`hard_stop```: the labels of a checklist's items."""

    def legal(self):
        return {n: "; ".join(map(facts.in_words, x["items"])) for n, x in decision.checklists().items()}

    def shown(self, name, text):
        return nodes.Text(text)


class RuleRole(NameRole):
    """``{rule}`R-HARD```: a link to a row, or to the first row of a rule: in words, on pages about code by its code."""

    def legal(self):
        out: dict[str, str] = {}
        for table in facts.TABLES:
            for r in decision.rows(table):
                for name in (facts.short_rule(r["row"]), r["row"]):
                    out.setdefault(name, f"row-{table}-{r['row'].lower()}")
        return out

    def shown(self, name, text):
        table = text.split("-")[1]
        row = next((r for r in decision.rows(table) if r["row"] == name), None)
        words = facts.row_title(table, row) if row else facts.rule_title(table, name)
        words = name if self.env.docname in facts.CODED else f"“{words}”"
        inner = nodes.inline(name, words, classes=["rule-name"])
        to = {"refdomain": "std", "reftype": "ref", "reftarget": text, "refexplicit": True, "refwarn": True}
        return pending_xref(name, inner, refdoc=self.env.docname, **to)


class MinutesRole(SphinxRole):
    """``{minutes}`here```: minutes to read what this page shows before anything is opened; filled in by ``frame``."""

    def run(self):
        return [nodes.raw("", MINUTES, format="html")], []


MINUTES = '<span class="minutes"></span>'


class SearchedRole(SphinxRole):
    """``{searched}`2026-11-22```: the date on which evidence was last looked for."""

    def run(self):
        day = date.fromisoformat(self.text)
        told = f"Evidence last searched: {day.day} {day:%B %Y}."
        return [nodes.inline(self.text, told, classes=["searched"])], []


class ClaimRegister(BookDirective):
    """All claims, section by section, each a card that links lead to."""

    option_spec = {"section": directives.unchanged_required}

    def run(self):
        section = self.options.get("section", "")
        sections = list(dict.fromkeys(c["section"] for c in facts.cards().values()))
        if section not in sections:
            return self.unknown("section", section, sections)
        ids = [i for i, c in facts.cards().items() if c["section"] == section]
        cards = "\n".join(card(i, anchor=True) for i in ids)
        return self.markdown(facts.fold(f"{facts.SECTIONS[section]} ({len(ids)})", cards))


def readable(app: Sphinx) -> None:
    """Say in the list of references, too, which sources are past their own review date; a key in a note by its name.

    A label whose maker was not seen is cited as the label of its drug.
    """
    names = source_names()
    for key, entry in cast(BibtexDomain, app.env.get_domain("cite")).bibdata.data.entries.items():
        if str(entry.persons.get("author", [""])[0]).startswith("{Manufacturer of "):
            entry.persons["author"] = [Person("{" + names[key][0].rsplit(maxsplit=1)[0].rstrip(",") + "}")]
        entry.fields["note"] = unkeyed(entry.fields["note"])
        told = facts.past_due(entry.fields, date.today())
        if told and told not in entry.fields["note"]:
            entry.fields["note"] += f" {told}"


def setup(app: Sphinx) -> None:
    """Register the roles and directives of running text."""
    plain = (visit_plain, visit_plain)
    app.add_node(claim_mark, html=(visit_claim, depart_claim), latex=plain, text=plain, man=plain, texinfo=plain)
    app.connect("builder-inited", readable, priority=900)  # after the list was read
    app.add_role("claim", ClaimRole())
    app.add_role("n", NumberRole())
    app.add_role("minutes", MinutesRole())
    app.add_role("searched", SearchedRole())
    app.add_role("input", InputRole())
    app.add_role("level", LevelRole())
    app.add_role("list", ListRole())
    app.add_role("rule", RuleRole())
    app.add_directive("claim", ClaimCard)
    app.add_directive("claim-register", ClaimRegister)

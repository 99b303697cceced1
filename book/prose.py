"""Claims in running text, numbers and names from the code, and the sources of a page."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from pathlib import Path
from typing import cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinxcontrib.bibtex.domain import BibtexDomain

import decision
from decision.reader import nearest
from guard import content

from . import facts, ratings

log = logging.getLogger(__name__)


def markdown_of(env: BuildEnvironment) -> str:
    """The Markdown of the page that is being read; of a notebook, its Markdown cells."""
    root = Path(env.srcdir)
    return content.prose(root, Path(env.doc2path(env.docname)).relative_to(root))


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


def popover(ident: str, register: str) -> str:
    """The HTML behind a claim's sentence: a button, and what it opens; ``register`` is the address of the cards."""
    c, here = facts.cards()[ident], f"claim-{ident}-here"
    sign, verdict = facts.VERDICTS[c["verdict"]]
    unsafe = " · unsafe as written" if c["unsafe"] == "yes" else ""
    rows = ", ".join(r for _, r in c["rows"]) or "none; see the register"
    parts = [
        f"Article, section “{escape(c['section'])}”: {escape(c['statement'])}",
        f"<strong>Our check:</strong> {escape(c['finding'])}",
        f"<strong>This book:</strong> {escape(c['book'])}",
        f"<strong>Sources:</strong> {escape(', '.join(c['sources']))}. <strong>Rows:</strong> {escape(rows)}. "
        f'<a href="{register}#claim-{ident}">In the claim register</a>',
    ]
    return (
        f'<button type="button" class="claim-mark verdict-{c["verdict"]}" popovertarget="{here}" '
        f'title="{escape(verdict)}: {escape(c["finding"][:140])}…" '
        f'aria-label="Claim “{escape(c["title"])}”, {verdict}: show what our check found">{sign}</button></span>'
        f'<span popover id="{here}" class="claim-pop" role="dialog" aria-label="{escape(c["title"])}">'
        f'<strong class="claim-title">{escape(c["title"])}</strong>'
        f'<span class="claim-verdict verdict-{c["verdict"]}">{sign} {verdict}{unsafe}</span>'
        + "".join(f'<span class="claim-part">{part}</span>' for part in parts)
        + f'<button type="button" popovertarget="{here}" popovertargetaction="hide">Close</button></span>'
    )


def visit_claim(translator, node) -> None:
    """In HTML: the sentence, a button, and a native popover that needs no script."""
    register = translator.builder.get_relative_uri(translator.builder.current_docname, "chapters/claims")
    node["tail"] = popover(node["claim"], register)
    translator.body.append(f'<span class="claim" id="says-{node["claim"]}">')


def depart_claim(translator, node) -> None:
    """Close the sentence and add its mark."""
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
    """The Markdown of one claim card; ``anchor`` makes it the place that links lead to."""
    c = facts.cards()[ident]
    sign, verdict = facts.VERDICTS[c["verdict"]]
    unsafe = " · unsafe as written" if c["unsafe"] == "yes" else ""
    decided = f"Rows: {facts.row_links(c['rows'])}." if c["rows"] else ""
    if not c["rows"] and c["asked"]:
        decided = "Asked as: " + ", ".join(facts.in_words(i) for i in c["asked"]) + "."
    if c["undecidable"]:
        decided += f" {c['undecidable']}"
    if c["assumption"]:
        decided += f" Assumption: {c['assumption']}"
    foot = [decided.strip() or "Shown, not decided."]
    if anchor and (rated := decision.ratings().get(ident)):
        foot.append(ratings.line(rated, decision.adjudications().get(ident, {})))
    title = c["title"] if anchor else f"{{ref}}`{c['title']} <claim-{ident}>`"
    parts = [
        facts.fence("container", "claim-head", f"**{title}**\n{sign} {verdict}{unsafe}"),
        facts.fence("container", "claim-article", f"**The article.** {c['statement']}"),
        facts.fence("container", "claim-sources", f"**Sources.** {c['finding']} {facts.cites(c['sources'])}"),
        facts.fence("container", "claim-book", f"**This book.** {c['book']}" + (f"\n\n{body}" if body else "")),
        facts.fence("container", "claim-foot", "\n\n".join(foot)),
    ]
    lead = f"(claim-{ident})=\n" if anchor else ""
    return lead + facts.fence("container", f"claim-card verdict-{c['verdict']}", "\n".join(parts), 5)


class NumberRole(SphinxRole):
    """``{n}`states```: a number computed from the code, with thousands set apart."""

    def run(self):
        known = facts.numbers()
        if self.text not in known:
            warn("number", self.text, list(known), self.get_location())
            return [], []
        return [nodes.Text(f"{known[self.text]:,}".replace(",", "\u202f"))], []


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
    """``{level}`AVOID```: a level's name."""

    def legal(self):
        return decision.level_names()

    def shown(self, name, text):
        return nodes.strong(name, text, classes=["level-name"])


class ListRole(NameRole):
    """``{list}`hard_stop```: the labels of a checklist's items."""

    def legal(self):
        return {n: "; ".join(map(facts.in_words, x["items"])) for n, x in decision.checklists().items()}

    def shown(self, name, text):
        return nodes.Text(text)


class RuleRole(NameRole):
    """``{rule}`R-HARD```: a link to a row on the page of tables, or to the first row of a rule."""

    def legal(self):
        out: dict[str, str] = {}
        for table in facts.TABLES:
            for r in decision.rows(table):
                for name in (facts.short_rule(r["row"]), r["row"]):
                    out.setdefault(name, f"row-{table}-{r['row'].lower()}")
        return out

    def shown(self, name, text):
        inner = nodes.inline(name, name, classes=["rule-name"])
        to = {"refdomain": "std", "reftype": "ref", "reftarget": text, "refexplicit": True, "refwarn": True}
        return pending_xref(name, inner, refdoc=self.env.docname, **to)


class MinutesRole(SphinxRole):
    """``{minutes}`here```: minutes to read this page at 200 words a minute."""

    def run(self):
        return [nodes.Text(str(max(1, round(len(re.findall(r"\w+", markdown_of(self.env))) / 200))))], []


class SearchedRole(SphinxRole):
    """``{searched}`2026-11-22```: the date on which evidence was last looked for."""

    def run(self):
        day = date.fromisoformat(self.text)
        told = f"Evidence last searched: {day.day} {day:%B %Y}."
        return [nodes.inline(self.text, told, classes=["searched"])], []


class ClaimsHere(BookDirective):
    """The claims that stand on this page, with our verdict and where they are decided."""

    def run(self):
        rows = []
        for c in facts.on_page(markdown_of(self.env))["claims"]:
            x = facts.cards()[c]
            sign, verdict = facts.VERDICTS[x["verdict"]]
            where = facts.row_links(x["rows"]) or x["undecidable"] or "asked as an input"
            rows.append([f"{{ref}}`{x['title']} <claim-{c}>`", f"{sign} {verdict}", where])
        return self.markdown(facts.list_table("", ["Claim", "Our check", "Decided by"], rows, "claims-here"))


class PageSources(BookDirective):
    """Every source this page rests on and how well it was seen."""

    def run(self):
        keys = facts.on_page(markdown_of(self.env))["sources"]
        known = facts.source_notes()
        return self.markdown(
            "\n".join(
                f"- {{cite:t}}`{k}`: {known[k]['title']} ({known[k]['year']}). *{known[k]['note']}*"
                + (f" **{known[k]['due']}**" if known[k]["due"] else "")
                for k in keys
            )
        )


class ClaimRegister(BookDirective):
    """All claims, section by section, each a card that links lead to."""

    option_spec = {"section": directives.unchanged_required}

    def run(self):
        section = self.options.get("section", "")
        sections = list(dict.fromkeys(c["section"] for c in facts.cards().values()))
        if section not in sections:
            return self.unknown("section", section, sections)
        ids = [i for i, c in facts.cards().items() if c["section"] == section]
        return self.markdown("\n".join(card(i, anchor=True) for i in ids))


def overdue(app: Sphinx) -> None:
    """Say in the list of references, too, which sources are past their own review date."""
    for entry in cast(BibtexDomain, app.env.get_domain("cite")).bibdata.data.entries.values():
        told = facts.past_due(entry.fields, date.today())
        if told and told not in entry.fields["note"]:
            entry.fields["note"] += f" {told}"


def setup(app: Sphinx) -> None:
    """Register the roles and directives of running text."""
    plain = (visit_plain, visit_plain)
    app.add_node(claim_mark, html=(visit_claim, depart_claim), latex=plain, text=plain, man=plain, texinfo=plain)
    app.connect("builder-inited", overdue, priority=900)  # after the list was read
    app.add_role("claim", ClaimRole())
    app.add_role("n", NumberRole())
    app.add_role("minutes", MinutesRole())
    app.add_role("searched", SearchedRole())
    app.add_role("input", InputRole())
    app.add_role("level", LevelRole())
    app.add_role("list", ListRole())
    app.add_role("rule", RuleRole())
    app.add_directive("claim", ClaimCard)
    app.add_directive("claims-here", ClaimsHere)
    app.add_directive("page-sources", PageSources)
    app.add_directive("claim-register", ClaimRegister)

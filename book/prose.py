"""Claims in running text, numbers and names from the code, and the sources of a page."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from decision.api import machine
from decision.reader import nearest

from . import facts

log = logging.getLogger(__name__)


class BookDirective(SphinxDirective):
    """A directive that writes Markdown."""

    has_content = True

    def markdown(self, text: str) -> list[nodes.Node]:
        """Parse Markdown in place of this directive."""
        box = nodes.container()
        self.state.nested_parse(text.splitlines(), 0, box)
        return box.children

    def page(self) -> str:
        """The source text of the page this directive stands on."""
        return Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")

    def unknown(self, kind: str, word: str, legal: list[str]) -> list[nodes.Node]:
        """Warn, and so fail the build, about a word that does not exist."""
        log.warning("%s “%s” does not exist.%s", kind, word, nearest(word, legal), location=self.get_location())
        return []


class claim_mark(nodes.inline):
    """A sentence that states a claim, with the mark that opens what our check found."""


def visit_claim(translator, node) -> None:
    """In HTML: the sentence, a button, and a native popover that needs no script."""
    c = facts.claims()[node["claim"]]
    sign, words = facts.VERDICTS[c["verdict"]]
    uri = translator.builder.get_relative_uri(translator.builder.current_docname, "chapters/claims")
    ident = f"claim-{node['claim']}-here"
    node["tail"] = (
        f'<button type="button" class="claim-mark verdict-{c["verdict"]}" popovertarget="{ident}" '
        f'title="{escape(words)}: {escape(c["finding"][:140])}…" '
        f'aria-label="Claim “{escape(c["title"])}”, {words}: show what our check found">{sign}</button></span>'
        f'<span popover id="{ident}" class="claim-pop" role="dialog" aria-label="{escape(c["title"])}">'
        f'<strong class="claim-title">{escape(c["title"])}</strong>'
        f'<span class="claim-verdict verdict-{c["verdict"]}">{sign} {words}'
        f"{' · unsafe as written' if c['unsafe'] == 'yes' else ''}</span>"
        f'<span class="claim-part">Article, section “{escape(c["section"])}”: {escape(c["statement"])}</span>'
        f'<span class="claim-part"><strong>Our check:</strong> {escape(c["finding"])}</span>'
        f'<span class="claim-part"><strong>This book:</strong> {escape(c["book"])}</span>'
        f'<span class="claim-part"><strong>Sources:</strong> {escape(", ".join(c["sources"]))}. '
        f"<strong>Rows:</strong> {escape(', '.join(r for _, r in c['rows']) or 'none; see the register')}. "
        f'<a href="{uri}#claim-{node["claim"]}">In the claim register</a></span>'
        f'<button type="button" popovertarget="{ident}" popovertargetaction="hide">Close</button></span>'
    )
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
        if ident not in facts.claims():
            log.warning(
                "claim “%s” does not exist.%s",
                ident,
                nearest(ident, list(facts.claims())),
                location=self.get_location(),
            )
            return [nodes.Text(self.text)], []
        if found[3]:
            return [nodes.Text(facts.claims()[ident]["title"])], []
        text = found[1].strip()
        return [claim_mark(text, text, claim=ident, classes=["claim"])], []


class ClaimCard(BookDirective):
    """A claim as a card: what the article says, what sources say, what this book does."""

    required_arguments = 1

    def run(self):
        ident = self.arguments[0]
        if ident not in facts.claims():
            return self.unknown("claim", ident, list(facts.claims()))
        body = "\n".join(self.content)
        return self.markdown(card(ident, body))


def card(ident: str, body: str = "", anchor: bool = False) -> str:
    """The Markdown of one claim card; ``anchor`` makes it the place that links lead to."""
    c = facts.claims()[ident]
    sign, words = facts.VERDICTS[c["verdict"]]
    unsafe = " · unsafe as written" if c["unsafe"] == "yes" else ""
    decided = f"Rows: {facts.row_links(c['rows'])}." if c["rows"] else ""
    if not c["rows"] and c.get("asked"):
        decided = "Asked as: " + ", ".join(facts.label(i) for i in c["asked"]) + "."
    if c["undecidable"]:
        decided += f" {c['undecidable']}"
    if c["assumption"]:
        decided += f" Assumption: {c['assumption']}"
    title = c["title"] if anchor else f"{{ref}}`{c['title']} <claim-{ident}>`"
    parts = [
        facts.fence("container", "claim-head", f"**{title}**\n{sign} {words}{unsafe}"),
        facts.fence("container", "claim-article", f"**The article.** {c['statement']}"),
        facts.fence("container", "claim-sources", f"**Sources.** {c['finding']} {facts.cites(c['sources'])}"),
        facts.fence("container", "claim-book", f"**This book.** {c['book']}" + (f"\n\n{body}" if body else "")),
        facts.fence("container", "claim-foot", decided.strip() or "Shown, not decided."),
    ]
    lead = f"(claim-{ident})=\n" if anchor else ""
    return lead + facts.fence("container", f"claim-card verdict-{c['verdict']}", "\n".join(parts), 5)


class NumberRole(SphinxRole):
    """``{n}`states```: a number computed from the code, with thousands set apart."""

    def run(self):
        known = facts.numbers()
        if self.text not in known:
            log.warning(
                "number “%s” does not exist.%s",
                self.text,
                nearest(self.text, list(known)),
                location=self.get_location(),
            )
            return [], []
        return [nodes.Text(f"{known[self.text]:,}".replace(",", "\u202f"))], []


class NameRole(SphinxRole):
    """``{input}``, ``{level}`` and ``{list}``: names in words; ``{rule}``: a link to its table row."""

    def run(self):
        m, kind = machine(), self.name
        levels = {x["level"]: x["name"] for x in reversed(m.model["levels"])}
        rules = {}
        for t in m.model["tables"]:
            for r in t["rows"]:
                rules.setdefault(r["row"].split(".")[0], f"row-{t['name']}-{r['row'].lower()}")
                rules.setdefault(r["row"], f"row-{t['name']}-{r['row'].lower()}")
        legal = {"input": list(m.inputs), "level": list(levels), "list": list(m.lists), "rule": list(rules)}[kind]
        if self.text not in legal:
            log.warning(
                "%s “%s” does not exist.%s", kind, self.text, nearest(self.text, legal), location=self.get_location()
            )
            return [], []
        if kind == "input":
            return [nodes.inline(self.text, m.inputs[self.text]["label"], classes=["input-name"])], []
        if kind == "level":
            return [nodes.strong(self.text, levels[self.text], classes=["level-name"])], []
        if kind == "list":
            return [nodes.Text("; ".join(m.inputs[i]["label"] for i in m.lists[self.text]["items"]))], []
        from sphinx.addnodes import pending_xref

        ref = pending_xref(
            self.text,
            nodes.inline(self.text, self.text, classes=["rule-name"]),
            refdomain="std",
            reftype="ref",
            reftarget=rules[self.text],
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        return [ref], []


class MinutesRole(SphinxRole):
    """``{minutes}`here```: minutes to read this page at 200 words a minute."""

    def run(self):
        text = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        return [nodes.Text(str(max(1, round(len(re.findall(r"\w+", text)) / 200))))], []


class SearchedRole(SphinxRole):
    """``{searched}`2026-11-22```: the date on which evidence was last looked for."""

    def run(self):
        from datetime import date

        day = date.fromisoformat(self.text)
        words = f"Evidence last searched: {day.day} {day:%B %Y}."
        return [nodes.inline(self.text, words, classes=["searched"])], []


class ClaimsHere(BookDirective):
    """The claims that stand on this page, with our verdict and where they are decided."""

    def run(self):
        rows = []
        for c in facts.on_page(self.page())["claims"]:
            x = facts.claims()[c]
            sign, words = facts.VERDICTS[x["verdict"]]
            where = facts.row_links(x["rows"]) or x["undecidable"] or "asked as an input"
            rows.append([f"{{ref}}`{x['title']} <claim-{c}>`", f"{sign} {words}", where])
        return self.markdown(facts.list_table("", ["Claim", "Our check", "Decided by"], rows, "claims-here"))


class PageSources(BookDirective):
    """Every source this page rests on and how well it was seen."""

    def run(self):
        keys = facts.on_page(self.page())["sources"]
        known = facts.sources()
        return self.markdown(
            "\n".join(
                f"- {{cite:t}}`{k}`: {known[k]['title']} ({known[k]['year']}). *{known[k]['note']}*" for k in keys
            )
        )


class ClaimRegister(BookDirective):
    """All claims, section by section, each a card that links lead to."""

    option_spec = {"section": directives.unchanged_required}

    def run(self):
        ids = [i for i, c in facts.claims().items() if c["section"] == self.options["section"]]
        return self.markdown("\n".join(card(i, anchor=True) for i in ids))


def setup(app: Sphinx) -> None:
    """Register the roles and directives of running text."""
    plain = (visit_plain, visit_plain)
    app.add_node(claim_mark, html=(visit_claim, depart_claim), latex=plain, text=plain, man=plain, texinfo=plain)
    app.add_role("claim", ClaimRole())
    app.add_role("n", NumberRole())
    app.add_role("minutes", MinutesRole())
    app.add_role("searched", SearchedRole())
    for name in ("input", "level", "list", "rule"):
        app.add_role(name, NameRole())
    app.add_directive("claim", ClaimCard)
    app.add_directive("claims-here", ClaimsHere)
    app.add_directive("page-sources", PageSources)
    app.add_directive("claim-register", ClaimRegister)

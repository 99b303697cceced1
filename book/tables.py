"""Decision tables, checklists, gaps and disagreements, printed from the files that run."""

from __future__ import annotations

from docutils.parsers.rst import directives
from sphinx.application import Sphinx

import decision
from decision.api import machine
from decision.reader import ANY, split

from . import facts
from .prose import BookDirective

TITLES = {
    "start": "Starting: first match decides",
    "on": "Already on ketamine: first match decides",
    "article": "The article's reading: first match decides",
    "urgent": "Urgent: asked of everyone",
    "cautions": "Cautions: all that match",
    "notes": "Notes: all that match",
    "safeguards": "Safeguards: all that match",
    "monitoring": "Monitoring: all that match",
    "other_care": "Other care: all that match",
}
ORIGIN = {"article": "from the article", "addition": "added by this book"}


def decision_table(name: str, rules: list[str], anchors: bool) -> str:
    """The Markdown of a decision table: if, then, because, and what it rests on."""
    m, rows = machine(), []
    for r in decision.rows(name):
        if rules and facts.short_rule(r["row"]) not in rules:
            continue
        when = "\n".join(f"- {facts.condition(c, r['when'][c])}" for c in m.columns[name] if c in r["when"])
        then = f"**{m.level_info(name, r['level'])['name'] if 'level' in r else r['title']}**"
        rest = [f"Certainty: {r['certainty']}.", ORIGIN[r["origin"]].capitalize() + "."]
        if r["claims"]:
            rest.append(f"Claims: {facts.claim_links(r['claims'])}.")
        rest.append(facts.cites(r["sources"]))
        target = f"row-{name}-{r['row'].lower()}"
        rule = f"({target})=\n{r['row']}" if anchors else facts.row_links([(name, r["row"])])
        rows.append([rule, when or "always", then, r["because"], " ".join(rest)])
    head = ["Row", "If", "Then", "Because", "Rests on"]
    return facts.list_table(TITLES[name], head, rows, "decision-table")


class DecisionTable(BookDirective):
    """``{decision-table} name``, whole or only the rows of some ``:rules:``."""

    required_arguments = 1
    option_spec = {"rules": directives.unchanged, "anchors": directives.flag}

    def run(self):
        name, rules = self.arguments[0], self.options.get("rules", "").split()
        if name not in TITLES:
            return self.unknown("decision table", name, list(TITLES))
        legal = [facts.short_rule(r["row"]) for r in decision.rows(name)]
        for rule in rules:
            if rule not in legal:
                return self.unknown("rule", rule, legal)
        return self.markdown(decision_table(name, rules, "anchors" in self.options))


class Checklist(BookDirective):
    """``{checklist} name``: each item, why it matters, how certain, and its sources."""

    required_arguments = 1

    def run(self):
        name, known, rows = self.arguments[0], decision.checklists(), []
        if name not in known:
            return self.unknown("checklist", name, list(known))
        c = known[name]
        for x in map(decision.inputs().get, c["items"]):
            rows.append([x["label"], x["why"], f"Certainty: {x['certainty']}. {facts.cites(x['sources'])}"])
        order = " before ".join(" with some ".join(p) for p in c["precedence"])
        table = facts.list_table(c["title"], ["Item", "Why it is asked", "Rests on"], rows, "checklist")
        return self.markdown(f"{c['meaning']} Read as: {order}.\n\n{table}")


def open_panel(case: dict[str, str]) -> str:
    """A link that opens the panel page at a case; only the fragment carries it."""
    return f'<a class="open-panel" href="panel.html#{facts.fragment(case)}">Open the panel at this patient</a>'


def both_readings(base: str, pairs: str) -> str:
    """A case decided now in both readings, in words; nothing where a row names no case."""
    if base == pairs == ANY:
        return ""
    case = decision.case_of(base, pairs)
    a, b = decision.decide(case, reading="article"), decision.decide(case)
    changed = [] if pairs == ANY else [p.split("=") for p in pairs.split()]
    who = "Fictional patient: " if base == ANY else f"Fictional vignette {base}" + (", changed: " if changed else "")
    shown = ", ".join(f"{facts.in_words(k)} {machine().label(k, v).lower()}" for k, v in changed)
    urgent = " Urgent." if b.urgent else ""
    return (
        f"*{who}{shown}.* Article reading: **{a.level_name}**. Book reading: **{b.level_name}**.{urgent} "
        f"Deciding rule: {{rule}}`{b.reasons[0].rule}`.\n\n{open_panel(case)}"
    )


class Gaps(BookDirective):
    """``{gaps} g01 g02``: what the article leaves out, with the patient run in both readings."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        known = decision.gaps()
        out = []
        for ident in self.arguments[0].split():
            if ident not in known:
                return self.unknown("gap", ident, list(known))
            g = known[ident]
            rows = ", ".join(f"{{rule}}`{r}`" for r in split(g["rows"]))
            live = both_readings(g["base"], g["case"])
            parts = [
                facts.fence("container", "claim-head", f"**{ident.upper()}. {g['title']}**"),
                facts.fence("container", "claim-article", f"**The article.** {g['article']}"),
                facts.fence("container", "claim-harm", f"**Whom it could have harmed.** {g['harm']}"),
                facts.fence(
                    "container",
                    "claim-book",
                    f"**This book.** {g['book']} " + (f"Rules: {rows}." if rows else g["reason_for_none"]),
                ),
                facts.fence("container", "claim-foot", f"{live}\n\n{facts.cites(split(g['sources']))}"),
            ]
            out.append(facts.fence("container", "claim-card gap", "\n".join(parts), 5))
        return self.markdown("\n".join(out))


class Disagreements(BookDirective):
    """Every point on which sources disagree, each voice named."""

    def run(self):
        out = []
        for d in decision.disagreements().values():
            voices = [
                ("claim-article", "The article", d["article"]),
                ("claim-label", "The label", d["label"]),
                ("claim-sources", "Guidelines", d["guidelines"]),
                ("claim-sources", "Studies", d["studies"]),
                ("claim-book", "This book", f"{d['book']} {d['why']} Certainty: {d['certainty']}."),
            ]
            parts = [facts.fence("container", "claim-head", f"**{d['title']}**")]
            parts += [facts.fence("container", c, f"**{n}.** {t}") for c, n, t in voices if t.strip()]
            live = both_readings(d["base"], d["case"])
            parts.append(facts.fence("container", "claim-foot", f"{live}\n\n{facts.cites(split(d['sources']))}"))
            out.append(f"({d['point']})=\n" + facts.fence("container", "claim-card disagreement", "\n".join(parts), 5))
        return self.markdown("\n".join(out))


def setup(app: Sphinx) -> None:
    """Register the directives that print tables."""
    app.add_directive("decision-table", DecisionTable)
    app.add_directive("checklist", Checklist)
    app.add_directive("gaps", Gaps)
    app.add_directive("disagreements", Disagreements)

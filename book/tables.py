"""Decision tables, checklists, alternatives, gaps, disagreements and ratings, printed from the files that run."""

from __future__ import annotations

from docutils.parsers.rst import directives
from sphinx.application import Sphinx

import decision
from decision.api import machine
from decision.reader import ANY, split

from . import facts, ratings
from .prose import BookDirective

TITLES = {
    "start": "Starting: first match decides",
    "on": "Already on ketamine: first match decides",
    "article": "The article's reading: first match decides",
    "urgent": "Urgent: asked of everyone",
    "alternatives": "Alternatives: of each option the row for this kind of pain",
    "cautions": "Cautions: all that match",
    "notes": "Notes: all that match",
    "safeguards": "Safeguards: all that match",
    "monitoring": "Monitoring: all that match",
    "other_care": "Other care: all that match",
}
FITS = {"supported": "✓", "not supported": "✗", "uncertain": "?"}  # always shown with the word
ORIGIN = {"article": "from the article", "addition": "added by this book"}


def decision_table(name: str, rules: list[str], anchors: bool) -> str:
    """The Markdown of a decision table: if, then, because, and what it rests on."""
    m, rows = machine(), []
    for r in decision.rows(name):
        if rules and facts.short_rule(r["row"]) not in rules:
            continue
        when = "\n".join(f"- {facts.condition(c, r['when'][c])}" for c in m.columns[name] if c in r["when"])
        then = f"**{m.level_info(name, r['level'])['name'] if 'level' in r else r['title']}**"
        if "fit" in r:
            hazards = [x["title"] for x in decision.rows("cautions") if x["id"] in r["cautions"]]
            then += f"\n\n{fit(r)}\n\nCautions: {', '.join(dict.fromkeys(hazards)) or 'none of its own'}."
        rest = [f"Certainty: {r['certainty']}.", ORIGIN[r["origin"]].capitalize() + "."]
        if r["claims"]:
            rest.append(f"Claims: {facts.claim_links(r['claims'])}.")
        rest.append(facts.cites(r["sources"]))
        target = f"row-{name}-{r['row'].lower()}"
        rule = f"({target})=\n{r['row']}" if anchors else facts.row_links([(name, r["row"])])
        rows.append([rule, when or "always", then, r["because"], " ".join(rest)])
    head = ["Row", "If", "Then", "Because", "Rests on"]
    return facts.list_table(TITLES[name], head, rows, "decision-table")


def fit(row: dict) -> str:
    """Whether guidelines support an option for a kind of pain: a sign and its word."""
    return f"{FITS[row['fit']]}\u00a0{row['fit']}"


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


class Alternatives(BookDirective):
    """``{alternatives}``: each option by each kind of pain at a glance, then by whom, how sure and on what sources."""

    def run(self):
        known = decision.inputs()["pain_type"]
        kinds = [v for v in known["values"] if v != "unknown"]
        words = {v: machine().label("pain_type", v) for v in kinds}
        table, told = [], []
        options: dict[str, list] = {}
        for r in decision.rows("alternatives"):
            options.setdefault(r["id"], []).append(r)
        for rows in options.values():
            here = {v: r for r in rows for v in r["when"]["pain_type"]}
            table.append([f"**{rows[0]['title']}**", *(f"[{words[v]}:]{{.on-phone}} {fit(here[v])}" for v in kinds)])
            body = []
            for r in [r for r in rows if "unknown" not in r["when"]["pain_type"]]:
                pain = "; ".join(words[v] for v in r["when"]["pain_type"])
                rests = f"How sure: {r['certainty']}. {facts.cites(r['sources'])}"
                body.append([f"{pain}: **{fit(r)}**", r["because"], rests])
            inner = facts.list_table("", ["Pain", "By whom", "Rests on"], body, "claims-here", "22 44 34")
            told.append(facts.fence("dropdown", f"{rows[0]['title']}: by whom, and how sure", inner, 5))
        head = ["Option", *(words[v] for v in kinds)]
        return self.markdown(facts.list_table("", head, table, "claims-here fits") + "\n" + "\n".join(told))


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


class Ratings(BookDirective):
    """``{ratings}``: the claims on which raters differ, what each said, what was settled, and why."""

    def run(self):
        head, rows = ratings.table(decision.ratings(), decision.adjudications())
        widths = "17 " + "14 " * (len(head) - 2) + "41"
        return self.markdown(facts.list_table("", head, rows, "claims-here", widths))


def setup(app: Sphinx) -> None:
    """Register the directives that print tables."""
    app.add_directive("decision-table", DecisionTable)
    app.add_directive("checklist", Checklist)
    app.add_directive("alternatives", Alternatives)
    app.add_directive("gaps", Gaps)
    app.add_directive("disagreements", Disagreements)
    app.add_directive("ratings", Ratings)

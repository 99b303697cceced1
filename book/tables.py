"""Decision tables, checklists, alternatives, gaps, disagreements and ratings, printed from the files that run."""

from __future__ import annotations

from html import escape

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
    "cautions": "Cautions: all that apply",
    "notes": "Notes: all that apply",
    "safeguards": "Safeguards: all that apply",
    "monitoring": "Monitoring: all that apply",
    "other_care": "Other care: all that apply",
}
WHO = {
    ANY: "Fictional patient", "start": "Fictional patient before a start", "on": "Fictional patient on ketamine",
}  # fmt: skip
FITS = {"supported": "✓", "not supported": "✗", "uncertain": "?"}  # always shown with the word
ORIGIN = {"article": "from the article", "addition": "added by this book"}


def condition(r: dict) -> list[str]:
    """What a row asks, each condition in words."""
    found = machine().columns[r["table"]]
    said = [c for c in found if c in r["when"] and (c, r["when"][c]) != ("reading", ["book"])]  # this book is meant
    return [facts.condition(c, r["when"][c]) for c in said] or ["always"]


def then(r: dict) -> str:
    """What a row gives: a level, a line of a list, or whether an option fits."""
    if "level" in r:
        return machine().level_info(r["table"], r["level"])["name"]
    return r["title"] + (f": {fit(r)}" if "fit" in r else "")


def reason(r: dict) -> str:
    """Why a row gives what it gives, what to do next, and the cautions that go with an option."""
    if "fit" not in r:
        after = r.get("next", ANY)
        return r["because"] + (f" **Next:** {after}" if after != ANY else "")
    found = [x["title"] for x in decision.rows("cautions") if x["id"] in r["cautions"]]
    return f"{r['because']} Cautions: {', '.join(dict.fromkeys(found)) or 'none of its own'}."


def rests(r: dict) -> str:
    """What a row rests on."""
    parts = [
        *([f"Certainty: {r['certainty']}."] if r["certainty"] != ANY else []),
        ORIGIN[r["origin"]].capitalize() + ".",
    ]
    if r["claims"]:
        parts.append(f"Claims: {facts.claim_links(r['claims'])}.")
    return " ".join([*parts, facts.cites(r["sources"])])


def row_line(r: dict) -> str:
    """A row of the page of tables: its code, if and then on a line that opens to why, and what it rests on."""
    asked = condition(r)
    shown = "; ".join(asked) if len(asked) < 5 else f"all {len(asked)} conditions below hold"
    body = f"(row-{r['table']}-{r['row'].lower()})=\n"
    if len(asked) >= 5:
        body += "\n".join(f"- {x}" for x in asked) + "\n\n"
    body += f"{reason(r)}\n\n{rests(r)}"
    line = f"`{r['row']}` {shown} → **{then(r)}**"
    return facts.fold(line, body, "rule")


def deciding_rows(rows: list[dict]) -> str:
    """Rows in words, those that rest on the same things under one line that says on what."""
    groups: dict[str, list[list[str]]] = {}
    for r in rows:
        asked = "\n".join(f"- {x}" for x in condition(r))
        given = f"{{ref}}`{then(r)} <row-{r['table']}-{r['row'].lower()}>`"
        groups.setdefault(rests(r), []).append([asked, given, reason(r)])
    head = ["If", "Then", "Because"]
    return "\n".join(
        facts.list_table("", head, found, "decision-table", "30 25 45") + f"\n{told}\n"
        for told, found in groups.items()
    )


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
        rows = [{**r, "table": name} for r in decision.rows(name)]
        legal = [facts.short_rule(r["row"]) for r in rows]
        for rule in rules:
            if rule not in legal:
                return self.unknown("rule", rule, legal)
        if "anchors" in self.options:
            return self.markdown(
                f"{TITLES[name].partition(': ')[2].capitalize()}.\n\n" + "\n".join(map(row_line, rows))
            )
        rows = [r for r, rule in zip(rows, legal, strict=True) if not rules or rule in rules]
        line = (
            f"{TITLES[name].split(':')[0]}: the rules behind this ({len(rows)})"
            if rules
            else f"{TITLES[name]} ({len(rows)})"
        )
        return self.markdown(facts.fold(line, deciding_rows(rows)))


class Checklist(BookDirective):
    """``{checklist} name``: a line that opens to each item, why it is asked, how certain, and its sources."""

    required_arguments = 1

    def run(self):
        name, known, rows = self.arguments[0], decision.checklists(), []
        if name not in known:
            return self.unknown("checklist", name, list(known))
        c = known[name]
        for x in map(decision.inputs().get, c["items"]):
            rows.append([x["label"], x["why"], f"Certainty: {x['certainty']}. {facts.cites(x['sources'])}"])
        first, second = (" with some ".join(p).replace("unknown", "not known") for p in c["precedence"][:2])
        table = facts.list_table("", ["Item", "Why it is asked", "Rests on"], rows, "checklist", "25 45 30")
        line = f"{c['title']}: what is asked, and why ({len(rows)})"
        return self.markdown(
            facts.fold(line, f"{c['meaning']} One {first} is what counts; without any, one {second} does.\n\n{table}")
        )


def open_panel(case: dict[str, str]) -> str:
    """A link that opens the panel page at a case; only the fragment carries it."""
    return f'<a class="open-panel" href="panel.html#{escape(facts.fragment(case))}">Open the panel at this patient</a>'


def both_readings(base: str, pairs: str) -> str:
    """A case decided now in both readings, in words; nothing where a row names no case."""
    if base == pairs == ANY:
        return ""
    case = decision.case_of(base, pairs)
    a, b = decision.decide(case, reading="article"), decision.decide(case)
    changed = [] if pairs == ANY else [p.split("=") for p in pairs.split()]
    who = WHO.get(base, f"Fictional vignette {base}") + (": " if base == ANY else ", changed: " if changed else "")
    shown = "; ".join(f"{facts.in_words(k)}: {machine().label(k, v).lower()}" for k, v in changed)
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
            table.append([f"**{rows[0]['title']}**", *(f"{fit(here[v])}" for v in kinds)])
            body = []
            for r in [r for r in rows if "unknown" not in r["when"]["pain_type"]]:
                pain = "; ".join(words[v] for v in r["when"]["pain_type"])
                rests = f"How sure: {r['certainty']}. {facts.cites(r['sources'])}"
                body.append([f"{pain}: **{fit(r)}**", r["because"], rests])
            inner = facts.list_table("", ["Pain", "By whom", "Rests on"], body, "claims-here", "22 44 34")
            told.append(facts.fold(f"{rows[0]['title']}: by whom, and how sure", inner))
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
            here = f"**This book.** {facts.uncoded(g['book'])} " + (f"Rules: {rows}." if rows else g["reason_for_none"])
            parts = [
                facts.fence("container", "claim-article", f"**The article.** {g['article']}"),
                facts.fence("container", "claim-harm", f"**Whom it could have harmed.** {g['harm']}"),
                facts.fence("container", "claim-book", here),
                facts.fence("container", "claim-foot", f"{live}\n\n{facts.cites(split(g['sources']))}"),
            ]
            out.append(facts.fold(f"**{g['title']}**", "\n".join(parts), "claim-card gap"))
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
                (
                    "claim-book",
                    "This book",
                    facts.uncoded(f"{d['book']} {d['why']}\n\n**How sure.** {d['certainty']}."),
                ),
            ]
            parts = [facts.fence("container", c, f"**{n}.** {t}") for c, n, t in voices if t.strip()]
            live = both_readings(d["base"], d["case"])
            parts.append(facts.fence("container", "claim-foot", f"{live}\n\n{facts.cites(split(d['sources']))}"))
            body = f"({d['point']})=\n" + "\n".join(parts)
            out.append(facts.fold(f"**{d['title']}**", body, "claim-card disagreement"))
        return self.markdown("\n".join(out))


class Ratings(BookDirective):
    """``{ratings}``: the claims on which raters differ, what each said, what was settled, and why."""

    def run(self):
        head, rows = ratings.table(decision.ratings(), decision.adjudications())
        widths = "17 " + "14 " * (len(head) - 2) + "41"
        table = facts.list_table("", head, rows, "claims-here", widths)
        return self.markdown(facts.fold(f"What each rater said, what was settled, and why ({len(rows)})", table))


def setup(app: Sphinx) -> None:
    """Register the directives that print tables."""
    app.add_directive("decision-table", DecisionTable)
    app.add_directive("checklist", Checklist)
    app.add_directive("alternatives", Alternatives)
    app.add_directive("gaps", Gaps)
    app.add_directive("disagreements", Disagreements)
    app.add_directive("ratings", Ratings)

"""The pictures of what is known of benefit and harm, and the summary of findings, from the register’s two files."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from itertools import groupby

from pybtex.database import Person, parse_file
from pybtex.richtext import Text

import decision
from decision.reader import ANY, KNOWLEDGE, split
from decision.register import named
from guard.register import CERTAINTY, SUPPORT

from .draw import LEAD, WIDTH, Cell, Picture, Rows, Where, anchor, block, line, link, tag, text

SIDES = {
    "benefit": "What it may do for pain",
    "harm": "What it may do to a person",
    "unknown": "Not known",
    "elsewhere": "For depression: another decision, in psychiatric care",
}


@lru_cache(maxsize=1)
def authors() -> dict[str, str]:
    """Source key -> its first author by last name, or the body that made it."""
    plain = {}
    for key, entry in parse_file(str(KNOWLEDGE / "references.bib"), "bibtex").entries.items():
        first = entry.persons.get("author", [Person(key)])[0]
        plain[key] = str(Text.from_latex(" ".join(first.prelast_names + first.last_names)))
    return plain


def cited(key: str) -> str:
    """A source in two words: by whom, and the year."""
    return f"{authors()[key]} {decision.sources()[key]['year']}"


def source_place(key: str, to: Where) -> str:
    """Where a source stands in the list of references."""
    return to("references", anchor(f"source-{key}"))


def article_date(y: float, to: Where) -> str:
    """Where the article stands in time."""
    told = text(0, y + 14, "the article’s own date: early August 2025", "here")
    dated = decision.claims()["provenance-last-updated"]["statement"]
    return link(to("claims", "claim-provenance-last-updated"), line(0, y - 2, WIDTH, y - 2, "here"), told, tip=dated)


def evidence_time(to: Where, form: str = "") -> Picture:
    """Evidence of relief over time: how far each source spoke for it, its doubt drawn as width."""
    out, said, y = [], [], 77.0
    rows: Rows = []
    place = {w: 40 + n * 80 for n, w in enumerate(SUPPORT)}
    out.append(text(0, 14, "How far each source supports relief.", "soft"))
    out.append(text(0, 14 + LEAD, "Grey bar: read; dashed bar: second-hand.", "soft"))
    out += [text(at, 55, w, "soft", "middle") for w, at in place.items()]
    for x in named("evidence").values():
        if x["date"] >= "2025-08" and not any("early August" in w for w in out):
            out.append(article_date(y, to))
            y += 34
        kind, key = "dashed" if x["seen"] == "second-hand" else "tint", split(x["sources"])[0]
        words, foot = block(0, y + 8, f"{x['shown']}. {x['title']}, {x['pain']}:", WIDTH - 4)
        more, after = block(0, foot + 16, x["told"] + (" (second-hand)" if kind == "dashed" else ""), WIDTH - 4, "soft")
        if x["low"] == ANY:
            bar = text(0, foot + 1, "✗ advice, not graded:")
        else:
            low, high = place[x["low"]] - 28, place[x["high"]] + 28
            ticks = "".join(line(at, foot - 9, at, foot + 1, "faint") for at in place.values())
            bar = line(4, foot - 4, WIDTH - 4, foot - 4, "faint") + ticks
            bar += tag("rect", x=low, y=foot - 10, width=high - low, height=12, rx=6, kind=f"box {kind}")
        out.append(link(source_place(key, to), words, bar, more, tip=cited(key)))
        y = after + 14
        span = "a recommendation" if x["low"] == ANY else " to ".join(dict.fromkeys((x["low"], x["high"])))
        rows.append(
            [
                x["shown"],
                f"{x['title']}, {x['pain']}",
                x["told"],
                span,
                x["seen"],
                Cell(cited(key), source_place(key, to)),
            ]
        )
        said.append(
            f"{x['shown']}, {x['title']}, {x['pain']}: {x['told']}{', second-hand' if kind == 'dashed' else ''}."
        )
    out += [text(at, y + 4, w, "soft", "middle") for w, at in place.items()]  # again, where the top is out of sight
    title = "Evidence of relief, 2018 to 2025: from moderate for one condition to no clear evidence"
    told = f"{len(rows)} statements in order of time, placed by this book; a wide bar is a wide doubt. " + " ".join(
        said
    )
    head = ["When", "Who, on what", "What it says", "Placed at", "How seen", "Source"]
    return Picture("evidence-time", title, told, out, y + 12, head, rows)


def sure(certainty: str, y: float) -> str:
    """Certainty as four squares, as many filled as it has steps; dashed where nobody graded it."""
    steps = CERTAINTY.index(certainty) + 1 if certainty in CERTAINTY else 0
    kinds = ["full" if n < steps else "open" if steps else "dashed" for n in range(len(CERTAINTY))]
    return "".join(tag("rect", x=n * 15 + 1, y=y, width=11, height=11, kind=f"box {k}") for n, k in enumerate(kinds))


def graded(x: dict) -> str:
    """How certain a finding is, by whose grading, and whether it was seen second-hand."""
    words = {"not seen": "grade not seen"}.get(x["certainty"], x["certainty"])
    told = words + (" certainty" if x["certainty"] in CERTAINTY else "") + (f" ({x['by']})" if x["by"] != ANY else "")
    return told + ("; second-hand" if x["seen"] == "second-hand" else "")


def benefit_harm(to: Where, form: str = "") -> Picture:
    """Benefits and harms, each with how sure one can be and how it was seen."""
    out, said, y = [], [], 0.0
    rows: Rows = []
    shown = [x for x in named("findings").values() if x["drawn"] == "yes"]
    for side, group in groupby(shown, key=lambda x: x["side"]):
        out += [text(0, y + 14, SIDES[side]), line(0, y + 20, WIDTH, y + 20, "faint")]
        y += 40
        for x in group:
            claim = to("claims", f"claim-{split(x['claims'])[0]}")
            name, foot = block(0, y, f"{x['outcome']} · {x['group']}", WIDTH - 4, "soft")
            told, foot = block(0, foot, x["told"], WIDTH - 4)
            grade, after = block(68, foot + 1, graded(x), WIDTH - 72, "soft")
            out.append(link(claim, name, told, sure(x["certainty"], foot - 9), grade, tip=x["told"]))
            y = after + 12
            said.append(f"{x['outcome']}, {x['group']}: {x['told']} How sure: {graded(x)}.")
            rows.append([f"{x['outcome']}, {x['group']}", Cell(x["told"], claim), x["certainty"], x["seen"]])
        y += 8
    gain = [x for x in shown if x["side"] == "benefit"]
    sure_of = sum(x["certainty"] == "high" for x in shown)
    title = "Benefits and harms, and how sure one can be: none of the gains is certain, and several harms have no rate"
    told = f"{len(shown)} lines, {len(gain)} of them on benefit; {sure_of or 'none'} with high certainty. " + " ".join(
        said
    )
    head = ["Outcome", "What is known", "Certainty", "How seen"]
    return Picture("benefit-harm", title, told, out, y - 20, head, rows)


def finding_cells(x: dict, to: Where) -> list[str]:
    """One line of the summary of findings, as cells of HTML."""
    interval = f"{'95% ' if x['interval'][:1] in '−0123456789' else ''}interval {x['interval']}"
    parts = (("effect", x["effect"]), ("interval", interval), ("scale", f"scale: {x['scale']}"))
    numbers = escape("; ".join(told for c, told in parts if x[c] != ANY))
    sources = ", ".join(f'<a href="{source_place(k, to)}">{escape(cited(k))}</a>' for k in split(x["sources"]))
    claim = to("claims", f"claim-{split(x['claims'])[0]}")
    return [
        f'<a href="{claim}">{escape(x["outcome"])}</a><br>{escape(x["group"])}',
        escape(x["told"]) + (f"<br><small>{numbers}</small>" if numbers else ""),
        "–" if x["counted"] == ANY else escape(x["counted"]),
        escape(graded(x).removesuffix("; second-hand")),
        f"{escape(x['seen'])}: {sources}",
    ]


def findings_table(to: Where) -> str:
    """The summary of findings as one table by outcome."""
    head = ["Outcome and people", "Effect", "People and trials", "Certainty", "How seen, and where"]
    out = "".join(f'<th scope="col">{h}</th>' for h in head)
    body = ""
    for side, group in groupby(named("findings").values(), key=lambda x: x["side"]):
        body += f'<tr class="group"><th colspan="{len(head)}" scope="rowgroup">{SIDES[side]}</th></tr>'
        for x in group:
            body += f'<tr id="finding-{x["id"]}">' + "".join(f"<td>{c}</td>" for c in finding_cells(x, to)) + "</tr>"
    return f'<table class="cards findings"><thead><tr>{out}</tr></thead><tbody>{body}</tbody></table>'

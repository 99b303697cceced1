"""The panel as HTML with a case decided: what a page or a saved notebook shows before, and without, scripts."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from decision import NOTICE, claims, vignettes
from decision.api import full_case, machine
from decision.tables import default

from .engine import Engine
from .render import esc


@lru_cache(maxsize=1)
def page_data() -> dict[str, Any]:
    """What the front end needs besides the model: claim titles and homes, and the vignettes."""
    return {
        "claims": {c: [row["title"], row["section"]] for c, row in claims().items()},
        "vignettes": [
            {"id": n, "narrative": v["narrative"], "case": {i: x for i, x in v["answers"].items() if x != "unknown"}}
            for n, v in vignettes().items()
        ],
    }


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine that the page runs in MicroPython, here in CPython."""
    return Engine({"model": default(), "page": page_data()})


def panel_html(
    case: dict[str, str] | None = None,
    only: list[str] | None = None,
    root: str | None = None,
    label: str = "Decision panel",
) -> str:
    """The panel as HTML: the questions, and ``case`` decided. Readable without scripts.

    ``only``: input ids to show at first (default: the first open question); ``root``: see ``render``.
    """
    stated, first = case or {}, only or []
    whole = full_case(stated)  # names what is misspelt
    said = engine().answer(stated, root, False)
    details = "".join(html for key, html in said["details"] if key != "change")
    tables = "the tables" if root is None else f'<a href="{root}chapters/tables.html">the tables</a>'
    return f"""\
<section class="decision-panel" aria-label="{esc(label)}" data-only="{" ".join(first)}" \
data-case='{json.dumps(stated)}' data-root="{root or ""}" data-linked="{"no" if root is None else "yes"}">\
<p class="dp-notice"><strong>{esc(NOTICE)}</strong> What you enter stays on this page. \
Every rule stands in {tables}.</p>\
<p class="dp-noscript">This panel answers once its scripts have loaded. Until then nothing that you mark is decided: \
what stands below is for the case printed here, and {tables} hold every rule.</p>\
<p class="dp-message" role="alert" hidden></p>\
<div class="dp-status" role="status" data-level="{said["level"]}" data-urgent="{str(said["urgent"]).lower()}">\
{said["status"]}</div>\
<div class="dp-questions"><p class="dp-progress">{said["progress"]}</p>\
<p class="dp-tools"><button type="button" data-do="all" aria-pressed="false">Show all questions</button></p>\
{form(whole, first or said["next"][:1], [i for i in stated if i not in first])}{TOOLS.format(options=options())}</div>\
<div class="dp-answers"><div class="dp-details">{details}</div>\
<div class="dp-article" hidden><p><strong>The article’s reading, for learning only</strong></p><div></div></div></div>\
<p class="dp-facts"><strong>Entered:</strong> <span>{said["facts"]}</span></p>\
<p class="dp-bar" aria-hidden="true"><strong>Urgent: get help now.</strong></p></section>"""


TOOLS = """\
<div class="dp-tools"><button type="button" data-do="reset">Reset</button> \
<button type="button" data-do="copy">Copy as text</button> \
<button type="button" data-do="print">Print one page</button> \
<button type="button" data-do="share">Make a link</button> \
<label>Load a fictional case <select data-do="vignette" autocomplete="off"><option value="">choose</option>{options}\
</select></label> \
<label><input type="checkbox" data-do="article" autocomplete="off"> Show the article’s reading beside</label>\
<p class="dp-said" aria-live="polite"></p></div>"""


def options() -> str:
    """The fictional cases, to choose from."""
    return "".join(
        f'<option value="{v["id"]}">{v["id"]}: {esc(v["narrative"][:60])}…</option>' for v in page_data()["vignettes"]
    )


def form(case: dict[str, str], shown: list[str], past: list[str]) -> str:
    """The whole form: every question exists for scripts and for readers without them.

    ``shown``: input ids visible at first; ``past``: those of them that lie in the folded list of answers.
    """
    done = "".join(question(i, case[i], True) for i in machine().ids if i in past)
    rest = "".join(question(i, case[i], i in shown) for i in machine().ids if i not in past)
    return (
        f'<form class="dp-form" autocomplete="off"><details class="dp-past"{"" if past else " hidden"}>'
        f"<summary>Answered ({len(past)})</summary><div>{done}</div></details>"
        f'<div class="dp-now">{rest}</div></form>'
    )


def question(i: str, value: str, shown: bool) -> str:
    """One question: a fieldset of native radio buttons, unknown unless answered."""
    q = machine().inputs[i]
    choices = "".join(
        f'<label><input type="radio" name="{i}" value="{v}"{" checked" if v == value else ""}> {esc(words)}</label>'
        for v, words in zip(q["values"], q["value_labels"], strict=True)
    )
    return (
        f'<fieldset class="dp-q{" dp-shown" if shown else ""}" data-q="{i}"><legend>{esc(q["question"])}</legend>'
        f'<div class="dp-options">{choices}</div><details><summary>Why this is asked</summary><p>{esc(q["why"])} '
        f'<span class="dp-certainty">Certainty: {esc(q["certainty"])}.</span></p></details></fieldset>'
    )

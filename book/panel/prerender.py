"""The panel as HTML for a page, and what its engine loads there."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from decision import NOTICE, case_of, claims, explain, vignettes
from decision.api import full_case, machine
from decision.reader import nearest
from decision.register import BASES
from decision.tables import default

from . import render
from .engine import Engine
from .names import source_names
from .render import esc

HERE = Path(__file__).parent
PAGE = "Answers are worked out on this page, and what you enter stays on it."
KERNEL = (
    "Answers are worked out by this notebook’s kernel, to which what you enter goes: "
    "on your own computer it stays there; on Binder it goes to a remote one."
)
LIVE = HERE.parent / "static/live"  # what tools/assets.py writes, in a folder named by its content


@lru_cache(maxsize=1)
def page_data() -> dict[str, Any]:
    """What the front end needs besides the model: claim titles and homes, source names, and the vignettes."""
    used = {k for x in default()["inputs"] for k in x["sources"]}
    used |= {k for t in default()["tables"] for row in t["rows"] for k in row["sources"]}
    return {
        "claims": {c: [row["title"], row["section"]] for c, row in claims().items()},
        "sources": {k: names for k, names in source_names().items() if k in used},
        "vignettes": [
            {"id": n, "narrative": v["narrative"], "case": {i: x for i, x in v["answers"].items() if x != "unknown"}}
            for n, v in vignettes().items()
        ],
    }


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine that the page runs in MicroPython, here in CPython."""
    return Engine({"model": default(), "page": page_data()})


def bundle() -> dict[str, Any]:
    """What the page's engine loads: the shared modules as text, the compiled model and the page data."""
    package = Path(explain.__file__).parent
    paths = [
        *(package / f"{n}.py" for n in ("machine", "explain", "change", "wording", "audit")),
        *(HERE / f"{n}.py" for n in ("render", "holes", "studio", "engine")),
    ]
    files = {p.name: p.read_text(encoding="utf-8") for p in paths}
    return {"files": files, "data": {"model": default(), "page": page_data()}}


def studio_data() -> dict[str, Any]:
    """What the case studio shows: every case by its base and what differs, the levels of each path, the questions."""
    m = machine()
    known = {b: {i: v for i, v in case_of(b).items() if v != "unknown"} for b in BASES}
    return {
        "bases": {**known, "–": {}},
        "cases": [[n, v["narrative"], v["base"], v["case"], v["teaches"]] for n, v in vignettes(everyone=True).items()],
        "levels": {p: [[x["level"], x["name"]] for x in m.model["levels"] if x["path"] == p] for p in BASES},
        "cards": [[c["title"], [[i, m.inputs[i]["short"]] for i in c["items"]]] for c in m.model["cards"]],
        "said": {i: [q["short"], dict(zip(q["values"], q["value_labels"], strict=True))] for i, q in m.inputs.items()},
        "notice": NOTICE,
    }


def assets() -> str:
    """The name of the folder under ``static/live`` that holds the panel's files; empty where none was made."""
    made = sorted((p for p in LIVE.glob("*/engine.json")), key=lambda p: p.stat().st_mtime) if LIVE.is_dir() else []
    return made[-1].parent.name if made else ""


def questions(names: list[str]) -> list[str]:
    """The input ids that names of checklists and inputs stand for, each once; ``ValueError`` for another name."""
    m = machine()
    out: list[str] = []
    for name in names:
        if name not in m.lists and name not in m.inputs:
            legal = [*m.lists, *m.inputs]
            hint = nearest(name, legal)
            raise ValueError(f"“{name}” is not a question or checklist.{hint} Allowed: {', '.join(legal)}.")
        out += [i for i in (m.lists[name]["items"] if name in m.lists else [name]) if i not in out]
    return out


def button(do: str, words: str, more: str = "") -> str:
    """A native button."""
    return f'<button type="button" data-do="{do}"{more}>{words}</button>'


def question(i: str, value: str | None, state: str) -> str:
    """One question: a fieldset of native radio buttons under a short name; its full wording is a tap away.

    ``value``: the answer given, if any; ``state``: further classes, of what is not asked now.
    """
    q = machine().inputs[i]
    plain = q["values"] == ["yes", "no", "unknown"]
    sign = '<span aria-hidden="true">?</span><span class="dp-hidden">Not known</span>'
    choices = "".join(
        f'<label><input type="radio" name="{i}" value="{v}"{" checked" if v == value else ""}>'
        f"<span>{sign if plain and v == 'unknown' else esc(words)}</span></label>"
        for v, words in zip(q["values"], q["value_labels"], strict=True)
    )
    return (
        f'<fieldset class="dp-q{"" if plain else " dp-choice"}{state}" data-q="{i}"><legend>{esc(q["short"])}</legend>'
        f'<div class="dp-options">{choices}</div>'
        '<button type="button" class="dp-i" data-do="about" tabindex="-1" aria-expanded="false">'
        f'<span aria-hidden="true">i</span><span class="dp-hidden">About: {esc(q["short"])}</span></button>'
        f'<div class="dp-about"><p><strong>{esc(q["question"])}</strong></p><p>{esc(q["why"])} '
        f'<span class="dp-certainty">Certainty: {esc(q["certainty"])}.</span></p></div></fieldset>'
    )


def card(n: int, c: dict[str, Any], given: dict[str, str], asked: list[str], only: list[str]) -> str:
    """One card: its rows, and the buttons that answer all of them at once."""
    state = {i: "" if i in only or (i in asked and not only) else " dp-unasked" for i in c["items"]}
    rows = "".join(question(i, given.get(i), state[i]) for i in c["items"])
    words, value = render.bulk(machine(), c) or ("", "")
    act = button("bulk", f'{words}<span class="dp-count"></span>', f' data-value="{value}"') if words else ""
    return (
        f'<section class="dp-card" data-card="{c["id"]}"><details open><summary><span class="dp-title">'
        f'<span class="dp-no">{n}</span> {esc(c["title"])}</span> <span class="dp-sum"></span></summary>'
        f'<div class="dp-rows">{rows}</div><p class="dp-bulk">{act} '
        f"{button('bulk', 'Not known', ' data-value=unknown')}</p></details>{UNDO.format(more='')}</section>"
    )


UNDO = '<p class="dp-undo{more}" hidden><span></span> <button type="button" data-do="undo">Undo</button></p>'


def form(given: dict[str, str], asked: list[str], only: list[str]) -> str:
    """The whole form, card by card: every question is there for readers without scripts too.

    ``given``: the answers given; ``asked``: the rows that the path asks; ``only``: the rows of a small panel.
    """
    cards = "".join(card(n + 1, c, given, asked, only) for n, c in enumerate(machine().model["cards"]))
    return f'<form class="dp-form" autocomplete="off">{cards}</form>'


def tools(root: str | None, small: bool) -> str:
    """What can be done with the case as a whole."""
    options = "".join(
        f'<option value="{v["id"]}">{v["id"]}: {esc(v["narrative"][:60])}…</option>' for v in page_data()["vignettes"]
    )
    link = f'<a class="dp-full" href="{root}chapters/panel.html">Decide a case: the full panel, with this case</a>'
    full = "" if root is None or not small else link
    return (
        f'<div class="dp-tools dp-keep">{full}'
        + button("print", "Print one page")
        + button("blank", "Print blank questions")
        + button("copy", "Copy as text")
        + button("share", "Make a link")
        + button("notebook", "Copy for a notebook")
        + '<label>Load a fictional case <select data-do="vignette" autocomplete="off"><option value="">choose</option>'
        f"{options}</select></label> "
        '<label><input type="checkbox" data-do="article"> '
        "Show the article’s reading beside</label>"
        '<p class="dp-said" aria-live="polite"></p></div>'
    )


def panel_html(
    case: dict[str, str] | None = None,
    only: list[str] | None = None,
    root: str | None = None,
    label: str = "Decision panel",
    kernel: bool = False,
) -> str:
    """The panel as HTML: the questions, and ``case`` decided. Readable without scripts, which is how it begins.

    ``only``: input ids of a small panel that shows these alone at first; ``root``: see ``render``;
    ``kernel``: whether a notebook's kernel answers, not the page.
    """
    stated, first, e = case or {}, only or [], engine()
    whole = full_case(stated)
    e.page["root"] = root
    a, left, rows, top = e.top(stated, whole, "book")
    cards = e.cards(stated, whole, left, rows)
    lists = render.alternatives(e.machine, a, whole, e.page) + render.lists(e.machine, a, whole, e.page)
    sections = "".join(html for key, html in lists if key != "change")
    tables = "the tables" if root is None else f'<a href="{root}chapters/tables.html">the tables</a>'
    return (
        f'<section class="decision-panel" aria-label="{esc(label)}" data-only="{" ".join(first)}" '
        f"data-case='{json.dumps(stated)}' data-cards='{esc(json.dumps(cards))}' data-root=\"{root or ''}\" "
        f'data-linked="{"no" if root is None else "yes"}">'
        f'<p class="dp-notice"><strong>{esc(NOTICE)}</strong> {KERNEL if kernel else PAGE} '
        f"Every rule stands in {tables}.</p>"
        '<p class="dp-noscript"><strong>This panel needs its scripts, and they are not running.</strong> '
        "Nothing that you mark is decided: the decision printed here is for the case printed here. "
        f"Every question stands below in full, and {tables} hold every rule.</p>"
        '<p class="dp-message" role="alert" hidden></p>'
        '<div class="dp-grid"><div class="dp-strip">'
        f'<div class="dp-status" role="status" data-level="{a["level"]}" data-urgent="{str(a["urgent"]).lower()}">'
        f'{top["status"]}</div><div class="dp-ladder-box">{top["ladder"]}</div></div>'
        f'<div class="dp-questions"><div class="dp-tools">'
        + button("all", "Show all questions", ' aria-pressed="false"')
        + button("rest", "The rest is not known")
        + button("reset", "Reset")
        + '<p class="dp-undo dp-undo-all" hidden><span></span> <button type="button" data-do="undo">Undo</button></p>'
        '<p class="dp-keys">Keyboard: arrows answer a row, Tab goes to the next. '
        "In a row, <kbd>i</kbd> explains it and <kbd>n</kbd> presses the card’s button.</p></div>"
        f"{form(stated, rows, first)}</div>"
        f'<div class="dp-answers"><div class="dp-whole" aria-hidden="true">{top["ladder"]}</div>'
        f'<div class="dp-details">{sections}</div>'
        '<div class="dp-article" hidden><p><strong>The article’s reading, for learning only</strong></p>'
        f"<div></div></div></div>{tools(root, bool(first))}</div>"
        '<div class="dp-facts"><p><strong>Entered</strong></p>'
        f"<div>{render.facts(e.machine, whole, stated)}</div></div>"
        "</section>"
    )

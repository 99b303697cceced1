"""The page on which an answer is audited, and the table of kept readings; both are printed from ``decision``."""

from __future__ import annotations

from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from decision import NOTICE, audit, inputs, readings
from decision.api import machine

from . import facts
from .panel import assets, engine
from .panel.render import esc
from .pictures import Drawing
from .prose import BookDirective


def box(i: str, ticked: bool) -> str:
    """A plain box: does the answer ask about this?"""
    q, checked = inputs()[i], " checked" if ticked else ""
    return f'<label title="{esc(q["question"])}"><input type="checkbox" value="{i}"{checked}> {esc(q["short"])}</label>'


def boxes(ids: list[str], asked: list[str]) -> str:
    """The boxes of these questions in the order of the cards."""
    out = ""
    for card in machine().model["cards"]:
        mine = [i for i in card["items"] if i in ids]
        if mine:
            inside = "".join(box(i, i in asked) for i in mine)
            out += f"<fieldset><legend>{esc(card['title'])}</legend>{inside}</fieldset>"
    return out


def form(asked: list[str]) -> str:
    """The boxes: first the shortest list that closes everything, and folded what an answer may ask besides."""
    first = audit().closing
    more = [i for i in inputs() if i not in first and i != "ketamine_status"]
    kept = [
        ("Nothing yet", []),
        *((x["title"], [i for i in x["asks"] if i in first + more]) for x in readings().values()),
    ]
    presets = "".join(
        f'<button type="button" data-preset="{" ".join(ids)}" aria-pressed="false">{esc(title)}</button>'
        for title, ids in kept
    )
    return (
        f'<form autocomplete="off"><p class="au-presets"><span>Begin with:</span> {presets}</p>'
        f'<p class="au-lead"><strong>Does the answer ask about …?</strong> Tick what it asks before it lets ketamine '
        f'through.</p><div class="au-boxes">{boxes(first, asked)}</div>'
        f"<details><summary>It asks about more ({len(more)})</summary>"
        f'<div class="au-boxes">{boxes(more, asked)}</div></details></form>'
    )


def page(asked: list[str], root: str) -> str:
    """The tool as HTML, with the audit of ``asked`` printed: so it stays without scripts.

    The audit of an answer that asks nothing is there too: a reader's own begins with it, before any engine.
    """
    a, nothing = (engine().audit(x, root, False) for x in (asked, []))
    tools = "".join(
        f'<button type="button" data-do="{do}">{words}</button>'
        for do, words in (("copy", "Copy as text"), ("share", "Make a link"), ("print", "Print"))
    )
    return (
        f'<section class="audit" aria-label="Audit an answer" data-root="{root}">'
        '<p class="au-noscript"><strong>The boxes need scripts, and they are not running.</strong> What stands here is '
        "the audit of the article, whose four questions are ticked. The boxes are the questions to look for.</p>"
        f'<p class="au-message" role="alert" hidden></p><div class="au-grid">'
        f'<p class="au-count" role="status">{esc(a["count"])}</p>{form(asked)}<div class="au-out">'
        f'<div class="au-result">{a["details"][0][1]}</div>'
        f'<p class="au-tools">{tools} <span class="au-said" aria-live="polite"></span></p></div></div>'
        f'<p class="au-notice">{esc(NOTICE)} It grades no person and no author. Nothing you tick leaves this page.</p>'
        f'<template data-count="{esc(nothing["count"])}">{nothing["details"][0][1]}</template></section>'
    )


class AuditPage(Drawing):
    """``{audit}``: the tool, printed with the audit of the article."""

    def run(self):
        return self.html(page(list(readings()["article"]["asks"]), "../" * self.env.docname.count("/")))


class Readings(BookDirective):
    """``{readings}``: what each kept reading asks, what it leaves open, and how it was seen."""

    def run(self):
        rows = []
        for name, x in readings().items():
            a = audit(name)
            asks = (
                "; ".join(inputs()[i]["label"] for i in x["asks"])
                if len(x["asks"]) < 12
                else f"{len(x['asks'])} questions"
            )
            left = [h for h in a.holes if h.severity == "urgent"]
            open_ = f"{len(a.closing)} questions missing" + (", some about danger today" if left else "")
            rests = f"{x['certainty']}. {facts.cites(x['sources'])}"
            rows.append([f"**{x['title']}**. {x['meaning']}", asks, open_ if a.closing else "nothing", rests])
        head = ["Reading", "Asks about", "Leaves open", "Rests on"]
        return self.markdown(facts.list_table("", head, rows, "claims-here", "30 30 18 22"))


LINES = ("It asks about", "Its two gravest omissions", "The nearest person it would harm", "The question to add first")


class Answer(BookDirective):
    """``{answer} title`` with ``:asks:``: a short answer to practise on, lines to write on, and the key, computed."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"asks": directives.unchanged_required}

    def run(self):
        asks, known = self.options.get("asks", "").split(), inputs()
        for i in [i for i in asks if i not in known]:
            return self.unknown("input", i, list(known))
        a = audit(asks)
        omitted = list(dict.fromkeys(facts.in_words(i) for h in a.holes for i in h.facts))[:2]
        key = [
            ("asks about", "; ".join(facts.in_words(i) for i in a.asked)),
            ("gravest omissions", "; ".join(omitted)),
            ("nearest person", a.story),
            ("question to add first", facts.in_words(a.next_question) if a.next_question else "none"),
            ("questions missing in all", str(len(a.closing))),
            ("asked, and no level hangs on it", "; ".join(facts.in_words(i) for i in a.idle) or "nothing"),
        ]
        parts = [
            f"**{self.arguments[0]}**",
            facts.fence("container", "said", "\n".join(self.content)),
            facts.fence("container", "lines", "\n".join(f"- {x}:" for x in LINES)),
            facts.fence("dropdown", "The key, computed", "\n".join(f"- *{k}*: {v}" for k, v in key)),
            f'```{{raw}} html\n<p><a href="audit.html#asks={",".join(a.asked)}">The same boxes, ticked</a></p>\n```',
        ]
        return self.markdown(facts.fence("container", "worksheet", "\n\n".join(parts)))


def only_here(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Its style and script go to the page that it stands on, and to no other."""
    body = context.get("body", "")
    if '<section class="audit"' in body or "worksheet" in body:
        app.add_css_file("audit.css")
    if '<section class="audit"' in body:
        app.add_js_file(f"live/{assets()}/audit.js", type="module")


def setup(app: Sphinx) -> None:
    """Register the tool and the table."""
    app.add_directive("audit", AuditPage)
    app.add_directive("readings", Readings)
    app.add_directive("answer", Answer)
    app.connect("html-page-context", only_here)

"""The decision panel: one front end for notebooks, the static page and the page without scripts.

``DecisionPanel`` is the notebook widget; ``panel_html`` is the same panel prerendered with a case decided.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from decision import NOTICE, claims, explain, vignettes
from decision.api import full_case, machine
from decision.reader import nearest
from decision.tables import default

from . import render
from .engine import Engine, reply

HERE = Path(__file__).parent


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
    m, stated, first = machine(), case or {}, only or []
    whole = full_case(stated)
    a = m.decide(whole, "book")
    possible, open_ = explain.possible(m, whole, "book"), explain.questions(m, whole, "book")
    left = [q for q in open_ if q not in stated]
    form = render.form(m, whole, first or left[:1], [i for i in stated if i not in first])
    options = "".join(
        f'<option value="{v["id"]}">{v["id"]}: {render.esc(v["narrative"][:60])}…</option>'
        for v in page_data()["vignettes"]
    )
    sections = [html for key, html in render.details(m, a, whole, page_data(), root) if key != "change"]
    tables = "the tables" if root is None else f'<a href="{root}chapters/tables.html">the tables</a>'
    return (
        f'<section class="decision-panel" aria-label="{render.esc(label)}" data-only="{" ".join(first)}" '
        f"data-case='{json.dumps(stated)}' data-root=\"{root or ''}\" "
        f'data-linked="{"no" if root is None else "yes"}">'
        f'<p class="dp-notice"><strong>{render.esc(NOTICE)}</strong> What you enter stays on this page. '
        f"Every rule stands in {tables}.</p>"
        '<p class="dp-noscript">This panel answers once its scripts have loaded. Until then nothing that you mark is '
        f"decided: what stands below is for the case printed here, and {tables} hold every rule.</p>"
        '<p class="dp-message" role="alert" hidden></p>'
        f'<div class="dp-status" role="status" data-level="{a["level"]}" data-urgent="{str(a["urgent"]).lower()}">'
        f"{render.status(m, a, possible)}</div>"
        f'<div class="dp-questions"><p class="dp-progress">{render.progress(len(left), len(open_) - len(left))}</p>'
        '<p class="dp-tools"><button type="button" data-do="all" aria-pressed="false">Show all questions</button></p>'
        f'{form}<div class="dp-tools">'
        '<button type="button" data-do="reset">Reset</button> '
        '<button type="button" data-do="copy">Copy as text</button> '
        '<button type="button" data-do="print">Print one page</button> '
        '<button type="button" data-do="share">Make a link</button> '
        '<label>Load a fictional case <select data-do="vignette" autocomplete="off"><option value="">choose</option>'
        f"{options}</select></label> "
        '<label><input type="checkbox" data-do="article" autocomplete="off"> '
        "Show the article’s reading beside</label>"
        '<p class="dp-said" aria-live="polite"></p></div></div>'
        f'<div class="dp-answers"><div class="dp-details">{"".join(sections)}</div>'
        '<div class="dp-article" hidden><p><strong>The article’s reading, for learning only</strong></p>'
        "<div></div></div></div>"
        f'<p class="dp-facts"><strong>Entered:</strong> <span>{render.facts(m, whole)}</span></p>'
        '<p class="dp-bar" aria-hidden="true"><strong>Urgent: get help now.</strong></p></section>'
    )


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


def bundle() -> dict[str, Any]:
    """What the page's engine loads: the shared modules as text, the compiled model and the page data."""
    package = Path(explain.__file__).parent
    files = {
        p.name: p.read_text(encoding="utf-8")
        for p in (
            *(package / f"{n}.py" for n in ("machine", "explain", "wording")),
            HERE / "render.py",
            HERE / "engine.py",
        )
    }
    return {"files": files, "data": {"model": default(), "page": page_data()}}


class DecisionPanel(anywidget.AnyWidget):
    """The panel in a notebook; the kernel answers. ``.case`` holds the known answers, both ways.

    ``only``: checklist or input ids of the questions to show at first.
    On the static page the same output is the prerendered panel, answered by the page itself.
    """

    _esm = HERE / "panel.js"
    _css = HERE / "panel.css"
    case = traitlets.Dict().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, case: dict[str, str] | None = None, only: list[str] | None = None):
        full_case(case or {})
        self._only = questions(only or [])
        super().__init__(case=dict(case or {}), html=panel_html(case, self._only))
        self.on_msg(self._reply)

    @traitlets.validate("case")
    def _legal(self, proposal: Any) -> Any:
        full_case(proposal["value"])
        return proposal["value"]

    def __repr__(self) -> str:
        return f"DecisionPanel({self.decision.level})"

    @property
    def decision(self):
        """The decision for what is entered now."""
        from decision import decide

        return decide(self.case)

    def _reply(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        try:
            answer = engine().ask(content["text"])
        except Exception as error:
            self.send({"id": content["id"], "error": str(error)})
            raise
        asked = json.loads(content["text"])
        if asked["do"] == "answer" and not reply(answer).get("fault"):
            self.case = asked["case"]
        self.send({"id": content["id"], "text": answer})

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        found = super()._repr_mimebundle_(**kwargs)
        data = found[0] if isinstance(found, tuple) else found
        return {**(data or {}), "text/html": panel_html(self.case, self._only)}

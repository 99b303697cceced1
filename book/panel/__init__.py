"""The decision panel: one front end for notebooks, the static page and the page without scripts.

``DecisionPanel`` is the notebook widget; ``panel_html`` is the same panel prerendered with a case decided.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from decision import explain
from decision.api import full_case, machine
from decision.reader import nearest
from decision.tables import default

from .engine import reply
from .prerender import engine, page_data, panel_html

__all__ = ["DecisionPanel", "bundle", "engine", "page_data", "panel_html", "questions"]

HERE = Path(__file__).parent


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
            *(package / f"{n}.py" for n in ("machine", "explain", "change", "wording")),
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

"""The decision panel: one front end for notebooks, the static page and the page without scripts.

``DecisionPanel`` is the notebook widget; ``panel_html`` is the same panel prerendered with a case decided.
"""

from __future__ import annotations

import json
from typing import Any

import anywidget
import traitlets

from decision.api import full_case

from .engine import reply
from .prerender import HERE, assets, bundle, engine, page_data, panel_html, questions, studio_data

__all__ = ["DecisionPanel", "assets", "bundle", "engine", "page_data", "panel_html", "questions", "studio_data"]


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
        super().__init__(case=dict(case or {}), html=panel_html(case, self._only, kernel=True))
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

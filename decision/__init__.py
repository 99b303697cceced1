"""Decisions of the book "Ketamine, pain and risk", made from tables anyone can read.

>>> from decision import decide
>>> decide(pregnant="yes", active_sud="no").level
'AVOID'

Education only. Every row under ``decision/knowledge/`` cites a claim of the article or a source.
What these names hand out is read-only: to try another rule, use ``what_if``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .api import Decision, Item, checklists, decide, inputs, level_names, rows
from .reader import KNOWLEDGE, KnowledgeError
from .readings import Audit, Hole, audit, readings
from .register import adjudications, case_of, claims, disagreements, gaps, ratings, sources, vignettes
from .tables import load
from .wording import NOTICE

if TYPE_CHECKING:
    from .frame import decide_frame
    from .tidying import tidy
    from .whatif import what_if

__all__ = [
    "KNOWLEDGE", "NOTICE", "Audit", "Decision", "Hole", "Item", "KnowledgeError", "adjudications", "audit", "case_of",
    "checklists", "claims", "decide", "decide_frame", "disagreements", "gaps", "inputs", "level_names", "load",
    "ratings", "readings", "rows", "sources", "tidy", "vignettes", "what_if",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # pandas takes longer to load than all else here; few need it
    where = {"decide_frame": ".frame", "tidy": ".tidying", "what_if": ".whatif"}.get(name)
    if where is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(where, __name__), name)

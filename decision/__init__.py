"""Decisions of the book "Ketamine, pain and risk", made from tables anyone can read.

>>> from decision import decide
>>> decide(pregnant="yes", active_sud="no").level
'AVOID'

Education only. Every row under ``decision/knowledge/`` cites a claim of the article or a source.
"""

from .api import Decision, Item, decide
from .frame import decide_frame
from .knowledge import KnowledgeError

__all__ = ["Decision", "Item", "KnowledgeError", "decide", "decide_frame"]

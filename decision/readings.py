"""Audit an answer: the questions it asks, held against the tables. Education only; it grades no one."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from . import wording
from .api import as_html, machine, meant
from .audit import audited, harms
from .readonly import freeze


@lru_cache(maxsize=1)
def known_harms() -> list[dict[str, Any]]:
    """Every harm that the tables of the package know, gravest first; see ``audit.harms``."""
    return harms(machine())


@lru_cache(maxsize=1)
def readings() -> dict[str, dict[str, Any]]:
    """Kept reading -> its title, the inputs that it ``asks``, what it means, and what that rests on."""
    m, out = machine(), {}
    needed = [i for i in m.ids if m.inputs[i]["start"] != "–" or m.inputs[i]["on"] != "–"]
    for row in m.model["readings"]:
        out[row["reading"]] = {**row, "asks": needed if row["asks"] == ["all"] else row["asks"]}
    return freeze(out)


@dataclass(frozen=True)
class Hole:
    """One thing that an answer lets through: ``facts`` that it asks nothing about, all else being fine.

    ``severity``: ``urgent`` (needs help today), ``stop`` or ``hold``; ``headline``: what the tables say of this
    person, ``level`` the level and ``text`` the reason; ``sources`` are keys of ``references.bib``; ``case`` is the
    person, input by input; ``path`` is ``start`` (before a start) or ``on`` (on treatment).
    """

    path: str
    facts: dict[str, str]
    level: str
    urgent: bool
    severity: str
    headline: str
    rule: str
    row: str
    text: str
    claims: list[str]
    sources: list[str]
    certainty: str
    case: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Audit:
    """What an answer that asks only ``asked`` would let through, gravest first. It grades no person and no author.

    ``nearest``: the gravest hole, one fact away from all that it asks being fine; ``next_question``: the input that
    closes the most of the gravest; ``closing``: the shortest list of inputs that closes every hole; ``idle``: what it
    asks on which no level hangs (it may add a caution); ``story``: the nearest in sentences; ``text``: all in words.
    """

    asked: list[str]
    holes: list[Hole] = field(repr=False)
    nearest: Hole | None = field(repr=False)
    next_question: str | None
    closing: list[str] = field(repr=False)
    idle: list[str]
    story: str = field(repr=False)
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return as_html(str(self))


def audit(asked: Any = (), /, reading: str | None = None) -> Audit:
    """What an answer that asks only these would let through, although the book would stop, hold or call for help.

    ``asked``: input ids, or the name of a kept reading; ``reading``: a kept reading whose questions are added. The
    answer is taken at its best: it lets through whoever answers reassuringly to all that it asks. What it says on
    treatment is held to the same questions. Raises ``ValueError`` for a name that does not exist, with the nearest.
    """
    m, kept, ids = machine(), readings(), [] if isinstance(asked, str) else list(asked)
    names = [x for x in (asked if isinstance(asked, str) else None, reading) if x is not None]
    for given, legal, what in ((names, list(kept), "kept reading"), (ids, m.ids, "input")):
        for name in [x for x in given if x not in legal]:
            hint = meant(m, str(name), legal) or " Allowed: " + ", ".join(legal) + "."
            raise ValueError(f"“{name}” is no {what}.{hint}")
    found = audited(m, known_harms(), ids + [i for name in names for i in kept[name]["asks"]])
    told = {"story": wording.story(m, found), "text": wording.audit_text(m, found)}
    holes = [Hole(**freeze({**h, "facts": dict(h["facts"])})) for h in found["holes"]]
    return Audit(**freeze({**found, **told, "holes": holes, "nearest": holes[0] if holes else None}))

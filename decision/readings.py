"""Audit an answer: the questions it asks, held against the tables. Education only; it grades no one."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from . import wording
from .api import in_html, machine, meant
from .audit import audited, harms
from .readonly import ReadOnlyDict, freeze


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
    asks on which no level hangs (it may add a caution).
    """

    asked: list[str]
    holes: list[Hole] = field(repr=False)
    nearest: Hole | None = field(repr=False)
    next_question: str | None
    closing: list[str] = field(repr=False)
    idle: list[str]
    notice: str = field(default=wording.NOTICE, repr=False)

    @property
    def story(self) -> str:
        """The nearest person it would harm, in sentences."""
        return wording.story(machine(), audited(machine(), known_harms(), self.asked))

    def __str__(self) -> str:
        return wording.audit_text(machine(), audited(machine(), known_harms(), self.asked))

    def _repr_html_(self) -> str:
        return in_html(str(self))


def audit(asked: Any = (), /, reading: str | None = None) -> Audit:
    """What an answer that asks only these would let through, although the book would stop, hold or call for help.

    ``asked``: input ids, or the name of a kept reading; ``reading``: a kept reading whose questions are added. The
    answer is taken at its best: it lets through whoever answers reassuringly to all that it asks. What it says on
    treatment is held to the same questions. Raises ``ValueError`` for a name that does not exist, with the nearest.
    """
    names = [asked] if isinstance(asked, str) else []
    names += [] if reading is None else [reading]
    given = [] if isinstance(asked, str) else list(asked)
    for name, legal, what in [*((x, list(readings()), "kept reading") for x in names),
                              *((x, machine().ids, "input") for x in given)]:  # fmt: skip
        if name not in legal:
            hint = meant(machine(), str(name), legal) or f" Allowed: {', '.join(legal)}."
            raise ValueError(f"“{name}” is no {what}.{hint}")
    ids = {*given, *(i for name in names for i in readings()[name]["asks"])}
    found = freeze(audited(machine(), known_harms(), ids))
    holes = [Hole(**{**h, "facts": ReadOnlyDict(map(tuple, h["facts"]))}) for h in found["holes"]]
    return Audit(**{**found, "holes": freeze(holes), "nearest": holes[0] if holes else None})

"""Decide one person's case and explain the decision. Education only: never advice, never a dose."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Any

from . import change, explain, wording
from .machine import SECTIONS, Machine
from .reader import nearest
from .readonly import ReadOnlyDict, freeze
from .tables import READINGS, default


@lru_cache(maxsize=1)
def machine() -> Machine:
    """The machine over the knowledge that comes with the package."""
    return Machine(default())


def meant(m: Machine, word: str, legal: list[str]) -> str:
    """As ``nearest``; for an input that is spelt like none, those that speak of the word, or all that there are."""
    if legal != m.ids or get_close_matches(word, legal, 1, 0.75):
        return nearest(word, legal)
    told = [(i, t) for i, x in m.inputs.items() for t in (f"{i} {x['label']} {x['short']}", x["question"])]
    found = dict.fromkeys(m.ids, 0.0)
    for stem in [w[:6] for w in re.findall("[a-z]{2,}", word.lower())]:  # “suicidal” and “suicide” begin alike
        begins = rf"(?<![a-z]){stem}" + "(?![a-z])" * (len(stem) < 4)
        who = [i for i, text in told if re.search(begins, text.lower())]
        for i in who if len({*who}) <= 8 else ():  # a common word says little
            found[i] += 1 / len(who)
    best = [f"“{i}” ({m.inputs[i]['short']})" for i in sorted(m.ids, key=lambda i: -found[i])[:4] if found[i]]
    return f" Did you mean {' or '.join(best)}?" if best else f" Inputs: {', '.join(legal)}."


def full_case(case: Any, inputs: Any = (), m: Machine | None = None) -> dict[str, str]:
    """A case, and ``inputs`` beside it, with every input given: one that is not stated is ``unknown``.

    Raises ``ValueError`` naming the input or value that does not exist, the nearest legal one and
    the legal values. ``m`` is the machine that knows them, by default the one of the package.
    """
    m = m or machine()
    if not hasattr(case, "items"):
        raise ValueError(f"a case is a dict from input to value, not {type(case).__name__}.")
    pairs = [*case.items(), *dict(inputs).items()]
    given = [name for name, _ in pairs]
    if twice := [n for n in given if given.count(n) > 1]:
        raise ValueError(f"“{twice[0]}” stands twice; state each input once.")
    stated = {name: value if isinstance(value, str) else repr(value) for name, value in pairs}
    if fault := m.fault(stated, partial(meant, m)):
        raise ValueError(fault)
    return {**dict.fromkeys(m.ids, "unknown"), **stated}


def inputs() -> dict[str, dict[str, Any]]:
    """Input id -> what is known of it: label, question, values, value_labels, reassuring, why, sources and more."""
    return ReadOnlyDict(machine().inputs)


def checklists() -> dict[str, dict[str, Any]]:
    """Checklist id -> its title, meaning and items."""
    return ReadOnlyDict(machine().lists)


def level_names() -> dict[str, str]:
    """Level id -> its name in words, most cautious first on each path."""
    names = {x["level"]: x["name"] for x in reversed(machine().model["levels"])}
    return ReadOnlyDict({level: names[level] for level in machine().level_ids})


def rows(table: str) -> list[dict[str, Any]]:
    """The rows of a table of rules, such as ``start``, ``on`` or ``cautions``, as they are compiled."""
    if table not in machine().rows:
        raise ValueError(f"“{table}” is no table.{nearest(table, list(machine().rows))}")
    return machine().rows[table]


@dataclass(frozen=True)
class Item:
    """One line of an answer: what is said, by which rule, and what it rests on.

    ``because_of`` lists the (input, value) pairs through which the rule applies;
    ``origin`` is ``article`` or ``addition``; ``sources`` are keys of ``references.bib``. An alternative also has
    ``fit``, whether guidelines support it for this kind of pain, and the ids of the person's ``cautions`` with it.
    """

    id: str
    title: str
    rule: str
    row: str
    text: str
    claims: list[str]
    sources: list[str]
    origin: str
    certainty: str
    because_of: list[list[str]]
    fit: str = ""
    cautions: tuple[str, ...] | list[str] = ()


@dataclass(frozen=True)
class Decision:
    """The answer for one case. Compare ``level`` and ``urgent``; read the rest."""

    case: dict[str, str] = field(repr=False)
    reading: str
    path: str
    level: str
    urgent: bool
    risk: dict[str, str]
    reasons: list[Item] = field(repr=False)
    missing: list[str] = field(repr=False)
    alternatives: list[Item] = field(repr=False)
    safeguards: list[Item] = field(repr=False)
    monitoring: list[Item] = field(repr=False)
    cautions: list[Item] = field(repr=False)
    notes: list[Item] = field(repr=False)
    other_care: list[Item] = field(repr=False)
    _rules: Machine = field(default_factory=machine, repr=False, compare=False)

    @property
    def level_name(self) -> str:
        """The level in words."""
        return self._rules.level_info(self.path, self.level)["name"]

    @property
    def headline(self) -> str:
        """The level, what decided it by name, and the next step for that reason, in a line of words."""
        return wording.headline(self._rules, self.to_dict())

    @property
    def rank(self) -> int:
        """How permissive the level is on its path; 0 is the most cautious."""
        return self._rules.level_info(self.path, self.level)["rank"]

    @property
    def possible(self) -> list[str]:
        """Levels still reachable: unknown inputs may be answered in any way or stay unknown."""
        return explain.possible(self._rules, self.case, self.reading)

    @property
    def questions(self) -> list[str]:
        """Unknown inputs whose answer can still change the level or the urgent flag, in asking order."""
        return explain.questions(self._rules, self.case, self.reading)

    @property
    def next_question(self) -> str | None:
        """The input to ask next, or None once no answer can change the level or the urgent flag."""
        return next(iter(self.questions), None)

    def why(self) -> dict[str, str]:
        """A minimal set of inputs that forces the level, whatever the others are."""
        return dict(map(tuple, explain.why(self._rules, self.case, self.reading)))

    def what_would_change(self) -> list[tuple[str, dict[str, str]]]:
        """For each other level in reach: the fewest changes that lead there, exactly; fewest first."""
        found = change.what_would_change(self._rules, self.case, self.reading)
        return [(level, dict(map(tuple, changes))) for level, changes in found]

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain lists and dicts, the same that the page shows."""
        return self._rules.decide(self.case, self.reading)

    def __str__(self) -> str:
        return wording.as_text(self._rules, self.to_dict())

    def _repr_html_(self) -> str:
        return as_html(str(self))


def as_html(text: str) -> str:
    """An answer's text as HTML: a list folds under its title, the first one open; what is no sentence stands out."""
    out = ""
    for block in text.replace("&", "&amp;").replace("<", "&lt;").split("\n\n"):
        title, *items = block.split("\n- ")
        if items:
            shown = "<details>" if "<details" in out else "<details open>"
            out += shown + f"<summary>{title[:-1]}</summary><ul><li>{'</li><li>'.join(items)}</li></ul></details>"
        for x in [] if items else block.split("\n"):
            out += f"<p>{x}</p>" if out and x.endswith(".") else f"<p><strong>{x}</strong></p>"
    return f"<div>{out}</div>"


def decide(case: Any = None, /, *, reading: str = "book", **inputs: str) -> Decision:
    """Decide a case given as a dict, as keywords, or both; what is not stated is ``unknown``.

    ``reading="book"`` uses every rule; ``reading="article"`` asks only the article's four criteria,
    for learning, and is never advice. Raises ``ValueError`` for a name or value that does not exist.
    """
    return decided(machine(), case, reading, inputs)


def decided(m: Machine, case: Any, reading: str, inputs: dict[str, str], kind: type[Decision] = Decision) -> Decision:
    """``decide`` by the machine ``m``, the answer as a ``kind`` of decision."""
    if reading not in READINGS:
        raise ValueError(f"reading = {reading!r} is not known; allowed: {', '.join(READINGS)}.")
    stated = full_case({} if case is None else case, inputs, m)
    answer = m.decide(stated, reading)
    items = {name: [Item(**freeze(x)) for x in answer[name]] for name, _ in SECTIONS}
    return kind(**freeze({**answer, **items, "case": stated, "risk": dict(answer["risk"])}), _rules=m)

"""People to test with: how Hypothesis draws them, and how a test says who a counterexample is."""

import re
from itertools import product

from hypothesis import strategies as st
from oracle import ADULT, GOOD_ON, GOOD_START, INPUTS, UNKNOWN, VALUES

from decision import space
from decision.api import machine

# What no answer may say; a quotation of the article is marked with “ ”.
DOSE = re.compile(r"\d\s*-?\s*(mg|mcg|µg|microgram|milligram|ml|millilit)|/\s*(kg|h\b|hr|hour|24)|\d\s*(g|%)\b", re.I)
BANNED = re.compile(
    r"\baddicts?\b|\babus(er|ers|ive)\b|drug[- ]?seek|\bnon-?complian|pseudo-?addict|\bjunkie|\bmalinger", re.I
)

BASES = (GOOD_START, GOOD_ON, UNKNOWN)
ANSWERS = [(i, value) for i in INPUTS for value in VALUES[i]]


def anyone():
    """Somebody with any value in every input: nearly all are out of scope or have a hard stop."""
    return st.fixed_dictionaries({i: st.sampled_from(VALUES[i]) for i in INPUTS})


def near(*bases, most=6):
    """Somebody, adults of any age, who differs from one of ``bases`` in a few inputs: the rare levels live here."""

    def changed(base, age, told):
        return {**base, **({"age_group": age} if base["age_group"] in ADULT else {}), **dict(told)}

    changes = st.lists(st.sampled_from(ANSWERS), max_size=most)
    return st.builds(changed, st.sampled_from(bases or BASES), st.sampled_from(ADULT), changes)


def people():
    """Mostly somebody near a base, now and then anyone."""
    return st.one_of(near(), near(most=3), anyone())


def patient(case):
    """The person in words, for the message of a failing test."""
    return space.as_patient(case)


def decided(case, reading="book"):
    """The plain answer of the machine, which is what ``decide`` wraps: for tests that decide very often."""
    return machine().decide(case, reading)


def without_quotations(text):
    """The text with every marked quotation taken out."""
    return re.sub("“[^”]*”", "", text)


def number(path, of):
    """The place of a state in ``space.states`` and in ``space.deciders``."""
    out = 0
    for c, values in space.columns(path).items():
        out = out * len(values) + values.index(of[c])
    return out


def moves(path, column):
    """For each input of a column, for each change of it from a to b: the changes of the column it can cause.

    Exact: every set of values that the other items of a checklist can show is tried.
    """
    m = machine()
    if column not in m.folds:
        legal = space.columns(path, m)[column]
        return {column: {(a, b): {(a, b)} for a in legal for b in legal if a != b}}
    out = {}
    for i in m.lists[column]["items"]:
        others = {0}
        for x in m.lists[column]["items"]:
            others = {p | 1 << n for p in others for n in range(len(m.values[x]))} if x != i else others
        for a, b in product(m.values[i], repeat=2):
            ends = [[m.values[column][m.folds[column][p | m.mask(i, [v])]] for p in others] for v in (a, b)]
            out.setdefault(i, {}).update({(a, b): set(zip(*ends, strict=True))} if a != b else {})
    return out

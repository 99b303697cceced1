"""People to test with: how Hypothesis draws them, and how a test says who a counterexample is."""

import re

from hypothesis import strategies as st
from oracle import ADULT, GOOD_ON, GOOD_START, INPUTS, UNKNOWN, VALUES

from decision import promises, space
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
    """For each input of a column, for each change of it: the changes of the column it can cause."""
    return promises.moves(path, column, machine())

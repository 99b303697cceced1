"""A frame of people is decided as each person alone would be."""

import oracle
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import people

from decision import decide, decide_frame


def same_as_one_by_one(df, reading="book"):
    """Compare every cell of the answer with decide on that row."""
    out = decide_frame(df, reading=reading)
    assert len(out) == len(df) and out.index.equals(df.index)
    for n in range(len(df)):
        d = decide(dict(df.iloc[n]), reading=reading)
        got = dict(out.iloc[n])
        assert (got["level"], got["rule"], got["reason"]) == (d.level, d.reasons[0].rule, d.reasons[0].text)
        assert got["urgent"] == d.urgent
        assert got["missing"] == "; ".join(d.missing)
        for name in ("cautions", "notes", "safeguards"):
            assert got[name] == "; ".join(x.id for x in getattr(d, name)), name
    return out


@given(st.lists(people(), min_size=1, max_size=12), st.sampled_from(["book", "article"]))
@settings(max_examples=60)
def test_decide_frame_is_decide_row_by_row(cases, reading):
    """Random cohorts, some people twice, get in every column what each row gets alone."""
    same_as_one_by_one(pd.DataFrame(cases + cases[:1]), reading)


def around(base):
    """A cohort in which every single input takes each of its values, all else as in ``base``."""
    return [{**base, i: v} for i in oracle.INPUTS for v in oracle.VALUES[i]]


@pytest.mark.parametrize("base", [oracle.GOOD_START, oracle.GOOD_ON, oracle.UNKNOWN], ids=["start", "on", "unknown"])
@pytest.mark.parametrize("reading", ["book", "article"])
def test_one_changed_answer_is_never_taken_for_the_answers_of_somebody_else(base, reading):
    """In one cohort that varies every single input, each row gets what decide gives that person alone."""
    cohort = pd.DataFrame(around(base))
    assert all(cohort[i].nunique() == len(oracle.VALUES[i]) for i in oracle.INPUTS)
    same_as_one_by_one(cohort, reading)


def test_two_people_who_differ_only_in_overdose_risk():
    """The same level, the same unknowns, and cautions for one of them only: neither gets the other's."""
    one, other = {**oracle.GOOD_START, "overdose_risk": "no"}, {**oracle.GOOD_START, "overdose_risk": "yes"}
    out = decide_frame(pd.DataFrame([one, other, one]))
    assert len(set(out["level"])) == 1 and set(out["missing"]) == {""}
    assert list(out["cautions"]) == [
        "benzodiazepine_not_routine",
        "benzodiazepine_not_routine; gabapentinoid; tca; snri; snri_suicidality; acetaminophen",
        "benzodiazepine_not_routine",
    ]


def test_people_who_differ_only_in_age():
    """A year more or less: the level and the unknowns stay, and each gets the cautions of their own age."""
    out = decide_frame(pd.DataFrame([{**oracle.GOOD_START, "age_group": age} for age in oracle.ADULT]))
    assert len(set(out["level"])) == 1 and set(out["missing"]) == {""}
    assert [set(x.split("; ")) - {"benzodiazepine_not_routine"} for x in out["cautions"]] == [
        set(),
        {"tca", "snri", "snri_suicidality"},
        {"tca", "nsaid"},
    ]


def test_answers_are_those_of_the_specification():
    """Around a good start, each input at each of its values: level, urgency, unknowns and cautions are the oracle's."""
    cases = around(oracle.GOOD_START)
    out = decide_frame(pd.DataFrame(cases))
    assert [set(x.split("; ")) for x in out["cautions"]] == [oracle.cautions(c) for c in cases]
    assert [oracle.notes(c) - set(x.split("; ")) for x, c in zip(out["notes"], cases, strict=True)] == [set()] * len(
        out
    )
    assert list(out["level"]) == [oracle.verdict(c)[0] for c in cases]
    assert list(out["urgent"]) == [oracle.urgent(c) for c in cases]
    assert [set(filter(None, x.split("; "))) for x in out["missing"]] == [oracle.missing(c) for c in cases]


@pytest.mark.parametrize(
    "index",
    [
        ["p3", "p1", "p2"],
        [7, 7, -1],
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)]),
        pd.date_range("2026-01-01", periods=3),
    ],
    ids=["names", "twice", "levels", "dates"],
)
def test_the_index_is_kept(index):
    """Whatever names the rows, in that order, names the answers."""
    df = pd.DataFrame([oracle.GOOD_START, oracle.GOOD_ON, oracle.UNKNOWN], index=index)
    out = same_as_one_by_one(df)
    assert out.index.equals(df.index)
    assert list(out["level"]) == ["SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS", "DEFER"]


def test_the_order_of_columns_means_nothing_and_the_frame_is_left_alone():
    """Columns may come in any order; the frame given is not changed."""
    df = pd.DataFrame([oracle.GOOD_START, {**oracle.GOOD_START, "pregnant": "yes"}])
    turned = df[list(df.columns)[::-1]]
    before = turned.copy()
    assert decide_frame(df).equals(decide_frame(turned))
    assert turned.equals(before)
    assert list(decide_frame(df).columns) == [
        "level",
        "urgent",
        "rule",
        "reason",
        "missing",
        "cautions",
        "notes",
        "safeguards",
    ]


def test_categories_and_string_columns_are_read_as_text():
    """Column types that pandas uses for text give the same answers as plain text."""
    df = pd.DataFrame([oracle.GOOD_START, oracle.UNKNOWN])
    for kind in ("object", "category", "string"):
        assert list(decide_frame(df.astype(kind))["level"]) == ["SPECIALIST_CONSIDER", "DEFER"]

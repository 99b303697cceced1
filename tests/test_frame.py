"""A frame of people is decided as each person alone would be."""

import oracle
import pandas as pd
import pytest
from people import people
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_levels_are_those_of_the_specification():
    """Around a good start, each input at each of its values: the frame's levels are the oracle's."""
    cases = [{**oracle.GOOD_START, i: v} for i in oracle.INPUTS for v in oracle.VALUES[i]]
    out = decide_frame(pd.DataFrame(cases))
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

"""The cases cover every row, every stop and both sides of every boundary, and none of those for a class is spare."""

from itertools import permutations

import numpy as np
import oracle
import pytest
from folder import rows

from decision import space, vignettes
from decision.api import machine
from guard import coverage

TABLES = ("start", "on", "article", "urgent", "alternatives", "safeguards", "monitoring", "cautions", "notes")
TABLES += ("other_care",)


def everyone():
    """Each case with all its answers."""
    return {n: dict(v["answers"]) for n, v in vignettes(everyone=True).items()}


def test_nothing_is_left_uncovered():
    """Every row of every table of rules, as the files hold them, every stop and every side of a boundary."""
    assert coverage.missing() == []
    asked = {name.split(":", 1)[1] for name in coverage.wanted()}
    for table in TABLES:
        assert {f"{table}:{r['row']}" for r in rows(f"rules/{table}.csv")} <= asked, table
    assert all(have == of > 0 for _, of, have in coverage.counts())
    assert 40 <= len(everyone()) <= 65


def test_every_case_for_a_class_is_needed():
    """Taking out any of them leaves something uncovered; the cases that the book works through were there before."""
    spare = {n for n, v in vignettes(everyone=True).items() if v["worked"] == "no"}
    spare -= {cases[0] for cases in coverage.table().values() if len(cases) == 1}
    assert spare == set()


def test_each_row_of_a_path_decides_somebody():
    """By the ids written in the file: every row of both paths is promised by a case."""
    promised = {(machine().path(v["answers"], "book"), v["rule"]) for v in vignettes(everyone=True).values()}
    assert promised == {(path, r["row"]) for path in space.BOOK for r in rows(f"rules/{path}.csv")}


@pytest.mark.parametrize("path", space.BOOK)
def test_each_stop_of_the_specification_stops_somebody(path):
    """By the specification alone: somebody has the stop, on either path, and is stopped."""
    stops = oracle.START_STOPS if path == "start" else (*oracle.ON_STOPS, *oracle.ON_ENDS)
    ends = {"AVOID", "STOP_AND_ESCALATE", "DISCONTINUE_PLAN"}
    mine = [c for c in everyone().values() if (c["ketamine_status"] == "on") == (path == "on")]
    assert [i for i in stops if not any(c[i] == "yes" and oracle.verdict(c)[0] in ends for c in mine)] == []


@pytest.mark.parametrize("path", space.BOOK)
def test_the_boundaries_are_those_of_the_whole_table(path):
    """Against every state listed: a change of one column is a boundary where, somewhere, the level differs by it."""
    m, columns = machine(), space.columns(path)
    kinds = [r["level"] for r in m.rows[path]]
    number = {x: n for n, x in enumerate(dict.fromkeys(kinds))}
    levels = np.array([number[x] for x in kinds], np.int8)[np.frombuffer(space.deciders(path), np.uint8)]
    levels = levels.reshape([len(v) for v in columns.values()])
    found = {
        (c, a, b)
        for axis, (c, values) in enumerate(columns.items())
        for (k, a), (z, b) in permutations(enumerate(values), 2)
        if (levels.take(k, axis) != levels.take(z, axis)).any()
    }
    assert set(coverage.crossings(path, m)) == found


def test_a_side_counts_only_where_the_level_changes():
    """Someone with two reasons to wait stands on no side of either; someone with one does."""
    m = machine()
    one = {**oracle.GOOD_START, "monitoring_program": "no"}
    two = {**one, "specialist_review": "no"}
    assert "side:start:criteria:no → yes" in coverage.sides("start", one, m)
    assert "side:start:criteria:no → yes" not in coverage.sides("start", two, m)

"""The notebooks in which one tries things: start, change a rule, a clinic's list, each by what it promises."""

import pandas as pd
import pytest
from test_notebooks import cells, run, source

from decision import decide, decide_frame, inputs, tidy, vignettes
from decision.whatif import MARK


def test_the_first_exercise_asks_what_the_book_says():
    """An open question about pregnancy waits."""
    assert (
        decide({**dict(run("start")["my_case"]), "past_sud_in_remission": "no", "pregnant": "unknown"}).level == "DEFER"
    )


def test_the_rule_tried_out_is_marked_and_moves_whom_it_says():
    """Each output of what_if is marked, and the people named are those whose level differs."""
    names = run("what-if")
    text = "".join(
        "".join(o.get("data", {}).get("text/plain", [])) for c in cells("what-if") for o in c.get("outputs", [])
    )
    assert text.count(MARK) >= 3
    moved = {
        v for v, x in vignettes().items() if names["tried"].decide(x["answers"]).level != decide(x["answers"]).level
    }
    assert moved and moved == {x.split()[1] for x in names["tried"].moved() if x.startswith("Vignette")}


def test_the_list_is_generated_fictional_and_decided_as_one_by_one():
    """Five hundred people, the same each time; tidied without loss; each decided as decide does."""
    from clinic import a_list

    names = run("clinic-list")
    assert len(names["messy"]) == 500
    pd.testing.assert_frame_equal(names["messy"], a_list())
    assert "made up" in source(cells("clinic-list")[0])
    clean, report = tidy(names["messy"])
    assert list(report[report["why"].str.contains("cannot")]["row"]) == ["p017"]
    with pytest.raises(ValueError, match="Row 'p017': pregnant = 'no\\?'"):
        decide_frame(clean)
    for person in ("p000", "p017", "p123", "p499"):
        d = decide(names["clean"].loc[person])
        assert names["decided"].loc[person, "level"] == d.level and names["decided"].loc[person, "urgent"] == d.urgent
    asked = names["asked"]
    assert {i["question"] for i in inputs().values()} >= set(asked["ask"])
    assert list(asked["answers missing"]) == sorted(asked["answers missing"])

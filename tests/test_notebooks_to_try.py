"""The notebooks in which one tries things: start, change a rule, a clinic's list, each by what it promises."""

import re

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from test_notebooks import CHAPTERS, cells, run, source

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


TEN = """who\tage\tPregnant\tSuicide risk now\tOn ketamine now\tCapacity and consent\tNotes
a\t34\tN\tno\tnot on ketamine\tY\tprefers mornings
b\t71 yrs\t\tFALSE\ton ketamine now\ty\t
c\t19\tyes\tn\tNot on ketamine\t1\t
d\t16\tno\t0\t\t\tsent by school
e\t45\tn/a\tYes\tNot on ketamine\tTRUE\t
f\t52\tN\tN\tOn ketamine now\tno\t
g\t\tnegative\tno\tnot on ketamine\tY\t"a, b"
h\t66\tno\t?\tnot on ketamine\tunknown\t
i\t28\tPositive\tno\ton ketamine now\tY\t
j\t40\tno\tno\tnot on ketamine\tY\t
"""


def test_ten_untidy_people_pasted_or_uploaded_are_decided(tmp_path, monkeypatch):
    """From a spreadsheet, as a CSV in the text or as a file beside the notebook: the same ten, decided."""
    import clinic

    (tmp_path / "ten.csv").write_bytes(b"\xef\xbb\xbf" + TEN.replace("\t", ";").encode())
    monkeypatch.setattr(clinic, "__file__", str(tmp_path / "clinic.py"))
    given = [TEN, TEN.replace('"a, b"', "").replace("\t", ","), "ten.csv"]
    first, *others = [tidy(clinic.read_list(x, leave_out=["Notes"]))[0] for x in given]
    for other in others:
        pd.testing.assert_frame_equal(first, other)
    told = decide_frame(first, missing_columns="unknown")
    assert list(told.index) == list("abcdefghij") and list(told.index[told["urgent"]]) == ["e"]
    assert told["level"].to_dict() == {
        **dict.fromkeys("aghj", "DEFER"), "b": "HOLD_AND_REASSESS", "c": "AVOID", "d": "OUT_OF_SCOPE", "e": "AVOID",
        "f": "HOLD_AND_REASSESS", "i": "DISCONTINUE_PLAN",
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"Column “Notes” is not an input.*leave_out=\['Notes'\]"):
        decide_frame(tidy(clinic.read_list(TEN))[0], missing_columns="unknown")


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("no.csv", "“no.csv” does not stand beside this notebook, in the folder chapters"),
        ("who,age\na,1\na,2\n", "“a” stands in two rows"),
        ("who,age\na,1\nb,2,3,4\n", "cannot be read"),
        ("who,age\na,1,2\nb,2,3\n", "more cells than headings"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_in_a_line(pasted, said):
    """Nobody is lost in silence: not to a name that stands twice, nor to a comma too many."""
    from clinic import read_list

    with pytest.raises(ValueError, match=said) as error:
        read_list(pasted)
    assert "\n" not in str(error.value)


def test_an_error_in_a_notebook_is_its_last_line():
    """Nothing stands above the sentence that was written for people."""
    cell = nbformat.v4.new_code_cell("from preamble import *\nfrom decision import decide\ndecide(depression='yes')")
    nb = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(nb, allow_errors=True, resources={"metadata": {"path": str(CHAPTERS)}}).execute()
    (error,) = nb.cells[0].outputs
    assert error.output_type == "error" and len(error.traceback) == 1
    said = re.sub(r"\x1b\[[\d;]*m", "", error.traceback[0])
    assert said.startswith("ValueError: “depression” is not an input. Did you mean") and said.count("\n") == 1

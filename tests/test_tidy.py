"""A list as clinics keep it comes into the vocabulary, every change is told, and what cannot be read stays an error."""

import numpy as np
import oracle
import pandas as pd
import pytest

from decision import decide_frame, inputs, tidy


def read(column, *cells):
    """What tidy makes of one column's cells."""
    clean, _ = tidy(pd.DataFrame({column: list(cells)}, dtype=object))
    return list(clean[column])


@pytest.mark.parametrize(
    "cell", ["Yes", " yes ", "YES", "y", "Y", "TRUE", "True", True, 1, 1.0, "1", "1.0", "positive", "+"]
)
def test_yes_in_many_words(cell):
    """However a list says yes."""
    assert read("pregnant", cell) == ["yes"]


@pytest.mark.parametrize(
    "cell", ["No", " no ", "NO", "n", "N", "FALSE", "False", False, 0, 0.0, "0", "0.0", "Negative"]
)
def test_no_in_many_words(cell):
    """However a list says no."""
    assert read("pregnant", cell) == ["no"]


@pytest.mark.parametrize(
    "cell", ["", "  ", None, float("nan"), pd.NA, pd.NaT, "n/a", "N/A", "NaN", "?", "–", "not known"]
)
def test_nothing_recorded_is_unknown_and_never_reassuring(cell):
    """A blank says that nobody wrote anything; it is unknown in every column."""
    for name in inputs():
        assert read(name, cell) == ["unknown"], name


@pytest.mark.parametrize(
    "cell",
    ["yse", "maybe", "2", -1, "none", "no?", "?yes", "-yes", "yes?no", "no/yes", "positive/negative", "x", "yesyes"],
)
def test_what_cannot_be_read_is_left_as_it_is_told_and_refused(cell):
    """No guess: the cell stays, stands in the report, and decide_frame names it."""
    clean, report = tidy(pd.DataFrame({"pregnant": [cell]}, index=["ann"], dtype=object))
    assert clean.loc["ann", "pregnant"] == cell
    (line,) = report.to_dict("records")
    assert line["row"] == "ann" and line["to"] == cell and "cannot be read" in line["why"]
    with pytest.raises(ValueError, match="Row 'ann': pregnant = "):
        decide_frame(clean, missing_columns="unknown")


@pytest.mark.parametrize(
    ("age", "group"),
    [(0, "minor"), (17, "minor"), ("17.9", "minor"), (18, "young_adult"), (24.0, "young_adult"), ("25", "adult"),
     ("64 years", "adult"), ("64y", "adult"), ("65 yrs old", "older_adult"), (104, "older_adult")],
)  # fmt: skip
def test_ages_in_years_become_age_groups(age, group):
    """At each edge of each group, as a number or as words."""
    assert read("age_group", age) == [group]


@pytest.mark.parametrize("age", [-3, "-3", 240, "6 months", "born 1970", "1970-01-01", "17-18", "?17"])
def test_an_age_that_is_none_stays_an_error(age):
    """An impossible age, or another measure, is not put into a group."""
    assert read("age_group", age) == [age]


@pytest.mark.parametrize("name", list(oracle.INPUTS))
def test_a_column_is_known_by_every_name_the_book_has_for_it(name):
    """Its id in other spelling, its label, its short label and its question; and each answer by its label."""
    i = inputs()[name]
    for title in (name.upper(), name.replace("_", " ").title(), i["label"], i["short"], i["question"], f" {name}: "):
        labels = [label.upper() for label in i["value_labels"]]
        clean, report = tidy(pd.DataFrame({title: labels}))
        assert list(clean.columns) == [name] and list(clean[name]) == list(i["values"]), title
        assert len(report) == (title != name) + len(labels)


@pytest.mark.parametrize(("title", "name"), [("pregnnt", "pregnant"), ("overdose_rsk", "overdose_risk"),
                                             ("Age (years)", "age_group"), ("age in years", "age_group")])  # fmt: skip
def test_a_slip_in_the_name_of_a_column_is_put_right_and_told(title, name):
    """A near match is taken, and reported with what it was."""
    clean, report = tidy(pd.DataFrame({title: [""]}))
    assert list(clean.columns) == [name]
    assert report.iloc[0].tolist() == ["–", title, title, name, "name of the column"]


@pytest.mark.parametrize("title", ["normal_lfts", "no pregnancy", "not_on", "inactive psychosis or mania", "site",
                                   "past sud", "no_early_refill", "unsteady mental state", "non pregnant"])  # fmt: skip
def test_a_name_that_may_mean_the_opposite_or_nothing_is_not_taken(title):
    """“Normal” is no slip for “abnormal”: the column stays, stands in the report and is refused."""
    clean, report = tidy(pd.DataFrame({title: ["yes"]}))
    assert list(clean.columns) == [title] and "cannot be read" in report["why"][0]
    with pytest.raises(ValueError, match=f"Column “{title}” is not an input"):
        decide_frame(clean, missing_columns="unknown")


def test_two_columns_for_one_input_are_both_left():
    """Which of them counts is not for a program to say."""
    frame = pd.DataFrame({"Pregnant": ["yes"], "pregnancy": ["no"], "overdose_risk": ["no"], "Overdose risk": ["yes"]})
    clean, _ = tidy(frame)
    assert list(clean.columns) == list(frame.columns)


def test_kinds_of_pain_are_read_by_label():
    """The label, a part of it, or the value in other spelling."""
    cells = ["nerve pain", "Neuropathic", "CRPS", "complex regional pain syndrome", "Muscle, bone or joint pain"]
    assert read("pain_type", *cells) == ["neuropathic", "neuropathic", "crps", "crps", "musculoskeletal"]


def test_the_report_has_every_change_and_nothing_else():
    """Undoing the report gives the list back; what was in the vocabulary is not in it."""
    rng = np.random.default_rng(8)
    words = {"yes": ["yes", "Y", "TRUE", 1], "no": ["no", "N", 0, False], "unknown": ["unknown", "", None, "?"]}
    frame = pd.DataFrame(
        {
            i: [words[v][rng.integers(4)] if v in words else v for v in rng.choice(oracle.VALUES[i], 50)]
            for i in oracle.INPUTS
        },
        index=[f"p{n}" for n in range(50)],
        dtype=object,
    )
    before = frame.copy()
    clean, report = tidy(frame)
    pd.testing.assert_frame_equal(frame, before)
    back = clean.astype(object)
    for line in report.to_dict("records"):
        assert clean.loc[line["row"], line["column"]] == line["to"] and line["why"]
        back.loc[line["row"], line["column"]] = line["from"]
    same = (back == frame) | (back.isna() & frame.isna())
    assert bool(same.all(axis=None))
    changed = sum(
        not (isinstance(x, str) and x in ("yes", "no", "unknown", *oracle.VALUES[i])) for i in frame for x in frame[i]
    )
    assert len(report) == changed > 500
    assert set(clean.stack()) <= {v for i in oracle.INPUTS for v in oracle.VALUES[i]}
    assert len(decide_frame(clean)) == 50


def test_the_index_and_odd_indexes_are_kept():
    """Whatever names the rows names them afterwards, in the list and in the report."""
    frame = pd.DataFrame({"pregnant": ["Y", "no", ""]}, index=pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)]))
    clean, report = tidy(frame)
    assert clean.index.equals(frame.index) and list(report["row"]) == [("a", 1), ("b", 2)]
    clean, report = tidy(frame[:0])
    assert len(clean) == len(report) == 0

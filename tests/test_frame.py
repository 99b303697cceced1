"""A frame of people is decided as each person alone would be."""

import time

import numpy as np
import oracle
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import people

from decision import decide, decide_frame, frame, inputs
from decision.machine import Machine


def one_by_one(df, reading="book"):
    """What decide gives for each row, in the columns of a frame."""
    out = []
    for case in df.to_dict("records"):
        d = decide(case, reading=reading)
        row = {"level": d.level, "level_name": d.level_name, "urgent": d.urgent, "rule": d.reasons[0].rule}
        row |= {"reason": d.reasons[0].text, "missing": "; ".join(d.missing)}
        out.append(row | {x: "; ".join(i.id for i in getattr(d, x)) for x in ("cautions", "notes", "safeguards")})
    return pd.DataFrame(out, index=df.index)


def same_as_one_by_one(df, reading="book"):
    """Compare every cell of the answer with decide on that row."""
    out = decide_frame(df, reading=reading)
    pd.testing.assert_frame_equal(out, one_by_one(df, reading))
    return out


def cohort(n, seed, spread=0.2, kind=object):
    """Invented people: each answer is the favourable one, but for a share of ``spread``; half are on ketamine."""
    rng = np.random.default_rng(seed)
    out = {}
    for i in oracle.INPUTS:
        legal = np.array(oracle.VALUES[i], dtype=object)
        share = np.where(legal == oracle.GOOD_START[i], 1 - spread, spread / (len(legal) - 1))
        out[i] = legal[rng.choice(len(legal), n, p=share if i != "ketamine_status" else [0.5, 0.45, 0.05])]
    return pd.DataFrame(out, dtype=kind)


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
        "level_name",
        "urgent",
        "rule",
        "reason",
        "missing",
        "cautions",
        "notes",
        "safeguards",
    ]


@pytest.mark.parametrize("seed", range(10))
def test_twenty_thousand_people_get_in_every_column_what_each_gets_alone(seed):
    """Two thousand at a time, from nearly all favourable to anything at all; some in the article reading."""
    df = cohort(2000, seed, spread=(0.03, 0.08, 0.15, 0.25, 0.66)[seed % 5])
    same_as_one_by_one(df, "article" if seed == 9 else "book")


def kinds():
    """The column types that hold text in pandas, here."""
    out = ["object", "category", "string", "str", pd.StringDtype("python")]
    try:
        import pyarrow as pa
    except ModuleNotFoundError:
        return out
    return [*out, "string[pyarrow]", pd.ArrowDtype(pa.string()), pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))]


@pytest.mark.parametrize("kind", kinds(), ids=str)
def test_every_kind_of_text_column_is_read_as_text(kind):
    """Plain, categorical and Arrow-backed columns give the same answers, and the same message for a fault."""
    df = cohort(300, 1)
    expected = one_by_one(df)
    pd.testing.assert_frame_equal(decide_frame(df.astype(kind)), expected)
    df.loc[7, "pregnant"] = "yse"
    with pytest.raises(ValueError, match=r"^Row 7: pregnant = 'yse' is not a value. Did you mean “yes”"):
        decide_frame(df.astype(kind))
    df.loc[7, "pregnant"] = None
    with pytest.raises(ValueError, match=r"^Row 7: pregnant = "):
        decide_frame(df.astype(kind))


def test_a_category_that_nobody_has_is_no_fault():
    """Categories may list more than occurs; only what stands in a cell counts."""
    df = pd.DataFrame([oracle.GOOD_START]).astype("category")
    df["pregnant"] = df["pregnant"].cat.add_categories(["perhaps"])
    assert list(decide_frame(df)["level"]) == ["SPECIALIST_CONSIDER"]


def test_equal_words_that_are_not_one_object_are_one_value():
    """Text built anew for each cell is read like text that is shared."""
    df = cohort(200, 2)
    anew = df.map(lambda x: "".join([*x]))
    assert anew["pregnant"][0] is not df["pregnant"][0]
    pd.testing.assert_frame_equal(decide_frame(anew), decide_frame(df))


def test_one_message_names_every_fault():
    """Columns first, then cells row by row, each with what is nearest: one run is enough to put a list right."""
    df = pd.DataFrame([oracle.GOOD_START] * 4, index=["ann", "bob", "cem", "dan"]).astype(object)
    df = df.rename(columns={"active_sud": "active_suds"}).assign(site="north")
    df.loc["cem", "pregnant"], df.loc["bob", "overdose_risk"], df.loc["bob", "age_group"] = "yse", 1, "adlt"
    df.loc["dan", "setting"] = "cancer_palliative"
    with pytest.raises(ValueError) as error:
        decide_frame(df)
    starts = [
        "Column “active_suds” is not an input. Did you mean “active_sud”?",
        "Column “site” is not an input.",
        "Columns are missing: active_sud.",
        "Row 'bob': age_group = 'adlt' is not a value. Did you mean “adult”?",
        "Row 'bob': overdose_risk = '1' is not a value.",
        "Row 'cem': pregnant = 'yse' is not a value. Did you mean “yes”?",
        "Row 'dan': setting = 'cancer_palliative' is not a value. Did you mean “cancer_or_palliative”?",
    ]
    lines = str(error.value).splitlines()
    assert len(lines) == len(starts) and all(x.startswith(y) for x, y in zip(lines, starts, strict=True)), lines


def test_no_more_than_twenty_faults_are_told_and_the_rest_counted():
    """The first twenty in the order of the rows, wherever they stand, and how many more there are."""
    df = cohort(100, 3)
    df.loc[50:, "pregnant"] = "perhaps"
    df.loc[40:59, "overdose_risk"] = "maybe"
    with pytest.raises(ValueError) as error:
        decide_frame(df)
    lines = str(error.value).splitlines()
    assert lines[-1] == "And 50 more." and len(lines) == 21
    rows = [int(x.split(":")[0][4:]) for x in lines[:-1]]
    assert rows == [*range(40, 50), *(n for n in range(50, 55) for _ in "ab")]


def test_a_cell_that_cannot_be_hashed_is_named_too():
    """A list in a cell is a fault like another."""
    df = pd.DataFrame([oracle.GOOD_START]).astype(object)
    df.at[0, "pregnant"] = ["yes"]
    with pytest.raises(ValueError, match=r"^Row 0: pregnant = \"\['yes'\]\""):
        decide_frame(df)


def test_progress_is_told_on_stderr_after_a_second_and_not_before(capsys, monkeypatch):
    """A short run is silent; a long one says where it is, unless it is told not to."""
    df = cohort(20, 4)
    monkeypatch.setattr(time, "monotonic", lambda: 0)
    decide_frame(df)
    assert capsys.readouterr() == ("", "")
    clock = iter(range(0, 10**6, 2))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    decide_frame(df, progress=False)
    assert capsys.readouterr() == ("", "")
    decide_frame(df)
    out, err = capsys.readouterr()
    assert not out and f"decide_frame, 20 rows: 1 of {len(inputs())} columns read" in err and "safeguards told" in err


def test_a_misspelt_cell_among_many_is_found_before_anything_is_decided(monkeypatch):
    """Nothing is matched against the rules while anything is illegal."""
    df = cohort(1000, 5)
    df.loc[999, "pain_type"] = "nerve"
    monkeypatch.setattr("decision.frame._Group", lambda *_: pytest.fail("decided before everything was legal"))
    with pytest.raises(ValueError, match=r"^Row 999: pain_type = 'nerve' is not a value"):
        decide_frame(df)


def test_nobody_is_decided_one_by_one(monkeypatch):
    """Compiled: the tables are walked once for all, and a text is worded once for who share it; the bench times it."""
    df, worded, reasons = cohort(20_000, 6), [], Machine.reasons
    monkeypatch.setattr(Machine, "reasons", lambda m, *of: worded.append(1) or reasons(m, *of))
    for name in ("decide", "verdict", "deciding", "matches", "level"):
        monkeypatch.setattr(Machine, name, lambda *_, name=name: pytest.fail(f"a person went through {name}"))
    assert len(decide_frame(df)) == 20_000 and len(worded) < 2_000


def test_a_misspelt_cell_is_found_before_anybody_is_decided(monkeypatch):
    """Equal cells are read as one, one fault is worded once, and no table is walked; the bench times it."""
    df, read, worded = cohort(2_000, 7, kind="str"), [], []
    df.loc[1_999, "pregnant"] = "yse"
    factorize, fault = pd.factorize, Machine.fault
    monkeypatch.setattr(pd, "factorize", lambda x: read.append(len(factorize(x)[1])) or factorize(x))
    monkeypatch.setattr(Machine, "fault", lambda m, *of: worded.append(of) or fault(m, *of))
    monkeypatch.setattr(frame, "_Group", lambda *_: pytest.fail("a table is walked"))
    with pytest.raises(ValueError, match="^Row 1999: "):
        decide_frame(df)
    assert len(read) == len(oracle.INPUTS) and max(read) <= max(map(len, oracle.VALUES.values())) and len(worded) == 1

"""Nothing misspelt becomes “unknown”, and nothing broken is half loaded: every fault has a clear message."""

import re

import oracle
import pandas as pd
import pytest
from folder import FILES, Folder, conditions, read, when

from decision import KnowledgeError, audit, decide, decide_frame
from decision.machine import Machine
from decision.tables import default, load

LOADED = [file for file in FILES if file.startswith("rules/")] + ["register/claims.csv"]


@pytest.fixture
def folder(tmp_path):
    """A copied knowledge folder."""
    return Folder(tmp_path)


def refused(folder):
    """The message with which a broken folder is refused; it must not touch what is already loaded."""
    before = decide(pregnant="yes").to_dict()
    with pytest.raises(KnowledgeError) as error:
        folder.load()
    assert isinstance(error.value, ValueError)
    assert decide(pregnant="yes").to_dict() == before
    return str(error.value)


def line_of(file, row):
    """The line of the row with this name, as an editor counts."""
    return next(n for n, cells in enumerate(read(file), 1) if cells[0] == row)


# ---- a case


def test_a_misspelt_input_is_named_with_the_nearest():
    """The message names the word and the input that was meant; all inputs only where none is near."""
    with pytest.raises(ValueError, match="^“pregnnt” is not an input. Did you mean “pregnant”[?]$"):
        decide(pregnnt="yes")
    with pytest.raises(ValueError, match="^“zzz” is not an input. Inputs: ") as error:
        decide(zzz="yes")
    assert all(i in str(error.value) for i in oracle.INPUTS)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("depression", ["psychiatric_comorbidity” (Mental disorder, stable or not)"]),
        ("remission", ["past_sud_in_remission” (Past substance use disorder)"]),
        ("opioid use", ["cns_depressant_coadministration” (Other", "active_sud” (Sub", "past_sud_in_remission” (Past"]),
        ("suicidal", ["acute_suicide_risk” (Suicide risk now)"]),
        ("kidney", ["nsaid_risk” (Hazard with an NSAID)"]),
    ],
)
def test_a_word_of_the_trade_leads_to_the_inputs_that_speak_of_it(word, meant):
    """Not spelling alone: labels and questions are looked at, for a case, a frame and an audit; four hints at most."""
    for ask in (
        lambda: decide({word: "yes"}),
        lambda: decide_frame(pd.DataFrame({word: ["yes"]})),
        lambda: audit({word}),
    ):
        with pytest.raises(ValueError) as error:
            ask()
        first = str(error.value).splitlines()[0]
        assert all(f"“{x}" in first for x in meant) and first.count(" (") <= 4 and len(first) < 400, first


def test_a_word_that_no_input_speaks_of_is_not_guessed_at():
    """“renal” is spelt a little like “pregnant”, and means nothing of the kind."""
    for word in ("renal", "the", "zzz", ""):
        with pytest.raises(ValueError, match="is not an input. Inputs: "):
            decide({word: "yes"})


def test_a_misspelt_value_is_named_with_the_nearest():
    """The message names input and value, the value that was meant and the legal ones."""
    with pytest.raises(
        ValueError,
        match=r"pregnant = 'yse' is not a value. Did you mean “yes”\? "
        r"Allowed: yes, no, unknown",
    ):
        decide(pregnant="yse")
    with pytest.raises(
        ValueError,
        match=r"setting = 'chronic' .* Allowed: chronic_noncancer, "
        r"acute_or_perioperative, cancer_or_palliative, psychiatric_treatment, unknown",
    ):
        decide(setting="chronic")


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        1,
        0,
        None,
        ["yes"],
        ("yes",),
        {"yes": 1},
        float("nan"),
        b"yes",
        "",
        "Yes",
        " yes",
        "YES",
        "y",
        "–",
        "yes|no",
    ],
    ids=repr,
)
def test_no_other_kind_of_value_is_taken_for_yes_no_or_unknown(value):
    """Truth values, numbers, lists, nothing, capitals and blanks are refused for every input, by name."""
    for i in oracle.INPUTS:
        with pytest.raises(ValueError, match=rf"^{i} = .* is not a value"):
            decide({i: value})


@pytest.mark.parametrize("case", [["pregnant"], "pregnant=yes", 7, True, {"pregnant"}, ("pregnant", "yes")], ids=repr)
def test_a_case_that_is_not_a_dict_is_refused(case):
    """A list, a text or a number is not read as a case."""
    with pytest.raises(ValueError, match="a case is a dict from input to value, not"):
        decide(case)


@pytest.mark.parametrize("name", [1, None, ("pregnant",), "Pregnant", "pregnant ", "level", "hard_stop", ""], ids=repr)
def test_a_name_that_is_not_an_input_is_refused(name):
    """Numbers, capitals, checklists and outputs are not inputs."""
    with pytest.raises(ValueError, match="is not an input"):
        decide({name: "yes"})


def test_stating_an_input_twice_is_refused():
    """In the dict and as a keyword, even with the same value: the caller must say which."""
    with pytest.raises(ValueError, match="“pregnant” stands twice"):
        decide({"pregnant": "yes"}, pregnant="yes")


@pytest.mark.parametrize("reading", ["Book", "", None, "both", 1])
def test_an_unknown_reading_is_refused(reading):
    """Only the two readings exist; a misspelt one is not taken for the default."""
    with pytest.raises(ValueError, match="is not known; allowed: book, article"):
        decide(reading=reading)


def test_the_case_given_is_not_changed_and_not_shared():
    """Deciding neither completes the caller's dict nor keeps hold of it."""
    case = {"pregnant": "yes"}
    d = decide(case)
    assert case == {"pregnant": "yes"}
    case["pregnant"] = "no"
    assert d.case == {**oracle.UNKNOWN, "pregnant": "yes"} and d.level == "AVOID"


# ---- a frame


def people():
    """Three people with names for rows."""
    return pd.DataFrame([oracle.GOOD_START, oracle.GOOD_ON, oracle.UNKNOWN], index=["ann", "bob", "cem"])


def test_a_misspelt_cell_names_row_and_column():
    """The message starts with the row's own label and names the column, the cell and what was meant."""
    df = people()
    df.loc["bob", "pregnant"] = "yse"
    with pytest.raises(ValueError, match=r"^Row 'bob': pregnant = 'yse' is not a value. Did you mean “yes”"):
        decide_frame(df)


@pytest.mark.parametrize("cell", [["yes"], {"yes": 1}], ids=repr)
def test_a_cell_that_holds_a_list_is_refused_as_any_other(cell):
    """What cannot be looked up is no value either."""
    df = people()
    df["pregnant"] = ["no", cell, "no"]
    with pytest.raises(ValueError, match="^Row 'bob': pregnant = .* is not a value"):
        decide_frame(df)


CLAIM = {"verdict": "suported", "unsafe": "maybe", "section": "riks", "type": "facts"}


@pytest.mark.parametrize("column", CLAIM)
def test_a_word_of_a_claim_that_does_not_exist_is_refused(folder, column):
    """A verdict, a safety mark, a section or a kind is one of a few words, which the message tells."""
    folder.set("register/claims.csv", 3, column, CLAIM[column])
    said = refused(folder)
    assert said.startswith(f"register/claims.csv, line 3, column “{column}”: “{CLAIM[column]}” is not known; allowed: ")


@pytest.mark.parametrize("cell", [float("nan"), None, True, 1, pd.NA, ""], ids=repr)
def test_an_empty_or_odd_cell_names_row_and_column(cell):
    """A blank cell is not “unknown”: nobody wrote that."""
    df = people().astype(object)
    df.loc["cem", "overdose_risk"] = cell
    with pytest.raises(ValueError, match=r"^Row 'cem': overdose_risk = "):
        decide_frame(df)


def test_a_missing_column_is_named_unless_asked_for():
    """A cohort that was never asked a question must say so."""
    df = people().drop(columns=["pregnant", "active_sud"])
    with pytest.raises(ValueError, match="Columns are missing: pregnant, active_sud. Add them"):
        decide_frame(df)
    decided = decide_frame(df, missing_columns="unknown")
    assert list(decided["level"]) == ["DEFER", "HOLD_AND_REASSESS", "DEFER"]
    with pytest.raises(ValueError, match="missing_columns = 'ignore' is not known; allowed: error, unknown"):
        decide_frame(df, missing_columns="ignore")


def test_a_misspelt_column_is_named_with_the_nearest():
    """A column that is no input is refused even where missing ones would be read as unknown."""
    df = people().rename(columns={"pregnant": "pregnnt"})
    with pytest.raises(ValueError, match="Column “pregnnt” is not an input. Did you mean “pregnant”"):
        decide_frame(df, missing_columns="unknown")


def test_a_duplicate_column_is_named():
    """Two columns of one name would let the last one win in silence."""
    df = people()
    with pytest.raises(ValueError, match="Column “pregnant” stands twice"):
        decide_frame(pd.concat([df, df[["pregnant"]]], axis=1))


@pytest.mark.parametrize(
    "df", [pd.DataFrame(), pd.DataFrame(index=["ann"]), people()[[]]], ids=["nothing", "a name alone", "columns lost"]
)
@pytest.mark.parametrize("missing", ["error", "unknown"])
def test_a_frame_without_columns_is_refused(df, missing):
    """People of whom nothing was stated are a mistake upstream: they are not all read as unknown."""
    with pytest.raises(ValueError, match="The frame has no columns: give one for each input, and one row for each"):
        decide_frame(df, missing_columns=missing)


@pytest.mark.parametrize("missing", ["error", "unknown"])
def test_a_frame_without_rows_is_nobody_and_its_columns_are_still_looked_at(missing):
    """A cohort of nobody gets the columns of an answer and no row; a misspelt or a lost column is told all the same."""
    nobody = people()[:0]
    out = decide_frame(nobody, missing_columns=missing)
    assert len(out) == 0 and list(out.columns) == list(decide_frame(people()).columns)
    with pytest.raises(ValueError, match="Column “pregnnt” is not an input"):
        decide_frame(nobody.rename(columns={"pregnant": "pregnnt"}), missing_columns=missing)
    with pytest.raises(ValueError, match="Columns are missing: pregnant"):
        decide_frame(nobody.drop(columns="pregnant"))


@pytest.mark.parametrize("df", [[oracle.UNKNOWN], oracle.UNKNOWN, None, "people.csv"], ids=repr)
def test_what_is_not_a_frame_is_refused(df):
    """A list of dicts or a file name is not a frame."""
    with pytest.raises(ValueError, match="decide_frame takes a pandas DataFrame, not"):
        decide_frame(df)


def test_a_frame_with_one_bad_cell_decides_nobody():
    """The last row's fault is found before the first row is decided; the frame stays as it was."""
    df = people()
    df.loc["cem", "age_group"] = "adlt"
    before = df.copy()
    with pytest.raises(ValueError, match="Row 'cem': age_group = 'adlt'"):
        decide_frame(df)
    assert df.equals(before)


# ---- the knowledge folder

CELLS = {  # what is written where, and the words the message must have
    "unknown value": (
        "rules/start.csv",
        "R-HARD",
        "when",
        "hard_stop=yse",
        ["column “when”", "“yse” is not known", "yes, unknown, no", "Did you mean “yes”?"],
    ),
    "unknown value of an input": (
        "rules/on.csv",
        "R-SCOPE.a",
        "when",
        "age_group=child",
        ["column “when”", "“child” is not known", "adult, minor, unknown"],
    ),
    "a column that is no input": (
        "rules/on.csv",
        "R-ON-DISC.b",
        "when",
        "worthwile=no",
        ["column “when”", "“worthwile” is not known; allowed: one of", "Did you mean “worthwhile”?"],
    ),
    "unknown level": (
        "rules/start.csv",
        "R-HARD",
        "level",
        "RECOMMEND",
        ["column “level”", "“RECOMMEND” is not known", "OUT_OF_SCOPE, AVOID, DEFER"],
    ),
    "unknown level as a condition": (
        "rules/monitoring.csv",
        "R-MON.a",
        "when",
        "reading=book level=CONTINUE",
        ["column “when”", "“CONTINUE” is not known"],
    ),
    "unknown origin": (
        "rules/cautions.csv",
        "R-CAU-TCA.a",
        "origin",
        "articel",
        ["column “origin”", "“articel” is not known", "Did you mean “article”?"],
    ),
    "missing cell": ("rules/start.csv", "R-CRIT.a", "because", " ", ["column “because”", "the cell is empty"]),
    "empty condition": (
        "rules/start.csv",
        "R-CRIT.a",
        "when",
        "",
        ["column “when”", "the cell is empty", "– for none"],
    ),
    "a condition that names nothing": (
        "rules/start.csv",
        "R-CRIT.a",
        "when",
        "age_group=|",
        ["column “when”", "“” is not known", "adult, minor, unknown"],
    ),
    "a condition without a value": (
        "rules/start.csv",
        "R-CRIT.a",
        "when",
        "criteria=no age_group=",
        ["column “when”", "“age_group=” is not of the form input=value"],
    ),
    "a condition without a name": (
        "rules/start.csv",
        "R-CRIT.a",
        "when",
        "=no",
        ["column “when”", "“=no” is not of the form input=value; separate pairs by spaces"],
    ),
    "two conditions on one column": (
        "rules/start.csv",
        "R-CRIT.a",
        "when",
        "criteria=no criteria=yes",
        ["column “when”", "“criteria” stands twice; keep one"],
    ),
    "conditions parted by a comma": (
        "rules/start.csv",
        "R-CRIT.c",
        "when",
        "high_risk=yes, risk_plan=no",
        ["column “when”", "“yes,” is not known", "Did you mean “yes”?"],
    ),
    "duplicate id": (
        "rules/start.csv",
        "R-UNK.b",
        "row",
        "R-UNK.a",
        ["column “row”", f"“R-UNK.a” is already on line {line_of('rules/start.csv', 'R-UNK.a')}"],
    ),
    "duplicate input": (
        "rules/vocabulary.csv",
        "active_sud",
        "id",
        "pregnant",
        ["column “id”", "“pregnant” is already on line"],
    ),
    "row out of order": (
        "rules/start.csv",
        "R-UNK.k",
        "level",
        "AVOID",
        ["column “level”", "AVOID is more cautious than the row above it", "move it up"],
    ),
    "no such claim": (
        "rules/start.csv",
        "R-HARD",
        "claims",
        "risk-sdu",
        ["column “claims”", "“risk-sdu” is not known"],
    ),
    "no such source": (
        "rules/notes.csv",
        "R-NOTE-FIND",
        "sources",
        "raja2O20",
        ["column “sources”", "“raja2O20” is not known", "Did you mean “raja2020”?"],
    ),
    "nothing cited": ("rules/cautions.csv", "R-CAU-URI", "sources", ";", ["column “sources”", "the row cites nothing"]),
    "no such input in a claim": (
        "register/claims.csv",
        "risk-sud",
        "inputs",
        "active_sdu",
        ["column “inputs”", "“active_sdu” is not known"],
    ),
    "dose in a reason": (
        "rules/start.csv",
        "R-HARD",
        "because",
        "Give 20 mg.",
        ["column “because”", "“20 mg” looks like a dose"],
    ),
    "dose in a question": (
        "rules/vocabulary.csv",
        "pregnant",
        "question",
        "More than 5mL?",
        ["column “question”", "“5mL” looks like a dose"],
    ),
    "rate in a safeguard": (
        "rules/safeguards.csv",
        "R-SG-ADH",
        "because",
        "Keep to the rate /kg.",
        ["column “because”", "“/kg” looks like a dose or rate"],
    ),
    "dose in a level's meaning": (
        "rules/levels.csv",
        "start",
        "meaning",
        "At 100 mcg.",
        ["column “meaning”", "“100 mcg” looks like a dose"],
    ),
    "dose in a checklist": (
        "rules/checklists.csv",
        "trials",
        "meaning",
        "3 g a day.",
        ["column “meaning”", "“3 g” looks like a dose"],
    ),
    "no unknown among the values": (
        "rules/vocabulary.csv",
        "pregnant",
        "values",
        "yes|no",
        ["column “values”", "must allow “unknown”"],
    ),
    "a value without a label": (
        "rules/vocabulary.csv",
        "pregnant",
        "value_labels",
        "Yes|No",
        ["column “value_labels”", "3 values need as many labels"],
    ),
    "a reassuring value that does not exist": (
        "rules/vocabulary.csv",
        "pregnant",
        "reassuring",
        "nope",
        ["column “reassuring”", "“nope” is not known"],
    ),
    "a path that needs something odd": (
        "rules/vocabulary.csv",
        "risk_plan",
        "start",
        "if risky",
        ["column “start”", "“if risky” is not known"],
    ),
    "an order that leaves a value out": (
        "rules/checklists.csv",
        "trials",
        "precedence",
        "no > yes",
        ["column “precedence”", "yes, no and unknown"],
    ),
    "a fit that is none of the three": (
        "rules/alternatives.csv",
        "R-ALTS-TCA.a",
        "fit",
        "suported",
        ["column “fit”", "“suported” is not known", "supported, not supported, uncertain", "Did you mean “supported”?"],
    ),
    "a caution that no row gives": (
        "rules/alternatives.csv",
        "R-ALTS-SNRI.a",
        "cautions",
        "snri; snri_suicide",
        ["column “cautions”", "“snri_suicide” is not known"],
    ),
    "a next step with an amount": (
        "rules/start.csv",
        "R-CONSENT",
        "next",
        "Give 5 mg.",
        ["column “next”", "“5 mg” looks like a dose"],
    ),
    "one of several reassuring values": (
        "rules/vocabulary.csv",
        "age_group",
        "reassuring",
        "adult|young|older_adult",
        ["column “reassuring”", "“young” is not known"],
    ),
    "a rank that is no number": (
        "rules/levels.csv",
        "on",
        "rank",
        "low",
        ["column “rank”", "“low” is not a whole number"],
    ),
}


@pytest.mark.parametrize("fault", CELLS)
def test_a_faulty_cell_is_refused_by_file_line_column_and_word(folder, fault):
    """One wrong cell: the message says in which file, line and column, which word, and what to do."""
    file, row, column, cell, words = CELLS[fault]
    line = line_of(file, row)
    folder.set(file, line, column, cell)
    message = refused(folder)
    first = next((x for x in message.splitlines() if words[0] in x), "")
    assert first.startswith(f"{file}, line {line}, column “"), message
    for word in words:
        assert word in message, message


def test_an_item_that_is_no_input_is_refused(folder):
    """A checklist item must be an input, once, and one that is answered yes, no or unknown."""
    items = read("rules/items.csv")
    folder.set("rules/items.csv", 9, "item", "pregnnt")
    assert refused(folder).startswith(
        "rules/items.csv, line 9, column “item”: “pregnnt” is not known; "
        f"allowed: one of {len(oracle.INPUTS)} known names. Did you mean “pregnant”?"
    )
    folder.write("rules/items.csv", [*items, ["trials", "age_group"]])
    assert f"rules/items.csv, line {len(items) + 1}, column “item”: “age_group” must list yes|no|unknown" in refused(
        folder
    )
    folder.write("rules/items.csv", [*items, items[-1]])
    assert f"line {len(items) + 1}, column “item”: “{items[-1][1]}” is already" in refused(folder)
    folder.write("rules/items.csv", [row for row in items if row[0] != "trials"])
    assert "column “checklist”: it has no items" in refused(folder)


@pytest.mark.parametrize("table", ["rules/start.csv", "rules/on.csv", "rules/cautions.csv"])
def test_every_misspelt_condition_is_refused(table, folder):
    """Each condition of each row, misspelt on either side of its equals sign, is named by line and word."""
    head, *rows = read(table)
    at = head.index("when")
    for side in (0, 1):
        expected = []
        for n, row in enumerate(rows, 2):
            pairs = conditions(row[at])
            expected += [(n, f"{(c, v[0])[side]}x") for c, v in pairs.items()]
            wrong = {c + "x": v for c, v in pairs.items()}, {c: [v[0] + "x"] for c, v in pairs.items()}
            folder.set(table, n, "when", when(wrong[side]))
        faults = refused(folder).splitlines()
        for n, word in expected:
            begins = f"{table}, line {n}, column “when”: “{word}” is not known; allowed: "
            assert any(x.startswith(begins) for x in faults), (n, word)


@pytest.mark.parametrize("name", [*LOADED, "references.bib"])
def test_a_missing_file_is_named(folder, name):
    """Without any one of its files the folder is refused, and the file is named alone."""
    (folder.path / name).unlink()
    message = refused(folder)
    assert message == f"{name}, line 1: the file is missing; restore it."


@pytest.mark.parametrize("name", LOADED)
def test_a_file_without_rows_is_refused(folder, name):
    """A file emptied to its heading would decide nobody: it is refused before anyone asks."""
    folder.write(name, read(name)[:1])
    assert refused(folder).startswith(f"{name}, line 2") and "has no rows" in refused(folder)
    (folder.path / name).write_text("")
    assert f"{name}, line 1, column “" in refused(folder)


@pytest.mark.parametrize("name", LOADED)
def test_a_missing_or_doubled_heading_is_refused(folder, name):
    """A file that lost its first, or gained a second copy of its first column is refused on line 1."""
    rows = read(name)
    folder.write(name, [row[1:] for row in rows])
    assert f"{name}, line 1, column “{rows[0][0]}”: the column is missing" in refused(folder)
    folder.write(name, [[*row, row[0]] for row in rows])
    assert f"{name}, line 1, column “{rows[0][0]}”: the column stands twice" in refused(folder)


def test_texts_that_an_answer_needs_cannot_be_left_out(folder):
    """Without its reasons, origins or sources a table is refused at load, not at the first patient."""
    file = "rules/start.csv"
    for column in ("because", "sources", "origin", "certainty", "level"):
        rows = read(file)
        at = rows[0].index(column)
        folder.write(file, [row[:at] + row[at + 1 :] for row in rows])
        assert f"{file}, line 1, column “{column}”: the column is missing" in refused(folder)


def test_a_ragged_row_is_refused_on_its_own_line(folder):
    """A comma too few or too many is named by line, and shifts no later line."""
    rows = read("rules/start.csv")
    folder.write("rules/start.csv", rows[:4] + [rows[4][:-2]] + rows[5:9] + [[*rows[9], "x"]] + rows[10:])
    lines = refused(folder).splitlines()
    assert [x.split(",")[1] for x in lines] == [" line 5", " line 10"]
    assert all("cells where the heading has" in x and "check the commas and the quotes" in x for x in lines)


def test_every_fault_is_named_at_once(folder):
    """Three faults in three files come in one message, so an author mends them in one go."""
    folder.set("rules/start.csv", 5, "when", "hard_stop=yse")
    folder.set("rules/cautions.csv", 3, "sources", "nobody2020")
    folder.set("rules/vocabulary.csv", 4, "changeable", "maybe")
    message = refused(folder)
    for words in (
        "rules/start.csv, line 5, column “when”",
        "rules/cautions.csv, line 3, column “sources”",
        "rules/vocabulary.csv, line 4, column “changeable”",
    ):
        assert words in message
    assert len(message.splitlines()) == 3


def test_an_unbroken_copy_loads_and_decides_alike(folder):
    """The copy these tests break is the real thing: unbroken it equals the package's own knowledge."""
    assert folder.load() == load() == default()
    assert Machine(folder.load()).decide(oracle.UNKNOWN, "book") == decide().to_dict()


def test_messages_have_no_python_in_them(folder):
    """What an author reads has no traceback words, class names or file paths."""
    for fault in CELLS:
        file, row, column, cell, _ = CELLS[fault]
        kept = read(file)
        folder.set(file, line_of(file, row), column, cell)
        message = refused(folder)
        assert not re.search(r"Error|None|Traceback|KeyError|\{|/tmp|\bdict\b", message), message
        folder.write(file, kept)

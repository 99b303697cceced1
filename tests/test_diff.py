"""``make diff`` says in words who is decided otherwise, and nothing where nobody is."""

import subprocess
from functools import cache

import pytest
from copies import Book, clean

from decision import what_if
from tools import diff

NOBODY = ["No vignette and no possible patient is decided otherwise."]


@cache
def before():
    """What the clean copy decides."""
    return diff.probe(clean())


def told(book):
    """The lines for a copy against the clean one."""
    return diff.compare(before(), diff.probe(book.root))


def test_a_flipped_condition_names_vignettes_and_counts_states(tmp_path):
    """A hold that no longer asks for an unknown plan: the person, the states before and after, and one of them."""
    book = Book(tmp_path)
    book.when("on.csv", "R-ON-HOLD.a", "risk_plan", "no")
    book.when("on.csv", "R-ON-CONT.b", "risk_plan", "yes|unknown")
    lines = told(book)
    assert "Vignette V20: Hold and reassess before, Continue with safeguards now." in lines
    states = [x for x in lines if x.startswith("On ketamine: ")]
    assert len(states) == 1 and "3 of 72,900 states go from “Hold and reassess” to “Continue with" in states[0]
    assert "For example: ketamine status: On ketamine now; " in states[0] and "agreed plan for what is" in states[0]
    assert not [x for x in lines if x.startswith("Not on")]
    assert "Row R-ON-HOLD.a of on.csv now asks for risk_plan=no and no longer asks for risk_plan=no|unknown." in lines


def test_a_reworded_reason_moves_nobody(tmp_path):
    """Nor do a citation, a question's wording or a reordered set of imports."""
    book = Book(tmp_path)
    book.cell("on.csv", "R-ON-HOLD.b", "because", "Otherwise said.")
    book.cell("start.csv", "R-HARD", "sources", "pfizer_pi")
    book.cell("vocabulary.csv", "pregnant", "question", "Is there a pregnancy?")
    book.seed("imports reordered")
    assert told(book) == NOBODY


def test_a_safeguard_that_no_longer_applies_is_named(tmp_path):
    """A change that moves no level still reaches people, and is told."""
    book = Book(tmp_path)
    book.write("safeguards.csv", [r for r in book.rows("safeguards.csv") if r["row"] != "R-SG-PSY"])
    lines = told(book)
    assert "Row R-SG-PSY of safeguards.csv is gone." in lines
    assert "Vignette V17, safeguards: now without shared_care_mental_health." in lines


def test_urgency_and_needed_questions_are_told(tmp_path):
    """An urgent flag that no vignette shows, and a question no longer needed."""
    book = Book(tmp_path)
    urgent = {"checklist": "urgent", "item": "acute_suicide_risk"}
    book.write("items.csv", [r for r in book.rows("items.csv") if r != urgent])
    book.cell("vocabulary.csv", "pregnant", "start", "–")
    lines = told(book)
    assert "The checklist urgent no longer holds acute_suicide_risk." in lines
    assert "The input pregnant, needed to start: always before, no now." in lines
    assert "Vignette V09, missing: now without pregnant." in lines


CHANGES = {  # what_if's words for a change, and the same change of a copy
    "a cell": (
        {"cells": {("start", "R-CRIT.c", "when"): "high_risk=yes risk_plan=no|yes"}},
        lambda b: b.cell("start.csv", "R-CRIT.c", "when", "high_risk=yes risk_plan=no|yes"),
    ),
    "a row out": (
        {"rows_out": {"start": ["R-CONSENT"]}},
        lambda b: b.write("start.csv", [r for r in b.rows("start.csv") if r["row"] != "R-CONSENT"]),
    ),
    "an item out": (
        {"items_out": {"hard_stop": ["pregnant"]}},
        lambda b: b.write(
            "items.csv", [r for r in b.rows("items.csv") if r != {"checklist": "hard_stop", "item": "pregnant"}]
        ),
    ),
    "an item in": (
        {"items_in": {"hard_stop": ["overdose_risk"]}},
        lambda b: b.write("items.csv", [*b.rows("items.csv"), {"checklist": "hard_stop", "item": "overdose_risk"}]),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_sees_the_changes_that_what_if_sees(name, tmp_path):
    """The same states, counted and told alike, and the same vignettes, checklists included."""
    change, edit = CHANGES[name]
    book = Book(tmp_path)
    edit(book)
    seen, tried = told(book), what_if(**change).moved()

    def who(lines):
        return {
            x.split(":")[0].split(",")[0].split(" goes ")[0].split(" cannot ")[0]
            for x in lines
            if x.startswith("Vignette")
        }

    moved = [x for x in tried if x.startswith(("Not on", "On ketamine"))]
    assert moved and [x for x in seen if x.startswith(("Not on", "On ketamine"))] == moved
    assert who(tried) and who(tried) <= who(seen)


def test_code_that_decides_otherwise_is_told(tmp_path):
    """Where not the tables but the code that reads them moved, no count of states is made up."""
    book = Book(tmp_path)
    other = {**before(), "digest": "0" * 64}
    assert any("The code that reads the tables decides otherwise" in x for x in diff.compare(other, before()))
    assert told(book) == NOBODY


def test_a_new_vignette_is_new(tmp_path):
    """And one that is gone is gone."""
    book = Book(tmp_path)
    book.seed("new vignette")
    assert told(book) == ["Vignette V99 is new."]
    assert diff.compare(diff.probe(book.root), before()) == ["Vignette V99 is gone."]


def test_the_command_compares_with_a_revision(tmp_path):
    """The working tree against a commit; a revision that does not exist, or has no such package, is named."""
    book = Book(tmp_path)

    def git(*words):
        command = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", *words]
        subprocess.run(command, cwd=book.root, check=True, capture_output=True)

    git("init", "-q")
    git("add", "README.md")
    git("commit", "-qm", "none")
    git("tag", "none")
    git("add", "decision")
    git("commit", "-qm", "base")
    code, said = book.run("tools.diff", "HEAD")
    assert (code, said) == (0, f"Decisions now, against HEAD:\n- {NOBODY[0]}\n")
    book.when("start.csv", "R-CONSENT", "capacity_and_consent", "no|unknown")
    code, said = book.run("tools.diff", "HEAD")
    assert code == 0 and "- Not on ketamine: " in said and "“Avoid ketamine”" in said
    code, said = book.run("tools.diff", "nowhere")
    assert code == 2 and "“nowhere” is not a revision" in said
    code, said = book.run("tools.diff", "none")
    assert code == 2 and "The package in none cannot be asked" in said and "Traceback" not in said


def test_a_package_that_does_not_load_is_said(tmp_path):
    """Instead of a comparison with half of it."""
    book = Book(tmp_path)
    book.when("start.csv", "R-HARD", "hard_stop", "maybe")
    with pytest.raises(SystemExit, match="does not load"):
        diff.probe(book.root)


def test_a_new_input_is_told_both_ways(tmp_path):
    """An input that only one of two books has: whom it moves there, and that it is new, or gone."""
    book = Book(tmp_path)
    book.sub("decision/knowledge/rules/vocabulary.csv", r"^pregnant,(.*)$", r"pregnant,\1\nnew_stop,\1")
    book.sub("decision/knowledge/rules/items.csv", r"^hard_stop,pregnant$", "hard_stop,pregnant\nhard_stop,new_stop")
    lines = told(book)
    assert any("from “May be considered by specialists” to “Avoid ketamine”" in x for x in lines), lines
    assert any("new_stop" in x for x in lines)
    back = diff.compare(diff.probe(book.root), before())
    assert any("from “Avoid ketamine” to “May be considered by specialists”" in x for x in back), back

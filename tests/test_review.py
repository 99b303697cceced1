"""A review names a person and a text, is shown, and lapses by itself when that text changes."""

import csv

import pytest
from copies import ROOT, Book, subjects

from book.review import told
from guard import check, review

PAGE = "chapters/risk.md"
APPROVE = ("guard.review", "--subject", PAGE, "--state", "Approved", "--by", "Ada Reader", "--role", "pain physician")


@pytest.fixture(scope="module")
def one_approved(tmp_path_factory):
    """A copy in which one chapter was approved; it is copied again and never changed."""
    book = Book(tmp_path_factory.mktemp("approved"))
    code, said = book.run(*APPROVE)
    assert code == 0 and said.startswith(f"Approved: {PAGE}, by Ada Reader, for text ")
    return book.root


@pytest.fixture
def approved(tmp_path, one_approved):
    """A copy in which one chapter was approved."""
    return Book(tmp_path, one_approved)


def state(book, subject=PAGE):
    """The state of a subject now."""
    return review.state(subject, subjects(book.root), book.root)


def test_everything_starts_at_submitted(tmp_path):
    """Every page and table of a copy without a record."""
    book = Book(tmp_path)
    (book.root / "guard/reviews/record.csv").unlink()
    code, said = book.run("guard.review")
    lines = said.splitlines()
    assert code == 0 and len(lines) > 35 and all(x.startswith("Submitted  ") for x in lines)


def test_a_review_is_recorded_and_shown(approved):
    """The row, the kept text, the list of states, and the check, which has nothing against it."""
    with (approved.root / "guard/reviews/record.csv").open(newline="", encoding="utf-8") as f:
        last = list(csv.DictReader(f))[-1]
    assert [last[k] for k in ("subject", "state", "by", "role")] == [PAGE, "Approved", "Ada Reader", "pain physician"]
    assert (approved.root / f"guard/reviews/{last['hash']}.txt").exists()
    assert state(approved)["state"] == "Approved"
    assert any(x.startswith(f"Approved     {PAGE}  Ada Reader, ") for x in approved.run("guard.review")[1].splitlines())
    assert review.changed_since(PAGE, subjects(approved.root), approved.root) == []
    assert approved.check()[0] == 0


CHANGES = {
    "the page": lambda b: b.sub(PAGE, r"^## Try it", "One more sentence.\n\n## Try it"),
    "a claim on it": lambda b: b.cell("claims.csv", "risk-sud", "finding", "Otherwise."),
    "a row that decides a claim on it": lambda b: b.cell("safeguards.csv", "R-SG-SUD", "because", "Otherwise."),
    "a row it prints": lambda b: b.cell("start.csv", "R-HARD", "certainty", "certain"),
    "a question it prints": lambda b: b.cell("vocabulary.csv", "raised_icp_or_iop", "why", "Otherwise."),
    "a checklist it prints": lambda b: b.cell("checklists.csv", "hard_stop", "meaning", "Otherwise."),
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_approval_lapses_when_what_was_approved_changes(approved, what):
    """And what changed since is shown, old and new."""
    CHANGES[what](approved)
    assert state(approved)["state"] == "Lapsed (approved for an earlier text)"
    changed = review.changed_since(PAGE, subjects(approved.root), approved.root)
    assert changed and all(x[:2] in ("- ", "+ ") for x in changed)
    wanted = "One more sentence." if what == "the page" else "certain" if "row it prints" in what else "Otherwise."
    assert any(x.startswith("+ ") and wanted in x for x in changed)


def test_an_approval_holds_when_something_else_changes(approved):
    """Another page, a row that this one does not print, the layout of this one."""
    approved.sub("chapters/page.md", r"\Z", "\nOne more sentence.\n")
    approved.cell("start.csv", "R-CONSENT", "certainty", "certain")  # of this table the page prints other rules
    approved.cell("monitoring.csv", "R-MON.c", "certainty", "certain")
    approved.sub(PAGE, r"\n\n## Try it", "\n\n\n\n## Try it")
    assert state(approved)["state"] == "Approved"


def test_a_table_is_approved_as_its_rows(tmp_path):
    """It lapses with a cell, and holds when only the quoting changes."""
    book = Book(tmp_path)
    assert book.run(*(x.replace(PAGE, "on.csv") for x in APPROVE))[0] == 0
    book.write("on.csv", book.rows("on.csv"), quoting=1)
    assert state(book, "on.csv")["state"] == "Approved"
    book.cell("on.csv", "R-ON-HOLD.b", "because", "Otherwise.")
    assert state(book, "on.csv")["state"].startswith("Lapsed")


def test_gaps_and_the_register_lapse_with_what_they_print(tmp_path):
    """Pages whose text is only a directive are approved for what it prints."""
    book = Book(tmp_path)
    for page in ("chapters/gaps.md", "chapters/claims.md", "chapters/panel.md"):
        assert book.run(*(x.replace(PAGE, page) for x in APPROVE))[0] == 0
    assert {state(book, f"chapters/{x}.md")["state"] for x in ("gaps", "claims", "panel")} == {"Approved"}
    book.cell("gaps.csv", "g05", "harm", "Otherwise.")
    book.cell("claims.csv", "provenance-last-updated", "book", "Otherwise.")
    book.cell("vocabulary.csv", "lost_stolen", "question", "Otherwise?")
    for x in ("gaps", "claims", "panel"):
        assert state(book, f"chapters/{x}.md")["state"].startswith("Lapsed"), x


def test_under_review_is_not_approved(tmp_path):
    """It is a state of its own, and nothing can have changed since an approval that never was."""
    book = Book(tmp_path)
    assert book.run(*("Under review" if x == "Approved" else x for x in APPROVE))[0] == 0
    assert state(book)["state"] == "Under review"
    CHANGES["the page"](book)
    assert state(book)["state"] == "Lapsed (under review for an earlier text)"
    assert review.changed_since(PAGE, subjects(book.root), book.root) == []


def test_a_review_needs_a_subject_a_state_and_a_person(tmp_path):
    """What is missing or does not exist is named, and nothing is written."""
    book = Book(tmp_path)
    before = book.read("guard/reviews/record.csv")
    code, said = book.run("guard.review", "--subject", "chapters/none.md", "--state", "Approved", "--by", "Ada Reader")
    assert code == 2 and "chapters/none.md" in said and PAGE in said
    code, said = book.run("guard.review", "--subject", PAGE, "--state", "Approved")
    assert code == 2 and "BY" in said
    assert book.read("guard/reviews/record.csv") == before


def test_a_changed_record_is_seen(approved):
    """Another name in the row, or another text behind it, fails the check."""
    kept = next((approved.root / "guard/reviews").glob("*.txt"))
    kept.write_text(kept.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    code, said = approved.check()
    assert code == 1 and "is not as make review wrote it" in said


def test_the_words_at_the_head_of_a_page_say_who_and_for_which_text():
    """Never more than was done: without a review it says so, and a lapsed one is not an approval."""
    none = {"state": "Submitted", "by": "", "role": "", "on": "", "hash": ""}
    one = {"state": "Approved", "by": "Ada Reader", "role": "pain physician", "on": "2026-11-22", "hash": "abc"}
    assert told(none) == "Not yet reviewed by a clinician."
    assert told(one) == "Approved by Ada Reader, pain physician, 2026-11-22, for text abc."
    lapsed = told({**one, "state": "Lapsed (approved for an earlier text)"})
    assert lapsed.startswith("Not reviewed by a clinician as it stands") and "Approved" not in lapsed


def test_the_record_of_the_book_is_whole():
    """Every recorded review is of something that exists, by a person, for a text that was kept."""
    assert check.check_reviews() == []
    with (ROOT / review.RECORD).open(newline="", encoding="utf-8") as f:
        assert review.FIELDS == csv.DictReader(f).fieldnames

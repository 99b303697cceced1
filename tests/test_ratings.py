"""Two ratings of every claim: agreement, kappa, and what was settled where they differ."""

import csv
import shutil
from datetime import date

import pytest

import decision
from book import facts, ratings
from decision import KNOWLEDGE
from guard.check import check_ratings


def pairs(table):
    """A square table of counts as pairs of words: the row is what the first rater said, the column the second."""
    return [(str(a), str(b)) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ([[20, 5], [10, 15]], 0.4),  # fifty proposals read by two readers: seen 0.7, by chance 0.5
        ([[45, 15], [25, 15]], 0.130435),  # the same agreement with other margins: seen 0.6, by chance 0.54
        ([[25, 35], [5, 35]], 0.259259),  # seen 0.6, by chance 0.46
        ([[3, 0, 0], [0, 3, 0], [0, 0, 3]], 1.0),
        ([[5, 5], [5, 5]], 0.0),  # no more than chance
        ([[0, 5], [5, 0]], -1.0),
        ([[7]], 1.0),  # one word only: no room for chance
    ],
)
def test_kappa_by_hand(table, kappa):
    """Worked examples, each also checked with a pencil."""
    assert ratings.kappa(pairs(table)) == pytest.approx(kappa, abs=1e-6)


def test_the_figures_of_the_book():
    """The two ratings of the register: agreement on verdict and on safety, as printed."""
    found = facts.numbers()
    assert (found["ratings-agree-verdict"], found["ratings-both"], found["ratings-kappa-verdict"]) == (47, 74, 0.39)
    assert (found["ratings-agree-safety"], found["ratings-kappa-safety"]) == (64, 0.51)
    both = [one for one in decision.ratings().values() if len(one) == 2]
    exact = ratings.kappa([tuple(r["unsafe"] for r in one.values()) for one in both])
    assert exact == pytest.approx(0.505, abs=5e-4)
    assert found["ratings-differ"] == len(decision.adjudications())


def rating(verdict, unsafe="no"):
    """A rating with only what is counted."""
    return {"verdict": verdict, "unsafe": unsafe}


def test_a_third_rater_is_rows_and_no_code():
    """It brings a figure for each new pair, a column of the table and a word on the card; a person is named."""
    rated = {
        "risk-sud": {"1": rating("supported"), "2": rating("supported"), "3": rating("qualified")},
        "risk-poor-adherence": {"1": rating("qualified"), "2": rating("supported", "yes"), "3": rating("qualified")},
    }
    found = ratings.numbers(rated)
    assert found["ratings-agree-verdict"] == found["ratings-agree-safety"] == 1  # the first pair, by its short name
    assert found["ratings-agree-verdict:1-3"] == 1 and found["ratings-agree-verdict:2-3"] == 0
    assert found["ratings-differ"] == found["ratings-claims"] == found["ratings-both:1-3"] == 2
    settled = {c: {**rating("qualified"), "kind": "judgement", "why": "A reason."} for c in rated}
    head, rows = ratings.table(rated, settled)
    assert head[1:5] == ["First", "Second", "Third", "Settled"] and len(rows) == 2
    told = ratings.line(rated["risk-sud"], settled["risk-sud"])
    assert told.startswith("**Three machine ratings, no clinician yet:** the first, supported;")
    assert told.endswith("the third, true with qualifications; settled: true with qualifications. A reason.")
    named = {"1": rating("supported"), "2": rating("supported"), "Ada Reader": rating("supported")}
    assert ratings.line(named, {}) == "**Two machine ratings and Ada Reader:** all say supported."


def test_a_card_says_who_rated():
    """Both, one, or each with what was settled, in plain words."""
    one = {"1": rating("not-verifiable")}
    assert ratings.line(one, {}) == "**One machine rating, no clinician yet:** not verifiable."
    both = {"1": rating("contradicted", "yes"), "2": rating("contradicted", "yes")}
    assert "no clinician yet:** both say contradicted, unsafe as written." in ratings.line(both, {})


@pytest.fixture
def folder(tmp_path):
    """A copy of the knowledge that a test may damage."""
    return shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")


def change(folder, name, edit):
    """Edit the rows of a register file in place."""
    path = folder / f"register/{name}.csv"
    with path.open(newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    heading = list(rows[0])
    rows = edit(rows) or rows
    with path.open("w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, heading)
        out.writeheader()
        out.writerows(rows)


def test_the_register_stands(folder):
    """As it is there is nothing to report."""
    assert check_ratings(folder) == []


@pytest.mark.parametrize(
    ("name", "edit", "place", "words"),
    [
        ("adjudication", lambda rows: rows[1:], "ratings.csv:3", "nothing settles it"),
        ("adjudication", lambda rows: rows[0].update(verdict="supported"), "adjudication.csv:2", "in claims.csv"),
        ("adjudication", lambda rows: rows[0].update(unsafe="yes"), "adjudication.csv:2", "in claims.csv"),
        ("adjudication", lambda rows: rows[0].update(claim="risk-sudd"), "adjudication.csv:2", "“risk-sudd” does not"),
        ("ratings", lambda rows: rows[0].update(verdict="suported"), "ratings.csv:2", "“suported” does not exist"),
        ("ratings", lambda rows: rows[0].update(claim="no-such"), "ratings.csv:2", "“no-such” does not exist"),
        ("ratings", lambda rows: rows[0].update(unsafe="perhaps"), "ratings.csv:2", "“perhaps” does not exist"),
        ("ratings", lambda rows: rows[1].update(rater="1"), "ratings.csv:3", "has rated provenance-board-reviewed"),
        ("ratings", lambda rows: [r.update(verdict="qualified") for r in rows[2:4]][:0], "ratings.csv:4", "another"),
        ("ratings", lambda rows: [*rows, {**rows[2], "rater": "3", "unsafe": "yes"}], "ratings.csv:", "settles"),
    ],
)  # fmt: skip
def test_what_is_missing_or_misnamed_is_reported(folder, name, edit, place, words):
    """With file, line, what is wrong and what to do."""
    change(folder, name, edit)
    found = [x for x in check_ratings(folder) if place in x and words in x]
    assert found and all(x.startswith("decision/knowledge/register/") and "\n    " in x for x in found)


def test_a_source_past_its_own_review_date_says_so():
    """A year is past when it is over, a day when it is over; a source without a date is left alone."""
    year = {"review_due": "2023"}
    assert facts.past_due(year, date(2026, 11, 28)) == facts.past_due(year, date(2024, 1, 1))
    assert facts.past_due(year, date(2024, 1, 1)) == "Past its own review date (2023)."
    assert facts.past_due(year, date(2023, 12, 31)) == facts.past_due({}, date(2026, 11, 28)) == ""
    day = {"review_due": "2026-05-01"}
    assert facts.past_due(day, date(2026, 5, 2)) and not facts.past_due(day, date(2026, 5, 1))
    assert decision.sources()["cohen2018"]["review_due"] == "2023"

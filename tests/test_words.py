"""What is said, and how: no dose, no label for a person, no recommendation, in any text that can be shown."""

import re

import oracle
import pytest
from folder import FILES, read, rows
from hypothesis import given, settings
from people import BANNED, DOSE, patient, people, without_quotations

from decision import NOTICE, decide
from decision.api import machine

NOT_SAID = {  # columns that name things and are never read out
    "row",
    "when",
    "claims",
    "sources",
    "id",
    "cautions",
    "item",
    "checklist",
    "precedence",
    "used_on",
    "rank",
    "path",
    "changeable",
    "values",
    "group",
    "start",
    "on",
    "reassuring",
}
SPOKEN = [file for file in FILES if file.startswith("rules/")]
TEXTS = [
    (file, n, column, cell)
    for file in SPOKEN
    for n, row in enumerate(rows(file), 2)
    for column, cell in row.items()
    if column not in NOT_SAID
]
RECOMMENDS = re.compile(r"recommend|first.?line|prefer|indicated|\bsafe\b|approved?", re.I)


def faults(texts, pattern):
    """Where the pattern stands in a text, outside marked quotations."""
    return [
        (file, n, column, found[0])
        for file, n, column, text in texts
        if (found := pattern.search(without_quotations(text)))
    ]


def test_every_table_is_looked_at():
    """The texts below come from every file with words in it, and hold every string that the machine can print."""
    assert {file for file, *_ in TEXTS} == set(SPOKEN) - {"rules/items.csv"}
    assert set(NOT_SAID) <= {column for file in SPOKEN for column in read(file)[0]}
    seen = {cell for *_, cell in TEXTS} | {label for *_, cell in TEXTS for label in cell.split("|")}
    m = machine()
    for table in m.rows.values():
        assert {row["because"] for row in table} | {row["certainty"] for row in table} <= seen
        assert {row[c] for row in table for c in ("title", "next", "fit") if c in row} <= seen
    assert {x["name"] for x in m.model["levels"]} | {x["meaning"] for x in m.model["levels"]} <= seen
    for i in m.inputs.values():
        assert {i["label"], i["short"], i["question"], i["why"], i["next"], *i["value_labels"]} <= seen


def test_the_notice_says_what_the_book_is_not():
    """Education only, no advice, not reviewed, no dose: under every answer stand these words."""
    assert NOTICE == (
        "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given."
    )


def test_the_nets_catch_what_they_should():
    """The two patterns find planted doses and labels, and let ordinary words through."""
    for text in (
        "40 mg",
        "0.5 mg/kg",
        "40-60 mg/24 h",
        "100mcg",
        "5 mL",
        "0.1 mg/kg/h",
        "20 milligrams",
        "2 g",
        "1/h",
        "3 µg",
    ):
        assert DOSE.search(text), text
    for text in ("18 or over", "CRPS type 1", "August 2025", "and/or", "PEG", "three sessions"):
        assert not DOSE.search(text), text
    for text in (
        "an addict",
        "drug-seeker",
        "drug seeking",
        "non-compliant",
        "noncompliance",
        "abusers",
        "pseudoaddiction",
    ):
        assert BANNED.search(text), text
    for text in ("addiction medicine", "misuse", "use disorder", "seek help", "“drug-seeking”"):
        assert not BANNED.search(without_quotations(text)), text


def test_no_text_has_a_dose():
    """Not even inside a quotation: digits with a unit, or an amount by weight or by time."""
    assert [t for t in TEXTS if DOSE.search(t[3])] == []


def test_no_text_labels_a_person():
    """Outside “ ” no table has a term that the book bans."""
    assert faults(TEXTS, BANNED) == []


def test_no_level_recommends():
    """No level, by id or name, recommends, prefers, approves or calls ketamine first-line."""
    for row in machine().model["levels"]:
        assert not RECOMMENDS.search(f"{row['level'].replace('_', ' ')} {row['name']}"), row
        assert "to recommend" not in row["meaning"].replace("To consider is not to recommend.", "")
    assert {row["level"] for row in machine().model["levels"]} == {
        *oracle.RANKS["start"],
        *oracle.RANKS["on"],
        "ARTICLE_MAY_BE_CONSIDERED",
        "ARTICLE_DOES_NOT_SAY",
    }


@given(people())
@settings(max_examples=300)
def test_no_answer_has_a_dose_a_label_or_a_recommendation(case):
    """The printed answer of random people, in both readings, with its headline and the notice that it is education."""
    for reading in ("book", "article"):
        d = decide(case, reading=reading)
        text = str(d)
        assert text.splitlines().count(d.headline) == 1 and not re.search("recommend|first.line option", d.headline)
        assert not DOSE.search(text), patient(case)
        assert not BANNED.search(without_quotations(text)), patient(case)
        assert not re.search(r"ketamine is (recommended|safe|indicated|first)", text, re.I), patient(case)
        assert text.endswith(NOTICE)
        assert ("ARTICLE READING, for learning only" in text) == (reading == "article")
        assert text.startswith("URGENT") == decide(case).urgent


@pytest.mark.parametrize("base", [oracle.GOOD_START, oracle.GOOD_ON, oracle.UNKNOWN], ids=["start", "on", "unknown"])
def test_every_answer_one_step_away_is_clean_and_says_its_level(base):
    """Each input at each value: the text is clean, names its level and every item's rule."""
    for i in oracle.INPUTS:
        for value in oracle.VALUES[i]:
            d = decide({**base, i: value})
            text = str(d)
            assert f"[{d.level}]" in text and d.level_name in text
            assert not DOSE.search(text) and not BANNED.search(without_quotations(text)), patient(d.case)
            lists = (d.reasons, d.alternatives, d.safeguards, d.cautions, d.notes, d.monitoring, d.other_care)
            for item in (x for found in lists for x in found):
                assert item.text in text and f"[{item.rule}]" in text
            for x in d.missing:
                assert f"- {machine().inputs[x]['label']}" in text

"""Evidence a clinician can check: everything cites, every source says how it was seen, every gap is answered."""

import re
from collections import Counter
from pathlib import Path

import pytest
from folder import Folder, read, rows
from pybtex.database import parse_file

from decision import KNOWLEDGE, case_of, decide, disagreements, gaps, inputs, register, sources
from decision.api import machine
from decision.reader import split

SEEN = ("Read in full", "Read in part", "Seen second-hand", "From memory, unverified")
SPECIFICATION = (KNOWLEDGE.parent / "SPECIFICATION.md").read_text(encoding="utf-8")
GAPS = [f"g{int(n):02d}" for n in re.findall(r"^\| (\d+) \|", SPECIFICATION, re.M)]  # its section 1 has a row for each
INSTRUMENTS = {  # questionnaires and scores that the book prints or names
    "ort",
    "comm",
    "soapp",
    "dast",
    "audit",
    "phq",
    "gad",
    "cadss",
    "bprs",
    "peg",
    "score",
    "scale",
    "questionnaire",
}
POINTS = {  # the points that the book set out to show, each by a word of its title
    "benzodiazepine",
    "figure",
    "objective",
    "under-treated",
    "paracetamol",
    "gabapentin",
    "tricyclic",
    "take home",
    "urine",
    "history",
    "contraindication",
    "regional pain",
    "withdrawal",
    "benefit",
}


ENTRIES = parse_file(str(KNOWLEDGE / "references.bib")).entries
LISTS = [
    *(f"rules/{name}.csv" for name in ("vocabulary", *machine().rows)),
    *(f"register/{name}.csv" for name in ("claims", "gaps", "disagreements")),
]


@pytest.mark.parametrize("name", LISTS)
def test_every_row_cites_keys_that_resolve(name):
    """Each row of each table, and each claim, gap and disagreement, names a claim or a source that exists."""
    ids = {c["id"] for c in rows("register/claims.csv")}
    for n, row in enumerate(rows(name), 2):
        cited, claims = split(row["sources"]), split(row.get("claims", ""))
        assert cited + claims, f"{name}:{n} cites nothing"
        assert not set(cited) - set(ENTRIES), f"{name}:{n}"
        assert not set(claims) - ids, f"{name}:{n}"


def test_every_file_that_can_cite_is_looked_at():
    """The list above holds each file with a column of sources, so that a new one is not passed over."""
    files = [p.relative_to(KNOWLEDGE).as_posix() for p in KNOWLEDGE.glob("*/*.csv")]
    assert sorted(LISTS) == sorted(f for f in files if "sources" in read(f)[0])


def test_the_package_and_the_list_of_sources_see_the_same_entries():
    """``sources()`` has the keys, in the order of the file, and the fields that pybtex reads there."""
    assert list(sources()) == list(ENTRIES)
    for key, entry in ENTRIES.items():
        assert {k: v for k, v in sources()[key].items() if k != "line"} == dict(entry.fields)


@pytest.mark.parametrize("key", ENTRIES)
def test_every_source_says_how_it_was_seen(key):
    """An entry has a title and a year, and its printed note begins with how it was seen and when."""
    e = ENTRIES[key].fields
    assert e["title"] and e["year"]
    assert e["note"].startswith(SEEN)
    assert "2026" in e["note"] or e["note"].startswith("From memory")
    assert e["annote"], "where it was read and the passage relied on"


def used() -> set[str]:
    """The keys that any row or page relies on."""
    keys = {k for name in LISTS for row in rows(name) for k in split(row["sources"])}
    text = "".join(p.read_text(encoding="utf-8") for p in Path(__file__).parents[1].glob("chapters/*.md"))
    return keys | {k for k in ENTRIES if f"`{k}`" in text or f"`{k}," in text or f",{k}" in text}


def test_four_fifths_of_the_sources_used_were_read_at_least_in_part():
    """Second-hand and remembered sources are the exception."""
    seen = Counter(ENTRIES[k].fields["note"].startswith(("Read in full", "Read in part")) for k in used())
    assert seen[True] / (seen[True] + seen[False]) >= 0.8


def test_every_gap_has_an_answer_and_a_patient():
    """Each of the safety gaps has rules or a stated reason for none, and a patient whose level is as promised."""
    assert list(gaps()) == GAPS and GAPS[0] == "g01"
    rules = {r["row"] for table in machine().rows.values() for r in table}
    rules |= {r.split(".")[0] for r in rules}
    for name, g in gaps().items():
        named = split(g["rows"])
        assert bool(named) != bool(g["reason_for_none"]), name
        assert set(named) <= rules, name
        assert decide(case_of(g["base"], g["case"])).level == g["expect"], name


def test_every_disagreement_names_its_voices():
    """Each point gives the article, at least one other voice, the book's choice, why, and how certain it is."""
    titles = " ".join(d["title"].lower() for d in disagreements().values())
    assert not {p for p in POINTS if p not in titles}
    for name, d in disagreements().items():
        assert d["article"] and d["book"] and d["why"] and d["certainty"], name
        assert d["label"] or d["guidelines"] or d["studies"], name
        assert decide(case_of(d["base"], d["case"])).level, name


def test_the_register_names_nothing_that_does_not_exist():
    """Claims, sources, rows and cases that vignettes, gaps and disagreements name are all there."""
    assert register.faults() == []


def questionnaires(asked):
    """The inputs that ask for the result of a questionnaire, or whose answer is a number."""
    out = []
    for name, i in asked.items():
        words = re.findall(r"[a-z]+", f"{name} {i['label']}".replace("_", " ").lower())
        if INSTRUMENTS & set(words) or any(v[0].isdigit() for v in i["values"]):
            out.append(name)
    return out


def test_instruments_can_never_loosen_a_decision(tmp_path):
    """No questionnaire is an input and no answer is a score, so none can open a door; one planted is found."""
    assert questionnaires(inputs()) == []
    folder = Folder(tmp_path)
    head, *asked = read("rules/vocabulary.csv")
    like = dict(zip(head, asked[-1], strict=True))
    scored = {**like, "id": "ort_score"}
    counted = {**like, "id": "pain_today", "values": "0-3|4-10|unknown"}
    folder.write("rules/vocabulary.csv", [head, *asked, list(scored.values()), list(counted.values())])
    assert questionnaires(folder.machine().inputs) == ["ort_score", "pain_today"]

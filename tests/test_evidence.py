"""Evidence a clinician can check: everything cites, every source says how it was seen, every gap is answered."""

import re
from collections import Counter
from pathlib import Path

import pytest
from folder import Folder, conditions, read, rows
from pybtex.database import parse_file

from decision import (
    KNOWLEDGE,
    KnowledgeError,
    case_of,
    claims,
    decide,
    disagreements,
    gaps,
    inputs,
    ratings,
    register,
    sources,
)
from decision.api import machine
from decision.reader import split

ROOT = Path(__file__).parents[1]
SEEN = ("Read in full", "Read in part", "Seen second-hand", "From memory, unverified")
SPECIFICATION = (KNOWLEDGE.parent / "SPECIFICATION.md").read_text(encoding="utf-8")
GAPS = [f"g{int(n):02d}" for n in re.findall(r"^\| (\d+) \|", SPECIFICATION, re.M)]  # its section 1 has a row for each
SECOND = {  # what the second edition asks besides (section 7), each as the gap after those
    "g30": "past_ketamine_harm",
    "g31": "abnormal_lfts",
    "g32": "mental_state_steady",
    "g33": "psychiatric_treatment",
    "g34": "pain_type",
    "g35": "respiratory",
}
OF_INPUTS = {"start": {"R-HARD"}, "on": {"R-ON-STOP", "R-ON-DISC.a"}}  # these rest on the inputs that matched
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
    "liver and urinary",
    "topical",
    "mania",
    "depression",
    "duloxetine",
    "capsaicin",
    "behaviours",
    "other medicines",
}


ENTRIES = parse_file(str(KNOWLEDGE / "references.bib")).entries
LISTS = [
    *(f"rules/{name}.csv" for name in ("vocabulary", "readings", *machine().rows)),
    *(f"register/{name}.csv" for name in ("claims", "gaps", "disagreements", "findings", "evidence")),
]


@pytest.mark.parametrize("name", LISTS)
def test_every_row_cites_keys_that_resolve(name):
    """Each row, claim, gap, disagreement and finding names a claim or a source that exists, or leaves it to inputs."""
    ids = {c["id"] for c in rows("register/claims.csv")}
    left_to_inputs = OF_INPUTS.get(name.split("/")[1].removesuffix(".csv"), set())
    for n, row in enumerate(rows(name), 2):
        cited, claims = split(row["sources"]), split(row.get("claims", ""))
        assert bool(cited + claims) != (row.get("row") in left_to_inputs), f"{name}:{n} cites nothing, or twice over"
        assert not set(cited) - set(ENTRIES), f"{name}:{n}"
        assert not set(claims) - ids, f"{name}:{n}"


@pytest.mark.parametrize("table", OF_INPUTS)
def test_what_stops_is_cited_by_the_inputs_that_matched(table):
    """Rows without a claim, a source or a certainty are those of hard stops, and each item on their list has all three.

    A reason is then cited from what is present in this person, and says how certain that is.
    """
    asked = {row["id"]: row for row in rows("rules/vocabulary.csv")}
    silent = [row for row in rows(f"rules/{table}.csv") if row["certainty"] == "–"]
    assert {row["row"] for row in silent} == OF_INPUTS[table]
    for row in silent:
        assert split(row["claims"]) == split(row["sources"]) == []
        (fold, values), *more = conditions(row["when"]).items()
        items = [x["item"] for x in rows("rules/items.csv") if x["checklist"] == fold]
        assert values == ["yes"] and not more and items
        for i in items:
            assert split(asked[i]["claims"]) and split(asked[i]["sources"]) and asked[i]["certainty"] != "–", i
            reason = decide({**case_of(table), i: "yes"}).reasons[0]
            assert reason.row == row["row"]
            assert (reason.claims, reason.sources) == (split(asked[i]["claims"]), split(asked[i]["sources"])), i
            assert reason.certainty == asked[i]["certainty"] and reason.text.endswith(asked[i]["why"]), i


def test_only_a_row_with_conditions_may_leave_its_citations_to_them(tmp_path):
    """A row that holds for everyone, or that states how certain it is, is refused when it cites nothing."""
    folder = Folder(tmp_path)
    for file, row, certainty in (("rules/start.csv", "R-CONSENT", ""), ("rules/other_care.csv", "R-CARE-DIAG", "–")):
        line = 2 + [x["row"] for x in rows(file)].index(row)
        for column in ("claims", "sources"):
            folder.set(file, line, column, "–")
        if certainty:
            folder.set(file, line, "certainty", certainty)
        with pytest.raises(KnowledgeError, match=rf"{file}, line {line}, column “sources”: the row cites nothing"):
            folder.load()
        folder.write(file, read(file))


def test_every_claim_is_used_or_says_why_not_and_was_rated():
    """All claims of the article: a row or a question cites each, or its reason stands there; and each has a rating."""
    rules = machine().rows.values()
    used = {c for table in rules for row in table for c in row["claims"]}
    used |= {c for i in inputs().values() for c in i["claims"]}
    assert {name for name, c in claims().items() if not c["undecidable"]} <= used <= set(claims())
    assert list(ratings()) == list(claims()) and all(ratings().values())
    sections = Counter(c["section"] for c in claims().values())
    text = {s: (ROOT / f"chapters/{s}.md").read_text(encoding="utf-8") for s in sections}
    for name, c in claims().items():
        assert len(re.findall(rf"{{claim}}`[^`]*<{name}>`", text[c["section"]])) == 1, name


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
    text = "".join(p.read_text(encoding="utf-8") for p in ROOT.glob("chapters/*.md"))
    return keys | {k for k in ENTRIES if f"`{k}`" in text or f"`{k}," in text or f",{k}" in text}


def test_four_fifths_of_the_sources_used_were_read_at_least_in_part():
    """Second-hand and remembered sources are the exception."""
    seen = Counter(ENTRIES[k].fields["note"].startswith(("Read in full", "Read in part")) for k in used())
    assert seen[True] / (seen[True] + seen[False]) >= 0.8


def test_every_gap_has_an_answer_and_a_patient():
    """Each of the safety gaps has rules or a stated reason for none, and a patient whose level is as promised."""
    assert list(gaps()) == [*GAPS, *SECOND] == [f"g{n:02d}" for n in range(1, len(gaps()) + 1)]
    rules = {r["row"] for table in machine().rows.values() for r in table}
    rules |= {r.split(".")[0] for r in rules}
    for name, g in gaps().items():
        named = split(g["rows"])
        assert bool(named) != bool(g["reason_for_none"]), name
        assert set(named) <= rules, name
        assert decide(case_of(g["base"], g["case"])).level == g["expect"], name


@pytest.mark.parametrize("name", SECOND)
def test_a_gap_of_the_second_edition_is_about_what_was_added(name):
    """What it adds is marked (2) in the specification, and is what the patient brings or what the book then shows."""
    word, gap = SECOND[name], gaps()[name]
    assert any(word in line and "(2" in line for line in SPECIFICATION.splitlines())
    case = case_of(gap["base"], gap["case"])
    d, before = decide(case), decide(case_of(gap["base"]))
    if word == "pain_type":  # no level changes: the options do
        kinds = [decide({**case, word: kind}) for kind in inputs()[word]["values"]]
        assert {x.level for x in kinds} == {d.level}
        assert len({tuple(x.fit for x in d.alternatives) for d in kinds}) > 2
    elif word == "respiratory":  # no level changes: the cautions do
        assert d.level == before.level
        assert word in {c.id for c in d.cautions} - {c.id for c in before.cautions}
    else:
        assert word in gap["case"] and d.rank < before.rank


def test_every_disagreement_names_its_voices():
    """Each point gives the article, at least one other voice, the book's choice, why, and how certain it is."""
    assert list(disagreements()) == [f"d{n:02d}" for n in range(1, len(POINTS) + 1)]
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
    like = next(x for row in asked if (x := dict(zip(head, row, strict=True)))["values"] == "yes|no|unknown")
    scored = {**like, "id": "ort_score"}
    counted = {**like, "id": "pain_today", "values": "0-3|4-10|unknown", "reassuring": "–"}
    folder.write("rules/vocabulary.csv", [head, *asked, list(scored.values()), list(counted.values())])
    assert questionnaires(folder.machine().inputs) == ["ort_score", "pain_today"]

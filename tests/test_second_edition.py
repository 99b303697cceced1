"""What the second edition of the model promises, each promise tried: published patients, stops, headlines, options."""

import json
import random
import re
from itertools import combinations
from pathlib import Path

import oracle
import pandas as pd
import pytest
from folder import Folder, conditions, rows
from oracle import ADULT, GOOD_ON, GOOD_START, INPUTS, UNKNOWN, VALUES

from decision import decide, decide_frame, inputs
from decision.api import machine
from decision.reader import KnowledgeError

PATIENTS = json.loads((Path(__file__).parent / "help/patients.json").read_text(encoding="utf-8"))["patients"]
NAMED = {i for p in PATIENTS for i in p["inputs"]}
for p in PATIENTS:  # who was asked nearly everything has no hazard that was added since
    if len(p["inputs"]) > 40:
        p["inputs"].update({i: "no" for i in INPUTS if i not in NAMED and GOOD_START[i] == "no"})
OPTIONS = ["acetaminophen", "nsaid", "gabapentinoid", "snri", "tca", "topical", "exercise", "psychological"]
BASE = {"start": GOOD_START, "on": GOOD_ON}
STOPS = [("start", "R-HARD", i) for i in oracle.START_STOPS]
STOPS += [("on", "R-ON-STOP", i) for i in oracle.ON_STOPS] + [("on", "R-ON-DISC", i) for i in oracle.ON_ENDS]


def people(seed, count, **given):
    """Seeded people: near a good start or course, hardly known, or anyone; with some answers given."""
    draw = random.Random(seed)
    for n in range(count):
        if n % 4 == 3:
            case = {i: draw.choice(VALUES[i]) for i in INPUTS}
        else:
            case = {**(GOOD_START, GOOD_ON, UNKNOWN)[n % 4]}
            case.update({i: draw.choice(VALUES[i]) for i in draw.sample(INPUTS, draw.randint(0, 8))})
        yield {**case, **given}


def told(d):
    """Every word of an answer: as a note, and every text in it."""
    return "\n".join([str(d), d.headline, json.dumps(d.to_dict(), ensure_ascii=False)]).lower()


def of(items, ident):
    """The item with this id, or None."""
    return next((x for x in items if x.id == ident), None)


# ---- published patients


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda p: p["id"])
def test_a_published_patient_gets_what_a_careful_reader_expects(patient):
    """Level, urgency and cautions are those expected, a wanted word is there, and a banned one is not."""
    d = decide(patient["inputs"])
    assert (d.level, d.urgent) == (patient["level"], patient["urgent"]), patient["summary"]
    assert set(patient["want_cautions"]) <= {x.id for x in d.cautions}, patient["summary"]

    def plain(text):
        return text.replace("-", " ").lower()

    said = plain(str(d))
    assert not patient["want_text"] or any(plain(x) in said for x in patient["want_text"]), patient["summary"]
    assert not [x for x in patient["ban_text"] if plain(x) in said], patient["summary"]


def test_the_published_patients_are_53_and_agree_with_their_summaries():
    """None is lost, each has its own id, and the age in words is the age group that was entered."""
    assert len(PATIENTS) == len({p["id"] for p in PATIENTS}) == 53
    assert {p["level"] for p in PATIENTS} == {*oracle.RANKS["start"], *oracle.RANKS["on"]}
    for p in PATIENTS:
        if age := re.search(r"\b(?:of|to) (\d\d)\b", p["summary"]):
            n = int(age[1])
            group = "minor" if n < 18 else "young_adult" if n < 25 else "adult" if n < 65 else "older_adult"
            assert p["inputs"]["age_group"] == group, p


# ---- what stops is cited, and nothing else


@pytest.mark.parametrize("path, rule, i", STOPS)
def test_a_stop_is_cited_from_its_own_input_and_from_no_other(path, rule, i):
    """One hard input at yes: claims, sources and certainty of the reason are those of that input, in words too."""
    d = decide({**BASE[path], i: "yes"})
    reason, given = d.reasons[0], inputs()[i]
    assert reason.rule == rule and reason.because_of == [[i, "yes"]]
    assert (reason.claims, reason.sources) == (given["claims"], given["sources"])
    assert reason.certainty == given["certainty"] != "–"
    assert given["why"] in reason.text and given["label"] in reason.text.lower() + reason.text
    others = {x for _, _, x in STOPS} - {i}
    assert not [x for x in others if inputs()[x]["why"] in reason.text]


@pytest.mark.parametrize("path, rule", sorted({(path, rule) for path, rule, _ in STOPS}))
def test_two_stops_are_cited_from_both(path, rule):
    """Every pair of hard inputs of a rule: the reason rests on both, on each once, and on no third."""
    mine = [i for p, r, i in STOPS if (p, r) == (path, rule)]
    for pair in combinations(mine, 2):
        reason = decide({**BASE[path], **dict.fromkeys(pair, "yes")}).reasons[0]
        assert reason.rule == rule and {i for i, _ in reason.because_of} == set(pair)
        for key in ("claims", "sources"):
            found = getattr(reason, key)
            assert len(set(found)) == len(found)
            assert set(found) == {x for i in pair for x in inputs()[i][key]}, (pair, key)
        sure = {inputs()[i]["certainty"] for i in pair}
        assert sorted(reason.certainty) == sorted("; ".join(sure)) and all(x in reason.certainty for x in sure)
        assert all(inputs()[i]["why"] in reason.text for i in pair)


def test_on_treatment_a_stop_today_does_not_borrow_from_a_planned_one():
    """Psychosis and pregnancy together: the stop rests on psychosis alone, and the planned end comes second."""
    d = decide({**GOOD_ON, "active_psychosis_or_mania": "yes", "pregnant": "yes"})
    assert d.level == "STOP_AND_ESCALATE"
    assert [x.because_of for x in d.reasons] == [[["active_psychosis_or_mania", "yes"]], [["pregnant", "yes"]]]
    assert d.reasons[0].sources == inputs()["active_psychosis_or_mania"]["sources"]


def test_what_reassures_is_no_reason_to_be_cited():
    """Where all is well the reason rests on its row alone; a worry that was taken into account adds its own."""
    for base, table, row in ((GOOD_START, "start", "R-CONS.a"), (GOOD_ON, "on", "R-ON-CONT.a")):
        reason = decide(base).reasons[0]
        written = next(x for x in rows(f"rules/{table}.csv") if x["row"] == row)
        assert (reason.row, reason.text, "; ".join(reason.claims)) == (row, written["because"], written["claims"])
        assert "; ".join(reason.sources) == written["sources"] and reason.certainty == written["certainty"]
    seen = decide({**GOOD_ON, "taking_more": "yes"}).reasons[0]
    assert inputs()["taking_more"]["why"] in seen.text and inputs()["taking_more"]["claims"][0] in seen.claims


# ---- the headline

HEADLINES = [  # changes to a base, how it begins, what else it says, what it must not say
    ("start", "pregnant=yes", "Avoid ketamine: pregnancy.", ["maternity"], ["not known"]),
    (
        "start",
        "bp_rise_hazard=yes",
        "Avoid ketamine: hazard from a rise in blood pressure.",
        ["looked after first"],
        [],
    ),
    ("start", "capacity_and_consent=no", "Avoid ketamine: no capacity", ["supported to decide"], ["hazard"]),
    (
        "start",
        "acute_suicide_risk=yes",
        "Urgent. Avoid ketamine: acute suicide risk.",
        ["Get help today"],
        ["Pain care"],
    ),
    (
        *("start", "age_group=minor acute_intoxication_or_cns_depression=yes", "Urgent: acute intoxication"),
        *(["Outside this model: under 18", "Call emergency services", "paediatric pain service"], ["Avoid"]),
    ),
    ("start", "nonpharmacological_tried=no", "Alternatives first: no fair trial of non-drug", ["options below"], []),
    ("start", "pregnant=unknown", "Not yet, questions are open: pregnancy not known.", ["asked next"], ["capacity"]),
    (
        *("start", "psychiatric_comorbidity=yes", "May be considered by specialists:"),
        *(
            ["in place. Taken into account: psychiatric comorbidity.", "all meet to talk over"],
            ["not known", "recommend"],
        ),
    ),
    (
        "start",
        "setting=psychiatric_treatment",
        "Outside this model:",
        ["psychiatric condition", "psychiatric team"],
        [],
    ),
    (
        "on",
        "raised_icp_or_iop=yes",
        "Stop and get help today: raised pressure",
        ["no more ketamine", "same day"],
        ["aper"],
    ),
    ("on", "functional_benefit=no", "Plan a supported stop: no functional benefit.", ["with the person"], []),
    (
        *(
            "on",
            "early_refill=unknown taking_more=yes risk_plan=no",
            "Hold and reassess: took more than prescribed and no",
        ),
        *(["look for the causes"], ["not known", "earlier than planned"]),
    ),
    ("on", "abnormal_lfts=unknown", "Hold and reassess: unexplained abnormal liver tests not known.", ["find out"], []),
    ("on", "", "Continue with safeguards: functional benefit", ["in place.", "end date"], ["not known"]),
]


@pytest.mark.parametrize("base, pairs, begins, says, never", HEADLINES)
def test_headlines_written_by_hand(base, pairs, begins, says, never):
    """The level, the deciding fact by name and the next step, as a person would write them."""
    line = decide({**BASE[base], **{i: v for i, (v,) in conditions(pairs or "–").items()}}).headline
    assert line.startswith(begins), line
    assert not [x for x in says if x not in line] and not [x for x in never if x in line], line


def named(line, names):
    """Those of the inputs whose label, or the label of one of their values, stands in a line."""
    words = {i: [inputs()[i]["label"], *inputs()[i]["value_labels"]] for i in names}
    plain = ("yes", "no", "not known")
    return [i for i, said in words.items() if any(x.lower() in line.lower() and x.lower() not in plain for x in said)]


def deciders(case):
    """Inputs of which the headline has to name at least one, by the specification."""
    level, rule = oracle.verdict(case)
    if rule == "R-SCOPE":
        return {"age_group", "setting"}
    if rule in ("R-HARD", "R-ON-STOP"):
        return oracle.stops(case)
    if rule == "R-ON-DISC":
        ends = {i for i in oracle.ON_ENDS if case[i] == "yes"}
        return ends or {i for i in ("functional_benefit", "benefit_exceeds_risk") if case[i] == "no"}
    if rule in ("R-UNK", "R-ON-UNK"):
        return oracle.missing(case)
    if rule == "R-ON-HOLD" and oracle.any_is(case, oracle.BEHAVIOURS, "yes") and case["risk_plan"] != "yes":
        return {i for i in oracle.BEHAVIOURS if case[i] == "yes"}
    if rule in ("R-CONSENT", "R-ALT", "R-CRIT"):
        conditions_at_no = {i for i in (*oracle.CRITERIA, *oracle.ADDITIONS) if case[i] == "no"}
        return conditions_at_no or {"risk_plan"}
    return set(INPUTS)


NEXT = {x["next"] for x in rows("rules/vocabulary.csv")} - {"–"}
NEXT |= {x["next"] for path in ("start", "on", "article") for x in rows(f"rules/{path}.csv")} - {"–"}
CODES = re.compile(
    "|".join([r"_|–|\bR-[A-Z]", *(rf"\b{x}\b" for path in oracle.RANKS for x in oracle.RANKS[path]), "ARTICLE"])
)


@pytest.mark.parametrize("reading", ["book", "article"])
def test_every_headline_is_words_with_a_fact_and_a_next_step(reading):
    """Hundreds of people: a deciding input by name, no code, no placeholder, a next step once, urgency first."""
    levels = set()
    for case in people(81, 700):
        d = decide(case, reading=reading)
        line = d.headline
        levels.add(d.level)
        assert not CODES.search(line), line
        assert d.level_name.replace(": ", ", ") in line
        known = deciders(case) if reading == "book" else {*oracle.ARTICLE_CRITERIA, "ketamine_status"}
        steps = [x for x in NEXT if x in line]
        facts = line
        for x in steps:  # a fact named by a next step alone is not told
            facts = facts.replace(x, "")
        assert named(facts, known), (line, sorted(known))
        assert {i for i, _ in d.reasons[0].because_of} & set(named(facts, INPUTS)), line
        assert 1 <= len(steps) <= 2 and all(line.count(x) == 1 for x in steps), line
        assert not [x for x in steps for y in steps if x != y and y.startswith(x[:-1])], line
        assert line.endswith(".") and ".." not in line and "  " not in line and ": ." not in line, line
        assert line.startswith("Urgent") == oracle.urgent(case) == d.urgent, line
        assert len(line.split()) <= 60, line
    if reading == "book":
        assert levels == {*oracle.RANKS["start"], *oracle.RANKS["on"]}


# ---- alternatives


def test_each_option_is_there_exactly_once_in_scope_and_none_elsewhere():
    """Whatever the pain and the hazards: eight options in scope; out of scope and in the article's reading none."""
    for case in people(82, 600):
        for pain in VALUES["pain_type"]:
            d = decide({**case, "pain_type": pain})
            found = [x.id for x in d.alternatives]
            if oracle.out_of_scope(case):
                assert found == []
            else:
                assert sorted(found) == sorted(OPTIONS), (pain, found)
                assert {x.fit for x in d.alternatives} <= {"supported", "not supported", "uncertain"}
        assert decide(case, reading="article").alternatives == []


def test_an_option_shows_this_person_s_hazards_and_no_others():
    """Of the cautions an option carries in its row, exactly those that hold for the person are shown with it."""
    own = {x["row"]: x["cautions"].split("; ") for x in rows("rules/alternatives.csv")}
    shown = 0
    for case in people(83, 500):
        d = decide(case)
        mine = {x.id for x in d.cautions}
        for x in d.alternatives:
            assert list(x.cautions) == [c for c in own[x.row] if c in mine], (x.row, case)
            shown += len(x.cautions)
            in_words = [line for line in str(d).splitlines() if line.startswith(f"- {x.title}, {x.fit}: ")]
            assert len(in_words) == 1 and ("see the caution" in in_words[0]) == bool(x.cautions)
    assert shown > 1000


def test_each_option_and_pain_type_is_covered_by_exactly_one_row():
    """Read from the file: no pair of option and pain type is missing, and none stands in two rows."""
    covered = []
    for x in rows("rules/alternatives.csv"):
        when = conditions(x["when"])
        assert set(when) == {"pain_type"}
        covered += [(x["id"], pain) for pain in when["pain_type"]]
    assert sorted(covered) == sorted((o, pain) for o in OPTIONS for pain in VALUES["pain_type"])


@pytest.mark.parametrize(
    "option, pain, fit, source",
    [
        ("acetaminophen", "other_primary", "not supported", "nice_ng193"),
        ("acetaminophen", "musculoskeletal", "not supported", "nice_ng59"),
        ("nsaid", "other_primary", "not supported", "nice_ng193"),
        ("nsaid", "musculoskeletal", "supported", "acr_oa2019"),
        ("gabapentinoid", "neuropathic", "supported", "nice_cg173"),
        ("gabapentinoid", "musculoskeletal", "not supported", "nice_ng59"),
        ("snri", "neuropathic", "supported", "neupsig2025"),
        ("snri", "musculoskeletal", "uncertain", "nice_ng59"),
        ("tca", "neuropathic", "supported", "nice_cg173"),
        ("tca", "musculoskeletal", "not supported", "nice_ng59"),
        ("topical", "musculoskeletal", "supported", "nice_ng226"),
        ("exercise", "other_primary", "supported", "nice_ng193"),
        ("psychological", "other_primary", "supported", "nice_ng193"),
        ("nsaid", "unknown", "uncertain", "nice_ng193"),
    ],
)
def test_fits_checked_by_hand(option, pain, fit, source):
    """What guidelines say of some pairs, read apart from the table, with the guideline that says it."""
    x = of(decide({**GOOD_START, "pain_type": pain}).alternatives, option)
    assert x.fit == fit and source in x.sources and x.certainty not in ("", "–")


# ---- what never changes a level


def test_no_verdict_row_tells_the_adult_ages_apart_or_asks_for_the_kind_of_pain():
    """On the tables, so for everyone: a row takes all three adult ages or none; the kind of pain is in none."""
    for path in ("start", "on", "article"):
        for x in rows(f"rules/{path}.csv"):
            when = conditions(x["when"])
            assert len(set(when.get("age_group", ())) & set(ADULT)) in (0, 3), x["row"]
            assert "pain_type" not in when, x["row"]
        for row in machine().rows[path]:  # and as they were compiled
            assert len(set(row["when"].get("age_group", ())) & set(ADULT)) in (0, 3) and "pain_type" not in row["when"]
    assert not {"age_group", "pain_type"} & {x["item"] for x in rows("rules/items.csv")}


def test_people_who_differ_in_adult_age_and_kind_of_pain_get_the_same_level():
    """The same on people, in both readings, the deciding rule and what is missing included, but for an unknown."""
    for case in people(84, 150, age_group="adult"):
        for reading in ("book", "article"):
            first = decide(case, reading=reading)
            for age, pain in [(a, "crps") for a in ADULT] + [("adult", p) for p in VALUES["pain_type"]]:
                d = decide({**case, "age_group": age, "pain_type": pain}, reading=reading)
                assert (d.level, d.reasons[0].rule, d.missing) == (first.level, first.reasons[0].rule, first.missing)


# ---- no taper where there is nothing to taper


@pytest.mark.parametrize("i", oracle.NO_TAPER)
def test_nothing_speaks_of_a_taper_where_ketamine_stops_at_once(i):
    """Hypersensitivity, blood pressure, pressure in head or eye, pregnancy: no word of a taper, in scope or out."""
    for case in people(85, 200, ketamine_status="on", **{i: "yes"}):
        assert "taper" not in told(decide(case)), case
        assert "taper" not in told(decide(case, reading="article"))


def test_a_plain_stop_speaks_of_a_taper():
    """No benefit, a use disorder, or nothing wrong at all: the taper line is there, with the treating team."""
    for change in ({}, {"functional_benefit": "no"}, {"active_sud": "yes"}, {"acute_suicide_risk": "yes"}):
        assert "plan any taper with the treating team" in told(decide({**GOOD_ON, **change})), change
    assert "taper" not in told(decide(GOOD_START))


# ---- other care


def test_signs_that_cannot_wait_stand_before_any_exercise():
    """Always, in the first place that speaks of exercise: weakness, bladder or bowel, fever with back pain, injury."""
    for case in people(86, 300):
        care = decide(case).other_care
        signs = of(care, "signs_first").text.lower()
        assert all(x in signs for x in ("weakness", "bladder or bowel", "fever with back pain", "injury", "same day"))
        moves = [
            n for n, x in enumerate(care) if re.search("exercise|physical therapy|movement", x.title + x.text, re.I)
        ]
        assert care[moves[0]].id == "signs_first" and len(moves) >= 2


CARE = [  # the line, on which path, with which answer, what it says
    ("help_without_blame", ("start", "on"), "diversion_or_nonprescribed_use", "yes",
     ("safe storage", "pressure", "debt", "pain that is not met", "overdose at home", "service if wanted")),
    ("maternity_and_perinatal_care", ("start", "on"), "pregnant", "yes", ("maternity", "perinatal mental-health")),
    ("suicide_emergency_is_psychiatry", ("start", "on"), "acute_suicide_risk", "yes",
     ("psychiatric team", "not touched by this answer", "esketamine")),
    ("supply_at_home", ("on",), "supervised_administration", "no", ("at home", "locked", "every day", "advice before")),
    ("refusal_or_new_incapacity", ("on",), "capacity_and_consent", "no",
     ("says no, treatment ends with support", "new inability", "cause", "the same day")),
]  # fmt: skip


@pytest.mark.parametrize("line, paths, i, value, says", CARE, ids=lambda x: x if isinstance(x, str) else None)
def test_other_care_says_what_each_situation_needs(line, paths, i, value, says):
    """With the answer the line is there and says it, whatever else is known; with another it is not there."""
    for case in people(87, 200):
        path = "on" if case["ketamine_status"] == "on" else "start"
        for v in VALUES[i]:
            found = of(decide({**case, i: v}).other_care, line)
            assert (found is not None) == (path in paths and v == value), (path, v)
            assert not found or not [x for x in says if x not in found.text], found.text


# ---- frames


def test_a_frame_without_rows_gives_a_frame_without_rows():
    """A cohort of nobody has the columns of every answer, and no row."""
    nobody = pd.DataFrame({i: pd.Series(dtype="str") for i in INPUTS})
    out = decide_frame(nobody)
    somebody = decide_frame(pd.DataFrame([GOOD_START]))
    assert len(out) == 0 and list(out.columns) == list(somebody.columns) and "level" in out.columns
    assert list(decide_frame(pd.DataFrame([GOOD_START])[:0], reading="article").columns) == list(out.columns)


@pytest.mark.parametrize("index", ["pregnant", ["site", "pregnant"]])
def test_an_index_named_as_an_input_is_refused_by_name(index):
    """Else a column that was set as the index would silently be unknown for everybody."""
    df = pd.DataFrame([GOOD_START]).assign(site="a").set_index(index)
    with pytest.raises(ValueError, match="“pregnant”.*reset_index"):
        decide_frame(df.drop(columns="site", errors="ignore"), missing_columns="unknown")


def test_a_series_with_a_label_twice_is_refused_by_name():
    """Which of the two was meant cannot be known, so neither is taken."""
    twice = pd.Series(["yes", "no"], index=["pregnant", "pregnant"])
    with pytest.raises(ValueError, match="“pregnant” stands twice"):
        decide(twice)
    with pytest.raises(ValueError, match="“pregnant” stands twice"):
        decide_frame(pd.DataFrame([GOOD_START]).iloc[:, [*range(len(INPUTS)), INPUTS.index("pregnant")]])


# ---- two slips that would have been silent


def test_answers_of_a_checklist_item_stand_in_one_order(tmp_path):
    """A fold reads answers by their place: an input listed as no|yes|unknown would read every yes as a no."""
    folder = Folder(tmp_path)
    line = 2 + [x["id"] for x in rows("rules/vocabulary.csv")].index("pregnant")
    folder.set("rules/vocabulary.csv", line, "values", "no|yes|unknown")
    folder.set("rules/vocabulary.csv", line, "value_labels", "No|Yes|Not known")
    with pytest.raises(KnowledgeError, match="“pregnant” must list yes"):
        folder.load()


def test_a_behaviour_not_asked_about_is_no_reason_to_hold_for_one_that_was_seen():
    """Held for what was seen, the reason names it and the plan; held for what is open, it names what is open."""
    seen = decide({**GOOD_ON, "early_refill": "unknown", "taking_more": "yes", "risk_plan": "no"}).reasons[0]
    assert seen.because_of == [["taking_more", "yes"], ["risk_plan", "no"]]
    open_ = decide({**GOOD_ON, "early_refill": "unknown", "taking_more": "yes", "risk_plan": "yes"}).reasons[0]
    assert open_.because_of == [["early_refill", "unknown"]]

"""The fictional people of the book get the decision that was written down for them."""

import oracle
import pytest
from folder import rows

from decision import case_of, claims, decide, sources, vignettes

LEVELS = {
    "V01": "AVOID",
    "V02": "AVOID",
    "V03": "AVOID",
    "V07": "AVOID",
    "V08": "DEFER",
    "V09": "DEFER",
    "V11": "DEFER",
    "V12": "ALTERNATIVES_FIRST",
    "V14": "ALTERNATIVES_FIRST",
    "V15": "ALTERNATIVES_FIRST",
    "V17": "SPECIALIST_CONSIDER",
    "V18": "SPECIALIST_CONSIDER",
    "V20": "HOLD_AND_REASSESS",
    "V22": "DISCONTINUE_PLAN",
    "V23": "STOP_AND_ESCALATE",
    "V24": "OUT_OF_SCOPE",
}
URGENT: set[str] = set()  # nobody among them has an urgent input
INCLUDES = {
    "V03": {"cautions": ["nsaid"]},
    "V08": {
        "notes": ["behaviours_need_differential_not_label"],
        "missing": ["bp_rise_hazard", "first_line_trials_failed"],
    },
    "V09": {"missing": ["pregnant"]},
    "V11": {"missing": ["active_psychosis_or_mania"]},
    "V12": {"notes": ["absence_of_findings_is_not_absence_of_pain"]},
    "V14": {"cautions": ["tca", "snri_suicidality", "acetaminophen"]},
    "V17": {"cautions": ["gabapentinoid", "benzodiazepine_not_routine"]},
    "V18": {"cautions": ["gabapentinoid", "benzodiazepine_not_routine"]},
    "V20": {"notes": ["reassess_pain_care", "behaviours_need_differential_not_label"]},
    "V24": {"notes": ["reassess_pain_care", "behaviours_need_differential_not_label"]},
}
LET_THROUGH_BY_THE_ARTICLE = {"V01", "V02", "V03", "V07", "V09"}


def answers(name):
    """The answers of a person, from the package."""
    return vignettes()[name]["answers"]


def test_the_people_are_those_written_here_with_the_level_written_here():
    """A level edited in vignettes.csv alone is noticed."""
    assert {name: row["level"] for name, row in vignettes().items()} == LEVELS
    assert {name for name, row in vignettes().items() if row["urgent"] == "yes"} == URGENT
    assert all(row["urgent"] in ("yes", "no") for row in vignettes().values())


@pytest.mark.parametrize("name", LEVELS)
def test_a_person_is_their_base_with_what_the_file_changes(name):
    """Every input is answered: as the specification's good start, course or nobody asked, but for the pairs."""
    row = next(r for r in rows("register/vignettes.csv") if r["id"] == name)
    base = {"start": oracle.GOOD_START, "on": oracle.GOOD_ON, "–": oracle.UNKNOWN}[row["base"]]
    pairs = dict(pair.split("=") for pair in row["case"].split())
    open_ = ["pain_undertreated_suspected"]  # it has no reassuring answer, so a base leaves it open
    open_ += ["functional_benefit"] if row["base"] == "start" else []  # nobody asks before a start
    neutral = dict.fromkeys(open_, "unknown")
    assert answers(name) == {**base, **neutral, **pairs}
    assert case_of(name) == answers(name)


@pytest.mark.parametrize("name", LEVELS)
def test_vignette_gets_its_level_and_urgency(name):
    """Each person gets the level and the urgent flag of the specification."""
    d = decide(answers(name))
    assert (d.level, d.urgent) == (LEVELS[name], name in URGENT), d


@pytest.mark.parametrize("name", LEVELS)
def test_vignette_reason_has_a_rule_and_something_behind_it(name):
    """The first reason names its rule and a claim or source that exists, and is not empty."""
    first = decide(answers(name)).reasons[0]
    assert first.rule.startswith("R-") and first.text.strip()
    assert first.claims or first.sources
    assert set(first.claims) <= set(claims())
    assert set(first.sources) <= set(sources())


@pytest.mark.parametrize("name", LEVELS)
def test_vignette_cites_claims_that_exist(name):
    """What a person teaches is tied to claims of the register."""
    cited = vignettes()[name]["claims"].split("; ")
    assert cited and set(cited) <= set(claims())


@pytest.mark.parametrize("name", INCLUDES)
def test_vignette_says_what_it_must(name):
    """The cautions, notes and unknowns that make the person worth teaching are all there."""
    d = decide(answers(name))
    for field, wanted in INCLUDES[name].items():
        shown = d.missing if field == "missing" else [x.id for x in getattr(d, field)]
        assert set(wanted) <= set(shown), f"{name} {field}: {wanted} wanted, {shown} shown"


def test_the_article_alone_lets_these_through_whom_the_book_does_not():
    """V01, V02, V03, V07 and V09 pass the article's four criteria and get no ketamine from the book."""
    for name in LET_THROUGH_BY_THE_ARTICLE:
        d = decide(answers(name), reading="article")
        assert d.level == "ARTICLE_MAY_BE_CONSIDERED", (name, d.level)
        assert decide(answers(name)).level in ("AVOID", "DEFER")
        assert "article_reading_warning" in [x.id for x in d.notes]

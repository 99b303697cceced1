"""Explanations are true: what may still happen, what to ask next, why, and what would change it."""

from itertools import combinations, product

import oracle
import pytest
from folder import rows
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import GOOD_ON, GOOD_START, INPUTS, REASSURING, UNKNOWN, URGENT, VALUES
from people import near, patient, people

from decision import decide
from decision.api import machine

READINGS = ("book", "article")
CANNOT_CHANGE = {  # facts about a person that no visit alters; the rest may differ next time
    "ketamine_status",
    "age_group",
    "setting",
    "known_hypersensitivity",
    "psychiatric_comorbidity",
    "past_sud_in_remission",
    "objective_findings",
}
ANSWERS = st.binary(min_size=len(INPUTS), max_size=len(INPUTS))  # one byte an input, read modulo its number of values
WORST = {i: next(v for v in VALUES[i] if v not in ("unknown", REASSURING[i])) for i in REASSURING}


def level_of(case, reading="book"):
    """The level by the specification, not by the tables."""
    return oracle.article_level(case) if reading == "article" else oracle.verdict(case)[0]


def with_few_unknowns(most=5):
    """Somebody near a decision of whom at most ``most`` answers are unknown."""

    def forget(case, names):
        known = {i: WORST.get(i, "no") if v == "unknown" else v for i, v in case.items()}
        return {**known, **dict.fromkeys(names, "unknown")}

    unasked = st.lists(st.sampled_from(INPUTS), max_size=most, unique=True)
    return st.builds(forget, near(GOOD_START, GOOD_ON, most=3), unasked)


def completions(case):
    """Everybody this person may turn out to be: each unknown answered in every way, or left unknown."""
    open_ = [i for i in INPUTS if case[i] == "unknown"]
    for values in product(*[VALUES[i] for i in open_]):
        yield {**case, **dict(zip(open_, values, strict=True))}


@given(with_few_unknowns(), st.sampled_from(READINGS))
@settings(max_examples=150)
def test_possible_is_what_trying_every_answer_finds(case, reading):
    """The levels still reachable are those of all completions, no more and no fewer, cautious ones first."""
    found = decide(case, reading=reading).possible
    assert len(found) == len(set(found))
    assert set(found) == {level_of(c, reading) for c in completions(case)}, patient(case)
    if reading == "book" and case["ketamine_status"] != "unknown":
        rank = oracle.RANKS["on" if case["ketamine_status"] == "on" else "start"]
        assert [rank[x] for x in found] == sorted(rank[x] for x in found), found


@given(people(), st.sampled_from(READINGS))
@settings(max_examples=300)
def test_the_level_itself_is_always_possible(case, reading):
    """Leaving everything unknown is one way to go on, so the present level is among the possible ones."""
    d = decide(case, reading=reading)
    assert d.level in d.possible, patient(case)


@given(with_few_unknowns(), st.sampled_from(READINGS))
@settings(max_examples=150)
def test_questions_are_the_unknowns_whose_answer_matters(case, reading):
    """An unknown is asked about exactly when its answers leave different levels or flags reachable."""
    everyone = [(c, level_of(c, reading), oracle.urgent(c)) for c in completions(case)]
    expected = set()
    for i in INPUTS:
        if case[i] == "unknown":
            by_level = {frozenset(x for c, x, _ in everyone if c[i] == v) for v in VALUES[i]}
            by_flag = {frozenset(x for c, _, x in everyone if c[i] == v) for v in VALUES[i]}
            if len(by_level) > 1 or len(by_flag) > 1:
                expected.add(i)
    d = decide(case, reading=reading)
    assert set(d.questions) == expected, patient(case)
    assert d.next_question == (d.questions[0] if d.questions else None)


@given(st.one_of(people(), with_few_unknowns()), st.sampled_from(READINGS))
@settings(max_examples=400)
def test_nothing_is_left_to_ask_exactly_when_all_is_settled(case, reading):
    """``next_question`` is None exactly when one level is possible and no answer can make it urgent."""
    d = decide(case, reading=reading)
    urgency_open = not d.urgent and any(case[i] == "unknown" for i in URGENT)
    settled = len(d.possible) == 1 and not urgency_open
    assert (d.next_question is None) == settled, (d.next_question, d.possible, patient(case))
    assert d.next_question is None or case[d.next_question] == "unknown"


@given(with_few_unknowns(most=8), st.sampled_from(READINGS), st.data())
@settings(max_examples=100)
def test_asking_until_nothing_is_left_settles_the_decision(case, reading, data):
    """Answering each next question, in any way, ends with one level that the rest cannot change."""
    case = dict(case)
    while (i := decide(case, reading=reading).next_question) is not None:
        case[i] = data.draw(st.sampled_from([v for v in VALUES[i] if v != "unknown"]))
    d = decide(case, reading=reading)
    assert d.possible == [d.level]
    for base in (WORST, REASSURING):
        other = {**case, **{i: v for i, v in base.items() if case[i] == "unknown"}}
        assert (level_of(other, reading), oracle.urgent(other)) == (d.level, d.urgent), patient(other)


def whoever(case, fixed, values):
    """People who share the ``fixed`` inputs with this person: corners of the rest, then random ones."""
    free = [i for i in INPUTS if i not in fixed]
    for base in (REASSURING, WORST, UNKNOWN, case):
        for status in VALUES["ketamine_status"]:
            for plan in VALUES["risk_plan"]:
                one = {**case, **{i: base.get(i, "unknown") for i in free}}
                turned = {"ketamine_status": status, "risk_plan": plan}
                yield {**one, **{i: v for i, v in turned.items() if i in free}}
    for row in values:
        yield {**case, **{i: VALUES[i][row[INPUTS.index(i)] % len(VALUES[i])] for i in free}}


@given(people(), st.sampled_from(READINGS), st.lists(ANSWERS, max_size=8))
@settings(max_examples=200)
def test_why_forces_the_level(case, reading, values):
    """Whoever shares the inputs in ``why`` gets the same level, however the other inputs are filled in."""
    d = decide(case, reading=reading)
    why = d.why()
    assert all(case[i] == v for i, v in why.items())
    for other in whoever(case, why, values):
        assert level_of(other, reading) == d.level, f"{why} does not force {d.level}: {patient(other)}"


@given(people(), st.sampled_from(READINGS))
@settings(max_examples=200)
def test_why_has_nothing_to_spare(case, reading):
    """With any one input of ``why`` set free, somebody who shares the others gets another level."""
    d = decide(case, reading=reading)
    why = d.why()
    for i in why:
        rest = {x: v for x, v in why.items() if x != i}
        others = ({**c, i: v} for c in whoever(case, rest, []) for v in VALUES[i])
        spare = all(level_of(c, reading) == d.level for c in others)
        assert not spare, f"{i} is not needed in {why}: {patient(case)}"


def forces(case, level, kept, reading):
    """Whether everybody tried who shares the ``kept`` inputs gets this level, by the specification."""
    return all(level_of(other, reading) == level for other in whoever(case, kept, []))


@given(people(), st.sampled_from(READINGS))
@settings(max_examples=100)
def test_why_keeps_what_matters_most(case, reading):
    """Reassuring answers are set free first, then unknown ones, then the rest, each from the end of the vocabulary."""
    level = level_of(case, reading)
    order = [row["id"] for row in rows("rules/vocabulary.csv")]
    reassuring = [i for i in order if case[i] == REASSURING.get(i)]
    unknown = [i for i in order if case[i] == "unknown"]
    rest = [i for i in order if i not in reassuring and i not in unknown]
    kept = set(order)
    for i in (*reversed(reassuring), *reversed(unknown), *reversed(rest)):
        if forces(case, level, kept - {i}, reading):
            kept.remove(i)
    assert decide(case, reading=reading).why() == {i: case[i] for i in order if i in kept}, patient(case)


@pytest.mark.parametrize(
    "changed, kept",
    [
        ({"pregnant": "yes", "active_sud": "yes"}, {"pregnant": "yes"}),  # the first of the vocabulary
        ({"pregnant": "unknown", "active_sud": "yes"}, {"active_sud": "yes"}),
        ({"objective_findings": "unknown", "benefit_exceeds_risk": "unknown"}, {"objective_findings": "unknown"}),
        ({"objective_findings": "no", "benefit_exceeds_risk": "unknown"}, {"benefit_exceeds_risk": "unknown"}),
        (  # with either set free it might be a stop
            {"pregnant": "unknown", "active_sud": "unknown"},
            {"pregnant": "unknown", "active_sud": "unknown"},
        ),
        ({"first_line_trials_failed": "no", "nonpharmacological_tried": "no"}, {"first_line_trials_failed": "no"}),
        ({"first_line_trials_failed": "unknown", "nonpharmacological_tried": "no"}, {"nonpharmacological_tried": "no"}),
    ],
    ids=str,
)
def test_what_why_prefers_by_hand(changed, kept):
    """Of two stops, two gaps or two missed trials the first stays; what would have decided alone always stays."""
    why = decide({**GOOD_START, **changed}).why()
    assert {i: v for i, v in why.items() if i in changed} == kept


@pytest.mark.parametrize(
    "reading, changed, kept",
    [
        ("book", {"cognitive_decline": "yes", "capacity_and_consent": "unknown"}, "cognitive_decline"),
        ("book", {"abnormal_lfts": "unknown", "monitoring_program": "no"}, "monitoring_program"),
        ("article", {"objective_findings": "unknown"}, "ketamine_status"),
    ],
)
def test_why_names_what_was_found_before_what_nobody_asked(reading, changed, kept):
    """On ketamine a finding and an open question each hold the treatment: the finding is the reason told."""
    why = decide({**GOOD_ON, **changed}, reading=reading).why()
    assert [i for i in why if i in (*changed, kept)] == [kept]


@given(people(), st.sampled_from(READINGS))
@settings(max_examples=150)
def test_what_would_change_leads_where_it_says(case, reading):
    """Making exactly the changes gives the level named, which differs from the present one."""
    d = decide(case, reading=reading)
    found = d.what_would_change()
    assert len({level for level, _ in found}) == len(found)
    assert [len(changes) for _, changes in found] == sorted(len(changes) for _, changes in found)
    for level, changes in found:
        assert level != d.level
        assert level_of({**case, **changes}, reading) == level, f"{changes} not to {level}: {patient(case)}"


def test_what_cannot_change_is_what_is_written_here():
    """The vocabulary marks as fixed the facts about a person that no visit alters, and no others."""
    assert {i for i in INPUTS if not machine().inputs[i]["changeable"]} == CANNOT_CHANGE


@given(people(), st.sampled_from(READINGS))
@settings(max_examples=150)
def test_what_would_change_moves_only_what_can_move(case, reading):
    """Facts that no visit alters stay; an unknown may be answered; nothing becomes unknown."""
    for _, changes in decide(case, reading=reading).what_would_change():
        for i, value in changes.items():
            assert value not in ("unknown", case[i])
            assert case[i] == "unknown" or i not in CANNOT_CHANGE, (i, patient(case))


@given(people(), st.sampled_from(("SPECIALIST_CONSIDER", "CONTINUE_WITH_SAFEGUARDS")))
@settings(max_examples=150)
def test_no_road_to_ketamine_leads_through_harm(case, wanted):
    """Where a change towards ketamine is shown it is a reassuring answer, never a behaviour, a finding or a hazard."""
    for level, changes in decide(case).what_would_change():
        if level == wanted:
            facts = {i: v for i, v in changes.items() if i != "ketamine_status"}  # to go on, one must be on it
            assert facts == {i: REASSURING[i] for i in facts}, patient(case)


@given(people(), st.sampled_from(READINGS))
@settings(max_examples=100)
def test_what_would_change_is_minimal(case, reading):
    """With one of the changes left out, no values of the others lead to that level."""
    for level, changes in decide(case, reading=reading).what_would_change():
        if len(changes) > 9:  # too many to try every value: try the changes themselves
            tries = (dict(kept) for kept in combinations(changes.items(), len(changes) - 1))
        else:
            answers = {i: [v for v in VALUES[i] if v != "unknown" or v == case[i]] for i in changes}
            tries = (
                dict(zip(kept, values, strict=True))
                for kept in combinations(changes, len(changes) - 1)
                for values in product(*[answers[i] for i in kept])
            )
        for fewer in tries:
            got = level_of({**case, **fewer}, reading)
            assert got != level, f"{fewer} is enough for {level}: {patient(case)}"


def movable(case):
    """Every (input, new value) that may be tried: an unknown may be answered, a changeable fact may change."""
    return [
        (i, v)
        for i in INPUTS
        if case[i] == "unknown" or i not in CANNOT_CHANGE
        for v in VALUES[i]
        if v not in ("unknown", case[i])
    ]


def cost(case, changes):
    """What a reader would rather not see, in order: more changes, known facts moved, answers that worry."""
    moved = sum(case[i] != "unknown" for i, _ in changes)
    worrying = sum(v != REASSURING.get(i) for i, v in changes)
    return len(changes), moved, worrying


@given(near(GOOD_START, GOOD_ON, most=3), st.sampled_from(READINGS))
@settings(max_examples=60)
def test_what_would_change_names_the_fewest_and_gentlest(case, reading):
    """Every one and every two changes tried: each level gets as few, and as gentle, as any of them that lead there."""
    best = {}
    tries = movable(case)
    for changes in (*((x,) for x in tries), *combinations(tries, 2)):
        if len(dict(changes)) == len(changes):
            level = level_of({**case, **dict(changes)}, reading)
            best[level] = min(best.get(level, (3,)), cost(case, changes))
    told = {
        level: cost(case, list(changes.items())) for level, changes in decide(case, reading=reading).what_would_change()
    }
    best.pop(level_of(case, reading), None)
    assert {level: c for level, c in told.items() if c[0] <= 2} == best, patient(case)


@given(people(), st.sampled_from(READINGS), st.lists(ANSWERS, min_size=5, max_size=20))
@settings(max_examples=150)
def test_no_level_in_reach_is_left_out(case, reading, values):
    """Whatever the movable inputs are changed to, the level reached is the present one or a listed one."""
    d = decide(case, reading=reading)
    listed = {d.level, *(level for level, _ in d.what_would_change())}
    fixed = [i for i in INPUTS if i in CANNOT_CHANGE and case[i] != "unknown"]
    for other in whoever(case, fixed, values):
        known = {i: case[i] if v == "unknown" else v for i, v in other.items()}
        assert level_of(known, reading) in listed, f"{level_of(known, reading)} unlisted: {patient(case)}"


@given(people(), st.sampled_from(READINGS), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_explanations_do_not_depend_on_the_order_of_fields(case, reading, shuffle):
    """The same person with the fields in another order gets the same explanations, in the same order."""
    names = list(case)
    shuffle.shuffle(names)
    a, b = decide(case, reading=reading), decide({i: case[i] for i in names}, reading=reading)
    assert a.possible == b.possible and a.questions == b.questions and a.next_question == b.next_question
    assert list(a.why().items()) == list(b.why().items())
    assert [(x, list(y.items())) for x, y in a.what_would_change()] == [
        (x, list(y.items())) for x, y in b.what_would_change()
    ]
    assert str(a) == str(b)


@given(people())
@settings(max_examples=150)
def test_because_of_names_what_applies_and_nothing_else(case):
    """Behind a caution stand exactly its hazards at yes or unknown, behind a stop the stops at yes."""
    d = decide(case)
    items = (*d.reasons, *d.cautions, *d.safeguards, *d.notes)
    behind = {x.row: dict(map(tuple, x.because_of)) for x in items}
    assert all(case[i] == v for pairs in behind.values() for i, v in pairs.items()), patient(case)
    for x in d.cautions[1:]:
        assert set(behind[x.row]) == oracle.hazards(case, x.id), (x.row, patient(case))
    yes = {
        "R-URG.a": ("acute_intoxication_or_cns_depression",),
        "R-URG.b": ("acute_suicide_risk",),
        "R-HARD": (*URGENT, *oracle.HARD, *oracle.DIVERSION),
        "R-SG-BEH": oracle.BEHAVIOURS,
        "R-ON-STOP": (*URGENT, "active_psychosis_or_mania"),
        "R-SG-ADH": ("adherence_concerns",),
        "R-SG-PSY": ("psychiatric_comorbidity",),
        "R-SG-SUD": ("past_sud_in_remission",),
    }
    for row in set(yes) & set(behind):
        assert behind[row] == {i: "yes" for i in yes[row] if case[i] == "yes"}, (row, patient(case))
    if "R-NOTE-BEH" in behind:
        assert behind["R-NOTE-BEH"] == {i: case[i] for i in oracle.BEHAVIOURS if case[i] != "no"}


def test_examples_that_can_be_checked_by_hand():
    """Suicide risk is asked first; one stop in scope settles a start; a good start has no question left."""
    d = decide()
    assert d.next_question == "acute_suicide_risk"
    assert set(d.possible) == set(oracle.RANKS["start"]) | set(oracle.RANKS["on"])
    stopped = decide({**GOOD_START, "pregnant": "yes"})
    assert stopped.why() == {
        "ketamine_status": "not_on",
        "age_group": "adult",
        "setting": "chronic_noncancer",
        "pregnant": "yes",
    }
    assert stopped.next_question is None and stopped.possible == ["AVOID"]
    assert ("SPECIALIST_CONSIDER", {"pregnant": "no"}) in stopped.what_would_change()
    assert decide(GOOD_START).possible == ["SPECIALIST_CONSIDER"]
    assert decide({**GOOD_START, "pregnant": "unknown"}).next_question == "pregnant"

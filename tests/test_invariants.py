"""The 26 invariants of the specification, each by its number, proved over every state of both paths, not sampled.

A state is what a table can tell apart. First the folding of people into states is tested against a
second, literal definition; then each promise is checked in every state, and a promise about one input
for every change of a state that a change of this input can cause. A failure names a patient.
What is tried in another file is named in ``ELSEWHERE_TRIED`` and not tried twice.
"""

import json
import random
import re
from functools import cache
from itertools import combinations, permutations, product
from pathlib import Path

import oracle
import pytest
from folder import rows
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import (
    ADDITIONS,
    ADULT,
    ALTERNATIVE_HAZARDS,
    BEHAVIOURS,
    CRITERIA,
    ELSEWHERE,
    FINDINGS,
    GOOD_ON,
    GOOD_START,
    HIGH_RISK,
    MODIFIERS,
    NO_TAPER,
    ON_ENDS,
    ON_STOPS,
    RANKS,
    REASSURING,
    START_STOPS,
    UNKNOWN,
    URGENT,
    VALUES,
)
from people import BANNED, DOSE, anyone, decided, moves, near, number, patient, people, without_quotations

from decision import KNOWLEDGE, NOTICE, claims, decide, sources, space
from decision.api import machine
from decision.machine import LISTS

BOOK = ("start", "on")
RISKS = tuple(dict.fromkeys((*START_STOPS, *MODIFIERS, *BEHAVIOURS, *FINDINGS)))
NEUTRAL = ("pain_undertreated_suspected", "pain_type", *ALTERNATIVE_HAZARDS)
PERMITTED = {"start": "SPECIALIST_CONSIDER", "on": "CONTINUE_WITH_SAFEGUARDS"}
HAZARDS = sorted({i for names in (oracle.CAUTION_HAZARDS, oracle.CAUTION_AT_YES) for x in names.values() for i in x})
AGES = [(name, age) for name, ages in oracle.CAUTION_AGES.items() for age in ages if age != "unknown"]
RULES = {
    "start": {"R-SCOPE", "R-HARD", "R-CONSENT", "R-ALT", "R-UNK", "R-CRIT", "R-CONS"},
    "on": {"R-SCOPE", "R-ON-STOP", "R-ON-DISC", "R-ON-HOLD", "R-ON-UNK", "R-ON-CONT"},
    "article": {"R-ART-ON", "R-ART-ALT", "R-ART-UNK", "R-ART-MAY"},
}
BENZODIAZEPINE = re.compile(r"benzodiazepin|\b\w+[az]epam\b|midazolam", re.I)
TAPER = re.compile(r"taper|\bwean|\btail(ed|ing)? off|step(ped)?[ -]?down|stepwise|gradual", re.I)
CODE = re.compile("|".join([r"_|–|\bR-[A-Z]|ARTICLE", *(rf"\b{x}\b" for path in RANKS.values() for x in path)]))
DIAGNOSES = re.compile(r"\baddict|use disorder|dependen|pseudo|malinger|factitious|\babus|personality", re.I)


# ---- the tools of the proofs


def first_of(*order):
    """The fold that takes the first of these values that any item has."""
    return lambda values: next(v for v in order if v in values)


def behaviour(values):
    """Yes and unknown may stand together: a seen behaviour and one that nobody asked about."""
    return "yes+unknown" if {"yes", "unknown"} <= set(values) else first_of("yes", "unknown", "no")(values)


# For each table: the columns that are checklists, which inputs they hold, and how they fold.
CHECKLISTS = {
    "start": {
        "hard_stop": (START_STOPS, first_of("yes", "unknown", "no")),
        "trials": (("first_line_trials_failed", "nonpharmacological_tried"), first_of("no", "unknown", "yes")),
        "high_risk": (HIGH_RISK, first_of("unknown", "yes", "no")),
        "other_modifiers": (
            ("cns_depressant_coadministration", "moderate_hepatic_or_biliary_disease", "urinary_symptoms"),
            first_of("unknown", "yes", "no"),
        ),
        "criteria": (
            ("objective_findings", "monitoring_program", "benefit_exceeds_risk"),
            first_of("unknown", "no", "yes"),
        ),
        "additions": (
            ("supervised_administration", "baseline_checks_done", "specialist_review", "mental_state_steady"),
            first_of("unknown", "no", "yes"),
        ),
    },
    "on": {
        "emergency": (ON_STOPS, first_of("yes", "unknown", "no")),
        "other_hard_stop": (ON_ENDS, first_of("yes", "unknown", "no")),
        "worthwhile": (("functional_benefit", "benefit_exceeds_risk"), first_of("no", "unknown", "yes")),
        "behaviour": (BEHAVIOURS, behaviour),
        "finding": ((*FINDINGS, "urinary_symptoms"), first_of("yes", "unknown", "no")),
        "programme": (("monitoring_program", *ADDITIONS), first_of("no", "unknown", "yes")),
    },
    "article": {"article_criteria": (oracle.ARTICLE_CRITERIA, first_of("no", "unknown", "yes"))},
}


def folded(path, case):
    """The state a person is in, by the literal definition above."""
    known = CHECKLISTS[path]
    return {c: known[c][1]([case[i] for i in known[c][0]]) if c in known else case[c] for c in space.columns(path)}


@cache
def levels(path):
    """The level of every state, as one byte each, and the names of the bytes."""
    names = list(dict.fromkeys(row["level"] for row in machine().rows[path]))
    of_row = [names.index(row["level"]) for row in machine().rows[path]]
    decided_by = space.deciders(path)
    assert space.GAP not in decided_by, space.table_faults(path)[0]
    return decided_by.translate(bytes(of_row + [space.GAP] * (256 - len(of_row)))), names


def owner(path, i):
    """The column that holds an input, or None if the path never looks at it."""
    for c in space.columns(path):
        if i == c or i in CHECKLISTS[path].get(c, ((),))[0]:
            return c
    return None


@cache
def raw_moves(path, column):
    """``moves``, computed once."""
    return moves(path, column)


def paired(path, column, before, after):
    """Slices over all states with ``column`` at ``before``, and the same states with it at ``after``."""
    sizes = {c: len(v) for c, v in space.columns(path).items()}
    names = space.columns(path)[column]
    step = 1
    for c in reversed(sizes):
        if c == column:
            break
        step *= sizes[c]
    a, b = names.index(before) * step, names.index(after) * step
    for start in range(0, len(levels(path)[0]), step * len(names)):
        yield start + a, start + b, step


def someone(path, i, a, b, column, before, after, number):
    """A person in state ``number`` whom a change of input i from a to b moves from before to after."""
    case = space.unfold(path, state(path, number))
    others = [x for x in CHECKLISTS[path].get(column, ((),))[0] if x != i]
    for values in product(*[VALUES[x] for x in others]):
        one = {**case, **dict(zip(others, values, strict=True)), i: a}
        if folded(path, one)[column] == before and folded(path, {**one, i: b})[column] == after:
            return one
    return case


def every_move(path, i, a, b, allowed, promise):
    """Prove: whenever input i goes from a to b, ``allowed(level before, level after)`` holds."""
    column = owner(path, i)
    if column is None:
        return  # the path never looks at it, so the level cannot move
    seen, names = levels(path)
    for before, after in raw_moves(path, column)[i][a, b]:
        for x, y, step in paired(path, column, before, after):
            one, two = seen[x : x + step], seen[y : y + step]
            for p, q in set(zip(one, two, strict=True)):
                if not allowed(names[p], names[q]):
                    at = next(n for n in range(step) if (one[n], two[n]) == (p, q))
                    who = patient(someone(path, i, a, b, column, before, after, x + at))
                    pytest.fail(f"{promise}\n{i} from {a} to {b} moves {names[p]} to {names[q]} in: {who}")


def not_more_permissive(path, i, a, b, promise):
    """Prove: changing input i from a to b never makes the level more permissive."""
    rank = RANKS[path]
    every_move(path, i, a, b, lambda old, new: rank[new] <= rank[old], promise)


def every_state(path, allowed, promise):
    """Prove: ``allowed(level, state)`` holds in every state of the path."""
    seen, names = levels(path)
    for n, of in enumerate(space.states(path)):
        if not allowed(names[seen[n]], of):
            pytest.fail(f"{promise}\n{names[seen[n]]} for: {patient(space.unfold(path, of))}")


def state(path, n):
    """State number n: the digits of an odometer."""
    out = {}
    for c, values in reversed(space.columns(path).items()):
        n, digit = divmod(n, len(values))
        out[c] = values[digit]
    return out


def scope_is_as_written(level, of):
    """Out of scope exactly for a minor, acute or perioperative, cancer or palliative, or psychiatric treatment."""
    return (level == "OUT_OF_SCOPE") == (of["age_group"] == "minor" or of["setting"] in ELSEWHERE)


@cache
def states_at(path, level):
    """Every state that gets this level."""
    seen, names = levels(path)
    return [state(path, n) for n, x in enumerate(seen) if names[x] == level]


def can_be(path, i, of):
    """The values that input i can have in some person in this state."""
    column = owner(path, i)
    if column is None:
        return set(VALUES[i])
    if column == i:
        return {of[column]}
    return {a for (a, _), pairs in raw_moves(path, column)[i].items() if of[column] in [x for x, _ in pairs]}


def one_for_each_level():
    """(path, person) for one person at every level of every path, the article reading too."""
    for path in (*BOOK, "article"):
        for level in levels(path)[1]:
            seen, names = levels(path)
            yield path, level, space.unfold(path, state(path, seen.index(names.index(level))))


def texts(answer):
    """Every item of an answer's lists."""
    return [x for name in ("reasons", *LISTS) for x in answer[name]]


def words(d):
    """Every word of an answer: as a note, in its first line, and as data."""
    return "\n".join([str(d), d.headline, json.dumps(d.to_dict(), ensure_ascii=False)])


# ---- the reduction from people to states


@pytest.mark.parametrize("path", CHECKLISTS)
def test_folding_is_the_literal_one_for_every_answer_to_every_checklist(path):
    """Each checklist of a verdict table holds the inputs written above and folds every combination so."""
    m = machine()
    lists = {c for c in m.columns[path] if c in m.lists}
    assert lists == set(CHECKLISTS[path])
    for c in lists:
        items, expected = CHECKLISTS[path][c]
        assert set(m.lists[c]["items"]) == set(items), c
        for values in product(*[VALUES[i] for i in items]):
            case = dict(zip(items, values, strict=True))
            if m.value(c, case) != expected(values):
                pytest.fail(f"{c} folds to {m.value(c, case)}, not {expected(values)}: {patient(case)}")


@pytest.mark.parametrize("path", CHECKLISTS)
def test_moves_are_exactly_those_that_people_can_make(path):
    """For every input, ``moves`` lists each change of the column that some person shows, and no other."""
    for c, values in space.columns(path).items():
        if c not in CHECKLISTS[path]:
            expected = {c: {(a, b): {(a, b)} for a in values for b in values if a != b}}
        else:
            items, to = CHECKLISTS[path][c]
            value = {answers: to(answers) for answers in product(*[VALUES[i] for i in items])}
            expected = {i: {(a, b): set() for a in VALUES[i] for b in VALUES[i] if a != b} for i in items}
            for answers, before in value.items():
                for n, i in enumerate(items):
                    for b in VALUES[i]:
                        if b != answers[n]:
                            after = value[answers[:n] + (b,) + answers[n + 1 :]]
                            expected[i][answers[n], b].add((before, after))
        assert moves(path, c) == expected, c


@pytest.mark.parametrize("path", CHECKLISTS)
def test_unfolding_gives_a_person_who_is_in_that_state(path):
    """For one state in 29, the person made from it folds back to it; some are decided, by the same row."""
    decided_by = space.deciders(path)
    for n, of in enumerate(space.states(path)):
        if n % (1 if len(decided_by) < 100 else 29):
            continue
        case = space.unfold(path, of)
        assert set(case) == set(VALUES) and all(v in VALUES[i] for i, v in case.items())
        assert folded(path, case) == of
        assert number(path, of) == n
        if n % 7 == 0:
            said = decided(case, "article" if path == "article" else "book")
            assert (said["path"], said["reasons"][0]["row"]) == (path, machine().rows[path][decided_by[n]]["row"])


@given(people())
@settings(max_examples=600)
def test_a_person_gets_the_level_of_their_state(case):
    """Folding loses nothing: the state's deciding row is the row that decide names, in both readings."""
    for reading in ("book", "article"):
        path = "article" if reading == "article" else "on" if case["ketamine_status"] == "on" else "start"
        row = machine().rows[path][space.deciders(path)[number(path, folded(path, case))]]
        d = decide(case, reading=reading)
        assert (d.path, d.level, d.reasons[0].row) == (path, row["level"], row["row"]), patient(case)


# ---- the invariants

ELSEWHERE_TRIED = {  # part of an invariant, or all of it, in another file
    3: ["test_second_edition.test_a_stop_is_cited_from_its_own_input_and_from_no_other"],
    14: ["test_second_edition.test_two_stops_are_cited_from_both"],
    15: ["test_second_edition.test_on_treatment_a_stop_today_does_not_borrow_from_a_planned_one"],
    23: [
        "test_second_edition.test_no_verdict_row_tells_the_adult_ages_apart_or_asks_for_the_kind_of_pain",
        "test_second_edition.test_each_option_is_there_exactly_once_in_scope_and_none_elsewhere",
        "test_second_edition.test_each_option_and_pain_type_is_covered_by_exactly_one_row",
    ],
    24: [
        "test_changes.test_on_small_tables_nothing_shorter_exists",
        "test_changes.test_500_patients_on_both_paths_get_nothing_that_is_too_long",
        "test_changes.test_every_single_change_and_every_pair_was_tried",
    ],
    25: ["test_second_edition.test_nothing_speaks_of_a_taper_where_ketamine_stops_at_once"],
    26: [
        "test_second_edition.test_headlines_written_by_hand",
        "test_second_edition.test_every_headline_is_words_with_a_fact_and_a_next_step",
    ],
}


def test_each_invariant_of_the_specification_has_a_test_with_its_number():
    """Section 5 has 26 invariants; each is tried here, or in another file by the name written above."""
    text = (KNOWLEDGE.parent / "SPECIFICATION.md").read_text(encoding="utf-8")
    section = re.search(r"^## 5\. .*?(?=^## 6\. )", text, re.M | re.S)[0]
    numbers = [int(n) for n in re.findall(r"^(\d+)\. ", section, re.M)]
    assert numbers == list(range(1, 27))
    here = {int(n) for n in re.findall(r"^def test_inv(\d\d)_", Path(__file__).read_text(encoding="utf-8"), re.M)}
    assert here | set(ELSEWHERE_TRIED) == set(numbers) and here >= {*range(1, 24), 25, 26}
    for names in ELSEWHERE_TRIED.values():
        for file, _, name in (x.partition(".") for x in names):
            there = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")
            assert f"\ndef {name}(" in there, f"{file}.{name}"


def test_inv01_consider_only_if_everything_is_met_and_known():
    """SPECIALIST_CONSIDER needs every criterion and addition, a plan for high risk, and no unknown."""
    found = states_at("start", "SPECIALIST_CONSIDER")
    modifiers, plans = 2, len(VALUES["risk_plan"])  # a modifier may be yes or no; a plan may be open where no risk is
    assert len(found) == len(ADULT) * modifiers * (plans + 1)
    for of in found:
        who = patient(space.unfold("start", of))
        for i in (*CRITERIA, *ADDITIONS):
            assert can_be("start", i, of) == {"yes"}, f"{i} need not be yes for: {who}"
        for i in oracle.NEEDED_START:
            assert "unknown" not in can_be("start", i, of), f"{i} may be unknown for: {who}"
        assert of["age_group"] in ADULT and of["setting"] == "chronic_noncancer", who
        assert all(can_be("start", i, of) == {"no"} for i in START_STOPS), who
        free_of_risk = all(can_be("start", i, of) == {"no"} for i in HIGH_RISK)
        assert of["risk_plan"] == "yes" or free_of_risk, f"no plan for: {who}"
        assert decided(space.unfold("start", of), "book")["missing"] == []


def test_inv02_no_first_line_level_and_never_before_first_line_trials():
    """No level recommends; without failed first-line trials no state is SPECIALIST_CONSIDER."""
    assert {x["level"] for x in machine().model["levels"] if x["path"] == "start"} == set(RANKS["start"])
    assert {x["level"] for x in machine().model["levels"] if x["path"] == "on"} == set(RANKS["on"])
    for x in machine().model["levels"]:
        assert not re.search(r"recommend|first.line", f"{x['level']} {x['name']}", re.I), x
    for of in states_at("start", "SPECIALIST_CONSIDER"):
        assert can_be("start", "first_line_trials_failed", of) == {"yes"}, patient(space.unfold("start", of))


def test_inv03_any_stop_before_a_start_is_avoid():
    """Start path: any hard, urgent or diversion input at yes gives AVOID, or is out of scope."""
    assert {"past_ketamine_harm", "abnormal_lfts"} <= set(START_STOPS)
    for i in START_STOPS:
        for a in ("no", "unknown"):
            every_move("start", i, a, "yes", lambda _, new: new in ("AVOID", "OUT_OF_SCOPE"), "inv 3")
    every_state("start", scope_is_as_written, "inv 3: out of scope is for scope only")


def test_inv04_all_unknown_is_defer():
    """Nothing said means DEFER, with everything needed listed as missing."""
    d = decide()
    assert (d.level, d.urgent, set(d.missing)) == ("DEFER", False, set(oracle.NEEDED_START))


@pytest.mark.parametrize("i", RISKS)
def test_inv05_a_risk_never_helps(i):
    """For each risk: no is at least as permissive as yes and as unknown, in every state."""
    for path in BOOK:
        not_more_permissive(path, i, "no", "yes", "inv 5")
        not_more_permissive(path, i, "no", "unknown", "inv 5")


@pytest.mark.parametrize("i", START_STOPS)
def test_inv06_a_stop_is_worst_when_present_and_worse_when_unknown(i):
    """For hard, urgent and diversion inputs: no, unknown, yes is never a step up."""
    for path in BOOK:
        not_more_permissive(path, i, "no", "unknown", "inv 6")
        not_more_permissive(path, i, "unknown", "yes", "inv 6")


@pytest.mark.parametrize("i", [*CRITERIA, *ADDITIONS, "risk_plan", "functional_benefit"])
def test_inv07_a_met_condition_never_hurts(i):
    """For each criterion and addition: yes, unknown, no is never a step up."""
    for path in BOOK:
        not_more_permissive(path, i, "yes", "unknown", "inv 7")
        not_more_permissive(path, i, "unknown", "no", "inv 7")


@pytest.mark.parametrize("i", REASSURING)
def test_inv08_unknown_is_never_read_as_reassuring(i):
    """For every input: unknown is never more permissive than reassuring, nor let through where needed."""
    for path in BOOK:
        if i != "ketamine_status" or path == "start":
            for calm in ADULT if i == "age_group" else (REASSURING[i],):
                not_more_permissive(path, i, calm, "unknown", "inv 8")
        for of in states_at(path, PERMITTED[path]):
            needed = set(oracle.NEEDED_START if path == "start" else oracle.NEEDED_ON)
            if i in needed:
                who = patient(space.unfold(path, of))
                assert "unknown" not in can_be(path, i, of), f"inv 8: {i} for {who}"


def test_inv09_urgent_is_exactly_an_urgent_input():
    """The urgent flag follows the two urgent inputs, whatever the scope, the path and the reading."""
    others = ("ketamine_status", "age_group", "setting")
    for base in (UNKNOWN, GOOD_START):
        for values in product(*[VALUES[i] for i in (*URGENT, *others)]):
            case = {**base, **dict(zip((*URGENT, *others), values, strict=True))}
            for reading in ("book", "article"):
                said = decided(case, reading)
                assert said["urgent"] == ("yes" in values[:2]), f"{reading}: {patient(case)}"
                rules = [x["rule"] for x in said["reasons"]]
                assert ("R-URG" in rules[1:2]) == said["urgent"], f"{reading}: {rules} for {patient(case)}"


@given(people())
def test_inv09_urgent_depends_on_nothing_else(case):
    """For random people the flag is the two inputs and nothing else."""
    for reading in ("book", "article"):
        assert decide(case, reading=reading).urgent == any(case[i] == "yes" for i in URGENT), patient(case)


@pytest.mark.parametrize("path", CHECKLISTS)
def test_inv10_and_inv23_no_verdict_table_looks_at_what_is_neutral(path):
    """Under-treated pain, the kind of pain and the hazards of alternatives stand in no table that decides a level."""
    columns = {c for row in machine().rows[path] for c in row["when"]}
    items = {i for c in columns for i in (machine().lists[c]["items"] if c in machine().lists else [c])}
    assert items and not items & set(NEUTRAL)
    assert [owner(path, i) for i in NEUTRAL] == [None] * len(NEUTRAL)
    needed = [machine().inputs[i][x] for i in NEUTRAL for x in BOOK]
    assert needed == ["–"] * len(needed), "an open one of these is not missing either"


@given(people())
def test_inv10_undertreated_pain_never_changes_the_level(case):
    """Suspected under-treated pain neither punishes nor unlocks: same level, same reasons, same unknowns."""
    answers = [decide({**case, "pain_undertreated_suspected": v}) for v in ("yes", "no", "unknown")]
    seen = {(d.level, d.urgent, str(d.reasons), str(d.missing), str(d.possible)) for d in answers}
    assert len(seen) == 1, patient(case)


def test_inv11_benzodiazepine_is_never_a_safeguard():
    """No safeguard or monitoring row adds one; the only row that names one says never to stop it abruptly."""
    for table in ("safeguards", "monitoring"):
        for row in machine().rows[table]:
            if BENZODIAZEPINE.search(row["because"] + row["title"] + row["id"]):
                assert row["id"] == "no_abrupt_stop_of_sedatives"
                assert row["because"].startswith("Never stop a benzodiazepine abruptly")


@given(people())
def test_inv11_benzodiazepine_caution_is_always_there(case):
    """Every answer in either reading carries the caution that a benzodiazepine is not routine."""
    for reading in ("book", "article"):
        assert decide(case, reading=reading).cautions[0].id == "benzodiazepine_not_routine", patient(case)


def test_inv11_benzodiazepine_caution_at_every_level():
    """The same for one person at each level of each path."""
    for path, level, case in one_for_each_level():
        said = decided(case, "article" if path == "article" else "book")
        assert said["level"] == level
        first = said["cautions"][0]
        assert (first["id"], first["title"]) == ("benzodiazepine_not_routine", "Benzodiazepine: not routine"), patient(
            case
        )
        assert "This book does not, because that would be a second controlled sedative." in first["text"]


def test_inv12_no_text_that_can_be_shown_has_a_dose():
    """Everything the machine can print, walked to the last string of the compiled model, is free of doses."""

    def strings(x):
        if isinstance(x, str):
            yield x
        for y in x.values() if isinstance(x, dict) else x if isinstance(x, list) else ():
            yield from strings(y)

    found = [*strings(machine().model), NOTICE]
    printed = {row["because"] for table in machine().rows for row in rows(f"rules/{table}.csv")}
    printed |= {row[x] for row in rows("rules/vocabulary.csv") for x in ("question", "why", "next", "label")}
    printed |= {row["next"] for path in CHECKLISTS for row in rows(f"rules/{path}.csv")}
    printed -= {"–"}
    assert printed <= set(found), "the walk goes past what is printed"
    for text in found:
        assert not DOSE.search(text), text


@given(people())
def test_inv12_no_answer_has_a_dose(case):
    """The whole answer of random people, as text and as data, is free of doses in either reading."""
    for reading in ("book", "article"):
        assert not DOSE.search(words(decide(case, reading=reading))), patient(case)


ON_SAFEGUARDS = {"no_abandonment", "withdrawal_craving_mood_watch", "no_abrupt_stop_of_sedatives"}


def test_inv13_ketamine_always_comes_with_safeguards_and_monitoring():
    """Each state that permits ketamine carries the named safeguards and every kind of monitoring."""
    wanted = {
        "start": {
            "supervised_sessions_only",
            "no_take_home_supply",
            "written_stop_criteria",
            "defined_course_and_end_date",
            "two_way_agreement",
            "no_driving",
            "ketamine_specific_toxicology",
            "link_to_addiction_and_mental_health_care",
        },
        "on": {*ON_SAFEGUARDS, "end_date", "supervised_sessions_only", "no_driving"},
    }
    monitoring = {
        "vital_signs",
        "mental_state",
        "liver",
        "urinary",
        "cognition",
        "function",
        "behaviours_and_prescriptions",
        "pregnancy",
    }
    for path in BOOK:
        for of in states_at(path, PERMITTED[path]):
            case = space.unfold(path, of)
            said = decided(case, "book")
            assert wanted[path] <= {x["id"] for x in said["safeguards"]}, patient(case)
            assert {x["id"] for x in said["monitoring"]} == monitoring, patient(case)
            assert "off_label" in {x["id"] for x in said["notes"]}, patient(case)


def test_inv13_whatever_happens_on_treatment_nobody_is_dropped():
    """At every level of the on path: no abandonment, withdrawal watched, no sedative stopped abruptly."""
    seen = {level: decided(case, "book") for path, level, case in one_for_each_level() if path == "on"}
    assert set(seen) == set(RANKS["on"])
    for level, said in seen.items():
        assert said["level"] == level and ON_SAFEGUARDS <= {x["id"] for x in said["safeguards"]}, level
        assert ("end_date" in {x["id"] for x in said["safeguards"]}) == (level == PERMITTED["on"])
    always = {x["id"] for x in machine().rows["safeguards"] if x["when"] == {"reading": ["book"], "path": ["on"]}}
    assert always == ON_SAFEGUARDS, "whatever else is known"


def test_inv14_every_reason_has_a_rule_and_every_rule_a_source():
    """Every state is decided by a rule of the specification; every row cites what exists, or its inputs do."""
    known, keys = set(claims()), set(sources())
    for path in CHECKLISTS:
        decided_by = space.deciders(path)
        assert space.GAP not in decided_by
        rules = {machine().rows[path][n]["row"].split(".")[0] for n in set(decided_by)}
        assert rules == RULES[path]
    for table, told in machine().rows.items():
        for row in told:
            assert row["row"].startswith("R-") and row["because"].strip(), (table, row["row"])
            if row["certainty"] == "–":  # it rests on the inputs that match it, each of them, and on nothing else
                found = [machine().inputs[i] for c in row["when"] for i in CHECKLISTS[table][c][0]]
                assert found and not row["claims"] + row["sources"], row["row"]
                assert all(x["claims"] + x["sources"] and x["certainty"] != "–" for x in found), row["row"]
            else:
                assert row["claims"] or row["sources"], (table, row["row"])
            assert set(row["claims"]) <= known and set(row["sources"]) <= keys, (table, row["row"])
            assert row["origin"] in ("article", "addition"), (table, row["row"])


@given(people())
def test_inv14_every_item_of_every_answer_rests_on_something(case):
    """Every item of an answer has a rule, a text, and a claim or a source; the first reason decides."""
    for reading in ("book", "article"):
        said = decided(case, reading)
        assert said["reasons"], patient(case)
        for x in texts(said):
            assert x["rule"].startswith("R-") and x["text"] and x["claims"] + x["sources"], (x, patient(case))
            assert x["origin"] in ("article", "addition")
    assert decided(case, "book")["reasons"][0]["rule"] == oracle.verdict(case)[1], patient(case)


def test_inv15_on_treatment_urgent_stops_and_unknown_never_continues():
    """On ketamine and in scope, what stops it today gives STOP_AND_ESCALATE; CONTINUE never has anything missing."""
    assert set(URGENT) < set(ON_STOPS)
    for i in ON_STOPS:
        for a in ("no", "unknown"):
            ends = ("STOP_AND_ESCALATE", "OUT_OF_SCOPE")
            every_move("on", i, a, "yes", lambda _, new, ends=ends: new in ends, "inv 15")
    every_state("on", scope_is_as_written, "inv 15: out of scope is for scope only")
    found = states_at("on", "CONTINUE_WITH_SAFEGUARDS")
    assert len(found) == len(ADULT) * (len(VALUES["risk_plan"]) + 1)  # no behaviour, or a behaviour with a plan
    for of in found:
        assert of["age_group"] in ADULT and of["setting"] == "chronic_noncancer"
        assert all(can_be("on", i, of) == {"no"} for i in (*ON_STOPS, *ON_ENDS, *FINDINGS))
        for i in oracle.NEEDED_ON:
            assert "unknown" not in can_be("on", i, of), f"inv 15: {i} for {patient(space.unfold('on', of))}"
        assert of["risk_plan"] == "yes" or all(can_be("on", i, of) == {"no"} for i in BEHAVIOURS)
        assert decided(space.unfold("on", of), "book")["missing"] == []


@pytest.mark.parametrize("i", ON_ENDS)
def test_inv15_on_treatment_a_lasting_reason_never_leaves_more_than_a_planned_end(i):
    """Each other hard stop, and diversion, at yes: a planned end, or what is more cautious still, in every state."""
    for a in ("no", "unknown"):
        every_move("on", i, a, "yes", lambda _, new: RANKS["on"][new] <= RANKS["on"]["DISCONTINUE_PLAN"], "inv 15")


@given(anyone(), st.sampled_from(ON_STOPS), st.sampled_from(VALUES["setting"]))
def test_inv15_out_of_scope_on_treatment_still_escalates(case, i, setting):
    """On ketamine, with anything that stops it today and only then: the safeguard is there, out of scope too."""
    quiet = {**case, **dict.fromkeys(ON_STOPS, "no"), "setting": setting, "ketamine_status": "on"}
    for one in ({**case, "ketamine_status": "on"}, quiet, {**quiet, i: "unknown"}, {**quiet, i: "yes"}):
        shown = [x for x in decide(one).safeguards if x.id == "stop_and_escalate"]
        assert len(shown) == oracle.escalates(one), patient(one)
        assert not shown or "no more ketamine" in shown[0].text.lower(), patient(one)


@given(anyone(), st.sampled_from(VALUES["age_group"]), st.sampled_from(ELSEWHERE))
def test_out_of_scope_nothing_is_said_of_merits(case, age, setting):
    """Beside “another kind of care decides” stand an urgent need and a stop, never a gap in somebody's trials."""
    d = decide({**case, "age_group": age, "setting": setting})
    grave = {"R-SCOPE", "R-URG", "R-HARD", "R-CONSENT", "R-ON-STOP"}
    assert d.level == "OUT_OF_SCOPE" and {x.rule for x in d.reasons} <= grave, patient(case)
    assert ("R-ON-STOP" in [x.rule for x in d.reasons]) == oracle.escalates(case), patient(case)
    assert d.alternatives == [], patient(case)


@pytest.mark.parametrize("i", BEHAVIOURS)
def test_inv16_a_behaviour_alone_never_ends_anything(i):
    """No behaviour, seen or unknown, brings a state to AVOID, DISCONTINUE_PLAN or STOP_AND_ESCALATE."""
    ended = ("AVOID", "DISCONTINUE_PLAN", "STOP_AND_ESCALATE")
    for path in BOOK:
        for b in ("yes", "unknown"):
            every_move(path, i, "no", b, lambda old, new: new == old or new not in ended, "inv 16")


@pytest.mark.parametrize("base", [GOOD_START, GOOD_ON], ids=["start", "on"])
def test_inv16_behaviours_never_carry_a_diagnosis(base):
    """For each set of behaviours, planned for or not, no reason or safeguard about them names a diagnosis."""
    for size in range(1, len(BEHAVIOURS) + 1):
        for seen in combinations(BEHAVIOURS, size):
            for plan in VALUES["risk_plan"]:
                case = {**base, **dict.fromkeys(seen, "yes"), "risk_plan": plan}
                said = decided(case, "book")
                assert said["level"] not in ("AVOID", "DISCONTINUE_PLAN", "STOP_AND_ESCALATE"), patient(case)
                about = [x["text"] for x in said["reasons"]]
                about += [x["text"] + x["title"] for x in said["safeguards"] if x["rule"] == "R-SG-BEH"]
                assert not DIAGNOSES.search(" ".join(about)), f"{about} for {patient(case)}"


def test_inv17_each_caution_row_only_turns_on_as_a_hazard_rises():
    """For every row, column and input of the cautions: no, unknown, yes never turns a condition off; ages apart."""
    m = machine()
    looked_at = set()
    for row, conditions in zip(m.rows["cautions"], m.tables["cautions"], strict=True):
        for column, mask in conditions:
            if column in ("reading", "age_group"):
                continue
            for i, changes in moves("cautions", column).items():
                looked_at.add(i)
                for a, b in (("no", "unknown"), ("unknown", "yes"), ("no", "yes")):
                    for before, after in changes[a, b]:
                        held = m.mask(column, [before]) & mask
                        assert not held or m.mask(column, [after]) & mask, (
                            f"inv 17: {row['row']} goes off when {i} goes from {a} to {b}"
                        )
    assert looked_at == set(HAZARDS)


def test_inv17_an_age_that_nobody_asked_about_counts_as_each_that_is_a_hazard():
    """Rows of an age ask for nothing else, each for unknown too; together they are the ages written in the oracle."""
    ages = {}
    for row in machine().rows["cautions"]:
        if "age_group" in row["when"]:
            assert row["when"] == {"reading": ["book"], "age_group": row["when"]["age_group"]}, row["row"]
            assert "unknown" in row["when"]["age_group"] and "adult" not in row["when"]["age_group"], row["row"]
            ages.setdefault(row["id"], set()).update(row["when"]["age_group"])
    assert ages == {name: set(x) for name, x in oracle.CAUTION_AGES.items()}


def cautioned(case):
    """Each caution by its id, with everything it says, rests on and is there for: rows with one id are one."""
    cautions = decide(case).cautions
    return {(x.id, part) for x in cautions for part in (*x.claims, *x.sources, *(i for i, _ in x.because_of), "")}


@given(people(), st.sampled_from(HAZARDS))
def test_inv17_the_caution_list_only_grows(case, hazard):
    """For random people and each hazard the cautions, and what each rests on, grow from no to unknown to yes."""
    seen = [cautioned({**case, hazard: v}) for v in ("no", "unknown", "yes")]
    assert seen[0] <= seen[1] <= seen[2], f"{hazard}: {seen} for {patient(case)}"


@given(people(), st.sampled_from(AGES))
def test_inv17_a_caution_for_an_age_only_grows(case, hazard):
    """The same for each age that a caution is for: from an age with no caution, to one not known, to it."""
    name, age = hazard
    seen = [{x for x, _ in cautioned({**case, "age_group": v}) if x == name} for v in ("adult", "unknown", age)]
    assert seen[0] <= seen[1] == seen[2] == {name}, f"{hazard}: {seen} for {patient(case)}"
    assert {x for x, _ in cautioned({**case, "age_group": "adult"})} <= {
        x for x, _ in cautioned({**case, "age_group": "unknown"})
    }


@given(people(), st.randoms(use_true_random=False))
def test_inv18_same_person_same_answer_whatever_the_order(case, shuffle):
    """Deciding again, in another order of fields, or with unknowns left out, gives the same answer."""
    names = list(case)
    shuffle.shuffle(names)
    again = decide({i: case[i] for i in names})
    short = decide({i: case[i] for i in names if case[i] != "unknown"})
    assert decide(case) == again == short, patient(case)
    assert decide(case).to_dict() == again.to_dict() == short.to_dict()
    assert decided({i: case[i] for i in names}, "book") == decided(case, "book"), "the machine itself"


def test_inv18_unknown_names_and_values_raise():
    """A name or a value that does not exist raises; it never becomes unknown."""
    for i in VALUES:
        with pytest.raises(ValueError, match=re.escape(i)):
            decide({i: "maybe"})
        with pytest.raises(ValueError, match="is not an input"):
            decide({i + "_x": "yes"})


def test_inv19_remission_never_gives_avoid():
    """A use disorder in remission never brings a state to AVOID or ends treatment; it adds shared care."""
    i = "past_sud_in_remission"
    for a in ("no", "unknown"):
        every_move("start", i, a, "yes", lambda old, new: new != "AVOID" or old == "AVOID", "inv 19")
        every_move("on", i, a, "yes", lambda old, new: new == old, "inv 19")
    d = decide({**GOOD_START, i: "yes"})
    assert d.level == "SPECIALIST_CONSIDER" and "R-SG-SUD" in [x.rule for x in d.safeguards]


@given(people())
def test_inv20_no_answer_has_a_banned_term_of_its_own(case):
    """Outside a marked quotation, no answer calls anyone anything the book bans."""
    for reading in ("book", "article"):
        d = decide(case, reading=reading)
        own = without_quotations(str(d) + d.headline + "".join(x["title"] + x["text"] for x in texts(d.to_dict())))
        assert not BANNED.search(own), f"{BANNED.search(own)} for {patient(case)}"


def test_inv21_nobody_leaves_with_nothing():
    """At every level of every path other care is offered, by rows that have no condition at all."""
    always = {row["id"] for row in machine().rows["other_care"] if not row["when"]}
    assert {
        "exercise_and_physical_therapy",
        "psychological_therapy",
        "diagnosis_and_pain_review",
        "follow_up",
    } <= always
    for path, level, case in one_for_each_level():
        said = decided(case, "article" if path == "article" else "book")
        assert said["level"] == level
        assert always <= {x["id"] for x in said["other_care"]}, patient(case)


@given(people())
def test_inv21_other_care_is_never_empty(case):
    """For random people too; urgent help exactly when urgent, addiction treatment for a use disorder."""
    for reading in ("book", "article"):
        said = decide(case, reading=reading)
        shown = [x.id for x in said.other_care]
        assert {"exercise_and_physical_therapy", "psychological_therapy", "follow_up"} <= set(shown), patient(case)
        assert ("urgent_help" in shown) == said.urgent, patient(case)
        assert ("offer_addiction_treatment" in shown) == (case["active_sud"] == "yes"), patient(case)


@pytest.mark.parametrize("i", HIGH_RISK)
def test_inv22_a_planned_for_risk_never_lowers_the_level(i):
    """With a plan agreed, a high-risk feature at yes leaves the level of every state as it was at no."""
    for path in BOOK:
        seen, names = levels(path)
        column = owner(path, i)
        if column is None:
            continue
        planned = {x for at, _, step in paired(path, "risk_plan", "yes", "no") for x in range(at, at + step)}
        assert len(planned) == len(seen) // 3
        for before, after in raw_moves(path, column)[i]["no", "yes"]:
            for x, y, step in paired(path, column, before, after):
                for n in range(step) if seen[x : x + step] != seen[y : y + step] else ():
                    if x + n in planned and seen[x + n] != seen[y + n]:
                        who = patient(someone(path, i, "no", "yes", column, before, after, x + n))
                        old, new = names[seen[x + n]], names[seen[y + n]]
                        pytest.fail(f"inv 22: {i} at yes moves {old} to {new} in: {who}")


def test_inv22_every_set_of_features_with_a_plan_keeps_access():
    """Every set of high-risk features, planned for and all else favourable, keep the favourable level."""
    for answers in product(("no", "yes"), repeat=len(HIGH_RISK)):
        risks = dict(zip(HIGH_RISK, answers, strict=True))
        for base, level in ((GOOD_START, "SPECIALIST_CONSIDER"), (GOOD_ON, "CONTINUE_WITH_SAFEGUARDS")):
            case = {**base, **risks, "risk_plan": "yes"}
            assert decided(case, "book")["level"] == level, patient(case)


@pytest.mark.parametrize("a, b", permutations(ADULT, 2))
def test_inv23_the_adult_ages_are_decided_alike_in_every_state(a, b):
    """In every state of both paths another adult age leaves the deciding row, and so the level, as it was."""
    for path in BOOK:
        every_move(path, "age_group", a, b, lambda old, new: old == new, "inv 23")
        rows_of = space.deciders(path)
        pairs = list(paired(path, "age_group", a, b))
        assert sum(step for _, _, step in pairs) * len(VALUES["age_group"]) == len(rows_of)
        assert all(rows_of[x : x + step] == rows_of[y : y + step] for x, y, step in pairs)


def test_inv23_options_are_there_at_every_level_in_scope():
    """One person at each level and each kind of pain: every option once, with a fit and something it rests on."""
    for path, level, case in one_for_each_level():
        for pain in VALUES["pain_type"] if path in BOOK else ():
            said = decided({**case, "pain_type": pain})
            assert said["level"] == level, pain
            assert sorted(x["id"] for x in said["alternatives"]) == oracle.alternatives(case), patient(case)
            assert bool(said["alternatives"]) == (level != "OUT_OF_SCOPE")


def test_inv25_a_row_that_speaks_of_a_taper_cannot_match_where_ketamine_stops_at_once():
    """On the tables, so for everyone: such a row asks that nothing which stops at once is there; no input says it."""
    m = machine()
    hold = m.lists["no_taper"]
    assert (hold["precedence"][0], set(hold["items"])) == (["yes"], set(NO_TAPER))
    said = [row for told in m.rows.values() for row in told if any(TAPER.search(str(x)) for x in row.values())]
    assert said, "somewhere the treating team plans a taper"
    for row in said:
        assert set(row["when"].get("no_taper", ["yes"])) <= {"no", "unknown"}, row["row"]
        assert row["when"].get("path") == ["on"], f"{row['row']}: before a start there is nothing to taper"
    always = [NOTICE, *(str(x) for x in (*m.inputs.values(), *m.model["levels"]))]
    assert not [x for x in always if TAPER.search(x)]


def test_inv25_no_level_on_treatment_tapers_what_stops_at_once():
    """One person at each level of the on path, with each of the four, out of scope too: not a word of a taper."""
    for path, _, case in one_for_each_level():
        for i in NO_TAPER if path == "on" else ():
            assert not TAPER.search(words(decide({**case, i: "yes"}))), patient({**case, i: "yes"})


@pytest.mark.parametrize("path", CHECKLISTS)
def test_inv26_every_row_that_decides_is_told_in_words(path):
    """Of the states each row decides, up to forty from first to last: the headline names an answer it was for."""
    m, reading = machine(), "article" if path == "article" else "book"
    decided_by = space.deciders(path)
    by_row = {}
    for n, row in enumerate(decided_by):
        by_row.setdefault(row, []).append(n)
    assert set(by_row) == set(range(len(m.rows[path])))
    for row, numbers in by_row.items():
        for n in numbers[:: max(1, len(numbers) // 40)]:
            case = space.unfold(path, state(path, n))
            d = decide(case, reading=reading)
            first = d.reasons[0]
            assert first.row == m.rows[path][row]["row"], patient(case)
            said = d.headline.lower()
            names = {m.inputs[i]["label"].lower() for i, _ in first.because_of}
            names |= {m.label(i, v).lower() for i, v in first.because_of if v not in oracle.YES_NO}
            assert any(x in said for x in names), f"{d.headline} for {patient(case)}"
            assert d.level_name.replace(": ", ", ").lower() in said and not CODE.search(d.headline), d.headline


@given(near(GOOD_START, GOOD_ON, most=3), st.integers(0, 10**6))
def test_no_random_walk_of_reassuring_answers_lowers_the_level(case, seed):
    """With a plan agreed, answers turned reassuring one by one in any order never make a level stricter."""
    case = {**case, "risk_plan": "yes"}
    rank = RANKS["on" if case["ketamine_status"] == "on" else "start"]
    last = rank[decided(case, "book")["level"]]
    names = [i for i in REASSURING if i != "ketamine_status"]
    random.Random(seed).shuffle(names)
    for i in names:
        case[i] = REASSURING[i]
        now = rank[decided(case, "book")["level"]]
        assert now >= last, f"{i} at {REASSURING[i]}: {patient(case)}"
        last = now

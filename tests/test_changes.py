"""``what_would_change`` is exact: no shorter list leads to a level it names, and it names every level in reach.

Why this is a proof and not a sample of good luck:

* Small tables. Random models, built here as plain dicts, are small enough to try *every* assignment of every input
  that may move. Rows are read once more by the few lines of ``level_of``, which knows nothing of sets, boxes or bits.
  For each level the least cost over all assignments is the answer, by definition.
* The real tables. 46 inputs are too many to try, so the search goes over what ``oracle`` asks. Its plain ifs, written
  from the specification, ask a few QUESTIONS of a person, each “does any of these inputs have this value?”; so two
  people who answer them alike get the same level (``test_the_questions_are_all_that_the_specification_asks``). Taking
  the inputs one by one, for each ketamine status, and keeping, for each set of questions answered yes so far, the
  cheapest way to get there therefore loses nothing: costs add up, inputs move freely, and yes answers only join. What
  is left at the end is the cheapest person for each set of answers, and the oracle gives that person's level. Nothing
  of ``decision`` is used.
* That search is itself checked against every single change, and every pair of changes, tried one by one.

A cost is (changes, known facts moved, answers that worry), compared in that order.
"""

import random
from collections import Counter
from functools import cache
from itertools import combinations, product

import oracle
import pytest
from oracle import ADULT, BEHAVIOURS, ELSEWHERE, GOOD_ON, GOOD_START, HIGH_RISK, INPUTS, REASSURING, UNKNOWN, VALUES

from decision import decide, vignettes
from decision.change import what_would_change
from decision.machine import Machine

FREE = (0, 0, 0)


def plus(a, b):
    """Two costs together."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def cost_of(before, after, worries):
    """What it takes to come from one person to another; ``worries(input, value)`` says which answers do."""
    moved = [i for i in before if after[i] != before[i]]
    return len(moved), sum(before[i] != "unknown" for i in moved), sum(worries(i, after[i]) for i in moved)


# ---- small tables: every assignment


def shuffled(draw, items):
    """The items in a random order."""
    return draw.sample(list(items), len(items))


def some(draw, items, least=1):
    """A random part of the items, in their order."""
    kept = draw.sample(list(items), draw.randint(least, len(items)))
    return [x for x in items if x in kept]


def precedence(draw):
    """Any order in which the answers of a checklist may count, now and then with a mixed one."""
    order = [[v] for v in shuffled(draw, ("yes", "no", "unknown"))]
    if draw.random() < 0.4:
        order.insert(draw.randint(0, 2), draw.sample(["yes", "no", "unknown"], 2))
    return order


def random_table(draw, name, inputs, lists, owned, levels):
    """A first-match table: each input in at most one of its columns; mostly with a last row that takes the rest."""
    columns = {c["id"]: ["+".join(p) for p in c["precedence"]] for c in lists}
    columns.update({i: inputs[i]["values"] for i in inputs if i not in owned and draw.random() < 0.8})
    if name == "on" or draw.random() < 0.3:
        columns.pop("ketamine_status", None)
    names = shuffled(draw, columns)
    rows = []
    for _ in range(draw.randint(2, 6)):
        asked = draw.sample(names, min(len(names), draw.randint(1, 3)))
        rows.append({c: some(draw, columns[c]) for c in names if c in asked})
    if draw.random() < 0.8:
        rows.append({})
    rows = [
        {"row": f"{name}.{n}", "level": draw.choice(levels), "because": "", "when": when} for n, when in enumerate(rows)
    ]
    return {"name": name, "columns": names, "rows": rows}


def random_model(draw):
    """A model of four to seven inputs, in the shape that ``load`` gives, with only what levels depend on."""
    inputs = {}
    for n in range(draw.randint(3, 6)):
        values = ["yes", "no", "unknown"]
        if draw.random() < 0.25:
            values = shuffled(draw, ["red", "green", "blue", "unknown"][draw.randint(0, 1) :])
        inputs[f"i{n}"] = {"values": values}
    inputs["ketamine_status"] = {"values": shuffled(draw, ("not_on", "on", "unknown"))}
    for i, given in inputs.items():
        known = [v for v in given["values"] if v != "unknown"]
        given.update(id=i, changeable=draw.random() < 0.6, calm=some(draw, known, 0))
    open_ = shuffled(draw, [i for i in inputs if inputs[i]["values"] == ["yes", "no", "unknown"]])
    tables, lists = [], []
    for name in ("start", "on", "article"):  # each path folds the inputs in its own way
        left, mine = shuffled(draw, open_), []
        while len(left) > 1 and draw.random() < 0.7:
            size = draw.randint(2, min(4, len(left)))
            taken, left = left[:size], left[size:]
            mine.append({"id": f"{name}{len(mine)}", "precedence": precedence(draw), "items": taken})
        owned = {x for c in mine for x in c["items"]}
        tables.append(random_table(draw, name, inputs, mine, owned, ["A", "B", "C", "D"]))
        lists += mine
    order = shuffled(draw, inputs)
    return {
        "inputs": [inputs[i] for i in order],
        "checklists": lists,
        "levels": [{"path": "start", "level": x} for x in ("A", "B", "C", "D")],
        "context": {},
        "tables": tables,
    }


def level_of(model, case, reading):
    """The level of a small model, read off its rows one by one; None where no row decides."""
    path = "article" if reading == "article" else "on" if case["ketamine_status"] == "on" else "start"
    value = dict(case)
    for c in model["checklists"]:
        present = {case[x] for x in c["items"]}
        value[c["id"]] = next("+".join(p) for p in c["precedence"] if present.issuperset(p))
    table = next(t for t in model["tables"] if t["name"] == path)
    hits = (row["level"] for row in table["rows"] if all(value[c] in legal for c, legal in row["when"].items()))
    return next(hits, None)


def best_by_trying(model, case, levels):
    """For each other level: the least cost over every person that this one may become."""
    given = {x["id"]: x for x in model["inputs"]}
    best = {}
    for values, level in levels.items():
        other = dict(zip(case, values, strict=True))
        moved = [i for i in case if other[i] != case[i]]
        if any(other[i] == "unknown" or not (case[i] == "unknown" or given[i]["changeable"]) for i in moved):
            continue
        cost = cost_of(case, other, lambda i, v: v not in given[i]["calm"])
        best[level] = min(best.get(level, cost), cost)
    return {level: cost for level, cost in best.items() if level not in (None, levels[tuple(case.values())])}


@pytest.mark.parametrize("reading", ["book", "article"])
def test_on_small_tables_nothing_shorter_exists(reading):
    """Hundreds of random models and people: against every assignment, cost, levels named and the moves are right."""
    draw, told = random.Random(2026), Counter()
    for n in range(300):
        model = random_model(draw)
        m, given = Machine(model), {x["id"]: x for x in model["inputs"]}
        everyone = list(product(*[x["values"] for x in model["inputs"]]))
        levels = {values: level_of(model, dict(zip(given, values, strict=True)), reading) for values in everyone}
        for values in draw.sample(everyone, 4):
            case = dict(zip(given, values, strict=True))
            if levels[values] is None:
                continue
            found = what_would_change(m, case, reading)
            calm = {(i, v) for i in given for v in given[i]["calm"]}
            expected = best_by_trying(model, case, levels)
            got = {}
            for level, changes in found:
                other = {**case, **{i: v for i, v in changes}}
                assert len({i for i, _ in changes}) == len(changes) == sum(case[i] != other[i] for i in case)
                assert all(v != "unknown" and (case[i] == "unknown" or given[i]["changeable"]) for i, v in changes)
                assert levels[tuple(other.values())] == level, (n, case, changes)
                got[level] = cost_of(case, other, lambda i, v, calm=calm: (i, v) not in calm)
            assert got == expected, (n, case, found)
            assert [len(x) for _, x in found] == sorted(len(x) for _, x in found)
            told.update(len(x) for _, x in found)
    assert sum(told.values()) > 500 and {1, 2, 3} <= set(told), told


# ---- the real tables: a search over what the specification asks

CANNOT_CHANGE = {  # facts about a person that no visit alters; the rest may differ next time
    *("ketamine_status", "age_group", "setting", "pain_type", "known_hypersensitivity", "past_ketamine_harm"),
    *("psychiatric_comorbidity", "past_sud_in_remission", "objective_findings"),
}
SCOPE = ((("age_group",), ("minor",)), (("setting",), ELSEWHERE))
QUESTIONS = {  # for each path: “does any of these inputs have one of these values?”, in the order of the oracle's ifs
    "start": (
        *SCOPE,
        (oracle.START_STOPS, ("yes",)),
        (("capacity_and_consent",), ("no",)),
        (("first_line_trials_failed", "nonpharmacological_tried"), ("no",)),
        (oracle.NEEDED_START, ("unknown",)),
        ((*oracle.CRITERIA, *oracle.ADDITIONS), ("no",)),
        (HIGH_RISK, ("yes",)),
        (("risk_plan",), ("unknown",)),
        (("risk_plan",), ("no",)),
    ),
    "on": (
        *SCOPE,
        (oracle.ON_STOPS, ("yes",)),
        (oracle.ON_ENDS, ("yes",)),
        (("functional_benefit", "benefit_exceeds_risk"), ("no",)),
        (BEHAVIOURS, ("yes",)),
        (("abnormal_lfts", "cognitive_decline", "urinary_symptoms"), ("yes",)),
        (("monitoring_program", *oracle.ADDITIONS), ("no",)),
        (oracle.NEEDED_ON, ("unknown",)),
        (("risk_plan",), ("unknown",)),
        (("risk_plan",), ("no",)),
    ),
    "article": ((oracle.ARTICLE_CRITERIA, ("no",)), (oracle.ARTICLE_CRITERIA, ("unknown",))),
}


def path_of(status, reading):
    """Whose questions are asked."""
    return "article" if reading == "article" else "on" if status == "on" else "start"


def level_by_oracle(case, reading="book"):
    """The level by the specification."""
    return oracle.article_level(case) if reading == "article" else oracle.verdict(case)[0]


@cache
def bits(path, i, value):
    """The questions of a path that one answer alone answers yes, a bit each."""
    return sum(1 << n for n, (names, values) in enumerate(QUESTIONS[path]) if i in names and value in values)


def worries(i, value):
    """Whether an answer is not one that reassures; among adults each age does."""
    return value != REASSURING.get(i) and not (i == "age_group" and value in ADULT)


def moves(case, i):
    """What an input may become, with the cost: a known fact only if it can change, and nothing becomes unknown."""
    out = [(case[i], FREE)]
    if case[i] == "unknown" or i not in CANNOT_CHANGE:
        known = case[i] != "unknown"
        out += [(v, (1, int(known), int(worries(i, v)))) for v in VALUES[i] if v not in ("unknown", case[i])]
    return out


def best_by_answers(case, reading):
    """For each level in reach: the least cost, over the sets of questions that can be answered yes."""
    best = {}
    for status, first in moves(case, "ketamine_status"):
        path = path_of(status, reading)
        ways = {bits(path, "ketamine_status", status): (first, (("ketamine_status", status),))}
        for i in INPUTS:
            if i == "ketamine_status":
                continue
            cheapest = {}  # of the answers to this input that say the same, only the cheapest can matter
            for v, cost in moves(case, i):
                b = bits(path, i, v)
                if b not in cheapest or cost < cheapest[b][0]:
                    cheapest[b] = (cost, v)
            if cheapest.keys() == {0}:
                continue
            new = {}
            for said, (so_far, told) in ways.items():
                for b, (cost, v) in cheapest.items():
                    total, key = plus(so_far, cost), said | b
                    if key not in new or total < new[key][0]:
                        new[key] = (total, (*told, (i, v)))
            ways = new
        for cost, told in ways.values():
            level = level_by_oracle({**case, **dict(told)}, reading)
            best[level] = min(best.get(level, cost), cost)
    here = level_by_oracle(case, reading)
    assert best.pop(here) == FREE
    return best


def best_by_few(case, reading, most):
    """For each other level that at most so many changes reach: the least cost, by trying every one of them."""
    best, here = {}, level_by_oracle(case, reading)
    steps = [[(i, v, cost) for v, cost in moves(case, i)[1:]] for i in INPUTS]
    for size in range(1, most + 1):
        for chosen in combinations([x for x in steps if x], size):
            for changes in product(*chosen):
                level = level_by_oracle({**case, **{i: v for i, v, _ in changes}}, reading)
                cost = FREE
                for _, _, one in changes:
                    cost = plus(cost, one)
                if level != here:
                    best[level] = min(best.get(level, cost), cost)
    return best


def somebody(draw, status):
    """A random person: near a decision, hardly known, or anyone; some with nothing but good news and a few gaps."""
    kind = draw.random()
    if kind < 0.4:
        case = {**(GOOD_ON if status == "on" else GOOD_START)}
        for i in draw.sample(INPUTS, draw.randint(0, 6)):
            case[i] = draw.choice(VALUES[i])
    elif kind < 0.6:
        case = {**UNKNOWN}
        for i in draw.sample(INPUTS, draw.randint(0, 12)):
            case[i] = draw.choice(VALUES[i])
    elif kind < 0.8:
        case = {**GOOD_ON} if status == "on" else {**GOOD_START}
        case.update(dict.fromkeys(draw.sample(INPUTS, draw.randint(1, 30)), "unknown"))
    else:
        case = {i: draw.choice(VALUES[i]) for i in INPUTS}
        if draw.random() < 0.6:  # most of anyone is out of scope for good
            case.update(age_group=draw.choice(ADULT), setting="chronic_noncancer")
    return {**case, "ketamine_status": status}


def patients(seed, count):
    """Seeded people, half of them on each path; of those on the start path some whose status is not known."""
    draw = random.Random(seed)
    return [somebody(draw, ("on", "not_on", "on", "unknown", "on", "not_on")[n % 6]) for n in range(count)]


def check(case, reading, expected):
    """What ``decide`` says would change this person is what ``expected`` says, level by level, at the same cost."""
    d = decide(case, reading=reading)
    found = d.what_would_change()
    got = {}
    for level, changes in found:
        assert all(case[i] == "unknown" or i not in CANNOT_CHANGE for i in changes), (changes, case)
        assert all(v not in ("unknown", case[i]) for i, v in changes.items()), (changes, case)
        other = {**case, **changes}
        assert level_by_oracle(other, reading) == level != d.level, (changes, case)
        assert level not in got
        got[level] = cost_of(case, other, worries)
    assert got == expected, {i: v for i, v in case.items() if worries(i, v)}
    assert [len(x) for _, x in found] == sorted(len(x) for _, x in found)
    return found


def test_the_questions_are_all_that_the_specification_asks():
    """Thousands of people, many of them alike: who answers the questions alike gets the same level."""
    levels, alike = {}, 0
    near = [
        {**base, **dict(pair)}
        for base in (GOOD_START, GOOD_ON)
        for pair in combinations([(i, v) for i in INPUTS for v in VALUES[i]], 2)
    ]
    for case in near + patients(41, 3000):
        for reading in ("book", "article"):
            path = path_of(case["ketamine_status"], reading)
            said = 0
            for i in INPUTS:
                said |= bits(path, i, case[i])
            key = (path, said, reading == "article" and case["ketamine_status"])  # in the book it is the path
            alike += key in levels
            level = level_by_oracle(case, reading)
            assert levels.setdefault(key, level) == level, (path, case)
    assert len(levels) > 100 and alike > 10_000


@pytest.mark.parametrize("seed", range(51, 55))
def test_500_patients_on_both_paths_get_nothing_that_is_too_long(seed):
    """Over four seeds 500 people on each path: the search over the specification's questions finds the same."""
    told = Counter()
    for case in patients(seed, 250):
        found = check(case, "book", best_by_answers(case, "book"))
        told.update(level for level, _ in found)
    assert set(told) == {*oracle.RANKS["start"], *oracle.RANKS["on"]}, told


def test_the_article_s_reading_is_exact_too():
    """The same in the article's reading."""
    for case in patients(61, 200):
        check(case, "article", best_by_answers(case, "article"))


def test_every_single_change_and_every_pair_was_tried():
    """With nothing but the oracle: all single changes for 150 people, all pairs for ten, contradict nobody."""
    for n, case in enumerate(patients(71, 150)):
        most = 2 if n % 15 == 0 else 1
        few = best_by_few(case, "book", most)
        exact = best_by_answers(case, "book")
        assert few == {level: cost for level, cost in exact.items() if cost[0] <= most}
        check(case, "book", exact)


# ---- by hand


def test_v09_needs_one_answer():
    """V09: all is well but for a pregnancy test nobody has done; its answer decides, either way."""
    found = dict(decide(vignettes()["V09"]["answers"]).what_would_change())
    assert found["SPECIALIST_CONSIDER"] == {"pregnant": "no"}
    assert found["AVOID"] == {"pregnant": "yes"}
    assert len(found["ALTERNATIVES_FIRST"]) == 1
    assert set(found) == {"SPECIALIST_CONSIDER", "AVOID", "ALTERNATIVES_FIRST"}


def test_v11_needs_one_answer_to_stop_and_what_is_open_to_go_on():
    """V11: mania not looked at yet; one answer stops, and the two open ones together let it be considered."""
    case = dict(vignettes()["V11"]["answers"])
    found = dict(decide(case).what_would_change())
    assert found["AVOID"] == {"active_psychosis_or_mania": "yes"}
    assert found["SPECIALIST_CONSIDER"] == {"active_psychosis_or_mania": "no", "mental_state_steady": "yes"}
    settled = dict(decide({**case, "mental_state_steady": "yes"}).what_would_change())
    assert settled["SPECIALIST_CONSIDER"] == {"active_psychosis_or_mania": "no"}


def test_with_nothing_known_everything_asked_must_be_answered():
    """Nobody asked anything: every level is in reach, and the permissive ones need every needed answer, all good."""
    found = dict(decide().what_would_change())
    assert set(found) == {*oracle.RANKS["start"], *oracle.RANKS["on"]} - {"DEFER"}
    start = {i: REASSURING[i] for i in oracle.NEEDED_START}
    on = {**{i: REASSURING[i] for i in oracle.NEEDED_ON}, "ketamine_status": "on"}
    assert found["SPECIALIST_CONSIDER"] == start
    assert found["CONTINUE_WITH_SAFEGUARDS"] == on
    assert found["HOLD_AND_REASSESS"] == {"ketamine_status": "on"}
    assert {len(found[x]) for x in ("OUT_OF_SCOPE", "AVOID", "ALTERNATIVES_FIRST")} == {1}
    assert {len(found[x]) for x in ("STOP_AND_ESCALATE", "DISCONTINUE_PLAN")} == {2}


def test_a_known_stop_that_can_pass_is_moved_and_one_that_cannot_is_not():
    """Raised blood pressure can settle; an allergy cannot, so nothing but scope is left."""
    found = dict(decide({**GOOD_START, "bp_rise_hazard": "yes"}).what_would_change())
    assert found["SPECIALIST_CONSIDER"] == {"bp_rise_hazard": "no"}
    assert decide({**GOOD_START, "known_hypersensitivity": "yes"}).what_would_change() == []


def test_of_equally_few_the_open_question_and_the_good_answer_come_first():
    """An open question is answered before a known fact is moved, and an age that reassures before one that worries."""
    found = dict(decide({**GOOD_START, "multiple_prescribers": "unknown"}).what_would_change())
    assert found["SPECIALIST_CONSIDER"] == {"multiple_prescribers": "no"}  # not yes, though a plan is agreed
    found = dict(decide({**GOOD_ON, "raised_icp_or_iop": "unknown"}).what_would_change())
    assert found["STOP_AND_ESCALATE"] == {"raised_icp_or_iop": "yes"}  # the others would each move a known fact
    asked = dict(decide({**GOOD_ON, "early_refill": "yes", "risk_plan": "unknown"}).what_would_change())
    assert asked["CONTINUE_WITH_SAFEGUARDS"] == {"risk_plan": "yes"}  # not: the behaviour was never there
    aged = dict(decide({**GOOD_START, "age_group": "unknown"}).what_would_change())
    assert aged["SPECIALIST_CONSIDER"]["age_group"] in ADULT and aged["OUT_OF_SCOPE"] == {"age_group": "minor"}

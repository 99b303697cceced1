"""An audit is exact: what an answer lets through is what the specification, in plain ifs, would not have."""

import random
import re
from itertools import combinations
from pathlib import Path

import oracle
import pytest
from folder import Folder, rows
from oracle import GOOD_ON, GOOD_START, REASSURING, VALUES
from test_engines import PYTHON, SUMS, micropython

import decision
from decision import audit, decide, inputs, readings, space, what_if
from decision.api import full_case, machine
from decision.audit import audited, harms
from decision.reader import KnowledgeError
from decision.readings import known_harms

BASE = {"start": GOOD_START, "on": GOOD_ON}
TOP = {"start": "SPECIALIST_CONSIDER", "on": "CONTINUE_WITH_SAFEGUARDS"}
ASKABLE = [i for i in VALUES if i != "ketamine_status"]
GRAVITY = {"urgent": 0, "stop": 1, "hold": 2}


def calm(i, v):
    """Whether an answer raises no concern, by the specification: any adult age does not, nor does a neutral input."""
    return i not in REASSURING or v == REASSURING[i] or (i == "age_group" and v in oracle.ADULT)


FACTS = [(i, v) for i in ASKABLE for v in VALUES[i] if v != "unknown" and not calm(i, v)]


def severity(path, case):
    """How grave it is that this person gets through, by the specification; nothing where the person may."""
    level, _ = oracle.verdict(case)
    if oracle.urgent(case):
        return "urgent"
    if level == TOP[path]:
        return None
    return "hold" if oracle.RANKS[path][level] == oracle.RANKS[path][TOP[path]] - 1 else "stop"


@pytest.fixture(scope="module")
def harmed():
    """Everybody one or two facts away from having nothing amiss, on both paths, and how gravely."""
    pairs = [x for x in combinations(FACTS, 2) if x[0][0] != x[1][0]]
    people = [(path, facts) for path in BASE for facts in [*((f,) for f in FACTS), *pairs]]
    told = {(path, frozenset(facts)): severity(path, {**BASE[path], **dict(facts)}) for path, facts in people}
    assert len(told) > 2000 and 1000 < sum(x is not None for x in told.values()) < len(told)
    return told


def questions(seed, count):
    """Seeded sets of questions, from none to all, and now and then all but a few."""
    draw = random.Random(seed)
    for n in range(count):
        few = draw.sample(ASKABLE, draw.randint(0, 4 if n % 3 == 0 else len(ASKABLE)))
        yield set(ASKABLE) - set(few) if n % 5 == 0 else set(few)


def least(told, asked):
    """The smallest sets of facts that an answer lets through to harm, by brute force."""
    through = {x: s for x, s in told.items() if s and not asked & {i for i, _ in x[1]}}
    return {x: s for x, s in through.items() if not any(p == x[0] and f < x[1] for p, f in through)}


@pytest.fixture(scope="module")
def tried(harmed):
    """Two hundred sets of questions, with the audit of each and what brute force finds."""
    return [(asked, audit(asked), least(harmed, asked)) for asked in questions(16, 200)]


def test_an_audit_equals_brute_force_over_everybody_one_or_two_facts_away(tried):
    """The same people and severities, for 200 sets of questions; level, urgency and reason are those of the person."""
    for asked, a, found in tried:
        assert {(h.path, frozenset(h.facts.items())): h.severity for h in a.holes} == found, sorted(asked)
        assert a.asked == [i for i in inputs() if i in asked]
    assert {len(h.facts) for _, a, _ in tried for h in a.holes} == {1, 2}
    for h in audit().holes:
        d = decide(h.case)
        told = (d.path, d.level, d.urgent, d.headline, d.reasons[0].text, d.reasons[0].sources)
        assert told == (h.path, h.level, h.urgent, h.headline, h.text, h.sources) and h.sources, h
        assert {i: v for i, v in h.case.items() if v != BASE[h.path][i] and i in REASSURING and v != "unknown"} == dict(
            h.facts
        )


def test_who_is_let_through_to_harm_meets_a_hole_and_nobody_else_does(harmed):
    """Not only the smallest: of all people two facts away, those harmed are those who have the facts of a hole."""
    for asked in questions(17, 40):
        holes = [(h.path, set(h.facts.items())) for h in audit(asked).holes]
        for (path, facts), grave in harmed.items():
            if not asked & {i for i, _ in facts}:
                assert bool(grave) == any(p == path and h <= facts for p, h in holes), (sorted(asked), path, facts)


def test_the_nearest_the_next_question_and_the_shortest_list_are_the_best_there_are(tried):
    """The gravest comes first; no question closes more of the gravest; the list closes all and no shorter one does."""
    for asked, a, found in tried:
        sets = [{i for i, _ in facts} for _, facts in found]
        assert not [s for s in sets if not s & set(a.closing)]
        assert audit(asked | set(a.closing)).holes == []
        must = set().union(*[s for s in sets if len(s) == 1])
        more = [s for s in sets if not s & must]
        for n in range(len(a.closing) - len(must)):
            for some in combinations(sorted(set().union(*more)), n):
                assert [s for s in more if not s & set(some)], (sorted(asked), some)
        if not found:
            assert (a.nearest, a.next_question, a.closing) == (None, None, [])
            continue
        gravest = min(GRAVITY[s] for s in found.values())
        assert GRAVITY[a.nearest.severity] == gravest and a.nearest == a.holes[0]

        def closes(i, found=found):
            return [sum(s == x and i in dict(f) for (_, f), s in found.items()) for x in GRAVITY]

        assert closes(a.next_question) == max(closes(i) for i in ASKABLE), sorted(asked)


def test_asking_more_never_opens_a_hole(tried):
    """Monotone: whatever is added to the questions, each hole that is left was there before."""
    draw = random.Random(18)
    for asked, a, _ in tried:
        more = audit(asked | set(draw.sample(ASKABLE, 5)))
        assert {(h.path, *h.facts.items()) for h in more.holes} <= {(h.path, *h.facts.items()) for h in a.holes}


def test_what_changes_nothing_can_change_nothing(harmed):
    """An input is idle if nobody two facts away is decided more gravely for it; the others are not idle."""
    a = audit(ASKABLE)
    for i in ASKABLE:
        facts = [f for f in FACTS if f[0] == i]
        counts = any(
            harmed[path, frozenset({f, g})] != harmed[path, frozenset({g})]
            for path in BASE
            for f in facts
            for g in FACTS
            if g[0] != i
        )
        assert (i in a.idle) != counts, i
    assert {"cns_depressant_coadministration", "pain_type"} <= set(a.idle)


def test_the_book_s_own_reading_has_no_hole():
    """Whoever gets through everything this book asks gets as far by its tables; nobody is named and nothing is open."""
    a = audit("book")
    assert (a.holes, a.nearest, a.next_question, a.closing) == ([], None, None, [])
    assert a.story.startswith("Nobody") and set(a.asked) == {*oracle.NEEDED_START, *oracle.NEEDED_ON, "risk_plan"}


@pytest.mark.parametrize("path", ["start", "on"])
def test_the_article_s_audit_agrees_with_the_article_s_reading_over_the_space(path):
    """Of every known state, as a person: the reading passes whoever answers well to what the audit says it asks.

    Of those the book stops or holds, all and only those have the facts of a hole. On treatment the reading passes
    nobody, since the article has no rule there; the audit says what its questions would miss if they were used.
    """
    a, m, met = audit("article"), machine(), set()
    assert set(a.asked) == set(m.lists["article_criteria"]["items"]) == set(oracle.ARTICLE_CRITERIA)
    for state in space.states(path):
        if any("unknown" in v for v in state.values()):
            continue
        case = space.unfold(path, state)
        through = all(case[i] == "yes" for i in a.asked)
        level = m.level(case, "article")
        assert (level == "ARTICLE_MAY_BE_CONSIDERED") == (through and path == "start")
        if through:
            harm = m.level(case, "book") != TOP[path] or oracle.urgent(case)
            facts = set(case.items())
            assert harm == any(h.path == path and set(h.facts.items()) <= facts for h in a.holes), case
            met.add(harm)
    assert met == {True, False}


def test_the_article_s_criteria_are_written_once():
    """A criterion taken out of the table of readings is gone from the reading that decides and from the audit."""
    fewer = what_if(cells={("readings", "article", "asks"): "first_line_trials_failed; objective_findings"})
    case = {"first_line_trials_failed": "yes", "objective_findings": "yes", "monitoring_program": "no"}
    assert fewer.decide(case, reading="article").level == "ARTICLE_MAY_BE_CONSIDERED"
    assert decide(case, reading="article").level == "ALTERNATIVES_FIRST"
    found = audited(fewer.rules, harms(fewer.rules), fewer.rules.lists["article_criteria"]["items"])
    assert "monitoring_program" in found["closing"] and "objective_findings" not in found["closing"]


def test_an_audit_follows_a_changed_rule():
    """Exactness does not rest on today's tables: a stop taken out is no hole, and a cautious new row is one."""
    rules = what_if(
        items_out={"hard_stop": ["pregnant", "acute_suicide_risk"]},
        rows_in={"start": {"row": "R-NEW", "when": "overdose_risk=yes", "level": "AVOID"}},
    ).rules
    found = [h for h in harms(rules) if h["path"] == "start"]
    start = [h["facts"] for h in found]
    assert [["acute_suicide_risk", "yes"]] in start, "what is urgent is a hole whatever the level"
    assert [h["severity"] for h in found if h["facts"] == [["acute_suicide_risk", "yes"]]] == ["urgent"]
    assert [["overdose_risk", "yes"]] in start and [["pregnant", "yes"]] not in start


def test_a_kept_reading_says_what_it_asks_and_what_that_rests_on():
    """Each has a title, a meaning, and sources and questions that exist; the label asks its two contraindications."""
    kept = readings()
    assert set(kept) == {r["reading"] for r in rows("rules/readings.csv")} >= {"article", "label", "consensus", "book"}
    for name, x in kept.items():
        assert x["title"] and x["meaning"] and set(x["asks"]) <= set(inputs()), name
        assert x["sources"] and set(x["sources"]) <= set(decision.sources()), name
    assert set(kept["label"]["asks"]) == {"known_hypersensitivity", "bp_rise_hazard"}
    assert audit({"pregnant"}, reading="label").asked == ["known_hypersensitivity", "bp_rise_hazard", "pregnant"]


def test_a_name_that_does_not_exist_is_refused_with_the_nearest(tmp_path):
    """For a question, for a reading, and in the table itself, where file, line and column are named."""
    with pytest.raises(ValueError, match="“pregnent” is no input. Did you mean “pregnant”"):
        audit({"pregnent"})
    with pytest.raises(ValueError, match="“artikel” is no kept reading. Did you mean “article”"):
        audit("artikel")
    with pytest.raises(ValueError, match="“zzz” is no kept reading. Allowed: article, label"):  # none is near
        audit("zzz")
    folder = Folder(tmp_path)
    folder.set("rules/readings.csv", 3, "asks", "known_hypersensitivty")
    with pytest.raises(
        KnowledgeError, match="rules/readings.csv, line 3, column “asks”: “known_hypersensitivty” is no"
    ):
        folder.load()


def test_an_audit_in_words_names_harms_and_never_doses_and_carries_the_notice():
    """The text holds the story, every severity, the list that closes all, and the notice; it scores nobody."""
    told = str(audit("article"))
    for words in ("“needs help today” (2)", "acute suicide risk", "Avoid ketamine", "shortest list", decision.NOTICE):
        assert words in told
    assert "score" not in told.lower() and "mg" not in told.lower().split()


def test_both_interpreters_audit_the_same():
    """Every harm, every audit and every word of its text are equal in the page's MicroPython, for 60 sets."""
    asked = [sorted(x) for x in questions(19, 60)]
    m, known = machine(), known_harms()

    def of(ids):
        found = audited(m, known, ids)
        return [found, decision.wording.audit_text(m, found)]

    there = micropython(
        SUMS
        + """
import audit, wording
m = Engine(bundle).machine
known = audit.harms(m)
def of(ids):
    found = audit.audited(m, known, ids)
    return [found, wording.audit_text(m, found)]
result = sums(data, of)
""",
        asked,
    )
    assert PYTHON["sums"](asked, of) == there


def test_the_person_of_a_hole_opens_as_a_whole_case():
    """The nearest person names every input, so that the panel and the notebook decide the very same one."""
    for h in audit("article").holes:
        assert full_case(h.case) == h.case


def test_each_instrument_is_filled_for_the_article_and_for_this_book():
    """Every row of every instrument has a cell for each, what is unknown says so, and each is cited with how seen."""
    page = (Path(__file__).parents[1] / "chapters/appraise.md").read_text(encoding="utf-8")
    folds = re.findall(r"^`{5}\{dropdown\} (.+?)\n(.*?)^`{5}", page, re.M | re.S)
    tables = {title: x for title, x in folds if "| The article |" in x or "| The article | This book" in x}
    assert len(tables) == 5
    for title, text in tables.items():
        rows = [x.strip("|").split("|") for x in text.splitlines() if x.startswith("|")][2:]
        assert len(rows) >= 4 and all(len(r) == 3 and r[1].strip() and r[2].strip() for r in rows), title
        cited = [k for found in re.findall(r"\{cite:p\}`([^`]+)`", text) for k in found.split(",")]
        assert cited and all(decision.sources()[k]["note"].startswith("Read in part") for k in cited), title
    assert sum(len([x for x in t.splitlines() if x.startswith("|")]) - 2 for t in tables.values()) == 4 + 16 + 8 + 9 + 5
    assert "| Model identifiers | Unknown |" in page and "| Prompt | Unknown" in page

"""Every key is a theorem about the tables: checked here by completions, by the specification, and by broken tables.

``ROWS=all`` tries every row of every table of rules; without it some of each.
"""

import json
import os
import random

import oracle
import pytest

import decision
from book import questions
from decision import vignettes
from decision.api import machine
from decision.machine import Machine
from decision.tables import COLLECTED

BASES = (oracle.GOOD_START, oracle.GOOD_ON, oracle.UNKNOWN)
PATHS = ("start", "on")


def cases():
    """The cases of the book, those for a class too."""
    return vignettes(everyone=True)


def completions(m, case, free, count, seed):
    """The case with the inputs of ``free`` answered anew: near it, near a base, and any way at all."""
    rnd = random.Random(seed)
    for n in range(count):
        base = (case, *BASES)[n % 4]
        out = {**case, **{i: base[i] for i in free}}
        some = free if n % 7 == 0 else rnd.sample(free, min(len(free), rnd.choice((0, 1, 1, 2, 3))))
        yield {**out, **{i: rnd.choice(m.values[i]) for i in some}}


def parts(m, q):
    """Of a question about the level: the case as it is put, the inputs held, the right and the wrong ones."""
    case = dict(cases()[q.case]["answers"])
    right, wrong = list(q.key), [x.name for x in q.options if not x.right]
    if q.kind == "ask":
        return {**case, **dict.fromkeys(right + wrong, "unknown")}, [], right, wrong
    _, calm, _ = questions.reasons(m, case)
    return case, ["ketamine_status", *calm], right, wrong


def enough(m, level, case, held, seed, count=60):
    """Whether what is held keeps the level of the case in every completion tried."""
    free = [i for i in m.ids if i not in held]
    return all(level(x) == level(case) for x in completions(m, case, free, count, seed))


def faults(m, q, level, seed=7):
    """What is wrong with the key of a question about the level, by completions; ``level`` decides a whole case."""
    case, held, right, wrong = parts(m, q)
    unknown = [i for i in m.ids if case[i] == "unknown"]
    out = []
    for i in wrong:  # in every completion of the case no change of it changes the level
        for x in completions(m, case, [u for u in unknown if u != i], 12, seed):
            if len({level({**x, i: v}) for v in m.values[i]}) > 1:
                out.append(f"{q.id}: {i} is no distractor")
                break
    if q.kind == "ask":
        good = {i: (m.inputs[i]["calm"] or ["unknown"])[0] for i in unknown}
        for i in right:
            known = [{**case, **{u: good[u] for u in unknown if u != i}}, case]
            if not any(len({level({**x, i: v}) for v in m.values[i]}) > 1 for x in known):
                out.append(f"{q.id}: {i} changes nothing")
        return out
    alone = "alone" in q.asked or len(right) == 1
    sets = [[i] for i in right] if alone else [right]
    out += [f"{q.id}: {s} is not enough" for s in sets if not enough(m, level, case, held + s, seed)]
    without = [[]] if alone else [[x for x in right if x != i] for i in right]
    out += [f"{q.id}: {s} is enough already" for s in without if enough(m, level, case, held + s, seed, 200)]
    return out


def shown(m, q):
    """What is wrong with the key of a question about a caution or a note."""
    case = dict(cases()[q.case]["answers"])
    title = q.asked.split("“")[1].split("”")[0]
    (table, ident), *_ = {(t, r["id"]) for t in questions.SAID for r in m.rows[t] if r["title"] == title}

    def said(x):
        x = {**x, "reading": "book", "path": m.path(x, "book"), "level": m.level(x, "book")}
        return any(m.rows[table][n]["id"] == ident for n in m.matches(table, x))

    out = []
    for option in q.options:
        found = [said(x) for x in completions(m, case, [i for i in m.ids if i != option.name], 60, 3)]
        if option.right and not all(found):
            out.append(f"{q.id}: {option.name} does not bring it")
        for x in completions(m, case, [i for i in m.ids if i != option.name], 0 if option.right else 40, 5):
            if len({said({**x, option.name: v}) for v in m.values[option.name]}) > 1:
                out.append(f"{q.id}: {option.name} is no distractor")
    return out


def wrong_keys(m, found, level):
    """Everything that is wrong with some questions by some tables."""
    out = []
    for q in found:
        if q.kind != "verdict":
            out += shown(m, q) if q.kind == "brings" else faults(m, q, level)
    return out


def test_every_key_holds_by_the_specification():
    """Not by the tables: each right answer fixes or moves the level, and no distractor ever does."""
    found = questions.questions().values()
    assert wrong_keys(machine(), found, lambda case: oracle.verdict(case)[0]) == []


def test_every_case_and_every_unsafe_claim_has_a_question():
    """And each has at least one right answer, three wrong ones, and a claim or a row that it rests on."""
    found = questions.questions()
    assert {q.case for q in found.values() if q.case} == set(cases())
    assert questions.uncovered() == []
    unsafe = {c for c, row in decision.claims().items() if row["unsafe"] == "yes"}
    assert len(unsafe) > 9 and unsafe <= {c for q in found.values() for c in q.claims}
    for q in found.values():
        assert q.key and len(q.options) - len(q.key) == questions.WRONG, q.id
        assert len({x.name for x in q.options}) == len(q.options)
        assert set(q.claims) <= set(decision.claims())
        assert all(x.because.strip() for x in q.options)


def test_a_claim_question_says_what_the_register_says():
    """The key of a question about a statement is the verdict of its claim."""
    for q in questions.questions().values():
        if q.kind == "verdict":
            assert q.key == (decision.claims()[q.claims[0]]["verdict"],)


def test_a_wrong_key_is_found():
    """The checks above can fail: a distractor called right, and a right answer called wrong, are both named."""
    q = questions.questions()["Q03"]
    swapped = [questions.Option(x.name, x.text, not x.right, x.because) for x in q.options]
    bad = questions.Question(**{**vars(q), "options": tuple(swapped)})
    assert len(wrong_keys(machine(), [bad], lambda case: oracle.verdict(case)[0])) >= 2


def flipped(table, n):
    """The machine with one row flipped: a level moved a step, or the opposite of the row's last condition."""
    model = json.loads(json.dumps(machine().model))
    row = next(t for t in model["tables"] if t["name"] == table)["rows"][n]
    if table in PATHS:
        levels = [x["level"] for x in model["levels"] if x["path"] == table]
        row["level"] = levels[(levels.index(row["level"]) + 1) % len(levels)]
    elif conditions := [c for c in row["when"] if c not in ("reading", "path", "level")]:
        c = conditions[-1]
        row["when"][c] = [v for v in machine().values[c] if v not in row["when"][c]]
    else:
        row["when"] = {**row["when"], "reading": ["article"]}
    return Machine(model)


def broken(m):
    """The cases whose promise a machine breaks: those that ``make check`` names."""
    out = set()
    for name, v in cases().items():
        d = m.decide(dict(v["answers"]), "book")
        if (d["level"], d["urgent"], d["reasons"][0]["row"]) != (v["level"], v["urgent"] == "yes", v["rule"]):
            out.add(name)
    return out


ROWS = [(t, n) for t in (*PATHS, *COLLECTED) for n in range(len(machine().rows[t]))]
SOME = [
    ("start", 4),
    ("start", 13),
    ("start", 21),
    ("on", 5),
    ("on", 18),
    ("urgent", 1),
    ("cautions", 13),
    ("notes", 0),
]


@pytest.mark.parametrize(("table", "n"), ROWS if os.environ.get("ROWS") == "all" else SOME)
def test_a_flipped_row_changes_the_keys_it_should_and_no_other(table, n):
    """Each case it decided is named by the check; of the rest the new keys hold, and one that moved had to."""
    m = flipped(table, n)
    named, before, after = broken(m), questions.questions(), questions.made(m, cases())
    if table in PATHS:
        row = machine().rows[table][n]["row"]
        assert {
            v for v, x in cases().items() if x["rule"] == row and machine().path(x["answers"], "book") == table
        } <= named

    def level(case):
        return m.level(case, "book")

    left = [q for q in after.values() if q.case not in named]
    assert wrong_keys(m, left, level) == []
    for name, q in before.items():
        if q.kind != "verdict" and q.case not in named and (name not in after or set(after[name].key) != set(q.key)):
            assert wrong_keys(m, [q], level), f"{name} changed its key, and the old one still holds"

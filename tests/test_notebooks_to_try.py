"""The notebooks in which one tries things: start, change a rule, a clinic's list. Links, folds, exercises, words."""

import re

import pandas as pd
import pytest
from test_notebooks import CHAPTERS, TO_TRY, cells, run, shown, source

from decision import decide, decide_frame, inputs, tidy, vignettes
from decision.dose import dose_in
from decision.whatif import MARK

TITLES = {"start": "Start here", "what-if": "Change a rule", "clinic-list": "A clinic's list"}
OWN = {"start": "my_case", "what-if": "my_case", "clinic-list": "my_list"}
ANSWERS = {"start": "DEFER", "what-if": "V03"}
each = pytest.mark.parametrize("name", TO_TRY)


def folded(cell):
    """Whether a cell's code is folded, in Lab and on the site alike."""
    lab, site = (
        cell["metadata"].get("jupyter", {}).get("source_hidden"),
        "hide-input" in cell["metadata"].get("tags", []),
    )
    assert bool(lab) == site, cell["id"]
    return site


@each
def test_title_objectives_and_a_way_on(name):
    """What it is first, what to take away last."""
    first, last = source(cells(name)[0]), source(cells(name)[-1])
    assert first.startswith(f"# {TITLES[name]}\n") and "**Objectives:**" in first
    assert last.startswith("## What to take away\n") and "Go on with [" in last


@each
def test_links_work_in_lab(name):
    """To another notebook that is there, or to the web; a page of the book's source would open as raw text."""
    links = re.findall(r"\]\(([^)]+)\)", "\n".join(source(c) for c in cells(name) if c["cell_type"] == "markdown"))
    assert links
    for link in links:
        assert link.startswith("https://") or (link.endswith(".ipynb") and (CHAPTERS / link).exists()), link


@each
def test_plumbing_is_folded_and_a_fifth_at_most(name):
    """Imports, helpers and the checking of an exercise are folded; what is left to see is thinking."""
    code = [c for c in cells(name) if c["cell_type"] == "code"]
    lines = {True: 0, False: 0}
    for c in code:
        lines[folded(c)] += sum(bool(x.strip()) for x in source(c).splitlines())
        assert folded(c) or not re.search(r"^\s*(import|from|def|class) ", source(c), re.M), c["id"]
    assert lines[True] <= 0.2 * sum(lines.values()), lines


@each
def test_there_is_a_cell_of_one_s_own_and_an_answer_that_is_not_shown(name):
    """A cell to edit; an exercise without an answer yet; and the check names no answer in what is stored."""
    found = {c["id"]: c for c in cells(name)}
    assert any(re.search(rf"^{OWN[name]} = ", source(c), re.M) and not folded(c) for c in found.values())
    assert re.search(r"^my_answer = (\"\"|None)$", source(found["exercise"]), re.M)
    said = "".join(found["checked"]["outputs"][0]["text"])
    assert said == "Write an answer in the cell above, then run both.\n" and folded(found["checked"])


@each
def test_the_exercise_knows_right_from_wrong(name, capsys):
    """The check, run with the right answer, with a wrong one and with none."""
    names = dict(run(name))
    right = ANSWERS.get(name) or int((names["decided"]["missing"].str.fullmatch(r"\w+")).sum())
    check = next(source(c) for c in cells(name) if c["id"] == "checked")
    for mine, word in (
        (right, "Right."),
        (str(right).lower(), "Right."),
        ("V99", "Not that"),
        (None, "Write an answer"),
    ):
        names["my_answer"] = mine
        capsys.readouterr()
        exec(compile(check, name, "exec"), names)
        assert capsys.readouterr().out.startswith(word), mine


def test_the_first_exercise_asks_what_the_book_says():
    """An open question about pregnancy waits."""
    assert (
        decide({**dict(run("start")["my_case"]), "past_sud_in_remission": "no", "pregnant": "unknown"}).level == "DEFER"
    )


def test_the_rule_tried_out_is_marked_and_moves_whom_it_says():
    """Each output of what_if is marked, and the people named are those whose level differs."""
    names = run("what-if")
    text = "".join(
        "".join(o.get("data", {}).get("text/plain", [])) for c in cells("what-if") for o in c.get("outputs", [])
    )
    assert text.count(MARK) >= 3
    moved = {
        v for v, x in vignettes().items() if names["tried"].decide(x["answers"]).level != decide(x["answers"]).level
    }
    assert moved and moved == {x.split()[1] for x in names["tried"].moved() if x.startswith("Vignette")}


def test_the_list_is_generated_fictional_and_decided_as_one_by_one():
    """Five hundred people, the same each time; tidied without loss; each decided as decide does."""
    from clinic import a_list

    names = run("clinic-list")
    assert len(names["messy"]) == 500
    pd.testing.assert_frame_equal(names["messy"], a_list())
    assert "fictional" in source(cells("clinic-list")[0])
    clean, report = tidy(names["messy"])
    assert list(report[report["why"].str.contains("cannot")]["row"]) == ["p017"]
    with pytest.raises(ValueError, match="Row 'p017': pregnant = 'no\\?'"):
        decide_frame(clean)
    for person in ("p000", "p017", "p123", "p499"):
        d = decide(names["clean"].loc[person])
        assert names["decided"].loc[person, "level"] == d.level and names["decided"].loc[person, "urgent"] == d.urgent
    asked = names["asked"]
    assert {i["question"] for i in inputs().values()} >= set(asked["ask"])
    assert list(asked["answers missing"]) == sorted(asked["answers missing"])


def test_the_figure_has_words_for_those_who_do_not_see_it():
    """Alternative text, and the numbers beside the bars and in tables."""
    (cell,) = [
        c for c in cells("clinic-list") if any("image/svg+xml" in o.get("data", {}) for o in c.get("outputs", []))
    ]
    assert len(cell["metadata"]["mystnb"]["image"]["alt"]) > 80
    svg = "".join(cell["outputs"][0]["data"]["image/svg+xml"])
    assert all(name in svg for name in run("clinic-list")["where"]["level_name"])


@each
def test_stored_outputs_are_stable_and_without_an_amount(name):
    """Run in order, nothing of this machine in them, and no amount anywhere."""
    ran = [c for c in cells(name) if c["cell_type"] == "code"]
    assert [c["execution_count"] for c in ran] == list(range(1, len(ran) + 1))
    text = (CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"0x[0-9a-f]{6,}|/home/|/tmp/|/root/|/Users/", text)
    assert not dose_in("\n".join(source(c) for c in cells(name)) + shown(name))

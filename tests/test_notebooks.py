"""The notebooks run, their controls answer as ``decide`` does, and what they show is committed."""

from __future__ import annotations

import ast
import contextlib
import csv
import io
import json
import re
import sys
from functools import cache
from html import unescape
from itertools import combinations, product
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

import decision
from decision import KNOWLEDGE, NOTICE, case_of, claims, decide, inputs, space, vignettes
from decision.dose import dose_in
from tools import notebooks

CHAPTERS = Path(__file__).resolve().parents[1] / "chapters"
sys.path.append(str(CHAPTERS))  # where a notebook runs; its first line imports the preamble

import preamble  # noqa: E402

TITLES = {
    "risk-notebook": "Risk assessment",
    "alternatives-notebook": "Choosing alternatives",
    "considered-notebook": "May it be considered?",
    "safeguards-notebook": "Safeguards and monitoring",
    "on-ketamine-notebook": "Already on ketamine",
    "vignettes": "The vignettes, worked",
    "readings": "Article reading against book reading",
    "space": "Every possible patient",
}
TO_TRY = ("start", "what-if", "clinic-list")  # tried in test_notebooks_to_try
ALLOWED = {"preamble", "decision", "book", "matplotlib", "IPython", "pandas", "ipywidgets"}
LEVEL = re.compile(r"\[([A-Z_]+)\]")


def table(name: str) -> list[dict[str, str]]:
    """The rows of a knowledge file, read without the package's loader."""
    with (KNOWLEDGE / f"{name}.csv").open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


VOCABULARY = {row["id"]: row["values"].split("|") for row in table("rules/vocabulary")}
STORIES = {row["id"]: row for row in table("register/vignettes") if row["worked"] == "yes"}
LEVELS = {row["level"] for row in table("rules/levels")}
BOOK_LEVELS = {row["level"] for row in table("rules/levels") if row["path"] != "article"}
CALM = {
    row["id"]: row["reassuring"] if row["reassuring"] in VOCABULARY[row["id"]] else "unknown"
    for row in table("rules/vocabulary")
}


def person(story: str) -> dict[str, str]:
    """The answers recorded for a vignette: its base, and what its row changes."""
    told = STORIES[story]["case"].replace("–", "")
    return {**case_of(STORIES[story]["base"]), **dict(pair.split("=") for pair in told.split())}


BASES = {
    "risk-notebook": case_of("start"),
    "alternatives-notebook": person("V14"),
    "considered-notebook": case_of("start"),
    "safeguards-notebook": case_of("start"),
    "on-ketamine-notebook": case_of("on"),
}
every_notebook = pytest.mark.parametrize("name", TITLES)


def cells(name: str) -> list[dict[str, Any]]:
    """The cells of a notebook as committed."""
    return json.loads((CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def source(cell: dict[str, Any]) -> str:
    """The text of a cell."""
    return "".join(cell["source"])


def shown(name: str) -> str:
    """What the committed notebook printed, without tables and figures."""
    outputs = [o for c in cells(name) if c["cell_type"] == "code" for o in c["outputs"]]
    return "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")


def code(name: str) -> list[str]:
    """The sources of its code cells, in order."""
    return [source(c) for c in cells(name) if c["cell_type"] == "code"]


@cache
def run(name: str) -> dict[str, Any]:
    """The namespace left by running the notebook's code cells from the top."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells(name):
            if cell["cell_type"] == "code":
                exec(compile(source(cell), f"{name}:{cell['id']}", "exec"), names)
    pd.reset_option("display.max_colwidth")
    return names


def tried(name: str) -> tuple[dict[str, Any], Any]:
    """What a reader changes, by input where it has an input's label, and the answer beneath it."""
    ids = {row["label"]: row["id"] for row in table("rules/vocabulary")}
    *controls, result = run(name)["questions"].children
    found = {ids.get(c.description, c.description): c for c in controls}
    assert len(found) == len(controls)
    return found, result


def first_line(result: Any) -> str:
    """What a reader sees first of a live answer."""
    return unescape(re.sub(r"<[^>]+>", "", result.value).splitlines()[0])


@pytest.mark.parametrize("name", BASES)
def test_controls_show_the_level_that_decide_gives(name: str) -> None:
    """Each control, alone and in pairs, through all its values: the shown level is the one of ``decide``."""
    (controls, result), base = tried(name), BASES[name]
    assert {x: c.value for x, c in controls.items()} == {x: base[x] for x in controls}
    if name != "alternatives-notebook":
        calm = {**CALM, "ketamine_status": base["ketamine_status"]}
        assert {x: base[x] for x in controls} == {x: calm[x] for x in controls}, "the base is as reassuring as can be"
    seen = set()
    for pair in combinations(controls, 2):
        for values in product(*[VOCABULARY[x] for x in pair]):
            case = {**base, **dict(zip(pair, values, strict=True))}
            for x in pair:
                controls[x].value = case[x]
            assert {x: c.value for x, c in controls.items()} == {x: case[x] for x in controls}
            d = decide(case)
            assert LEVEL.findall(result.value) == [d.level], case
            assert first_line(result) == f"{d.headline} [{d.level}]", case
            assert first_line(result).startswith("Urgent") is d.urgent
            seen.add(d.level)
        for x in pair:
            controls[x].value = base[x]
    assert len(seen) > 1, "no control of this notebook changes the level"


@pytest.mark.parametrize("name", BASES)
def test_controls_offer_every_value_of_their_question(name: str) -> None:
    """A control offers all legal values, in words, under the label of the vocabulary."""
    labels = {row["id"]: (row["label"], row["value_labels"].split("|")) for row in table("rules/vocabulary")}
    for x, control in tried(name)[0].items():
        label, words = labels[x]
        assert control.description == label
        assert [tuple(o) for o in control.options] == list(zip(words, VOCABULARY[x], strict=True))


def test_every_option_is_shown_with_its_fit_and_this_person_s_hazards() -> None:
    """Each kind of pain, and an age, a known and an open hazard: every option of the answer, and what calls it in."""
    controls, result = tried("alternatives-notebook")
    base = BASES["alternatives-notebook"]
    shown_fits = set()
    for kind, changed in product(VOCABULARY["pain_type"], ({}, {"overdose_risk": "no"}, {"nsaid_risk": "unknown"})):
        case = {**base, "pain_type": kind, **changed}
        for x, control in controls.items():
            control.value = case[x]
        d = decide(case)
        options = [line for line in unescape(result.value).splitlines() if "; hazards: " in line]
        assert [x.split("; hazards: ")[0] for x in options] == [f"{x.title}, {x.fit}" for x in d.alternatives]
        for option, line in zip(d.alternatives, options, strict=True):
            behind = [c.because_of for c in d.cautions if c.id in option.cautions]
            names = {inputs()[i]["label"] for pairs in behind for i, _ in pairs}
            assert {x.split(": ")[0] for x in line.split("; hazards: ")[1].split("; ")} == (names or {"none found"})
            shown_fits.add(option.fit)
    assert shown_fits == {"supported", "not supported", "uncertain"}
    controls["age_group"].value = "minor"
    assert "hazards: " not in result.value and LEVEL.findall(result.value) == ["OUT_OF_SCOPE"]
    for x, control in controls.items():
        control.value = base[x]


def test_only_changes_towards_less_caution_are_shown() -> None:
    """Never a way to more caution, never a stop to exchange, never a long list of answers to give."""
    controls, result = tried("considered-notebook")
    base = BASES["considered-notebook"]
    tried_out = [dict.fromkeys(controls, "unknown"), *({x: v} for x in controls for v in VOCABULARY[x])]
    told = []
    for changed in tried_out:
        case = {**base, **changed}
        for x, control in controls.items():
            control.value = case[x]
        d, text = decide(case), unescape(result.value)
        told += re.findall("Once this has been settled|would follow if|answers away", text)
        assert ("Once this has been settled, ask again." in text) is (case["pregnant"] == "yes")
        ways = dict(d.what_would_change())
        for level in re.findall(r"^([A-Z_]+) would follow if", text, re.M):
            assert len(ways[level]) <= 6 and decide({**case, **ways[level]}).rank > d.rank
        for level, count in re.findall(r"^([A-Z_]+) is (\d+) answers away", text, re.M):
            assert len(ways[level]) == int(count) > 6
    assert set(told) == {"Once this has been settled", "would follow if", "answers away"}
    for x, control in controls.items():
        control.value = base[x]


def test_a_stop_at_once_is_told_apart_from_a_planned_stop() -> None:
    """The printed lines of the course on treatment: which stops come at once, and where no taper is spoken of."""
    text = shown("on-ketamine-notebook")
    found = dict(re.findall(r"^(.+): Yes: ([A-Z_]+, speaks of a taper: \w+)$", text, re.M))
    assert found == {
        "known hypersensitivity to ketamine": "STOP_AND_ESCALATE, speaks of a taper: no",
        "hazard from a rise in blood pressure": "STOP_AND_ESCALATE, speaks of a taper: no",
        "raised pressure in the head or eye": "STOP_AND_ESCALATE, speaks of a taper: no",
        "pregnancy": "DISCONTINUE_PLAN, speaks of a taper: no",
    }
    assert "functional benefit: No: DISCONTINUE_PLAN, speaks of a taper: yes" in text


def test_vignettes_reveal_only_after_a_prediction() -> None:
    """Choosing shows the story alone; the button needs a prediction, then shows what ``decide`` gives."""
    found, result = tried("vignettes")
    controls = dict(zip(("vignette", "prediction", "reveal"), found.values(), strict=True))
    assert list(controls["vignette"].options) == list(STORIES)
    predictions = [value for _, value in controls["prediction"].options]
    assert set(predictions) == {None} | BOOK_LEVELS
    for story in STORIES:
        controls["vignette"].value, controls["prediction"].value = story, None
        assert "fictional" in result.value
        for guess in predictions:
            controls["prediction"].value = guess
            assert not LEVEL.findall(result.value), "the answer shows before it was asked for"
            controls["reveal"].click()
            d = decide(person(story))
            if guess is None:
                assert not LEVEL.findall(result.value)
                continue
            assert LEVEL.findall(result.value) == [d.level] == [STORIES[story]["level"]]
            assert ("As you predicted." in result.value) is (guess == d.level)
            assert (f"\n{d.headline} [" in unescape(result.value)) and d.headline.startswith("Urgent") is d.urgent


def test_vignettes_print_every_level_and_deciding_rule() -> None:
    """The fixed table has a line for each vignette with level, urgency and deciding rule."""
    text = shown("vignettes")
    assert "fictional" in text.lower() and f"{len(STORIES)} fictional people" in text
    for story, row in STORIES.items():
        rule = decide(person(story)).reasons[0].rule
        assert re.search(rf"^{story} +{row['level']} +{row['urgent']} +{rule}\b", text, re.M), story


def test_readings_show_both_readings_of_each_changed_fact() -> None:
    """Every fact of one person, and one fact of every person: both lines agree with ``decide``."""
    found, result = tried("readings")
    controls = dict(zip(("vignette", "fact", "value"), found.values(), strict=True))
    assert [value for _, value in controls["fact"].options] == list(VOCABULARY)

    def agrees(story: str, fact: str) -> None:
        controls["vignette"].value, controls["fact"].value = story, fact
        assert [value for _, value in controls["value"].options] == VOCABULARY[fact]
        assert controls["value"].value == person(story)[fact], "the answer starts from what was recorded"
        for value in VOCABULARY[fact]:
            controls["value"].value = value
            case = {**person(story), fact: value}
            for title, reading in (("Article reading", "article"), ("Book reading", "book")):
                line = next(x for x in result.value.splitlines() if x.startswith(title))
                assert LEVEL.findall(line) == [decide(case, reading=reading).level], (story, fact, value)

    for fact in VOCABULARY:
        agrees("V17", fact)
    for story in STORIES:
        for fact in ("pregnant", "ketamine_status", "monitoring_program"):
            agrees(story, fact)


def test_readings_name_everyone_the_article_alone_lets_through() -> None:
    """The printed list is exactly the people for whom the readings differ in that way."""
    through = [
        s
        for s in STORIES
        if decide(person(s), reading="article").level == "ARTICLE_MAY_BE_CONSIDERED"
        and decide(person(s)).level != "SPECIALIST_CONSIDER"
    ]
    assert {"V01", "V02", "V03", "V07", "V09"} <= set(through)
    text = shown("readings")
    assert f"{len(through)} of {len(STORIES)} people" in text
    for story in STORIES:
        assert (f"{story} {decide(person(story)).level}: " in text) is (story in through)


def test_space_filter_counts_what_decide_gives_for_each_state() -> None:
    """Each control through all its values: the counts by level agree with deciding a person of each state."""
    found, result = tried("space")
    titles = {row["title"]: row["checklist"] for row in table("rules/checklists")}
    controls = {titles.get(x, x): control for x, control in found.items()}
    fixed = {"age_group": "adult", "setting": "chronic_noncancer", "ketamine_status": "not_on"}
    columns = {x: [fixed[x]] if x in fixed else v for x, v in space.columns("start").items()}
    states = [dict(zip(columns, values, strict=True)) for values in product(*columns.values())]
    levels = [decide(space.unfold("start", state)).level for state in states]
    for x, control in controls.items():
        assert list(control.options) == ["any", *columns[x]]
        for value in control.options:
            control.value = value
            expected: dict[str, int] = {}
            for state, level in zip(states, levels, strict=True):
                if value in ("any", state[x]):
                    expected[level] = expected.get(level, 0) + 1
            told = {a: int(n) for a, n in re.findall(r"^ +([A-Z_]+): (\d+)$", result.value, re.M)}
            assert told == expected
            assert LEVEL.findall(result.value) == [list(told)[-1]]
            if "Last of these: Urgent" not in result.value:
                assert "acute suicide risk: Yes" not in result.value, "an urgent example says so"
        control.value = "any"


def test_space_lists_the_states_that_permit_ketamine() -> None:
    """The printed counts are those of the package, and every listed state permits ketamine."""
    names, counts = run("space"), space.counts()
    said = f"{counts['book']} states in the book's reading, {counts['permit']} of them permit ketamine"
    assert said in shown("space")
    assert len(names["permit"]) == counts["levels"]["start"]["SPECIALIST_CONSIDER"]
    for state in names["permit"].to_dict("records"):
        assert decide(space.unfold("start", state)).level in space.PERMITS


@every_notebook
def test_outputs_are_committed_and_stable(name: str) -> None:
    """Every code cell was run in order and shows something; nothing depends on time, path or memory."""
    text = (CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8")
    nb = json.loads(text)
    assert (nb["nbformat"], nb["nbformat_minor"]) == (4, 5)
    assert set(nb["metadata"]) == {"kernelspec", "language_info"}
    assert len({c["id"] for c in nb["cells"]}) == len(nb["cells"]) <= 16
    ran = [c for c in nb["cells"] if c["cell_type"] == "code"]
    assert [c["execution_count"] for c in ran] == list(range(1, len(ran) + 1))
    for cell in ran:
        assert cell["outputs"] and "execution" not in cell["metadata"], cell["id"]
        for output in cell["outputs"]:
            assert output["output_type"] in ("stream", "display_data")
            assert output.get("name", "stdout") == "stdout"
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
    assert not re.search(r"0x[0-9a-f]{6,}|/home/|/tmp/|/root/|/Users/", text)


@every_notebook
def test_a_level_and_the_notice_are_printed(name: str) -> None:
    """What strict comparison looks at holds a level and says that this is education."""
    assert LEVELS & set(re.findall(r"[A-Z_]{5,}", shown(name)))
    assert NOTICE in shown(name) and NOTICE in tried(name)[1].value
    text = "\n".join(source(c) for c in cells(name)) + shown(name)
    assert not dose_in(text)


@pytest.mark.parametrize("name", ["risk-notebook", "considered-notebook", "on-ketamine-notebook"])
def test_the_fixed_case_is_what_decide_prints(name: str) -> None:
    """The committed text of the fixed case is the text of the decision today."""
    change = {
        "risk-notebook": {"active_sud": "yes"},
        "considered-notebook": {"pregnant": "unknown"},
        "on-ketamine-notebook": {"early_refill": "yes", "risk_plan": "unknown"},
    }[name]
    fixed = next(c for c in cells(name) if c["id"] == "fixed")
    assert "".join(fixed["outputs"][0]["text"]) == f"{decide({**BASES[name], **change})}\n"


@every_notebook
def test_shape_of_a_notebook(name: str) -> None:
    """Title and objectives first, a take-away and a way back to an existing chapter last."""
    first, last = source(cells(name)[0]), source(cells(name)[-1])
    assert first.startswith(f"# {TITLES[name]}\n") and "**Objectives:**" in first
    assert last.startswith("## What to take away\n")
    back = re.findall(r"\]\(([\w-]+\.md)\)", last)
    assert len(back) == 1 and (CHAPTERS / back[0]).exists()


def modules(text: str) -> set[str]:
    """The modules that a piece of code imports, as written."""
    tree = ast.parse(text)
    found = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    for n in ast.walk(tree):
        if isinstance(n, ast.ImportFrom):
            assert n.level == 0
            found |= {n.module or ""} | {f"decision.{a.name}" for a in n.names if n.module == "decision"}
    return found


@every_notebook
def test_imports_are_few_and_public(name: str) -> None:
    """A reader needs the preamble and the public face of the package, and no path tricks."""
    found = modules("\n".join(code(name)))
    assert {x.split(".")[0] for x in found} <= ALLOWED and "decision" in found
    public = {f"decision.{x}" for x in (*decision.__all__, "space")}
    assert {x for x in found if x.startswith("decision.")} <= public
    assert not re.search(r"sys\.|read_csv|open\(|\b_\w", "\n".join(code(name)))


@every_notebook
def test_a_notebook_begins_with_the_preamble(name: str) -> None:
    """The first line that runs picks the rules of the folder the notebook stands in."""
    first = ast.parse(code(name)[0]).body[0]
    assert ast.unparse(first) == "from preamble import *"


def functions(name: str) -> dict[str, str]:
    """The functions that a notebook makes, with what each does."""
    found = [n for n in ast.walk(ast.parse("\n".join(code(name)))) if isinstance(n, ast.FunctionDef)]
    return {n.name: ast.dump(ast.Module(n.body[1:], [])) for n in found}


@every_notebook
def test_no_notebook_has_its_own_copy_of_a_shared_helper(name: str) -> None:
    """What the preamble has is made nowhere else under its name, and no function stands in two notebooks."""
    helpers = {x for x, value in vars(preamble).items() if getattr(value, "__module__", "") == "preamble"}
    tree = ast.parse("\n".join(code(name)))
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assert not (stored | set(functions(name))) & {*helpers, *preamble.__all__, "ask", "case_now"}
    elsewhere = {what for other in TITLES if other != name for what in functions(other).values()}
    assert not elsewhere & set(functions(name).values())


def test_the_preamble_holds_what_two_notebooks_need() -> None:
    """Each name that it hands out is used by more than one notebook, and it stays small."""
    for x in preamble.__all__:
        assert sum(bool(re.search(rf"\b{x}\b", "\n".join(code(name)))) for name in (*TITLES, *TO_TRY)) > 1, x
    assert len((CHAPTERS / "preamble.py").read_text(encoding="utf-8").splitlines()) <= 120


@every_notebook
def test_no_count_is_typed_that_the_tables_know(name: str) -> None:
    """A number of questions, claims, people or states is asked for, so that a new row makes no notebook wrong."""
    known = {len(inputs()), len(claims()), len(vignettes()), *(space.counts()[x] for x in ("start", "on", "book"))}
    for text in code(name):
        assert not {int(x) for x in re.findall(r"(?<![\w.#])\d+(?![\w.])", text)} & known, text


def test_the_figure_has_words_for_those_who_do_not_see_it() -> None:
    """Every cell that draws has alternative text, and no level is told by colour alone."""
    drawn = [c for c in cells("space") if any("image/svg+xml" in o.get("data", {}) for o in c.get("outputs", []))]
    assert drawn
    for cell in drawn:
        assert len(cell["metadata"]["mystnb"]["image"]["alt"]) > 80
        svg = "".join(next(o for o in cell["outputs"] if "data" in o)["data"]["image/svg+xml"])
        assert "permits ketamine" in svg and all(level in svg for level in BOOK_LEVELS)


def test_what_git_ignores_is_no_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``make notebooks`` runs the notebooks of the book and leaves alone what an editor or a system put beside them."""
    (tmp_path / ".gitignore").write_text((CHAPTERS.parent / ".gitignore").read_text("utf-8"), "utf-8")
    (tmp_path / "chapters/.ipynb_checkpoints").mkdir(parents=True)
    cell = nbformat.v4.new_code_cell("print('it ran')")
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))
    names = ("one.ipynb", "._one.ipynb", ".ipynb_checkpoints/one-checkpoint.ipynb")
    for name in names:
        (tmp_path / "chapters" / name).write_text(text, "utf-8")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    assert notebooks.main() == 0
    changed = [name for name in names if (tmp_path / "chapters" / name).read_text("utf-8") != text]
    assert changed == ["one.ipynb"] and "it ran" in json.dumps(
        nbformat.read(tmp_path / "chapters/one.ipynb", 4).cells[0].outputs
    )

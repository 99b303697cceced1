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
from bs4 import BeautifulSoup

import decision
from book import lean
from decision import KNOWLEDGE, NOTICE, case_of, claims, decide, inputs, space, vignettes
from decision.dose import dose_in
from tools import notebooks

CHAPTERS = Path(__file__).resolve().parents[1] / "chapters"
sys.path.append(str(CHAPTERS))  # where a notebook runs; its first line imports the preamble

import preamble  # noqa: E402

TITLES = {
    "start": "Start here",
    "risk-notebook": "Marks of high risk, worked out",
    "alternatives-notebook": "Choosing alternatives",
    "considered-notebook": "May it be considered?",
    "safeguards-notebook": "Safeguards and monitoring",
    "on-ketamine-notebook": "Already on ketamine",
    "vignettes": "The vignettes, worked",
    "readings": "Article reading against book reading",
    "space": "Every possible patient",
    "what-if": "Change a rule",
    "clinic-list": "A clinic's list",
    "audit-notebook": "What each reading adds",
}
ALLOWED = {"preamble", "clinic", "decision", "book", "IPython", "pandas", "ipywidgets"}
OWN = {"clinic-list": "my_list", "space": "my_states"}  # my_case in the others
# Worked out by hand from SPECIFICATION.md and the tables.
RIGHT = {
    "start": "Not yet",  # pregnancy not known
    "risk-notebook": "no",  # a plan that is not known about waits
    "alternatives-notebook": "3",  # gabapentinoid: a mental disorder; SNRI and tricyclic: a young adult
    "considered-notebook": "nonpharmacological_tried",  # the book's own; the article asks for first-line trials only
    "safeguards-notebook": "2",  # one for the behaviour, one for the disorder
    "on-ketamine-notebook": "plan",  # the more cautious rule decides
    "vignettes": "acute_suicide_risk",  # danger first
    "readings": "yes",  # the article does not ask
    "space": "729",  # the six questions left, three values each
    "what-if": "V03",
    "audit-notebook": "acute_suicide_risk",  # danger first
}
LEVEL = re.compile(r'data-level="([A-Z_]+)"')
every_notebook = pytest.mark.parametrize("name", TITLES)


def table(name: str) -> list[dict[str, str]]:
    """The rows of a knowledge file, read without the package's loader."""
    with (KNOWLEDGE / f"{name}.csv").open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


VOCABULARY = {row["id"]: row["values"].split("|") for row in table("rules/vocabulary")}
LABELS = {row["label"]: row["id"] for row in table("rules/vocabulary")}
STORIES = {row["id"]: row for row in table("register/vignettes") if row["worked"] == "yes"}
NAMES = {row["level"]: row["name"] for row in reversed(table("rules/levels"))}
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


def cells(name: str) -> list[dict[str, Any]]:
    """The cells of a notebook as committed."""
    return json.loads((CHAPTERS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def source(cell: dict[str, Any]) -> str:
    """The text of a cell."""
    return "".join(cell["source"])


def html(cell: dict[str, Any]) -> str:
    """What a cell displayed as HTML."""
    found = ("".join(o.get("data", {}).get("text/html", [])) for o in cell.get("outputs", []))
    return "".join(found).replace("<wbr>", "")  # where a long name may break


def shown(name: str) -> str:
    """What the committed notebook printed and displayed as text."""
    outputs = [o for c in cells(name) if c["cell_type"] == "code" for o in c["outputs"]]
    printed = "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")
    return printed + "".join(BeautifulSoup(html(c), "html.parser").get_text(" ") for c in cells(name))


def frame(name: str, ident: str) -> dict[str, dict[str, str]]:
    """The first table that a committed cell displays: row -> column -> text."""
    (cell,) = (c for c in cells(name) if c["id"] == ident)
    found = BeautifulSoup(html(cell), "html.parser").find("table")
    assert found, ident
    head = [th.get_text() for th in found.select("thead tr")[0].select("th")][1:]
    rows = [[x.get_text() for x in tr.select("th, td")] for tr in found.select("tbody tr")]
    return {row[0]: dict(zip(head, row[1:], strict=True)) for row in rows}


def code(name: str) -> list[str]:
    """The sources of its code cells, in order."""
    return [source(c) for c in cells(name) if c["cell_type"] == "code"]


def folded(cell: dict[str, Any]) -> bool:
    """Whether a cell's code is folded in Lab; on the site all code is."""
    assert {"hide-input", "remove-cell"} & set(cell["metadata"].get("tags", [])), cell["id"]
    return bool(cell["metadata"].get("jupyter", {}).get("source_hidden"))


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
    *above, result = run(name)["questions"].children
    controls = [c for c in above if getattr(c, "description", "")]
    found = {LABELS.get(c.description, c.description): c for c in controls}
    assert len(found) == len(controls)
    return found, result


def listed(result: Any, part: str) -> list[str]:
    """The lines of one part of a live answer."""
    for fold in BeautifulSoup(result.value, "html.parser").select("details"):
        if fold.summary.get_text().startswith(part):
            return [li.get_text() for li in fold.select("li")]
    return []


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
            said = BeautifulSoup(result.value, "html.parser").find("strong").get_text()
            assert said == d.headline and said.startswith("Urgent") is d.urgent, case
            seen.add(d.level)
        for x in pair:
            controls[x].value = base[x]
    assert len(seen) > 1, "no control of this notebook changes the level"


@pytest.mark.parametrize("name", BASES)
def test_a_control_has_its_question_above_it_and_offers_every_value(name: str) -> None:
    """The question in the words in which a person is asked; all legal values, in words, under the short label."""
    rows = {row["id"]: row for row in table("rules/vocabulary")}
    above = run(name)["questions"].children[:-2]
    for asked, control in zip(above[::2], above[1::2], strict=True):
        row = rows[LABELS[control.description]]
        assert unescape(asked.value) == row["question"]
        values = row["values"].split("|")
        assert [tuple(o) for o in control.options] == list(zip(row["value_labels"].split("|"), values, strict=True))


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
        options = listed(result, "Alternatives")
        assert [x.split("; hazards: ")[0] for x in options] == [f"{x.title}: {x.fit}" for x in d.alternatives]
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
    levels, kinds = {name: x for x, name in NAMES.items()}, set()
    for changed in [dict.fromkeys(controls, "unknown"), *({x: v} for x in controls for v in VOCABULARY[x])]:
        case = {**base, **changed}
        for x, control in controls.items():
            control.value = case[x]
        d, lines = decide(case), listed(result, "Less caution")
        settled = ["Once this has been settled, ask again."]
        assert (lines == settled) is (case["pregnant"] == "yes"), lines
        ways = dict(d.what_would_change())
        for line in lines if ", with " in lines[0] else []:
            level, told = line.split(", with ", 1)
            way = ways[levels[level]]
            assert decide({**case, **way}).rank > d.rank
            if len(way) > 6:
                assert told == f"{len(way)} reassuring answers more"
            else:
                assert {x.split(": ")[0] for x in told.split("; ")} == {inputs()[i]["label"] for i in way}
            kinds.add(len(way) > 6)
    assert kinds == {True, False}
    for x, control in controls.items():
        control.value = base[x]


def test_a_stop_at_once_is_told_apart_from_a_planned_stop() -> None:
    """The table of the course on treatment: which stops come at once, and where no taper is spoken of."""
    found = {x: tuple(row.values()) for x, row in frame("on-ketamine-notebook", "ending").items()}
    assert found == {
        "functional benefit: no": ("Plan a supported stop", "yes"),
        "known hypersensitivity to ketamine: yes": ("Stop and get help today", "no"),
        "hazard from a rise in blood pressure: yes": ("Stop and get help today", "no"),
        "raised pressure in the head or eye: yes": ("Stop and get help today", "no"),
        "pregnancy: yes": ("Plan a supported stop", "no"),
    }


def test_vignettes_reveal_only_after_a_prediction() -> None:
    """Choosing shows the story alone; the button needs a prediction, then shows what ``decide`` gives."""
    found, result = tried("vignettes")
    controls = dict(zip(("vignette", "prediction", "reveal"), found.values(), strict=True))
    assert list(controls["vignette"].options) == list(STORIES)
    predictions = [value for _, value in controls["prediction"].options]
    assert set(predictions) == {""} | {row["level"] for row in STORIES.values()}
    for story in STORIES:
        controls["vignette"].value, controls["prediction"].value = story, ""
        assert "fictional" in result.value
        for guess in predictions:
            controls["prediction"].value = guess
            assert not LEVEL.findall(result.value), "the answer shows before it was asked for"
            controls["reveal"].click()
            d = decide(person(story))
            if not guess:
                assert not LEVEL.findall(result.value)
                continue
            assert LEVEL.findall(result.value) == [d.level] == [STORIES[story]["level"]]
            assert ("As you predicted." in result.value) is (guess == d.level)
            assert d.headline in unescape(result.value) and d.headline.startswith("Urgent") is d.urgent


def test_answers_to_predict_are_folded_away_in_lab_and_on_the_site() -> None:
    """The table of answers has a line for each vignette, and no host shows it before it is opened, run or not."""
    (cell,) = (c for c in cells("vignettes") if c["id"] == "answers")
    (told,) = BeautifulSoup(html(cell), "html.parser").select("table")
    assert told.find_parent("details") and not told.find_parent("details").has_attr("open")
    assert f"{len(STORIES)} fictional people" in shown("vignettes")
    found = frame("vignettes", "answers")
    assert {x: row["level"] for x, row in found.items()} == {x: NAMES[row["level"]] for x, row in STORIES.items()}
    assert "As written down beforehand in the table of vignettes: yes." in shown("vignettes")  # urgency too


def test_readings_show_both_readings_of_each_changed_fact() -> None:
    """Each control through all its values: both answers are those of ``decide``, the article's first."""
    controls, result = tried("readings")
    for fact, control in controls.items():
        for value in VOCABULARY[fact]:
            control.value = value
            both = [decide({**person("V17"), fact: value}, reading=x).level for x in ("article", "book")]
            assert LEVEL.findall(result.value) == both, (fact, value)
        control.value = person("V17")[fact]


def test_readings_name_everyone_the_article_alone_lets_through() -> None:
    """The table is exactly the people for whom the readings differ in that way."""
    through = {
        s: NAMES[decide(person(s)).level]
        for s in STORIES
        if decide(person(s), reading="article").level == "ARTICLE_MAY_BE_CONSIDERED"
        and decide(person(s)).level != "SPECIALIST_CONSIDER"
    }
    assert {"V01", "V02", "V03", "V07", "V09"} <= set(through)
    assert {x: row["in this book"] for x, row in frame("readings", "through").items()} == through
    assert f"{len(through)} of {len(STORIES)} people" in shown("readings")


def test_space_counts_what_decide_gives_for_each_state() -> None:
    """The cell of one's own, narrowed down in turn: the counts by level agree with deciding a person of each state."""
    cell = next(source(c) for c in cells("space") if c["id"] == "fixed")
    fixed = {"age_group": "adult", "setting": "chronic_noncancer", "ketamine_status": "not_on"}
    columns = {x: [fixed[x]] if x in fixed else v for x, v in space.columns("start").items()}
    states = [dict(zip(columns, values, strict=True)) for values in product(*columns.values())]
    levels = [decide(space.unfold("start", state)).level for state in states]
    mine = [{}, *({x: v} for x, values in columns.items() if x not in fixed for v in values)]
    for chosen in mine:
        names = dict(run("space"))
        with contextlib.redirect_stdout(io.StringIO()):
            exec(re.sub(r"^my_states = .*$", f"my_states = {chosen}", cell, flags=re.M), names)
        expected: dict[str, int] = {}
        for state, level in zip(states, levels, strict=True):
            if chosen.items() <= state.items():
                expected[level] = expected.get(level, 0) + 1
        assert names["sizes"] == expected
        assert decide(names["simplest"]).level == list(names["sizes"])[-1]


def test_space_lists_the_states_that_permit_ketamine() -> None:
    """The printed counts are those of the package, and every listed state permits ketamine."""
    names, counts = run("space"), space.counts()
    book = f"{counts['book']:,}".replace(",", "\u202f")
    said = f"{book} states in the book's reading, {counts['permit']} of them permit ketamine"
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
    assert len({c["id"] for c in nb["cells"]}) == len(nb["cells"]) <= 22
    ran = [c for c in nb["cells"] if c["cell_type"] == "code"]
    assert [c["execution_count"] for c in ran] == list(range(1, len(ran) + 1))
    for cell in ran:
        assert (cell["outputs"] or folded(cell)) and "execution" not in cell["metadata"], cell["id"]
        for output in cell["outputs"]:
            assert output["output_type"] in ("stream", "display_data")
            assert output.get("name", "stdout") == "stdout"
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
    assert not re.search(r"0x[0-9a-f]{6,}|/home/|/tmp/|/root/|/Users/", text)


@every_notebook
def test_a_level_and_the_notice_are_shown(name: str) -> None:
    """What strict comparison looks at holds a level in words, no code of one, and says that this is education."""
    text = shown(name)
    assert any(NAMES[level] in text for level in BOOK_LEVELS) and NOTICE in text
    if name in BASES:
        assert "Education only" in tried(name)[1].value
    assert not dose_in("\n".join(source(c) for c in cells(name)) + text)


CODES = re.compile(r"\b(?:" + "|".join([*NAMES, *(x for x in VOCABULARY if "_" in x)]) + r")\b|\bR-[A-Z]{2,}")
CODED = {  # where what one types is the subject
    "start": {"questions"},
    "clinic-list": {"mine"},
    "what-if": {"rules", "broken", "kinds", "refused"},
    "considered-notebook": {"panel"},
}


@every_notebook
def test_a_reader_meets_words_and_a_code_only_where_it_is_typed(name: str) -> None:
    """No code of a level, a rule or an input in what a notebook shows, but where the code is the subject."""
    for cell in cells(name):
        told = BeautifulSoup(html(cell), "html.parser").get_text(" ")
        told += "".join("".join(o["text"]) for o in cell.get("outputs", []) if o["output_type"] == "stream")
        assert bool(CODES.search(told)) is (cell["id"] in CODED.get(name, ())), (cell["id"], CODES.search(told))


@every_notebook
def test_what_is_printed_in_fixed_width_fits_on_a_line(name: str) -> None:
    """In JupyterLab a longer line breaks within a word; prose is displayed as text that wraps."""
    for cell in cells(name):
        for o in cell.get("outputs", []):
            assert all(len(x) <= 105 for x in "".join(o.get("text", "")).splitlines()), cell["id"]


@pytest.mark.parametrize("name", ["risk-notebook", "considered-notebook", "on-ketamine-notebook"])
def test_the_fixed_case_is_what_decide_says(name: str) -> None:
    """The committed answer of the fixed case holds the decision of today: headline, open questions, other care."""
    change = {
        "risk-notebook": {"active_sud": "yes"},
        "considered-notebook": {"pregnant": "unknown"},
        "on-ketamine-notebook": {"early_refill": "yes", "risk_plan": "unknown"},
    }[name]
    text = html(next(c for c in cells(name) if c["id"] == "fixed"))
    d = decide({**BASES[name], **change})
    assert LEVEL.findall(text) == [d.level]
    for said in (d.headline, *(x.title for x in d.other_care)):
        assert said in unescape(text)


@every_notebook
def test_title_objectives_and_a_way_on(name: str) -> None:
    """What it is first; what to take away and where to go on last."""
    first, last = source(cells(name)[0]), source(cells(name)[-1])
    assert first.startswith(f"# {TITLES[name]}\n") and "**Objectives:**" in first
    assert last.startswith("## What to take away\n") and "Go on with [" in last


@every_notebook
def test_links_work_in_lab(name: str) -> None:
    """To another notebook that is there, or to the web; a page of the book's source would open as raw text."""
    links = re.findall(r"\]\(([^)]+)\)", "\n".join(source(c) for c in cells(name) if c["cell_type"] == "markdown"))
    assert links
    for link in links:
        assert link.startswith("https://") or (link.endswith(".ipynb") and (CHAPTERS / link).exists()), link


@every_notebook
def test_plumbing_is_folded_and_a_fifth_at_most(name: str) -> None:
    """Imports, helpers, controls and the checking of an exercise are folded; what is left to see is thinking."""
    lines = {True: 0, False: 0}
    for c in (c for c in cells(name) if c["cell_type"] == "code"):
        lines[folded(c)] += sum(bool(x.strip()) for x in source(c).splitlines())
        assert folded(c) or not re.search(r"^\s*(import|from|def|class) ", source(c), re.M), c["id"]
        assert not folded(c) or len(source(c).partition("\n")[0]) <= 100, c["id"]  # the first line stays in sight
    assert lines[True] <= 0.2 * sum(lines.values()), lines


@every_notebook
def test_there_is_a_cell_of_one_s_own_and_an_answer_that_is_not_shown(name: str) -> None:
    """A cell to edit; an exercise without an answer yet; and the check names no answer in what is stored."""
    found = {c["id"]: c for c in cells(name)}
    own = rf"^{OWN.get(name, 'my_case')} = "
    assert any(re.search(own, source(c), re.M) and not folded(c) for c in found.values() if c["cell_type"] == "code")
    assert re.search(r"^my_answer = (\"\"|None)$", source(found["exercise"]), re.M)
    said = "".join(found["checked"]["outputs"][0]["text"])
    assert said == "Write an answer in the cell above, then run both.\n" and folded(found["checked"])


@every_notebook
def test_the_exercise_knows_right_from_wrong(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The check, run with the right answer, with a wrong one and with none."""
    names = dict(run(name))
    right = RIGHT.get(name) or str(int(names["decided"]["missing"].str.fullmatch(r"\w+").sum()))
    check = next(source(c) for c in cells(name) if c["id"] == "checked")
    for mine, word in ((right, "Right."), (right.lower(), "Right."), ("V99", "Not that"), (None, "Write an answer")):
        names["my_answer"] = mine
        capsys.readouterr()
        exec(compile(check, name, "exec"), names)
        assert capsys.readouterr().out.startswith(word), mine
    if right in VOCABULARY:  # an input may be named in words
        names["my_answer"] = next(label for label, i in LABELS.items() if i == right)
        exec(compile(check, name, "exec"), names)
        assert capsys.readouterr().out.startswith("Right.")


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
    return {n.name: ast.dump(ast.Module(n.body, [])) for n in found}


@every_notebook
def test_no_notebook_has_its_own_copy_of_a_shared_helper(name: str) -> None:
    """What the preamble has is made nowhere else under its name, and no function stands in two notebooks."""
    helpers = {x for x, value in vars(preamble).items() if getattr(value, "__module__", "") == "preamble"}
    tree = ast.parse("\n".join(code(name)))
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assert not (stored | set(functions(name))) & {*helpers, *preamble.__all__, "ask", "case_now"}
    elsewhere = {what for other in TITLES if other != name for what in functions(other).values()}
    assert not elsewhere & set(functions(name).values())


def test_the_preamble_holds_what_notebooks_need() -> None:
    """Each name that it hands out is used, and it stays small."""
    for x in preamble.__all__:
        assert any(re.search(rf"\b{x}\b", "\n".join(code(name))) for name in TITLES), x
    assert len((CHAPTERS / "preamble.py").read_text(encoding="utf-8").splitlines()) <= 210


@every_notebook
def test_no_count_is_typed_that_the_tables_know(name: str) -> None:
    """A number of questions, claims, people or states is asked for, so that a new row makes no notebook wrong."""
    known = {len(inputs()), len(claims()), len(vignettes()), *(space.counts()[x] for x in ("start", "on", "book"))}
    for text in code(name):
        assert not {int(x) for x in re.findall(r"(?<![\w.#])\d+(?![\w.])", text)} & known, text


def test_bars_stand_under_their_numbers() -> None:
    """Each number of a drawn table has a bar as long as it is large, in a row and a table that have names."""
    where = run("clinic-list")["where"]
    people = {"People at each level": where, "What is missing most": run("clinic-list")["most"]}
    for name, held in (("space", run("space")["held"]), ("clinic-list", people)):
        drawn = [x for c in cells(name) for x in BeautifulSoup(html(c), "html.parser").select("td:has(> div)")]
        rows = [(x.find_parent("table").caption.text, x.find_previous("th").text, x.text) for x in drawn]
        assert rows == [(title, x, f"{n:,}".replace(",", "\u202f")) for title in held for x, n in held[title].items()]
        widths = [float(re.search(r"width: ([\d.]+)em", str(x))[1]) for x in drawn]
        assert widths == [round(14 * n / sizes.max(), 2) for sizes in held.values() for n in sizes]
    assert sum("permits ketamine" in x for x in run("space")["held"]["Already on ketamine"].index) == 1


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


def test_a_chapter_that_a_notebook_names_is_a_link_and_one_that_is_not_there_is_told(monkeypatch):
    """The build, for which a warning is an error, says which title it does not know, and on which page."""
    told = []
    monkeypatch.setattr(lean.log, "warning", lambda text, *of, location: told.append((text % of, location)))
    body = "<p>See the chapter “Risk” and the chapter “Rusk”.</p>"
    made = lean.chapters(body, {"Risk": "chapters/risk"}, "../{}.html".format, "chapters/space")
    assert made == '<p>See the chapter “<a href="../chapters/risk.html">Risk</a>” and the chapter “Rusk”.</p>'
    assert told == [("no page has the title “Rusk”; write it as it stands on the page", "chapters/space")]

"""The educator's kit: whole, the same every time, without answers where they do not belong, and readable by others."""

import csv
import io
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import matplotlib
import nbformat
import pytest
from people import BANNED

from book.classroom import objectives, serves
from book.questions import questions
from decision import NOTICE, vignettes
from decision.dose import doses
from guard.coverage import table
from tools import kit

matplotlib.use("Agg")
Q = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The kit, written once."""
    folder = tmp_path_factory.mktemp("kit")
    kit.write(folder)
    return folder


def test_the_kit_is_whole_and_the_same_every_time(made, tmp_path):
    """Every file that the build asks for, byte for byte the same in a second folder."""
    kit.write(tmp_path)
    assert sorted(p.name for p in made.iterdir()) == sorted(kit.KIT)
    assert [n for n in kit.KIT if (made / n).read_bytes() != (tmp_path / n).read_bytes()] == []


def test_every_page_of_it_says_what_it_is_and_gives_no_dose(made):
    """The notice on each, no amount, no label for people, nothing loaded; each case fictional and there once."""
    for path in made.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        named = re.sub(r"\bQ-[\w-]+", "", text)  # the ids of questions hold those of claims
        plain = re.sub(r"<style.*?</style>|<[^>]+>", " ", named, flags=re.S)
        assert NOTICE in text and "<script" not in text and not re.search("https?://", text), path.name
        assert not any(doses(plain)), path.name
        assert not BANNED.search(re.sub("“[^”]*”", "", plain)), path.name


def test_the_sheets_hold_every_story_and_no_answer(made):
    """What teaches a case, and the row that decides it, stand in the key alone."""
    sheets, key = ((made / n).read_text(encoding="utf-8") for n in ("cases.html", "key.html"))
    assert "fictional" in sheets
    for n, v in vignettes(everyone=True).items():
        assert sheets.count(f"<h2>{n}</h2>") == 1 and key.count(f'<th scope="row">{n}</th>') == 1
        teaches = kit.escape(v["teaches"])
        assert teaches in key and teaches not in sheets and v["rule"] not in sheets


def test_the_key_has_every_question_with_its_right_answers(made):
    """As the table of questions does, option by option."""
    rows = list(csv.DictReader(io.StringIO((made / "questions.csv").read_text(encoding="utf-8"))))
    for q in questions().values():
        assert [(r["option"], r["right"]) for r in rows if r["id"] == q.id] == [
            (x.text, "yes" if x.right else "no") for x in q.options
        ]


def test_the_deck_opens_and_holds_every_question(made, tmp_path):
    """As Anki reads it: a zip with a database of notes, one for each question under an id that stays, one card each."""
    with zipfile.ZipFile(made / "questions.apkg") as z:
        z.extract("collection.anki2", tmp_path)
    db = sqlite3.connect(tmp_path / "collection.anki2")
    notes = db.execute("select guid, flds from notes").fetchall()
    assert {g for g, _ in notes} == {f"ketamine-{q}" for q in questions()}
    assert db.execute("select count(*) from cards").fetchone()[0] == len(notes)
    assert all(flds.count("\x1f") == 1 and "Education only" in flds and not any(doses(flds)) for _, flds in notes)
    db.close()


def test_the_package_is_made_as_qti_1_2_says(made):
    """The order of elements in each item, the links inside it, and points for exactly the right choices.

    Its DTD may not be kept here; the structure it asks of what is used stands below in its words.
    """
    with zipfile.ZipFile(made / "questions-qti.zip") as z:
        manifest, root = (ET.fromstring(z.read(n)) for n in ("imsmanifest.xml", "questions.xml"))
        assert z.namelist() == ["imsmanifest.xml", "questions.xml"]
        assert not any(doses(z.read("questions.xml").decode()))
    files = [x.get("href") for x in manifest.iter() if x.tag.endswith("}file")]
    assert files == ["questions.xml"]
    items = root.findall(f"{Q}assessment/{Q}section/{Q}item")
    assert [x.get("ident") for x in items] == list(questions())
    for item in items:
        q = questions()[item.get("ident")]
        assert [x.tag for x in item] == [
            Q + n for n in ("itemmetadata", "presentation", "resprocessing", "itemfeedback")
        ]
        assert [x.tag for x in item.find(Q + "presentation")] == [Q + "material", Q + "response_lid"]
        lid = item.find(f"{Q}presentation/{Q}response_lid")
        labels = [x.get("ident") for x in lid.iter(Q + "response_label")]
        assert len(labels) == len(set(labels)) == len(q.options)
        assert lid.get("rcardinality") == ("Single" if len(q.key) == 1 else "Multiple")
        assert [x.tag for x in item.find(Q + "resprocessing")] == [
            Q + "outcomes",
            Q + "respcondition",
            Q + "respcondition",
        ]
        scored = next(x for x in item.iter(Q + "respcondition") if x.find(Q + "setvar") is not None)
        denied = {x.text for n in scored.iter(Q + "not") for x in n}
        asked = {x.text for x in scored.iter(Q + "varequal")} - denied
        assert asked == {labels[n] for n, x in enumerate(q.options) if x.right}
        assert denied in ({labels[n] for n, x in enumerate(q.options) if not x.right}, set())
        assert {x.get("linkrefid") for x in item.iter(Q + "displayfeedback")} == {
            x.get("ident") for x in item.iter(Q + "itemfeedback")
        }


def test_before_and_after_ask_for_the_same_skills_of_other_people():
    """The two parts have the same kinds in the same order, and share neither a question nor a person."""
    before, after = ([questions()[x] for x in ids] for ids in (kit.BEFORE, kit.AFTER))
    assert [q.kind for q in before] == [q.kind for q in after]
    assert not {q.case for q in before} & {q.case for q in after}


def test_a_class_is_pooled_from_its_files(tmp_path, monkeypatch, capsys):
    """The notebook counts learners and answers, names a file of another kind, and draws."""
    folder = tmp_path / "results"
    folder.mkdir()
    for n in range(3):
        results = [{"case": "V03", "level": "AVOID", "sure": 80, "asked": [], "right": n > 0}]
        text = json.dumps({"format": "ketamine-case-studio", "version": 1, "results": results})
        (folder / f"{n}.json").write_text(text)
    (folder / "other.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    names = {}
    for cell in nbformat.read(kit.TEXTS / "pool.ipynb", 4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    said = capsys.readouterr().out
    assert "other.json is no file" in said and "3 learners, 3 answers, 2 right" in said
    assert names["by_case"].loc["V03"].to_dict() == {"answers": 3, "right": 67, "sure": 80, "too sure by": 13}


def test_what_the_kit_is_made_of_is_covered():
    """The kit's cases are those whose coverage is held: none is missing from the table."""
    assert {n for cases in table().values() for n in cases} == set(vignettes(everyone=True))
    assert Path(kit.TEXTS / "facilitator.md").is_file()


def test_every_case_and_question_serves_an_objective():
    """Each objective has a verb of its own and questions; no case and no question is left without one."""
    found = [serves(o) for o in objectives()]
    assert len({o["verb"] for o in objectives()}) == len(objectives())
    assert all(asked for _, asked in found)
    assert {n for cases, _ in found for n in cases} == set(vignettes(everyone=True))
    assert {q for _, asked in found for q in asked} == set(questions())
    rules = {v["rule"] for v in vignettes(everyone=True).values()}
    named = {r for o in objectives() if o["rows"] != "–" for r in o["rows"].split()}
    assert named <= rules | {r.split(".")[0] for r in rules}

"""The educator's kit: whole, the same every time, without answers where they do not belong, and readable by others."""

import csv
import html
import io
import json
import re
import tarfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import matplotlib
import nbformat
import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from lxml import etree
from people import BANNED

from book.classroom import objectives, serves
from book.questions import PARTS, questions
from decision import NOTICE, vignettes
from decision.dose import doses
from guard.coverage import table
from tools import kit

matplotlib.use("Agg")
ROOT = Path(__file__).resolve().parents[1]
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


def test_the_deck_imports_into_anki(made, tmp_path):
    """By Anki's own library: a note and a card for each question, both sides readable; a second import adds nothing."""
    collection = Collection(str(tmp_path / "new.anki2"))
    options = ImportAnkiPackageOptions(merge_notetypes=True)
    request = ImportAnkiPackageRequest(package_path=str(made / "questions.apkg"), options=options)
    first, again = (collection.import_anki_package(request).log for _ in range(2))
    assert (len(first.new), len(again.new), len(again.updated)) == (len(questions()), 0, 0)
    assert collection.note_count() == collection.card_count() == len(questions())
    cards = {c.note().guid: c for c in map(collection.get_card, collection.find_cards("deck:Ketamine*"))}
    assert set(cards) == {f"ketamine-{q}" for q in questions()}
    for q in questions().values():
        front, back = (re.sub("<[^>]+>", " ", html.unescape(side())) for side in methods(cards[f"ketamine-{q.id}"]))
        assert q.story in front and q.asked in front and not any(doses(back))
        assert [x.text for x in q.options if x.text not in front] == []
        assert [x.because for x in q.options if x.right and x.because not in back] == [] and NOTICE in back
    collection.close()


def methods(card):
    """What Anki shows of a card before and after it is turned."""
    return card.question, card.answer


@pytest.fixture(scope="module")
def dtd():
    """The DTD of QTI 1.2.1, as it stands in the sources that ``make test`` fetches and does not install."""
    found = list((kit.ROOT / ".venv/qti").glob("pyslet-*.tar.gz"))
    if not found:
        pytest.fail("The DTD of QTI 1.2 is not there: run `make .venv/dev`, which fetches it.", pytrace=False)
    with tarfile.open(found[0]) as sources:
        name = next(n for n in sources.getnames() if n.endswith("data_imsqtiv1p2p1/ims_qtiasiv1p2p1.dtd"))
        return etree.DTD(sources.extractfile(name))


def unnamed(source):
    """A document without its namespace, of which a DTD knows nothing."""
    return etree.fromstring(source.replace(f' xmlns="{kit.QTI}"'.encode(), b""))


def test_the_questions_validate_as_qti_1_2(made, dtd):
    """Against the DTD that IMS approved; without the id of an item, or with its parts turned round, they would not."""
    with zipfile.ZipFile(made / "questions-qti.zip") as z:
        source = z.read("questions.xml")
    assert dtd.validate(unnamed(source)), dtd.error_log.filter_from_errors()
    for break_it in (lambda x: x.attrib.pop("ident"), lambda x: x.append(x[0])):
        broken = unnamed(source)
        break_it(broken.find(".//item"))
        assert not dtd.validate(broken)


def test_the_manifest_names_all_that_is_in_the_package(made):
    """In the order that IMS Content Packaging wants: ids of their own, each file listed and there."""
    with zipfile.ZipFile(made / "questions-qti.zip") as z:
        manifest, names = etree.fromstring(z.read("imsmanifest.xml")), z.namelist()
    p = f"{{{kit.PACKAGE}}}"
    assert manifest.tag == p + "manifest" and names[0] == "imsmanifest.xml"
    assert [x.tag for x in manifest] == [p + n for n in ("metadata", "organizations", "resources")]
    assert [x.tag for x in manifest[0]] == [p + n for n in ("schema", "schemaversion")]
    ids = [x.get("identifier") for x in manifest.iter() if x.get("identifier")]
    assert len(ids) == len(set(ids)) == 1 + len(manifest[2])
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", x) for x in ids)
    files = [x.get("href") for x in manifest.iter(p + "file")]
    assert sorted(files) == sorted(n for n in names if n != "imsmanifest.xml")
    for resource in manifest[2]:
        assert resource.get("type") == "imsqti_xmlv1p2" and resource.get("href") == resource[0].get("href")


def test_each_item_gives_its_points_for_exactly_the_right_choices(made):
    """What the DTD cannot say: the key, one answer or several, and feedback that is shown."""
    with zipfile.ZipFile(made / "questions-qti.zip") as z:
        root = ET.fromstring(z.read("questions.xml"))
        assert not any(doses(z.read("questions.xml").decode()))
    items = root.findall(f"{Q}assessment/{Q}section/{Q}item")
    assert [x.get("ident") for x in items] == list(questions())
    for item in items:
        q = questions()[item.get("ident")]
        lid = item.find(f"{Q}presentation/{Q}response_lid")
        labels = [x.get("ident") for x in lid.iter(Q + "response_label")]
        assert len(labels) == len(set(labels)) == len(q.options)
        assert lid.get("rcardinality") == ("Single" if len(q.key) == 1 else "Multiple")
        scored = next(x for x in item.iter(Q + "respcondition") if x.find(Q + "setvar") is not None)
        denied = {x.text for n in scored.iter(Q + "not") for x in n}
        asked = {x.text for x in scored.iter(Q + "varequal")} - denied
        assert asked == {labels[n] for n, x in enumerate(q.options) if x.right}
        assert denied in ({labels[n] for n, x in enumerate(q.options) if not x.right}, set())
        assert {x.get("linkrefid") for x in item.iter(Q + "displayfeedback")} == {
            x.get("ident") for x in item.iter(Q + "itemfeedback")
        }


def test_moodle_gets_every_question_with_points_that_it_knows(made):
    """In its own format, for it reads no QTI 1.2: the right choices together make a point, a wrong one takes it."""
    found = {x.findtext("name/text"): x for x in ET.parse(made / "questions-moodle.xml").iter("question")}
    known = {"100", "50", "33.33333", "0", "-100"}  # of the parts of a point that Moodle offers
    assert set(found) - {None} == set(questions())
    for q in questions().values():
        item = found[q.id]
        answers = [(html.unescape(x.findtext("text")), x.get("fraction")) for x in item.iter("answer")]
        assert [words for words, _ in answers] == [x.text for x in q.options]
        assert {points for _, points in answers} <= known
        gained = [float(points) > 0 for _, points in answers]
        assert gained == [x.right for x in q.options] and round(sum(float(p) for _, p in answers if p[0] != "-")) == 100
        assert item.findtext("single") == ("true" if len(q.key) == 1 else "false")
        assert NOTICE in item.findtext("generalfeedback/text") and q.asked in html.unescape(
            item.findtext("questiontext/text")
        )


def test_before_and_after_ask_for_the_same_skills_of_other_people():
    """The two parts have the same kinds in the same order, and share neither a question nor a person."""
    before, after = ([questions()[x] for x in ids] for _, ids in PARTS.values())
    assert [q.kind for q in before] == [q.kind for q in after]
    assert not {q.case for q in before} & {q.case for q in after}


def run(name):
    """The code of one of the kit's notebooks, run in order; its names."""
    names = {}
    for cell in nbformat.read(kit.TEXTS / name, 4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    return names


def test_a_class_is_pooled_from_its_files(made, tmp_path, monkeypatch, capsys):
    """The notebook counts learners and answers of both kinds, scores by the key, names another file, and draws."""
    folder = tmp_path / "results"
    folder.mkdir()
    for n in range(3):
        results = [{"case": "V03", "level": "AVOID", "sure": 80, "asked": [], "right": n > 0}]
        text = json.dumps({"format": "ketamine-case-studio", "version": 1, "results": results})
        (folder / f"{n}.json").write_text(text)
    for part, (_, ids) in PARTS.items():
        answers = [{"question": i, "sure": 50, "chosen": chosen(i, part == "after")} for i in ids]
        told = {"format": "ketamine-before-after", "version": 1, "part": part, "code": "heron", "answers": answers}
        (folder / f"{part}.json").write_text(json.dumps(told))
    (folder / "other.json").write_text("{}")
    (tmp_path / "questions.csv").write_bytes((made / "questions.csv").read_bytes())
    monkeypatch.chdir(tmp_path)
    names = run("pool.ipynb")
    said = capsys.readouterr().out
    assert "other.json was saved neither" in said and "3 learners, 3 answers, 2 right" in said
    assert names["by_case"].loc["V03"].to_dict() == {"answers": 3, "right": 67, "sure": 80, "too sure by": 13}
    assert "before: 1 learners, 0 of 5 right" in said and "after: 1 learners, 5 of 5 right" in said
    assert names["by_learner"].loc["heron", "right"].to_dict() == {"after": 100, "before": 0}


def chosen(ident, well):
    """What a learner marks: all right choices; or of several all but one, or beside the only one a wrong one."""
    options = questions()[ident].options
    right, wrong = ([x.text for x in options if x.right is is_right] for is_right in (True, False))
    return right if well else right[1:] or right + wrong[:1]


def test_a_class_without_tests_is_pooled_too(tmp_path, monkeypatch, capsys):
    """No file of questions is asked for where nobody answered any, and an empty folder is no error."""
    monkeypatch.chdir(tmp_path)
    run("pool.ipynb")
    assert "0 learners, 0 answers, 0 right" in capsys.readouterr().out


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


def test_a_class_meets_nobody_whom_it_was_tested_on():
    """The plans and the facilitator's sheet take other people than the questions before and after the class."""
    tested = {questions()[x].case for _, ids in PARTS.values() for x in ids}
    plans = [(ROOT / x).read_text("utf-8") for x in ("chapters/educators.md", "book/kit/facilitator.md")]
    met = [set(re.findall(r"\bV\d\d\b", x)) for x in plans]
    assert len(tested) > 8 and all(met) and [x & tested for x in met] == [set(), set()]

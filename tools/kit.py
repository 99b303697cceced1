"""The educator's kit: every file of it, written from the cases, the questions and the tables into ``_build/html/kit``.

``python -m tools.kit`` writes it. The same sources give the same bytes: ids and times in the files are fixed.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from html import escape
from pathlib import Path

import genanki
from markdown_it import MarkdownIt

import decision
from book.panel import studio
from book.questions import PARTS, Question, beside, questions
from decision import NOTICE, space
from decision.api import machine

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT / "book/kit"
WHEN = 1_700_000_000.0  # what the deck calls its time of making; a fixed one, so that builds can be compared
DECK, MODEL = 1_622_510_001, 1_622_510_002  # Anki's ids, fixed for ever: a new deck updates the old one
KIT = ("cases.html", "key.html", "facilitator.html", "agreement.html", "evaluation.html", "questions.csv", "pool.ipynb",
       "questions.apkg", "questions-qti.zip", "questions-moodle.xml")  # fmt: skip
QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOOK = """
body { font: 11pt/1.4 system-ui, sans-serif; max-width: 46rem; margin: 1rem auto; padding: 0 1rem; color: #111;
  background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0 0 .3rem; } p { margin: .3rem 0; }
.case { border-top: 1px solid #555; padding: .6rem 0; break-inside: avoid; }
@media screen and (max-width: 40rem) { table, tbody, tr, th, td { display: block; } thead { display: none; } }
.lines span { display: inline-block; margin-right: 1rem; } 
td, th { text-align: left; vertical-align: top; padding: .2rem .5rem; border-top: 1px solid #999; }
a:focus-visible { outline: 3px solid #111; }
.page { font-size: 10pt; }
@media print { .back { display: none; } .page h1:not(:first-of-type) { break-before: page; } body { margin: 0; } }
"""


def page(title: str, body: str, kind: str = "") -> str:
    """A page to print: no scripts, nothing loaded."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<style>{LOOK}</style></head><body class="{kind}">'
        f'<nav class="back"><a href="../chapters/educators.html">Back to the book</a></nav><main>{body}</main>'
        f"<footer><p><small>{escape(NOTICE)}</small></p></footer></body></html>\n"
    )


def text(name: str, **parts: str) -> str:
    """One of the kit's texts as HTML, with its computed parts put in."""
    source = (TEXTS / f"{name}.md").read_text(encoding="utf-8")
    html = MarkdownIt().render(source)
    for part, made in parts.items():
        html = html.replace(f"<p>{{{part}}}</p>", made)
    return html


def levels(path: str) -> list[str]:
    """The levels of a path in words."""
    return [x["name"] for x in machine().model["levels"] if x["path"] == path]


def sheets() -> str:
    """Every case without its answer, with room to commit."""
    out = [
        "<h1>Case sheets</h1><p>Everybody here is fictional. "
        "Write before you look: a level, three questions, how sure.</p>"
    ]
    for n, v in decision.vignettes(everyone=True).items():
        path = machine().path(v["answers"], "book")
        boxes = "".join(f"<span>☐ {escape(x)}</span>" for x in levels(path))
        out.append(
            f'<section class="case"><h2>{n}</h2><p>{escape(v["narrative"])}</p><p class="lines">{boxes}</p>'
            "<p>I would ask first: 1 __________ 2 __________ 3 __________ &nbsp; How sure, 0 to 100: ____</p></section>"
        )
    return page("Case sheets", "".join(out))


def decided_by(case: dict[str, str]) -> str:
    """What decides a case, in words: the answers that worry; what permits rests on all of them, as the row says."""
    m = machine()
    answer = m.decide(case, "book")
    reason = answer["reasons"][0]
    if answer["level"] in space.PERMITS:
        return reason["text"]
    told = [studio.told_as(m, i, v) for i, v in reason["because_of"] if v == "unknown" or not m.calm(i, v)]
    more = [f"and {len(told) - 4} more"] if len(told) > 4 else []
    return "; ".join(told[:4] + more)


def key() -> str:
    """The key to the cases, with what decides and the near miss; to the questions; and the codes for maintainers."""
    m, rows = machine(), []
    for n, v in decision.vignettes(everyone=True).items():
        case = dict(v["answers"])
        path = m.path(case, "book")
        urgent = "Urgent. " if v["urgent"] == "yes" else ""
        told = [
            f"{urgent}{m.level_info(path, v['level'])['name']}",
            decided_by(case),
            " ".join(studio.near(m, case, "book")),
            v["teaches"],
        ]
        rows.append("<tr>" + f'<th scope="row">{n}</th>' + "".join(f"<td>{escape(x)}</td>" for x in told) + "</tr>")
    head = "".join(
        f'<th scope="col">{x}</th>' for x in ("Case", "Level", "What decides", "Near miss", "For the facilitator")
    )
    body = f"<h1>Key to the cases</h1><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    body += "<h1>Key to the questions</h1><ul>"
    for q in questions().values():
        right = "; ".join(x.text for x in q.options if x.right)
        body += f"<li><strong>{escape(q.id)}</strong> {escape(q.asked)} {escape(right)}</li>"
    codes = "; ".join(f"{n} {v['rule']}" for n, v in decision.vignettes(everyone=True).items())
    body += f"</ul><h1>For maintainers</h1><p>The rows of the tables that decide the cases: {codes}.</p>"
    return page("Key", body)


def monitoring() -> str:
    """The table of monitoring as a list to tick."""
    rows = dict.fromkeys((r["title"], r["because"]) for r in decision.rows("monitoring"))
    return "<ul>" + "".join(f"<li>☐ <strong>{escape(a)}.</strong> {escape(b)} ________</li>" for a, b in rows) + "</ul>"


def stem(q: Question) -> str:
    """What a question asks, without its choices."""
    given = f"<p>{escape(beside(q))}</p>" if q.given else ""
    return f"<p>{escape(q.story)}</p>{given}<p><strong>{escape(q.asked)}</strong></p>"


def item_html(q: Question, n: int) -> str:
    """A question on paper."""
    options = "".join(f"<li>☐ {escape(x.text)}</li>" for x in q.options)
    return (
        f'<section class="case"><h2>{n}. ({q.id})</h2>{stem(q)}<ul>{options}</ul>'
        "<p>How sure, 0 to 100: ____</p></section>"
    )


def items() -> str:
    """The items before and after a class."""
    out = ""
    for title, ids in PARTS.values():
        out += f"<h1>{title}</h1>" + "".join(item_html(questions()[x], n) for n, x in enumerate(ids, 1))
    return out


def sheet() -> str:
    """All questions as a table."""
    out = io.StringIO()
    w = csv.writer(out, lineterminator="\n")
    w.writerow(["id", "kind", "case", "story", "given", "asked", "option", "right", "because", "claims"])
    for q in questions().values():
        for x in q.options:
            right = "yes" if x.right else "no"
            w.writerow([q.id, q.kind, q.case, q.story, q.given, q.asked, x.text, right, x.because, "; ".join(q.claims)])
    return out.getvalue()


# ---- Anki


def deck(path: Path) -> None:
    """The questions as an Anki deck."""
    model = genanki.Model(
        MODEL,
        "Ketamine, pain and risk: question",
        fields=[{"name": "Question"}, {"name": "Answer"}],
        templates=[{"name": "Card", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr>{{Answer}}"}],
    )
    made = genanki.Deck(DECK, "Ketamine, pain and risk", f"Fictional cases. {NOTICE}")
    for q in questions().values():
        options = "".join(f"<li>{escape(x.text)}</li>" for x in q.options)
        right = "".join(f"<li><b>{escape(x.text)}</b><br>{escape(x.because)}</li>" for x in q.options if x.right)
        front = f"{stem(q)}<ul>{options}</ul>"
        back = f"<ul>{right}</ul><p><small>{escape(NOTICE)}</small></p>"
        made.add_note(genanki.Note(model=model, fields=[front, back], guid=f"ketamine-{q.id}"))
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.apkg"
        genanki.Package(made).write_to_file(raw, timestamp=WHEN)
        with zipfile.ZipFile(raw) as z:
            packed(path, {n: z.read(n) for n in z.namelist()})


def packed(path: Path, files: dict[str, bytes]) -> None:
    """A zip whose bytes depend on nothing but its files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, content)


# ---- QTI 1.2


def under(parent: ET.Element, name: str, words: str = "", **given: str) -> ET.Element:
    """A child element."""
    made = ET.SubElement(parent, name, given)
    made.text = words or None
    return made


def material(parent: ET.Element, html: str) -> None:
    """Text in an item."""
    under(under(parent, "material"), "mattext", html, texttype="text/html")


def qti_item(section: ET.Element, q: Question) -> None:
    """A question as an item: choices, the points for exactly the right ones, and the reasons as feedback."""
    item = under(section, "item", ident=q.id, title=q.id)
    one = len(q.key) == 1
    kind = "multiple_choice_question" if one else "multiple_answers_question"
    fields = under(under(item, "itemmetadata"), "qtimetadata")
    for label, entry in (("question_type", kind), ("points_possible", "1")):
        entry_of = under(fields, "qtimetadatafield")
        under(entry_of, "fieldlabel", label)
        under(entry_of, "fieldentry", entry)
    presentation = under(item, "presentation")
    material(presentation, stem(q))
    lid = under(presentation, "response_lid", ident="response1", rcardinality="Single" if one else "Multiple")
    choice = under(lid, "render_choice")
    for n, x in enumerate(q.options):
        material(under(choice, "response_label", ident=f"{q.id}-{n}"), escape(x.text))
    processing = under(item, "resprocessing")
    under(under(processing, "outcomes"), "decvar", varname="SCORE", vartype="Decimal", minvalue="0", maxvalue="100")
    show = under(processing, "respcondition", **{"continue": "Yes"})
    under(under(show, "conditionvar"), "other")
    under(show, "displayfeedback", feedbacktype="Response", linkrefid="general_fb")
    right = under(processing, "respcondition", **{"continue": "No"})
    where = under(right, "conditionvar")
    where = where if one else under(where, "and")
    for n, x in enumerate(q.options):
        if x.right or not one:
            under(where if x.right else under(where, "not"), "varequal", f"{q.id}-{n}", respident="response1")
    under(right, "setvar", "100", action="Set", varname="SCORE")
    why = "".join(f"<p>{'✓' if x.right else '✗'} {escape(x.text)}: {escape(x.because)}</p>" for x in q.options)
    material(under(under(item, "itemfeedback", ident="general_fb"), "flow_mat"), why)


def qti() -> dict[str, bytes]:
    """The questions as a QTI 1.2 package: the assessment and its manifest."""
    root = ET.Element("questestinterop", {"xmlns": QTI})
    assessment = under(root, "assessment", ident="ketamine-questions", title="Ketamine, pain and risk")
    section = under(assessment, "section", ident="root_section")
    for q in questions().values():
        qti_item(section, q)
    manifest = ET.Element("manifest", {"xmlns": PACKAGE, "identifier": "ketamine-questions-package"})
    meta = under(manifest, "metadata")
    under(meta, "schema", "IMS Content")
    under(meta, "schemaversion", "1.1.3")
    under(manifest, "organizations")
    resources = under(manifest, "resources")
    resource = under(resources, "resource", identifier="questions", type="imsqti_xmlv1p2", href="questions.xml")
    under(resource, "file", href="questions.xml")
    made = {"imsmanifest.xml": manifest, "questions.xml": root}
    return {n: ET.tostring(x, encoding="utf-8", xml_declaration=True) for n, x in made.items()}


# ---- Moodle, which reads no QTI 1.2 into its question bank


def moodle() -> bytes:
    """The questions as Moodle XML: no point for a question with a wrong choice, parts of one for each right choice."""
    root = ET.Element("quiz")
    under(under(under(root, "question", type="category"), "category"), "text", "$course$/Ketamine, pain and risk")
    for q in questions().values():
        item = under(root, "question", type="multichoice")
        under(under(item, "name"), "text", q.id)
        html = {"questiontext": stem(q), "generalfeedback": f"<p>{escape(NOTICE)}</p>"}
        for name, words in html.items():
            under(under(item, name, format="html"), "text", words)
        one = "true" if len(q.key) == 1 else "false"
        for name, words in (("single", one), ("shuffleanswers", "false"), ("answernumbering", "none")):
            under(item, name, words)
        for x in q.options:
            points = f"{100 / len(q.key):.5f}".rstrip("0").rstrip(".") if x.right else "0" if one == "true" else "-100"
            answer = under(item, "answer", fraction=points, format="html")
            under(answer, "text", escape(x.text))
            under(under(answer, "feedback", format="html"), "text", escape(x.because))
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def write(folder: Path) -> None:
    """Every file of the kit into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "cases.html": sheets(),
        "key.html": key(),
        "facilitator.html": page("Facilitator’s sheet", text("facilitator"), "page"),
        "agreement.html": page("Agreement and monitoring", text("agreement", monitoring=monitoring()), "page"),
        "evaluation.html": page("Before and after", text("evaluation", items=items()), "page"),
        "questions.csv": sheet(),
        "pool.ipynb": (TEXTS / "pool.ipynb").read_text(encoding="utf-8"),
    }
    for name, made in pages.items():
        (folder / name).write_text(made, encoding="utf-8")
    deck(folder / "questions.apkg")
    packed(folder / "questions-qti.zip", qti())
    (folder / "questions-moodle.xml").write_bytes(moodle())


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build/html/kit")

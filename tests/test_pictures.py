"""The pictures, the summary of findings and the register as a table: what they show, counted here by hand."""

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import jsonschema
import pytest

from book import draw, evidence, facts, pictures, register_table
from decision import case_of, claims, decide, inputs, level_names, rows, sources
from decision.register import named
from guard.register import LEGAL, faults

ROOT = Path(__file__).parents[1]
REGISTER = ROOT / "decision/knowledge/register"
FORMS = [(n, "") for n in pictures.DRAWN] + [(n, f) for n, fs in pictures.FORMS.items() for f in fs]
NAMES = ["-".join(filter(None, x)) for x in FORMS]
SVG = "{http://www.w3.org/2000/svg}"


def to(page: str, place: str) -> str:
    """An address as a page in ``chapters`` would write it."""
    return f"{page}.html#{place}"


def drawn(name: str, form: str = "") -> draw.Picture:
    """A picture, drawn anew."""
    draw_it = pictures.DRAWN[name]
    return draw_it(to, form) if form else draw_it(to)


def table(name: str) -> list[dict[str, str]]:
    """A file of the register as the csv module reads it."""
    with open(REGISTER / f"{name}.csv", encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def shown(name: str, form: str = "") -> str:
    """Every word that stands in a drawing, without its title and description."""
    root = ET.fromstring(draw.svg(drawn(name, form)))
    return " ".join(t.text for t in root.iter(f"{SVG}text"))


def links(html: str) -> set[str]:
    """Where the links of some HTML lead."""
    return set(re.findall(r'href="([^"]+)"', html))


@pytest.mark.parametrize("of", FORMS, ids=NAMES)
def test_each_picture_is_valid_told_and_the_same_each_time(of):
    """Valid XML with a title and a text alternative of its own, and not a byte else the second time."""
    p = drawn(*of)
    root = ET.fromstring(draw.svg(p))
    ids = {e.get("id"): e.text for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")}
    assert len(ids) == 2 and ids[root.get("aria-labelledby")] == p.title and ids[root.get("aria-describedby")] == p.told
    assert len(p.title) < 125 and len(p.told) > 150 and p.told.endswith(".")
    assert draw.figure(p) == draw.figure(drawn(*of))


@pytest.mark.parametrize("of", FORMS, ids=NAMES)
def test_no_colour_and_no_small_letter_is_written_into_a_picture(of):
    """The page gives the colours; the letters are 13 units on 320, so 12 pixels and more on a phone."""
    told = draw.svg(drawn(*of))
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[\"';])|rgb|hsl|(?<![-\w])(fill|stroke|style|font-size)=", told)
    assert f'viewBox="0 0 {draw.WIDTH} ' in told and draw.WIDTH <= 340
    for scale in re.findall(r"<g transform=[^>]*scale\(([\d.]+)\)[^>]*>((?:(?!</g>).)*)", told):
        assert "<text" not in scale[1]
    style = (ROOT / "book/static/pictures.css").read_text(encoding="utf-8")
    assert "font-size: 13px" in style and draw.SIZE == 13
    assert draw.SIZE * 300 / draw.WIDTH >= 12  # even where the page leaves it 300 of 360 pixels
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", style)
    assert "@import" not in style and "url(" not in style


@pytest.mark.parametrize("of", FORMS, ids=NAMES)
def test_nothing_is_drawn_outside_the_picture(of):
    """Every text, as wide as a wide font makes it, and every shape stays inside."""
    p = drawn(*of)
    for e in ET.fromstring(draw.svg(p)).iter():
        if e.tag == f"{SVG}text":
            wide = float(e.get("textLength") or draw.spread(e.text))
            left = float(e.get("x")) - (wide / 2 if e.get("text-anchor") == "middle" else 0)
            assert left >= -1 and left + wide <= draw.WIDTH + 4, e.text
            assert 0 < float(e.get("y")) <= p.height, e.text
        if e.tag == f"{SVG}rect" and "ring" not in (e.get("class") or ""):
            assert float(e.get("x")) + float(e.get("width")) <= draw.WIDTH


def anchors() -> dict[str, set[str]]:
    """The places that pages have, from what prints them."""
    printed = re.findall(
        r"\{decision-table\} (\w+)\n:anchors:", (ROOT / "chapters/tables.md").read_text(encoding="utf-8")
    )
    return {
        "claims": {f"claim-{c['id']}" for c in table("claims")},
        "tables": {re.sub("[^a-z0-9]+", "-", f"row-{t}-{r['row']}".lower()) for t in printed for r in rows(t)},
        "references": {f"source-{k}".replace("_", "-").lower() for k in sources()},
    }


@pytest.mark.parametrize("of", FORMS, ids=NAMES)
def test_links_lead_to_places_that_pages_have(of):
    """To a claim, a row, a source; or to the panel with answers that exist."""
    here, legal = links(draw.figure(drawn(*of))), anchors()
    assert here
    for link in here:
        page, _, place = link.replace("&amp;", "&").partition(".html#")
        if page == "panel":
            decide(dict(pair.split("=") for pair in place.split("&")))
        else:
            assert place in legal[page], link


def test_the_article_is_drawn_sentence_by_sentence():
    """One mark a sentence in the order of the register, each a link that says its verdict; the counts are right."""
    data = table("claims")
    for form in ("", "compact"):
        root = ET.fromstring(draw.svg(drawn("article-map", form)))
        marks = [a for a in root.iter(f"{SVG}a") if a.find(f"{SVG}g") is not None]
        assert [a.get("href") for a in marks] == [to("claims", f"claim-{r['id']}") for r in data]
        for a, r in zip(marks, data, strict=True):
            assert a.find(f"{SVG}title").text.startswith(r["title"])
            kinds = [e.get("class") for e in a.iter() if e.get("class")]
            fill = {"supported": "open", "qualified": "tint", "contradicted": "full", "not-verifiable": "dashed"}
            assert f"pic-mark pic-{fill[r['verdict']]}" in kinds
            assert ("pic-ring" in kinds) == (r["unsafe"] == "yes")
        count = Counter(r["verdict"] for r in data)
        unsafe = sum(r["unsafe"] == "yes" for r in data)
        words = shown("article-map", form)
        for n, what in (
            (count["supported"], "supported"),
            (count["qualified"], "true with qualifications"),
            (count["contradicted"], "contradicted"),
            (count["not-verifiable"], "not verifiable"),
            (unsafe, "unsafe as written"),
        ):
            assert f"{n} {what}" in words
    groups = re.findall(r"([A-Z][^·✗]*?) · \d+", shown("article-map"))
    assert len(groups) == len(set(groups)) == 9, groups  # what stands round the article has a name at either end
    told = drawn("article-map").told
    assert f"{len(data)} sentences" in told and f"{unsafe} are unsafe" in told
    assert all(r["title"] in told for r in data if r["verdict"] == "contradicted")


@pytest.mark.parametrize(
    ("path", "levels"),
    [
        (
            "start",
            ["OUT_OF_SCOPE", "AVOID", "ALTERNATIVES_FIRST", "DEFER", "ALTERNATIVES_FIRST", "SPECIALIST_CONSIDER"],
        ),
        (
            "on",
            ["OUT_OF_SCOPE", "STOP_AND_ESCALATE", "DISCONTINUE_PLAN", "HOLD_AND_REASSESS", "CONTINUE_WITH_SAFEGUARDS"],
        ),
    ],
)
def test_the_decision_map_takes_the_steps_of_the_table(path, levels):
    """The levels in the order in which rows are read, each by name and to be lit; no code of a rule is shown."""
    root = ET.fromstring(draw.svg(drawn("decision-map", path)))
    assert [a.get("data-level") for a in root.iter(f"{SVG}a")] == levels
    words = shown("decision-map", path)
    assert all(level_names()[x] in words for x in levels)
    assert not re.search(r"R-[A-Z]|_", words)
    assert "A question that matters is open" in words or "or a question that matters is open" in words
    assert "yes" in words and "no" in words


def test_the_ladder_shows_each_level_of_both_paths_once():
    """Five and five, the more permissive further to the right."""
    root = ET.fromstring(draw.svg(drawn("ladder")))
    steps = [
        (a.get("data-path"), a.get("data-level"), float(a.find(f"{SVG}circle").get("cx"))) for a in root.iter(f"{SVG}a")
    ]
    assert len(steps) == 10 and len(set(steps)) == 10
    far = {level: x for _, level, x in steps}
    assert far["AVOID"] < far["DEFER"] == far["ALTERNATIVES_FIRST"] < far["SPECIALIST_CONSIDER"]
    assert (
        far["STOP_AND_ESCALATE"] < far["DISCONTINUE_PLAN"] < far["HOLD_AND_REASSESS"] < far["CONTINUE_WITH_SAFEGUARDS"]
    )


def test_readings_show_whom_the_article_lets_through_and_what_stops_them_here():
    """Counted on the cases themselves: all four criteria met, not on ketamine, and what the book says then."""
    four = ("first_line_trials_failed", "objective_findings", "monitoring_program", "benefit_exceeds_risk")
    cases = {r["id"]: case_of(r["id"]) for r in table("vignettes") if r["worked"] == "yes"}
    through = [n for n, c in cases.items() if c["ketamine_status"] != "on" and all(c[i] == "yes" for i in four)]
    passed = [n for n in through if decide(cases[n]).level == "SPECIALIST_CONSIDER"]
    p = drawn("readings")
    assert f"let {len(through)} of {len(cases)} " in p.title and f"here {len(passed)} of them" in p.title
    drawn_people = [a for a in ET.fromstring(draw.svg(p)).iter(f"{SVG}a")]
    assert len(drawn_people) == len(through) and len(p.rows) == len(cases)
    assert Counter(a.get("data-level") for a in drawn_people) == Counter(decide(cases[n]).level for n in through)
    words = shown("readings")
    for fact in ("Blood pressure a danger", "Pregnant", "Capacity and", "Pregnant: not known"):
        assert fact in words, fact
    assert not re.search(r"\bV\d\d\b|_", words)
    assert "○ let through, ✗ stopped" in words
    shapes = Counter(e.get("class") for a in drawn_people for e in a.iter(f"{SVG}circle"))
    assert shapes == {"pic-box pic-open": len(through) + len(passed)}  # a circle at each gate that lets through


@pytest.mark.parametrize(("path", "top"), [("start", "SPECIALIST_CONSIDER"), ("on", "CONTINUE_WITH_SAFEGUARDS")])
def test_single_facts_are_those_that_move_a_favourable_person(path, top):
    """Every asked input turned to every other answer, one at a time, and the levels counted."""
    base = case_of(path)
    assert decide(base).level == top
    asked = [i for i, x in inputs().items() if x[path] == "always" and i != "ketamine_status"]
    one = [(i, v, decide({**base, i: v}).level) for i in asked for v in inputs()[i]["values"] if v != base[i]]
    known = [(i, level) for i, v, level in one if v != "unknown"]
    p = drawn("single-facts", path)
    assert f"{sum(level != top for _, level in known)} single answers lower the level" in p.title
    assert f"{sum(level == top for _, level in known)} leave it" in p.title
    assert len(p.rows) == len(known)
    names = {level_names()[level] for _, level in known if level != top}
    assert {c.words for *_, c in p.rows} - names == {"The level stays"}
    open_ = [i for i, v, level in one if v == "unknown" and level != top]
    assert f"any one of {len(open_)} questions" in p.told
    words = shown("single-facts", path)
    assert all(
        inputs()[i]["short"].split(",")[0].split(" or ")[0] in words
        for i, _ in known
        if len(inputs()[i]["values"]) == 3
    )


def test_the_matrix_counts_what_the_ratings_say():
    """Both margins and every cell, from the file of ratings."""
    both: dict[str, list[dict[str, str]]] = {}
    for r in table("ratings"):
        both.setdefault(r["claim"], []).append(r)
    pairs = [x[:2] for x in both.values() if len(x) > 1]
    cells = Counter((a["verdict"], b["verdict"]) for a, b in pairs)
    safety = Counter((a["unsafe"], b["unsafe"]) for a, b in pairs)
    p = drawn("raters")
    shapes = [a.find(f"{SVG}text").text for a in ET.fromstring(draw.svg(p)).iter(f"{SVG}a")]
    kinds = ("supported", "qualified", "contradicted", "not-verifiable")
    in_rows = [cells[v, w] for v in kinds for w in kinds] + [safety[v, w] for v in ("no", "yes") for w in ("no", "yes")]
    assert list(map(int, shapes)) == [n for n in in_rows if n]  # row by row: the first rating down, the second across
    assert f"{sum(n for (a, b), n in cells.items() if a == b)} of {len(pairs)} claims" in p.title
    assert "no clinician yet" in p.told
    assert len(p.rows) == sum(a["verdict"] != b["verdict"] or a["unsafe"] != b["unsafe"] for a, b in pairs)


def test_the_grid_of_alternatives_is_the_table():
    """Each option by each known kind of pain, once, with its own word."""
    with open(ROOT / "decision/knowledge/rules/alternatives.csv", encoding="utf-8", newline="") as f:
        data = list(csv.DictReader(f))
    want = Counter()
    for r in data:
        for kind in re.search(r"pain_type=(\S+)", r["when"])[1].split("|"):
            want[r["fit"]] += kind != "unknown"
    p = drawn("alternatives")
    assert Counter(x[2].words[2:] for x in p.rows) == want
    assert {x[0] for x in p.rows} == {r["title"] for r in data}
    assert all(f"{n} {fit}" in p.told for fit, n in want.items())
    assert Counter(re.findall(r"[✓✗?]", shown("alternatives"))) == Counter(
        {"✓": want["supported"], "✗": want["not supported"], "?": want["uncertain"]}
    )


def test_evidence_is_in_order_of_time_and_its_doubt_is_wide():
    """Dates rise; second-hand is dashed and said; a wider claim is a wider bar; the article stands before Cochrane."""
    data = table("evidence")
    assert [r["date"] for r in data] == sorted(r["date"] for r in data)
    root = ET.fromstring(draw.svg(drawn("evidence-time")))
    bars = [(float(e.get("width")), "dashed" in e.get("class")) for e in root.iter(f"{SVG}rect")]
    scale = ["none", "very weak", "weak", "moderate"]
    graded = [r for r in data if r["low"] != "–"]
    spans = [scale.index(r["high"]) - scale.index(r["low"]) for r in graded]
    sizes = list(zip((wide for wide, _ in bars), spans, strict=True))
    assert all((a > b) == (x > y) for a, x in sizes for b, y in sizes)
    assert [d for _, d in bars] == [r["seen"] == "second-hand" for r in graded]
    words = shown("evidence-time")
    assert "dashed bar: second-hand" in words and all(words.count(f" {x} ") + words.endswith(x) >= 2 for x in scale)
    assert words.index("the article’s own date") < words.index("Cochrane review, 67 trials")
    assert words.count("(second-hand)") == sum(r["seen"] == "second-hand" for r in data)


def test_certainty_is_drawn_as_squares():
    """As many filled squares as the word has steps; dashed where nobody graded."""
    data = [r for r in table("findings") if r["drawn"] == "yes"]
    steps = {"very low": 1, "low": 2, "moderate": 3, "high": 4}
    root = ET.fromstring(draw.svg(drawn("benefit-harm")))
    lines = [[e.get("class").split("pic-")[2] for e in a.iter(f"{SVG}rect")] for a in root.iter(f"{SVG}a")]
    assert len(lines) == len(data)
    for kinds, r in zip(lines, data, strict=True):
        n = steps.get(r["certainty"], 0)
        assert kinds == (["full"] * n + ["open"] * (4 - n) if n else ["dashed"] * 4), r["id"]


def test_the_summary_of_findings_says_how_each_was_seen():
    """Every line of the file, each with its source, and none better seen than its source was."""
    html = evidence.findings_table(to)
    ranks = ["From memory", "Seen second-hand", "Read in part", "Read in full"]
    for r in table("findings"):
        assert f'id="finding-{r["id"]}"' in html and r["outcome"] in html
        best = max(
            next(n for n, w in enumerate(ranks) if sources()[k]["note"].startswith(w)) for k in r["sources"].split("; ")
        )
        assert best >= {"second-hand": 1, "read in part": 2, "read in full": 3}[r["seen"]], r["id"]
    assert {x.replace("&amp;", "&").partition("#")[2] for x in links(html)} <= anchors()["claims"] | anchors()[
        "references"
    ]
    assert set(named("findings")) == {r["id"] for r in table("findings")}


NUMBER = re.compile(r"[−-]?\d+\.\d+%?|\d+(?:\.\d+)?%")


def test_every_figure_among_the_findings_stands_where_it_was_read():
    """Each decimal and each share in a finding stands with one of its sources, in a claim or in a disagreement."""
    known = json.dumps([dict(c) for c in claims().values()], ensure_ascii=False)
    known += (REGISTER / "disagreements.csv").read_text(encoding="utf-8")
    for r in table("findings"):
        told = known + "".join(sources()[k]["note"] + sources()[k]["annote"] for k in r["sources"].split("; "))
        plain = told.replace("\\%", "%").replace("−", "-")
        for n in NUMBER.findall(" ".join([r["effect"], r["interval"], r["counted"]])):
            assert re.search(rf"(?<![\d.]){re.escape(n.replace('−', '-'))}(?![\d])", plain), (r["id"], n)


def test_the_register_has_a_line_a_claim_and_can_be_taken_along():
    """The table, the CSV and the JSON hold the same claims, and the JSON is what its schema says."""
    html = register_table.register_table(to, "../", facts.SECTIONS)
    data = table("claims")
    assert re.findall(r'<tr><td[^>]*><a href="([^"]+)"', html) == [to("claims", f"claim-{r['id']}") for r in data]
    assert html.count("unsafe as written</td>") == sum(r["unsafe"] == "yes" for r in data)
    files = register_table.files()
    assert all(f'href="../{n}"' in html for n in files)
    records = json.loads(files["register.json"])
    jsonschema.validate(records, json.loads(files["register.schema.json"]), cls=jsonschema.Draft202012Validator)
    assert [r["claim"] for r in records] == [r["id"] for r in data]
    assert [r["verdict"] for r in csv.DictReader(files["register.csv"].splitlines())] == [r["verdict"] for r in data]
    for broken in ({**records[0], "verdict": "true"}, {k: v for k, v in records[0].items() if k != "sources"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([broken], register_table.schema())


def test_a_name_that_does_not_exist_is_refused():
    """In the findings and in the evidence as in every other file of the register."""
    assert faults() == []
    assert set(LEGAL["findings"]) == {"side", "certainty", "seen", "drawn"}
    assert all(e["sources"] and e["told"] for e in named("evidence").values())


@pytest.mark.site
def test_the_gallery_leads_to_where_each_picture_is_read():
    """Under a picture stand the pages that show it, and no other."""
    html = (ROOT / "_build/html/chapters/pictures.html").read_text(encoding="utf-8")
    folds = re.findall(r'id="picture-([a-z-]+)".*?(?=id="picture-|id="summary-of-findings")', html, re.S)
    told = dict(zip(folds, re.split(r'id="picture-[a-z-]+"', html)[1:], strict=True))
    read = {n: re.findall(r'<a[^>]* href="([\w./-]+)\.html"', x.split("Where it is read: ")[1].split("</p>")[0])
            for n, x in told.items() if "Where it is read: " in x}  # fmt: skip
    assert read["single-facts-start"] == ["risk"] and read["raters"] == ["honest"]
    assert read["article-map"] == ["../index", "page"] and read["evidence-time"] == ["conclusion"]

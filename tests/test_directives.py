"""Each directive and role of the book: what a known name puts on a page, and that an unknown one fails the build."""

import io
import json
import re
import shutil
from html import unescape
from types import SimpleNamespace

import oracle
import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from sphinx_design.dropdown import dropdown_main, dropdown_title

from book import facts, review
from book.frame import reading_time, words
from book.prose import claim_mark
from decision import adjudications, audit, claims, inputs, readings, rows, sources
from decision.register import named
from guard.content import KNOWLEDGE, ROOT

PAGE = """# Known names

## claim sentence

{claim}`It says to begin low. <impl-start-low>`

## claim title

{claim}`impl-start-low`

## claim card

```{claim} impl-start-low
Our own words.
```

## number

{n}`list:trials` and {n}`states`

## minutes

{minutes}`here`

FILLER

```{admonition} In this chapter
:class: objectives
About {minutes}`here` minutes. After it you can:

- tell one from another
```

## searched

{searched}`2026-11-22`

## names

{input}`pregnant`, {level}`AVOID`, {list}`trials`, {rule}`R-URG`, {rule}`R-URG.b`

## page sources

{cite:p}`greene2015`

## register

```{claim-register}
:section: question
```

## whole table

```{decision-table} urgent
:anchors:
```

## some rules

```{decision-table} start
:rules: R-SCOPE R-HARD
```

## checklist

```{checklist} trials
```

## alternatives

```{alternatives}
```

## ratings

```{ratings}
```

## gaps

```{gaps} g03 g01
```

## disagreements

```{disagreements}
```

## picture

```{picture} ladder
```

## form of a picture

```{picture} article-map
:of: compact
```

## findings

```{findings}
```

## register table

```{register-table}
```

## panel

```{panel}
:questions: trials pregnant
:case: pregnant=yes
:label: a small case
```

## panel of a page

```{panel}
:open:
```

## first card

```{panel}
:first:
```

## panel at a vignette

```{panel}
:case: V03 pregnant=no
```

## audit

```{audit}
```

## readings

```{readings}
```

## answer

```{answer} D. The short one
:asks: pregnant bp_rise_hazard
No one who is pregnant, and blood pressure under control.
```

## reviews

```{review-overview}
```

## changes

```{changes}
```

## drift

```{drift-report}
```

## sources

```{bibliography}
```
""".replace("FILLER", "word " * 700)
WRONG = {  # what is written, and the warning it gets
    "{claim}`Begin. <impl-start-lo>`": "claim “impl-start-lo” does not exist. Did you mean “impl-start-low”?",
    "{claim}`impl-start-lo`": "claim “impl-start-lo” does not exist. Did you mean “impl-start-low”?",
    "```{claim} impl-start-lo\n```": "claim “impl-start-lo” does not exist. Did you mean “impl-start-low”?",
    "{n}`staates`": "number “staates” does not exist. Did you mean “states”?",
    "{input}`pregnat`": "input “pregnat” does not exist. Did you mean “pregnant”?",
    "{level}`AVOIDS`": "level “AVOIDS” does not exist. Did you mean “AVOID”?",
    "{list}`trails`": "list “trails” does not exist. Did you mean “trials”?",
    "{rule}`R-HARDER`": "rule “R-HARDER” does not exist. Did you mean “R-HARD”?",
    "```{claim-register}\n:section: questions\n```": "section “questions” does not exist. Did you mean “question”?",
    "```{decision-table} urgnt\n```": "decision table “urgnt” does not exist. Did you mean “urgent”?",
    "```{decision-table} start\n:rules: R-HRD\n```": "rule “R-HRD” does not exist. Did you mean “R-HARD”?",
    "```{checklist} trails\n```": "checklist “trails” does not exist. Did you mean “trials”?",
    "```{gaps} g03 g011\n```": "gap “g011” does not exist. Did you mean “g11”?",
    "```{picture} leader\n```": "picture “leader” does not exist. Did you mean “ladder”?",
    "```{picture} article-map\n:of: compacted\n```": (
        "form of article-map “compacted” does not exist. Did you mean “compact”?"
    ),
    "```{picture} ladder\n:of: compact\n```": "form of ladder “compact” does not exist.",
    "```{panel}\n:questions: pregnat\n```": "question or checklist “pregnat” does not exist. Did you mean “pregnant”?",
    "```{panel}\n:case: V003\n```": "“V003” is no base. Did you mean “V03”?",
    "```{panel}\n:case: pregnat=no\n```": "“pregnat” is not an input. Did you mean “pregnant”?",
    "```{answer} D\n:asks: pregnat\n```": "input “pregnat” does not exist. Did you mean “pregnant”?",
    "```{panel}\n:case: pregnant=perhaps\n```": "pregnant = 'perhaps' is not a value. Allowed: yes, no, unknown.",
}


NOBODY = {"state": "Submitted", "by": "", "role": "", "on": "", "hash": ""}
APPROVED = {"state": "Approved", "by": "Ada Reader", "role": "pain consultant", "on": "2026-11-01", "hash": "abc"}
LAPSED = {**APPROVED, "state": "Lapsed (approved for an earlier text)"}
RUN = {
    "detectors": ["check", "bare", "lax", "strict"],
    "drifts": [
        {"kind": kind, "caught": {d: d in caught for d in ("check", "bare", "lax", "strict")}, "seconds": seconds}
        for kind, caught, seconds in (
            ("logic", ("check", "bare", "strict"), {"check": 2}),
            ("logic", ("check", "lax", "strict"), {"check": 4}),
            ("text", ("check", "bare"), {}),
        )
    ],
    "harmless": [{"name": "a comment", "commands": 0}, {"name": "a reworded note", "commands": 1}],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A book of two pages, of known and of unknown names, and what an editor left beside them; built once."""
    root = tmp_path_factory.mktemp("book")
    (root / "index.md").write_text(PAGE, encoding="utf-8")
    wrong = "\n\n".join(f"## case {n}\n\n{text}" for n, text in enumerate(WRONG))
    (root / "wrong.md").write_text(f"---\norphan: true\n---\n# Unknown names\n\n{wrong}\n", encoding="utf-8")
    (root / ".gitignore").write_text("# what editors leave\n._*\n*-copy.md\nkept/\n", encoding="utf-8")
    (root / "deep/kept").mkdir(parents=True)
    for left in ("._index.md", "deep/index-copy.md", "deep/kept/index.md"):
        (root / left).write_text("# Left\n", encoding="utf-8")
    shutil.copy(ROOT / KNOWLEDGE / "references.bib", root)
    settings = {
        "extensions": ["myst_nb", "sphinxcontrib.bibtex", "sphinx_design", "book"],
        "myst_enable_extensions": ["colon_fence", "deflist", "attrs_inline"],
        "bibtex_bibfiles": ["references.bib"],
        "html_theme": "basic",
        "suppress_warnings": ["myst.xref_missing"],  # the overview links to pages that are not in this book
    }
    accepted = root / "accepted"
    accepted.mkdir()
    (accepted / "drift.json").write_text(json.dumps(RUN), encoding="utf-8")
    said, states = io.StringIO(), {"chapters/risk.md": APPROVED, "start.csv": LAPSED}
    with pytest.MonkeyPatch.context() as patch, docutils_namespace():
        patch.setattr(review, "ACCEPTED", accepted)
        patch.setattr(review.review, "state", lambda subject, now: states.get(subject, NOBODY))
        patch.setattr(review.review, "changed_since", lambda s, now: ["- old", "+ new"] if s == "start.csv" else [])
        app = Sphinx(root, None, root / "out", root / "trees", "html", settings, io.StringIO(), said, True)
        app.build()
        page = app.env.get_and_resolve_doctree("index", app.builder)
    warnings = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue()).splitlines()
    html = (root / "out/index.html").read_text(encoding="utf-8")
    return SimpleNamespace(out=root / "out", docs=app.env.found_docs, warnings=warnings, page=page, html=html)


@pytest.fixture
def part(built):
    """The section of the page with known names that has this title."""
    sections = {s.next_node(nodes.title).astext(): s for s in built.page.findall(nodes.section)}
    return sections.__getitem__


def table(section):
    """The cells of the first table of a section, row by row, the heading first."""
    rows = section.next_node(nodes.table).findall(nodes.row)
    return [[entry.astext().strip() for entry in row.findall(nodes.entry)] for row in rows]


def marked(section, name):
    """The texts of the parts of a section that carry a class, in order."""
    return [n.astext() for n in section.findall(nodes.Element) if name in n["classes"]]


def links(section):
    """The links of a section: what each says, and the anchor on this page that it leads to."""
    return [(n.astext(), n.get("refid")) for n in section.findall(nodes.reference)]


def html_of(section):
    """The HTML that a section puts on the page as it is."""
    return "".join(n.astext() for n in section.findall(nodes.raw))


@pytest.mark.parametrize("text", WRONG)
def test_an_unknown_name_warns_at_its_line_and_names_the_nearest(built, text):
    """Where it stands, what does not exist and what was meant: once, for a build that takes warnings as errors."""
    number = list(WRONG).index(text)
    mine = [x for x in built.warnings if re.search(r"wrong\.md:\d+: ", x)]
    assert len(mine) == len(WRONG)
    assert WRONG[text] in mine[number]


def test_no_known_name_warns_but_for_links_out_of_this_small_book(built):
    """What exists is printed without a word; only links to claims and rows that other pages hold are missing here."""
    rest = [x for x in built.warnings if "wrong.md" not in x]
    assert [x for x in rest if not re.search(r"undefined label: '(claim|row)-", x)] == []


def test_what_git_ignores_is_no_page(built):
    """A copy that an editor or a notebook server left beside a page is not read."""
    assert built.docs == {"index", "wrong"}


def test_each_page_says_under_its_title_how_it_stands(built):
    """State, purpose and the day of the last search stand first on the page, once, in one line with the minutes."""
    title = built.page.next_node(nodes.title)
    below = title.next_node(descend=False, siblings=True)
    assert below["classes"] == ["page-frame"]
    told = "Not yet reviewed by a clinician. Education only. Evidence last searched: 22 November 2026. "
    assert below.next_node(nodes.paragraph).astext().startswith(told)
    assert built.html.count("Evidence last searched") == 1


def test_the_objectives_of_a_page_are_a_line_that_opens(built):
    """What stood in a box of its own is in the frame, without its promise of minutes."""
    frame = built.html[built.html.index('class="page-frame') :].split("</div>")[0]
    assert "<summary>Learning objectives</summary>" in frame and "tell one from another" in frame
    assert "After it you can" not in built.html and "admonition" not in frame


def test_a_review_is_told_with_name_post_date_and_text():
    """Approved, under review, and lapsed each say who and when; an empty post leaves no comma."""
    assert review.told(NOBODY) == "Not yet reviewed by a clinician."
    assert review.told(APPROVED) == "Approved by Ada Reader, pain consultant, 2026-11-01, for text abc."
    reading = {**APPROVED, "state": "Under review", "role": ""}
    assert review.told(reading) == (
        "Not yet approved by a clinician; under review by Ada Reader, 2026-11-01, for text abc."
    )
    assert review.told(LAPSED) == (
        "Not reviewed by a clinician as it stands: Ada Reader, pain consultant reviewed an earlier text on 2026-11-01."
    )


def test_a_claim_in_a_sentence_carries_its_id(part):
    """The sentence stands as it was written, inside a mark for the claim."""
    mark = part("claim sentence").next_node(claim_mark)
    assert (mark["claim"], mark.astext()) == ("impl-start-low", "It says to begin low.")


def test_a_claim_in_html_has_a_button_that_opens_what_was_found(built):
    """Sentence, button and popover belong together, need no script, and lead to the register."""
    here = built.html[built.html.index('<span class="claim" id="says-impl-start-low">') :]
    sentence = 'It says to begin <span class="claim-end">low.<button type="button"'  # the mark stays with the last word
    assert here.startswith(f'<span class="claim" id="says-impl-start-low">{sentence}')
    assert 'popovertarget="claim-impl-start-low-here"' in here
    assert 'aria-label="Claim “Begin low”, supported: show what our check found">✓</button></span>' in here
    pop = re.search(r'<span popover id="claim-impl-start-low-here".*?Close</button></span>', here, re.S)[0]
    told = re.sub(r"<[^>]+>", " ", pop)
    for said in (
        "The article: The article advises beginning with small amounts.",
        "Sources: Right as a principle",
        "“minimum dose necessary”",
        "This book: Keeps the principle and prints no amount.",
        "2018, read in part",
    ):
        assert " ".join(said.split()) in " ".join(told.split()), said
    assert 'href="chapters/claims.html#claim-impl-start-low"' in pop


def test_a_claim_by_its_id_alone_is_its_title(part):
    """``{claim}`` with only an id names the claim and makes no sentence of it."""
    assert [p.astext() for p in part("claim title").findall(nodes.paragraph)] == ["Begin low"]
    assert part("claim title").next_node(claim_mark) is None


def test_a_claim_card_is_a_line_that_opens_to_three_voices(built, part):
    """Title and verdict; opened, the article, the sources, this book with the author's words, and the rows in words."""
    card = part("claim card")
    line = '<summary>\n<strong>Begin low</strong> <span class="claim-verdict">✓ supported</span></summary>'
    assert line in built.html
    assert re.search(r'<details class="fold claim-card verdict-supported">', built.html)
    assert marked(card, "claim-article") == ["The article. The article advises beginning with small amounts."]
    assert marked(card, "claim-sources")[0].startswith("Sources. Right as a principle: the ASA guidance")
    assert marked(card, "claim-book")[0].endswith("Our own words.")
    assert marked(card, "claim-foot") == [
        "Decided by: May be considered by specialists, Defined course and end date. Assumption: “Low” is left wholly "
        "to the responsible specialist. In the claim register."
    ]


def test_numbers_are_computed_and_thousands_set_apart(part):
    """Two trials; and the states of the whole space with a narrow space before the last three digits."""
    small, _, large = re.fullmatch(r"(\d+)( and )([\d\u202f]+)", part("number").children[1].astext()).groups()
    assert small == "2" and re.fullmatch(r"\d{1,3}(\u202f\d{3})+", large)


def test_the_minutes_are_counted_on_the_page_as_it_is_built(built):
    """Two hundred words a minute: what is seen at first, in the frame and in the text, and then with all that opens."""
    core, everything = words(f"<p>{'word ' * 800}</p><details><summary>two words</summary>{'more ' * 600}</details>")
    assert (core, everything) == (802, 1402)
    assert reading_time(core, everything) == "4 minutes to read, 3 more if you open everything."
    assert words("<p>one<script>no no</script><b popover>no</b></p><details open>two</details>") == (2, 2)
    found = re.search(r'<span class="read-time">(\d+) minutes to read, (\d+) more if you open', built.html)
    assert 5 < int(found[1]) and int(found[2]) > 0
    assert f'<span class="minutes">{found[1]}</span>' in built.html


def test_names_are_printed_in_words(part):
    """An input by its label, a level by its name, a list by its items."""
    assert marked(part("names"), "input-name") == ["pregnancy"]
    level = part("names").next_node(nodes.strong)
    assert level.next_node(nodes.inline).astext() == "Avoid ketamine" and level["classes"] == ["level-name"]
    assert html_of(level) == '<span class="voice-plain">No ketamine</span>'
    assert "fair trials of first-line treatments; fair trial of non-drug treatment" in part("names").astext()


def test_a_rule_links_in_words_to_its_first_row_and_a_row_to_itself(part):
    """The link leads to the anchor that the table of rules has; no code is shown."""
    assert links(part("names")) == [
        ("“Urgent: this is an emergency”", "row-urgent-r-urg-a"),
        ("“Urgent: get help today”", "row-urgent-r-urg-b"),
    ]


def test_every_row_and_every_rule_has_a_name_in_words():
    """A title, a question with its answer, or a level; never a code."""
    for table in facts.TABLES:
        for row in rows(table):
            for told in (facts.row_title(table, row), facts.rule_title(table, facts.short_rule(row["row"]))):
                assert told and not re.search(r"R-[A-Z]|_", told), (table, row["row"], told)
    assert facts.rule_title("start", "R-HARD") == "Hard stops: yes"
    assert facts.rule_title("start", "R-SCOPE") == "Outside this model"
    assert facts.uncoded("No gives AVOID (R-NOTE-FIND), and MRI or R-NONE stay.") == (
        "No gives “Avoid ketamine”, and MRI or R-NONE stay."
    )


def test_a_source_opens_where_it_is_named(built):
    """Who, what, how it was seen and where to read on; once for each source that the page names, and no other."""
    cards = re.findall(r'<div popover class="cite-pop" id="cite-([a-z0-9-]+)".*?</div>', built.html)
    assert len(cards) == len(set(cards)) and "greene2015" in cards
    named = set(re.findall(r'href="[^"]*#source-([a-z0-9-]+)"', built.html.split('<div popover class="cite-pop"')[0]))
    assert set(cards) == named
    card = re.search(r'<div popover class="cite-pop" id="cite-greene2015".*?</div>', built.html)[0]
    told = re.sub(r"<[^>]+>", "", card)
    assert "Greene 2015Pseudoaddiction: Fact or Fiction?" in told and "Read in part, 22 November 2026." in told
    assert "#source-greene2015" in card and sources()["greene2015"]["url"] in card


def test_the_register_holds_a_section_and_is_where_links_lead(part):
    """Every claim of the section and none of another, each with the anchor that links use."""
    heads = [n.astext() for n in part("register").findall(dropdown_title)]
    assert heads[0] == "The question (5)" and heads[1].startswith("The population in question ? not verifiable")
    assert not any(h.startswith("Begin low") for h in heads)
    anchors = [i for n in part("register").findall(nodes.container) for i in n["ids"]]
    assert "claim-framing-psych-related-pain" in anchors and len(anchors) == len(heads) - 1


def lines(section):
    """The lines of a section that open to more, as they read when closed."""
    return [n.astext() for n in section.findall(dropdown_title)]


def test_a_whole_table_prints_each_row_on_a_line_with_its_anchor(part):
    """If and then on the line; because and what it rests on behind it, where links lead."""
    section = part("whole table")
    assert lines(section) == [
        "R-URG.a acute intoxication or depressed consciousness: yes → Urgent: this is an emergency",
        "R-URG.b acute suicide risk: yes → Urgent: get help today",
    ]
    opened = [n for n in section.findall(nodes.paragraph) if n["ids"]]
    assert [n["ids"] for n in opened] == [["row-urgent-r-urg-a"], ["row-urgent-r-urg-b"]]
    assert opened[1].astext().startswith("Call emergency services or a crisis line")
    rests = opened[1].next_node(descend=False, siblings=True).astext()
    assert rests.startswith("Certainty: clinical standard; guideline seen second-hand. Added by this book. Claims: ")


def test_rules_chosen_by_name_are_one_line_that_opens_to_their_rows(part):
    """Only the rows of the named rules; those that rest on the same things stand together, and no row has a code."""
    section = part("some rules")
    assert lines(section) == ["Starting: the rules behind this (5)"]
    found = [
        [c.astext() for c in r.findall(nodes.entry)] for t in section.findall(nodes.table) for r in t.findall(nodes.row)
    ]
    told = [r for r in found if r != ["If", "Then", "Because"]]
    assert [r[0] for r in told][::4] == ["age group: under 18", "Hard stops: yes"]
    assert [r[1] for r in told][::4] == ["Outside this model", "Avoid ketamine"]
    assert told[3][0] == "kind of care: ketamine or esketamine for a psychiatric condition"
    assert not re.search("R-[A-Z]", section.astext()) and not [
        i for n in section.findall(nodes.paragraph) for i in n["ids"]
    ]


def test_a_checklist_is_a_line_that_opens_to_its_items_and_how_it_is_read(part):
    """Each item with why it is asked; unknown comes before yes here."""
    section = part("checklist")
    assert lines(section) == ["Alternatives tried: what is asked, and why (2)"]
    told = "Both kinds of alternative must have been tried. One no is what counts; without any, one not known does."
    assert told in [p.astext() for p in section.findall(nodes.paragraph)]
    assert [r[0] for r in table(section)] == [
        "Item",
        "fair trials of first-line treatments",
        "fair trial of non-drug treatment",
    ]
    assert table(section)[1][1].startswith("Ketamine is considered only after suitable treatments")


def test_the_alternatives_stand_by_kind_of_pain_with_who_says_so(part):
    """One line for each option and a column for each kind of pain; beneath, each option's voices and certainty."""
    section = part("alternatives")
    head, *rows = table(section)
    assert head == ["Option", "Nerve pain (neuropathic)", "Muscle, bone or joint pain",
                    "Complex regional pain syndrome", "Other chronic primary pain", "Another kind"]  # fmt: skip
    titles = [r[0] for r in rows]
    assert len(set(titles)) == len(titles) and titles[:3] == [
        "Paracetamol (acetaminophen)",
        "NSAID by mouth",
        "Gabapentin or pregabalin",
    ]
    fits = re.compile("(not supported|supported|uncertain)$")  # behind the sign, after the name that a phone shows
    said = {r[0]: [fits.search(x.replace("\xa0", " "))[0] for x in r[1:]] for r in rows}
    assert said["NSAID by mouth"] == ["uncertain", "supported", "not supported", "not supported", "uncertain"]
    assert {x for cells in said.values() for x in cells} == {"supported", "not supported", "uncertain"}
    told = [n.astext() for n in section.findall(nodes.table)][1:]
    assert len(told) == len(titles)
    assert "NICE says not to start one for chronic primary pain" in told[1]
    assert "How sure: guideline recommendation, seen second-hand." in told[1]


def test_the_ratings_list_those_claims_on_which_raters_differ(part):
    """Each with what either said, what was settled, and why; a claim on which they agree is not there."""
    head, *rows = table(part("ratings"))
    assert head == ["Claim", "First", "Second", "Settled", "Kind, and why"]
    first = next(r for r in rows if r[0] == "Checked by a board")
    assert first[1:4] == ["contradicted", "contradicted, unsafe as written", "contradicted"]
    assert first[4].startswith("Scope. A fact about the page, and false of this one;")
    assert len({r[0] for r in rows}) == len(rows) == len(adjudications()) and "Begin low" not in {r[0] for r in rows}


def test_every_directive_and_role_of_the_book_is_looked_at():
    """One added to the book has to be on the page of known names above; those of the class have their own tests."""
    made = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "book").glob("*.py") if p.name != "classroom.py")
    names = dict.fromkeys(re.findall(r'add_directive\("([a-z-]+)"', made), "```{%s}")
    names.update(dict.fromkeys(re.findall(r'add_role\("([a-z-]+)"', made), "{%s}`"))
    assert len(names) > 15 and not [name for name, form in names.items() if form % name not in PAGE]


def test_gaps_stand_in_the_order_asked_with_the_patient_run_in_both_readings(part):
    """What the article omits, whom it harms, what this book does, and both answers, decided while building."""
    section = part("gaps")
    assert lines(section) == ["Off-label, and not said", "A benzodiazepine for everyone"]
    assert "Rules: “Off-label”." in marked(section, "claim-book")[0]
    assert (
        "Fictional vignette V17. Article reading: The article lets this case through. Book reading: May be considered "
        "by specialists. Deciding rule: “May be considered by specialists”." in marked(section, "claim-foot")[0]
    )
    assert re.search(r'href="panel\.html#acute_suicide_risk=no&amp;[a-z_=&;]+"', html_of(section))


def test_a_disagreement_gives_each_voice_and_leaves_out_the_silent(part):
    """Article, label, guidelines, studies, this book: in this order, and no voice without words."""
    section = part("disagreements")
    cards = [n.children[1].children for n in section.findall(dropdown_main)]
    assert [next(n["ids"] for n in card if n["ids"]) for card in cards[:2]] == [["d01"], ["d02"]]
    cards = [[n for n in card if isinstance(n, nodes.container)] for card in cards]
    voices = [n.astext().split(".")[0] for n in cards[0][:-1]]
    assert voices == ["The article", "The label", "Guidelines", "Studies", "This book"]
    assert all(n.astext().split(".", 1)[1].strip() for card in cards for n in card[:-1])
    changed = next(n for n in section.findall(dropdown_main) if "Objective findings" in n.astext())
    assert "Fictional vignette V17, changed: objective findings: no." in changed.astext()


def test_a_picture_is_drawn_with_words_beside_it(part):
    """By its name, and in the form asked for; each with a title, words for those who do not see it, and links."""
    ladder, compact = (html_of(part(title)) for title in ("picture", "form of a picture"))
    assert ladder.startswith('<div class="picture" id="picture-ladder"><figure><svg ')
    assert compact.startswith('<div class="picture" id="picture-article-map-compact"><figure><svg ')
    for html in (ladder, compact):
        assert re.search(r"<title id=[^>]+>[^<]{20,}</title><desc id=[^>]+>[^<]{60,}</desc>", html)
    assert 'href="chapters/claims.html#claim-impl-start-low"' in compact


def test_the_findings_stand_by_outcome_with_their_sources(part):
    """A table under four headings; a line has its effect and leads to a claim and to each source."""
    html = html_of(part("findings"))
    assert html.count('scope="rowgroup">') == 4 and html.count('<tr id="finding-') == len(named("findings"))
    first = html[html.index('<tr id="finding-f01">') :].split("</tr>")[0]
    assert "mean difference −15.79; 95% interval −32.09 to 0.51; scale: not seen; 0 to 100 is inferred" in first
    assert 'href="chapters/claims.html#claim-crit-benefit-exceeds-risk">Pain relief</a>' in first
    assert 'href="chapters/references.html#source-ferraro2025">' in first


def test_the_register_stands_on_one_table_and_can_be_taken_along(built, part):
    """A line a claim, links to the three files, and those beside the page."""
    html = html_of(part("register table"))
    assert html.count("<tr><td") == len(claims())
    for name in ("register.csv", "register.json", "register.schema.json"):
        assert f'<a href="{name}" download>' in html and (built.out / name).stat().st_size > 1000


def test_a_panel_is_prerendered_with_its_questions_case_and_name(part):
    """Checklists become their items; the case is decided on the page before any script wakes."""
    html = html_of(part("panel"))
    assert html.startswith(
        '<details class="try-it fold"><summary>Try it: a small case</summary><section class="decision'
    )
    assert 'aria-label="a small case"' in html
    assert 'data-only="first_line_trials_failed nonpharmacological_tried pregnant"' in html
    assert """data-case='{"pregnant": "yes"}'""" in html
    assert 'data-level="AVOID"' in html
    assert (
        '<p class="dp-headline voice-pro"><strong>Avoid ketamine:</strong> pregnancy. Pain care goes on by other'
        in html
    )
    assert '<p class="dp-plain voice-plain"><strong>No ketamine:</strong> pregnancy.' in html
    assert re.search(r'aria-current="true">.{0,90}<span class="dp-name voice-pro">Avoid ketamine</span>', html)
    assert [x for x in re.findall(r'name="(\w+)" value="\w+" checked', html)] == ["pregnant"]
    first = [
        q for more, q in re.findall(r'<fieldset class="dp-q([^"]*)" data-q="(\w+)"', html) if "unasked" not in more
    ]
    assert sorted(first) == ["first_line_trials_failed", "nonpharmacological_tried", "pregnant"]


def test_a_panel_at_a_vignette_takes_the_answers_and_then_the_changes(part):
    """V03 is pregnant and gets no ketamine; the same woman, not pregnant, is otherwise the same."""
    html = html_of(part("panel at a vignette"))
    assert html.startswith('<details class="try-it fold"><summary>Try it: woman, 33 (fictional)</summary>')
    assert html_of(part("panel of a page")).startswith('<section class="decision-panel"')
    first = html_of(part("first card"))
    assert first.startswith('<div class="panel-first"><section ')
    assert 'data-only="acute_suicide_risk acute_intoxication_or_cns_depression"' in first
    case = json.loads(re.search(r"data-case='([^']+)'", html)[1])
    assert (case["pregnant"], case["nsaid_risk"], case["setting"]) == ("no", "yes", "chronic_noncancer")
    assert "unknown" not in case.values()
    assert 'data-level="SPECIALIST_CONSIDER"' in html and 'aria-label="Decision panel"' in html


def test_the_audit_is_printed_with_the_article_s_and_has_a_box_for_each_question(part):
    """Four boxes are ticked, each question has one box, and the presets are the kept readings and nothing."""
    html = html_of(part("audit"))
    boxes = re.findall(r'type="checkbox" value="(\w+)"( checked)?', html)
    assert {i for i, ticked in boxes if ticked} == set(audit("article").asked)
    assert sorted(i for i, _ in boxes) == sorted(set(inputs()) - {"ketamine_status"})
    presets = re.findall(r'data-preset="([^"]*)"', html)
    assert [set(p.split()) for p in presets] == [
        set(), *({*x["asks"]} - {"ketamine_status"} for x in readings().values())
    ]  # fmt: skip
    assert audit("article").story in unescape(re.sub("<[^>]+>", "", html)) and "onclick" not in html


def test_the_readings_say_what_each_asks_and_leaves_open(part):
    """A line for each kept reading, how it was seen, and how many questions it misses."""
    rows = table(part("readings"))
    assert len(rows) == 1 + len(readings())
    alone = {
        i
        for good in (oracle.GOOD_START, oracle.GOOD_ON)
        for i in set(oracle.INPUTS) - {*oracle.ARTICLE_CRITERIA, "ketamine_status"}
        for v in set(oracle.VALUES[i]) - {"unknown"}
        if oracle.verdict({**good, i: v}) != oracle.verdict(good)
    }
    most = len(alone) + 1  # of two facts together the plan is always one
    assert f"{most} questions missing, some about danger today" in rows[1][2] and rows[4][2] == "nothing"
    assert "read in part" in rows[2][3] and "hypersensitivity" in rows[2][1]


def test_an_answer_stands_with_lines_to_write_on_and_its_key_computed(part):
    """The text as written, then the lines, then the key in a fold and a link to the same boxes."""
    section, a = part("answer"), audit({"pregnant", "bp_rise_hazard"})
    told = section.astext()
    assert "blood pressure under control" in told and a.story in told and "gravest omissions" in told
    assert f"questions missing in all: {len(a.closing)}" in told
    assert 'href="audit.html#asks=bp_rise_hazard,pregnant"' in html_of(section)


def test_the_overview_names_the_state_of_every_page_and_table(part):
    """A row where somebody looked; of the others, which are most, only the names."""
    rows = {r[0]: r[1:] for r in table(part("reviews"))}
    approved, lapsed = [n for n in rows if rows[n][0] == "Approved"], [n for n in rows if "Lapsed" in rows[n][0]]
    assert len(approved) == 1 and lapsed, "an approval that lapsed is not counted"
    assert "clinician: 1 of " in part("reviews").astext() and "and 0 of " in part("reviews").astext()
    assert rows["What"] == ["State", "By whom"]
    assert rows["Risk assessment"][0] == "Approved" and "Ada Reader" in rows["Risk assessment"][1]
    assert rows["start.csv"][0] == "Lapsed (approved for an earlier text)" and len(rows) == 3
    (line,), unread = lines(part("reviews")), part("reviews").astext().partition("Not yet reviewed: ")[2]
    counts = [len(x.split("; ")) for x in re.findall(r"(?:Pages|Tables): (.*)\.", unread)]
    assert line == "Not yet reviewed: {} pages and {} tables".format(*counts) and min(counts) > 10
    assert all(x in unread for x in ("Ketamine, pain and risk", "Caveats", "vocabulary.csv", "Every possible"))


def test_the_changes_since_an_approval_are_shown_as_lines(part):
    """Only what lapsed is listed, old with - and new with +."""
    section = part("changes")
    assert section.next_node(nodes.strong).astext() == "start.csv"
    assert section.next_node(nodes.literal_block).astext() == "- old\n+ new\n"
    assert len(list(section.findall(nodes.strong))) == 1


def test_the_drift_report_counts_what_each_caught(part):
    """Caught of seeded, the median of the seconds, the ordinary ones together, and each kind by itself."""
    section = part("drift")
    assert table(section) == [
        ["By", "Caught", "Time"],
        ["check", "3 of 3", "3 s"],
        ["bare", "2 of 3", "–"],
        ["lax", "1 of 3", "–"],
        ["strict", "2 of 3", "–"],
        ["the last three together", "2 of 3", "–"],
    ]
    assert review.caught_of_kind(RUN) == [["logic", "2", "2", "1", "1", "2"], ["text", "1", "1", "1", "0", "0"]]
    assert "1 of 2 needed no command (a comment), the others one." in section.astext()


def test_a_card_names_its_rules_while_they_can_be_read():
    """No card strings more than nine links together, or prints a code in words; of more the first stand there."""
    for ident, c in facts.cards().items():
        said = facts.row_links(c["rows"])
        links = said.count("{ref}")
        assert (
            links <= 9 and bool(links) == bool(c["rows"]) and (links == 9 or not re.search(r" and \d+ more$", said))
        ), ident
        assert not re.search(r"\bR-[A-Z]|[A-Z]_[A-Z]|\bAVOID\b|\bDEFER\b", facts.uncoded(c["book"])), ident
    assert re.search(r" and \d+ more$", facts.row_links(facts.cards()["evaluate-critical-factors"]["rows"]))

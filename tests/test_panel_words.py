"""What the panel writes, typed by hand for a known person: words are compared with words, not with themselves."""

import html
import json
import re

import pytest
from browser import known, patients
from docutils.nodes import make_id

from book.panel import engine, panel_html, render
from book.panel.engine import reply

CASE = {
    "ketamine_status": "not_on",
    "pregnant": "yes",
    "active_sud": "no",
    "capacity_and_consent": "yes",
    "objective_findings": "no",
    "urinary_symptoms": "unknown",
}


def ask(**question):
    """The engine's reply to the front end."""
    return reply(engine().ask(json.dumps({"root": "", **question})))


def lines(section):
    """The heading of a folded list and its lines in words, without what is folded under each."""
    plain = re.sub(r'<details class="dp-rests">.*?</details>', "", section)
    return [html.unescape(re.sub("<[^>]*>", "", x)) for x in re.findall(r"<(?:summary|li)>.*?</(?:summary|li)>", plain)]


@pytest.fixture
def said():
    """The parts of the answer for CASE, by their keys."""
    return dict(ask(do="answer", case=CASE)["details"])


def test_what_speaks_against_and_what_does_not_stand_in_the_way(said):
    """A pregnancy speaks against; no use disorder and capacity do not stand in the way; nobody's unknown is either."""
    assert lines(said["against"]) == ["Speaks against (2)", "pregnancy: yes.", "objective findings: no."]
    assert lines(said["clear"]) == [
        "Does not stand in the way (2)",
        "active substance use disorder: no.",
        "capacity and informed consent: yes.",
    ]


def test_a_line_says_what_it_rests_on(said):
    """The pregnancy's line folds its claim, its sources and its certainty, each with its address."""
    assert said["against"].startswith(
        '<details class="dp-list" data-key="against"><summary>Speaks against (2)</summary><ul><li>pregnancy: yes.'
        '<details class="dp-rests"><summary>Why it counts</summary><p>'
        'Claims: <a href="chapters/considered.html#says-consider-only-when-all">Four conditions, all required</a>. '
        'Sources: <a href="chapters/references.html#source-cohen2018">cohen2018</a>, '
        '<a href="chapters/references.html#source-pacilio-comment">pacilio_comment</a>. '
        "Certainty: consensus grade B, low certainty.</p></details></li>"
    )


@pytest.mark.parametrize(
    ("nsaid_risk", "because"),
    [("unknown", "hazard with an NSAID: not known; pregnancy: yes"), ("no", "pregnancy: yes")],
)
def test_a_caution_says_because_of_what(nsaid_risk, because):
    """A caution names the answers through which it applies, and not the reassuring one beside them."""
    said = dict(ask(do="answer", case={**CASE, "nsaid_risk": nsaid_risk})["details"])
    caution = next(x for x in lines(said["cautions"]) if x.startswith("NSAID."))
    assert caution.endswith(f"says not to start one. Because of {because}.")


def test_the_status_says_level_meaning_and_what_else_is_possible():
    """The announced words are the level's name, its meaning, and the one level that is still in reach."""
    assert ask(do="answer", case=CASE)["status"] == (
        '<p class="dp-level"><strong>Avoid ketamine</strong></p><p>Something entered makes ketamine unsafe or not '
        'agreed to. Pain care goes on by other means.</p><p class="dp-possible">Answers still open could lead to: '
        "Outside this model.</p>"
    )


def test_the_copied_text_begins_with_every_answer():
    """Yes, no, and answers in other words are all copied; “not known” is not an answer to copy."""
    assert ask(do="more", case=CASE)["text"].split("\n\n")[0].splitlines() == [
        "Entered:",
        "- ketamine status: Not on ketamine",
        "- pregnancy: Yes",
        "- active substance use disorder: No",
        "- capacity and informed consent: Yes",
        "- objective findings: No",
    ]
    assert ask(do="more", case={})["text"].startswith("Entered:\n- nothing\n\nNot yet: questions are open [DEFER]\n")


def test_the_printed_line_holds_every_answer():
    """The sheet's line of facts names the same answers in the same order."""
    assert ask(do="answer", case=CASE)["facts"] == (
        "ketamine status: not on ketamine; pregnancy: yes; active substance use disorder: no; "
        "capacity and informed consent: yes; objective findings: no."
    )


def test_the_prerendered_panel_is_marked_decided_and_folded_for_its_case():
    """The form marks what was answered, the status says the level, and each control carries the promised names."""
    page = panel_html({"pregnant": "yes", "active_sud": "no"}, ["setting"], "../", "A “pair” & more")
    for part in (
        '<section class="decision-panel" aria-label="A “pair” &amp; more" data-only="setting" '
        """data-case='{"pregnant": "yes", "active_sud": "no"}' data-root="../" data-linked="yes">""",
        '<div class="dp-status" role="status" data-level="AVOID" data-urgent="false"><p class="dp-level">'
        "<strong>Avoid ketamine</strong></p>",
        "<strong>Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given."
        '</strong> What you enter stays on this page. Every rule stands in <a href="../chapters/tables.html">',
        '<summary>Answered (2)</summary><div><fieldset class="dp-q dp-shown" data-q="pregnant">',
        '<label><input type="radio" name="pregnant" value="yes" checked> Yes</label>'
        '<label><input type="radio" name="pregnant" value="no"> No</label>'
        '<label><input type="radio" name="pregnant" value="unknown"> Not known</label>',
        '<input type="radio" name="active_sud" value="no" checked> No</label>',
        '<fieldset class="dp-q dp-shown" data-q="setting"><legend>What kind of pain care is this?</legend>',
        '<fieldset class="dp-q" data-q="age_group">',
        "<strong>Entered:</strong> <span>pregnancy: yes; active substance use disorder: no.</span>",
    ):
        assert part in page
    assert page.count(" checked>") == len(engine().machine.ids)
    assert "Working it out" not in page and "href" not in panel_html({"pregnant": "yes"})


@pytest.mark.parametrize(
    ("key", "anchor"),
    [
        ("cohen2018", "source-cohen2018"),
        ("pacilio_comment", "source-pacilio-comment"),
        ("NICE_NG193", "source-nice-ng193"),
        ("Smith:2019+", "source-smith-2019"),
        ("_a__b_", "source-a-b"),
    ],
)
def test_a_source_s_address_is_the_one_that_the_references_have(key, anchor):
    """Capitals, underscores and signs in a key become what docutils makes of them."""
    assert anchor == make_id(f"source-{key}")
    assert render.source_links([key], "../") == f'<a href="../chapters/references.html#{anchor}">{key}</a>'


def test_the_pieces_kept_are_bounded(monkeypatch):
    """However many people are decided, no more pieces are kept than allowed, and no answer changes for it."""
    cases = [known(c) for c in patients(40, seed=12)]
    before = [ask(do="answer", case=c) for c in cases]
    monkeypatch.setattr(render, "MOST", 7)
    monkeypatch.setattr(render, "MADE", {})
    for case, said in zip(cases, before, strict=True):
        assert ask(do="answer", case=case) == said
        assert len(render.MADE) <= 7

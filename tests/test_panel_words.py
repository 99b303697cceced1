"""What the panel writes, typed by hand for a known person: words are compared with words, not with themselves."""

import html
import json
import re

import oracle
import pytest
from browser import known, patients
from docutils.nodes import make_id

from book.panel import engine, page_data, panel_html, render
from book.panel.engine import reply
from decision import decide
from decision.api import full_case

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
    """The lists of the answer for CASE, by their keys."""
    return dict(ask(do="lists", case=CASE)["details"])


def test_what_speaks_against_and_what_does_not_stand_in_the_way(said):
    """A pregnancy speaks against; no use disorder and capacity do not stand in the way; nobody's unknown is either."""
    assert lines(said["against"]) == ["Speaks against (2)", "Pregnancy: yes.", "Objective findings: no."]
    assert lines(said["clear"]) == [
        "Does not stand in the way (2)",
        "Active substance use disorder: no.",
        "Capacity and informed consent: yes.",
    ]


def test_a_line_says_what_it_rests_on(said):
    """The pregnancy's line folds its sources by name, how far each was read, its claim and its certainty."""
    assert said["against"].startswith(
        '<details class="dp-list" data-key="against"><summary>Speaks against (2)</summary><ul><li>Pregnancy: yes.'
        '<details class="dp-rests"><summary>Why it counts</summary><p>'
        'Sources: <a href="chapters/references.html#source-cohen2018">Cohen 2018</a> (read in part); '
        '<a href="chapters/references.html#source-pacilio-comment">Freeman 2024</a> (read in part). '
        'Claims: <a href="chapters/considered.html#says-consider-only-when-all">Four conditions, all required</a>. '
        "Certainty: consensus grade B, low certainty.</p></details></li>"
    )


@pytest.mark.parametrize(
    ("nsaid_risk", "because"), [("unknown", "pregnancy; hazard with an NSAID not known"), ("no", "pregnancy")]
)
def test_a_caution_says_because_of_what(nsaid_risk, because):
    """A caution names the answers through which it applies, and not the reassuring one beside them."""
    calm = {"bp_rise_hazard": "no", "severe_hepatic_disease": "no", "age_group": "adult"}
    said = dict(ask(do="lists", case={**CASE, **calm, "nsaid_risk": nsaid_risk})["details"])
    caution = next(x for x in lines(said["cautions"]) if x.startswith("NSAID."))
    told = sorted(caution.split("Because of: ")[1].rstrip(".").split("; "))
    assert told == sorted(because.split("; "))


@pytest.mark.parametrize("pregnant", ["yes", "no", "unknown"])
def test_in_pregnancy_every_medicine_is_looked_at_again(pregnant):
    """Where pregnancy was entered, no medicine reads as if nothing had been: it is named, or it says so."""
    calm = {**oracle.GOOD_START, "pregnant": pregnant}
    _, *options = lines(dict(ask(do="lists", case=calm)["details"])["alternatives"])
    assert len(options) == len(oracle.OPTION_CAUTIONS)
    told = [("Look again for pregnancy." in x or "Care: pregnancy" in x) for x in options]
    medicines = [not x.startswith(("Exercise", "Psychological")) for x in options]
    assert told == (medicines if pregnant == "yes" else [False] * len(options)), options


def test_the_status_says_level_cause_next_step_and_what_is_owed():
    """The announced words are the level, what decided it, the next step, and what could still change it, by card."""
    assert ask(do="answer", case=CASE)["status"] == (
        '<p class="dp-headline voice-pro"><strong>Avoid ketamine:</strong> pregnancy. Pain care goes on by other '
        'means, with maternity care involved.</p><p class="dp-plain voice-plain"><strong>No ketamine:</strong> '
        "pregnancy. Pain care goes on by other means, with maternity care involved.</p>"
        '<p class="dp-owed">Still to ask: Danger now (suicide risk now, intoxicated or hard to rouse); Who, and what '
        "pain (age, kind of care).</p>"
    )


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (
            {"acute_suicide_risk": "yes"},
            "Get help today: emergency services, a crisis line or a same-day assessment. No ketamine: danger of "
            "suicide now.",
        ),
        (
            {"acute_intoxication_or_cns_depression": "yes", "ketamine_status": "on"},
            "Call emergency services now and stay with the person. Stop, and get help today: intoxicated or hard to "
            "wake. Give no more ketamine, and arrange an assessment the same day.",
        ),
        (
            {"age_group": "minor", "acute_suicide_risk": "yes"},
            "Get help today: emergency services, a crisis line or a same-day assessment. Why: danger of suicide now. "
            "This tool cannot say: under 18. A paediatric pain service decides.",
        ),
    ],
)
def test_in_the_plain_voice_what_is_urgent_begins_with_what_to_do(case, told):
    """The act first and once, then the level and its cause in words for people; the other voice stands beside it."""
    status = ask(do="answer", case=case)["status"]
    both = re.findall(r'<p class="(dp-[a-z]+) dp-urgent voice-(?:pro|plain)">(.+?)</p>', status)
    words = {kind: html.unescape(re.sub("<[^>]*>", "", x)) for kind, x in both}
    assert words["dp-plain"] == told and words["dp-headline"].startswith("Urgent")
    assert all(x.count('<strong class="dp-act">') == 1 for _, x in both)


def test_nothing_is_owed_exactly_when_there_is_no_next_question():
    """In words and by name alike, for random people; while urgent the panel says that the rest can wait."""
    for case in patients(400, seed=7):
        d, said = decide(case), engine().top({i: v for i, v in case.items() if v != "unknown"}, case, "book")[3]
        if d.urgent:
            assert "can wait" in said["status"]
            continue
        assert ("Nothing more to ask" in said["status"]) == (d.next_question is None), known(case)
        assert said["next"][:1] == [d.next_question] or d.next_question is None, known(case)


def test_the_ladder_strikes_what_a_fact_rules_out():
    """Still possible, here, and three levels struck through with the pregnancy that does it."""
    ladder = re.sub('<span class="dp-name-plain.*?</span>', "", ask(do="answer", case=CASE)["ladder"])
    words = html.unescape(re.sub("<[^>]*>", " ", ladder))
    assert re.sub(r"\s+", " ", words).strip() == (
        "○ Outside this model still possible ● Avoid ketamine here ✕ Not yet ruled out: pregnancy "
        "✕ Alternatives first ruled out: pregnancy ✕ May be considered by specialists ruled out: pregnancy"
    )


def test_the_copied_text_begins_with_every_answer():
    """Yes, no, answers in other words, and what was answered “not known” are all copied."""
    assert ask(do="more", case=CASE)["text"].split("\n\n")[0].splitlines() == [
        "Entered:",
        "- ketamine status: not on ketamine",
        "- pregnancy: yes",
        "- active substance use disorder: no",
        "- urinary symptoms: not known",
        "- capacity and informed consent: yes",
        "- objective findings: no",
    ]
    assert ask(do="more", case={})["text"].startswith("Entered:\n- nothing\n\nNot yet: questions are open\n")


def test_the_printed_facts_hold_every_answer():
    """The sheet's facts name the same answers, card by card."""
    told = re.sub(r"</li>", "\n", ask(do="more", case=CASE)["facts"])
    assert re.sub("<[^>]*>", "", told).split("\n")[:-1] == [
        "Who, and what pain. On ketamine now: not on ketamine.",
        "Hard stops. Yes: Pregnant; no: Substance use disorder now.",
        "Medicines and conditions. Not known: Urinary symptoms.",
        "What is in place. Yes: Capacity and consent; no: Objective findings.",
    ]


def test_the_prerendered_panel_is_marked_and_decided_for_its_case():
    """The form marks what was answered, the status says the level, and each control carries the promised names."""
    page = panel_html({"pregnant": "yes", "active_sud": "no"}, ["setting"], "../", "A “pair” & more")
    for part in (
        '<section class="decision-panel" aria-label="A “pair” &amp; more" data-only="setting" '
        """data-case='{"pregnant": "yes", "active_sud": "no"}'""",
        'role="status" data-level="AVOID" data-urgent="false"',
        "<strong>Avoid ketamine:</strong> pregnancy.",
        "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given.",
        'data-q="pregnant"><legend>Pregnant</legend>',
        '<label><input type="radio" name="pregnant" value="yes" checked><span>Yes</span></label>'
        '<label><input type="radio" name="pregnant" value="no"><span>No</span></label>',
        '<input type="radio" name="active_sud" value="no" checked><span>No</span>',
        "<strong>Is the person pregnant? Answer no where pregnancy is not possible.</strong>",
        "Yes: Pregnant; no: Substance use disorder now.",
    ):
        assert part in page, part
    assert page.count(" checked>") == 2, "what was not answered is marked nowhere"
    for i in engine().machine.ids:
        assert f'data-q="{i}"' in page and f'name="{i}" value="unknown"' in page
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
    page = {**page_data(), "root": "../", "sources": {key: ["Somebody 2020", "read in part"]}}
    assert render.source_links([key], page) == (
        f'<a href="../chapters/references.html#{anchor}">Somebody 2020</a> (read in part)'
    )


def test_the_pieces_kept_are_bounded(monkeypatch):
    """However many people are decided, no more pieces are kept than allowed, and no answer changes for it."""
    cases = [known(c) for c in patients(40, seed=12)]
    before = [ask(do="lists", case=c) for c in cases]
    monkeypatch.setattr(render, "KEPT", 7)
    monkeypatch.setattr(render, "MADE", {})
    for case, said in zip(cases, before, strict=True):
        assert ask(do="lists", case=case) == said
        assert len(render.MADE) <= 8


def test_what_rules_a_level_out_does_so_and_nothing_less_would():
    """The facts named beside a level keep it out whatever else is answered: each alone, or only all together."""
    m, counted = engine().machine, {"alone": 0, "together": 0}
    open_ = [{i: "yes", "risk_plan": "no"} for i in m.lists["high_risk"]["items"]]
    for case in [*patients(600, seed=41), *(full_case({"ketamine_status": "not_on", **x}) for x in open_)]:
        d = decide(case)
        told = engine().causes(case, d.to_dict(), d.possible)
        above = {x["level"] for x in m.model["levels"] if x["path"] == d.path and x["rank"] > d.rank}
        assert above - {*d.possible} <= {*told}
        start = {"ketamine_status": case["ketamine_status"]}
        for level, facts in told.items():
            assert facts and all(case[i] == v for i, v in facts)
            alone = [level not in decide({**start, i: v}).possible for i, v in facts]
            less = [dict(x for x in facts if x != gone) for gone in facts]
            counted["alone" if all(alone) else "together"] += 1
            if not all(alone):
                assert not any(alone) and level not in decide({**start, **dict(facts)}).possible, (case, level)
                assert all(level in decide({**start, **x}).possible for x in less), (case, level, facts)
    assert min(counted.values()) > 3, counted

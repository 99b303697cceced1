"""The panel in a notebook: the kernel's answers are those of ``decide``, and its case is always legal."""

import json

import pytest
import traitlets
from browser import known, patients

from book.panel import DecisionPanel, panel_html
from book.panel.engine import reply
from decision import decide
from decision.api import machine


@pytest.fixture
def panel():
    """A panel whose messages to the front end are kept."""
    made = DecisionPanel()
    made.sent = []
    made.send = lambda content, buffers=None: made.sent.append(content)
    return made


def say(panel, number, **question):
    """Send a message as the front end does, and give the reply."""
    panel._handle_custom_msg({"id": number, "text": json.dumps(question)}, [])
    assert panel.sent[-1]["id"] == number
    return reply(panel.sent[-1]["text"])


def test_setting_the_case_changes_the_decision(panel):
    """What a notebook writes to ``.case`` is what ``.decision`` decides."""
    assert panel.decision.level == decide().level
    panel.case = {"pregnant": "yes", "ketamine_status": "not_on"}
    assert panel.decision == decide(pregnant="yes", ketamine_status="not_on")
    panel.case = {}
    assert panel.decision.level == decide().level


def test_the_messages_answer_like_decide(panel):
    """For random people the reply holds the package's level, urgent flag and next questions, and sets the case."""
    for n, full in enumerate(patients(60, seed=51)):
        case = known(full)
        said, d = say(panel, n, do="answer", case=case, root=None, article=True), decide(case)
        assert (said["level"], said["urgent"], said["possible"]) == (d.level, d.urgent, d.possible)
        assert said["questions"] == d.questions
        assert d.level_name in said["status"]
        assert panel.case == case and panel.decision == d
        assert decide(case, reading="article").level_name in said["article"][0][1]
    text = say(panel, 99, do="more", case=case)["text"]
    assert text.endswith(str(decide(case)))


def test_a_vignette_is_found_by_its_name(panel):
    """The list of people in the panel works in the kernel too."""
    v = say(panel, 1, do="vignette", name="V08")
    assert v["id"] == "V08" and v["narrative"] and decide(v["case"])


def test_an_illegal_case_is_refused_everywhere(panel):
    """A misspelt name or value is an error in Python, and a message in the reply, and changes nothing."""
    panel.case = {"pregnant": "no"}
    for bad in ({"pregnent": "yes"}, {"pregnant": "maybe"}):
        with pytest.raises((ValueError, traitlets.TraitError), match="pregn"):
            panel.case = bad
        with pytest.raises(ValueError, match="pregn"):
            DecisionPanel(bad)
        said = say(panel, 1, do="answer", case=bad, root=None, article=False)
        assert "pregn" in said["fault"] and "level" not in said
        assert panel.case == {"pregnant": "no"}
    with pytest.raises(ValueError, match="hard_stp.*hard_stop"):
        DecisionPanel(only=["hard_stp"])


def test_without_a_front_end_the_output_is_the_prerendered_panel():
    """The saved notebook holds the panel as HTML, decided, with all questions, beside the widget's own view."""
    made = DecisionPanel({"pregnant": "yes"}, only=["hard_stop"])
    bundle = made._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle and "text/plain" in bundle
    html = bundle["text/html"]
    assert html == panel_html({"pregnant": "yes"}, machine().lists["hard_stop"]["items"])
    assert 'data-level="AVOID"' in html and decide(pregnant="yes").reasons[0].rule in html
    assert all(f'name="{i}"' in html for i in machine().ids)
    assert "<script" not in html and "style=" not in html and "http" not in html


def test_the_output_shows_the_case_that_is_entered_now():
    """A panel shown again after its case changed is prerendered with the new case."""
    made = DecisionPanel()
    made.case = {"active_sud": "yes"}
    assert 'data-level="AVOID"' in made._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"acute_intoxication_or_cns_depression": "yes"}, "Call emergency services now."),
        ({"acute_suicide_risk": "yes"}, "crisis line, or arrange a same-day assessment"),
    ],
)
def test_the_banner_says_what_this_emergency_needs(panel, case, words):
    """Somebody hard to rouse is not sent to a crisis line: the banner and the text are the rows of the table."""
    status = say(panel, 1, do="answer", case=case, root=None, article=False)["status"]
    assert status.startswith('<p class="dp-urgent">') and words in status.split("</p>")[0]
    assert words in str(decide(case)).splitlines()[0]
    assert ("crisis line" in status) == ("acute_suicide_risk" in case)

"""The panel in a notebook: the kernel's answers are those of ``decide``, and its case is always legal."""

import json
import re
from html import escape

import pytest
import traitlets
from browser import known, patients

from book.panel import DecisionPanel, page_data, panel_html
from book.panel.engine import reply
from decision import decide
from decision.api import machine
from decision.tables import default


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
    """For random people the reply holds the package's level, urgent flag, headline and questions, and sets the case."""
    for n, full in enumerate(patients(60, seed=51)):
        case = known(full)
        said, d = say(panel, n, do="answer", case=case, root=None), decide(case)
        assert (said["level"], said["urgent"], said["possible"]) == (d.level, d.urgent, d.possible)
        assert said["questions"] == d.questions and set(said["next"]) <= set(d.questions)
        assert re.sub("<[^>]+>", "", said["status"].split("</p>")[0]) == escape(d.headline, quote=False)
        assert panel.case == case and panel.decision == d
        lists = say(panel, n, do="lists", case=case, root=None, article=True)
        assert [key for key, _ in lists["details"]][-1] == "codes"
        named = decide(case, reading="article").level_name.split(":")[0]
        assert named in lists["article"][0][1]
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
        said = say(panel, 1, do="answer", case=bad, root=None)
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
    assert 'data-level="AVOID"' in html and decide(pregnant="yes").headline.split(": ", 1)[1] in html
    assert all(f'name="{i}"' in html for i in machine().ids)
    assert "<script" not in html and "style=" not in html and "http" not in html


def test_the_panel_says_where_its_answers_are_worked_out():
    """On the page, which keeps what is entered; by a kernel, which on Binder is not one's own computer."""
    page, kernel = panel_html(), DecisionPanel().html
    assert "worked out on this page" in page and "kernel" not in page
    assert "worked out by this notebook’s kernel" in kernel and "on Binder it goes to a remote one" in kernel
    assert "on this page" not in kernel


def test_the_output_shows_the_case_that_is_entered_now():
    """A panel shown again after its case changed is prerendered with the new case."""
    made = DecisionPanel()
    made.case = {"active_sud": "yes"}
    assert 'data-level="AVOID"' in made._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"acute_intoxication_or_cns_depression": "yes"}, "Call emergency services now"),
        ({"acute_suicide_risk": "yes"}, "a crisis line or a same-day assessment"),
    ],
)
def test_the_strip_says_what_this_emergency_needs(panel, case, words):
    """Somebody hard to rouse is not sent to a crisis line: the one act is the row's own, and stands out."""
    status = say(panel, 1, do="answer", case=case, root=None)["status"]
    act = re.search(r'<strong class="dp-act">(.*?)</strong>', status)[1]
    assert words in act and ("crisis line" in act) == ("acute_suicide_risk" in case)
    assert "The other questions can wait." in status


def test_sources_go_by_name_and_year_and_how_far_they_were_read():
    """What a reader recognises, typed by hand; nobody is shown a key."""
    sources = page_data()["sources"]
    assert sources["cohen2018"] == ["Cohen 2018", "read in part"]
    assert sources["fda_ket2023"] == ["FDA 2023", "read in part"]
    assert sources["vadod2022"] == ["VA/DoD 2022", "second-hand"]
    assert sources["nice_ng226"] == ["NICE 2022", "second-hand"]
    assert sources["hagg2020"] == ["Hägg 2020", "read in part"]
    assert sources["nsaid_boxed"] == ["Label of naproxen sodium tablets, undated", "read in part"]
    assert not [name for name, _ in sources.values() if "_" in name or "{" in name or not name.strip()]
    assert {seen for _, seen in sources.values()} <= {"read in full", "read in part", "second-hand", "from memory"}
    used = {k for t in default()["tables"] for row in t["rows"] for k in row["sources"]}
    assert used <= set(sources)

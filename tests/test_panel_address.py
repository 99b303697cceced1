"""A case in the address: read on load and on change, never half, never over what was entered, never an anchor's."""

import pytest
from browser import PANEL, fragment, known

from book.panel import page_data
from decision import decide
from tools.assets import ENGINE

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]


def test_the_address_is_read_on_load_and_on_change(open_panel):
    """A case in the address decides when the page opens, and again when the address changes."""
    panel = open_panel(PANEL + "#pregnant=yes&active_sud=no").settled()
    assert panel.level == "AVOID"
    panel.page.evaluate("location.hash = '#acute_suicide_risk=yes'")
    panel.page.wait_for_function("() => document.querySelector('[role=status]').dataset.urgent === 'true'")
    assert not panel.el.locator('input[name="pregnant"][value="yes"]').is_checked()


@pytest.mark.parametrize(
    "bad, named",
    [
        ("pregnent=yes&active_sud=no", "pregnent"),
        ("pregnant=perhaps", "perhaps"),
        ("pregnant=YES", "YES"),
        ("pregnant&=yes", "pregnant"),
        ("pregnant=yes&active_sud", "active_sud"),
        ("pregnant=%zz", "%zz"),
        ("pregnant=yes&pregnant=no", "pregnant"),
        ("__proto__=yes", "__proto__"),
        ("utm_source=newsletter&pregnant=yes", "utm_source"),
        ("pregnant=<img src=x onerror=alert(1)>", "<img src=x"),
    ],
)
def test_a_misspelt_address_is_named_and_decides_nothing(open_panel, bad, named):
    """A name or value that does not exist, or cannot be read, is named in a message; no level is shown."""
    panel = open_panel(PANEL + "#pregnant=yes").settled()
    panel.page.evaluate("x => location.hash = x", bad)
    panel.message.wait_for()
    panel.page.wait_for_function("x => document.querySelector('.dp-message').textContent.includes(x)", arg=named)
    assert panel.level == "" and panel.urgent == "false"
    assert panel.el.locator(".dp-list").count() == 0 and panel.el.locator(".dp-ladder").count() == 0
    assert panel.el.locator("input[type=radio]:checked").count() == 0
    assert panel.el.locator("img").count() == 0
    panel.answer("active_sud", "yes")  # and the reader can go on, from nothing
    assert panel.level == decide(active_sud="yes").level and not panel.message.is_visible()


def test_a_misspelt_address_on_load_decides_nothing(open_panel):
    """The same message stands when the page is opened with such an address."""
    panel = open_panel(PANEL + "#pregnant=yes&activ_sud=no")
    panel.page.wait_for_function("() => document.querySelector('.dp-message').textContent.includes('activ_sud')")
    assert panel.level == ""


@pytest.mark.parametrize(
    "anchor", ["decide-the-panel", "utm_source=newsletter", "utm_source=a&utm_medium=b", "x=1", ":~:text=a"]
)
def test_an_ordinary_anchor_is_left_alone(open_panel, anchor):
    """No name is a question and no value an answer: nothing is loaded, emptied, scrolled or said."""
    panel = open_panel(f"{PANEL}#{anchor}")
    panel.page.wait_for_load_state("networkidle")
    assert not [u for u in panel.page.log if u.endswith(ENGINE)]
    assert panel.level == decide().level and not panel.message.is_visible()
    assert panel.el.locator(".dp-list").count() > 3
    panel.answer("pregnant", "yes")
    panel.page.evaluate("x => location.hash = x", "y" + anchor)
    panel.page.wait_for_timeout(200)
    assert panel.level == "AVOID" and not panel.message.is_visible()


def test_coming_back_over_an_anchor_keeps_what_was_entered(open_panel):
    """A case was opened, an urgent answer given, a link in the page followed: Back does not restore the old case."""
    panel = open_panel(PANEL + "#pregnant=yes").settled().answer("acute_suicide_risk", "yes")
    panel.page.evaluate("location.hash = '#decide-the-panel'")
    panel.page.go_back()
    panel.page.wait_for_timeout(300)
    assert "pregnant=yes" in panel.page.url
    assert panel.settled().urgent == "true"
    assert panel.el.locator('input[name="acute_suicide_risk"][value="yes"]').is_checked()
    panel.page.go_forward()
    panel.page.wait_for_timeout(200)
    assert panel.urgent == "true"
    panel.page.evaluate("location.hash = '#active_sud=no'")  # a new address is a new case
    panel.page.wait_for_function("() => document.querySelector('[role=status]').dataset.urgent === 'false'")


def test_a_page_that_is_loaded_again_reads_its_address(open_panel):
    """The mark in the history is for coming back, not for a reload."""
    panel = open_panel(PANEL + "#pregnant=yes").settled()
    panel.page.reload()
    panel.page.locator(".decision-panel.dp-live").wait_for()
    panel.page.wait_for_function("() => document.querySelector('[role=status]').dataset.level === 'AVOID'")


def test_nothing_of_a_person_stays_after_a_refused_address(open_panel):
    """A link that cannot be read leaves no facts of the case before it, a question to answer, and nothing to copy."""
    case = next(v["case"] for v in page_data()["vignettes"] if v["id"] == "V01")
    panel = open_panel(PANEL + fragment(case), permissions=["clipboard-write"]).settled()
    panel.page.wait_for_function("() => document.querySelector('.dp-facts').textContent.includes('Blood pressure')")
    panel.page.evaluate("location.hash = '#pregnent=yes'")
    panel.message.get_by_text("pregnent").wait_for()
    assert "Blood pressure" not in panel.el.locator(".dp-facts").text_content()
    assert not "".join(panel.el.locator(".dp-sum").all_inner_texts()).strip()
    assert panel.shown()
    panel.press("Copy as text")
    assert "no decision to copy" in panel.el.locator(".dp-said").inner_text()


def test_a_shared_address_is_never_sent(open_panel):
    """A case in the address stays behind the #, which browsers do not send: no request holds an answer."""
    panel = open_panel(PANEL + fragment(known({"pregnant": "yes", "active_sud": "no"}))).settled()
    assert panel.level == "AVOID"
    sent = [u.split("#")[0] for u in panel.page.log]
    assert sent and not [u for u in sent if "pregnant" in u or "active_sud" in u]

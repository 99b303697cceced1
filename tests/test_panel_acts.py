"""An answer in a minute: few acts to a settled answer, its cause in words, in sight beside the finger."""

import pytest
from browser import Panel

from decision import decide

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]
SIZES = [(360, 740), (1280, 800)]


class Watched(Panel):
    """A panel in which the headline must be in view after every act, and which can say whether it is settled."""

    def settled(self):
        super().settled()
        if self.acts:
            assert self.in_view(), f"after act {self.acts}"
        return self

    def owed(self):
        """Whether the panel says that something is still owed."""
        return self.status.locator(".dp-owed").inner_text()

    def people(self):
        """An adult with chronic pain who is not on ketamine, with the danger ruled out: four acts."""
        self.bulk("danger").answer("age_group", "adult").answer("setting", "chronic_noncancer")
        return self.answer("ketamine_status", "not_on")


@pytest.fixture(params=SIZES, ids=["phone", "desk"])
def panel(open_panel, request):
    """The full panel on a phone and on a desk."""
    width, height = request.param
    return Watched(open_panel(viewport={"width": width, "height": height}).page)


def ends(panel, most, level, *causes):
    """The panel is settled within so many acts, at this level, and the headline names the cause."""
    panel.settled()
    assert panel.acts <= most, panel.acts
    assert panel.level == level
    assert "Still to ask" not in panel.owed(), panel.owed()
    assert all(c in panel.headline for c in causes), panel.headline
    panel.acts = max(panel.acts, 1)


def test_everything_favourable_takes_fourteen_acts_at_most(panel):
    """Eight cards, most of them one tap: the furthest a case can go, and what is in place for it."""
    panel.people().answer("pain_type", "crps").bulk("stops").bulk("conditions").bulk("history")
    panel.bulk("tried", "All of these").bulk("place", "All of these")
    ends(panel, 14, "SPECIALIST_CONSIDER", "capacity and informed consent", "talk over a trial")


def test_nothing_tried_takes_eight_acts_at_most(panel):
    """The first line has not been tried: other care first, and nothing else need be asked but consent."""
    panel.people().bulk("stops").answer("first_line_trials_failed", "no").answer("capacity_and_consent", "yes")
    ends(panel, 8, "ALTERNATIVES_FIRST", "no fair trials of first-line treatments")


def test_an_active_use_disorder_takes_five_acts_at_most(panel):
    """The level and its cause stand after the first act; the scope settles it."""
    panel.answer("active_sud", "yes")
    assert panel.level == "AVOID" and "active substance use disorder" in panel.headline
    panel.people()
    ends(panel, 5, "AVOID", "active substance use disorder", "Treatment of the use disorder is offered")


def test_a_bare_referral_letter_takes_ten_acts_at_most(panel):
    """A label without facts: what it says is entered, and that the rest is not known is one act."""
    panel.answer("setting", "chronic_noncancer").answer("psychiatric_comorbidity", "yes")
    panel.el.get_by_role("button", name="The rest is not known").click()
    panel.acts += 1
    ends(panel, 10, "DEFER", "not known")
    assert "could still change this" in panel.owed()


def test_on_treatment_after_a_fall_takes_ten_acts_at_most(panel):
    """Asked early, pain worse since a fall, no plan yet: a pause that asks why."""
    panel.bulk("danger").answer("age_group", "adult").answer("setting", "chronic_noncancer")
    panel.answer("ketamine_status", "on").bulk("stops").answer("early_refill", "yes").answer("risk_plan", "no")
    panel.answer("functional_benefit", "yes").answer("benefit_exceeds_risk", "yes")
    ends(panel, 10, "HOLD_AND_REASSESS", "asked for supply or a session earlier than planned")


def test_acute_suicide_risk_takes_one_act(panel):
    """One tap: the strip says the one act, is the first thing in the panel, and the rest steps back, in reach."""
    panel.answer("acute_suicide_risk", "yes")
    assert panel.acts == 1 and panel.urgent == "true" and panel.level == "AVOID"
    act = panel.status.locator(".dp-headline .dp-act")
    assert act.inner_text().startswith("Get help today")
    assert "acute suicide risk" in panel.headline
    order = panel.el.evaluate("""el => [".dp-status", "button", "input"].map((s) => [...el.querySelectorAll("*")]
      .indexOf(el.querySelector(".dp-grid " + s)))""")
    assert order == sorted(order), "the act comes before every control"
    cards = panel.cards()
    assert cards.pop("danger")[1], "the card in hand stays open"
    assert not any(is_open for _, is_open in cards.values()) and "open" not in {state for state, _ in cards.values()}
    panel.card("stops").locator("summary").click()
    panel.answer("pregnant", "yes")
    assert panel.urgent == "true" and panel.level == decide(acute_suicide_risk="yes", pregnant="yes").level


def test_nothing_shifts_under_the_finger(panel):
    """Whatever folds, grows or appears, the row just answered, and after a whole card the next card, stay in place."""
    page = panel.page

    def place(x):
        return page.evaluate("e => e.getBoundingClientRect().top", x.element_handle())

    def acts_on(x, stays):
        x.scroll_into_view_if_needed()
        page.wait_for_timeout(50)
        before = place(stays)
        x.click()
        panel.settled()
        page.wait_for_timeout(250)
        assert abs(place(stays) - before) < 2, stays

    for name, value in (("age_group", "adult"), ("setting", "chronic_noncancer"), ("ketamine_status", "on")):
        radio = panel.el.locator(f'input[name="{name}"][value="{value}"]')
        acts_on(radio, radio)
    for here, after in (("stops", "conditions"), ("conditions", "history")):
        acts_on(panel.card(here).get_by_role("button", name="None of these"), panel.card(after))
    for name, value in (("early_refill", "yes"), ("functional_benefit", "yes"), ("monitoring_program", "yes")):
        radio = panel.el.locator(f'input[name="{name}"][value="{value}"]')
        acts_on(radio, radio)


def test_an_answered_card_folds_when_it_is_left(panel):
    """By pointer or by keyboard: once the reader is elsewhere, the card is one line that names what is present."""
    panel.bulk("danger").answer("age_group", "minor")
    for name in ("setting", "ketamine_status", "pain_type"):
        panel.el.locator(f'input[name="{name}"]').first.click()
    panel.el.locator('input[name="pain_undertreated_suspected"][value="yes"]').click()
    panel.settled()
    assert panel.cards()["person"] == ["done", True], "not while the reader is in it"
    panel.unfold("pregnant").locator('input[value="no"]').click()
    panel.settled()
    assert panel.cards()["person"] == ["done", False]
    assert "under 18" in panel.card("person").locator("summary").inner_text()
    panel.card("person").locator("summary").click()
    assert panel.el.locator('input[name="age_group"]').first.is_visible(), "a tap opens it again"

"""The panel can be used by anybody: by keyboard, by ear, on a phone, magnified, in the dark, on paper."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from browser import PANEL, axe, axe_in_both_themes, fragment, known, patients
from crawl import short

from book.panel import engine, page_data
from decision import decide

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]
GROUND = "getComputedStyle(document.querySelector('.decision-panel')).backgroundColor"
URGENT = "#acute_suicide_risk=yes&pregnant=yes&psychiatric_comorbidity=yes"


def focused(page):
    """The name of the control that has focus, or its words."""
    return page.evaluate("(e => e.name ? e.name : e.textContent.trim())(document.activeElement)")


def clear(page):
    """Whether all of what has focus is on the screen with nothing over it."""
    return page.evaluate("""() => {
      const e = document.activeElement, b = e.getBoundingClientRect();
      const seen = (x, y) => { const top = document.elementFromPoint(x, y);
        return e === top || e.contains(top) || e.closest("label")?.contains(top) || false; };
      return e !== document.body && b.top >= 0 && b.bottom <= innerHeight &&
        seen(b.x + b.width / 2, b.y + 3) && seen(b.x + b.width / 2, b.bottom - 3);
    }""")


# ---- keyboard


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_the_interview_can_be_done_by_keyboard_alone(open_panel, size):
    """Arrows within a row, Tab from row to row; a key for the card's button and for a row's explanation."""
    panel = open_panel(viewport={"width": size[0], "height": size[1]})
    page = panel.page
    panel.el.get_by_role("button", name="Reset").focus()

    def tab_to(name):
        for _ in range(4):
            page.keyboard.press("Tab")
            if focused(page) == name:
                assert clear(page), name
                return
        raise AssertionError((name, focused(page)))

    tab_to("acute_suicide_risk")
    page.keyboard.press("i")
    assert engine().machine.inputs["acute_suicide_risk"]["question"] in panel.el.inner_text()
    page.keyboard.press("i")
    page.keyboard.press("ArrowRight")  # from nothing marked: the second answer
    panel.settled()
    assert focused(page) == "acute_suicide_risk" and clear(page)
    tab_to("acute_intoxication_or_cns_depression")
    page.keyboard.press("n")
    panel.settled()
    assert panel.cards()["danger"] == ["done", False] and focused(page) == "Undo" and clear(page)
    for name, value in (("age_group", "adult"), ("setting", "chronic_noncancer"), ("ketamine_status", "not_on")):
        tab_to(name)
        page.keyboard.press("Space")
        panel.settled()
        assert panel.el.locator(f'input[name="{name}"][value="{value}"]').is_checked() and clear(page)
    tab_to("pain_type")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "ketamine_status"
    case = {**dict.fromkeys(("acute_suicide_risk", "acute_intoxication_or_cns_depression"), "no"), "age_group": "adult"}
    case |= {"setting": "chronic_noncancer", "ketamine_status": "not_on"}
    assert (panel.level, panel.headline) == (decide(case).level, decide(case).headline)


@pytest.mark.parametrize("size", [(1280, 800), (360, 740), (320, 640)])
def test_focus_is_never_hidden_and_never_lost(open_panel, size):
    """Tab through the whole page of the panel, there and back, with a case entered: every stop is seen in full."""
    panel = open_panel(PANEL + "#active_sud=yes", viewport={"width": size[0], "height": size[1]}).settled()
    page = panel.page
    panel.card("history").locator("summary").click()
    panel.el.get_by_role("button", name="Show all questions").focus()
    for key in ("Tab", "Shift+Tab"):
        stops = 0
        page.keyboard.press(key)
        while (
            page.evaluate("document.querySelector('.decision-panel').contains(document.activeElement)") and stops < 90
        ):
            for _ in range(40):  # the theme scrolls smoothly
                if clear(page):
                    break
                page.wait_for_timeout(20)
            assert clear(page), (key, stops, focused(page))
            page.keyboard.press(key)
            stops += 1
        assert stops > 25 and page.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("path", ["/index.html", "/chapters/risk.html"])
def test_a_small_panel_too_says_how_a_row_is_explained_by_keyboard(open_panel, path):
    """The row's i is no stop for Tab, so the key that opens it is told wherever there is a keyboard, and works."""
    panel = open_panel(path)
    keys = panel.el.locator(".dp-keys")
    assert keys.is_visible() and "i explains it" in keys.inner_text()
    row = panel.el.locator(".dp-q:visible").first
    row.locator("input").first.focus()
    panel.page.keyboard.press("i")
    assert row.locator(".dp-about").is_visible()


def test_every_tool_can_be_used_by_keyboard_and_keeps_focus(open_panel):
    """Each button, the list of people and the article's box work from the keyboard and still have focus after it."""
    panel = open_panel(before=lambda p: p.add_init_script("window.print = () => (window.printed = true)"))
    page = panel.page
    for name in (
        "Show all questions", "The rest is not known", "Copy as text", "Make a link", "Copy for a notebook",
        "Print one page", "Print blank questions", "Reset",
    ):  # fmt: skip
        panel.el.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        panel.settled()
        page.wait_for_timeout(150)
        assert focused(page) == name and clear(page), name
    assert page.evaluate("window.printed")
    box = panel.el.get_by_label("Show the article’s reading beside")
    box.focus()
    page.keyboard.press("Space")
    panel.el.locator(".dp-article").wait_for()
    assert box.evaluate("e => e === document.activeElement") and clear(page)
    people = panel.el.locator("[data-do=vignette]")
    people.focus()
    page.keyboard.press("V")
    page.wait_for_function("() => document.querySelector('.dp-said').textContent.startsWith('V')")
    panel.settled()
    assert people.evaluate("e => e === document.activeElement")


def test_focus_stays_in_a_list_that_a_new_answer_replaces(open_panel):
    """A reader who stands on a folded list when the address changes still stands on it."""
    panel = open_panel(PANEL + "#pregnant=yes").settled()
    panel.el.locator('.dp-details [data-key="reasons"] > summary').focus()
    panel.page.evaluate("location.hash = '#active_sud=yes'")
    panel.page.wait_for_function("() => document.querySelector('.dp-headline').textContent.includes('substance')")
    panel.settled()
    assert panel.page.evaluate("document.activeElement.parentNode.dataset.key") == "reasons"


# ---- by ear


def test_each_answer_is_announced_once_politely_by_one_lasting_status(open_panel):
    """The live region is the same element throughout; one answer, one whole card or one undo changes it once."""
    panel = open_panel()
    handle = panel.status.element_handle()
    panel.page.evaluate(
        """s => { window.told = []; new MutationObserver(() => told.push(s.textContent))
        .observe(s, {childList: true, subtree: true, characterData: true}); }""",
        handle,
    )
    assert panel.status.get_attribute("aria-live") in (None, "polite")

    def heard(words):
        panel.page.wait_for_timeout(250)  # the slower parts have come
        told = panel.page.evaluate("told.splice(0)")
        assert len(told) == 1 and words in told[0], told
        assert panel.el.locator(".dp-said").text_content() == ""

    panel.answer("pain_type", "crps")
    heard("Not yet")  # the words are as before, and the answer is acknowledged
    panel.answer("pregnant", "yes")
    heard("Avoid ketamine: pregnancy")
    panel.bulk("stops")
    heard("Entered for Hard stops, no: Allergy to ketamine")
    panel.card("stops").get_by_role("button", name="Undo").click()
    panel.settled()
    heard("Taken back")
    panel.answer("acute_suicide_risk", "yes")
    heard("Urgent")
    panel.press("Reset").settled()
    assert panel.page.evaluate("s => s === document.querySelector('.decision-panel [role=status]')", handle)
    assert panel.el.locator("[role=status]").count() == 1


def test_the_ladder_is_read_as_a_list_with_its_place(open_panel):
    """Ear and eye get the same: an ordered list with a name, the current level marked, no sign read aloud."""
    panel = open_panel(viewport={"width": 360, "height": 740}).answer("active_sud", "yes")
    tree = panel.el.locator(".dp-strip").aria_snapshot()
    assert 'list "The levels, most cautious first"' in tree
    assert "Avoid ketamine here" in tree and "ruled out: active substance use disorder" in tree and "●" not in tree


# ---- by eye


def states(panel):
    """The states that a reader meets, one after the other."""
    page = panel.page
    yield "initial"
    panel.answer("age_group", "adult").bulk("danger").answer("bp_rise_hazard", "yes")
    yield "answered"
    panel.el.locator('[data-q="bp_rise_hazard"]').get_by_role("button", name="About").click()
    page.wait_for_timeout(250)
    page.evaluate("document.querySelectorAll('.decision-panel details').forEach((d) => (d.open = true))")
    yield "everything open"
    panel.press("Show all questions")
    yield "all questions"
    panel.press("Show all questions")
    page.evaluate(f"location.hash = '{URGENT}'")
    page.wait_for_function("() => document.querySelector('[role=status]').dataset.urgent === 'true'")
    panel.el.get_by_label("Show the article’s reading beside").check()
    panel.settled().press("Make a link")
    page.wait_for_timeout(250)
    yield "urgent, article beside"
    good = next(v["case"] for v in page_data()["vignettes"] if v["id"] == "V18")
    page.evaluate("x => location.hash = x", fragment(good))
    page.wait_for_function("() => document.querySelector('[role=status]').dataset.urgent === 'false'")
    panel.settled()
    yield "settled"
    page.evaluate("location.hash = '#pregnant=perhaps'")
    panel.message.wait_for()
    yield "message"


@pytest.mark.parametrize("size", [(1280, 800), (640, 400), (320, 740), (320, 256)], ids=["100", "200", "narrow", "400"])
def test_axe_finds_nothing_in_any_state(open_panel, size):
    """No violation, target size included, in both themes; 640 and 320 by 256 are 1280 at 200 and 400 % zoom."""
    panel = open_panel(viewport={"width": size[0], "height": size[1]})
    grounds = [panel.page.evaluate(GROUND)]
    wrong = {state: axe_in_both_themes(panel.page, ".decision-panel") for state in states(panel)}
    assert len(wrong) == 7 and not any(wrong.values()), short(wrong)
    grounds.append(panel.page.evaluate(GROUND))
    assert [int(x[4:7].strip(", ")) < 128 for x in grounds] == [False, True], grounds


def test_axe_finds_nothing_where_the_engine_is_missing_or_panels_are_two(open_panel):
    """The message of a failed load, and a page with two panels, are as accessible as the rest, in both themes."""
    panel = open_panel(before=lambda p: p.route("**/engine.json", lambda r: r.abort()))
    panel.answer("acute_suicide_risk", "yes")
    panel.message.wait_for()
    assert axe_in_both_themes(panel.page, ".decision-panel") == []
    two = open_panel("/two.html").answer("acute_suicide_risk", "yes")
    found = axe_in_both_themes(two.page, "body")
    assert [x for x in found if not x.endswith("the page is not")] == []  # it has no theme


@pytest.mark.parametrize("width", [360, 320])
def test_it_fits_a_phone_without_sideways_scrolling(open_panel, width):
    """In no state is the panel wider than the screen."""
    panel = open_panel(viewport={"width": width, "height": 740})
    for state in states(panel):
        wide = panel.page.evaluate("""() => [document.documentElement.scrollWidth,
          ...[...document.querySelectorAll(".decision-panel, .decision-panel *")].filter((e) => e.checkVisibility())
            .map((e) => e.getBoundingClientRect().right)]""")
        assert max(wide) <= width + 0.5, state


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_every_control_is_large_enough_and_nothing_floats_over_it(open_panel, size):
    """Rows of 44 pixels, targets of 24 at least; scrolled to by the browser, each control can be hit."""
    panel = open_panel(viewport={"width": size[0], "height": size[1]})
    small = panel.page.evaluate("""() => [...document.querySelectorAll(
      ".decision-panel :is(button, select, input, summary)")].filter((e) => e.checkVisibility())
      .map((e) => [e.textContent || e.name, e.getBoundingClientRect()]).filter(([, b]) => b.width < 24 || b.height < 24)
      .map(([n]) => n)""")
    assert small == []
    rows = panel.page.evaluate("""() => [...document.querySelectorAll(".dp-q:not(.dp-choice)")]
      .filter((e) => e.checkVisibility()).map((e) => e.offsetHeight)""")
    assert min(rows) >= 44
    panel.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    hidden = panel.page.evaluate("""async () => {
      const out = [];
      for (const e of document.querySelectorAll(".decision-panel :is(input, button, select, summary)")) {
        if (!e.checkVisibility()) continue;
        e.scrollIntoView({ block: "nearest", behavior: "instant" });
        const b = e.getBoundingClientRect();
        for (const y of [b.top + 2, b.bottom - 2]) {
          const top = document.elementFromPoint(b.x + b.width / 2, y);
          if (!(top === e || e.contains(top) || e.closest("label")?.contains(top))) out.push(e.textContent || e.name);
        }
      }
      return out;
    }""")
    assert hidden == []


def test_the_theme_s_button_to_the_top_covers_no_answer(open_panel):
    """However one scrolls, it does not come over the panel."""
    panel = open_panel(viewport={"width": 360, "height": 740})
    panel.page.mouse.wheel(0, 3000)
    panel.page.wait_for_timeout(200)
    panel.page.mouse.wheel(0, -300)
    panel.page.wait_for_timeout(300)
    assert not panel.page.locator("#pst-back-to-top").is_visible()


def test_in_forced_colours_what_is_marked_can_be_told(open_panel):
    """High contrast replaces every colour: a marked answer, the pressed button and the strip still stand out."""
    panel = open_panel(forced_colors="active").answer("pregnant", "yes").press("Show all questions")
    look = """(e) => { const c = getComputedStyle(e); return [c.backgroundColor, c.borderTopColor].join(); }"""
    marked = panel.el.locator('input[name="pregnant"][value="yes"]').evaluate(look)
    other = panel.el.locator('input[name="pregnant"][value="no"]').evaluate(look)
    assert marked != other
    pressed = panel.el.get_by_role("button", name="Show all questions").evaluate(look)
    assert pressed != panel.el.get_by_role("button", name="Reset").evaluate(look)
    assert panel.el.locator(".dp-strip").evaluate("e => getComputedStyle(e).borderTopWidth") == "2px"
    assert not axe(panel.page, ".decision-panel")


def test_nothing_moves_by_itself(open_panel):
    """With reduced motion asked for, and without: no animation runs in a panel that is awake."""
    for motion in ("reduce", "no-preference"):
        panel = open_panel(reduced_motion=motion).answer("pregnant", "yes")
        assert (
            panel.page.evaluate("document.querySelector('.decision-panel').getAnimations({subtree: true}).length") == 0
        )


# ---- on paper

KEEP = "window.print = () => {}; addEventListener('afterprint', e => e.stopImmediatePropagation(), true)"


def printed(panel, button="Print one page"):
    """The pages of the PDF that a print button leads to, and the sheet itself, left standing to be read."""
    panel.page.evaluate(KEEP)
    panel.press(button)
    panel.page.wait_for_function("() => document.documentElement.classList.contains('dp-one-panel')")
    pdf = panel.page.pdf(format="A4", prefer_css_page_size=True)
    panel.page.emulate_media(media="print")
    return len(re.findall(rb"/Type\s*/Page\b", pdf)), panel.page.locator(".dp-sheet")


@pytest.mark.parametrize("name", ["", "V08", "V14", "V17", "V20", "V24"])
def test_the_print_button_gives_one_readable_sheet(open_panel, name):
    """One page, whoever it is about: level, because, owed, alternatives, safeguards, facts by card and the notice."""
    case = next((v["case"] for v in page_data()["vignettes"] if v["id"] == name), {})
    panel = open_panel(PANEL + (fragment(case) if case else "")).settled()
    pages, sheet = printed(panel)
    assert pages == 1
    words, d = sheet.inner_text(), decide(case)
    assert d.headline in words.replace("\n", " ") and "Education only" in words and "Entered" in words
    for item in [*d.reasons, *d.safeguards]:
        assert item.text in words
    for item in d.alternatives:
        assert item.title in words
    assert panel.status.locator(".dp-owed").text_content() in words
    assert not re.search(r"\bR-[A-Z]|[A-Z]{4,}_[A-Z]", words)
    assert not panel.page.locator("main, h1, .bd-header").first.is_visible()
    sizes = sheet.evaluate("s => [...s.querySelectorAll('*')].map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 9.5, f"{min(sizes)} px is less than 7 pt"
    assert sheet.evaluate("s => s.scrollWidth <= s.clientWidth")


def test_the_facts_on_the_sheet_stand_by_card(open_panel):
    """A short grouped list, as somebody would dictate it."""
    case = {
        "age_group": "older_adult",
        "pain_type": "crps",
        "bp_rise_hazard": "yes",
        "pregnant": "no",
        "active_sud": "no",
    }
    panel = open_panel(PANEL + fragment(case)).settled()
    facts = printed(panel)[1].locator(".dp-facts li").all_inner_texts()
    assert facts == [
        "Who, and what pain. Age: older adult, 65 or over; Kind of pain: complex regional pain syndrome.",
        "Hard stops. Yes: Blood pressure a danger; no: Pregnant, Substance use disorder now.",
    ]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_sheet_carries_the_local_date(open_panel, zone):
    """The date where the reader is, not Greenwich's: one of these two differs from it at any hour."""
    panel = open_panel(timezone_id=zone)
    sheet = printed(panel)[1]
    assert f"{datetime.now(ZoneInfo(zone)):%Y-%m-%d}" in sheet.locator(".dp-date").inner_text()


def test_the_longest_answers_still_print_on_one_sheet(open_panel):
    """Among many random people, those with most to say fit on one page, the article's reading beside included."""
    longest = sorted(patients(400, seed=9), key=lambda c: len(str(decide(c))))[-3:]
    for case in longest:
        panel = open_panel(PANEL + fragment(known(case))).settled()
        panel.el.get_by_label("Show the article’s reading beside").check()
        panel.el.locator(".dp-article").wait_for()
        assert printed(panel)[0] == 1


def test_a_blank_sheet_holds_every_question_with_boxes(open_panel):
    """To take to an appointment: the full wording by card, a box for each answer, on at most two pages."""
    panel = open_panel()
    pages, sheet = printed(panel, "Print blank questions")
    assert pages <= 2
    words = " ".join(sheet.inner_text().split())
    m = engine().machine
    for i, q in m.inputs.items():
        assert " ".join(q["question"].split()) in words, i
    assert words.count("☐") == sum(len(q["values"]) for q in m.inputs.values())
    assert "Not yet, questions" not in words
    assert sheet.evaluate("s => s.scrollWidth <= s.clientWidth + 1")


def test_a_printed_chapter_leaves_nothing_folded(open_panel):
    """What the screen folds, paper shows, and afterwards the page is as it was."""
    panel = open_panel("/chapters/risk.html")
    page = panel.page
    page.evaluate("""() => {
      const d = document.createElement("details");
      d.id = "mine"; d.innerHTML = "<summary>More</summary><p>Verdict</p>";
      document.querySelector("main").append(d); }""")
    folded = (
        "[...document.querySelectorAll('main details:not([open])')].filter(d => !d.closest('.decision-panel')).length"
    )
    before = page.evaluate(folded)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert before >= 1 and page.evaluate(folded) == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(folded) == before
    page.emulate_media(media="print")  # and by style alone, where no script runs
    assert page.locator("#mine p").is_visible()

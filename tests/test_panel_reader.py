"""The panel can be used by anybody: by keyboard, by ear, on a phone, in the dark, on paper."""

import re

import pytest
from browser import axe, fragment, known, patients

from book.panel import engine, page_data
from decision import decide

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]
URGENT = "#acute_suicide_risk=yes&pregnant=yes&psychiatric_comorbidity=yes"


def focused(page):
    """The name of the control that has focus, or its words."""
    return page.evaluate("(e => e.name ? e.name + '=' + e.value : e.textContent.trim())(document.activeElement)")


def visible(page):
    """Whether what has focus is on the screen and not covered by the level that stays in sight."""
    return page.evaluate("""() => {
      const e = document.activeElement, b = e.getBoundingClientRect();
      const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
      return e !== document.body && (e === top || e.contains(top) || e.closest("label")?.contains(top) || false);
    }""")


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)])
def test_the_interview_can_be_done_by_keyboard_alone(open_panel, size):
    """Tab and arrow keys reach every question that is asked, answer it and lead to the next; focus never gets lost."""
    panel = open_panel(viewport={"width": size[0], "height": size[1]})
    page, case = panel.page, {}
    calm = {i: q["reassuring"] for i, q in engine().machine.inputs.items()}
    panel.el.get_by_role("button", name="Show all questions").focus()
    while (asked := decide(case).next_question) is not None and len(case) < 8:
        for _ in range(6):
            page.keyboard.press("Tab")
            if focused(page).startswith(asked + "="):
                break
        assert focused(page) == f"{asked}=unknown"
        for _ in range(4):
            if focused(page) == f"{asked}={calm[asked]}":
                break
            page.keyboard.press("ArrowDown")
            panel.settled()
            assert focused(page).startswith(asked + "=") and visible(page)
        case[asked] = calm[asked]
        assert panel.level == decide(case).level
    assert len(case) == 8


def test_every_tool_can_be_used_by_keyboard_and_keeps_focus(open_panel):
    """Each button, the list of people and the article's box work from the keyboard and still have focus after it."""
    panel = open_panel(before=lambda p: p.add_init_script("window.print = () => (window.printed = true)"))
    page = panel.page
    for name in ("Show all questions", "Copy as text", "Make a link", "Print one page", "Reset"):
        panel.el.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        panel.settled()
        page.wait_for_timeout(150)
        assert focused(page) == name and visible(page)
    assert page.evaluate("window.printed")
    box = panel.el.get_by_label("Show the article’s reading beside")
    box.focus()
    page.keyboard.press("Space")
    panel.el.locator(".dp-article").wait_for()
    assert box.evaluate("e => e === document.activeElement")
    people = panel.el.locator("[data-do=vignette]")
    people.focus()
    page.keyboard.press("V")
    page.wait_for_function("document.querySelector('.dp-said').textContent.startsWith('V')")
    panel.settled()
    assert people.evaluate("e => e === document.activeElement")


def test_focus_stays_in_a_list_that_a_new_answer_replaces(open_panel):
    """A reader who stands on a folded list when the address changes still stands on it."""
    panel = open_panel("/chapters/panel.html#pregnant=yes").settled()
    panel.el.locator('.dp-details [data-key="reasons"] > summary').focus()
    panel.page.evaluate("location.hash = '#active_sud=yes'")
    panel.page.wait_for_function("document.querySelector('.dp-facts').textContent.includes('substance')")
    assert panel.page.evaluate("document.activeElement.parentNode.dataset.key") == "reasons"


def test_what_was_answered_stays_under_the_pointer(open_panel):
    """When the parts above it grow or fold, the question that was just answered does not move on the screen."""
    panel = open_panel(viewport={"width": 500, "height": 700})
    for n, value in enumerate(("no", "no", "not_on", "adult", "chronic_noncancer", "no", "no", "yes")):
        asked = panel.shown()[-1]
        radio = panel.el.locator(f'input[name="{asked}"][value="{value}"]')
        radio.scroll_into_view_if_needed()
        before = radio.bounding_box()["y"]
        radio.check()
        panel.settled()
        panel.page.wait_for_timeout(200)
        if n:
            assert abs(radio.bounding_box()["y"] - before) < 3, asked


def test_the_result_is_announced_by_one_lasting_status(open_panel):
    """The live region is the same element from first to last, polite, and changes its words with the decision."""
    panel = open_panel().press("Show all questions")
    handle = panel.status.element_handle()
    panel.page.evaluate(
        """s => { window.told = []; new MutationObserver(() => told.push(s.textContent))
        .observe(s, {childList: true, subtree: true, characterData: true}); }""",
        handle,
    )
    for case in patients(2, seed=4):
        for i, v in list(known(case).items())[:8]:
            panel.answer(i, v)
    panel.answer("acute_suicide_risk", "yes")
    panel.press("Reset").settled()
    assert panel.page.evaluate("s => s === document.querySelector('.decision-panel [role=status]')", handle)
    assert panel.el.locator("[role=status]").count() == 1
    told = panel.page.evaluate("told")
    assert any(x.startswith("Urgent") for x in told) and told[-1].startswith(decide().level_name)


def test_urgent_comes_first_and_stays_in_sight(open_panel):
    """An urgent answer puts the banner before the level, says what to do, and a bar stays where the reader is."""
    panel = open_panel(viewport={"width": 500, "height": 600}).press("Show all questions")
    bar = panel.el.locator(".dp-bar")
    assert not bar.is_visible()
    panel.answer("active_sud", "no").answer("acute_intoxication_or_cns_depression", "yes")
    words = panel.status.inner_text()
    assert words.startswith("Urgent") and "emergency" in words and panel.urgent == "true"
    assert words.index("Urgent") < words.index(decide(acute_intoxication_or_cns_depression="yes").level_name)
    panel.answer("nsaid_risk", "no")  # far down the page
    box = bar.bounding_box()
    assert 0 <= box["y"] and box["y"] + box["height"] <= 600


def test_it_fits_a_phone_without_sideways_scrolling(open_panel):
    """At 360 pixels no state of the panel is wider than the screen."""
    panel = open_panel(viewport={"width": 360, "height": 740})

    def fits(state):
        wide = panel.page.evaluate("""() => [document.documentElement.scrollWidth,
          ...[...document.querySelectorAll(".decision-panel, .decision-panel *")].filter((e) => e.offsetParent)
            .map((e) => e.getBoundingClientRect().right)]""")
        assert max(wide) <= 360, state

    fits("initial")
    panel.press("Show all questions")
    for d in panel.el.locator(".dp-q details > summary").all()[:5]:
        d.click()
    fits("all questions")
    panel.page.evaluate(f"location.hash = '{URGENT}'")
    panel.page.wait_for_function("document.querySelector('[role=status]').dataset.urgent === 'true'")
    panel.page.wait_for_timeout(300)
    panel.page.evaluate("document.querySelectorAll('.decision-panel details').forEach((d) => (d.open = true))")
    fits("urgent, everything open")
    panel.el.get_by_label("Show the article’s reading beside").check()
    panel.settled()
    fits("article beside")
    panel.page.evaluate("location.hash = '#pregnant=" + "x" * 80 + "'")
    panel.message.wait_for()
    fits("message")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_any_state(open_panel, scheme, width):
    """No accessibility violation: at first, answered, urgent, all questions, article beside, message, two panels."""
    panel = open_panel(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = panel.page
    ground = page.evaluate("getComputedStyle(document.querySelector('.decision-panel')).backgroundColor")
    assert (int(ground[4:7].strip(", ")) < 128) == (scheme == "dark"), ground
    wrong = {"initial": axe(page)}
    panel.answer("acute_suicide_risk", "no")
    panel.press("Show all questions")
    wrong["all questions"] = axe(page)
    panel.answer("pregnant", "yes").press("Show all questions")
    page.wait_for_timeout(250)
    page.evaluate("document.querySelectorAll('.decision-panel details').forEach((d) => (d.open = true))")
    wrong["answered, everything open"] = axe(page)
    page.evaluate(f"location.hash = '{URGENT}'")
    page.wait_for_function("document.querySelector('[role=status]').dataset.urgent === 'true'")
    panel.el.get_by_label("Show the article’s reading beside").check()
    panel.settled().press("Make a link")
    page.wait_for_timeout(250)
    wrong["urgent, article beside"] = axe(page)
    page.evaluate("location.hash = '#pregnant=perhaps'")
    panel.message.wait_for()
    wrong["message"] = axe(page)
    assert not any(wrong.values()), "\n".join(f"{state}: {found}" for state, found in wrong.items() if found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_the_engine_is_missing_or_panels_are_two(open_panel, scheme):
    """The message of a failed load, and a page with two panels, are as accessible as the rest."""
    panel = open_panel(color_scheme=scheme, before=lambda p: p.route("**/engine.json", lambda r: r.abort()))
    panel.answer("acute_suicide_risk", "yes")
    panel.message.wait_for()
    assert not axe(panel.page)
    two = open_panel("/two.html", color_scheme=scheme).answer("acute_suicide_risk", "yes")
    assert not axe(two.page, "body")


def printed(panel):
    """The pages of the PDF that the print button leads to, and the sheet itself."""
    panel.page.evaluate("window.print = () => {}")
    panel.press("Print one page")
    panel.page.wait_for_function("document.documentElement.classList.contains('dp-one-panel')")
    pdf = panel.page.pdf(format="A4", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("name", ["", "V08", "V14", "V17", "V20", "V24"])
def test_the_print_button_gives_one_readable_sheet(open_panel, name):
    """One page, whoever it is about: level, reasons, what was entered and the notice, in letters that can be read."""
    case = next((v["case"] for v in page_data()["vignettes"] if v["id"] == name), {})
    panel = open_panel("/chapters/panel.html" + (fragment(case) if case else "")).settled()
    keep = "addEventListener('afterprint', e => e.stopImmediatePropagation(), true)"  # so that the sheet can be read
    panel.page.evaluate(keep)
    assert printed(panel) == 1
    panel.page.emulate_media(media="print")
    sheet, d = panel.page.locator(".dp-sheet"), decide(case)
    words = sheet.inner_text()
    assert d.level_name in words and "Education only" in words and "Entered:" in words
    for item in [*d.reasons, *d.safeguards, *d.cautions, *d.other_care]:
        assert item.text in words
    assert not panel.page.locator("main, h1, .bd-header").first.is_visible()
    sizes = sheet.evaluate("s => [...s.querySelectorAll('*')].map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 10.6, f"{min(sizes)} px is less than 8 pt"
    assert sheet.evaluate("s => s.scrollWidth <= s.clientWidth")


def test_the_longest_answers_still_print_on_one_sheet(open_panel):
    """Among many random people, those with most to say fit on one page, the article's reading beside included."""
    longest = sorted(patients(400, seed=9), key=lambda c: len(str(decide(c))))[-3:]
    for case in longest:
        panel = open_panel("/chapters/panel.html" + fragment(known(case))).settled()
        panel.el.get_by_label("Show the article’s reading beside").check()
        panel.settled()
        assert printed(panel) == 1

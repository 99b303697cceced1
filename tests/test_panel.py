"""The panel on the built page decides what ``decide`` decides, for everybody, and asks what can still change it."""

import pytest
from browser import ENGINE, fragment, known, patients
from docutils.nodes import make_id

from book.panel import engine, page_data
from decision import decide

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]
SCOPE = {"ketamine_status": "not_on", "age_group": "adult", "setting": "chronic_noncancer"}

# Put each case into the address, wait for the decision, and read it off the page.
READ = """async (hashes) => {
  const el = document.querySelector(".decision-panel"), status = el.querySelector("[role=status]"), out = [];
  const text = (s) => [...el.querySelectorAll(s)].map((x) => x.textContent);
  for (const hash of hashes) {
    location.hash = hash;
    await new Promise((go) => addEventListener("hashchange", go, { once: true }));
    while (status.hasAttribute("aria-busy")) await new Promise((go) => setTimeout(go));
    out.push({
      level: status.dataset.level, urgent: status.dataset.urgent, said: status.textContent,
      rules: text('.dp-details [data-key="reasons"] > ul > li > .dp-rests > summary').map((x) => x.split(",")[0]),
      links: [...el.querySelectorAll('.dp-details [data-key="reasons"] a')].map((a) => a.hash.slice(1)),
      lists: Object.fromEntries(["safeguards", "monitoring", "cautions", "notes", "other_care", "missing"].map(
        (k) => [k, el.querySelectorAll(`.dp-details [data-key="${k}"] > ul > li`).length])),
      left: Number(text(".dp-progress")[0].match(/^[0-9]+/)?.[0] ?? 0),
      entered: text(".dp-facts span")[0],
    });
  }
  return out;
}"""


def read(panel, cases):
    """What the page says about each case."""
    return panel.page.evaluate(READ, [fragment(known(c)) + "&" for c in cases])


def agree(seen, case):
    """Compare what the page said about a case with ``decide``."""
    d = decide(case)
    assert (seen["level"], seen["urgent"]) == (d.level, str(d.urgent).lower()), case
    assert d.level_name in seen["said"] and ("Urgent" in seen["said"]) == d.urgent, case
    assert seen["rules"] == [x.rule for x in d.reasons], case
    rests = [
        a for x in d.reasons for a in [f"says-{c}" for c in x.claims] + [make_id(f"source-{s}") for s in x.sources]
    ]
    assert seen["links"] == rests, case
    counts = {name: len(getattr(d, name)) for name in seen["lists"]}
    assert seen["lists"] == counts, case
    assert seen["left"] == len(d.questions), case


def test_the_page_decides_every_vignette_like_the_package(open_panel):
    """All the people on paper, chosen from the panel's own list, get the package's decision on the page."""
    panel = open_panel()
    for v in page_data()["vignettes"]:
        panel.el.locator("[data-do=vignette]").select_option(v["id"])
        panel.page.wait_for_function(
            "([el, words]) => el.querySelector('.dp-said').textContent.includes(words)",
            arg=[panel.el.element_handle(), v["narrative"][:40]],
        )
        panel.settled()
        d = decide(v["case"])
        assert (panel.level, panel.urgent) == (d.level, str(d.urgent).lower()), v["id"]
    cases = [v["case"] for v in page_data()["vignettes"]]
    for case, seen in zip(cases, read(panel, cases), strict=True):
        agree(seen, case)


def test_a_fictional_case_is_named_only_until_an_answer_is_changed(open_panel):
    """The panel's list and its words name the person on paper; one answer later they name nobody."""
    panel = open_panel()
    people, said = panel.el.locator("[data-do=vignette]"), panel.el.locator(".dp-said")
    people.select_option("V08")
    said.get_by_text("V08: ").wait_for()
    panel.settled()
    assert people.input_value() == "V08"
    panel.press("Show all questions").answer("pregnant", "yes")
    assert people.input_value() == "" and said.inner_text() == ""


def test_the_page_decides_hundreds_of_random_people_like_the_package(open_panel):
    """Level, urgent flag, rules, what they rest on, every list's length and the questions left are the package's."""
    cases = [c for c in patients(320) if known(c)]
    assert len(cases) >= 300
    assert len({decide(c).level for c in cases}) >= 9, "the sample should meet most levels"
    for case, seen in zip(cases, read(open_panel(), cases), strict=True):
        agree(seen, case)


def test_answers_given_with_the_mouse_in_any_order_decide_like_the_package(open_panel):
    """Every step of a few people entered by hand, in an order that nobody asked for, shows the package's decision."""
    panel = open_panel().press("Show all questions")
    for case in patients(3, seed=3):
        panel.press("Reset").settled()
        entered = {}
        for i in sorted(known(case), key=lambda x: x[::-1])[:16]:
            entered[i] = case[i]
            panel.answer(i, case[i])
            d = decide(entered)
            assert (panel.level, panel.urgent) == (d.level, str(d.urgent).lower()), entered


def test_the_interview_asks_the_next_question_and_stops_when_it_is_settled(open_panel):
    """One question at a time, the package's next one each time, until no answer can change the decision."""
    panel = open_panel()
    case = {}
    while (asked := decide(case).next_question) is not None:
        assert panel.shown()[-1] == asked, case
        assert f"{len(decide(case).questions)} question" in panel.el.locator(".dp-progress").inner_text()
        case[asked] = SCOPE.get(asked, "no")
        panel.answer(asked, case[asked])
    assert 3 < len(case) < len(engine().machine.ids)
    assert "No open question can change the answer" in panel.el.locator(".dp-progress").inner_text()
    assert panel.level == decide(case).level


def test_one_answer_can_settle_the_level(open_panel):
    """“pregnant: yes” shows the level at once, with its reason and the levels that are still possible."""
    panel = open_panel().press("Show all questions").answer("pregnant", "yes")
    d = decide(pregnant="yes")
    assert panel.level == d.level == "AVOID"
    assert "could lead to" in panel.status.inner_text()
    for i, v in SCOPE.items():
        panel.answer(i, v)
    assert "No open question can change this level" in panel.status.inner_text()


def test_not_known_is_an_answer_that_moves_the_interview_on(open_panel):
    """A reader who does not know can say so, although “not known” is what an unasked question counts as."""
    panel = open_panel()
    first = panel.shown()[-1]
    panel.el.locator(f'input[name="{first}"][value="unknown"]').click()
    panel.settled()
    assert panel.shown()[-1] != first


def test_show_all_questions_opens_every_question(open_panel):
    """Whatever the interview hides, one button opens every one, and closes them again."""
    panel = open_panel()
    assert len(panel.shown()) == 1
    panel.press("Show all questions")
    assert panel.shown() == engine().machine.ids
    panel.press("Show all questions")
    assert len(panel.shown()) == 1


def test_reset_forgets_everything(open_panel):
    """After a reset the page says what it said at first, marks nothing, and its address holds no case."""
    panel = open_panel(f"/chapters/panel.html{fragment({'pregnant': 'yes', 'active_sud': 'no'})}").settled()
    assert panel.level == "AVOID"
    panel.press("Reset").settled()
    assert panel.level == decide().level
    assert panel.el.locator("input[type=radio]:checked:not([value=unknown])").count() == 0
    assert "pregnant" not in panel.page.url


def test_the_case_can_be_shared_as_a_link_that_opens_it(open_panel):
    """“Make a link” puts the answers after the # only, and whoever opens it sees the same case."""
    panel = open_panel(permissions=["clipboard-read", "clipboard-write"]).press("Show all questions")
    panel.answer("pregnant", "no").answer("active_sud", "yes").answer("capacity_and_consent", "unknown")
    panel.press("Make a link")
    panel.page.wait_for_function("document.querySelector('.dp-said').textContent.includes('link')")
    link = panel.page.evaluate("navigator.clipboard.readText()")
    before, after = link.split("#")
    assert "=" not in before and "pregnant=no" in after and "active_sud=yes" in after
    other = open_panel(link[link.index("/chapters") :]).settled()
    assert other.level == panel.level == "AVOID"
    assert other.el.locator('input[name="active_sud"][value="yes"]').is_checked()


def test_the_answer_can_be_copied_as_text(open_panel):
    """The note holds what was entered and the package's own text, notice included."""
    panel = open_panel(permissions=["clipboard-read", "clipboard-write"]).press("Show all questions")
    panel.answer("pregnant", "yes").press("Copy as text")
    panel.page.wait_for_function("document.querySelector('.dp-said').textContent.includes('copied')")
    text = panel.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Entered:\n- pregnancy: Yes\n")
    assert text.endswith(str(decide(pregnant="yes")))


def test_text_that_cannot_reach_the_clipboard_is_shown(open_panel):
    """Where the browser refuses the clipboard, the text stands in a labelled field to copy by hand."""
    panel = open_panel(before=lambda p: p.add_init_script("navigator.clipboard.writeText = () => Promise.reject()"))
    panel.press("Copy as text")
    assert "Education only" in panel.el.get_by_label("Copy this text").input_value()


def test_the_article_reading_stands_beside_on_demand(open_panel):
    """The article's own answer appears beside the book's when asked for, marked as for learning, and goes again."""
    panel = open_panel().press("Show all questions")
    beside = panel.el.get_by_label("Show the article’s reading beside")
    case = {
        "ketamine_status": "not_on",
        "first_line_trials_failed": "yes",
        "objective_findings": "yes",
        "monitoring_program": "yes",
        "benefit_exceeds_risk": "yes",
        "pregnant": "yes",
    }
    for i, v in case.items():
        panel.answer(i, v)
    assert not panel.el.locator(".dp-article").is_visible()
    beside.check()
    panel.settled()
    words = panel.el.locator(".dp-article").inner_text()
    assert decide(case, reading="article").level_name in words and "for learning only" in words
    assert panel.level == decide(case).level
    book, article = (panel.el.locator(x).bounding_box() for x in (".dp-details", ".dp-article"))
    assert article["x"] > book["x"] + book["width"] - 1 and abs(article["y"] - book["y"]) < 2
    beside.uncheck()
    panel.settled()
    assert not panel.el.locator(".dp-article").is_visible()


def test_what_would_change_it_is_what_the_package_says(open_panel):
    """The slower list arrives by itself and names the package's levels and changes."""
    case = next(v["case"] for v in page_data()["vignettes"] if v["id"] == "V14")
    panel = open_panel("/chapters/panel.html" + fragment(case)).settled()
    folded = panel.el.locator('.dp-details [data-key="change"]')
    folded.locator("summary").click()
    folded.locator("li").first.wait_for()
    m = engine().machine
    changed = decide(case).what_would_change()
    for line, (_, changes) in zip(folded.locator("li").all_inner_texts(), changed, strict=True):
        for i, v in changes.items():
            assert f"{m.inputs[i]['label']}: {m.label(i, v).lower()}" in line


def test_every_link_of_an_answer_leads_to_a_place_that_exists(open_panel):
    """A claim leads to its sentence in the chapter and a source to its entry in the references."""
    panel = open_panel()
    links = set()
    for v in page_data()["vignettes"]:
        read(panel, [v["case"]])
        links |= set(
            panel.page.evaluate("[...document.querySelectorAll('.dp-details a, .dp-notice a')].map(a => a.href)")
        )
    assert len(links) > 20
    pages = {link.split("#")[0] for link in links}
    html = {page: panel.page.request.get(page).text() for page in pages}
    for page, anchor in (x.split("#") for x in links if "#" in x):
        assert f'id="{anchor}"' in html[page], (page, anchor)


def test_the_address_is_read_on_load_and_on_change(open_panel):
    """A case in the address decides when the page opens, and again when the address changes."""
    panel = open_panel("/chapters/panel.html#pregnant=yes&active_sud=no").settled()
    assert panel.level == "AVOID"
    panel.page.evaluate("location.hash = '#acute_suicide_risk=yes'")
    panel.page.wait_for_function("document.querySelector('[role=status]').dataset.urgent === 'true'")
    assert not panel.el.locator('input[name="pregnant"][value="yes"]').is_checked()


@pytest.mark.parametrize(
    "bad, named",
    [
        ("pregnent=yes&active_sud=no", "pregnent"),
        ("pregnant=perhaps", "perhaps"),
        ("pregnant=YES", "YES"),
        ("pregnant", "pregnant"),
        ("pregnant=yes&active_sud", "active_sud"),
        ("pregnant=%zz", "%zz"),
        ("pregnant=yes&pregnant=no", "pregnant"),
        ("__proto__=yes", "__proto__"),
        ("pregnant=<img src=x onerror=alert(1)>", "<img src=x"),
    ],
)
def test_a_misspelt_address_is_named_and_decides_nothing(open_panel, bad, named):
    """A name or value that does not exist, or cannot be read, is named in a message; no level is shown."""
    panel = open_panel("/chapters/panel.html#pregnant=yes").settled()
    if "=" not in bad:
        bad += "&=yes"  # a bare word alone would be an ordinary anchor
    panel.page.evaluate("x => location.hash = x", bad)
    panel.message.wait_for()
    panel.page.wait_for_function("x => document.querySelector('.dp-message').textContent.includes(x)", arg=named)
    assert panel.level == "" and panel.urgent == "false"
    assert panel.el.locator(".dp-list").count() == 0
    assert panel.el.locator("input[type=radio]:checked:not([value=unknown])").count() == 0
    assert panel.el.locator("img").count() == 0
    panel.press("Show all questions").answer("active_sud", "yes")  # and the reader can go on, from nothing
    assert panel.level == decide(active_sud="yes").level and not panel.message.is_visible()


def test_a_misspelt_address_on_load_decides_nothing(open_panel):
    """The same message stands when the page is opened with such an address."""
    panel = open_panel("/chapters/panel.html#pregnant=yes&activ_sud=no")
    panel.page.wait_for_function("document.querySelector('.dp-message').textContent.includes('activ_sud')")
    assert panel.level == ""


def test_an_ordinary_anchor_is_left_alone(open_panel):
    """A link to a heading neither resets what was entered nor loads the engine."""
    panel = open_panel("/chapters/panel.html#decide-the-panel")
    panel.page.wait_for_load_state("networkidle")
    assert not [u for u in panel.page.log if u.endswith(ENGINE)]
    assert panel.level == decide().level and not panel.message.is_visible()
    panel.press("Show all questions").answer("pregnant", "yes")
    panel.page.evaluate("location.hash = '#decide-the-panel'")
    panel.page.wait_for_timeout(200)
    assert panel.level == "AVOID" and not panel.message.is_visible()


def test_two_panels_on_one_page_do_not_touch_each_other(open_panel):
    """Each panel keeps its own answers, decision and buttons; one engine serves both."""
    one = open_panel("/two.html")
    two = type(one)(one.page, 1)
    first, second = decide(), decide(ketamine_status="on")
    assert (one.level, two.level) == (first.level, second.level)
    one.press("Show all questions").answer("pregnant", "yes")
    two.press("Show all questions").answer("functional_benefit", "no")
    assert one.level == decide(pregnant="yes").level
    assert two.level == decide(ketamine_status="on", functional_benefit="no").level
    assert one.el.locator('input[name="pregnant"][value="yes"]').is_checked()
    assert not two.el.locator('input[name="pregnant"][value="yes"]').is_checked()
    one.press("Reset").settled()
    assert one.level == first.level and two.level == decide(ketamine_status="on", functional_benefit="no").level
    assert len([u for u in one.page.log if u.endswith("engine.json")]) == 1
    assert one.el.get_attribute("aria-label") != two.el.get_attribute("aria-label")


def test_only_the_first_panel_of_a_page_reads_the_address(open_panel):
    """On load and on change the address decides the first panel; the second keeps its own case."""
    one = open_panel("/two.html" + fragment({"pregnant": "yes"})).settled()
    two = type(one)(one.page, 1).settled()
    own = decide(ketamine_status="on").level
    assert (one.level, two.level) == (decide(pregnant="yes").level, own)
    one.page.evaluate("location.hash = '#acute_suicide_risk=yes'")
    one.page.wait_for_function("document.querySelector('[role=status]').dataset.urgent === 'true'")
    two.settled()
    assert (one.urgent, two.urgent, two.level) == ("true", "false", own)
    assert two.el.locator('input[name="ketamine_status"][value="on"]').is_checked()


@pytest.mark.parametrize("path", ["/index.html", "/chapters/risk.html"])
def test_a_panel_in_a_chapter_shows_its_own_questions_first(open_panel, path):
    """The landing page and the chapters open with the questions they name, in place, and decide them."""
    panel = open_panel(path)
    asked = panel.el.get_attribute("data-only").split()
    before = panel.shown()
    assert asked and set(before) >= set(asked) and len(before) < len(engine().machine.ids)
    panel.answer(asked[0], "yes" if "yes" in engine().machine.values[asked[0]] else asked[0])
    assert [q for q in panel.shown() if q in asked] == [q for q in before if q in asked]

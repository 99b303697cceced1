"""The panel on the built page decides what ``decide`` decides, for everybody, however it is entered."""

import re

import pytest
from browser import PANEL, fragment, known, patients

from book.panel import engine, page_data
from decision import decide

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]
SCOPE = {"age_group": "adult", "setting": "chronic_noncancer", "ketamine_status": "not_on"}

# Put each case into the address, wait for the decision and its lists, and read it off the page.
READ = """async (hashes) => {
  const el = document.querySelector(".decision-panel"), status = el.querySelector("[role=status]"), out = [];
  const text = (s) => [...el.querySelectorAll(s)].map((x) => x.textContent);
  for (const hash of hashes) {
    if (location.hash !== hash) { // of two who are alike the second changes nothing, and no event would come
      location.hash = hash;
      await new Promise((go) => addEventListener("hashchange", go, { once: true }));
    }
    while (el.querySelector("[aria-busy]")) await new Promise((go) => setTimeout(go));
    out.push({
      level: status.dataset.level, urgent: status.dataset.urgent, said: text(".dp-headline")[0],
      rules: text('.dp-details [data-key="codes"] li').find((x) => x.startsWith("rules")).split(": ")[1].split(", "),
      links: [...el.querySelectorAll('.dp-details [data-key="reasons"] a')].map((a) => a.hash.slice(1)),
      lists: Object.fromEntries(["safeguards", "monitoring", "cautions", "notes", "other_care", "alternatives"].map(
        (k) => [k, el.querySelectorAll(`.dp-details [data-key="${k}"] > ul > li`).length])),
      here: text(".dp-ladder-box .dp-here .dp-name"), open: text(".dp-ladder-box .dp-open .dp-name"),
      words: el.querySelector(".dp-grid").innerText,
    });
  }
  return out;
}"""

# Enter each case with the controls alone: row by row, or as a clinician does, what is present and then "none of these".
ENTER = """async ([cases, bulk]) => {
  const el = document.querySelector(".decision-panel"), status = el.querySelector("[role=status]"), out = [];
  const rested = async () => { while (status.hasAttribute("aria-busy")) await null; };
  const click = (i, v) => el.querySelector(`input[name="${i}"][value="${v}"]`).click();
  el.querySelector("[data-do=all]").click();
  for (const given of cases) {
    el.querySelector("[data-do=reset]").click();
    await rested();
    for (const card of el.querySelectorAll(".dp-card")) {
      const rows = [...card.querySelectorAll(".dp-q")].map((f) => f.dataset.q);
      const act = !bulk ? null : [...card.querySelectorAll("[data-do=bulk]")].find((b) => {
        const same = rows.filter((i) => given[i] === b.dataset.value);
        return same.length > 1 && rows.every((i) => i in given);
      });
      for (const i of rows) if (i in given && given[i] !== act?.dataset.value) click(i, given[i]);
      if (act) { await rested(); act.click(); }
    }
    await rested();
    const marked = [...el.querySelectorAll("input:checked")].map((r) => [r.name, r.value]);
    out.push([status.dataset.level, status.dataset.urgent, status.querySelector(".dp-headline").textContent,
      Object.fromEntries(marked.filter(([name]) => name))]);
  }
  return out;
}"""


def read(panel, cases):
    """What the page says about each case."""
    return panel.page.evaluate(READ, [fragment(known(c)) + "&" for c in cases])


def agree(seen, case):
    """Compare what the page said about a case with ``decide``."""
    d = decide(case)
    assert (seen["level"], seen["urgent"], seen["said"]) == (d.level, str(d.urgent).lower(), d.headline), case
    assert [x.split(".")[0] for x in seen["rules"]] == [x.rule for x in d.reasons], case
    rests = [
        a
        for x in d.reasons
        for a in [f"source-{s.replace('_', '-')}" for s in x.sources] + [f"says-{c}" for c in x.claims]
    ]
    assert seen["links"] == rests, case
    assert seen["lists"] == {name: len(getattr(d, name)) for name in seen["lists"]}, case
    names = {x["level"]: x["name"].split(":")[0] for x in engine().machine.model["levels"] if x["path"] == d.path}
    assert seen["here"] == [names[d.level]]
    assert seen["open"] == [names[x] for x in names if x in d.possible and x != d.level], case


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


def test_the_page_decides_hundreds_of_random_people_like_the_package(open_panel):
    """Level, urgent flag, headline, rules, what they rest on, every list's length and the ladder are the package's."""
    cases = [c for c in patients(320) if known(c)]
    assert len(cases) >= 300
    assert len({decide(c).level for c in cases}) >= 9, "the sample should meet most levels"
    for case, seen in zip(cases, read(open_panel(), cases), strict=True):
        agree(seen, case)


@pytest.mark.parametrize("bulk", [False, True])
def test_however_it_is_entered_the_decision_is_the_package_s(open_panel, bulk):
    """Every vignette and 300 people, row by row and with “none of these” alike: the same marks, the same decision."""
    people = [v["case"] for v in page_data()["vignettes"]] + [c for c in patients(310, seed=77) if known(c)][:300]
    if bulk:  # whole lists are answered, as a clinician answers them
        calm = {i: q["calm"][0] for i, q in engine().machine.inputs.items() if q["calm"]}
        people = [{**calm, **known(c)} if n % 2 else known(c) for n, c in enumerate(people)]
    people = [known(c) for c in people]
    panel = open_panel().answer("age_group", "adult")  # the engine is there
    panel.page.set_default_timeout(600_000)
    for case, (level, urgent, said, marked) in zip(people, panel.page.evaluate(ENTER, [people, bulk]), strict=True):
        d = decide(case)
        assert marked == case
        assert (level, urgent, said) == (d.level, str(d.urgent).lower(), d.headline), case


def test_answers_in_any_order_decide_like_the_package(open_panel):
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


# ---- cards


def test_there_are_eight_cards_in_the_order_in_which_one_thinks(open_panel):
    """Each row says its short name and has three answers in columns; on the start path the last card is not asked."""
    panel = open_panel()
    cards = [*panel.cards()]
    assert cards == ["danger", "person", "stops", "conditions", "history", "tried", "place"]
    assert all(state == ["open", True] for state in panel.cards().values())
    row = panel.el.locator('[data-q="pregnant"]')
    assert row.locator("legend").inner_text() == "Pregnant"
    assert [x.get_attribute("value") for x in row.locator("input").all()] == ["yes", "no", "unknown"]
    edges = {
        round(x.bounding_box()["x"])
        for x in panel.card("stops").locator('input[value="yes"]').all()
        + [panel.el.locator('[name="lost_stolen"]').first]
    }
    assert len(edges) == 1, "the answers line up down the cards"
    assert not panel.el.locator("input:checked").count(), "nothing is marked before it is answered"


def test_a_row_tells_its_question_and_why_on_one_tap(open_panel):
    """The full wording, the reason and how sure stand behind the row's i, and go again."""
    panel = open_panel()
    q = engine().machine.inputs["bp_rise_hazard"]
    row, about = panel.el.locator('[data-q="bp_rise_hazard"]'), panel.el.get_by_text(q["question"])
    assert not about.is_visible()
    row.get_by_role("button", name=f"About: {q['short']}").click()
    assert about.is_visible() and q["why"] in row.inner_text() and q["certainty"] in row.inner_text()
    row.get_by_role("button", name=f"About: {q['short']}").click()
    assert not about.is_visible()


def test_none_of_these_answers_the_rest_of_a_card_and_is_undone_in_one_act(open_panel):
    """It enters what is shown and open, and nothing else; it says so; the card folds; Undo takes back just that."""
    panel = open_panel()
    panel.answer("bp_rise_hazard", "yes").answer("pregnant", "unknown")
    before = panel.el.locator("input:checked").evaluate_all("x => x.map((r) => r.name + '=' + r.value)")
    panel.bulk("stops")
    rows = next(c["items"] for c in engine().machine.model["cards"] if c["id"] == "stops")
    case = {**dict.fromkeys(rows, "no"), "bp_rise_hazard": "yes", "pregnant": "unknown"}
    assert (
        dict(
            x.split("=")
            for x in panel.el.locator("input:checked").evaluate_all("x => x.map((r) => r.name + '=' + r.value)")
        )
        == case
    )
    assert panel.level == decide(case).level
    assert panel.cards()["stops"] == ["done", False]
    head = panel.card("stops").locator("summary").inner_text()
    assert "hazard from a rise in blood pressure" in head and "1 not known" in head
    assert f"“no” for {len(rows) - 2} rows" in panel.card("stops").inner_text()
    assert "Entered for Hard stops, no: Allergy to ketamine" in panel.status.text_content()
    panel.card("stops").get_by_role("button", name="Undo").click()
    panel.settled()
    assert panel.el.locator("input:checked").evaluate_all("x => x.map((r) => r.name + '=' + r.value)") == before
    assert "Taken back, no: Allergy to ketamine" in panel.status.text_content()
    assert panel.cards()["stops"][1], "it stands open again"


def test_what_is_not_known_can_be_said_for_a_card_and_for_all_the_rest(open_panel):
    """“Not known” is an answer like any other: for the rest of a card, and for the rest of a bare letter."""
    panel = open_panel().answer("setting", "chronic_noncancer")
    panel.bulk("person", "Not known")
    assert panel.el.locator('[name="age_group"][value="unknown"]').is_checked()
    assert panel.el.locator('[name="setting"][value="chronic_noncancer"]').is_checked()
    panel.press("The rest is not known").settled()
    assert not [x for x in panel.cards().values() if x != ["done", False]]
    assert "Every list is done" in panel.status.inner_text()
    panel.el.locator(".dp-undo-all").get_by_role("button", name="Undo").click()
    panel.settled()
    left = panel.el.locator("input:checked").evaluate_all("x => x.map((r) => r.name)")
    assert set(left) == {"age_group", "setting", "ketamine_status", "pain_type", "pain_undertreated_suspected"}


def test_cards_that_can_change_nothing_say_so_and_step_back(open_panel):
    """With a stop entered, history and trials can change nothing and fold; a tap opens them all the same."""
    panel = open_panel().answer("active_sud", "yes")
    cards = panel.cards()
    assert cards["history"] == cards["tried"] == cards["place"] == ["idle", False]
    assert cards["conditions"] == ["cautions", False]
    assert "nothing here can change the answer now" in panel.card("history").inner_text()
    assert "adds cautions only" in panel.card("conditions").inner_text()
    panel.card("history").locator("summary").click()
    panel.el.locator('[name="lost_stolen"][value="yes"]').click()
    panel.settled()
    assert panel.level == decide(active_sud="yes", lost_stolen="yes").level == "AVOID"
    assert panel.cards()["history"] == ["idle", True], "a card stays open while its reader is in it"


def test_show_all_questions_opens_every_question(open_panel):
    """Whatever the interview hides, one button opens all of them, and closes them again."""
    panel = open_panel()
    few = panel.shown()
    assert "functional_benefit" not in few and "risk_plan" not in few
    panel.press("Show all questions")
    assert sorted(panel.shown()) == sorted(engine().machine.ids)
    panel.answer("active_sud", "yes").answer("functional_benefit", "no")
    assert len(panel.shown()) == len(engine().machine.ids), "nothing folds while all are shown"
    panel.press("Show all questions")
    assert len(panel.shown()) < len(few)


def test_rows_appear_when_the_path_asks_them(open_panel):
    """On treatment, its card comes and the trials go; a behaviour calls for the plan."""
    panel = open_panel().answer("ketamine_status", "on")
    assert "treatment" in panel.cards() and "tried" not in panel.cards()
    assert "risk_plan" not in panel.shown()
    panel.answer("early_refill", "yes")
    assert "risk_plan" in panel.shown()


def test_a_usable_statement_stands_after_every_card(open_panel):
    """What is owed is told by card, in words; nothing entered rules it out, until something does."""
    panel = open_panel()
    said = panel.status.locator(".dp-owed").inner_text
    assert said().startswith("Nothing is entered yet. Still to ask: Danger now (suicide risk now, intoxicated")
    panel.bulk("danger")
    stops = len(next(c["items"] for c in engine().machine.model["cards"] if c["id"] == "stops"))
    assert said().startswith(
        f"Nothing entered rules it out. Still to ask: Who, and what pain (3); Hard stops ({stops})"
    )
    panel.answer("pregnant", "yes")
    assert not said().startswith("Nothing entered rules it out")


# ---- the ladder and the answer


def test_the_ladder_shows_here_still_possible_and_ruled_out_by_what(open_panel):
    """All levels of the path, most cautious first, as text: the picture adds nothing that the words do not say."""
    panel = open_panel().answer("ketamine_status", "not_on").answer("active_sud", "yes")
    rungs = [x.strip() for x in panel.el.locator(".dp-ladder-box li").all_inner_texts()]
    assert [re.sub(r"\s+", " ", x) for x in rungs] == [
        "○ Outside this model still possible",
        "● Avoid ketamine here",
        "✕ Not yet ruled out: active substance use disorder",
        "✕ Alternatives first ruled out: active substance use disorder",
        "✕ May be considered by specialists ruled out: active substance use disorder",
    ]
    assert panel.el.locator(".dp-ladder-box .dp-out s").count() == 3
    assert panel.el.locator('.dp-ladder-box [aria-current="true"]').inner_text().startswith("●")


def test_alternatives_stand_first_with_fit_and_this_person_s_hazard(open_panel):
    """Right under the headline: each option once, whether it fits this pain, and what to beware of in this person."""
    panel = open_panel().answer("pain_type", "neuropathic").answer("overdose_risk", "yes")
    first = panel.el.locator(".dp-details > :first-child")
    assert first.get_attribute("data-key") == "alternatives"
    lines = first.locator("li summary").all_inner_texts()
    d = decide(pain_type="neuropathic", overdose_risk="yes")
    assert len(lines) == len(d.alternatives)
    tricyclic = next(x for x in lines if x.startswith("Tricyclic"))
    assert "✓ fits" in tricyclic.replace("\n", " ") and "Care: overdose risk" in tricyclic
    first.locator("li", has_text="Tricyclic").locator("summary").click()
    assert re.search(r"NICE 2013 \((read in part|second-hand)\)", first.inner_text())


def test_no_code_is_shown_but_to_maintainers(open_panel):
    """Level names and plain words for everyone; ids of levels and rules only in the folded list at the end."""
    panel = open_panel()
    people = [v["case"] for v in page_data()["vignettes"]]
    for case, seen in zip(people, read(panel, people), strict=True):
        assert not re.search(r"\bR-[A-Z]|[A-Z]{4,}_[A-Z]|\b(AVOID|DEFER)\b", seen["words"]), (case, seen["words"])
    assert panel.el.locator(".dp-details > :last-child summary").inner_text().startswith("For maintainers")


def test_every_link_of_an_answer_leads_to_a_place_that_exists(open_panel):
    """A claim leads to its sentence in the chapter and a source, by name and year, to its entry in the references."""
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


CHANGE = '.dp-details [data-key="change"]'


def change(panel):
    """The text of what would change it, once it is there."""
    panel.page.wait_for_function("s => !/Working it out/.test(document.querySelector(s).textContent)", arg=CHANGE)
    return panel.el.locator(CHANGE).text_content()


def test_what_would_change_it_keeps_to_its_rules(open_panel):
    """None while urgent; towards less caution only; a hard stop is settled first; never more than six facts."""
    panel = open_panel("/chapters/panel.html" + fragment({"acute_suicide_risk": "yes"})).settled()
    assert "emergency first" in change(panel) and not panel.el.locator(CHANGE + " li").count()
    good = next(v["case"] for v in page_data()["vignettes"] if v["id"] == "V01")
    panel.page.evaluate("x => location.hash = x", fragment({**good, "bp_rise_hazard": "yes"}))
    panel.page.wait_for_function("() => document.querySelector('.dp-headline').textContent.includes('blood pressure')")
    panel.settled()
    assert "once this has been settled, ask again: hazard from a rise in blood pressure" in change(panel)
    panel.page.evaluate("x => location.hash = x", fragment({"age_group": "adult"}))
    panel.page.wait_for_function("() => document.querySelector('.dp-headline').textContent.includes('suicide risk')")
    panel.settled()
    assert re.search(r"\d+ questions are open, and all would have to be answered reassuringly", change(panel))
    for line in panel.el.locator(CHANGE + " li").all_text_contents():
        assert line.count(";") <= 6 and "Avoid" not in line and "Outside" not in line


def test_the_article_reading_stands_beside_on_demand(open_panel):
    """The article's own answer appears when asked for, ladder included, marked as for learning, and goes again."""
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
    panel.el.locator(".dp-article").wait_for()
    words = panel.el.locator(".dp-article").inner_text()
    assert "The article lets this case through" in words and "for learning only" in words
    assert panel.el.locator(".dp-article .dp-ladder .dp-here").count() == 1
    assert panel.level == decide(case).level == "AVOID"
    beside.uncheck()
    panel.el.locator(".dp-article").wait_for(state="hidden")


# ---- the case goes along


def test_reset_forgets_everything(open_panel):
    """After a reset the page says what it said at first, marks nothing, and its address holds no case."""
    panel = open_panel(PANEL + fragment({"pregnant": "yes", "active_sud": "no"})).settled()
    assert panel.level == "AVOID"
    panel.press("Reset").settled()
    assert panel.level == decide().level
    assert panel.el.locator("input[type=radio]:checked").count() == 0
    assert "pregnant" not in panel.page.url


def said(panel, word):
    """Wait until the panel says that something was done."""
    panel.page.wait_for_function("x => document.querySelector('.dp-said').textContent.includes(x)", arg=word)


def test_the_case_can_be_shared_as_a_link_that_opens_it(open_panel):
    """“Make a link” puts the answers after the # only, and whoever opens it sees the same case."""
    panel = open_panel(permissions=["clipboard-read", "clipboard-write"])
    panel.answer("pregnant", "no").answer("active_sud", "yes").answer("urinary_symptoms", "unknown")
    panel.press("Make a link")
    said(panel, "link")
    link = panel.page.evaluate("navigator.clipboard.readText()")
    before, after = link.split("#")
    assert "=" not in before and "pregnant=no" in after and "active_sud=yes" in after
    other = open_panel(link[link.index("/chapters") :]).settled()
    assert other.level == panel.level == "AVOID"
    assert other.el.locator('input[name="active_sud"][value="yes"]').is_checked()


def test_the_answer_can_be_copied_as_text_without_codes(open_panel):
    """What was entered, the package's own text, and codes only at the end, for maintainers."""
    panel = open_panel(permissions=["clipboard-read", "clipboard-write"])
    panel.answer("pregnant", "yes").press("Copy as text")
    said(panel, "copied")
    text = panel.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Entered:\n- pregnancy: yes\n")
    assert text.endswith(str(decide(pregnant="yes")))
    words, codes = text.split("For maintainers:")
    assert "AVOID" not in words and "R-" not in words and "Education only" in words
    assert "AVOID" in codes and "R-HARD" in codes


def test_the_case_can_be_taken_to_a_notebook(open_panel):
    """Two lines that open the same panel on a kernel."""
    panel = open_panel(permissions=["clipboard-read", "clipboard-write"])
    panel.answer("pregnant", "yes").answer("age_group", "older_adult").press("Copy for a notebook")
    said(panel, "copied")
    text = panel.page.evaluate("navigator.clipboard.readText()")
    scope = {}
    exec(text.replace("DecisionPanel(case", "made = DecisionPanel(case"), scope)
    assert scope["made"].case == {"pregnant": "yes", "age_group": "older_adult"}


def test_text_that_cannot_reach_the_clipboard_is_shown(open_panel):
    """Where the browser refuses the clipboard, the text stands in a labelled field to copy by hand."""
    panel = open_panel(before=lambda p: p.add_init_script("navigator.clipboard.writeText = () => Promise.reject()"))
    panel.press("Copy as text")
    assert "Education only" in panel.el.get_by_label("Copy this text").input_value()


@pytest.mark.parametrize("path", ["/index.html", "/chapters/risk.html"])
def test_the_link_to_the_full_panel_takes_the_case_along(open_panel, path):
    """From the landing page and from a chapter: what was entered arrives, by the panel's link and by the page's own."""
    panel = open_panel(path)
    first = panel.el.get_attribute("data-only").split()[0]
    panel.answer(first, "yes")
    others = panel.page.evaluate(
        "[...document.links].filter(a => a.pathname.endsWith('chapters/panel.html')).map(a => a.hash)"
    )
    assert others and all(f"{first}=yes" in x for x in others), others
    panel.el.get_by_role("link", name="The full panel").click()
    panel.page.wait_for_url("**/chapters/panel.html#*")
    panel.page.locator(".decision-panel.dp-live").wait_for()
    assert panel.page.locator(f'input[name="{first}"][value="yes"]').is_checked()


def test_the_front_page_shows_the_first_card_and_the_level(open_panel):
    """Its questions and what they give; all else has a page of its own, and that is a link away."""
    panel = open_panel("/index.html")
    assert panel.shown() == engine().machine.model["cards"][0]["items"]
    panel.answer("acute_suicide_risk", "yes")
    assert panel.level == decide(acute_suicide_risk="yes").level and panel.urgent == "true"
    assert not panel.el.locator(".dp-answers").is_visible()


def test_a_panel_in_a_chapter_shows_its_own_questions(open_panel):
    """Once opened, a chapter's panel shows the questions it names, in place and in order, and decides them."""
    panel = open_panel("/chapters/risk.html")
    asked = panel.el.get_attribute("data-only").split()
    before = panel.shown()
    assert asked and sorted(before) == sorted(asked)
    panel.answer(asked[0], "yes" if "yes" in engine().machine.values[asked[0]] else asked[0])
    assert panel.shown() == before
    panel.press("Show all questions")
    assert sorted(panel.shown()) == sorted(engine().machine.ids)


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

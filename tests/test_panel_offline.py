"""The panel stays private, loads nothing too early, and says what is wrong when something is missing."""

import json
import re
from pathlib import Path

import pytest
from browser import LIVE, PANEL, SITE, Held, Panel, known, patients

from book.panel import engine
from decision import decide
from tools.assets import ENGINE, FRONT, digest, parts
from tools.assets import LIVE as FOLDER
from tools.browser import serving

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]
CSP = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"


def engine_files(log):
    """The engine's files in a request log."""
    return [url for url in log if url.split("?")[0].endswith(ENGINE)]


def test_nothing_of_the_engine_is_loaded_before_intent(open_panel):
    """A reader who only reads loads no engine; the pointer over the panel, or focus in it, loads it."""
    panel = open_panel()
    panel.page.wait_for_load_state("networkidle")
    panel.page.mouse.wheel(0, 400)
    panel.page.wait_for_timeout(300)
    assert not engine_files(panel.page.log)
    with panel.page.expect_response("**/micropython.wasm"):
        panel.el.locator("input").first.focus()
    other = open_panel()
    with other.page.expect_response("**/micropython.wasm"):
        other.el.hover()


def test_every_file_of_the_engine_is_fetched_once(open_panel):
    """Fetching the largest file early does not fetch it twice."""
    panel = open_panel().answer("pregnant", "yes")
    assert sorted(u.rsplit("/", 1)[1] for u in engine_files(panel.page.log)) == sorted(ENGINE)


def test_answering_sends_nothing_anywhere(open_panel, site):
    """From the browser's request log: none off the site's origin ever, and none at all once the engine is there."""
    panel = open_panel(permissions=["clipboard-write"]).press("Show all questions").answer("pregnant", "no")
    assert all(url.startswith(site) for url in panel.page.log), panel.page.log
    before = len(panel.page.log)
    for case in patients(2, seed=8):
        for i, v in list(known(case).items())[:12]:
            panel.answer(i, v)
    for button in ("Copy as text", "Make a link", "Reset"):
        panel.press(button)
    panel.el.get_by_label("Show the article’s reading beside").check()
    panel.el.locator("[data-do=vignette]").select_option("V08")
    panel.page.wait_for_timeout(400)
    panel.settled()
    assert panel.page.log[before:] == []


@pytest.mark.parametrize("path", ["/index.html", "/chapters/panel.html", "/two.html"])
def test_no_page_with_a_panel_asks_another_origin(open_panel, site, path):
    """Opening a page and answering asks the site and nobody else."""
    panel = open_panel(path).answer("acute_suicide_risk", "no")
    panel.page.wait_for_load_state("networkidle")
    assert [url for url in panel.page.log if not url.startswith((site, "data:"))] == []


def test_without_scripts_questions_decision_and_rules_can_be_read(open_panel):
    """With JavaScript off the page shows every question, the decision for its case and the way to the tables."""
    panel = open_panel(java_script_enabled=False)
    text = panel.el.inner_text()
    for q in engine().machine.inputs.values():
        assert q["question"] in text and q["why"] in text, q["id"]
    assert panel.level == decide().level and decide().headline in panel.status.inner_text()
    assert panel.el.locator(".dp-noscript").is_visible() and not panel.el.get_by_role("button").count()
    assert "Whether the person is on ketamine is not known" in panel.el.locator(".dp-details").inner_text()
    panel.el.locator(".dp-noscript a").click()
    assert "R-HARD" in panel.page.locator("main").inner_text()


@pytest.mark.parametrize("scripts", ["blocked", "off"])
def test_the_readable_form_is_the_default_in_a_browser_that_knows_no_new_css(chrome, site, scripts):
    """Without @media (scripting), :has and container queries: every question in full, and a notice, from the start."""
    context = chrome.new_context(java_script_enabled=scripts == "blocked")
    page = context.new_page()

    def old(route):
        css = route.fetch().text().replace("@media (scripting", "@media (no-such-thing").replace(":has(", ":no-such(")
        route.fulfill(body=css.replace("@container (", "@no-such ("), content_type="text/css")

    page.route("**/site.*.css", old)
    page.route("**/live/**/*.js", lambda r: r.abort())
    page.goto(site + PANEL)
    panel = Panel(page)
    notice = panel.el.locator(".dp-noscript")
    assert notice.is_visible() and "not running" in notice.inner_text()
    assert sorted(panel.shown()) == sorted(engine().machine.ids) if scripts == "blocked" else True
    text = panel.el.inner_text()
    assert all(q["question"] in text for q in engine().machine.inputs.values())
    context.close()


def test_a_chapter_without_scripts_shows_the_decision_for_its_own_case(open_panel):
    """The chapter's panel is prerendered with the chapter's person decided."""
    panel = open_panel("/chapters/conclusion.html", java_script_enabled=False)
    asked = panel.el.locator("input:checked:not([value=unknown])")
    case = {x.get_attribute("name"): x.get_attribute("value") for x in asked.all()}
    assert case and panel.level == decide(case).level


def test_without_webassembly_a_message_says_so_and_the_page_stays(open_panel):
    """A browser without WebAssembly is told, no level is claimed, and everything else can still be read."""
    panel = open_panel(before=lambda p: p.add_init_script("delete globalThis.WebAssembly"))
    panel.press("Show all questions")
    assert len(panel.shown()) == len(engine().machine.ids)
    panel.answer("acute_suicide_risk", "yes")
    panel.message.wait_for()
    words = panel.message.inner_text()
    assert "WebAssembly" in words and "emergency" in words and panel.level == ""
    assert panel.page.get_by_role("heading", level=1).first.is_visible()
    panel.message.get_by_role("link", name="the tables").click()
    assert "R-HARD" in panel.page.locator("main").inner_text()


def test_an_answer_given_before_the_script_came_is_decided(chrome, site):
    """On a slow line a reader can mark an answer first: it counts as soon as the panel is awake."""
    context = chrome.new_context()
    page = context.new_page()
    held = Held(page, "**/panel.js*")
    page.goto(site + PANEL, wait_until="commit")
    page.locator('.decision-panel input[name="acute_suicide_risk"][value="yes"]').check()
    held.release()
    panel = Panel(page)
    page.locator(".decision-panel.dp-live").wait_for()
    page.wait_for_function("() => document.querySelector('[role=status]').dataset.urgent === 'true'")
    assert panel.level == decide(acute_suicide_risk="yes").level == "AVOID"
    context.close()


def test_a_front_end_that_never_comes_is_said(chrome, site):
    """The form alone looks alive: after two seconds it says that nothing marked is decided; awake, it never does."""
    context = chrome.new_context()
    page = context.new_page()
    page.route("**/panel.js*", lambda r: r.abort())
    page.goto(site + PANEL)
    told = page.locator(".decision-panel > .dp-noscript")
    page.wait_for_function("() => document.querySelector('.decision-panel > .dp-noscript').offsetHeight > 20")
    assert "Nothing that you mark is decided" in told.inner_text()
    page.unroute_all()
    page.reload()
    page.locator(".decision-panel.dp-live").wait_for()
    assert not told.is_visible()
    context.close()


def test_the_same_answer_tries_again_after_a_failure(open_panel):
    """“Answer again” is true for the same answer too, by mouse and by keyboard."""
    panel = open_panel(before=lambda p: p.route("**/engine.json", lambda r: r.abort()))
    mark = panel.el.locator('input[name="acute_suicide_risk"][value="yes"]')
    mark.check()
    panel.message.wait_for()
    mark.click()
    panel.settled()
    panel.message.wait_for()
    panel.page.unroute_all()
    mark.focus()
    panel.page.keyboard.press("Space")
    panel.page.wait_for_function("() => document.querySelector('[role=status]').dataset.urgent === 'true'")
    assert panel.level == "AVOID" and not panel.message.is_visible()


def test_reset_wins_over_a_fictional_case_that_comes_late(open_panel):
    """While the engine is on its way a case is chosen and taken back: it does not come after all."""
    panel = open_panel()
    held = Held(panel.page, "**/engine.json")
    panel.el.locator("[data-do=vignette]").select_option("V03")
    panel.press("Reset")
    panel.page.wait_for_timeout(200)
    held.release()
    panel.settled()
    panel.page.wait_for_timeout(300)
    assert panel.level == decide().level and "V03" not in panel.el.locator(".dp-said").inner_text()


@pytest.mark.parametrize("name", ENGINE)
def test_a_missing_engine_file_gives_a_message_and_a_second_chance(open_panel, name):
    """Any one file missing: a clear message, no level, the page intact; once it is back the next answer decides."""
    panel = open_panel(before=lambda p: p.route(f"**/{name}*", lambda r: r.fulfill(status=404, body="not here")))
    panel.press("Show all questions").answer("pregnant", "yes")
    panel.message.wait_for()
    assert "engine could not be loaded" in panel.message.inner_text()
    assert panel.level == "" and panel.status.inner_text() == "No decision."
    assert panel.page.get_by_role("heading", level=1).first.is_visible() and len(panel.shown()) > 30
    panel.page.unroute_all()
    panel.answer("active_sud", "yes")
    panel.page.wait_for_function("() => document.querySelector('[role=status]').dataset.level === 'AVOID'")
    assert not panel.message.is_visible()


def test_a_slow_network_is_announced_and_the_last_answer_counts(open_panel):
    """While the engine is on its way the reader is told; when it comes, the newest answers are decided, once."""
    panel = open_panel()
    held = Held(panel.page, "**/engine.json")
    panel.press("Show all questions")
    panel.el.locator('input[name="pregnant"][value="yes"]').check()
    panel.el.locator('input[name="pregnant"][value="no"]').check()
    panel.el.locator('input[name="setting"][value="cancer_or_palliative"]').check()
    panel.message.wait_for()
    assert "Loading the decision engine" in panel.message.inner_text()
    assert panel.status.get_attribute("aria-busy") == "true" and panel.level == decide().level
    held.release()
    panel.settled()
    assert panel.level == decide(pregnant="no", setting="cancer_or_palliative").level == "OUT_OF_SCOPE"
    assert not panel.message.is_visible()


def test_a_strict_content_security_policy_does_not_break_the_panel(open_panel):
    """Served with default-src 'self' and no inline scripts, the panel decides and breaks no rule of the policy."""
    watch = (
        "window.broken = []; addEventListener('securitypolicyviolation',"
        "e => broken.push(e.sourceFile + ' ' + e.effectiveDirective + ' ' + e.blockedURI))"
    )
    with serving(SITE, headers={"Content-Security-Policy": CSP}) as strict:
        panel = open_panel(address=strict, before=lambda p: p.add_init_script(watch))
        panel.press("Show all questions")
        for case in patients(1, seed=5):
            for i, v in list(known(case).items())[:10]:
                panel.answer(i, v)
            assert panel.level == decide(dict(list(known(case).items())[:10])).level
        panel.page.evaluate("window.print = () => {}")
        panel.press("Print one page").press("Copy as text")
        panel.page.locator(".dp-sheet").wait_for(state="attached")
        # the signs that the frame's style draws are blamed on whatever script made the page be laid out
        told = [x for x in panel.page.evaluate("broken") if not x.endswith(" img-src data")]
        assert [x for x in told if "/live/" in x] == []


# ---- every file the panel loads is addressed by its content, under a name whose type every server knows


@pytest.mark.parametrize(
    "types", [{".wasm": "application/octet-stream"}, {".wasm": "text/plain", ".json": "text/plain"}]
)
def test_a_host_that_knows_few_types_serves_a_panel_that_decides(open_panel, types):
    """Stock servers know .js, .css and .json; where .wasm is not known the engine starts all the same."""
    with serving(SITE, types={**types, ".mjs": "application/octet-stream"}) as poor:
        panel = open_panel(address=poor).answer("pregnant", "yes")
        assert panel.level == "AVOID"


def test_the_panel_s_files_have_names_that_every_server_types_rightly():
    """No .mjs, no ending that a stock nginx of some years ago did not know."""
    names = [p.name for p in (SITE / LIVE).iterdir()]
    assert sorted(names) == sorted((*FRONT, *ENGINE))
    assert {Path(n).suffix for n in names} == {".js", ".css", ".json", ".wasm"}


def test_everything_the_panel_loads_lies_in_a_folder_named_by_its_content(open_panel):
    """The digest of the files is their folder's name; the page loads from it alone, and nothing older is left."""
    files = {p.name: p.read_bytes() for p in (SITE / LIVE).iterdir()}
    assert (SITE / LIVE).name == digest(files) == digest(parts())
    folders = [p.name for p in (SITE / "_static/live").iterdir() if p.is_dir()]
    assert folders == [(SITE / LIVE).name] == [p.name for p in FOLDER.iterdir() if p.is_dir()]
    panel = open_panel().answer("pregnant", "yes")
    loaded = [u.split("?")[0] for u in panel.page.log if "/live/" in u]
    assert len(loaded) >= 6 and all(f"/{LIVE}/" in u for u in loaded), loaded
    html = (SITE / "chapters/panel.html").read_text(encoding="utf-8")
    assert set(re.findall(r"_static/live/[^/\"]+", html)) == {LIVE}


def test_one_changed_word_in_a_table_changes_every_address():
    """A cache can never pair today's page with yesterday's rules."""
    files = parts()
    data = json.loads(files["engine.json"])
    data["data"]["model"]["levels"][0]["name"] += "."
    assert digest({**files, "engine.json": json.dumps(data).encode()}) != digest(files)

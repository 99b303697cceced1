"""The notebook's half of the front end, in a browser: it asks the kernel, and follows what the notebook sets.

The widget manager is stood in for by a few lines; the kernel is this Python.
"""

import contextlib

import pytest
from browser import LIVE, Panel, fragment

import book.panel
from book.panel import DecisionPanel
from decision import decide

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]

# What anywidget hands to ``render``: a model with get, on and send. ``kernel`` is the Python below.
VIEW = """async ([state, address]) => {
  const heard = {}, tell = (name, x) => (heard[name] ?? []).forEach((f) => f(x));
  const model = {
    get: (name) => state[name],
    on: (name, f) => (heard[name] ??= []).push(f),
    send: async (message) => { // the kernel's own writes come first, then its message
      await window.late;
      const [written, reply] = await kernel(message);
      if (JSON.stringify(written) !== JSON.stringify(state.case)) { state.case = written; tell("change:case"); }
      tell("msg:custom", reply);
    },
  };
  window.set = (c) => { state.case = c; tell("change:case"); };
  document.body.innerHTML = '<div id="output"></div>';
  (await import(address)).default.render({ model, el: document.querySelector("#output") });
}"""


@pytest.fixture
def notebook(chrome, site):
    """A function that shows a ``DecisionPanel`` as a notebook does and gives it with its view."""
    contexts = []

    def showing(made, path="/two.html"):
        def kernel(message):
            sent = []
            made.send = lambda content, buffers=None: sent.append(content)
            with contextlib.suppress(ZeroDivisionError):
                made._handle_custom_msg(message, [])
            return [made.case, sent[-1]]

        contexts.append(chrome.new_context(viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        page.set_default_timeout(15000)
        page.log, page.faults = [], []
        page.on("request", lambda r: page.log.append(r.url))
        page.on("pageerror", lambda e: page.faults.append(str(e)))
        page.goto(site + path)
        page.expose_function("kernel", kernel)
        page.evaluate(VIEW, [{"html": made.html, "case": made.case}, f"{site}/{LIVE}/panel.js"])
        return Panel(page)

    yield showing
    for context in contexts:
        for page in context.pages:
            assert page.faults == []
        context.close()


def test_an_answer_goes_to_the_kernel_and_its_decision_is_shown(notebook):
    """A click sets the widget's case; the level shown is the package's; the page's own engine is not fetched."""
    made = DecisionPanel(only=["pregnant"])
    panel = notebook(made)
    assert (panel.level, made.case) == (decide().level, {})
    panel.answer("pregnant", "yes")
    assert made.case == {"pregnant": "yes"}
    assert panel.level == decide(pregnant="yes").level == "AVOID"
    panel.el.locator('[data-key="change"] > ul').wait_for(state="attached")
    panel.press("Reset").settled()
    assert (panel.level, made.case) == (decide().level, {})
    assert not [url for url in panel.page.log if "micropython" in url or "engine.json" in url]


def test_keys_in_the_panel_are_not_the_notebook_s_shortcuts(notebook):
    """JupyterLab takes no shortcut from what carries this mark: an i would interrupt, an arrow leave the cell."""
    panel = notebook(DecisionPanel({"pregnant": "yes"}))
    for part in (
        'input[name="acute_suicide_risk"]',
        "summary",
        ".dp-details summary",
        "select",
        'button[data-do="all"]',
    ):
        found = panel.el.locator(part).first
        found.focus()
        assert found.get_attribute("data-lm-suppress-shortcuts") == "", part


def test_what_the_notebook_sets_is_shown(notebook):
    """Writing to ``.case`` in a cell marks the answers and decides again; nobody is decided twice alike."""
    panel = notebook(DecisionPanel({"pregnant": "no"}))
    panel.page.evaluate("set({active_sud: 'yes', pregnant: 'no'})")
    panel.settled()
    assert panel.level == decide(active_sud="yes", pregnant="no").level
    assert panel.el.locator('input[name="active_sud"][value="yes"]').is_checked()
    assert panel.el.locator('input[name="pregnant"][value="no"]').is_checked()


def test_a_notebook_reads_and_offers_no_address(notebook):
    """A notebook's address is not the panel's: nothing is read from it, and no link is made that nobody can open."""
    made = DecisionPanel(only=["active_sud"])
    panel = notebook(made, "/two.html" + fragment({"pregnant": "yes"}))
    panel.page.evaluate("location.hash = '#pregnant=no'")
    panel.answer("active_sud", "no")
    assert made.case == {"active_sud": "no"}
    assert panel.el.get_by_role("button", name="Reset").count() == 1
    assert panel.el.get_by_role("button", name="Make a link").count() == 0


def test_a_fictional_case_and_the_article_s_reading_come_from_the_kernel(notebook):
    """Loading a vignette sets the widget's case; the article's reading is drawn beside when asked for."""
    made = DecisionPanel()
    panel = notebook(made)
    panel.el.locator("[data-do=vignette]").select_option("V03")
    panel.el.locator('.dp-said:has-text("V03")').wait_for()
    panel.settled()
    assert panel.level == made.decision.level == "AVOID"
    panel.el.get_by_role("checkbox", name="Show the article’s reading beside").check()
    panel.settled()
    assert decide(made.case, reading="article").level_name in panel.el.locator(".dp-article").inner_text()
    panel.page.evaluate("set({pregnant: 'no'})")  # once what is on its way has come
    panel.page.wait_for_function("document.querySelector('.dp-said').textContent === ''")
    assert panel.el.locator("[data-do=vignette]").input_value() == ""


def test_two_answers_before_the_kernel_replies_both_stand(notebook):
    """A slow kernel's echo of the first answer is not taken for a change made in the notebook."""
    made = DecisionPanel(only=["pregnant", "active_sud"])
    panel = notebook(made)
    seen = []
    made.observe(lambda change: seen.append(change["new"]), "case")
    panel.page.evaluate("void (window.late = new Promise((go) => (window.go = go)))")
    for name in ("pregnant", "active_sud"):
        panel.el.locator(f'input[name="{name}"][value="no"]').check()
    panel.page.evaluate("go()")
    panel.settled()
    panel.el.locator('[data-key="change"] > ul').wait_for(state="attached")
    assert seen == [{"pregnant": "no"}, {"pregnant": "no", "active_sud": "no"}] and made.case == seen[-1]
    assert panel.el.locator('input[name="active_sud"][value="no"]').is_checked()


def test_an_error_in_the_kernel_is_said(notebook, monkeypatch):
    """Not a panel that waits for ever above an answer from before."""
    panel = notebook(DecisionPanel(only=["pregnant"]))
    monkeypatch.setattr(book.panel, "engine", lambda: 1 / 0)
    panel.el.locator('input[name="pregnant"][value="yes"]').check()
    panel.message.get_by_text("division by zero").wait_for()
    assert panel.level == "" and panel.status.get_attribute("aria-busy") is None

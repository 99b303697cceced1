"""The panel in one file opens from a memory stick, asks nobody for anything, and decides like the package."""

import gzip

import pytest
from browser import SITE, Panel, axe, fragment, known, patients

from decision import decide, rows

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.site]
FILE = SITE / "ketamine-panel.html"


@pytest.fixture
def opened(chrome, tmp_path):
    """The file alone in a folder, opened without a server and without a network."""
    alone = tmp_path / "ketamine-panel.html"
    alone.write_bytes(FILE.read_bytes())
    contexts = []

    def opening(hash_="", **options):
        contexts.append(chrome.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.asked, page.faults = [], []
        page.on("request", lambda r: page.asked.append(r.url))
        page.on("pageerror", lambda e: page.faults.append(str(e)))
        page.goto(alone.as_uri() + hash_)
        page.locator(".decision-panel.dp-live").wait_for()
        return Panel(page)

    yield opening
    for context in contexts:
        for page in context.pages:
            assert page.faults == []
            assert [u for u in page.asked if "ketamine-panel.html" not in u] == [], "it asks nobody"
            assert len(page.asked) == 1
        context.close()


def test_it_is_small():
    """At most 450 kB on the wire or in an e-mail."""
    assert len(gzip.compress(FILE.read_bytes(), 9)) <= 450_000


def test_it_decides_like_the_package(opened):
    """Some people entered by address and by hand get the package's level and headline."""
    panel = opened()
    panel.answer("pregnant", "yes")
    assert (panel.level, panel.headline) == ("AVOID", decide(pregnant="yes").headline)
    for case in [known(c) for c in patients(12, seed=5) if known(c)]:
        panel.page.evaluate("x => location.hash = x", fragment(case) + "&")
        panel.page.wait_for_function(
            "x => document.querySelector('.dp-headline').textContent === x", arg=decide(case).headline
        )
        assert panel.level == decide(case).level


def test_it_holds_the_tables_and_the_people_on_paper(opened):
    """Every row of every table can be read in it, and every fictional case loaded."""
    panel = opened()
    text = panel.page.locator("main").evaluate("e => e.textContent")
    for table in ("start", "on", "cautions", "alternatives", "safeguards"):
        for row in rows(table):
            assert row["row"] in text and row["because"] in text
    panel.el.locator("[data-do=vignette]").select_option("V03")
    panel.page.wait_for_function("() => document.querySelector('[role=status]').dataset.level === 'AVOID'")


def test_it_is_accessible_in_both_themes_and_links_to_nothing_that_is_not_there(opened):
    """Axe finds nothing on the page; no link leads into a site that is not beside it."""
    for scheme in ("light", "dark"):
        panel = opened(color_scheme=scheme).answer("acute_suicide_risk", "yes")
        assert axe(panel.page, "body") == []
        assert panel.page.locator("a[href]:not([href^='#'])").count() == 0


def test_the_panel_s_page_offers_it():
    """The download stands on the page of the full panel."""
    assert 'href="../ketamine-panel.html" download' in (SITE / "chapters/panel.html").read_text(encoding="utf-8")

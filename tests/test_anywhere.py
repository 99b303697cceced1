"""The built site works wherever it is put: below a path, on a careless host, in a closed frame, from a folder."""

import json
import os
import re
import shutil

import pytest
from browser import LIVE, PANEL, SITE

from decision import audit
from tools.assets import digest
from tools.browser import serving

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]


@pytest.fixture
def page(chrome):
    """A page in a context of its own that remembers what went wrong."""
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.wrong = []
    page.on("pageerror", lambda e: page.wrong.append(str(e)))
    page.on("response", lambda r: page.wrong.append(r.url) if r.status >= 400 else None)
    yield page
    context.close()


AUDIT, STUDIO = "/chapters/audit.html", "/chapters/studio.html"
# What a host lets browsers keep: everything for a day, or everything but pages.
DAY, NEVER = {"": 86400}, {"": 86400, ".html": 0}
NEW = "(second edition)"


@pytest.fixture
def releases(tmp_path):
    """A folder that a host serves, with release one; and what puts release two there: one table changed its words."""
    two, here = tmp_path / "two", tmp_path / "here"
    shutil.copytree(SITE, two, ignore=shutil.ignore_patterns("locales", "vendor", "scripts", "kit"))
    live = two / LIVE
    bundle = json.loads((live / "engine.json").read_text("utf-8"))
    for level in bundle["data"]["model"]["levels"]:
        level["name"] += NEW
    (live / "engine.json").write_text(json.dumps(bundle), "utf-8")
    name = digest({p.name: p.read_bytes() for p in live.iterdir()})
    assert name != live.name
    live.rename(live.parent / name)
    for path in two.rglob("*.html"):
        text = path.read_text("utf-8")
        path.write_text(text.replace(live.name, name).replace("<main ", '<main data-edition="2" '), "utf-8")
    here.symlink_to(SITE)

    def swap():
        (tmp_path / "next").symlink_to(two)
        os.replace(tmp_path / "next", here)

    return here, swap


def edition(page):
    """The edition of the page, and the one of the tables by which its panel decides."""
    page.locator(".decision-panel.dp-live").first.wait_for()
    page.locator(".decision-panel input:not(:checked):visible").first.click()
    page.wait_for_function("() => !document.querySelector('.decision-panel [aria-busy]')")
    said = page.locator(".decision-panel [role=status]").first
    assert said.get_attribute("data-level"), "something was decided"
    return page.locator("main").get_attribute("data-edition") or "1", "2" if NEW in said.inner_text() else "1"


def searched(page, address):
    """The first result of a search for lithium."""
    page.goto(f"{address}/search.html?q=lithium")
    page.wait_for_function("() => document.querySelector('#search-results').dataset.searched")
    return page.locator("#search-results a").first.get_attribute("href")


def decided(page, address):
    """Whether the panel of a page wakes and answers."""
    page.goto(address + PANEL)
    page.locator(".decision-panel.dp-live").first.wait_for()
    page.locator(".decision-panel input[name=pregnant][value=yes]").first.click()
    page.wait_for_function("() => !document.querySelector('.decision-panel [aria-busy]')")
    assert page.locator(".decision-panel [role=status]").first.get_attribute("data-level") == "AVOID"


def audited(page, address):
    """Whether the audit answers a tick."""
    page.goto(address + AUDIT)
    page.locator(".audit.au-live input").first.check()
    page.wait_for_function("() => !document.querySelector('.audit [aria-busy]')")
    ticked = page.locator(".audit input").first.get_attribute("value")
    assert audit([ticked]).story in page.locator(".au-result").inner_text()


def revealed(page, address):
    """Whether the studio tells a learner who commits what the tables make of it."""
    page.goto(address + STUDIO)
    page.locator(".studio.studio-live").wait_for()
    while (more := page.get_by_role("button", name="Go on: step")).count():
        more.click()
    for name in ("level", "sure"):
        page.locator(f".studio input[name={name}]").first.check()
    page.get_by_role("button", name="Commit and reveal").click()
    page.get_by_role("heading", name="Revealed").wait_for()


def all_answer(page, address):
    """Panel, audit, studio and search, with nothing missing."""
    for tried in (decided, audited, revealed):
        tried(page, address)
    assert searched(page, address).startswith("chapters/psychiatry.html#lithium")
    assert page.wrong == []


def test_below_any_path(page, tmp_path):
    """Styles, panel, audit, studio, search: nothing asks for the root of the host."""
    (tmp_path / "some" / "where").mkdir(parents=True)
    (tmp_path / "some" / "where" / "book").symlink_to(SITE)
    with serving(tmp_path) as host:
        all_answer(page, f"{host}/some/where/book")


def test_on_a_host_that_does_not_know_the_types(page):
    """Modules and WebAssembly under wrong names: everything still answers."""
    with serving(SITE, types={".mjs": "application/octet-stream", ".wasm": "text/plain"}) as address:
        all_answer(page, address)


STILL = [  # a page on which something cannot run, where it says so, and in which words
    (PANEL, ".panel-still", "The panel cannot run here"),
    (AUDIT, ".au-noscript", "The boxes need scripts"),
    (STUDIO, ".studio", "The studio needs its scripts"),
    ("/search.html?q=lithium", "#search-said", "The search cannot run here"),
]


@pytest.mark.parametrize("where, place, words", STILL)
def test_in_a_closed_frame(chrome, site, extra, where, place, words):
    """Without storage and without the right to the address of its host: a page reads, and says what does not run."""
    (extra / "frame.html").write_text(
        f'<!DOCTYPE html><title>LMS</title><iframe sandbox="allow-scripts" src="{site}{where}" '
        'width="1000" height="800"></iframe>',
        "utf-8",
    )
    page = chrome.new_page()
    told = []
    page.on("pageerror", lambda e: told.append(str(e)))
    page.goto(f"{site}/frame.html")
    inside = page.frame_locator("iframe")
    inside.locator(place).filter(has_text=words).first.wait_for()
    inside.locator(".theme-switch-button").click()
    assert inside.locator("html").get_attribute("data-mode") in ("light", "dark")
    assert inside.locator("h1").first.is_visible()
    assert told == []
    page.close()


@pytest.mark.parametrize("where, place, words", STILL)
def test_from_a_folder(chrome, where, place, words):
    """A page opened without a server is styled and read, and says what does not run."""
    page = chrome.new_page()
    page.goto(SITE.as_uri() + where)
    assert page.locator("main h1").first.is_visible()
    page.locator(place).filter(has_text=words).first.wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('.bd-sidebar-primary')).position") == "sticky"
    page.close()


@pytest.mark.parametrize("kept", [DAY, NEVER], ids=["pages too", "all but pages"])
def test_two_releases_behind_a_cache_of_a_day(page, releases, kept):
    """Page and tables are of one edition, whichever the browser kept; loaded again, both are the new one."""
    here, swap = releases
    with serving(here, kept=kept) as address:
        page.goto(address + PANEL)
        assert edition(page) == ("1", "1")
        page.goto(address + "/index.html")
        swap()
        page.goto(address + PANEL)
        assert edition(page) == (("1", "1") if kept is DAY else ("2", "2"))
        page.goto(address + "/chapters/conclusion.html")  # never seen before
        page.locator("details.try-it > summary").first.click()
        assert edition(page) == ("2", "2")
        page.goto(address + PANEL)
        page.reload()
        assert edition(page) == ("2", "2")
    assert page.wrong == []


@pytest.mark.parametrize("where, says", [(PANEL, ".decision-panel .dp-message"), (AUDIT, ".au-message")])
def test_a_page_that_was_kept_says_that_the_book_has_changed(page, releases, where, says):
    """Its engine was never loaded and is no longer there: nothing is decided, and the reader is told what to do."""
    here, swap = releases
    with serving(here, kept=DAY) as address:
        page.goto(address + where, wait_until="networkidle")
        page.goto(address + "/index.html")
        swap()
        page.goto(address + where)
        page.locator(":is(.dp-live, .au-live)").first.wait_for()
        page.locator(":is(.decision-panel, .audit) input:is([value=yes], [type=checkbox])").first.click()
        page.locator(says).filter(has_text="load the page again").first.wait_for()
        page.reload()
        assert page.locator("main").get_attribute("data-edition") == "2"
        page.locator(":is(.dp-live, .au-live)").first.wait_for()
        page.locator(":is(.decision-panel, .audit) input:is([value=yes], [type=checkbox])").first.click()
        page.wait_for_function("() => !document.querySelector(':is(.decision-panel, .audit) [aria-busy]')")
        assert not page.locator(says).first.is_visible()


@pytest.mark.site
def test_every_script_and_style_is_addressed_by_its_content():
    """A kept script never runs in a page of another release: its address would be another."""
    loose = {}
    for path in (p for p in SITE.rglob("*.html") if "_static" not in p.parts):
        found = re.findall(r'(?:src|href)="[^"]*_static/([^"]*)"', path.read_text("utf-8"))
        digests = re.compile(r"live/[0-9a-f]{16}/|site\.[0-9a-f]{16}\.css|[\w.-]+\?v=[0-9a-f]{8}$")
        loose |= {x: path.name for x in found if not digests.match(x)}
    assert loose == {}

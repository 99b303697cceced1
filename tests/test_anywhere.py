"""The built site works wherever it is put: below a path, on a careless host, in a closed frame, from a folder."""

import pytest
from browser import PANEL, SITE

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


def searched(page, address):
    """The first result of a search for lithium."""
    page.goto(f"{address}/search.html?q=lithium")
    page.wait_for_function("document.querySelector('#search-results').dataset.searched")
    return page.locator("#search-results a").first.get_attribute("href")


def decided(page, address):
    """Whether the panel of a page wakes and answers."""
    page.goto(address + PANEL)
    page.locator(".decision-panel.dp-live").first.wait_for()
    page.locator(".decision-panel input[value=yes]").first.click()
    page.wait_for_function("!document.querySelector('.decision-panel [aria-busy]')")
    return page.locator(".decision-panel [role=status]").first.get_attribute("data-level")


def test_below_any_path(page, tmp_path):
    """Styles, panel, search: nothing asks for the root of the host."""
    (tmp_path / "some" / "where").mkdir(parents=True)
    (tmp_path / "some" / "where" / "book").symlink_to(SITE)
    with serving(tmp_path) as host:
        address = f"{host}/some/where/book"
        assert searched(page, address).startswith("chapters/psychiatry.html#lithium")
        assert decided(page, address)
    assert page.wrong == []


def test_on_a_host_that_does_not_know_the_types(page):
    """Modules and WebAssembly under wrong names: panel and search still answer."""
    with serving(SITE, types={".mjs": "application/octet-stream", ".wasm": "text/plain"}) as address:
        assert decided(page, address)
        assert searched(page, address)


def test_in_a_closed_frame(chrome, site, extra):
    """Without storage and without the right to the address of its host, a page reads, changes colours and decides."""
    (extra / "frame.html").write_text(
        f'<!DOCTYPE html><title>LMS</title><iframe sandbox="allow-scripts" src="{site}/chapters/risk.html" '
        'width="1000" height="800"></iframe>',
        "utf-8",
    )
    page = chrome.new_page()
    told = []
    page.on("pageerror", lambda e: told.append(str(e)))
    page.goto(f"{site}/frame.html")
    inside = page.frame_locator("iframe")
    inside.locator(".panel-still a").first.wait_for()
    inside.locator(".theme-switch-button").click()
    assert inside.locator("html").get_attribute("data-mode") in ("light", "dark")
    assert inside.locator("h1").inner_text().startswith("Risk assessment")
    assert told == []
    page.close()


def test_from_a_folder(chrome):
    """A page opened without a server is styled and read; the search says why it cannot answer."""
    page = chrome.new_page()
    page.goto((SITE / "chapters/risk.html").as_uri())
    assert page.locator("main h1").is_visible()
    page.locator(".panel-still a").first.wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('.bd-sidebar-primary')).position") == "sticky"
    page.goto((SITE / "search.html").as_uri() + "?q=lithium")
    page.wait_for_timeout(500)
    assert "server" in page.locator("#search-form").evaluate("form => form.parentElement.innerText")
    page.close()

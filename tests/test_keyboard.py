"""Five things that readers come for can be done with a keyboard alone, and each is rightly named on the way.

Names and roles are those of the browser's accessibility tree; each place that is reached is seen, with a ring round it.
"""

import pytest
from browser import SEEN, Keyboard

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]
SIZES = [(1280, 900), (360, 740)]


@pytest.fixture(params=SIZES, ids=["wide", "phone"])
def reader(request, chrome, site):
    """A reader at the first page of the book, on a wide screen and on a phone; ``print`` only remembers."""
    width, height = request.param
    context = chrome.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    context.add_init_script("window.print = () => (window.printed = true)")
    page = context.new_page()
    page.set_default_timeout(15000)
    page.site, page.narrow = site, width < 500
    yield Keyboard(page)
    context.close()


def at(reader, path):
    """Open a page and pass over its frame with the skip link."""
    reader.page.goto(f"{reader.page.site}/{path}")
    reader.page.wait_for_function("() => document.documentElement.dataset.reader !== undefined")
    reader.to("link", "Skip to main content", most=1)
    return reader.press("Enter")


def test_a_claim_s_verdict_is_found(reader):
    """From the first page: the search, its first result, and the card with the verdict, open where it leads."""
    page = reader.page
    if page.narrow:  # the search stands in the list of contents
        at(reader, "index.html").to("button", "Contents", most=2)
        reader.press("Enter").to("searchbox", "Search this book", most=4)
    else:
        page.goto(f"{page.site}/index.html")
        reader.to("searchbox", "Search this book", most=4)
    reader.type("benzodiazepine for everyone").press("Enter")
    page.wait_for_function("() => document.querySelector('#search-results')?.dataset.searched")
    said = reader.node("document.querySelector('#search-said')")
    assert said["role"] == "status"
    reader.to("link", "Skip to main content", most=1)
    reader.press("Enter").to("button", "Search", most=8)
    found = reader.to("link", "", most=1)
    assert "contradicted" in page.locator("#search-results li").first.inner_text()
    reader.press("Enter")
    page.wait_for_url("**/claims.html#claim-*")
    card = page.locator(".claim-card[open]:has(:target), .claim-card[open]:target").first
    card.wait_for()
    assert found["name"] in card.inner_text() and "contradicted" in card.locator("summary").inner_text()


def test_a_claim_opens_where_it_is_read(reader):
    """In its chapter a claim's mark says the verdict itself, opens a named dialog, and closing comes back to it."""
    at(reader, "chapters/risk.html").to("button", "Claim “", most=60)
    mark = reader.node()
    assert "show what our check found" in mark["name"]
    assert any(f", {x}" in mark["name"] for x in ("supported", "true with", "contradicted", "not verifiable"))
    reader.press("Enter")
    opened = reader.node("document.querySelector('.claim-pop:popover-open')")
    assert opened["role"] == "dialog" and f"Claim “{opened['name']}”" in mark["name"]
    reader.to("link", "In the claim register", most=3)
    reader.press("Escape")
    assert reader.node()["name"] == mark["name"]


def test_a_case_is_decided(reader):
    """From the first page to the panel; arrows answer a row, Tab goes on, and a status tells the decision."""
    page = reader.page
    at(reader, "index.html").to("link", "Decide a case", most=30)
    reader.press("Enter")
    page.wait_for_url("**/panel.html")
    page.locator(".decision-panel.dp-live").wait_for()
    reader.to("link", "Skip to main content", most=1)
    reader.press("Enter").to("radio", "Yes", most=16)
    row = reader.node("document.activeElement.closest('fieldset, [role=radiogroup], [role=group]')")
    assert row["role"] in ("group", "radiogroup") and row["name"].startswith("Suicide risk now"), row
    reader.press("Space")
    page.wait_for_function("() => document.querySelector('.decision-panel [role=status]').dataset.urgent === 'true'")
    status = reader.node("document.querySelector('.decision-panel [role=status]')")
    assert (status["role"], status.get("live")) == ("status", "polite")
    assert reader.node()["checked"] in (True, "true")
    reader.press("ArrowRight")  # from yes to no
    page.wait_for_function("() => document.querySelector('.decision-panel [role=status]').dataset.urgent === 'false'")
    reader.to("button", "None of these", most=4)


ADDRESSED = """(() => {
  const name = document.activeElement.hash?.replace("#source-", "cite-");
  return Boolean(name && document.getElementById(name)?.querySelector("a[rel]"));
})()"""


def test_a_source_is_opened(reader):
    """A source named in the text opens as a named dialog beside it; the next Tabs reach the list and the source."""
    at(reader, "chapters/people.html")
    for _ in range(40):
        reader.press("Tab")
        if reader.page.evaluate(ADDRESSED):
            break
    link = reader.node()
    assert link["role"] == "link" and reader.page.evaluate(SEEN) == "", link
    reader.press("Enter")
    card = reader.node("document.querySelector('.cite-pop:popover-open')")
    assert card["role"] == "dialog" and card["name"][-4:] == link["name"][-4:], (card["name"], link["name"])  # the year
    reader.to("link", "In the list of sources", most=1)
    reader.to("link", "The source itself", most=1)
    reader.press("Shift+Tab", "Enter")
    reader.page.wait_for_url("**/references.html#source-*")


def test_the_colours_are_changed(reader):
    """The button says what the colours are; each press goes on, and the page follows."""
    at(reader, "chapters/risk.html")
    reader.to("button", "Colours", most=3)
    for name, theme in (("light", "light"), ("dark", "dark"), ("as the system", None)):
        reader.press("Enter")
        told = reader.node()
        assert told["role"] == "button" and told["name"].endswith(name), told
        assert theme in (None, reader.page.evaluate("document.documentElement.dataset.theme"))


def test_a_page_is_printed(reader):
    """The button for paper stands at the head of each page and does what its name says."""
    at(reader, "chapters/gaps.html").to("button", "Print", most=4)
    reader.press("Enter")
    assert reader.page.evaluate("window.printed") is True


def test_the_contents_on_a_phone_open_and_close(chrome, site):
    """A drawer is a dialog with a name, takes focus, keeps it, and gives it back."""
    context = chrome.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    reader = Keyboard(context.new_page())
    reader.page.site = site
    at(reader, "chapters/risk.html")
    for name, most in (("Contents", 1), ("On this page", 3)):
        assert reader.to("button", name, most=most)["hasPopup"] == "dialog"
        reader.press("Enter")
        drawer = reader.node("document.querySelector('dialog[open]')")
        assert (drawer["role"], drawer["name"]) == ("dialog", name)
        assert reader.page.evaluate("document.activeElement.closest('dialog') !== null")
        reader.press("Tab", "Tab", "Escape")
        assert reader.node()["name"] == name
    context.close()

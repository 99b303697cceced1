"""An address that was ever given out answers for good: the page stands there, or what stands there leads on to it."""

import pytest
from browser import SITE
from copies import Book

from book.moved import leads
from guard.addresses import moved, rows
from tools.browser import serving

pytest_plugins = ["browser"]
LIST = "guard/addresses.csv"


@pytest.fixture(scope="module")
def site_of_two(tmp_path_factory):
    """A site in which a page moved from one folder to another."""
    folder = tmp_path_factory.mktemp("moved")
    (folder / "chapters").mkdir()
    (folder / "chapters/old.html").write_text(leads("chapters/old.html", "new.html"), "utf-8")
    (folder / "new.html").write_text('<!DOCTYPE html><title>New</title><h1 id="part">New</h1>', "utf-8")
    with serving(folder, SITE) as address:
        yield address


@pytest.mark.site
def test_every_address_that_the_site_ever_had_answers():
    """Each on the list is a file of the built site; what moved leads to one that is."""
    assert len(rows()) > 55
    assert [r["address"] for r in rows() if not (SITE / r["address"]).is_file()] == []
    assert [now for now in moved().values() if not (SITE / now).is_file()] == []


@pytest.mark.site
def test_no_page_of_the_site_is_on_no_list():
    """Whoever adds a page that the build makes, the kit's and the one file included, gives its address for good."""
    known = {r["address"] for r in rows()}
    found = {p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html") if "_static" not in p.parts}
    assert sorted(found - known) == [], f"add a row to {LIST} for each"


def test_a_page_that_goes_says_where_to_or_the_check_fails(tmp_path):
    """The message names the list and the column; once the row leads on, and the going was accepted, nothing is left."""
    book = Book(tmp_path)
    (book.root / "chapters/page.md").rename(book.root / "chapters/leaf.md")
    book.sub("_toc.yml", "chapters/page$", "chapters/leaf")
    said = book.check()[1]
    line = book.read(LIST).splitlines().index("chapters/page.html,–") + 1
    assert f"{LIST}:{line}: nothing answers at chapters/page.html any more" in said
    assert "Write in column now which address took its place, or restore the page." in said
    book.run("guard.lock", "all")
    assert "nothing answers at chapters/page.html" in book.check()[1], "acceptance alone is no answer"
    book.sub(LIST, "^chapters/page.html,–", "chapters/page.html,chapters/leave.html")
    assert "leads to chapters/leave.html, where nothing answers" in book.check()[1]
    book.sub(LIST, "chapters/leave.html", "chapters/leaf.html")
    assert LIST not in book.check()[1]


def test_accepting_a_page_gives_its_address_for_good(tmp_path):
    """A new page joins the list when it is accepted; a row that is taken out is missed."""
    book = Book(tmp_path)
    (book.root / "chapters/leaf.md").write_text("# A leaf\n\nWords.\n", "utf-8")
    book.sub("_toc.yml", "( +- file: chapters/privacy)", r"\1\n      - file: chapters/leaf")
    assert LIST not in book.check()[1], "a page that nobody accepted was not given out"
    book.run("guard.lock", "chapters/leaf.md")
    assert "chapters/leaf.html,–" in book.read(LIST).splitlines()
    book.sub(LIST, "^chapters/risk.html,–\n", "")
    assert "the address chapters/risk.html is not on the list" in book.check()[1]


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_an_old_address_leads_on(chrome, site_of_two, scripts):
    """With its anchor where scripts run; without them to the page."""
    page = chrome.new_page(java_script_enabled=scripts)
    page.goto(f"{site_of_two}/chapters/old.html#part")
    page.wait_for_url("**/new.html#part" if scripts else "**/new.html*")
    assert page.locator("h1").inner_text() == "New"
    page.close()

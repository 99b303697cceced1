"""A build that is told where the site stands, and where the book is kept, links to both; else it guesses neither."""

import json
from types import SimpleNamespace as Plain
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from book.lean import elsewhere
from book.moved import leads
from book.quoted import overview, preview
from tools.lean import from_anywhere

SITE, REPOSITORY = "https://example.org/some/book", "https://github.com/somebody/book"
PAGES = ("index", "chapters/risk", "chapters/start")


@pytest.fixture
def app(tmp_path):
    """As much of a build as what writes addresses asks for."""
    titles = {x: Plain(astext=lambda x=x: x.title()) for x in PAGES}
    return Plain(
        outdir=tmp_path,
        config=Plain(html_title="The book", root_doc="index"),
        builder=Plain(format="html"),
        env=Plain(found_docs=set(PAGES), titles=titles),
    )


def head(app):
    """The head of a page as it is written for others."""
    context = {"title": "Risk"}
    preview(app, "chapters/risk", "page.html", context, None)
    return BeautifulSoup(context["quoted"], "html.parser")


def test_with_an_address_links_are_whole(app, monkeypatch):
    """Canonical, preview, sitemap, overview for machines, the page for wrong addresses, and what has moved."""
    monkeypatch.setenv("BOOK_ADDRESS", SITE + "/")
    found = head(app)
    assert found.find("link", rel="canonical")["href"] == f"{SITE}/chapters/risk.html"
    assert found.find("meta", property="og:url")["content"] == f"{SITE}/chapters/risk.html"
    overview(app, None)
    urls = [x.text for x in ET.parse(app.outdir / "sitemap.xml").iter() if x.tag.endswith("loc")]
    assert sorted(urls) == sorted(f"{SITE}/{p}.html" for p in PAGES)
    assert f"({SITE}/chapters/risk.md)" in (app.outdir / "llms.txt").read_text("utf-8")
    told = from_anywhere('<a href="chapters/risk.html"><a href="#x"><a href="https://example.com">')
    assert told == '<a href="/some/book/chapters/risk.html"><a href="#x"><a href="https://example.com">'
    assert f'rel="canonical" href="{SITE}/new.html"' in leads("chapters/old.html", "new.html")


def test_without_one_nothing_is_guessed(app, monkeypatch):
    """No canonical link, no sitemap, relative links; one of an earlier build goes."""
    monkeypatch.delenv("BOOK_ADDRESS", raising=False)
    (app.outdir / "sitemap.xml").write_text("old", "utf-8")
    found = head(app)
    assert not found.find("link", rel="canonical") and not found.find("meta", property="og:url")
    overview(app, None)
    assert not (app.outdir / "sitemap.xml").exists()
    assert "(chapters/risk.md)" in (app.outdir / "llms.txt").read_text("utf-8")
    assert elsewhere("", "chapters/risk", ".md") == []


@pytest.mark.parametrize("slip", ["example.org/book", "/book", "https://"])
def test_an_address_that_is_none_is_told(app, monkeypatch, slip):
    """A slip in the setting stops the build with words, and prints no link that leads nowhere."""
    monkeypatch.setenv("BOOK_ADDRESS", slip)
    with pytest.raises(ValueError, match="write the whole address"):
        head(app)


def test_with_a_repository_each_page_can_be_edited_and_reported():
    """And a notebook run on Binder, where Binder can read the repository."""
    edit, report = elsewhere(REPOSITORY + "/", "chapters/risk", ".md")
    assert edit[0] == f"{REPOSITORY}/edit/main/chapters/risk.md"
    assert report[0] == f"{REPOSITORY}/issues/new?title=In%20chapters/risk%3A%20"
    *_, binder = elsewhere(REPOSITORY, "chapters/start", ".ipynb")
    assert binder[0] == "https://mybinder.org/v2/gh/somebody/book/main?labpath=chapters%2Fstart.ipynb"
    assert len(elsewhere("https://git.example.org/book", "chapters/start", ".ipynb")) == 2


@pytest.mark.site
def test_data_name_the_page_only_where_its_address_is_known():
    """The built site, made without an address, says none."""
    from browser import SITE as BUILT

    text = (BUILT / "chapters/risk.html").read_text("utf-8")
    data = BeautifulSoup(text, "html.parser").find("script", type="application/ld+json")
    assert ("url" in json.loads(data.string)) == ('rel="canonical"' in text)

"""Every page in both themes, wide and on phones: axe finds nothing, nothing is loaded from elsewhere, nothing weighs.

Half of the pages; the others: ``test_crawl_others.py``, another file, so that two workers share them.
"""

from functools import cache
from statistics import median

import pytest
from browser import SITE
from bs4 import BeautifulSoup
from crawl import crawl, light, pages, short

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]
MEDIAN = 150  # kilobytes on the wire, gzipped


@cache
def parsed(name):
    """A page as a tree, read once; it is looked at and not changed."""
    return BeautifulSoup((SITE / name).read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def crawled(chrome, site):
    """What the crawl found and weighed."""
    return crawl(chrome, site, pages()[::2])


def test_no_page_has_a_fault_or_complains(crawled):
    """Every rule of axe at three widths, the console, the policy, strange hosts, missing files: nothing."""
    assert len(pages()) > 30
    assert not crawled.wrong, short(crawled.wrong)


def test_pages_are_light(crawled):
    """At first view, panel and notebooks included."""
    assert light(crawled) == ({}, {})
    assert median(crawled.kilobytes.values()) <= MEDIAN


def test_a_page_with_faults_would_be_found(chrome, site, extra):
    """The crawl itself: an unnamed button, a strange host and an error of a script are told."""
    (extra / "bad.html").write_text(
        '<!DOCTYPE html><html lang="en"><title>Bad</title><main><h1>Bad</h1><button></button></main>'
        '<img src="http://127.0.0.1:9/x.png" alt="x"><script>nothing.here</script></html>',
        "utf-8",
    )
    told = "\n".join(crawl(chrome, site, ["bad.html"], (1280,)).wrong["bad.html"])
    assert "button-name" in told and "host: http://127.0.0.1:9" in told and "error: nothing" in told


def test_ids_are_unique_and_pictures_have_words():
    """Also in what is hidden until it is opened."""
    for name in pages():
        page = parsed(name)
        apart = {id(x) for t in page("template") for x in t.find_all(True)}  # what takes the place of what it repeats
        ids = [x["id"] for x in page.find_all(id=True) if id(x) not in apart]
        assert sorted({i for i in ids if ids.count(i) > 1}) == [], name
        assert [str(x)[:80] for x in page.find_all("img") if x.get("alt") is None] == [], name
        assert len(page.find_all("h1")) == 1 or name.startswith("kit/"), name  # two sheets to print in one file


def test_tables_have_a_name_and_headings():
    """A caption, or the line above it, as a name; and each heading says whether it heads a row or a column."""
    count = 0
    for name in (n for n in pages() if not n.startswith("kit/")):
        page = parsed(name)
        for table in page.select("article table:not(.indextable)"):
            count += 1
            assert table.find("caption") or len(table.get("aria-label", "")) > 3, (name, str(table)[:80])
            assert table.find("th") and all(th.get("scope") for th in table.find_all("th")), (name, str(table)[:80])
    assert count > 100


def test_every_page_has_a_policy_that_refuses_what_is_not_its_own():
    """No page runs a script that stands in it, and none loads from elsewhere; data blocks run nothing."""
    for name in pages():
        text = (SITE / name).read_text("utf-8")
        assert "Content-Security-Policy\" content=\"default-src 'none'" in text, name
        page = BeautifulSoup(text, "html.parser")
        inline = [x for x in page.find_all("script") if not x.get("src") and x.get("type") != "application/ld+json"]
        assert [str(x)[:80] for x in inline] == [], name
        assert [x.name for x in page.find_all(True) if any(a.startswith("on") for a in x.attrs)] == [], name


def test_links_of_pages_outside_the_contents_lead_somewhere():
    """Search, index, wrong addresses, the kit; ``test_site.py`` looks at all others, anchors included."""
    for name in (n for n in pages() if not n.startswith("chapters/") and n != "index.html"):
        page = parsed(name)
        links = [str(a["href"]).split("#")[0].split("?")[0] for a in page.find_all("a", href=True)]
        local = [x for x in links if x and ":" not in x]
        lost = [x for x in local if not ((SITE / x.lstrip("/")) if x[0] == "/" else (SITE / name).parent / x).is_file()]
        assert lost == [], name

"""A glossary term explains itself where a chapter first uses it: by hover, focus or tap; on paper it is plain."""

import re

import pytest
from browser import SITE, axe
from bs4 import BeautifulSoup

import decision
from book import facts, glossary

pytest_plugins = ["browser"]
pytestmark = pytest.mark.site
CHAPTERS = [f"chapters/{x}" for x in facts.SECTIONS]
OPEN = ".cite-pop:popover-open"


def page_of(name):
    """A built page."""
    return BeautifulSoup((SITE / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def defined():
    """Anchor of each term of the glossary page -> its words there."""
    return {x["id"]: x.find_next("dd").get_text(" ", strip=True) for x in page_of(glossary.HOME).select("dt[id]")}


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_term_of_a_chapter_is_marked_once_and_says_what_the_glossary_says(name, defined):
    """A few terms, each at its first use in running text, with one popover, whose words stand in the glossary."""
    page = page_of(name)
    links = page.select("article a.term")
    idents = [x["href"].split("#")[1] for x in links]
    assert 2 < len(links) <= glossary.MOST and len(set(idents)) == len(links)
    for x, ident in zip(links, idents, strict=True):
        assert x["href"].startswith("glossary.html#term-")
        assert not x.find_parent(["a", "h1", "h2", "h3", "table", "details"])
        (card,) = page.select(f"[id='{x['interestfor']}'][popover]")
        said = [p.get_text(" ", strip=True) for p in card.select("p")]
        assert " ".join(said[1:-1]).split() == defined[ident].split()


def test_a_quoted_word_is_not_taken_for_a_term():
    """What others call a level or off-label may mean something else."""
    assert glossary.first(["level"], "They say “level of care” and no more.") is None
    assert glossary.first(["level", "off-label"], "It is “high”, and two levels lie below.")[0] == "levels"


@pytest.mark.parametrize("way", ["hover", "focus", "tap", "key"])
def test_a_term_opens_and_closes(chrome, site, way):
    """However it is reached it says what it means; Escape closes it, and the page stays where it was."""
    context = chrome.new_context(viewport={"width": 360, "height": 800}, has_touch=way == "tap")
    page = context.new_page()
    page.goto(f"{site}/chapters/risk.html")
    page.wait_for_function("() => document.documentElement.dataset.reader !== undefined")
    link = page.locator("article a.term").first
    if way == "hover":
        link.hover()
    elif way == "tap":
        link.tap()
    else:
        link.focus()
        for key in {"key": ["Enter"], "focus": ["Shift+Tab", "Tab"]}[way]:  # by keyboard, as a reader gets there
            page.keyboard.press(key)
    card = page.locator(OPEN)
    card.wait_for()
    assert "Use that goes on despite harm." in card.inner_text()
    behind = card.evaluate("e => getComputedStyle(e, '::backdrop').backgroundColor")
    assert behind == "rgba(0, 0, 0, 0)", "what opens by hover leaves the page as it is"
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert axe(page, OPEN) == []
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert page.url.endswith("risk.html")
    context.close()


def test_without_scripts_a_term_leads_to_the_glossary_and_on_paper_it_is_plain(chrome, site):
    """The link works; printed, it looks like the words beside it, and nothing of the popover is there."""
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/chapters/risk.html")
    page.locator("article a.term").first.click()
    assert re.search(r"glossary\.html#term-Use-disorder$", page.url)
    context.close()
    page = chrome.new_context().new_page()
    page.goto(f"{site}/chapters/risk.html")
    page.emulate_media(media="print")
    style = "(e, x) => getComputedStyle(e)[x] === getComputedStyle(e.parentElement)[x]"
    link = page.locator("article a.term").first
    assert link.evaluate(style, "textDecorationLine") and link.evaluate(style, "color")
    assert not page.locator("[id^=said-term]").first.is_visible()
    page.context.close()


def test_every_short_form_of_a_story_a_rule_or_a_finding_is_written_out():
    """Capitals that a reader meets stand in the list of short forms; codes of rules and levels are none."""
    written = {
        x for row in page_of(glossary.HOME).select("table tr td:first-child") for x in row.get_text().split(", ")
    }
    texts = [str(x[k]) for x in decision.vignettes(everyone=True).values() for k in ("narrative", "teaches")]
    texts += [x[k] for x in decision.inputs().values() for k in ("label", "question", "why", "next")]
    texts += [x[k] for x in decision.gaps().values() for k in ("title", "article", "harm", "book")]
    texts += [
        x[k] for x in decision.disagreements().values() for k in ("label", "guidelines", "studies", "book", "why")
    ]
    texts += [x["finding"] for x in decision.claims().values()]
    texts += [
        x["because"] for table in ("start", "on", "safeguards", "notes", "alternatives") for x in decision.rows(table)
    ]
    codes = re.compile(rf"\bR-[A-Z][\w.-]*|\b(?:{'|'.join(decision.level_names())})\b|_")
    found = {x.removesuffix("s") for t in texts for x in re.findall(r"\b[A-Z]{2,6}s?\b", codes.sub(" ", t))}
    assert {"CRPS", "PEG", "SNRI"} <= found
    assert found <= {x.removesuffix("s") for x in written} | {"ICD"}, found - written

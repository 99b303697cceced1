"""The built book can be read: how much is seen before anything is opened, how much of it is said twice, how hard it is.

Counted on the built site in a Chromium with scripts on and everything folded that begins folded.
A word is what stands between spaces and holds a letter or a figure.
"""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from browser import SITE
from textstat import flesch_kincaid_grade as grade

from book.frame import PACE, count

pytest_plugins = ["browser"]
pytestmark = pytest.mark.site
ROOT = Path(__file__).resolve().parents[1]
PAGES = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
SOURCES = "chapters/references"  # the list of sources is looked up and not read
ALL, ONE, TWICE = 45_000, 4000, 0.10  # visible words in all, on a page; the share that stands in a repeated sentence
SHORTER = {"index": 700, "chapters/gaps": 2500, "chapters/disagreements": 2500, "chapters/pictures": 1500}
TELL = """() => {
  const article = document.querySelector("article.bd-article");
  for (const closed of article.querySelectorAll("select")) closed.remove(); // of its options one is seen
  const opening = [...article.querySelectorAll("h1 ~ p, h1 ~ ul > li, h1 ~ .admonition p")]
    .filter((p) => p.checkVisibility()).slice(0, 3).map((p) => p.innerText);
  return { text: article.innerText, opening, time: article.querySelector(".read-time").innerText };
}"""
CUT = """() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const small = (e) => e.closest(".dp-hidden, .dp-ladder-box, thead, svg");
  const wide = document.documentElement.clientWidth;
  const out = [];
  for (const e of document.querySelectorAll("article.bd-article *")) {
    if (!seen(e) || small(e)) continue;
    const box = e.getBoundingClientRect();
    const scrolls = e.scrollWidth > e.clientWidth + 1 && /auto|scroll|hidden/.test(getComputedStyle(e).overflowX);
    if (box.width && (box.right > wide + 1 || box.left < -1 || scrolls))
      out.push(`${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`);
  }
  return out;
}"""


@pytest.fixture(scope="module")
def seen(chrome, site):
    """Of each page what a reader sees at first, and what does not fit when a phone opens everything."""
    context, out = chrome.new_context(viewport={"width": 1280, "height": 900}), {}
    page = context.new_page()
    for name in PAGES:
        page.goto(f"{site}/{name}.html", wait_until="load")
        page.wait_for_function("() => document.documentElement.dataset.reader !== undefined")
        if page.locator(".decision-panel").count():
            page.locator(".decision-panel.dp-live").first.wait_for(state="attached")
        out[name] = page.evaluate(TELL)
    page.set_viewport_size({"width": 360, "height": 800})
    for name in PAGES:
        page.goto(f"{site}/{name}.html", wait_until="load")
        page.evaluate("document.querySelectorAll('article details').forEach((d) => (d.open = true))")
        out[name]["cut"] = page.evaluate(CUT)
    context.close()
    return out


def sentences(text):
    """The sentences of a text, of five words or more: shorter ones are names and answers."""
    parts = (x.strip() for line in text.splitlines() for x in re.split(r"(?<=[.!?:])\s+", line))
    return [x for x in parts if count(x) >= 5]


def repeated(texts):
    """The share of all words that stands in a sentence which occurs more than once, and those sentences by words."""
    all_ = Counter(x for text in texts for x in sentences(text))
    twice = {x: n * count(x) for x, n in all_.items() if n > 1}
    share = sum(twice.values()) / sum(map(count, texts))
    return share, sorted(twice.items(), key=lambda x: -x[1])


def opening(told):
    """The first three paragraphs or items under a title, without the frame, each ended as a sentence."""
    lines = [" ".join(x.split()) for x in told["opening"]]
    return " ".join(x if x[-1] in ".?!:" else f"{x}." for x in lines if x)


def test_the_measures_can_tell():
    """Marks are no words, a short line is no sentence, and what stands twice is found."""
    assert count("Two words · – 1.") == 3
    share, twice = repeated(
        ["This stands here and there. Once only, in this place here.", "This stands here and there."]
    )
    assert twice == [("This stands here and there.", 10)] and share == pytest.approx(10 / 16)


def test_the_book_can_be_finished(seen):
    """Forty-five thousand words without the list of sources."""
    total = {n: count(x["text"]) for n, x in seen.items() if n != SOURCES}
    assert sum(total.values()) <= ALL, (sum(total.values()), sorted(total.items(), key=lambda x: -x[1])[:8])


@pytest.mark.parametrize("name", [p for p in PAGES if p != SOURCES])
def test_no_page_is_long(seen, name):
    """Each page can be read in one sitting; what is worked with, not read, has a limit of its own."""
    assert count(seen[name]["text"]) <= SHORTER.get(name, ONE)


def test_little_is_said_twice(seen):
    """At most a tenth of the words stands in a sentence that occurs more than once."""
    share, twice = repeated([x["text"] for n, x in seen.items() if n != SOURCES])
    assert share <= TWICE, (round(share, 3), twice[:12])


@pytest.mark.parametrize("name", PAGES)
def test_the_promised_minutes_are_kept(seen, name):
    """Within a fifth of the visible words at two hundred a minute, or half a minute where the page is short."""
    promised, true = int(re.match(r"\d+", seen[name]["time"])[0]), count(seen[name]["text"]) / PACE
    assert abs(promised - true) <= max(0.2 * true, 0.5), (promised, round(true, 1))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_on_a_phone(seen, name):
    """At 360 pixels, with everything opened, nothing runs out of the window or has to be pushed sideways."""
    assert seen[name]["cut"] == []


@pytest.mark.parametrize("name", [p for p in PAGES if p != SOURCES])
def test_every_page_opens_plainly(seen, name):
    """What stands first under the title reads at grade 8 or below, on the page for people with pain at 6."""
    told = opening(seen[name])
    assert grade(told) <= (6 if name == "chapters/people" else 8), (round(grade(told), 1), told)


def test_a_page_names_its_time_and_its_state_once(seen):
    """The frame stands once on a page, in one line."""
    for name, x in seen.items():
        assert x["text"].count("Not yet reviewed by a clinician. Education only.") == 1, name
        assert re.fullmatch(r"\d+ minutes? to read(, \d+ more if you open everything)?\.", x["time"]), name


def test_a_link_opens_what_it_leads_to(chrome, site):
    """A claim's card, a row and a gap stand folded, and their links open them."""
    page = chrome.new_context().new_page()
    for address in ("claims.html#claim-impl-start-low", "tables.html#row-start-r-hard", "disagreements.html#d02"):
        page.goto(f"{site}/chapters/{address}")
        place = page.locator(f"[id='{address.split('#')[1]}']")
        place.wait_for(state="visible")
        assert place.evaluate("e => e.getBoundingClientRect().top < innerHeight")
    page.context.close()


@pytest.mark.parametrize("way", ["click", "key"])
def test_a_source_opens_where_it_is_named(chrome, site, way):
    """By mouse or by key: who, how it was seen, the way to the list; Escape closes it, and focus is where it was."""
    page = chrome.new_context(viewport={"width": 360, "height": 800}).new_page()
    page.goto(f"{site}/chapters/gaps.html")
    page.wait_for_function("() => document.documentElement.dataset.reader !== undefined")
    link = page.locator("article a[href*='#source-']:visible").first
    link.focus()
    link.click() if way == "click" else page.keyboard.press("Enter")
    card = page.locator(".cite-pop:popover-open")
    card.wait_for()
    assert re.search(r"Read in (full|part)|second-hand|memory", card.inner_text())
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.cite-pop') !== null")
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert page.url.endswith("gaps.html")
    assert link.evaluate("e => e === document.activeElement")
    page.context.close()


def test_who_reads_is_kept_here_and_only_if_chosen(chrome, site):
    """One choice: it comes first, it is kept in this browser, and the words of the levels follow it."""
    context = chrome.new_context()
    page = context.new_page()
    stored = "JSON.stringify(localStorage)"
    page.goto(f"{site}/index.html")
    page.get_by_role("radio", name="In pain, or family").wait_for()
    assert "reader" not in json.loads(page.evaluate(stored))
    first = page.locator("section:has(> .reader) > ul > li").first
    name = page.locator(".dp-ladder .dp-here .dp-name").first
    plain = page.locator(".dp-ladder .dp-here .dp-name-plain").first
    assert first.inner_text().startswith("A clinician") and name.is_visible() and not plain.is_visible()
    heads = page.locator("article h2")
    assert not heads.first.inner_text().startswith("Which best describes you?")
    page.get_by_role("radio", name="In pain, or family").check()
    assert heads.first.inner_text().startswith("Which best describes you?")  # what comes first is seen to change
    assert first.locator("a").first.get_attribute("href") == "chapters/people.html"
    assert first.locator("a").first.evaluate("e => e.getBoundingClientRect().bottom < innerHeight")
    assert not page.locator(".way-in").is_visible()
    assert first.inner_text().startswith("In pain, or family") and plain.is_visible() and not name.is_visible()
    assert json.loads(page.evaluate(stored))["reader"] == "people"
    page.goto(f"{site}/chapters/panel.html")
    page.locator(".dp-plain").wait_for()
    page.goto(f"{site}/chapters/panel.html#acute_suicide_risk=yes")
    page.locator(".dp-plain.dp-urgent").wait_for()
    assert not page.locator(".dp-headline").is_visible()
    page.goto(f"{site}/index.html")
    page.get_by_role("radio", name="In pain, or family").wait_for()
    assert page.get_by_role("radio", name="In pain, or family").is_checked()
    assert heads.first.inner_text().startswith("Which best describes you?")
    context.close()


@pytest.mark.parametrize("width", [1280, 900, 360])
def test_the_options_stand_side_by_side_where_there_is_room(chrome, site, width):
    """From 900 pixels a table whose cells stand beside each other and inside the window; on a phone a card each."""
    page = chrome.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{site}/chapters/people.html")
    boxes = page.locator("table.wide tbody tr:first-child > *").evaluate_all(
        "cells => cells.map((c) => { const b = c.getBoundingClientRect(); return [b.left, b.right, b.top]; })"
    )
    assert len(boxes) == 5 and all(0 <= left < right <= width for left, right, _ in boxes)
    across = [a[1] <= b[0] + 1 and a[2] == b[2] for a, b in pairwise(boxes)]
    assert all(across) if width >= 900 else not any(across)
    page.close()


def test_a_table_is_divided_between_sheets_and_its_rows_are_not(chrome, site):
    """On paper no table is pushed to the next sheet whole, which leaves half a sheet empty."""
    page = chrome.new_page()
    page.emulate_media(media="print")
    page.goto(f"{site}/chapters/people.html")
    inside = "e => [getComputedStyle(e).breakInside, getComputedStyle(e.closest('div')).overflowX]"
    assert page.locator("table.wide").evaluate(inside) == ["auto", "visible"]
    assert page.locator("table.wide tbody tr").first.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
    page.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_mark_of_a_claim_stands_on_the_line_of_its_last_word(chrome, site, width):
    """A mark alone at the head of a line says nothing."""
    page = chrome.new_page(viewport={"width": width, "height": 900})
    for name in ("conclusion", "risk", "implementation"):
        page.goto(f"{site}/chapters/{name}.html")
        alone = page.locator(".claim-mark").evaluate_all(
            """marks => marks.filter((m) => {
              const words = document.createRange();
              words.selectNodeContents(m.previousSibling);
              const last = [...words.getClientRects()].at(-1), mark = m.getBoundingClientRect();
              return mark.top > last.bottom || mark.bottom < last.top;
            }).map((m) => m.closest(".claim").id)"""
        )
        assert alone == []
    page.close()


def test_what_is_new_since_the_last_visit_is_marked_for_who_asked(chrome, site):
    """Nothing is kept unasked; a later edition is marked once; the wipe button forgets it; a refusal is told."""
    context = chrome.new_context()
    page, stored = context.new_page(), "localStorage.getItem('seen')"
    page.goto(f"{site}/chapters/changes.html")
    box, said = page.get_by_role("checkbox", name="Remember in this browser"), page.locator(".seen [role=status]")
    newest = re.search(r"\d+\.\d+\.\d+", page.locator("article section > h2").first.inner_text())[0]
    assert not box.is_checked() and page.evaluate(stored) is None
    box.check()
    assert page.evaluate(stored) == newest
    page.reload()
    assert "No new edition" in said.inner_text() and not page.get_by_text("New:").count()
    page.evaluate("localStorage.setItem('seen', '0.0.1')")
    page.reload()
    assert f"edition {newest}" in said.inner_text()
    assert page.locator("h2", has_text="New:").inner_text().startswith(f"New: Edition {newest}")
    assert page.evaluate(stored) == newest
    page.goto(f"{site}/chapters/privacy.html")
    assert (
        "seen" in page.locator(".kept-now").inner_text() and page.get_by_role("cell", name="seen", exact=True).count()
    )
    page.get_by_role("button", name="Forget everything kept here").click()
    page.goto(f"{site}/chapters/changes.html")
    assert not box.is_checked() and page.evaluate(stored) is None
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})")
    page.reload()
    box.click()
    assert not box.is_checked() and "does not allow" in said.inner_text()
    context.close()


def test_without_scripts_every_way_in_is_shown(chrome, site):
    """No choice is offered that does nothing; the three ways in, both voices and every fold are there."""
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/index.html")
    assert not page.locator(".reader").is_visible()
    assert page.locator("section:has(> .reader) > ul > li").count() == 3
    page.goto(f"{site}/chapters/gaps.html")
    fold = page.locator("details.claim-card").first
    fold.locator("summary").click()
    assert fold.locator(".claim-harm").is_visible()
    context.close()


def test_a_browser_that_keeps_nothing_is_no_fault(chrome, site):
    """Where storage is refused the page works, and asks anew."""
    context, errors = chrome.new_context(), []
    page = context.new_page()
    page.on("pageerror", lambda e: errors.append(str(e)) if "/live/" in (e.stack or "") else None)
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})")
    page.goto(f"{site}/index.html")
    page.get_by_role("radio", name="Clinician").check()
    assert not errors
    context.close()


def test_two_sources_of_one_name_and_year_are_told_apart():
    """In a citation, on the card that opens, and in the list: a letter after the year."""
    page = (SITE / "chapters/risk.html").read_text("utf-8")
    found = dict(re.findall(r'#source-(grover2012\w*)"[^>]*>Grover <em>et al\.</em>, (\w+)</a>', page))
    assert found == {"grover2012": "2012a", "grover2012casecontrol": "2012b"}
    told = (SITE / "chapters/references.html").read_text("utf-8")
    assert "Grover 2012a" in told and "Grover 2012b" in told and "RxReasoner, undated (b)" in told

"""Every page on paper: light whatever the screen was, nothing folded, nothing cut, and sources that can be read.

Looked at as a sheet of A4 shows it, from a dark screen. The panel's own sheets: ``test_panel_reader.py``.
"""

import re

import pytest
from browser import SITE
from bs4 import BeautifulSoup
from crawl import pages, short

from book import facts
from book.draw import anchor

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]
A4 = {"width": 718, "height": 1000}  # what the margins of a printed page leave, in pixels
CONTRAST = """() => {
  const rgb = (c) => c.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const one = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = (c) => { const [r, g, b] = rgb(c).map(one);
    return .2126 * r + .7152 * g + .0722 * b; };
  const out = [];
  for (const e of document.querySelectorAll("main *")) {
    if (!e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    let ground = e;
    while (ground && /rgba\\(.*, 0\\)/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
    const back = ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)";
    const [a, b] = [light(getComputedStyle(e).color), light(back)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) out.push([e.textContent.trim().slice(0, 40), getComputedStyle(e).color, back]);
  }
  return out;
}"""
# What lies outside the sheet, is cut, or stays folded. Left out: what only a screen reader is told, and the panel's
# row of signs, which the list of levels below it says in words.
CUT = """() => {
  const out = [], wide = document.documentElement.clientWidth;
  const say = (e, why) =>
    out.push(`${why}: ${e.tagName} ${e.getAttribute("class")} ${e.textContent.trim().slice(0, 40)}`);
  for (const e of document.body.querySelectorAll("*")) {
    if (!e.checkVisibility({ visibilityProperty: true })) continue;
    if (e.closest(".dp-hidden, .dp-ladder-box, .visually-hidden")) continue;
    const next = e.matches("summary") && !e.closest(".decision-panel, .audit") && e.nextElementSibling;
    if (next && !next.checkVisibility({ contentVisibilityAuto: true })) say(e, "folded");
    const b = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!b.width || !b.height || (e.closest("svg") && e.tagName !== "text")) continue;
    if (b.right > wide + 1 || b.left < -1) say(e, "outside");
    const more = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 4;
    if (style.display === "inline" || !e.clientWidth) continue;
    if (more && /auto|scroll|hidden|clip/.test(style.overflow)) say(e, "cut");
  }
  return out;
}"""


@pytest.fixture(scope="module")
def printed(chrome, site):
    """Of each page as it would be printed from a dark screen: its ground, faint words, what is cut, and its words."""
    context = chrome.new_context(viewport=A4, color_scheme="dark")
    context.add_init_script("localStorage.setItem('mode', 'dark')")
    page, out = context.new_page(), {}
    page.emulate_media(media="print", color_scheme="dark")
    for name in pages():
        page.goto(f"{site}/{name}")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        out[name] = {
            "ground": page.evaluate("getComputedStyle(document.body).backgroundColor"),
            "faint": page.evaluate(CONTRAST),
            "cut": page.evaluate(CUT),
            "words": page.evaluate("document.querySelector('main').innerText"),
        }
    context.close()
    return out


def test_every_page_prints_in_a_light_palette(printed):
    """From a dark screen: a white ground, and every word at least 4.5 to 1 against what is behind it."""
    assert not {n: x["ground"] for n, x in printed.items() if x["ground"] != "rgb(255, 255, 255)"}
    faint = {n: [str(y) for y in x["faint"]] for n, x in printed.items() if x["faint"]}
    assert not faint, short(faint)


def test_nothing_is_cut_or_folded_on_paper(printed):
    """No column, drawing or line runs off the sheet or stays in a box that would have to be scrolled or opened."""
    cut = {n: x["cut"] for n, x in printed.items() if x["cut"]}
    assert not cut, short(cut)


def test_sources_can_be_read_on_paper(chrome, site, printed):
    """Whatever source a page names, its panels aside, stands at its end: title, how it was seen, address in full."""
    titles = {anchor(f"source-{key}"): s["title"] for key, s in facts.source_notes().items()}
    cited = 0
    for name, x in printed.items():
        if name in ("chapters/references.html", "chapters/audit.html"):  # the list itself; a sheet of one page
            continue
        words = " ".join(x["words"].split())
        soup = BeautifulSoup((SITE / name).read_text("utf-8"), "html.parser")
        for panel in soup.select(".decision-panel, .cite-pop"):  # on paper a panel names none
            panel.decompose()
        page = str(soup)
        for ident in set(re.findall(r'href="[^"#]*references\.html#(source-[a-z0-9-]+)"', page)):
            cited += 1
            assert titles[ident] in words, (name, ident)
    assert cited > 200

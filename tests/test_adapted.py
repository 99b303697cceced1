"""Every page as readers adapt it: magnified four times, spaced wide, in forced colours, without motion, by keyboard.

1280 pixels at 400 % are 320; everything that folds stands open. The panel's own states: ``test_panel_reader.py``.
What axe can see of names, contrast and targets it looks at in ``test_crawl.py``.
"""

import pytest
from browser import PANEL, SEEN
from crawl import pages, short

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]
OPEN = """document.querySelectorAll("details").forEach((d) => (d.open = true));
  new Promise((go) => requestAnimationFrame(() => setTimeout(go)))"""
# What is cut, lies outside the window or makes the page scroll sideways. Left out: what only a screen reader is told,
# and what scrolls in a box that focus reaches (tables of the file to take along, which need both directions).
LOST = """() => {
  const out = [], wide = document.documentElement.clientWidth;
  const say = (e, why) =>
    out.push(`${why}: ${e.tagName} ${e.getAttribute("class")} ${e.textContent.trim().slice(0, 40)}`);
  if (document.documentElement.scrollWidth > wide) out.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const unseen = ".dp-hidden, .dp-ladder-box, .dp-owed, thead, .theme-switch-button .state, .visually-hidden, option";
  for (const e of document.body.querySelectorAll("*")) {
    if (!e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) || e.closest(unseen)) continue;
    if (e.closest("[tabindex='0']") && e.closest(".tables")) continue;
    const b = e.getBoundingClientRect(), style = getComputedStyle(e), drawn = e.closest("svg");
    if (!b.width || !b.height || (drawn && e.tagName !== "text")) continue;
    if (b.right > wide + 1 || b.left < -1) say(e, "outside");
    const box = drawn && e.parentElement.matches("a") && e.parentElement.querySelector(":scope > rect.pic-box");
    const edge = box && box.getBoundingClientRect();
    if (edge && b.top > edge.top - 2 && b.bottom < edge.bottom + 2 && b.left < edge.right && b.right > edge.right + 1)
      say(e, "out of its box");
    if (drawn || style.display === "inline" || !e.clientWidth) continue;
    const more = [e.scrollWidth > e.clientWidth + 1, e.scrollHeight > e.clientHeight + 4];
    if (more.includes(true) && /hidden|clip/.test(style.overflow)) say(e, "cut");
    if (more[0] && /auto|scroll/.test(style.overflowX)) say(e, "scrolls sideways");
    if (more.includes(true) && e.matches("button, summary, label, .btn")) say(e, "spills");
  }
  return out;
}"""
# WCAG 2.5.8: 24 pixels, or that much room round the middle; a mark of a drawing also stands in the table beside it.
SMALL = """() => {
  const out = [], all = [...document.querySelectorAll("button, summary, input, select, textarea, svg a, nav a")]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }))
    .map((e) => [e, (e.closest("label") ?? e).getBoundingClientRect()]);
  const beside = (e) => e.closest(".picture")?.querySelector(`details a[href="${e.getAttribute("href")}"]`);
  for (const [e, b] of all) {
    if ((b.width > 23.9 && b.height > 23.9) || beside(e)) continue;
    const [x, y] = [b.x + b.width / 2, b.y + b.height / 2];
    const near = all.filter(([o, c]) => o !== e && Math.hypot(
      Math.max(c.left - x, 0, x - c.right), Math.max(c.top - y, 0, y - c.bottom)) < 12);
    if (near.length) out.push(`${Math.round(b.width)} by ${Math.round(b.height)}: ${e.outerHTML.slice(0, 120)}`);
  }
  return out;
}"""
SPACED = """(() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets.push(sheet); })()"""
# Backwards, as what is stuck to the top covers what comes from above.
WALK = f"""() => {{
  const wrong = [], seen = {SEEN};
  const all = [...document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex='0']")]
    .filter((e) => e.checkVisibility({{ visibilityProperty: true }}) && e.tabIndex >= 0 && !e.disabled)
    .filter((e) => !e.closest(".decision-panel"));
  for (const e of all.reverse()) {{
    e.focus();
    const told = document.activeElement === e ? seen(e) : "takes no focus";
    if (told) wrong.push(`${{told}}: ${{e.outerHTML.slice(0, 120)}}`);
  }}
  return wrong;
}}"""
MOVING = """() => [...document.querySelectorAll("*")].flatMap((e) =>
  [null, "::before", "::after", ...(e.tagName === "DETAILS" ? ["::details-content"] : [])].map((part) => {
    const s = getComputedStyle(e, part);
    return parseFloat(s.transitionDuration) || s.animationName !== "none" || s.scrollBehavior === "smooth"
      ? `${e.tagName} ${e.className} ${part ?? ""}` : "";
  })).filter(Boolean)"""


@pytest.fixture(scope="module")
def adapted(chrome, site):
    """Of each page, loaded once: what is lost magnified, what is too small, how focus is seen, what is lost spaced."""
    context = chrome.new_context(viewport={"width": 320, "height": 256}, reduced_motion="reduce")
    page, out = context.new_page(), {k: {} for k in ("magnified", "small", "focus", "spaced")}
    for name in pages():
        page.goto(f"{site}/{name}")
        page.evaluate(OPEN)
        page.keyboard.press("Tab")  # from now on what gets focus shows it
        for kind, script in (("magnified", LOST), ("small", SMALL), ("focus", WALK)):
            out[kind][name] = page.evaluate(script)
        page.evaluate(SPACED)
        out["spaced"][name] = page.evaluate(LOST)
    context.close()
    return {kind: {n: x for n, x in found.items() if x} for kind, found in out.items()}


def test_at_four_times_the_size_nothing_is_lost(adapted):
    """At 320 by 256 pixels no page scrolls in two directions, and nothing is cut or lies outside."""
    assert not adapted["magnified"], short(adapted["magnified"])


def test_with_wide_spacing_nothing_is_lost(adapted):
    """Lines, letters, words and paragraphs as far apart as WCAG 1.4.12 asks."""
    assert not adapted["spaced"], short(adapted["spaced"])


def test_targets_are_large_enough_for_a_finger(adapted):
    """24 pixels or the room for them, inside of what folds and in drawings too."""
    assert not adapted["small"], short(adapted["small"])


def test_focus_is_always_seen(adapted):
    """Whatever has focus is in the window, with nothing over it and a ring round it."""
    assert not adapted["focus"], short(adapted["focus"])


@pytest.mark.parametrize("path", ["/index.html", "/chapters/audit.html", "/chapters/clinic-list.html"])
def test_nothing_moves_where_the_system_asks_for_that(chrome, site, path):
    """No transition, no animation and no smooth scrolling, on a page of text, of boxes and of a notebook."""
    page = chrome.new_page(reduced_motion="reduce")
    page.goto(site + path)
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) != []  # the measure can tell
    page.close()


@pytest.mark.parametrize("path", ["/index.html", "/chapters/risk.html", "/chapters/claims.html"])
def test_focus_is_seen_on_a_wide_screen(chrome, site, path):
    """The lists of contents on both sides included."""
    page = chrome.new_page(viewport={"width": 1280, "height": 700}, reduced_motion="reduce")
    page.goto(site + path)
    page.evaluate(OPEN)
    page.keyboard.press("Tab")
    assert page.evaluate(WALK) == []
    page.close()


FORCED = """() => {
  const told = [], probe = document.createElement("p");
  document.body.append(probe);
  const system = (name) => { probe.style.cssText = `forced-color-adjust: none; color: ${name}`;
    return getComputedStyle(probe).color; };
  const [ground, ink, linked] = ["Canvas", "CanvasText", "LinkText"].map(system);
  probe.remove();
  for (const e of document.querySelectorAll("svg text")) {
    const fill = getComputedStyle(e).fill;
    if (![ink, linked].includes(fill) && !(e.matches(".pic-on-full") && fill === ground))
      told.push(`${fill}: ${e.textContent}`);
  }
  for (const e of document.querySelectorAll("button, .btn, input[type=search], select, .claim-verdict")) {
    if (e.checkVisibility() && [e, ...e.children].every((x) => getComputedStyle(x).borderTopWidth === "0px"))
      told.push(`no edge: ${e.outerHTML.slice(0, 90)}`);
  }
  return told;
}"""


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_forced_colours_hold_whatever_the_site_was_set_to(chrome, site, mode):
    """White on black: drawings and edges follow the reader's colours, and no sign is lost in its ground."""
    context = chrome.new_context(forced_colors="active", color_scheme="dark", viewport={"width": 1280, "height": 900})
    context.add_init_script(f"localStorage.setItem('mode', '{mode}')")
    page, told = context.new_page(), {}
    names = ("index", "chapters/risk", "chapters/pictures", "chapters/claims", "chapters/audit", "chapters/clinic-list")
    for name in (*names, "chapters/studio", "chapters/honest", PANEL.strip("/").removesuffix(".html")):
        page.goto(f"{site}/{name}.html")
        page.evaluate(OPEN)
        if found := page.evaluate(FORCED):
            told[name] = found
    context.close()
    assert not told, short(told)

"""What the browser tests share: a Chromium, the built site served as a host would, and a panel to talk to.

A test file that wants the fixtures says ``pytest_plugins = ["browser"]``.
PYTEST_DONT_REWRITE: the helpers are imported before the plugin is.
"""

import os
import random
from pathlib import Path

import pytest

from book.panel import assets, panel_html
from decision.api import machine
from tools.assets import ENGINE
from tools.browser import FLAGS, chromium, left_out, serving

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("SITE", ROOT / "_build/html"))
AXE = ROOT / "book/panel/node_modules/axe-core/axe.min.js"
LIVE = f"_static/live/{assets()}"  # where the panel loads its files from
PANEL = "/chapters/panel.html"
THEMES = ("light", "dark")
DARK = "parseInt(getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0]) < 128"
# What the theme keeps at the top of the window lies over no target there.
TOP = "scrollTo(0, 0); new Promise((go) => requestAnimationFrame(() => setTimeout(go)))"
LOOK = """async ([where, colours]) => (await axe.run(where, {
    resultTypes: ["violations"],
    ...(colours && { runOnly: ["color-contrast", "link-in-text-block"] }),
    rules: colours ? {} : { "target-size": { enabled: true } },
  })).violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.html.slice(0, 160)}`))"""
# Every element that is seen, with its place and size.
SEEN_AT = """() => [...document.body.querySelectorAll("*")].map((e) => {
    const b = e.getBoundingClientRect(), seen = e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return seen ? [b.x, b.y, b.width, b.height].map(Math.round).join() : "";
  }).join(";")"""


@pytest.fixture(scope="session")
def extra(tmp_path_factory):
    """A folder served beside the site, with a page of two panels."""
    folder = tmp_path_factory.mktemp("extra")
    panels = panel_html(root="") + panel_html({"ketamine_status": "on"}, root="")
    (folder / "two.html").write_text(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Two</title>'
        f'<link rel="stylesheet" href="{LIVE}/panel.css">'
        f'<script type="module" src="{LIVE}/enhance.js"></script></head>'
        f"<body><main><h1>Two panels</h1>{panels}</main></body></html>",
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="session")
def site(extra):
    """The address of the built site, gzipped and with the right types."""
    for name in ("index.html", "chapters/panel.html", *(f"{LIVE}/{x}" for x in ENGINE)):
        if not (SITE / name).is_file():
            pytest.fail(f"{SITE / name} is not there: build the site first with `make html`.", pytrace=False)
    with serving(extra, SITE, kept={"": 600}) as address:  # as the usual host does
        yield address


@pytest.fixture(scope="session")
def chrome():
    """A Chromium; left out only where NO_BROWSER=1 says so."""
    if left_out():
        pytest.skip("NO_BROWSER=1 is set")
    from playwright.sync_api import sync_playwright

    try:
        path = chromium()
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as p:
        started = p.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


class Held:
    """The requests of a page that match a pattern, kept waiting from now on until they are released."""

    def __init__(self, page, pattern):
        self.page, self.routes = page, []
        page.route(pattern, lambda route: self.routes.append(route))

    def release(self):
        """Wait until one has come, however slow the machine, and let all of them through."""
        for _ in range(1500):
            if self.routes:
                break
            self.page.wait_for_timeout(20)
        assert self.routes, "nothing was asked for"
        while self.routes:
            self.routes.pop().continue_()


class Panel:
    """One panel of one page, as a reader meets it."""

    def __init__(self, page, n=0):
        self.page = page
        self.el = page.locator(".decision-panel").nth(n)
        self.status = self.el.locator("[role=status]")
        self.message = self.el.locator(".dp-message")
        self.acts = 0

    def card(self, ident):
        """A card by its id."""
        return self.el.locator(f'[data-card="{ident}"]')

    def unfold(self, name):
        """Open the card of a question, as a reader does, where it is folded; gives the question's row."""
        row = self.el.locator(f'[data-q="{name}"]')
        if not row.locator("input").first.is_visible():
            self.el.locator(".dp-card").filter(has=self.page.locator(f'[data-q="{name}"]')).locator("summary").click()
        return row

    def answer(self, name, value):
        """Choose an answer with the mouse, and wait for the decision. One act where the card stands open."""
        self.unfold(name).locator(f'input[value="{value}"]').click()
        self.acts += 1
        return self.settled()

    def bulk(self, card, name="None of these"):
        """Answer the rest of a card with one of its buttons."""
        self.card(card).get_by_role("button", name=name).click()
        self.acts += 1
        return self.settled()

    def press(self, name):
        """Press a button of the panel as a whole by its name."""
        self.el.locator(".dp-tools").get_by_role("button", name=name).first.click()
        return self

    def settled(self):
        """Wait until nothing is on its way."""
        self.page.wait_for_function("el => !el.querySelector('[aria-busy]')", arg=self.el.element_handle())
        return self

    @property
    def level(self):
        """The level that the page says."""
        return self.status.get_attribute("data-level")

    @property
    def urgent(self):
        """The urgent flag that the page says, as text."""
        return self.status.get_attribute("data-urgent")

    @property
    def headline(self):
        """The one sentence that is announced."""
        return self.status.locator(".dp-headline").inner_text().replace("\n", " ").replace("  ", " ").strip()

    def cards(self):
        """Card id -> its state and whether it stands open, for the cards that a reader sees."""
        return self.page.evaluate(
            """el => Object.fromEntries([...el.querySelectorAll('.dp-card')].filter(c => c.checkVisibility())
              .map(c => [c.dataset.card, [c.dataset.state, c.querySelector('details').open]]))""",
            self.el.element_handle(),
        )

    def in_view(self):
        """Whether the whole headline is inside the window and nothing lies over it."""
        return self.page.evaluate(
            """el => {
              const b = el.getBoundingClientRect();
              const at = (y) => el.contains(document.elementFromPoint(b.x + 8, y)) ||
                document.elementFromPoint(b.x + 8, y)?.contains(el);
              return b.top >= 0 && b.bottom <= innerHeight && at(b.top + 3) && at(b.bottom - 3);
            }""",
            self.status.locator(".dp-headline").element_handle(),
        )

    def shown(self):
        """The questions a reader sees, in the order of the page."""
        return self.page.evaluate(
            "el => [...el.querySelectorAll('.dp-q')].filter(f => f.checkVisibility()).map(f => f.dataset.q)",
            self.el.element_handle(),
        )


@pytest.fixture
def open_panel(chrome, site):
    """Open a page in a fresh context and give its first panel; errors of the panel's scripts fail the test."""
    contexts, errors = [], []

    def opening(path=PANEL, *, n=0, before=None, address=None, **options):
        context = chrome.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("pageerror", lambda e: errors.append(e.stack or str(e)))
        page.log = []
        page.on("request", lambda r: page.log.append(r.url))
        if before:
            before(page)
        page.goto((address or site) + path)
        if options.get("java_script_enabled", True):
            page.locator(".decision-panel.dp-live").nth(n).wait_for(state="attached")
            folded = page.locator("details.try-it:not([open]) > summary")
            if folded.count():  # in a chapter a reader opens the panel first
                folded.nth(n).click()
        return Panel(page, n)

    yield opening
    for context in contexts:
        context.close()
    assert not [e for e in errors if "/live/" in e], errors  # the theme's own are not the panel's


def patients(count, seed=20261122):
    """Seeded people: some with any answers, most near a decision, with a few answers changed or unknown."""
    m, rnd = machine(), random.Random(seed)
    calm = {i: (q["calm"] or ["unknown"])[0] for i, q in m.inputs.items()}
    bases = [calm, {**calm, "ketamine_status": "on"}, dict.fromkeys(m.ids, "unknown")]
    for _ in range(count):
        case = dict(rnd.choice(bases))
        some = rnd.choice((1, 2, 4, 8, len(m.ids)))
        for i in rnd.sample(m.ids, some):
            case[i] = rnd.choice(m.values[i])
        yield case


def known(case):
    """The answers of a case that are not unknown: what a reader would enter."""
    return {i: v for i, v in case.items() if v != "unknown"}


def fragment(case):
    """A case as the fragment of an address."""
    return "#" + "&".join(f"{i}={v}" for i, v in case.items())


def axe(page, where="html", colours=False):
    """What axe finds wrong in a part of the page, a line each; with ``colours`` by its rules of colour alone."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    page.evaluate(TOP)
    return page.evaluate(LOOK, [where, colours])


def axe_in_both_themes(page, where="html"):
    """What axe finds wrong in light and in dark, where it then stays.

    Names, roles and sizes cannot differ where all that is seen stands at the same places: then only colours are
    looked at a second time.
    """
    boxes, told = [], []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_function(
            "(theme) => [theme, undefined].includes(document.documentElement.dataset.theme)", arg=theme
        )
        page.evaluate(TOP)
        found, dark = page.evaluate(SEEN_AT), page.evaluate(DARK)
        told += [f"{theme}: the page is not"] * (dark != (theme == "dark"))
        told += [f"{theme}: {x}" for x in axe(page, where, colours=found in boxes)]
        boxes.append(found)
    return told


class Keyboard:
    """A reader who has a keyboard alone, and what the browser's accessibility tree says of where they are."""

    def __init__(self, page):
        self.page = page
        self.tree = page.context.new_cdp_session(page)

    def press(self, *keys):
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, words):
        """Type words into what has focus."""
        self.page.keyboard.type(words)
        return self

    def node(self, what="document.activeElement"):
        """Role, name and properties of an element, by the accessibility tree."""
        found = self.tree.send("Runtime.evaluate", {"expression": what})["result"]
        told = self.tree.send(
            "Accessibility.getPartialAXTree", {"objectId": found["objectId"], "fetchRelatives": False}
        )["nodes"][0]
        more = {x["name"]: x["value"].get("value") for x in told.get("properties", ())}
        return {"role": told["role"]["value"], "name": told.get("name", {}).get("value", ""), **more}

    def to(self, role, name, most=30, key="Tab"):
        """Tab until something with this role and a name that begins so has focus; gives what the tree says of it."""
        met = []
        for _ in range(most):
            self.press(key)
            here = self.node()
            met.append((here["role"], here["name"][:40]))
            if here["role"] == role and here["name"].startswith(name):
                self.page.wait_for_function(f"({SEEN})() === ''")  # the theme scrolls smoothly
                return here
        raise AssertionError(f"{role} “{name}” is not within {most} times {key}: {met}")


# What is wrong with how an element that has focus is seen. A ring is an outline: shadows are lost in forced colours.
# A link may stand in several lines; what is higher than half the window has to be seen somewhere, all else at its head.
SEEN = """(e) => {
  e ??= document.activeElement;
  const lines = [...e.getClientRects()], whole = e.getBoundingClientRect();
  if (e === document.body || !lines.length) return "nothing has focus";
  const hit = (b, y) => {
    const over = document.elementFromPoint((Math.max(b.left, 0) + Math.min(b.right, innerWidth)) / 2, y);
    return e.contains(over) || e.closest("label")?.contains(over) || (over && over === e.ownerSVGElement);
  };
  const seen = (b) => hit(b, (Math.max(b.top, 0) + Math.min(b.bottom, innerHeight)) / 2);
  const [first] = lines, told = [], spare = first.height / 4;
  if (whole.height > innerHeight / 2) {
    if (!lines.some(seen)) told.push("under something");
  } else if (first.top < -spare || first.bottom > innerHeight + spare) told.push("out of the window");
  else if (!seen(first) || !hit(first, first.top + 3)) told.push("under something");
  const ring = getComputedStyle(e);
  if (ring.outlineStyle === "none" || parseFloat(ring.outlineWidth) < 2) told.push("without a ring");
  return told.join(", ");
}"""

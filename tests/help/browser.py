"""What the browser tests share: a Chromium, the built site served as a host would, and a panel to talk to.

A test file that wants the fixtures says ``pytest_plugins = ["browser"]``.
PYTEST_DONT_REWRITE: the helpers are imported before the plugin is.
"""

import json
import os
import random
from pathlib import Path

import pytest

from book.panel import panel_html
from decision.api import machine
from tools.assets import ENGINE
from tools.browser import FLAGS, chromium, left_out, serving

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("SITE", ROOT / "_build/html"))
AXE = ROOT / "book/panel/node_modules/axe-core/axe.min.js"
PANEL = "/chapters/panel.html"


@pytest.fixture(scope="session")
def extra(tmp_path_factory):
    """A folder served beside the site, with a page of two panels."""
    folder = tmp_path_factory.mktemp("extra")
    panels = panel_html(root="") + panel_html({"ketamine_status": "on"}, root="")
    (folder / "two.html").write_text(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Two</title>'
        '<link rel="stylesheet" href="_static/live/panel.css">'
        '<script type="module" src="_static/live/enhance.js"></script></head>'
        f"<body><main><h1>Two panels</h1>{panels}</main></body></html>",
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="session")
def site(extra):
    """The address of the built site, gzipped and with the right types."""
    for name in ("index.html", "chapters/panel.html", *(f"_static/live/{x}" for x in ENGINE)):
        if not (SITE / name).is_file():
            pytest.fail(f"{SITE / name} is not there: build the site first with `make html`.", pytrace=False)
    with serving(extra, SITE) as address:
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


class Panel:
    """One panel of one page, as a reader meets it."""

    def __init__(self, page, n=0):
        self.page = page
        self.el = page.locator(".decision-panel").nth(n)
        self.status = self.el.locator("[role=status]")
        self.message = self.el.locator(".dp-message")

    def answer(self, name, value):
        """Choose an answer with the mouse, and wait for the decision."""
        self.el.locator(f'input[name="{name}"][value="{value}"]').check()
        return self.settled()

    def press(self, name):
        """Press a button by its name."""
        self.el.get_by_role("button", name=name).click()
        return self

    def settled(self):
        """Wait until nothing is on its way."""
        self.page.wait_for_function("s => !s.hasAttribute('aria-busy')", arg=self.status.element_handle())
        return self

    @property
    def level(self):
        """The level that the page says."""
        return self.status.get_attribute("data-level")

    @property
    def urgent(self):
        """The urgent flag that the page says, as text."""
        return self.status.get_attribute("data-urgent")

    def shown(self):
        """The questions a reader sees, in the order of the page."""
        return self.page.evaluate(
            "el => [...el.querySelectorAll('.dp-q')].filter(f => f.offsetParent).map(f => f.dataset.q)",
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
            page.locator(".decision-panel.dp-live").nth(n).wait_for()
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


def axe(page, where=".decision-panel"):
    """What axe finds wrong in a part of the page, in short."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    found = page.evaluate(
        """async (where) => (await axe.run(where, {rules: {"target-size": {enabled: true}}})).violations
           .map(v => [v.id, v.help, v.nodes.slice(0, 4).map(n => n.target.join(" ") + ": " + n.html.slice(0, 160))])""",
        where,
    )
    return json.dumps(found, indent=1) if found else ""

"""Every page of the built site as a reader's browser meets it: what it loads, complains of, and leaves inaccessible.

PYTEST_DONT_REWRITE: a helper without assertions.
"""

import os
from pathlib import Path

from browser import AXE, SITE

WIDTHS = (1280, 360, 320)
THEMES = ("light", "dark")
ASK = """async () => (await axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}))
  .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(" ")}: ${n.html.slice(0, 160)}`))"""


def pages() -> list[str]:
    """Every page of the site, the one file and what lies under ``_static`` apart."""
    found = (p.relative_to(SITE) for p in sorted(SITE.rglob("*.html")))
    return [p.as_posix() for p in found if not p.parts[0].startswith("_") and p.name != "ketamine-panel.html"]


def crawl(chrome, address, theme, names, widths=WIDTHS):
    """Page -> what is wrong with it in a theme: axe's findings at each width, messages of the console, strange hosts.

    Every rule of axe is on, that of target sizes too. A page is loaded once and then made narrower.
    """
    wrong, script = {}, AXE.read_text("utf-8") + "; 0"
    context = chrome.new_context(viewport={"width": widths[0], "height": 900}, color_scheme=theme)
    for name in names:
        page, told = context.new_page(), []
        page.set_default_timeout(30000)
        page.on("console", lambda m, t=told: m.type in ("error", "warning") and t.append(f"console: {m.text}"))
        page.on("pageerror", lambda e, t=told: t.append(f"error: {e}"))
        page.on("request", lambda r, t=told: r.url.startswith((address, "data:", "blob:")) or t.append(f"host: {r.url}"))
        page.on("response", lambda r, t=told: r.status >= 400 and t.append(f"{r.status}: {r.url}"))
        page.goto(f"{address}/{name}", wait_until="load")
        page.evaluate(script)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("scrollTo(0, 0)")
            told += [f"{width}: {x}" for x in page.evaluate(ASK)]
        if told:
            wrong[name] = told
        page.close()
    context.close()
    return wrong


def short(wrong, count=20):
    """The first of many findings, a line each."""
    lines = [f"{name}: {x}" for name, told in wrong.items() for x in told]
    return "\n".join([*lines[:count], f"… {len(lines) - count} more" if len(lines) > count else ""])


def half(which: int) -> list[str]:
    """Every second page, so that two workers share them."""
    return pages()[which::2]


if __name__ == "__main__":  # PYTHONPATH=.:tests/help python tests/help/crawl.py [pages]: kinds of findings, counted
    import sys
    import time
    from collections import Counter, defaultdict

    from playwright.sync_api import sync_playwright
    from tools.browser import FLAGS, chromium, serving

    start, kinds, examples = time.time(), Counter(), defaultdict(list)
    with sync_playwright() as p, serving(SITE) as address:
        browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
        for theme in THEMES:
            for name, told in crawl(browser, address, theme, sys.argv[1:] or pages()).items():
                for x in told:
                    kind = x.split(": ")[1 if x[:3].isdigit() else 0]
                    kinds[kind] += 1
                    examples[kind].append(f"{theme} {name} {x}")
        browser.close()
    for kind, count in kinds.most_common():
        print(kind, count, *examples[kind][:: max(1, len(examples[kind]) // 12)], sep="\n   ")
    print(f"{time.time() - start:.0f} s, {os.times()}")

"""Every page of the built site as a reader's browser meets it: what it loads, complains of, and leaves inaccessible.

PYTEST_DONT_REWRITE: a helper without assertions.
"""

import os

from browser import SITE, axe_in_both_themes

WIDTHS = (1280, 360, 320)


def pages() -> list[str]:
    """Every page of the site, the one file and what lies under ``_static`` apart."""
    found = (p.relative_to(SITE) for p in sorted(SITE.rglob("*.html")))
    return [p.as_posix() for p in found if not p.parts[0].startswith("_") and p.name != "ketamine-panel.html"]


class Crawled:
    """What a crawl found: by page, the faults, the weight of the first view, and the requests for it."""

    def __init__(self):
        self.wrong, self.kilobytes, self.requests = {}, {}, {}


def crawl(chrome, address, names, widths=WIDTHS):
    """What is wrong with pages: axe's findings in both themes at each width, messages of the console, strange hosts.

    Every rule of axe is on, that of target sizes too. A page is loaded once, then made narrower.
    """
    out = Crawled()
    for name in names:
        context = chrome.new_context(viewport={"width": widths[0], "height": 900})
        page, told, seen = context.new_page(), [], []
        page.set_default_timeout(30000)
        page.on("console", lambda m, t=told: t.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e, t=told: t.append(f"error: {e}"))
        page.on(
            "request",
            lambda r, t=told: None if r.url.startswith((address, "data:")) else t.append(f"host: {r.url[:99]}"),
        )
        page.on("response", lambda r, t=seen: t.append(r))
        page.goto(f"{address}/{name}")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            told += [f"{width}, {x}" for x in axe_in_both_themes(page)]
        if name.startswith("kit/"):  # sheets to print stay light
            stayed = [x for x in told if x.endswith("dark: the page is not")]
            told = [x for x in told if x not in stayed] + ["does not stay light"] * (len(stayed) < len(widths))
        seen = [r for r in seen if r.url.startswith(address)]  # what came late, while axe looked, counts too
        told += [f"missing: {r.status} {r.url}" for r in seen if r.status >= 400 and "favicon.ico" not in r.url]
        out.requests[name] = len(seen)
        out.kilobytes[name] = sum(int(r.headers.get("content-length", 0)) for r in seen) / 1000
        if told:
            out.wrong[name] = told
        context.close()
    return out


def light(crawled, most=240, requests=16):
    """The pages that weigh more at first view than so many kilobytes on the wire, gzipped, or ask more often."""
    heavy = {name: round(x) for name, x in crawled.kilobytes.items() if x > most}
    return heavy, {name: n for name, n in crawled.requests.items() if n > requests}


def short(wrong, count=20):
    """The first of many findings, a line each."""
    lines = [f"{name}: {x}" for name, told in wrong.items() for x in told]
    return "\n".join([*lines[:count], f"… {len(lines) - count} more" if len(lines) > count else ""])


if __name__ == "__main__":  # PYTHONPATH=.:tests/help python tests/help/crawl.py [pages]: kinds of findings, counted
    import sys
    import time
    from collections import Counter, defaultdict

    from playwright.sync_api import sync_playwright

    from tools.browser import FLAGS, chromium, serving

    start, kinds, examples = time.time(), Counter(), defaultdict(list)
    with sync_playwright() as p, serving(SITE) as address:
        browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, told in crawl(browser, address, sys.argv[1:] or pages()).wrong.items():
            for x in told:
                kind = x.split(": ")[1 if ", " in x[:12] else 0]
                kinds[kind] += 1
                examples[kind].append(f"{name} {x}")
        browser.close()
    for kind, count in kinds.most_common():
        print(kind, count, *examples[kind][:: max(1, len(examples[kind]) // 12)], sep="\n   ")
    print(f"{time.time() - start:.0f} s, {os.times()}")

"""What a page weighs and when its largest part is painted, beside a stock Jupyter Book of the same text.

``python -m tools.bench_pages`` builds the stock book from the same sources in the same run: the theme's own frame,
every script and style that theme and extensions add, no bundle. A cold cache for each page, gzipped as by a good host.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from .browser import FLAGS, chromium, left_out, serving

ROOT = Path(__file__).resolve().parents[1]
OURS, STOCK = ROOT / "_build/html", ROOT / "_build/stock"
OWN = ("templates_path", "html_additional_pages", "html_copy_source")  # settings that a stock book has not
PAINTED = """() => new Promise((go) => new PerformanceObserver((list) => go(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""


def stock() -> Path:
    """Build the stock book; gives its folder."""
    config = (ROOT / "_config.yml").read_text("utf-8").splitlines()
    kept = [x for x in config if not x.strip().startswith(OWN)]
    STOCK.mkdir(parents=True, exist_ok=True)
    own = STOCK / "_config.yml"
    own.write_text(re.sub(r"(\n  config:\n)", r"\1    lean: false\n", "\n".join(kept)) + "\n", "utf-8")
    told = ["jupyter-book", "build", str(ROOT), "--path-output", str(STOCK), "--config", str(own), "-q"]
    subprocess.run(
        [str(Path(sys.executable).parent / told[0]), *told[1:]],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return STOCK / "_build/html"


def first_view(browser: Any, address: str) -> tuple[float, int, float]:
    """Kilobytes, requests and milliseconds to the largest paint of a page that was never seen before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    seen: list[Any] = []
    page.on("response", lambda r: seen.append(r))
    page.goto(address, wait_until="networkidle")
    painted = page.evaluate(PAINTED)
    context.close()
    return sum(int(r.headers.get("content-length", 0)) for r in seen) / 1000, len(seen), painted


def main() -> int:
    """Measure both and print."""
    if left_out():
        print("Nothing is measured: NO_BROWSER=1.")
        return 0
    from playwright.sync_api import sync_playwright

    names = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text("utf-8"))
    found: dict[str, list[tuple[float, int, float]]] = {}
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
        for which, folder in (("this book", OURS), ("stock", stock())):
            with serving(folder) as host:
                found[which] = [first_view(browser, f"{host}/{n}.html") for n in names]
        browser.close()
    print(f"{'first view of ' + str(len(names)) + ' pages':34}{'this book':>12}{'stock':>12}{'ratio':>8}")
    for unit, told in enumerate(("kilobytes, gzipped", "requests", "largest paint, ms")):
        for name, of in (("median", median), ("most", max)):
            a, b = (of(x[unit] for x in found[which]) for which in ("this book", "stock"))
            print(f"{told + ', ' + name:34}{a:12.0f}{b:12.0f}{b / a:8.1f}")
    print(f"Load of this machine while measuring (1 min, {os.cpu_count()} cores): {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

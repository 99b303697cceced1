"""How fast the panel is, beside stock Pyodide running the same modules: a table, never a verdict.

``python -m tools.bench`` needs the built site (``make html``) and a Chromium. Times are of the browser's own clock
and depend on what else the machine does; the ratios do so much less.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from book.panel import page_data
from decision.api import full_case, machine

from .assets import ENGINE
from .browser import FLAGS, chromium, left_out, packed, serving

ROOT = Path(__file__).resolve().parents[1]
SITE, MODULES = Path(os.environ.get("SITE", ROOT / "_build/html")), ROOT / "book/panel/node_modules"
OURS = [SITE / "_static/live" / n for n in ENGINE]
THEIRS = [
    OURS[0],
    *(
        MODULES / "pyodide" / n
        for n in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
    ),
]
LINK = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
RUNS, ANSWERS, DECISIONS = 5, 200, 300

# A bare page: intent loads an interpreter and the same bundle, decides once, and writes the result.
BARE = r"""<!DOCTYPE html><meta charset="utf-8"><title>bench</title><button>Decide</button><p role="status"></p>
<script type="module">
const load = {
  pyodide: async () => (await import("/pyodide/pyodide.mjs")).loadPyodide({ indexURL: "/pyodide/" }),
  micropython: async () => (await import("/_static/live/micropython.mjs")).loadMicroPython(
    { url: "/_static/live/micropython.wasm", heapsize: 4 * 1024 * 1024 }),
}[location.search.slice(1)];
document.querySelector("button").addEventListener("pointerenter", async () => {
  const from = performance.now();
  const [py, bundle] = await Promise.all([load(), fetch("/_static/live/engine.json").then((r) => r.json())]);
  for (const [name, text] of Object.entries(bundle.files)) py.FS.writeFile("/" + name, text);
  py.globals.set("data", JSON.stringify(bundle.data));
  py.globals.set("asked", JSON.stringify({ do: "answer", case: { acute_suicide_risk: "yes" }, root: "" }));
  py.runPython("import sys, json\nsys.path.append('/')\nfrom engine import Engine\nengine = Engine(json.loads(data))");
  py.runPython("said = engine.ask(asked)");
  document.querySelector("p").innerHTML = JSON.parse(py.globals.get("said").split("\x1e")[0]).status;
  requestAnimationFrame(() => setTimeout(() => (window.first = performance.now() - from)));
  window.rate = (cases) => {
    py.globals.set("cases", JSON.stringify(cases));
    py.runPython("cases = json.loads(cases)");
    const t = performance.now();
    py.runPython("for c in cases: engine.machine.decide(c, 'book')");
    return (1000 * cases.length) / (performance.now() - t);
  };
}, { once: true });
</script>"""

# The real page: the clock starts when the pointer enters the panel, and stops in the frame that shows the decision.
WATCH = """(el) => {
  const status = el.querySelector("[role=status]");
  let from;
  el.addEventListener("pointerenter", () => (from = performance.now()), { once: true });
  new MutationObserver((_, watch) => {
    if (status.dataset.urgent !== "true") return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.first = performance.now() - from)));
  }).observe(status, { attributes: true });
}"""

# From the change event to the document updated, every list of it, and laid out: one answer after the other.
NEXT = """async ([count, seed]) => {
  const el = document.querySelector(".decision-panel"), status = el.querySelector("[role=status]"), out = [];
  const roll = (n) => Math.floor(((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648) * n);
  while (out.length < count) {
    const shown = [...el.querySelectorAll(".dp-now > .dp-shown")];
    const radios = [...shown.at(roll(4) ? -1 : roll(shown.length)).querySelectorAll("input:not(:checked)")];
    const from = performance.now();
    radios[roll(radios.length)].click();
    while (status.hasAttribute("aria-busy")) await null;
    document.body.offsetHeight;
    out.push(performance.now() - from);
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    if (out.length % 30 === 0) el.querySelector("[data-do=reset]").click();
  }
  return out;
}"""
PANEL, PYODIDE = ("/chapters/panel.html", ".decision-panel input[value=yes]"), ("/bench.html?pyodide", "button")


def first(browser: Any, address: str, where: str, press: str) -> float:
    """Seconds from a reader's intent to the first decision on screen, in a fresh context on the slow link."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", LINK)
    page.goto(address + where, wait_until="networkidle")
    if "panel" in where:
        page.locator(".decision-panel.dp-live").evaluate(WATCH)
    page.locator(press).first.click()
    page.wait_for_function("window.first", timeout=120_000)
    found = page.evaluate("window.first") / 1000
    context.close()
    return found


def people(count: int) -> list[dict[str, str]]:
    """Vignettes with a few answers changed, seeded."""
    rnd, values = random.Random(3), machine().values
    cases = [full_case(rnd.choice(page_data()["vignettes"])["case"]) for _ in range(count)]
    return [{**c, **{i: rnd.choice(values[i]) for i in rnd.sample(machine().ids, 4)}} for c in cases]


def rate_here(cases: list[dict[str, str]]) -> float:
    """Decisions a second in this Python."""
    start = time.perf_counter()
    for c in cases:
        machine().decide(c, "book")
    return len(cases) / (time.perf_counter() - start)


def rate(browser: Any, address: str, engine: str, cases: list[dict[str, str]]) -> float:
    """Decisions a second in the page."""
    page = browser.new_page()
    page.goto(f"{address}/bench.html?{engine}")
    page.locator("button").hover()
    page.wait_for_function("window.first", timeout=120_000)
    return max(page.evaluate("x => rate(x)", cases) for _ in range(3))


def main() -> int:
    """Measure and print."""
    missing = [str(f) for f in [*OURS, *THEIRS] if not f.is_file()]
    if left_out() or missing:
        print(f"Nothing is measured: {', '.join(missing) + ': run `make html` first' if missing else 'NO_BROWSER=1'}.")
        return int(bool(missing))
    from playwright.sync_api import sync_playwright

    size, size_p = (sum(len(packed(str(f), f.stat().st_mtime)) for f in files) / 1000 for files in (OURS, THEIRS))
    cases = people(DECISIONS)
    cpython = max(rate_here(cases) for _ in range(3))
    with tempfile.TemporaryDirectory() as tmp, sync_playwright() as p:
        (Path(tmp) / "bench.html").write_text(BARE, encoding="utf-8")
        with serving(Path(tmp), SITE, MODULES) as address:
            browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
            times = [[first(browser, address, *x) for _ in range(RUNS + 1)][1:] for x in (PANEL, PYODIDE)]
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address + PANEL[0])
            page.locator(".dp-live input").first.click()
            page.wait_for_function("!document.querySelector('[role=status]').hasAttribute('aria-busy')")
            steps = sorted(page.evaluate(NEXT, [ANSWERS, 11]))
            mp, py = (rate(browser, address, e, cases) for e in ("micropython", "pyodide"))
            browser.close()
    a, b = (statistics.median(x) for x in times)
    version = json.loads((MODULES / "pyodide/package.json").read_text(encoding="utf-8"))["version"]
    for row in (
        ("", "panel", f"Pyodide {version}", "ratio"),
        (f"click to first decision, 10 Mbit/s, 40 ms, median of {RUNS}", f"{a:.2f} s", f"{b:.2f} s", f"{b / a:.1f}"),
        ("engine, code and data, gzipped", f"{size:.0f} kB", f"{size_p:.0f} kB", f"{size_p / size:.1f}"),
        (f"next decision, change to laid out, p50 of {ANSWERS}", f"{steps[ANSWERS // 2]:.1f} ms", "", ""),
        (f"next decision, change to laid out, p95 of {ANSWERS}", f"{steps[ANSWERS * 95 // 100]:.1f} ms", "", ""),
        ("decisions a second, in the page", f"{mp:.0f}", f"{py:.0f}", f"{py / mp:.1f}"),
        ("decisions a second, CPython here", "", f"{cpython:.0f}", f"{cpython / mp:.1f}"),
    ):
        print(f"{row[0]:60}" + "".join(f"{cell:>18}" for cell in row[1:]))
    print(f"Load of this machine while measuring (1 min, {os.cpu_count()} cores): {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

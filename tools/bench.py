"""How fast the panel is, beside stock Pyodide running the same modules: a table, never a verdict.

``python -m tools.bench`` needs the built site (``make html``) and a Chromium. Times depend on the machine and on
what else it does; the ratios much less. Everything is measured in the browser's own clock.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from decision.api import full_case, machine
from live import page_data

from .browser import FLAGS, chromium, left_out, packed, serving

ROOT = Path(__file__).resolve().parents[1]
SITE = Path(os.environ.get("SITE", ROOT / "_build/html"))
LIVE = [f"_static/live/{n}" for n in ("engine.json", "micropython.mjs", "micropython.wasm")]
PYODIDE = [f"pyodide/{n}" for n in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip",
                                    "pyodide-lock.json")]
LINK = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
RUNS, ANSWERS, DECISIONS = 5, 200, 300

# A bare page: a click loads an interpreter and the same bundle, decides once, and writes the result.
BARE = """<!DOCTYPE html><meta charset="utf-8"><title>bench</title><button>Decide</button><p role="status"></p>
<script type="module">
const setup = "import sys, json\\nsys.path.append('/')\\nfrom engine import Engine\\nengine = Engine(json.loads(data))";
const start = {
  async pyodide() {
    const { loadPyodide } = await import("/pyodide/pyodide.mjs");
    const py = await loadPyodide({ indexURL: "/pyodide/" });
    return { files: py.FS, globals: py.globals, run: (x) => py.runPython(x) };
  },
  async micropython() {
    const { loadMicroPython } = await import("/_static/live/micropython.mjs");
    const mp = await loadMicroPython({ url: "/_static/live/micropython.wasm", heapsize: 16 * 1024 * 1024 });
    return { files: mp.FS, globals: mp.globals, run: (x) => mp.runPython(x) };
  },
}[location.search.slice(1)];
document.querySelector("button").addEventListener("pointerenter", async () => {
  const from = performance.now();
  const [py, bundle] = await Promise.all([start(), fetch("/_static/live/engine.json").then((r) => r.json())]);
  for (const [name, text] of Object.entries(bundle.files)) py.files.writeFile("/" + name, text);
  py.globals.set("data", JSON.stringify(bundle.data));
  py.run(setup);
  py.globals.set("asked", JSON.stringify({ do: "answer", case: { acute_suicide_risk: "yes" }, root: "", article: false }));
  py.run("said = engine.ask(asked)");
  document.querySelector("p").innerHTML = JSON.parse(py.globals.get("said")).status;
  requestAnimationFrame(() => setTimeout(() => (window.first = performance.now() - from)));
  window.rate = (cases) => {
    py.globals.set("cases", JSON.stringify(cases));
    py.run("cases = json.loads(cases)\\nm = engine.machine\\nm.decide(cases[0], 'book')");
    const t = performance.now();
    py.run("for c in cases: m.decide(c, 'book')");
    return (1000 * cases.length) / (performance.now() - t);
  };
}, { once: true });
</script>"""

# The real page: the clock starts when the pointer enters the panel, and stops in the frame that shows the decision.
WATCH = """() => {
  const el = document.querySelector(".decision-panel"), status = el.querySelector("[role=status]");
  let from;
  el.addEventListener("pointerenter", () => (from = performance.now()), { once: true });
  new MutationObserver((_, o) => {
    if (status.dataset.urgent !== "true") return;
    o.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.first = performance.now() - from)));
  }).observe(status, { attributes: true });
}"""

# From the change event to the document updated and laid out, for one answer after the other.
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


def first(browser: Any, address: str, where: str, press: str) -> float:
    """Seconds from a reader's intent to the first decision on screen, in a fresh context on the slow link."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", LINK)
    page.goto(address + where, wait_until="networkidle")
    if page.locator(".decision-panel").count():
        page.evaluate(WATCH)
    page.locator(press).first.click()
    page.wait_for_function("window.first")
    found = page.evaluate("window.first") / 1000
    context.close()
    return found


def people(count: int) -> list[dict[str, str]]:
    """Vignettes with a few answers changed, seeded."""
    rnd, values = random.Random(3), machine().values
    cases = [full_case(rnd.choice(page_data()["vignettes"])["case"]) for _ in range(count)]
    return [{**c, **{i: rnd.choice(values[i]) for i in rnd.sample(machine().ids, 4)}} for c in cases]


def rate(browser: Any, address: str, engine: str, cases: list[dict[str, str]]) -> float:
    """Decisions a second in the page."""
    page = browser.new_page()
    page.goto(f"{address}/bench.html?{engine}")
    page.locator("button").hover()
    page.wait_for_function("window.first", timeout=120_000)
    return max(page.evaluate("x => rate(x)", cases) for _ in range(3))


def main() -> int:
    """Measure and print."""
    if left_out():
        print("NO_BROWSER=1: nothing is measured.")
        return 0
    modules = ROOT / "node_modules"
    missing = [n for n in (*LIVE, "chapters/panel.html") if not (SITE / n).is_file()]
    missing += [n for n in PYODIDE if not (modules / n).is_file()]
    if missing:
        print(f"{', '.join(missing)}: not there; run `make html` first.")
        return 1
    from playwright.sync_api import sync_playwright
    version = json.loads((modules / "pyodide/package.json").read_text(encoding="utf-8"))["version"]
    size = {"panel": sum(len(gzip.compress((SITE / n).read_bytes(), 9)) for n in LIVE)}
    size["pyodide"] = sum(len(packed(str(modules / n), (modules / n).stat().st_mtime)) for n in PYODIDE) + len(
        gzip.compress((SITE / LIVE[0]).read_bytes(), 9))
    cases = people(DECISIONS)
    machine().decide(cases[0], "book")
    from_ = time.perf_counter()
    for c in cases:
        machine().decide(c, "book")
    cpython = len(cases) / (time.perf_counter() - from_)
    with tempfile.TemporaryDirectory() as tmp, sync_playwright() as p:
        (Path(tmp) / "bench.html").write_text(BARE, encoding="utf-8")
        with serving(Path(tmp), SITE, modules) as address:
            browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
            for where in ("panel.html", "bench.html"):  # what the server gzips once is not part of the time
                first(browser, address, *{"panel.html": ("/chapters/panel.html", "input[value=yes]"),
                                          "bench.html": ("/bench.html?pyodide", "button")}[where])
            ours = [first(browser, address, "/chapters/panel.html", "input[value=yes]") for _ in range(RUNS)]
            theirs = [first(browser, address, "/bench.html?pyodide", "button") for _ in range(RUNS)]
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address + "/chapters/panel.html")
            page.locator(".dp-live input").first.click()
            page.wait_for_function("!document.querySelector('[role=status]').hasAttribute('aria-busy')")
            steps = sorted(page.evaluate(NEXT, [ANSWERS, 11]))
            rates = {e: rate(browser, address, e, cases) for e in ("micropython", "pyodide")}
            browser.close()
    a, b = statistics.median(ours), statistics.median(theirs)
    rows = [
        ("", "panel", f"Pyodide {version}", "ratio"),
        (f"click to first decision, 10 Mbit/s, 40 ms (median of {RUNS})", f"{a:.2f} s", f"{b:.2f} s", f"{b / a:.1f}"),
        ("engine, code and data, gzipped", f"{size['panel'] / 1000:.0f} kB", f"{size['pyodide'] / 1000:.0f} kB",
         f"{size['pyodide'] / size['panel']:.1f}"),
        (f"next decision, change to laid out, p50 of {ANSWERS}", f"{steps[ANSWERS // 2]:.1f} ms", "", ""),
        (f"next decision, change to laid out, p95 of {ANSWERS}", f"{steps[ANSWERS * 95 // 100]:.1f} ms", "", ""),
        ("decisions a second in the page", f"{rates['micropython']:.0f}", f"{rates['pyodide']:.0f}",
         f"{rates['pyodide'] / rates['micropython']:.1f}"),
        ("decisions a second in CPython, here", f"{cpython:.0f}", "",
         f"{cpython / rates['micropython']:.1f} times MicroPython"),
    ]
    for name, *cells in rows:
        print(f"{name:62}" + "".join(f"{c:>18}" for c in cells))
    print(f"Load of this machine while measuring (1 min, {os.cpu_count()} cores): {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

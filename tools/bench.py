"""How fast the panel is, beside stock Pyodide and PyScript's MicroPython on a bare page: a table, never a verdict.

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

from book.panel import assets, page_data
from book.panel.engine import reply
from book.panel.prerender import engine
from decision.api import full_case, machine
from decision.change import what_would_change

from .assets import ENGINE
from .browser import FLAGS, chromium, left_out, packed, serving

ROOT = Path(__file__).resolve().parents[1]
SITE, MODULES = Path(os.environ.get("SITE", ROOT / "_build/html")), ROOT / "book/panel/node_modules"
LIVE = f"_static/live/{assets()}"
OURS = [SITE / LIVE / n for n in ENGINE]
THEIRS = [
    OURS[0],
    *(
        MODULES / "pyodide" / n
        for n in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
    ),
]
LINK = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
FRONT = [SITE / LIVE / n for n in ("panel.js", "enhance.js", "wake.js", "panel.css")]
RUNS, ANSWERS, DECISIONS = 5, 200, 300

# A bare page: intent loads an interpreter and the same bundle, decides once, and writes the result.
BARE = r"""<!DOCTYPE html><meta charset="utf-8"><title>bench</title><button>Decide</button><p role="status"></p>
<script type="module">
const load = {
  pyodide: async () => (await import("/pyodide/pyodide.mjs")).loadPyodide({ indexURL: "/pyodide/" }),
  micropython: async () => (await import("/LIVE/micropython.js")).loadMicroPython(
    { url: "/LIVE/micropython.wasm", heapsize: 8 * 1024 * 1024 }),
}[location.search.slice(1)];
document.querySelector("button").addEventListener("pointerenter", async () => {
  const from = performance.now();
  const [py, bundle] = await Promise.all([load(), fetch("/LIVE/engine.json").then((r) => r.json())]);
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
  window.changes = (cases) => {
    py.globals.set("cases", JSON.stringify(cases));
    py.runPython("import change\ncases = json.loads(cases)");
    py.runPython("def one(n):\n  change.what_would_change(engine.machine, cases[n], 'book')");
    const one = py.globals.get("one");
    return cases.map((_, n) => {
      const t = performance.now();
      one(n);
      return performance.now() - t;
    });
  };
}, { once: true });
</script>""".replace("LIVE", LIVE)

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

# From the click to the decision in the document and laid out, one answer after the other: level, headline, what is
# owed, ladder, cards and alternatives; then until every other list is there too. With a constant, the engine answers
# the same to everything: what is left is what the page itself costs.
NEXT = """async ([count, seed, constant, address]) => {
  let el = document.querySelector(".decision-panel");
  if (constant) {
    const copy = el.cloneNode(true);
    copy.classList.remove("dp-live");
    el.replaceWith(copy);
    const header = document.querySelector(".bd-header-article");
    (await import(address)).hydrate(copy, async () => constant, { header });
    el = copy;
  }
  const status = el.querySelector("[role=status]"), decided = [], listed = [];
  const roll = (n) => Math.floor(((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648) * n);
  const frame = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
  el.querySelector("[data-do=all]").click();
  while (decided.length < count) {
    const rows = [...el.querySelectorAll(".dp-q")];
    const radios = [...rows[roll(rows.length)].querySelectorAll("input:not(:checked)")];
    const radio = radios[roll(radios.length)];
    radio.scrollIntoView({ block: "center", behavior: "instant" });
    await frame();
    const from = performance.now();
    radio.click();
    while (status.hasAttribute("aria-busy")) await null;
    document.body.offsetHeight;
    decided.push(performance.now() - from);
    while (el.querySelector("[aria-busy]")) await new Promise((go) => setTimeout(go));
    listed.push(performance.now() - from);
    await frame();
    if (decided.length % 30 === 0) el.querySelector("[data-do=reset]").click();
  }
  return [decided, listed];
}"""
PANEL = ("/chapters/panel.html", ".decision-panel input[value=yes]")
PYODIDE, MICROPYTHON = ("/bench.html?pyodide", "button"), ("/bench.html?micropython", "button")


def first(browser: Any, address: str, where: str, press: str, slower: int = 1) -> float:
    """Seconds from intent to the first decision on screen: a fresh context, a slow link, a processor so much slower."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", LINK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address + where, wait_until="networkidle")
    if "panel" in where:
        page.locator(".decision-panel.dp-live").evaluate(WATCH)
    page.locator(press).first.click()
    page.wait_for_function("() => window.first", timeout=120_000)
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


def changes_here(cases: list[dict[str, str]]) -> float:
    """Milliseconds that one call of ``what_would_change`` takes in this Python, the median of the cases."""
    took = []
    for c in cases:
        start = time.perf_counter()
        what_would_change(machine(), c, "book")
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)


def rate(browser: Any, address: str, engine: str, cases: list[dict[str, str]]) -> tuple[float, float]:
    """Decisions a second in the page, and the median of milliseconds that one call of ``what_would_change`` takes."""
    page = browser.new_page()
    page.goto(f"{address}/bench.html?{engine}")
    page.locator("button").hover()
    page.wait_for_function("() => window.first", timeout=120_000)
    rates = [page.evaluate("x => rate(x)", cases) for _ in range(3)]
    return max(rates), statistics.median(page.evaluate("x => changes(x)", cases))


def steps(browser: Any, address: str, constant: bool) -> list[list[float]]:
    """Milliseconds from click to decision, and to every list, for many answers one after the other, sorted."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(600_000)
    page.goto(address + PANEL[0])
    page.locator(".dp-live input").first.click()
    page.wait_for_function("() => !document.querySelector('.decision-panel [aria-busy]')")
    asked = {"case": {"pregnant": "yes"}, "root": "../"}
    same: dict[str, Any] = {}
    for do in ("answer", "lists", "more"):
        same |= reply(engine().ask(json.dumps({"do": do, **asked})))
    found = page.evaluate(NEXT, [ANSWERS, 11, same if constant else None, f"{address}/{LIVE}/panel.js"])
    page.close()
    return [sorted(x) for x in found]


def measure(address: str) -> dict[str, Any]:
    """All that needs a browser."""
    from playwright.sync_api import sync_playwright

    cases, out = people(DECISIONS), {}  # type: list[dict[str, str]], dict[str, Any]
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
        for slower in (1, 4):
            runs = [
                [first(browser, address, *x, slower) for _ in range(RUNS + 1)][1:]
                for x in (PANEL, PYODIDE, MICROPYTHON)
            ]
            out[f"first {slower}"] = [statistics.median(x) for x in runs]
        out["ours"], out["constant"] = (steps(browser, address, x) for x in (False, True))
        out["rates"] = [rate(browser, address, e, cases) for e in ("micropython", "pyodide")]
        browser.close()
    out["cpython"] = max(rate_here(cases) for _ in range(3)), changes_here(cases)
    return out


def kilobytes(files: list[Path]) -> float:
    """What files weigh on the wire."""
    return sum(len(packed(str(f), f.stat().st_mtime)) for f in files) / 1000


def table(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """The rows that are printed."""
    out: list[tuple[str, ...]] = []
    for slower, words in ((1, ""), (4, ", processor 4 times slower")):
        a, b, c = found[f"first {slower}"]
        told = f"click to first decision, 10 Mbit/s, 40 ms{words}"
        out.append((told, f"{a:.2f} s", f"{b:.2f} s", f"{c:.2f} s", f"{b / a:.1f}"))
    size, size_p = kilobytes(OURS), kilobytes(THEIRS)
    out.append(
        (
            "engine, code and data, gzipped",
            f"{size:.0f} kB",
            f"{size_p:.0f} kB",
            f"{size:.0f} kB",
            f"{size_p / size:.1f}",
        )
    )
    out.append(("front end, gzipped", f"{kilobytes(FRONT):.0f} kB", "", "", ""))
    one = SITE / "ketamine-panel.html"
    out.append(("the one file, gzipped", f"{kilobytes([one]):.0f} kB" if one.is_file() else "not built", "", "", ""))
    (ours, lists), (base, _) = found["ours"], found["constant"]
    for name, part in (("p50", 50), ("p95", 95)):
        a, b = ours[ANSWERS * part // 100], base[ANSWERS * part // 100]
        told = f"next decision, click to laid out, {name} of {ANSWERS}"
        out.append((told, f"{a:.1f} ms", "", f"{b:.1f} ms *", f"{a / b:.1f}"))
    out.append((f"the other lists are there too, p50 of {ANSWERS}", f"{lists[ANSWERS // 2]:.1f} ms", "", "", ""))
    here, (mp, py) = found["cpython"], found["rates"]
    out += [
        ("decisions a second, in the page", f"{mp[0]:.0f}", f"{py[0]:.0f}", "", f"{py[0] / mp[0]:.1f}"),
        ("decisions a second, CPython here", f"{here[0]:.0f}", "", "", f"{here[0] / mp[0]:.1f}"),
        ("what_would_change, a call in the page", f"{mp[1]:.1f} ms", f"{py[1]:.1f} ms", "", f"{py[1] / mp[1]:.1f}"),
        ("what_would_change, a call in CPython here", f"{here[1]:.2f} ms", "", "", f"{here[1] / mp[1]:.2f}"),
    ]
    return out


def main() -> int:
    """Measure and print."""
    missing = [str(f) for f in [*OURS, *THEIRS] if not f.is_file()]
    if left_out() or missing:
        print(f"Nothing is measured: {', '.join(missing) + ': run `make html` first' if missing else 'NO_BROWSER=1'}.")
        return int(bool(missing))
    with tempfile.TemporaryDirectory() as tmp:
        (Path(tmp) / "bench.html").write_text(BARE, encoding="utf-8")
        with serving(Path(tmp), SITE, MODULES) as address:
            found = measure(address)
    version = json.loads((MODULES / "pyodide/package.json").read_text(encoding="utf-8"))["version"]
    for row in (("", "panel", f"Pyodide {version}", "bare MicroPython", "ratio"), *table(found)):
        print(f"{row[0]:66}" + "".join(f"{cell:>18}" for cell in row[1:]))
    print(
        "Medians. Pyodide and PyScript's MicroPython load the same bundle on a bare page. *: the panel itself with an"
    )
    print("engine that answers a constant, in the same run: the ratio of the next decision is to this.")
    print(f"Load of this machine while measuring (1 min, {os.cpu_count()} cores): {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

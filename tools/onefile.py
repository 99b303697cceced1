"""The panel in one file, ``ketamine-panel.html``: it opens from a memory stick or an e-mail and loads nothing.

``python -m tools.onefile`` writes it into the built site, from what ``tools/assets.py`` put together.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
from html import escape
from pathlib import Path

import decision
from book.panel import panel_html
from book.panel.names import source_names
from decision.tables import COLUMNS
from tools.assets import parts

ROOT = Path(__file__).resolve().parents[1]
NAME = "ketamine-panel.html"
LOOK = """
:root { color-scheme: light dark; --pst-color-text-base: #1b1b1b; --pst-color-text-muted: #50555c;
  --pst-color-border: #b9bdc2; --pst-color-surface: #f5f5f2; --pst-color-background: #fff;
  --pst-color-primary: #0a5c7a; --pst-color-link: #005b99; }
@media screen and (prefers-color-scheme: dark) { :root { --pst-color-text-base: #e9e9e6;
  --pst-color-text-muted: #b3b8be;
  --pst-color-border: #565b61; --pst-color-surface: #22262a; --pst-color-background: #15181b;
  --pst-color-primary: #6fc3df; --pst-color-link: #8ec9f5; } }
body { margin: 0 auto; max-width: 76rem; padding: .5rem 1rem 2rem; font: 1rem/1.5 system-ui, sans-serif;
  background: var(--pst-color-background); color: var(--pst-color-text-base); }
h1 { font-size: 1.4rem; margin: .5rem 0; }
.tables { overflow-x: auto; font-size: .85rem; }
.tables :is(th, td) { text-align: left; vertical-align: top; padding: .2rem .4rem;
  border-top: 1px solid var(--pst-color-border); }
.tables a { color: inherit; }
:focus-visible { outline: 3px solid var(--pst-color-link); outline-offset: 2px; }
"""
START = r"""
const packed = (id) => Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
const opened = (id) => new Response(new Blob([packed(id)]).stream().pipeThrough(new DecompressionStream("gzip")));
let engine;
async function start() {
  const [wasm, text] = await Promise.all([opened("wasm").arrayBuffer(), opened("data").text()]);
  const bundle = JSON.parse(text);
  const mp = await loadMicroPython({ wasm, url: "micropython.wasm", heapsize: 8 * 1024 * 1024 });
  for (const [name, code] of Object.entries(bundle.files)) mp.FS.writeFile("/" + name, code);
  mp.globals.set("data_text", JSON.stringify(bundle.data));
  mp.runPython("import sys, json\nsys.path.append('/')\nfrom engine import Engine");
  mp.runPython("ask = Engine(json.loads(data_text)).ask\ndel data_text");
  const ask = mp.globals.get("ask");
  return (q) => reply(ask(JSON.stringify(q)));
}
const ready = () => (engine ??= start().catch((e) => { engine = undefined; throw e; }));
const el = document.querySelector(".decision-panel");
for (const intent of ["pointerenter", "focusin", "touchstart"])
  el.addEventListener(intent, () => ready().catch(() => {}), { once: true, passive: true });
hydrate(el, async (q) => (await ready())(q), { fragment: true });
"""


def packed(content: bytes) -> str:
    """Bytes gzipped, as text that may stand in HTML."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def module(code: str) -> str:
    """A module's code without its exports, to stand beside others in one script."""
    out = []
    for line in code.splitlines():
        if line.startswith("export default "):
            continue
        out.append(line.removeprefix("export "))
    return "\n".join(out).replace("</script", "<\\/script")


def loader(code: str) -> str:
    """MicroPython's loader for one file: it has no address of its own, and its names stay in a scope of its own."""
    code = re.sub(r"export default _createMicroPythonModule;?", "", code)
    code = code.replace("export async function", "async function").replace("import.meta.url", "document.baseURI")
    given = code.replace("let Module={locateFile:", "let Module={wasmBinary:options.wasm,locateFile:")
    if given == code:
        raise SystemExit(
            "MicroPython’s loader has changed: tools/onefile.py no longer finds where to hand it the engine."
        )
    return (
        "const loadMicroPython = await (async () => {"
        + given.replace("</script", "<\\/script")
        + "\nreturn loadMicroPython; })();\n"
    )


def cell(value: object) -> str:
    """A cell of a table as text."""
    if isinstance(value, dict):
        return "; ".join(f"{k}: {' or '.join(v) if isinstance(v, list) else v}" for k, v in value.items())
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def tables() -> str:
    """Every table of rules as it runs, and the sources with their addresses."""
    out = ["<h2>The tables</h2>"]
    for name in COLUMNS:
        try:
            rows = decision.rows(name)
        except ValueError:  # the vocabulary, the levels and the lists are no tables of rules
            continue
        columns = [
            c for c in ("row", "when", "level", "title", "because", "sources", "origin", "certainty") if c in rows[0]
        ]
        out.append(
            f"<details><summary>{escape(name.replace('_', ' '))} ({len(rows)})</summary>"
            f'<div class="tables" tabindex="0" role="region" aria-label="{escape(name.replace("_", " "))}">'
        )
        out.append(
            "<table><thead><tr>" + "".join(f'<th scope="col">{c}</th>' for c in columns) + "</tr></thead><tbody>"
        )
        for row in rows:
            out.append("<tr>" + "".join(f"<td>{escape(cell(row[c]))}</td>" for c in columns) + "</tr>")
        out.append("</tbody></table></div></details>")
    out.append("<details><summary>The sources</summary><ul>")
    for key, (name, seen) in source_names().items():
        out.append(f"<li>{escape(name)} ({escape(seen)}; in the tables: {escape(key)})</li>")
    return "".join(out) + "</ul></details>"


def page() -> str:
    """The whole file."""
    files = parts()
    text = {n: b.decode() for n, b in files.items() if n != "micropython.wasm"}
    script = module(text["panel.js"]) + "\n" + loader(text["micropython.js"]) + START
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Ketamine, pain and risk: the panel</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{LOOK}{text['panel.css']}</style></head><body><main><h1>Ketamine, pain and risk: the panel</h1>"
        f"{panel_html()}{tables()}</main>"
        f'<script type="text/plain" id="wasm">{packed(files["micropython.wasm"])}</script>'
        f'<script type="text/plain" id="data">{packed(files["engine.json"])}</script>'
        f'<script type="module">{script}</script></body></html>\n'
    )


def main() -> int:
    """Write it and say what it weighs."""
    out = (Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build/html") / NAME
    out.write_text(page(), encoding="utf-8")
    size = len(gzip.compress(out.read_bytes(), 9)) / 1000
    print(json.dumps({"file": str(out), "gzipped kB": round(size)}))
    return int(size > 450)


if __name__ == "__main__":
    sys.exit(main())

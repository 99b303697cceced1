"""Put the front end and the engine where the site serves them: ``book/static/live/``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from book.panel import bundle

ROOT = Path(__file__).resolve().parents[1]
PANEL = ROOT / "book/panel"
MICROPYTHON = PANEL / "node_modules/@micropython/micropython-webassembly-pyscript"
FRONT = ("panel.js", "enhance.js", "panel.css")
ENGINE = ("engine.json", "micropython.mjs", "micropython.wasm")


def main() -> None:
    """Copy the parts and write ``engine.json`` last, so that a half-made folder is made again."""
    out = ROOT / "book/static/live"
    out.mkdir(parents=True, exist_ok=True)
    for name in FRONT:
        shutil.copy(PANEL / name, out / name)
    for name in ENGINE[1:]:
        shutil.copy(MICROPYTHON / name, out / name)
    (out / ENGINE[0]).write_text(json.dumps(bundle(), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Put the front end and the engine where the site serves them: ``book/static/live/``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from book.panel import bundle

ROOT = Path(__file__).resolve().parents[1]
PANEL = ROOT / "book/panel"
ENGINE = PANEL / "node_modules/@micropython/micropython-webassembly-pyscript"


def main() -> None:
    """Copy the parts and write ``engine.json`` last, so that a half-made folder is made again."""
    out = ROOT / "book/static/live"
    out.mkdir(parents=True, exist_ok=True)
    for name in ("panel.js", "enhance.js", "panel.css"):
        shutil.copy(PANEL / name, out / name)
    for name in ("micropython.mjs", "micropython.wasm"):
        shutil.copy(ENGINE / name, out / name)
    (out / "engine.json").write_text(json.dumps(bundle(), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()

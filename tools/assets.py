"""Put the front end and the engine where the site serves them: ``book/static/live/<digest of it all>/``.

Whatever changes, changes the address of every file: no cache can pair today's tables with yesterday's rules.
"""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

from book.panel import bundle, studio_data

ROOT = Path(__file__).resolve().parents[1]
PANEL = ROOT / "book/panel"
MICROPYTHON = PANEL / "node_modules/@micropython/micropython-webassembly-pyscript"
FRONT = ("panel.js", "enhance.js", "wake.js", "audit.js", "studio.js", "studio.json", "panel.css")
ENGINE = ("engine.json", "micropython.js", "micropython.wasm")
LIVE = ROOT / "book/static/live"


def parts() -> dict[str, bytes]:
    """Every file that the panel loads, by a name whose type each server knows (.js, where npm says .mjs)."""
    out = {name: (PANEL / name).read_bytes() for name in FRONT if name != "studio.json"}
    out["studio.json"] = json.dumps(studio_data(), ensure_ascii=False, separators=(",", ":")).encode()
    out["micropython.js"] = (MICROPYTHON / "micropython.mjs").read_bytes()
    out["micropython.wasm"] = (MICROPYTHON / "micropython.wasm").read_bytes()
    out["engine.json"] = json.dumps(bundle(), ensure_ascii=False, separators=(",", ":")).encode()
    return out


def digest(files: dict[str, bytes]) -> str:
    """The name of the folder: sixteen hex digits of the names and contents of all its files."""
    return sha256(b"".join(n.encode() + b"\0" + sha256(b).digest() for n, b in sorted(files.items()))).hexdigest()[:16]


def main() -> None:
    """Write the files beside the folder they go to, then put it in place of every older one."""
    files = parts()
    name = digest(files)
    new = LIVE / f".{name}"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for file, content in files.items():
        (new / file).write_bytes(content)
    for old in LIVE.iterdir():
        if old != new:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    new.rename(LIVE / name)
    (LIVE / "ready").write_text(name, encoding="utf-8")


if __name__ == "__main__":
    main()

"""A Chromium for the browser tests and the bench, and a server of a folder as a good host would serve it.

``python -m tools.browser`` makes sure that a Chromium is there. ``NO_BROWSER=1``, set on purpose, leaves out
every test that needs one.
"""

from __future__ import annotations

import gzip
import mimetypes
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TYPES = {".wasm": "application/wasm", ".mjs": "text/javascript", ".js": "text/javascript"}
HELP = (
    "No Chromium was found and none could be installed. Install one (Debian: apt-get install chromium; "
    "anywhere: playwright install chromium), or set NO_BROWSER=1 to leave the browser tests out."
)


def left_out() -> bool:
    """Whether the browser tests are left out on purpose."""
    return os.environ.get("NO_BROWSER") == "1"


def found() -> str | None:
    """The path of a Chromium on this machine, the distribution's or Playwright's."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as p:
            path = p.chromium.executable_path
    except Error:
        return None
    return path if Path(path).exists() else None


def chromium() -> str:
    """The path of a Chromium; raises ``RuntimeError`` saying how to get one."""
    if path := found():
        return path
    raise RuntimeError(HELP)


def tried(*command: str) -> bool:
    """Whether a command could be run and succeeded."""
    print("+", *command, flush=True)
    try:
        return subprocess.run(command, check=False).returncode == 0
    except OSError:
        return False


def main() -> int:
    """Find a Chromium or get one: Playwright's own first, then the distribution's."""
    if left_out():
        print("NO_BROWSER=1: every test that needs a browser is left out, on purpose.")
        return 0
    if not found():
        tried(sys.executable, "-m", "playwright", "install", "chromium")
    if not found() and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        tried("apt-get", "update") and tried("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    print(found() or HELP)
    return 0 if found() else 1


@lru_cache(maxsize=512)
def packed(path: str, changed: float) -> bytes:
    """A file gzipped, remembered until it changes."""
    return gzip.compress(Path(path).read_bytes(), 9)


@contextmanager
def serving(
    *folders: Path,
    headers: dict[str, str] | None = None,
    types: dict[str, str] | None = None,
    kept: dict[str, int] | None = None,
) -> Iterator[str]:
    """Serve folders (the first that has a file wins) on a free local port, gzipped; gives the address.

    ``types``: how this host calls files by the end of their name, where it differs from a good one; ``kept``: for how
    many seconds it lets browsers keep them without asking, ``""`` for all others.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.split("?")[0].split("#")[0].lstrip("/") or "index.html"
            file = next((f / name for f in folders if (f / name).is_file()), None)
            body = packed(str(file), file.stat().st_mtime) if file else gzip.compress(b"not here")
            self.send_response(200 if file else 404)
            kind = (
                (types or {}).get(Path(name).suffix)
                or TYPES.get(Path(name).suffix)
                or mimetypes.guess_type(name)[0]
                or "application/octet-stream"
            )
            text = kind.startswith("text/") or kind == "application/json"
            self.send_header("Content-Type", kind + ("; charset=utf-8" if text else ""))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            age = (kept or {}).get(Path(name).suffix, (kept or {}).get(""))
            also = {} if age is None or not file else {"Cache-Control": f"max-age={age}"}
            for key, value in {**(headers or {}), **also}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())

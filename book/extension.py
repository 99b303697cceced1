"""The book's Sphinx extension: directives and roles that print from ``decision``.

Nothing clinical is written here; a page says where a table, a claim or a number stands,
and this extension prints it from the files that run.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

from . import (
    audit,
    classroom,
    directive,
    frame,
    glossary,
    lean,
    moved,
    pictures,
    prose,
    quoted,
    references,
    review,
    tables,
)
from .panel import assets

log = logging.getLogger(__name__)


def without_leftovers(app: Sphinx, config) -> None:
    """What git ignores is no page: editors and systems leave copies of pages beside them."""
    path = Path(app.srcdir) / ".gitignore"
    for x in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        name = x.strip().lstrip("\\").strip("/")
        if name and not x.startswith("#"):
            config.exclude_patterns = [*config.exclude_patterns, name, f"**/{name}"]


def panel_files(app: Sphinx, config) -> None:
    """The panel's script and style, from the folder that carries the digest of their content in its name."""
    name = assets()
    if not name:
        log.warning("book/static/live holds no files of the panel: run `python -m tools.assets` first.")
        return
    config.html_css_files = [*config.html_css_files, f"live/{name}/panel.css"]
    config.html_js_files = [*config.html_js_files, (f"live/{name}/enhance.js", {"type": "module"})]


def without_old_panels(app: Sphinx, exception: Exception | None) -> None:
    """What an earlier build left beside the panel's files of today is no part of this site."""
    live = Path(app.outdir) / "_static/live"
    for old in live.iterdir() if exception is None and live.is_dir() else []:
        if old.name != assets():
            shutil.rmtree(old) if old.is_dir() else old.unlink()


def outdated(app: Sphinx, env, added, changed, removed) -> list[str]:
    """Read every page and run every notebook again when anything that pages print from changed."""
    root = Path(app.srcdir)
    files = [
        p
        for d in ("decision", "book", "guard")
        for p in sorted((root / d).rglob("*"))
        if p.is_file() and not {"__pycache__", "node_modules", "static"} & set(p.parts)
    ]
    now = sha256(b"".join(p.read_bytes() for p in files)).hexdigest()
    before, env.book_inputs = getattr(env, "book_inputs", None), now
    return [] if before == now else sorted(env.found_docs)


def setup(app: Sphinx) -> dict[str, object]:
    """Register everything the pages use."""
    app.connect("config-inited", without_leftovers)
    app.connect("config-inited", panel_files)
    app.connect("build-finished", without_old_panels)
    app.connect("env-get-outdated", outdated)
    for module in (
        prose, tables, references, pictures, directive, audit, review,
        classroom, frame, glossary, quoted, lean, moved,
    ):  # fmt: skip
        module.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

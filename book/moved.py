"""A page at each address that this site had and left: it leads to the one that took its place, anchor included."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from sphinx.application import Sphinx

from guard.addresses import moved

from .lean import POLICY
from .quoted import address


def leads(old: str, new: str) -> str:
    """The page at an address that was left. Without scripts it leads on too, but to the top of the page."""
    to = os.path.relpath(new, os.path.dirname(old) or ".")
    root = "../" * old.count("/")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>This page has moved</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">\n'
        f'<link rel="canonical" href="{escape(address() + new if address() else to)}">\n'
        f'<noscript><meta http-equiv="refresh" content="0; url={escape(to)}"></noscript></head>\n'
        f'<body><main><h1>This page has moved</h1><p><a href="{escape(to)}">It stands here now</a>.</p></main>\n'
        f'<script src="{root}_static/moved.js"></script></body></html>\n'
    )


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write them once the pages stand."""
    for old, new in moved(Path(app.srcdir)).items() if exception is None and app.builder.format == "html" else []:
        path = Path(app.outdir) / old
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(leads(old, new), "utf-8")


def setup(app: Sphinx) -> None:
    """Register what stands where pages stood."""
    app.connect("build-finished", write)

"""Only what a page uses is loaded: no script of the theme or of an extension, and a policy that refuses all others."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

OWN = Path(__file__).parent / "static"
SEARCH = ("documentation_options.js", "doctools.js", "sphinx_highlight.js")  # what Sphinx's search needs
UNUSED = ("thebe", "copybutton", "togglebutton")  # styles of what this book does not show
THEBE = re.compile(r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = .*?</script>', re.S)
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'"
)


def kept(name: str, page: str) -> bool:
    """Whether a page loads a script: one of this book's own, or one that the search page needs."""
    file = name.rsplit("/", 1)[-1]
    return "/live/" in f"/{name}" or (OWN / file).is_file() or (page == "search" and file in SEARCH)


def lean(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Leave out what jupyter-book, the theme and extensions add to each page, whether the page uses it or not."""
    context["script_files"] = [f for f in context.get("script_files", []) if kept(str(f.filename or ""), pagename)]
    context["css_files"] = [
        f for f in context.get("css_files", []) if not any(x in str(f.filename or "") for x in UNUSED)
    ]
    context["policy"] = POLICY
    context["body"] = THEBE.sub("", context.get("body", ""))


def setup(app: Sphinx) -> None:
    """Register the last word on what a page loads."""
    app.connect("html-page-context", lean, priority=950)

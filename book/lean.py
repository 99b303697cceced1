"""Only what a page uses is loaded: no script of the theme or of an extension, and a policy that refuses all others."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)
OWN = Path(__file__).parent / "static"
UNUSED = ("thebe", "copybutton", "togglebutton")  # styles of what this book does not show
THEBE = re.compile(r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = .*?</script>', re.S)
TWICE = re.compile(r'\s*<meta name="viewport"[^>]*>')  # the frame says it already
FOLD = re.compile(r"((?<=>)([^<]+)</a><details[^>]*><summary)")
NAME = ("Code", "Result")  # of a fold: no paragraph may stand in a summary
CODE = re.compile(r'<p class="collapsed admonition-title">.*?</p>\s*<p class="expanded admonition-title">.*?</p>', re.S)
NAMED = re.compile(r"(?<=chapter “)[^”<>]+(?=”)")  # in a notebook; in Lab a link to a page would open its source
STYLED = re.compile(r"<style scoped>.*?</style>\s*", re.S)  # of each frame of pandas; book.css says it once
MENDED = {  # what extensions write and assistive technology trips over
    'role="doc-biblioentry"': 'role="listitem"',  # deprecated, and no child of a list
    '<summary aria-label="Toggle hidden content">': "<summary>",  # hides the words that it shows
    '<table border="1" ': "<table ",
}
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'"
)


def kept(name: str) -> bool:
    """Whether a page loads a script: one of this book's own."""
    return "/live/" in f"/{name}" or (OWN / name.rsplit("/", 1)[-1]).is_file()


def named(contents: str) -> str:
    """The list of contents with a name for what unfolds; captions, which stand before the title, are no headings.

    The theme's link to the page that one is on leads nowhere; it says so to a screen reader too.
    """
    contents = contents.replace(' aria-level="2" class="caption" role="heading"', ' class="caption"')
    contents = contents.replace(
        '<a class="current reference internal"', '<a aria-current="page" class="current reference internal"'
    )
    return FOLD.sub(r'\1 aria-label="Pages below: \2"', contents)


def elsewhere(repository: str, page: str, suffix: str) -> list[tuple[str, str]]:
    """What a reader can do with a page where the book is kept, as addresses with their words."""
    if not repository:
        return []
    source, kept_on = page + suffix, repository.rstrip("/")
    out = [
        (f"{kept_on}/edit/main/{source}", "Edit this page"),
        (f"{kept_on}/issues/new?title={quote(f'In {page}: ')}", "Report a fault in it"),
    ]
    host, _, name = kept_on.partition("://")[2].partition("/")
    if suffix == ".ipynb" and host == "github.com":
        out.append(
            (
                f"https://mybinder.org/v2/gh/{name}/main?labpath={quote(source, safe='')}",
                "Run it on Binder (invented cases only)",
            )
        )
    return out


def chapters(body: str, titles: dict[str, str], pathto: Callable[[str], str], pagename: str) -> str:
    """The body of a notebook with each chapter that it names as a link; one that is not there is warned about."""

    def link(found: re.Match[str]) -> str:
        if (title := found[0]) in titles:
            return f'<a href="{pathto(titles[title])}">{title}</a>'
        log.warning("no page has the title “%s”; write it as it stands on the page", title, location=pagename)
        return title

    return NAMED.sub(link, body)


def lean(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Leave out what jupyter-book, the theme and extensions add to each page, whether the page uses it or not."""
    if not app.config.lean:
        return
    context["script_files"] = [f for f in context.get("script_files", []) if kept(str(f.filename or ""))]
    context["css_files"] = [
        f for f in context.get("css_files", []) if not any(x in str(f.filename or "") for x in UNUSED)
    ]
    context["policy"] = POLICY
    at = os.environ.get("BOOK_REPOSITORY", "")
    context["elsewhere"] = elsewhere(at, pagename, context.get("page_source_suffix", ""))
    context["metatags"] = TWICE.sub("", context.get("metatags", ""))
    if made := context.get("generate_toctree_html"):
        context["generate_toctree_html"] = lambda *a, **k: named(str(made(*a, **k)))
    body = STYLED.sub("", THEBE.sub("", context.get("body", "")))
    body = CODE.sub(lambda x: f'<span class="admonition-title">{NAME["output" in x[0]]}</span>', body)
    if str(context.get("page_source_suffix", "")) == ".ipynb":
        titles = {title.astext(): name for name, title in app.env.titles.items()}
        body = chapters(body, titles, context["pathto"], pagename)
    for old, new in MENDED.items():
        body = body.replace(old, new)
    context["body"] = body


def setup(app: Sphinx) -> None:
    """Register the last word on what a page loads."""
    app.add_config_value("lean", True, "html")  # false for the stock book that `make bench` compares with
    app.connect("html-page-context", lean, priority=950)

"""What leaves a page without its frame: link previews, data for search engines, a Markdown twin, ``llms.txt``.

A claim of the article never stands there without its verdict: it stands inside the sentence, not beside it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, NavigableString
from docutils import nodes
from markdownify import markdownify
from sphinx.application import Sphinx

import decision
from guard import review

from . import facts
from .review import now, told, updated

CAUTION = "Education only, not advice about a person. Not yet reviewed by a clinician."
ASIDE = "script, style, [popover], .claim-pop, .decision-panel, .headerlink, button, .pst-js-only, template"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def address() -> str:
    """Where the site will stand, with a slash at its end, or nothing: ``BOOK_ADDRESS`` when it is built."""
    given = os.environ.get("BOOK_ADDRESS", "")
    if given and not re.match("https?://[^/]", given):
        raise ValueError(f"BOOK_ADDRESS is “{given}”: write the whole address of the site, from https:// on.")
    return given.rstrip("/") + "/" if given else ""


def verdict(ident: str) -> str:
    """The verdict on a claim in words."""
    claim = facts.cards()[ident]
    return facts.VERDICTS[claim["verdict"]][1] + (", unsafe as written" if claim["unsafe"] == "yes" else "")


def marked(ident: str) -> str:
    """What stands behind a claim wherever it is quoted."""
    return f" [our check of this claim: {verdict(ident)}]"


@lru_cache(maxsize=1)
def statements() -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds the article's claims in our words, and the id of each."""
    ids = {claim["statement"]: ident for ident, claim in facts.cards().items()}
    words = "|".join(re.escape(x) for x in sorted(ids, key=len, reverse=True))
    return re.compile(words.replace("\\ ", r"\s+")), ids


def own(html: str, aside: str = ASIDE) -> BeautifulSoup:
    """The words of a page alone: no panel, button or popover, and in each claim its verdict in words."""
    page = BeautifulSoup(html, "html.parser")
    for x in page.select(aside):
        x.extract()
    for says in page.select("[id^=says-]"):
        says.append(marked(str(says["id"]).removeprefix("says-")))
    for said in page.select(".disagreement .claim-article"):  # says a claim in other words
        named = [str(x.get("id", "")) for x in (said, *said.parents)]
        point = next((decision.disagreements()[x] for x in named if x in decision.disagreements()), {"claims": ""})
        said.append("".join(map(marked, re.findall(r"[a-z0-9-]+", point["claims"]))))
    stated, ids = statements()
    for text in page.find_all(string=stated):
        text.replace_with(NavigableString(stated.sub(lambda m: m[0] + marked(ids[" ".join(m[0].split())]), text)))
    return page


def source(app: Sphinx, page: str) -> str:
    """The file that a page is written in, as the record names it."""
    return Path(app.env.doc2path(page)).relative_to(app.srcdir).as_posix()


def objectives(body: str) -> tuple[list[str], str]:
    """What a reader can do after a page, and the minutes that it takes, from what stands at its head."""
    page = BeautifulSoup(body, "html.parser")
    goals = [" ".join(x.get_text().split()).rstrip(";.") for x in page.select(".page-frame li, .objectives li")]
    minutes = re.search(r"(\d+) minute", " ".join(x.get_text() for x in page.select(".read-time, .objectives")))
    return goals, minutes[1] if minutes else ""


def data(app: Sphinx, page: str, title: str, about: str, body: str) -> dict[str, Any]:
    """A page in the words of schema.org. ``reviewedBy`` is there only when somebody real approved the text."""
    goals, minutes = objectives(body)
    out: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["LearningResource", "MedicalWebPage"],
        "name": title,
        "description": about,
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": LICENSE,
        "isPartOf": {"@type": "Book", "name": app.config.html_title},
    }
    if address():
        out["url"] = f"{address()}{page}.html"
    if goals:
        out["teaches"] = goals
    if minutes:
        out["timeRequired"] = f"PT{minutes}M"
    path = source(app, page)
    if path in updated():
        out["dateModified"] = updated()[path].isoformat()
    state = review.state(path, now()) if path in now()["pages"] else {"state": "", "by": ""}
    if state["state"]:
        out["creativeWorkStatus"] = f"{state['state']}. {told(state)}"
    if state["state"] == "Approved":
        out |= {"lastReviewed": state["on"], "reviewedBy": {"@type": "Person", "name": state["by"]}}
    return out


def description(title: str, body: str) -> str:
    """A page in a sentence, without a claim of the article in it."""
    goals, _ = objectives(body)
    return (f"After it you can {goals[0][0].lower()}{goals[0][1:]}. " if goals else f"{title}. ") + CAUTION


def preview(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """The head of a page for those who show it elsewhere, and its Markdown twin beside it."""
    title = BeautifulSoup(context.get("title", ""), "html.parser").get_text() or app.config.html_title
    body = context.get("body", "")
    about = description(title, body if doctree else "")
    tags = {"og:title": title, "og:description": about, "og:type": "article", "og:site_name": app.config.html_title}
    head = [f'<meta name="description" content="{escape(about)}">']
    if address():
        tags["og:url"] = f"{address()}{pagename}.html"
        head.append(f'<link rel="canonical" href="{escape(tags["og:url"])}">')
    head += [f'<meta property="{name}" content="{escape(text)}">' for name, text in tags.items()]
    if doctree:
        if day := updated().get(source(app, pagename)):
            context["updated"] = f"{day.day} {day:%B %Y}"
        twin = Path(app.outdir) / f"{pagename}.md"
        twin.parent.mkdir(parents=True, exist_ok=True)
        text = markdownify(str(own(body)), heading_style="ATX", bullets="-")
        twin.write_text(re.sub(r"\n{3,}", "\n\n", f"> {CAUTION}\n\n{text.strip()}\n"), "utf-8")
        head.append(f'<link rel="alternate" type="text/markdown" href="{pagename.rsplit("/", 1)[-1]}.md">')
        known = json.dumps(data(app, pagename, title, about, body), ensure_ascii=False).replace("<", "\\u003c")
        head.append(f'<script type="application/ld+json">{known}</script>')
    context["quoted"] = "\n  ".join(head)


def lines(app: Sphinx) -> Iterator[str]:
    """``llms.txt``: the pages, and every claim with its verdict and what was found."""
    yield f"# {app.config.html_title}\n\n> {CAUTION} An AI-written answer on ketamine for pain, checked claim by claim."
    yield "Quote no claim of the article without its verdict. Each page has a Markdown twin.\n\n## Pages\n"
    for page in sorted(app.env.found_docs, key=lambda p: (p != app.config.root_doc, p)):
        yield f"- [{app.env.titles[page].astext()}]({address()}{page}.md)"
    yield "\n## Claims of the article, each with the verdict of our check\n"
    for ident, claim in facts.cards().items():
        where = f"{address()}chapters/claims.html#claim-{ident}"
        yield f"- [{verdict(ident)}]({where}): {claim['statement']} Our check: {claim['finding']}"


def overview(app: Sphinx, exception: Exception | None) -> None:
    """Write ``llms.txt``, and a sitemap where the address of the site is known: it may hold no relative ones."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / "llms.txt").write_text("\n".join(lines(app)) + "\n", "utf-8")
    (out / "sitemap.xml").unlink(missing_ok=True)
    shutil.rmtree(out / "_sources", ignore_errors=True)  # of a build before pages had twins
    if address():
        urls = "".join(f"<url><loc>{escape(address() + p)}.html</loc></url>\n" for p in sorted(app.env.found_docs))
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        (out / "sitemap.xml").write_text(f"{head}\n{urls}</urlset>\n", "utf-8")


def setup(app: Sphinx) -> None:
    """Register what is written for those who quote."""
    app.connect("html-page-context", preview, priority=940)
    app.connect("build-finished", overview)

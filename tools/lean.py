"""One stylesheet with what the built pages use, in place of the theme's and the extensions' many.

The name of the file carries the digest of its content. PurgeCSS (kept by its community for years; its few settings
are in ``book/panel``) reads the pages and scripts and drops the rules that nothing in them can meet. Run again after
each build.
"""

from __future__ import annotations

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from book.quoted import address

ROOT = Path(__file__).resolve().parents[1]
PURGE = ROOT / "book/panel/node_modules/.bin/purgecss"
CONFIG = ROOT / "book/panel/purgecss.config.cjs"
LINK = re.compile(r'[ \t]*<link(?=[^>]*rel="stylesheet")[^>]*href="((?:\.\./)*)_static/([^"?]+)[^"]*"[^>]*>\n?')
NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.S)


def sheets(page: str) -> list[str]:
    """The stylesheets that a page links, in order; what stands in ``noscript`` is none of them."""
    return [name for _, name in LINK.findall(NOSCRIPT.sub("", page))]


def whole(sheet: Path) -> str:
    """A stylesheet with those that it imports in place of the import."""
    text = sheet.read_text("utf-8")
    return re.sub(r'@import "([^"]+)";', lambda m: whole((sheet.parent / m[1]).resolve()), text)


def bundle(site: Path, names: list[str], pages: list[Path]) -> str:
    """The rules of some stylesheets that the pages and scripts of the site use, as one text."""
    with TemporaryDirectory() as folder:
        given = Path(folder) / "all.css"
        given.write_text("\n".join(whole(site / "_static" / n) for n in names), "utf-8")
        scripts = [p for p in (site / "_static").rglob("*.js") if p.parent.name != "scripts"]
        told = [str(PURGE), "--config", str(CONFIG), "--css", str(given), "--output", folder]
        subprocess.run([*told, "--content", *map(str, [*pages, *scripts])], check=True, stdout=subprocess.DEVNULL)
        css = given.read_text("utf-8")
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)  # the theme's icon font; frame.css draws what is shown
    return re.sub(r"[\w-]+:[^;{}]*url\((?!['\"]?(?:data:|#))[^)]*\)[^;}]*;?", "", css)  # its pictures of files


def by_content(page: str, static: Path) -> str:
    """The page with the digest of each small script, style and icon behind its name: no cache gives it an old one."""

    def named(m: re.Match[str]) -> str:
        return f'{m[1]}{m[2]}?v={sha256((static / m[2]).read_bytes()).hexdigest()[:8]}"'

    return re.sub(
        r'((?:href|src)="(?:\.\./)*_static/)(?!site\.[0-9a-f]{16})([\w.-]+\.(?:js|css|svg))(?:\?v=\w+)?"', named, page
    )


def from_anywhere(page: str) -> str:
    """The page for addresses that are not there, which a host shows at any depth: its own links begin at the root."""
    root = urlsplit(address()).path or "/"
    return re.sub(r'((?:href|src|action)=")(?![a-z]+:|/|#|")', rf"\1{root}", page)


def main(site: Path = ROOT / "_build/html") -> int:
    """Bundle, and let every page link the bundle alone."""
    pages = sorted(p for p in site.rglob("*.html") if "_static" not in p.parts and p.name != "ketamine-panel.html")
    texts = {p: p.read_text("utf-8") for p in pages}
    names = list(dict.fromkeys(n for text in texts.values() for n in sheets(text) if not n.startswith("site.")))
    kept = site / "_static/site.txt"  # what an earlier build of unchanged pages linked
    if kept.is_file():
        names = list(dict.fromkeys([*kept.read_text("utf-8").split(), *names]))
    names = [n for n in names if (site / "_static" / n).is_file()]  # a panel of an earlier build is gone
    kept.write_text("\n".join(names), "utf-8")
    css = bundle(site, names, pages)
    file = f"site.{sha256(css.encode()).hexdigest()[:16]}.css"
    for old in (site / "_static").glob("site.*.css"):
        old.unlink()
    (site / "_static" / file).write_text(css, "utf-8")
    for page, text in texts.items():
        aside = NOSCRIPT.findall(text)
        rest = NOSCRIPT.sub("\x00", text)
        if not (first := LINK.search(rest)):
            continue
        link = f'  <link href="{first[1]}_static/{file}" rel="stylesheet">\n'
        rest = LINK.sub("", rest[: first.start()] + "\x01" + rest[first.start() :]).replace("\x01", link)
        for part in aside:
            rest = rest.replace("\x00", part, 1)
        rest = by_content(rest, site / "_static")
        page.write_text(from_anywhere(rest) if page.name == "404.html" else rest, "utf-8")
    print(f"{file}: {len(css) // 1000} kB for {len(pages)} pages, from {len(names)} stylesheets")
    return 0


if __name__ == "__main__":
    sys.exit(main())

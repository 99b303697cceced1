"""What the book says and does, as short lines that can be locked, compared and shown as a diff.

A *subject* is a claim, a page, a knowledge file or a module. Reformatting a file, reordering imports
or rewrapping a paragraph leaves its lines as they are. Each line knows where it was read.

``decision`` is imported where it is needed and not before, so that a package that does not load is a message
(see ``guard.readable``) and not a traceback.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pathspec import GitIgnoreSpec

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path[:1]:
    sys.path.insert(0, str(ROOT))  # the copy this file stands in, not an installed one

if TYPE_CHECKING:
    from decision.reader import Row

KNOWLEDGE = Path("decision/knowledge")
ROLE = re.compile(r"\{claim\}`([^`<]*)<\s*([a-z0-9-]+)\s*>`")
CARD = re.compile(r"^[ \t]*(`{3,}|:{3,})\{claim\}[ \t]+([a-z0-9-]+)[ \t]*\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
CODE = {"decision": (".py",), "book": (".py", ".html", ".js"), "guard": (".py",), "chapters": (".py",)}  # not its style
UNLOCKED = ("guard/seeds.py", "guard/drift.py")  # they measure the protection and are no part of it
ACCEPTED = Path("guard/accepted")
SETTINGS = ("_toc.yml", "_config.yml", "CITATION.cff", "pyproject.toml", "Makefile")  # what is said and run by name
FREE = ("index.md", "CHANGELOG.md")  # the first is a page of the book, the second only looks back


class Line(str):
    """A line of a subject, and the ``file:line`` at which it was read."""

    at: str = ""


def line(text: str, path: Path | str, number: int) -> Line:
    """A line with its place."""
    out = Line(text)
    out.at = f"{path}:{number}"
    return out


def short(text: str) -> str:
    """Twelve characters that stand for a text."""
    return sha256(text.encode()).hexdigest()[:12]


def words(text: str) -> str:
    """A text with its white space folded, so that line breaks do not matter."""
    return " ".join(text.split())


def text_of(path: Path) -> str:
    """The text of a file, the same whichever system ended its lines and with or without a byte order mark."""
    return path.read_text(encoding="utf-8-sig")


def line_of(text: str, at: int) -> int:
    """The line number of a position."""
    return text.count("\n", 0, at) + 1


def inside(text: str) -> str:
    """The words of HTML without its marks and styles."""
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.S)
    return words(unescape(re.sub(r"<[^>]*>", " ", text)))


def pages(root: Path = ROOT) -> list[Path]:
    """Every page of the book, relative to the root, in order."""
    return [Path("index.md"), *(p for kind in ("md", "ipynb") for p in kept(root, root.glob(f"chapters/*.{kind}")))]


def shape(name: str) -> tuple[Path, tuple[str, ...], str, tuple[str, ...]]:
    """Of a knowledge CSV by its stem: its path, its columns, its key and the columns that may be empty."""
    from decision import register, tables

    if name in register.COLUMNS:
        columns, optional = register.COLUMNS[name]
        return KNOWLEDGE / f"register/{name}.csv", columns, register.KEYS.get(name, columns[0]), optional
    return KNOWLEDGE / f"rules/{name}.csv", (columns := tables.COLUMNS[name]), tables.KEYS.get(name, columns[0]), ()


def tables_of_knowledge() -> tuple[str, ...]:
    """The knowledge CSVs by their stems."""
    from decision import register, tables

    return (*tables.COLUMNS, *register.COLUMNS)


def rows(root: Path, name: str) -> list[Row]:
    """The rows of a knowledge CSV, by its stem, each with its ``line``; ``KnowledgeError`` if it cannot be read."""
    from decision.reader import read_csv

    path, columns, key, optional = shape(name)
    return read_csv(root / path, str(path), columns, key, optional)


@lru_cache(maxsize=4)
def ignored(root: Path) -> GitIgnoreSpec:
    """What git ignores in this folder, which editors and systems leave and the build makes: none of it is content."""
    path = root / ".gitignore"
    return GitIgnoreSpec.from_lines(text_of(path).splitlines() if path.exists() else [])


def kept(root: Path, found: Iterable[Path]) -> list[Path]:
    """The files among ``found`` that git does not ignore, relative to the root, in order."""
    names = sorted(p.relative_to(root) for p in found if p.is_file())
    return [p for p in names if not ignored(root).match_file(p)]


def row_line(row: dict[str, str]) -> str:
    """A row as one readable line; cells that say "any" or nothing are left out."""
    cells = {k: words("; ".join(v) if isinstance(v, list) else v or "") for k, v in row.items()}
    return " | ".join(f"{k}: {v}" for k, v in cells.items() if v not in ("", "–"))


def cells(root: Path, page: Path) -> list[dict[str, Any]]:
    """The cells of a notebook, each with ``top`` and ``line``, where it and its source begin in the file."""
    text = text_of(root / page)
    try:
        found = json.loads(text)["cells"]
        places = []
        for key in ('"cell_type": ', r'"source": (?:\[\n)?'):
            at = [line_of(text, m.end()) for m in re.finditer(rf"^[ \t]*{key}", text, re.M)]
            places.append(at + [1] * (len(found) - len(at)))
        return [
            {"metadata": {}, **c, "source": "".join(c["source"]), "top": top, "line": n}
            for c, top, n in zip(found, *places, strict=False)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{page}: not a notebook that can be read ({error}).") from None


def parts(root: Path, page: Path) -> list[tuple[str, int]]:
    """The Markdown of a page as one part; of a notebook, each Markdown cell. With the line it begins on."""
    if page.suffix == ".md":
        return [(text_of(root / page), 1)]
    return [(c["source"], c["line"]) for c in cells(root, page) if c["cell_type"] == "markdown"]


def prose(root: Path, page: Path) -> str:
    """The Markdown of a page; of a notebook, its Markdown cells."""
    return "\n\n".join(text for text, _ in parts(root, page))


def joined(x: Any) -> Any:
    """A notebook's text, which may be stored as one string or as its lines."""
    if isinstance(x, dict):
        return {k: joined(v) for k, v in x.items()}
    return "".join(x) if isinstance(x, list) and all(isinstance(y, str) for y in x) else x


def shown_text(output: dict[str, Any]) -> str:
    """What a reader sees of a cell's output: its words."""
    data = joined(output.get("data", {}))
    plain = data.get("text/plain", output.get("evalue", ""))
    return inside(data["text/html"]) if "text/html" in data else words(joined(output.get("text", plain)))


def page_lines(root: Path, page: Path) -> list[str]:
    """A line for each block of a page: its words. Of a notebook a line for each cell and for each of its outputs.

    What has no words (code, as its syntax tree; an image; how an output is laid out) stands as a hash in ‹ ›.
    """
    if page.suffix == ".md":
        text = text_of(root / page)
        blocks = re.finditer(r"\S(?:.*?)(?=\n\s*\n|\s*\Z)", text, re.S)
        return [line(words(m[0]), page, line_of(text, m.start())) for m in blocks]
    out: list[str] = []
    for n, c in enumerate(cells(root, page), 1):
        name = f"cell {c.get('id', n)}"
        about = {k: v for k, v in c["metadata"].items() if k != "execution"}
        mark = f" ‹{short(json.dumps(about, sort_keys=True))}›" if about else ""
        if c["cell_type"] == "code":
            out.append(line(f"{name}, code: ‹{short(code_text(c['source']))}›{mark}", page, c["top"]))
        else:
            out.append(line(f"{name}, text: {words(c['source'])}{mark}", page, c["top"]))
        for o in c.get("outputs", []):
            kept = {k: joined(o[k]) for k in ("output_type", "name", "text", "data", "ename", "evalue") if k in o}
            mark = short(json.dumps(kept, sort_keys=True))
            out.append(line(f"{name}, output: {shown_text(o)} ‹{mark}›", page, c["top"]))
    return out


def modules(root: Path) -> list[Path]:
    """Every file of code that decides, prints or guards, relative to the root, in order."""
    found = (p for folder, kinds in CODE.items() for p in (root / folder).rglob("*") if p.suffix in kinds)
    return [p for p in kept(root, found) if "node_modules" not in p.parts]


def imported(tree: ast.AST) -> list[str]:
    """Every name imported at the top of a module, sorted, so that their order and grouping do not count."""
    out = []
    for n in ast.iter_child_nodes(tree):
        if isinstance(n, ast.Import | ast.ImportFrom):
            start = "." * n.level + (n.module or "") + " " if isinstance(n, ast.ImportFrom) else ""
            out += [f"import {start}{ast.unparse(name)}" for name in n.names]
    return sorted(out)


def tree_text(x: Any) -> str:
    """A syntax tree as text, the same in every Python: ``ast.dump`` and ``ast.unparse`` change from one to the next.

    Empty fields are left out, because versions add some; so are the empty ends that 3.12.1 gives to an f-string.
    """
    if isinstance(x, list):
        return f"[{', '.join(map(tree_text, x))}]"
    if not isinstance(x, ast.AST):
        return repr(x)
    if isinstance(x, ast.JoinedStr):
        x = ast.JoinedStr([v for v in x.values if getattr(v, "value", None) != ""])
    found = [(name, getattr(x, name, None)) for name in x._fields]
    fields = [f"{name}={tree_text(value)}" for name, value in found if value is not None and value != []]
    return f"{type(x).__name__}({', '.join(fields)})"


def code_text(source: str) -> str:
    """Python as its syntax tree, imports sorted: layout and comments do not count."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    rest = [tree_text(n) for n in tree.body if not isinstance(n, ast.Import | ast.ImportFrom)]
    return "\n".join(imported(tree) + rest)


def code_lines(root: Path, path: Path) -> list[str]:
    """A line for each function, method or statement of a module (or, for other files, one for the whole)."""
    return list(lines_of(text_of(root / path), path))


@lru_cache(maxsize=256)
def parsed(text: str) -> ast.Module:
    """The syntax tree of a module, which one check asks for twice; nobody changes it."""
    return ast.parse(text)


@lru_cache(maxsize=256)  # a run of seeds looks at the same modules time after time
def lines_of(text: str, path: Path) -> list[str]:
    """As ``code_lines``, of a text."""
    try:
        tree = parsed(text if path.suffix == ".py" else "(")
    except SyntaxError:
        return [line(f"{short(words(text))} whole file", path, 1)]
    out: list[str] = [line(f"{short(chr(10).join(imported(tree)))} imports", path, 1)]

    def put(n: ast.stmt, before: str = "") -> None:
        name = before + (getattr(n, "name", "") or " ".join(ast.unparse(n).split()[:5])[:60])
        out.append(line(f"{short(tree_text(n))} {name}", path, n.lineno))

    for n in tree.body:
        if isinstance(n, ast.ClassDef):  # its head, then each method
            put(ast.copy_location(ast.ClassDef(**{**dict(ast.iter_fields(n)), "body": [ast.Pass()]}), n))
            for part in n.body:
                put(part, f"{n.name}.")
        elif not isinstance(n, ast.Import | ast.ImportFrom):
            put(n)
    return out


def claim_lines(root: Path) -> dict[str, list[str]]:
    """For each claim: its sentences on the pages, its row of the register, and every row that implements it."""
    from decision.reader import split
    from decision.tables import COLLECTED, VERDICT_TABLES

    out: dict[str, list[str]] = {}

    def put(ident: str, text: str, path: Path, number: int) -> None:
        out.setdefault(ident, []).append(line(text, path, number))

    for r in rows(root, "claims"):
        put(r["id"], row_line(r), shape("claims")[0], r.line)
    for page in pages(root):
        for text, first in parts(root, page):
            for m in ROLE.finditer(text):
                put(m[2], f"says {page}: {words(m[1])}", page, first + line_of(text, m.start()) - 1)
            for m in CARD.finditer(text):
                put(m[2], f"card {page}: {words(m[3])}", page, first + line_of(text, m.start()) - 1)
    for name in (*VERDICT_TABLES, *COLLECTED, "vocabulary"):
        kind = "input" if name == "vocabulary" else f"row {name}"
        for r in rows(root, name):
            for ident in split(r["claims"]):
                put(ident, f"{kind}: {row_line(r)}", shape(name)[0], r.line)
    return out


def bib_lines(root: Path) -> list[str]:
    """A line for each source: its key and every field that has words, as the library that prints it reads them."""
    from decision.reader import read_bib

    path = KNOWLEDGE / "references.bib"
    return [
        line(row_line({"key": key, **{k: v for k, v in e.items() if k != "line"}}), path, e["line"])
        for key, e in read_bib(root / path).items()  # by the name it has in the package: one check reads it once
    ]


def run_lines(root: Path) -> list[str]:
    """What the last run of ``make drift`` found, as the book prints it; its seconds may vary."""
    path = ACCEPTED / "drift.json"
    if not (root / path).exists():
        return []
    run = json.loads(text_of(root / path))
    found = [f"{d['name']}: {', '.join(k for k, v in d['caught'].items() if v)}" for d in run["drifts"]]
    return [line(x, path, 1) for x in [f"detectors: {', '.join(run['detectors'])}", *found]]


def subjects(root: Path = ROOT) -> dict[str, dict[str, list[str]]]:
    """All subjects by file of what was accepted: ``claims``, ``pages``, ``tables``, ``code``."""
    tables: dict[str, list[str]] = {
        f"{n}.csv": [line(row_line(r), shape(n)[0], r.line) for r in rows(root, n)] for n in tables_of_knowledge()
    }
    tables["references.bib"] = bib_lines(root)
    code = {str(path): code_lines(root, path) for path in modules(root) if str(path) not in UNLOCKED}
    for name in SETTINGS:
        code[name] = [
            line(x.rstrip(), name, n)
            for n, x in enumerate(text_of(root / name).splitlines(), 1)
            if x.strip() and not x.strip().startswith("#")
        ]
    if run := run_lines(root):
        tables["drift.json"] = run
    beside = [p for p in kept(root, root.glob("*.md")) if p.name not in FREE]
    return {
        "claims": claim_lines(root),
        "pages": {str(p): page_lines(root, p) for p in [*pages(root), *beside]},
        "tables": tables,
        "code": code,
    }

"""What the book says and does, as short lines that can be locked, compared and shown as a diff.

A *subject* is a claim, a page, a knowledge file or a module. Reformatting a file, reordering imports
or rewrapping a paragraph leaves its lines as they are. Each line knows where it was read.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path[:1]:
    sys.path.insert(0, str(ROOT))  # the copy this file stands in, not an installed one

from decision import register
from decision import tables as rule_tables
from decision.reader import Row, read_bib, read_csv, split

KNOWLEDGE = Path("decision/knowledge")
ROLE = re.compile(r"\{claim\}`([^`<]*)<\s*([a-z0-9-]+)\s*>`")
CARD = re.compile(r"^[ \t]*(`{3,}|:{3,})\{claim\}[ \t]+([a-z0-9-]+)[ \t]*\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
COLLECTED = ("urgent", "alternatives", "cautions", "notes", "safeguards", "monitoring", "other_care")
TABLES = ("start", "on", "article", *COLLECTED)
IMAGES = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif")
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


def line_of(text: str, at: int) -> int:
    """The line number of a position."""
    return text.count("\n", 0, at) + 1


def pages(root: Path = ROOT) -> list[Path]:
    """Every page of the book, relative to the root, in order."""
    return [Path("index.md"), *(p for kind in ("md", "ipynb") for p in kept(root, root.glob(f"chapters/*.{kind}")))]


def shape(name: str) -> tuple[Path, tuple[str, ...], str, tuple[str, ...]]:
    """Of a knowledge CSV by its stem: its path, its columns, its key and the columns that may be empty."""
    if name in register.COLUMNS:
        columns, optional = register.COLUMNS[name]
        return KNOWLEDGE / f"register/{name}.csv", columns, register.KEYS.get(name, columns[0]), optional
    return KNOWLEDGE / f"rules/{name}.csv", rule_tables.COLUMNS[name], rule_tables.KEYS.get(name, "row"), ()


TABLES_OF_KNOWLEDGE = (*rule_tables.COLUMNS, *register.COLUMNS)


def rows(root: Path, name: str) -> list[Row]:
    """The rows of a knowledge CSV, by its stem, each with its ``line``; ``KnowledgeError`` if it cannot be read."""
    path, columns, key, optional = shape(name)
    return read_csv(root / path, str(path), columns, key, optional)


@lru_cache(maxsize=4)
def ignored(root: Path) -> GitIgnoreSpec:
    """What git ignores in this folder, which editors and systems leave and the build makes: none of it is content."""
    path = root / ".gitignore"
    return GitIgnoreSpec.from_lines(path.read_text(encoding="utf-8").splitlines() if path.exists() else [])


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
    text = (root / page).read_text(encoding="utf-8")
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
        return [((root / page).read_text(encoding="utf-8"), 1)]
    return [(c["source"], c["line"]) for c in cells(root, page) if c["cell_type"] == "markdown"]


def prose(root: Path, page: Path) -> str:
    """The Markdown of a page; of a notebook, its Markdown cells."""
    return "\n\n".join(text for text, _ in parts(root, page))


def joined(x: Any) -> Any:
    """A notebook's text, which may be stored as one string or as its lines."""
    if isinstance(x, dict):
        return {k: joined(v) for k, v in x.items()}
    return "".join(x) if isinstance(x, list) and all(isinstance(y, str) for y in x) else x


def page_lines(root: Path, page: Path) -> list[str]:
    """A line for each block of a page: a hash and the first words. Cells of a notebook with their outputs."""
    blocks: list[tuple[str, str, int]] = []
    if page.suffix == ".md":
        text = (root / page).read_text(encoding="utf-8")
        for m in re.finditer(r"\S(?:.*?)(?=\n\s*\n|\s*\Z)", text, re.S):
            blocks.append((words(m[0]), words(m[0]), line_of(text, m.start())))
    else:
        for c in cells(root, page):
            kinds = ("output_type", "name", "text", "data", "ename", "evalue")
            shown = [{k: joined(o[k]) for k in kinds if k in o} for o in c.get("outputs", [])]
            source = code_text(c["source"]) if c["cell_type"] == "code" else words(c["source"])
            kept = [c["cell_type"], source, shown, {k: v for k, v in c["metadata"].items() if k != "execution"}]
            blocks.append((json.dumps(kept, sort_keys=True), words(source), c["top"]))
    return [line(f"{short(what)} {' '.join(told.split()[:9])}", page, at) for what, told, at in blocks]


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
    fields = [f"{name}={tree_text(value)}" for name, value in ast.iter_fields(x) if value is not None and value != []]
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
    text = (root / path).read_text(encoding="utf-8", errors="backslashreplace")
    try:
        tree = ast.parse(text if path.suffix == ".py" else "(")
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
    for name in (*TABLES, "vocabulary"):
        kind = "input" if name == "vocabulary" else f"row {name}"
        for r in rows(root, name):
            for ident in split(r["claims"]):
                put(ident, f"{kind}: {row_line(r)}", shape(name)[0], r.line)
    return out


def bib_lines(root: Path) -> list[str]:
    """A line for each source: its key and every field that has words, as the library that prints it reads them."""
    path = KNOWLEDGE / "references.bib"
    return [
        line(row_line({"key": key, **{k: v for k, v in e.items() if k != "line"}}), path, e["line"])
        for key, e in read_bib(root / path, str(path)).items()
    ]


def run_lines(root: Path) -> list[str]:
    """What the last run of ``make drift`` found, as the book prints it; its seconds may vary."""
    path = ACCEPTED / "drift.json"
    if not (root / path).exists():
        return []
    run = json.loads((root / path).read_text(encoding="utf-8"))
    found = [f"{d['name']}: {', '.join(k for k, v in d['caught'].items() if v)}" for d in run["drifts"]]
    return [line(x, path, 1) for x in [f"detectors: {', '.join(run['detectors'])}", *found]]


def subjects(root: Path = ROOT) -> dict[str, dict[str, list[str]]]:
    """All subjects by file of what was accepted: ``claims``, ``pages``, ``tables``, ``code``."""
    tables = {f"{n}.csv": [line(row_line(r), shape(n)[0], r.line) for r in rows(root, n)] for n in TABLES_OF_KNOWLEDGE}
    tables["references.bib"] = bib_lines(root)
    code: dict[str, list[str]] = {}
    for folder, kinds in CODE.items():
        for path in kept(root, (p for p in (root / folder).rglob("*") if p.suffix in kinds)):
            if str(path) not in UNLOCKED and "node_modules" not in path.parts:
                code[str(path)] = code_lines(root, path)
    for name in SETTINGS:
        code[name] = [
            line(x.rstrip(), name, n)
            for n, x in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1)
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

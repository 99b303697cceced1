"""What the book says and does, as short lines that can be locked, compared and shown as a diff.

A *subject* is a claim, a page, a knowledge file or a module. Reformatting a file, reordering imports
or rewrapping a paragraph leaves its lines as they are. Each line knows where it was read.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the copy this file stands in, not an installed one

KNOWLEDGE = Path("decision/knowledge")
ROLE = re.compile(r"\{claim\}`([^`<]*)<\s*([a-z0-9-]+)\s*>`")
CARD = re.compile(r"^[ \t]*(`{3,}|:{3,})\{claim\}[ \t]+([a-z0-9-]+)[ \t]*\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
COLLECTED = ("urgent", "cautions", "notes", "safeguards", "monitoring", "other_care")
TABLES = ("start", "on", "article", *COLLECTED)
IMAGES = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif")
CODE = {
    "decision": (".py",),
    "proof": (".py",),
    "live": (".py", ".js", ".css"),
    "_ext/book": (".py", ".html", ".js", ".css"),
    "_assets": (".css", *IMAGES),
    "chapters": IMAGES,
}
GUARDS = ("content", "check", "lint", "lock", "review")  # the tools that this protection stands on
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
    chapters = root / "chapters"
    found = [root / "index.md", *sorted(chapters.glob("*.md")), *sorted(chapters.glob("*.ipynb"))]
    return [p.relative_to(root) for p in found]


def numbered(root: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a knowledge CSV, each with the line it ends on."""
    with (root / KNOWLEDGE / name).open(newline="", encoding="utf-8-sig") as f:
        reader = csv.DictReader(f)
        return [(reader.line_num, row) for row in reader]


def rows(root: Path, name: str) -> list[dict[str, str]]:
    """The rows of a knowledge CSV."""
    return [row for _, row in numbered(root, name)]


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
        return [{"metadata": {}, **c, "source": "".join(c["source"]), "top": top, "line": n}
                for c, top, n in zip(found, *places, strict=False)]
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


def shape(x: Any) -> str:
    """A syntax tree as text, the same in every Python: ``ast.dump`` and ``ast.unparse`` change from one to the next.

    Empty fields are left out, because versions add some; so are the empty ends that 3.12.1 gives to an f-string.
    """
    if isinstance(x, list):
        return f"[{', '.join(map(shape, x))}]"
    if not isinstance(x, ast.AST):
        return repr(x)
    if isinstance(x, ast.JoinedStr):
        x = ast.JoinedStr([v for v in x.values if getattr(v, "value", None) != ""])
    fields = [f"{name}={shape(value)}" for name, value in ast.iter_fields(x) if value is not None and value != []]
    return f"{type(x).__name__}({', '.join(fields)})"


def code_text(source: str) -> str:
    """Python as its syntax tree, imports sorted: layout and comments do not count."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    rest = [shape(n) for n in tree.body if not isinstance(n, ast.Import | ast.ImportFrom)]
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
        out.append(line(f"{short(shape(n))} {name}", path, n.lineno))

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

    for n, r in numbered(root, "claims.csv"):
        put(r["id"], row_line(r), KNOWLEDGE / "claims.csv", n)
    for page in pages(root):
        for text, first in parts(root, page):
            for m in ROLE.finditer(text):
                put(m[2], f"says {page}: {words(m[1])}", page, first + line_of(text, m.start()) - 1)
            for m in CARD.finditer(text):
                put(m[2], f"card {page}: {words(m[3])}", page, first + line_of(text, m.start()) - 1)
    for name in (*TABLES, "vocabulary"):
        kind = "input" if name == "vocabulary" else f"row {name}"
        for n, r in numbered(root, f"{name}.csv"):
            for ident in [c.strip() for c in (r.get("claims") or "").split(";") if c.strip()]:
                put(ident, f"{kind}: {row_line(r)}", KNOWLEDGE / f"{name}.csv", n)
    return out


def bib_lines(root: Path) -> list[str]:
    """A line for each source: a hash of its entry, white space aside, its key, year and how it was seen."""
    path, out = KNOWLEDGE / "references.bib", list[str]()
    text = (root / path).read_text(encoding="utf-8")
    for m in re.finditer(r"^[ \t]*@\w+\{([^,\s]+),.*?(?=^[ \t]*@|\Z)", text, re.M | re.S):
        entry = re.sub(r"\s*([={},])\s*", r"\1", words(m[0]))
        told = [f[1] for f in (re.search(rf"\b{k}=\{{+([^}}.,]*)", entry) for k in ("year", "note")) if f]
        out.append(line(f"{short(entry)} {m[1]} {' | '.join(told)}", path, line_of(text, m.start())))
    return out


def run_lines(root: Path) -> list[str]:
    """What the last run of ``make drift`` found, as the book prints it; its seconds may vary."""
    path = Path("lock/drift.json")
    if not (root / path).exists():
        return []
    run = json.loads((root / path).read_text(encoding="utf-8"))
    found = [f"{d['name']}: {', '.join(k for k, v in d['caught'].items() if v)}" for d in run["drifts"]]
    return [line(x, path, 1) for x in [f"detectors: {', '.join(run['detectors'])}", *found]]


def subjects(root: Path = ROOT) -> dict[str, dict[str, list[str]]]:
    """All subjects by lock file: ``claims``, ``pages``, ``tables``."""
    tables: dict[str, list[str]] = {}
    for f in sorted((root / KNOWLEDGE).glob("*.csv")):
        tables[f.name] = [line(row_line(r), KNOWLEDGE / f.name, n) for n, r in numbered(root, f.name)]
    tables["references.bib"] = bib_lines(root)
    files = [p for folder in CODE for p in sorted((root / folder).rglob("*")) if p.suffix in CODE[folder]]
    files += [root / f"tools/{name}.py" for name in GUARDS]
    for path in (p.relative_to(root) for p in files):
        if "__pycache__" not in path.parts and path.parts[:2] != ("_assets", "live"):  # copies, made by the build
            tables[str(path)] = code_lines(root, path)
    for name in SETTINGS:
        tables[name] = [
            line(x.rstrip(), name, n)
            for n, x in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1)
            if x.strip() and not x.strip().startswith("#")
        ]
    if run := run_lines(root):
        tables["lock/drift.json"] = run
    books = pages(root)
    beside = [p.relative_to(root) for p in sorted(root.glob("*.md")) if p.name not in FREE]
    return {
        "claims": claim_lines(root),
        "pages": {str(p): page_lines(root, p) for p in [*books, *beside]},
        "tables": tables,
    }

"""What the book says and does, as short lines that can be locked, compared and shown as a diff.

A *subject* is a claim, a page, a knowledge file or a module. Reformatting a file, reordering imports
or rewrapping a paragraph leaves its lines as they are.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the copy this file stands in, not an installed one

KNOWLEDGE = Path("decision/knowledge")
ROLE = re.compile(r"\{claim\}`([^`<]*)<\s*([a-z0-9-]+)\s*>`")
CARD = re.compile(r"^(`{3,})\{claim\}[ \t]+([a-z0-9-]+)[ \t]*\n(.*?)^\1[ \t]*$", re.M | re.S)
COLLECTED = ("urgent", "cautions", "notes", "safeguards", "monitoring", "other_care")
TABLES = ("start", "on", "article", *COLLECTED)


def short(text: str) -> str:
    """Twelve characters that stand for a text."""
    return sha256(text.encode()).hexdigest()[:12]


def words(text: str) -> str:
    """A text with its white space folded, so that line breaks do not matter."""
    return " ".join(text.split())


def pages(root: Path = ROOT) -> list[Path]:
    """Every page of the book, relative to the root, in order."""
    found = [root / "README.md", root / "index.md", *sorted((root / "chapters").glob("*.md")), *sorted((root / "chapters").glob("*.ipynb"))]
    return [p.relative_to(root) for p in found]


def rows(root: Path, name: str) -> list[dict[str, str]]:
    """The rows of a knowledge CSV."""
    with (root / KNOWLEDGE / name).open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def row_line(row: dict[str, str]) -> str:
    """A row as one readable line; cells that say "any" or nothing are left out."""
    return " | ".join(f"{k}: {words(v)}" for k, v in row.items() if v and v.strip() not in ("", "–"))


def prose(root: Path, page: Path) -> str:
    """The Markdown of a page; of a notebook, its Markdown cells."""
    text = (root / page).read_text(encoding="utf-8")
    if page.suffix == ".md":
        return text
    return "\n\n".join("".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "markdown")


def page_lines(root: Path, page: Path) -> list[str]:
    """A line for each block of a page: a hash and the first words. Cells of a notebook with their outputs."""
    text = (root / page).read_text(encoding="utf-8")
    if page.suffix == ".md":
        blocks = [words(b) for b in re.split(r"\n\s*\n", text) if b.strip()]
    else:
        blocks = []
        for c in json.loads(text)["cells"]:
            shown = [{k: v for k, v in o.items() if k in ("output_type", "text", "ename", "evalue")}
                     | {"data": {k: v for k, v in o.get("data", {}).items() if k.startswith("text/")}}
                     for o in c.get("outputs", [])]
            source = "".join(c["source"])
            if c["cell_type"] == "code":
                source = code_text(source)
            blocks.append(words(source) + (" ⟶ " + short(json.dumps(shown, sort_keys=True)) if shown else ""))
    return [f"{short(b)} {' '.join(b.split()[:9])}" for b in blocks]


def code_text(source: str) -> str:
    """Python as ``ast.unparse`` writes it, imports sorted: layout and comments do not count."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    imports = sorted(ast.unparse(n) for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom))
    rest = [ast.unparse(n) for n in tree.body if not isinstance(n, ast.Import | ast.ImportFrom)]
    return "\n".join(imports + rest)


def code_lines(path: Path) -> list[str]:
    """A line for each function or class of a module (or, for other files, one for the whole)."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return [f"{short(words(text))} whole file"]
    out, rest = [], []
    for n in ast.parse(text).body:
        if isinstance(n, ast.FunctionDef | ast.ClassDef):
            out.append(f"{short(ast.unparse(n))} {n.name}")
        elif not isinstance(n, ast.Import | ast.ImportFrom):
            rest.append(ast.unparse(n))
    return [f"{short(chr(10).join(rest))} module level", *out]


def claim_lines(root: Path, texts: dict[Path, str]) -> dict[str, list[str]]:
    """For each claim: its sentences on the pages, its row of the register, and every row that implements it."""
    out: dict[str, list[str]] = {r["id"]: [row_line(r)] for r in rows(root, "claims.csv")}
    for page, text in texts.items():
        for sentence, ident in ROLE.findall(text):
            out.setdefault(ident, []).append(f"says {page}: {words(sentence)}")
        for _, ident, body in CARD.findall(text):
            out.setdefault(ident, []).append(f"card {page}: {words(body)}")
    for name in TABLES:
        for r in rows(root, f"{name}.csv"):
            for ident in [c.strip() for c in r["claims"].split(";") if c.strip()]:
                out.setdefault(ident, []).append(f"row {name}: {row_line(r)}")
    for r in rows(root, "vocabulary.csv"):
        for ident in [c.strip() for c in r["claims"].split(";") if c.strip()]:
            out.setdefault(ident, []).append(f"input: {row_line(r)}")
    return out


def subjects(root: Path = ROOT) -> dict[str, dict[str, list[str]]]:
    """All subjects by lock file: ``claims``, ``pages``, ``tables``."""
    texts = {p: prose(root, p) for p in pages(root)}
    tables = {f.name: [row_line(r) for r in rows(root, f.name)] for f in sorted((root / KNOWLEDGE).glob("*.csv"))}
    bib = (root / KNOWLEDGE / "references.bib").read_text(encoding="utf-8")
    tables["references.bib"] = [f"{short(words(e))} {e.split('{', 1)[1].split(',')[0]}"
                                for e in re.split(r"^(?=@)", bib, flags=re.M) if e.startswith("@")]
    for folder, kinds in (("decision", (".py",)), ("live", (".py", ".js", ".css")), ("_ext/book", (".py",))):
        for path in sorted((root / folder).iterdir()):
            if path.suffix in kinds:
                tables[str(path.relative_to(root))] = code_lines(path)
    for name in ("_toc.yml", "_config.yml"):
        tables[name] = [f"{short(words((root / name).read_text(encoding='utf-8')))} whole file"]
    return {
        "claims": claim_lines(root, texts),
        "pages": {str(p): page_lines(root, p) for p in texts},
        "tables": tables,
    }

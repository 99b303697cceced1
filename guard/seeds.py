"""The drifts that ``make drift`` seeds, and the harmless edits it must let through: each a function that edits a copy.

Where to edit is found by structure (a column, a syntax tree, a role, a sentence outside fences) and chosen with a
seed, so that later edits of the book move a drift and do not break it. A drift that finds nothing stops the run.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from guard.content import CARD, ROLE, kept

K = "decision/knowledge/"
PROSE = ["index.md", "chapters/*.md"]
SENTENCE = r"(?<=[\s])[A-Z][a-z]+ [^.!?\n{}`<>“”\[\]|*]{30,}\.(?=\s)"
VERB = re.compile(r" (is|are|was|were|can|may|does|has|have|should|must|will)\b(?! (?:not|no|never)\b)")
Edit = Callable[["Copy"], None]


class Copy:
    """A copy of the book to be damaged. What is changed is chosen by structure, with a seed, or the run stops."""

    def __init__(self, root: Path, name: str):
        self.root, self.name, self.rng, self.touched = root, name, Random(name), set[str]()

    def pick(self, found: list[Any]) -> Any:
        """One of the places where this drift could stand; none is an error of this file, never silence."""
        if not found:
            raise LookupError(f"drift “{self.name}”: nothing to change was found; correct guard/seeds.py")
        return self.rng.choice(found)

    def save(self, path: str, text: str) -> None:
        """Write a file, which must differ from before."""
        if (self.root / path).read_text(encoding="utf-8") == text:
            raise LookupError(f"drift “{self.name}” changes nothing in {path}; correct guard/seeds.py")
        (self.root / path).write_text(text, encoding="utf-8")
        self.touched.add(path)

    def table(self, file: str, edit: Callable[[list[dict[str, str]]], None], **form: Any) -> None:
        """Read a knowledge CSV, let ``edit`` change its rows, and write it."""
        with (self.root / K / file).open(newline="", encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        heading = list(rows[0])
        edit(rows)
        out = io.StringIO()
        w = csv.DictWriter(out, heading, lineterminator="\n", **form)
        w.writeheader()
        w.writerows(rows)
        self.save(K + file, out.getvalue())

    def cells(self, edit: Callable[[list[dict[str, Any]]], None]) -> None:
        """Let ``edit`` change the cells of one notebook, chosen among those where it can."""
        paths = [str(p) for p in kept(self.root, self.root.glob("chapters/*.ipynb"))]
        first = self.pick(paths)
        for path in sorted(paths, key=lambda p: p != first):
            nb = json.loads((self.root / path).read_text(encoding="utf-8"))
            for c in nb["cells"]:
                c["source"] = "".join(c["source"])
            try:
                edit(nb["cells"])
            except LookupError:
                continue
            for c in nb["cells"]:
                c["source"] = c["source"].splitlines(keepends=True)
            return self.save(path, json.dumps(nb, indent=1, ensure_ascii=False) + "\n")
        self.pick([])


def cell(file: str, column: str, new: Callable[[str], str | None]) -> Edit:
    """Change one cell of a column: ``new`` makes it from the old one (None: not here)."""

    def edit(c: Copy) -> None:
        def change(rows: list[dict[str, str]]) -> None:
            row, text = c.pick([(r, to) for r in rows if (to := new(r[column])) not in (None, r[column])])
            row[column] = text

        c.table(file, change)

    return edit


def when(file: str, new: Callable[[str], str | None], only: str = "") -> Edit:
    """Change one pair of the conditions of a row: ``new`` makes its values from the old ones ("": the pair goes).

    ``only``: the condition to change; without it any but those that say where a row is printed.
    """

    def edit(c: Copy) -> None:
        def change(rows: list[dict[str, str]]) -> None:
            able = []
            for r in rows:
                pairs = [x.split("=") for x in r["when"].split() if "=" in x]
                for n, (name, old) in enumerate(pairs):
                    to = new(old)
                    if to not in (None, old) and (name == only if only else name not in ("reading", "path", "level")):
                        made = [*pairs[:n], *([[name, to]] if to else []), *pairs[n + 1 :]]
                        able.append((r, " ".join("=".join(x) for x in made) or "–"))
            row, text = c.pick(able)
            row["when"] = text

        c.table(file, change)

    return edit


def whole(file: str, how: Callable[[Copy, list[dict[str, str]]], None]) -> Edit:
    """Change the rows of a file as a list."""
    return lambda c: c.table(file, lambda rows: how(c, rows))


def drop(c: Copy, rows: list[dict[str, str]]) -> None:
    """Drop a row."""
    rows.remove(c.pick(rows))


def swap(c: Copy, rows: list[dict[str, str]]) -> None:
    """Change the order of two neighbours that are equally cautious, so that the file still loads."""
    n = c.pick([n for n in range(len(rows) - 1) if rows[n].get("level") == rows[n + 1].get("level")])
    rows[n : n + 2] = rows[n + 1], rows[n]


def text(where: str | list[str], pattern: str | re.Pattern[str], new: Any, fences: bool = False) -> Edit:
    """Replace one match: ``new`` is a text or a function of the match (None: not here); outside fences, unless told."""

    def edit(c: Copy) -> None:
        found = []
        for glob in [where] if isinstance(where, str) else where:
            for path in [c.root / p for p in kept(c.root, c.root.glob(glob))]:
                old = path.read_text(encoding="utf-8")
                seen = (
                    old
                    if fences or path.suffix != ".md"
                    else re.sub(r"^(`{3,}).*?^\1\s*$", lambda m: re.sub(r"[^\n]", "`", m[0]), old, flags=re.M | re.S)
                )
                for m in re.finditer(pattern, seen, re.M | re.S if isinstance(pattern, str) else 0):
                    to = new(m) if callable(new) else new
                    if to is not None and to != m[0]:
                        found.append((str(path.relative_to(c.root)), old[: m.start()] + to + old[m.end() :]))
        c.save(*c.pick(found))

    return edit


def code(where: str, change: Callable[[ast.AST], str | None]) -> Edit:
    """Replace one expression of a module, found in its syntax tree."""

    def edit(c: Copy) -> None:
        old = (c.root / where).read_text(encoding="utf-8")
        lines, tree, found = old.splitlines(keepends=True), ast.parse(old), []
        quoted = {id(x) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for x in ast.walk(n)}
        for n in ast.walk(tree):
            if isinstance(n, ast.expr) and id(n) not in quoted and n.lineno == n.end_lineno and (to := change(n)):
                row = lines[n.lineno - 1].encode()
                made = row[: n.col_offset] + to.encode() + row[n.end_col_offset :]
                found.append([*lines[: n.lineno - 1], made.decode(), *lines[n.lineno :]])
        c.save(where, "".join(c.pick(found)))

    return edit


def notebook(kind: str, change: Callable[[dict[str, Any]], Any]) -> Edit:
    """Change one cell of a notebook: ``change`` edits it in place and says whether it could."""

    def edit(c: Copy) -> None:
        def some(cells: list[dict[str, Any]]) -> None:
            able = [x for x in cells if x["cell_type"] == kind and change(json.loads(json.dumps(x)))]
            change(c.pick(able))

        c.cells(some)

    return edit


def flip(old: str) -> str | None:
    """The opposite condition."""
    return {"yes": "no", "no": "yes", "yes|unknown": "no", "no|unknown": "yes"}.get(old)


def negate(old: str) -> str | None:
    """A sentence that says the opposite."""
    return VERB.sub(r" \1 not", old, count=1) if VERB.search(old) else None


def more(old: str) -> str | None:
    """A text with the first number that is shown changed; what stands inside a tag of HTML is not."""
    new = re.sub(r"((?:^|>)[^<>\d]*)(\d+)", lambda m: m[1] + str(int(m[2]) + 1), old, count=1)
    return new if new != old else None


def part(pattern: str, to: str) -> Callable[[str], str | None]:
    """A text with the first match replaced, if there is one."""
    return lambda old: re.sub(pattern, to, old, count=1) if re.search(pattern, old) else None


def other(file: str, column: str, near: str) -> Edit:
    """Another value of the same column that the file knows: one that loads."""

    def edit(c: Copy) -> None:
        with (c.root / K / near).open(newline="", encoding="utf-8") as f:
            known = sorted({x.strip() for r in csv.DictReader(f) for x in r[column].split(";") if x.strip()})
        cell(file, column, lambda old: c.rng.choice([k for k in known if k not in old]) if old else None)(c)

    return edit


def claim(new: Callable[[str], str | None], card: bool = False) -> Edit:
    """Change the words of a sentence that stands in a claim, or in a claim's card."""

    def change(m: re.Match[str]) -> str | None:
        to = new(m[3 if card else 1])
        return to and m[0].replace(m[3 if card else 1], to)

    return text("chapters/*.md", CARD if card else ROLE, change, fences=card)


def output(change: Callable[[str], str | None]) -> Edit:
    """Change what a code cell is said to have printed or shown."""

    def edit(x: dict[str, Any]) -> bool:
        for o in x["outputs"]:
            place, key = (o, "text") if o["output_type"] == "stream" else (o.get("data", {}), "text/html")
            if to := change("".join(place.get(key, ""))):
                place[key] = to.splitlines(keepends=True)
                return True
        return False

    return notebook("code", edit)


def source(change: Callable[[str], str | None]) -> Callable[[dict[str, Any]], bool]:
    """Change the source of a notebook cell."""

    def edit(x: dict[str, Any]) -> bool:
        old, x["source"] = x["source"], change(x["source"]) or x["source"]
        return old != x["source"]

    return edit


def clear(x: dict[str, Any]) -> bool:
    """Clear the outputs of a cell."""
    old, x["outputs"] = x["outputs"], []
    return bool(old)


def expression(kind: type, where: Callable[[Any], bool], to: Callable[[Any], str]) -> Callable[[ast.AST], str | None]:
    """For ``code``: the new text of an expression of this kind."""
    return lambda n: to(n) if isinstance(n, kind) and where(n) else None


def swap_claims(c: Copy) -> None:
    """Change the ids of two claims on one page."""
    pages = [c.root / p for p in kept(c.root, c.root.glob("chapters/*.md"))]
    path = c.pick([p for p in pages if len(ROLE.findall(p.read_text(encoding="utf-8"))) > 1])
    old = path.read_text(encoding="utf-8")
    a, b = (f"<{x[1]}>`" for x in c.rng.sample(ROLE.findall(old), 2))
    c.save(str(path.relative_to(c.root)), old.replace(a, "<0>`").replace(b, a).replace("<0>`", b))


CHAPTER, START, ON, SAFE = "chapters/*.md", "rules/start.csv", "rules/on.csv", "rules/safeguards.csv"
EQUAL = expression(ast.Compare, lambda n: isinstance(n.ops[0], ast.Eq), lambda n: ast.unparse(n).replace("==", "!="))
MORE = expression(ast.Constant, lambda n: type(n.value) is int, lambda n: str(n.value + 1))
ANY = expression(ast.Call, lambda n: ast.unparse(n.func) == "all", lambda n: f"any{ast.unparse(n)[3:]}")
LAST = expression(ast.Subscript, lambda n: ast.unparse(n) == "matched[0]", lambda n: "matched[-1]")
KNOWN = expression(
    ast.Call,
    lambda n: ast.unparse(n) == "dict.fromkeys(m.ids, 'unknown')",
    lambda n: '{i: "no" if "no" in x["values"] else "unknown" for i, x in m.inputs.items()}',
)
STEP = {
    "AVOID": "DEFER",
    "DEFER": "ALTERNATIVES_FIRST",
    "ALTERNATIVES_FIRST": "SPECIALIST_CONSIDER",
    "STOP_AND_ESCALATE": "DISCONTINUE_PLAN",
    "HOLD_AND_REASSESS": "CONTINUE_WITH_SAFEGUARDS",
}

LOGIC: list[tuple[str, str, Edit]] = [
    ("start: condition flipped", "condition", when(START, flip)),
    ("on: condition flipped", "condition", when(ON, flip)),
    ("article: condition flipped", "condition", when("rules/article.csv", flip)),
    ("safeguards: condition flipped", "condition", when(SAFE, flip)),
    ("cautions: unknown no longer counts", "condition", when("rules/cautions.csv", part(r"\|unknown$", ""))),
    ("notes: unknown no longer counts", "condition", when("rules/notes.csv", part(r"\|unknown$", ""))),
    ("start: condition taken out", "condition", when(START, lambda old: "")),
    ("on: condition taken out", "condition", when(ON, lambda old: "")),
    ("monitoring: at fewer levels", "condition", when("rules/monitoring.csv", part(r"\|\w+$", ""), "level")),
    ("start: level changed", "level", cell(START, "level", STEP.get)),
    ("on: level changed", "level", cell(ON, "level", STEP.get)),
    ("levels: rank changed", "level", cell("rules/levels.csv", "rank", more)),
    ("levels: name changed", "level", cell("rules/levels.csv", "name", part(r"\w+$", "ketamine"))),
    ("start: row dropped", "row", whole(START, drop)),
    ("on: row dropped", "row", whole(ON, drop)),
    ("safeguards: row dropped", "row", whole(SAFE, drop)),
    ("cautions: row dropped", "row", whole("rules/cautions.csv", drop)),
    ("start: rows reordered", "row", whole(START, swap)),
    ("on: rows reordered", "row", whole(ON, swap)),
    ("start: source changed", "citation", other(START, "sources", START)),
    ("on: claim changed", "citation", other(ON, "claims", ON)),
    ("safeguards: origin changed", "citation", cell(SAFE, "origin", {"addition": "article"}.get)),
    ("start: certainty changed", "citation", other(START, "certainty", START)),
    ("start: reason inverted", "reason", cell(START, "because", negate)),
    ("notes: reason inverted", "reason", cell("rules/notes.csv", "because", negate)),
    ("safeguards: another safeguard", "reason", other(SAFE, "title", SAFE)),
    (
        "checklists: precedence turned round",
        "question",
        cell("rules/checklists.csv", "precedence", lambda old: " > ".join(reversed(old.split(" > ")))),
    ),
    ("items: item dropped", "question", whole("rules/items.csv", drop)),
    ("vocabulary: no longer needed to start", "question", cell("rules/vocabulary.csv", "start", part("^always$", "–"))),
    (
        "vocabulary: no longer needed on treatment",
        "question",
        cell("rules/vocabulary.csv", "on", part("^always$", "–")),
    ),
    (
        "vocabulary: question inverted",
        "question",
        cell("rules/vocabulary.csv", "question", part(r"^(Is|Are|Has|Does) (the person|there|\w+)", r"\1 \2 not")),
    ),
    ("vocabulary: other value reassures", "question", cell("rules/vocabulary.csv", "reassuring", flip)),
    ("vignettes: expectation changed", "promise", cell("register/vignettes.csv", "level", STEP.get)),
    ("gaps: expectation changed", "promise", cell("register/gaps.csv", "expect", STEP.get)),
    ("machine: comparison flipped", "code", code("decision/machine.py", EQUAL)),
    ("machine: all becomes any", "code", code("decision/machine.py", ANY)),
    ("machine: last match decides", "code", code("decision/machine.py", LAST)),
    ("explain: threshold changed", "code", code("decision/explain.py", MORE)),
    ("api: what is not stated is no", "code", code("decision/api.py", KNOWN)),
    (
        "panel: printed wording changed",
        "code",
        text("book/panel/render.py", r'>[A-Z][a-z]+ [^<>"{}]+<', ">Safe to go on<"),
    ),
]

CONTENT: list[tuple[str, str, Edit]] = [
    ("number changed in prose", "number", text(PROSE, SENTENCE, lambda m: more(m[0]))),
    ("number changed in a claim sentence", "number", claim(more)),
    ("typed number in place of a role", "number", text(PROSE, r"\{n\}`[\w:-]+`", "71")),
    ("number changed in the claim register", "number", cell("register/claims.csv", "finding", more)),
    ("number changed in a disagreement", "number", cell("register/disagreements.csv", "studies", more)),
    ("sentence deleted", "sentence", text(CHAPTER, SENTENCE, "")),
    ("sentence deleted from the landing page", "sentence", text("index.md", SENTENCE, "")),
    ("sentence inverted", "sentence", text(CHAPTER, SENTENCE, lambda m: negate(m[0]))),
    ("“not” taken out", "sentence", text(CHAPTER, SENTENCE, lambda m: part(" not ", " ")(m[0]))),
    (
        "contradicting sentence added",
        "sentence",
        text(CHAPTER, SENTENCE, lambda m: negate(m[0]) and f"{m[0]} {negate(m[0])}"),
    ),
    ("claim sentence inverted", "claim", claim(negate)),
    ("claim sentence deleted", "claim", text(CHAPTER, ROLE, "")),
    ("claim ids swapped", "claim", swap_claims),
    ("card inverted", "claim", claim(negate, card=True)),
    ("card: must becomes may", "claim", claim(part(r"\b(?:must|should)\b", "may"), card=True)),
    ("new rule in prose", "claim", text(CHAPTER, SENTENCE, lambda m: f"{m[0]} Everyone must be given ketamine first.")),
    ("decision table taken out", "structure", text(CHAPTER, r"^```\{decision-table\}.*?^```\n", "", fences=True)),
    ("checklist taken out", "structure", text(CHAPTER, r"^```\{checklist\}.*?^```\n", "", fences=True)),
    ("fewer rows printed", "structure", text(CHAPTER, r"^(:rules:.*) \S+$", lambda m: m[1], fences=True)),
    ("heading renamed", "structure", text(CHAPTER, r"^## [^\n{]+$", "## What is recommended")),
    ("bullet dropped", "structure", text(PROSE, r"^- [^\n{]+\n", "")),
    ("take-away dropped", "structure", text(CHAPTER, r"^\d\. [^\n{]+\n", "")),
    ("page left out of the contents", "structure", text("_toc.yml", r"^ +- file: \S+\n(?= +- file)", "")),
    ("warning box taken out", "structure", text("index.md", r"^```\{admonition\}.*?^```\n", "", fences=True)),
    ("notice in the footer weakened", "structure", text("_config.yml", "never a dose", "rarely a dose")),
    ("stale output: a number", "notebook", output(more)),
    ("stale output: a level", "notebook", output(part("Avoid ketamine|Not yet", "May be considered"))),
    ("outputs cleared", "notebook", notebook("code", clear)),
    ("markdown contradicts the code", "notebook", notebook("markdown", source(negate))),
    ("code changed, output kept", "notebook", notebook("code", source(part(r'"yes"', '"no"')))),
    ("cite key broken", "reference", text(CHAPTER, r"(\{cite:p\}`\w+)", lambda m: m[1] + "x")),
    ("another source cited", "reference", text(CHAPTER, r"\{cite:p\}`(?!article`)\w+`", "{cite:p}`article`")),
    ("link broken", "reference", text(PROSE, r"\]\((?:chapters/)?\w+\.md", lambda m: m[0].replace(".md", "s.md"))),
    ("another rule named", "reference", text(CHAPTER, r"\{rule\}`(?!R-URG`)[\w-]+`", "{rule}`R-URG`")),
    ("year of a source changed", "reference", text(K + "references.bib", r"year = \{\d+", lambda m: more(m[0]))),
    (
        "source said to be read in full",
        "reference",
        text(K + "references.bib", "Seen second-hand|Read in part", "Read in full"),
    ),
    ("verdict changed", "register", cell("register/claims.csv", "verdict", {"contradicted": "supported"}.get)),
    ("what the book does inverted", "register", cell("register/claims.csv", "book", negate)),
    ("gap: harm inverted", "register", cell("register/gaps.csv", "harm", negate)),
    ("dose inserted", "words", text(CHAPTER, SENTENCE, lambda m: m[0][:-1] + ", at 0.5 mg/kg.")),
    ("label for people inserted", "words", text(CHAPTER, r"\b[Pp]eople\b(?=[^\n`“”<>{}|]*$)", "addicts")),
]


def new_vignette(c: Copy, rows: list[dict[str, str]]) -> None:
    """Add a person like the last one."""
    rows.append({**rows[-1], "id": "V99", "narrative": "Another person, much like the one before."})


def metadata(c: Copy) -> None:
    """The same notebook metadata, in another order and on one line."""
    path = c.root / c.pick(kept(c.root, c.root.glob("chapters/*.ipynb")))
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["metadata"] = dict(reversed(nb["metadata"].items()))
    c.save(str(path.relative_to(c.root)), json.dumps(dict(reversed(nb.items())), ensure_ascii=False))


HARMLESS: list[tuple[str, Edit]] = [
    ("typo in prose", text(CHAPTER, SENTENCE, lambda m: m[0].replace("e ", "ee ", 1))),
    ("CSV written with other quoting", lambda c: c.table(START, lambda rows: None, quoting=csv.QUOTE_ALL)),
    (
        "new figure with alt text",
        text(
            CHAPTER,
            SENTENCE + r"\n",
            lambda m: (
                f"{m[0]}\n```{{figure}} ../book/static/favicon.svg\n:alt: The sign of the book.\n\nThe sign.\n```\n"
            ),
        ),
    ),
    ("new vignette", whole("register/vignettes.csv", new_vignette)),
    (
        "imports reordered",
        text("decision/*.py", r"^(from \w\S+ import [^\n(]+\n)(from \w\S+ import [^\n(]+\n)", lambda m: m[2] + m[1]),
    ),
    ("comment in code", text("decision/machine.py", r"^def |^class ", lambda m: f"# A note.\n{m[0]}")),
    ("paragraph wrapped again", text(CHAPTER, SENTENCE, lambda m: m[0].replace(" ", "\n", 1))),
    ("blank lines", text(CHAPTER, r"\n\n(?=## )", "\n\n\n\n")),
    ("notebook metadata reordered", metadata),
    ("white space in references.bib", text(K + "references.bib", r"^  year = ", "    year   =  ")),
]

"""The one way in which a file of knowledge is read: strict, in UTF-8, with a message for people.

A file with any fault is refused whole: :class:`KnowledgeError` says where, what is allowed and what to do.
"""

import csv
import io
import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from pybtex import errors
from pybtex.database import parse_string
from pybtex.exceptions import PybtexError

from .readonly import freeze

KNOWLEDGE = Path(__file__).parent / "knowledge"
ANY = "–"
SAVE = "save it as “CSV UTF-8 (comma delimited)”"


class KnowledgeError(ValueError):
    """A file of knowledge has faults; the text lists each with its file and line."""


class Row(dict[str, str]):
    """One row of a CSV, by column; ``line`` is the line of ``file`` on which it begins."""

    file, line = "", 0

    def said(self, column: str, text: str) -> str:
        """A fault of one of its cells in words."""
        return said(self.file, self.line, column, text)


def split(cell: str, sep: str = ";") -> list[str]:
    """The parts of a cell, trimmed; an empty cell, or one that says “–”, has none."""
    return [part.strip() for part in cell.split(sep) if part.strip() and cell.strip() != ANY]


def parse_case(cell: str) -> tuple[dict[str, str], str]:
    """``a=b c=d`` as a dict, and what is wrong with it; ``–`` is an empty dict."""
    out: dict[str, str] = {}
    for pair in cell.split() if cell.strip() != ANY else []:
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            return out, f"“{pair}” is not of the form input=value; separate pairs by spaces."
        if name in out:
            return out, f"“{name}” stands twice; keep one."
        out[name] = value
    return out, ""


def nearest(word: str, legal: Sequence[str]) -> str:
    """A hint that names the closest legal word, or nothing."""
    close = get_close_matches(word, legal, n=1)
    return f" Did you mean “{close[0]}”?" if close else ""


def said(file: str, line: int, column: str, text: str) -> str:
    """A fault in words; line 1 is the heading."""
    return f"{file}, line {line}, column “{column}”: {text}"


def text_of(path: Path, file: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark."""
    if not path.is_file():
        raise KnowledgeError(f"{file}, line 1: the file is missing; restore it.")
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise KnowledgeError(f"{file}, line {line}: the file is not UTF-8 there; {SAVE}.") from None


def _shape(file: str, heading: list[str], columns: Sequence[str]) -> list[str]:
    """What is wrong with the heading of a CSV."""
    if len(heading) == 1 and (sep := next((x for x in ";\t" if x in heading[0]), "")):
        what = "semicolons" if sep == ";" else "tabs"
        return [f"{file}, line 1: the cells are separated by {what}, not by commas; {SAVE}."]
    out = [said(file, 1, c, "the column is missing; restore it.") for c in columns if c not in heading]
    twice = sorted({c for c in heading if heading.count(c) > 1})
    out += [said(file, 1, c, "the column stands twice; keep one.") for c in twice]
    extra = [c for c in heading if c not in columns]
    return out + [said(file, 1, c, f"nothing reads this column; remove it.{nearest(c, columns)}") for c in extra]


def read_csv(path: Path, file: str, columns: Sequence[str], key: str = "", optional: Sequence[str] = (),
             empty: bool = False) -> list[Row]:  # fmt: skip
    """The rows of a CSV that has exactly these ``columns``.

    ``file``: its name in messages; ``key``: the column whose labels are all different; ``optional``: columns
    in which a cell may be empty; ``empty``: whether the file may have no rows.
    """
    reader = csv.reader(io.StringIO(text_of(path, file), newline=""), strict=True)
    rows: list[Row] = []
    faults: list[str] = []
    begins = 1
    try:
        heading = next(reader, [])
        faults, begins = _shape(file, heading, columns), reader.line_num + 1
        for cells in [] if faults else reader:
            row = Row(zip(heading, cells, strict=False))
            row.file, row.line, begins = file, begins, reader.line_num + 1
            if cells and len(cells) != len(heading):
                text = f"{len(cells)} cells where the heading has {len(heading)}; check the commas and the quotes."
                faults.append(row.said(heading[0], text))
            elif cells:
                rows.append(row)
    except csv.Error as error:
        what = "check the quotes there: each that opens must close, and one inside a text is written twice."
        faults.append(f"{file}, line {begins}: the row that begins there cannot be read ({error}); {what}")
    if not faults and not rows and not empty:
        faults.append(said(file, 2, heading[0], "the file has no rows; restore them."))
    first: dict[str, int] = {}
    for row in rows:
        blank = [c for c, cell in row.items() if not cell.strip() and c not in optional]
        faults += [row.said(c, f"the cell is empty; write a value, or {ANY} for none.") for c in blank]
        if key and row[key] in first:
            faults.append(row.said(key, f"“{row[key]}” is already on line {first[row[key]]}; rename one."))
        first[row.get(key, "")] = row.line
    if faults:
        raise KnowledgeError("\n".join(faults))
    return rows


def _begins(text: str, key: str) -> list[int]:
    """The lines on which entries of this key begin."""
    found = re.finditer(rf"@\s*\w+\s*[{{(]\s*{re.escape(key)}\s*,", text)
    return [text.count("\n", 0, m.start()) + 1 for m in found] or [1]


def _bib_line(error: PybtexError, text: str) -> int:
    """The line of a fault: pybtex knows it for a slip of syntax, not for what stands twice, nor for a name."""
    if line := getattr(error, "lineno", None):
        return int(line)
    if key := re.search(r"(?:entry: |with key )(\S+)", str(error)):
        return _begins(text, key[1])[-1]
    name = re.search(r"'(.+)'", str(error))
    return text.count("\n", 0, max(0, text.find(name[1]))) + 1 if name else 1


@lru_cache(maxsize=2)  # most folders that are loaded again have the same list of sources
def _entries(text: str, file: str) -> dict[str, dict[str, Any]]:
    """The entries of a BibTeX file; names of people, such as the authors, are not fields in pybtex."""
    with errors.capture() as wrong:  # every fault at once, in whatever mode the process is
        found = parse_string(text, "bibtex").entries
    faults = [f"line {_bib_line(x, text)}: not BibTeX that can be read ({x}); correct the entry." for x in wrong]
    if not found and not faults:
        faults = ["line 1: the file has no entries; restore them."]
    if faults:
        raise KnowledgeError("\n".join(f"{file}, {x}" for x in faults))
    fields = {key: {name.lower(): x for name, x in entry.fields.items()} for key, entry in found.items()}
    return freeze({key: {**x, "line": _begins(text, key)[0]} for key, x in fields.items()})


def read_bib(path: Path = KNOWLEDGE / "references.bib", file: str = "references.bib") -> dict[str, dict[str, Any]]:
    """The sources by key, in the order of the file: each field as written, and ``line``, where the entry begins.

    Read with pybtex, the library that prints the list of sources, so that both see the same entries.
    """
    return _entries(text_of(path, file), file)

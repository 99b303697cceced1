"""A copy of the knowledge folder that a test may break."""

import csv
import shutil
from pathlib import Path

from decision.machine import Machine
from decision.reader import KNOWLEDGE
from decision.tables import load

FILES = sorted(p.relative_to(KNOWLEDGE).as_posix() for p in KNOWLEDGE.glob("*/*.csv"))


def read(file, folder=KNOWLEDGE):
    """The cells of a CSV such as ``rules/start.csv``, heading first, without going through the loader."""
    with (Path(folder) / file).open(newline="", encoding="utf-8") as f:
        return list(csv.reader(f))


def rows(file, folder=KNOWLEDGE):
    """The rows of a CSV by column, without going through the loader."""
    head, *cells = read(file, folder)
    return [dict(zip(head, x, strict=True)) for x in cells]


def conditions(cell):
    """A cell such as ``a=b c=d|e`` as a dict from column to the list of values that meet it."""
    return {} if cell == "–" else {name: values.split("|") for name, values in (x.split("=") for x in cell.split())}


def when(pairs):
    """The cell that ``conditions`` would read as ``pairs``."""
    return " ".join(f"{name}={'|'.join(values)}" for name, values in pairs.items()) or "–"


class Folder:
    """A copied knowledge folder: change cells or rows, then load it as the package does."""

    def __init__(self, path):
        self.path = Path(path) / "knowledge"
        shutil.copytree(KNOWLEDGE, self.path)

    def write(self, file, rows):
        """Put these rows, heading first, in place of a file."""
        with (self.path / file).open("w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows(rows)

    def set(self, file, line, column, text):
        """Write one cell; line 1 is the heading, as the messages count."""
        rows = read(file, self.path)
        rows[line - 1][rows[0].index(column)] = text
        self.write(file, rows)

    def load(self):
        """Load it: the compiled knowledge, or the error."""
        return load(self.path)

    def machine(self):
        """The machine over it."""
        return Machine(self.load())

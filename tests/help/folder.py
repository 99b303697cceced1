"""A copy of the knowledge folder that a test may break."""

import csv
import shutil
from pathlib import Path

from decision import knowledge
from decision.machine import Machine

FILES = sorted(p.name for p in knowledge.HERE.glob("*.csv"))


def read(file, folder=knowledge.HERE):
    """The cells of a CSV, heading first, without going through the loader."""
    with (Path(folder) / file).open(newline="", encoding="utf-8") as f:
        return list(csv.reader(f))


class Folder:
    """A copied knowledge folder: change cells or rows, then load it as the package does."""

    def __init__(self, path):
        self.path = Path(path) / "knowledge"
        shutil.copytree(knowledge.HERE, self.path)

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
        return knowledge.load(self.path)

    def machine(self):
        """The machine over it."""
        return Machine(self.load())

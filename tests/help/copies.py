"""Copies of the book that a test may damage, each with everything accepted as it stands."""

import atexit
import csv
import io
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from guard import drift, lock, seeds  # noqa: E402
from guard.content import line_of, shape, subjects  # noqa: E402

KNOWLEDGE = "decision/knowledge/"


def path_of(file):
    """Where a knowledge file stands, by its name."""
    return str(shape(file.removesuffix(".csv"))[0])


@cache
def clean():
    """One copy of the book in which everything was accepted; it is copied again and never changed."""
    folder = Path(tempfile.mkdtemp(prefix="book-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    root = drift.copied(ROOT, folder / "book")
    for path in (root / "chapters").glob("*.ipynb"):  # as `make notebooks` writes them, a line a line
        path.write_text(nbformat.writes(nbformat.read(path, as_version=4)), encoding="utf-8")
    fine, _, said = drift.python(root, "-m", "guard.lock", "all")
    assert fine, said
    return root


class Book:
    """A copy of the book, or of a copy of it, under a folder: read, edit and run its tools."""

    def __init__(self, folder, of=None):
        self.root = drift.copied(of or clean(), Path(folder) / "book")

    def read(self, path):
        """The text of a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def sub(self, path, pattern, new):
        """Replace the first match, which has to be there, and say on which line it stood."""
        old = self.read(path)
        found = re.search(pattern, old, re.M)
        assert found, f"{path} has no {pattern}"
        (self.root / path).write_text(old[: found.start()] + found.expand(new) + old[found.end() :], encoding="utf-8")
        return line_of(old, found.start())

    def rows(self, file):
        """The rows of a knowledge CSV, which is named without its folder."""
        return list(csv.DictReader(io.StringIO(self.read(path_of(file)))))

    def write(self, file, rows, **form):
        """Write a knowledge CSV."""
        out = io.StringIO()
        w = csv.DictWriter(out, list(rows[0]), lineterminator="\n", **form)
        w.writeheader()
        w.writerows(rows)
        (self.root / path_of(file)).write_text(out.getvalue(), encoding="utf-8")

    def cell(self, file, key, column, new):
        """Change a cell of the row whose first cell is ``key``; say on which line it stands."""
        rows = self.rows(file)
        n = [next(iter(r.values())) for r in rows].index(key)
        assert rows[n][column] != new
        rows[n][column] = new
        self.write(file, rows)
        return n + 2  # no cell of these files has a line break

    def when(self, file, key, condition, values):
        """Change one pair of the conditions of a row; say on which line it stands."""
        old = next(r for r in self.rows(file) if next(iter(r.values())) == key)["when"]
        new = re.sub(rf"(?<!\S){condition}=\S+", f"{condition}={values}", old)
        return self.cell(file, key, "when", new)

    def seed(self, name):
        """One of the drifts that ``make drift`` seeds, or one of its harmless edits."""
        copy = seeds.Copy(self.root, name)
        {n: e for n, *_, e in [*seeds.LOGIC, *seeds.CONTENT, *seeds.HARMLESS]}[name](copy)
        return copy

    def faults(self):
        """What differs from the lock: messages, without starting another Python."""
        return [fault.message for fault in lock.faults(self.root, subjects(self.root))]

    def run(self, *arguments):
        """Run a tool of the copy: its exit code and what it printed."""
        env = {"BY": "Ada Reader", "PYTHONPATH": str(self.root), "PATH": "/usr/bin:/bin", "HOME": str(self.root)}
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def check(self):
        """``make check`` in the copy."""
        return self.run("guard.check")

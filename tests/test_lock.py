"""Accepting a change is one command, after a look, and leaves a readable diff that says who looked."""

import difflib
from datetime import date

import pytest
from copies import KNOWLEDGE, Book

from guard import lock

PAGE = "chapters/caveats.md"


def diff(old, new):
    """The changed lines between two texts."""
    return [
        x
        for x in difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
        if x[0] in "+-" and x[:3] not in ("+++", "---")
    ]


def test_accepting_is_one_command_and_leaves_a_readable_diff(tmp_path):
    """The old and the new sentence, who looked and when; nothing else in the lock moves."""
    book = Book(tmp_path)
    before = {k: book.read(f"lock/{k}.txt") for k in ("claims", "pages", "tables", "surface")}
    book.sub(PAGE, r"\{claim\}`(?=[^`]*<caveat-avoid-stigma>)", "{claim}`Perhaps, ")
    code, said = book.run("guard.lock", PAGE, "caveat-avoid-stigma")
    assert code == 0 and "accepted: caveat-avoid-stigma" in said and "+ says chapters/caveats.md: Perhaps, " in said
    assert book.faults() == []
    claims = diff(before["claims"], book.read("lock/claims.txt"))
    assert [x[0] for x in claims] == ["-", "-", "+", "+"] or sorted(x[0] for x in claims) == ["+", "+", "-", "-"]
    assert any(x.startswith(f"+looked: Ada Reader on {date.today()}; hash ") for x in claims)
    assert any(x.startswith(f"+says {PAGE}: Perhaps, ") for x in claims)
    assert any(x.startswith(f"-says {PAGE}: ") and "Perhaps" not in x for x in claims)
    assert len(diff(before["pages"], book.read("lock/pages.txt"))) == 4
    assert all(book.read(f"lock/{k}.txt") == before[k] for k in ("tables", "surface"))


def test_a_name_that_was_not_given_is_not_accepted(tmp_path):
    """One of two changes accepted leaves the other to be looked at."""
    book = Book(tmp_path)
    book.cell("on.csv", "R-ON-HOLD.c", "because", "Another reason.")
    book.sub("index.md", r"\Z", "\nOne more sentence.\n")
    assert book.run("guard.lock", "index.md")[0] == 0
    left = [x.rsplit("WHAT=")[1] for x in book.faults()]
    assert "on.csv" in left and "index.md" not in left


def test_everything_can_be_accepted_at_once_and_what_is_gone_leaves_the_lock(tmp_path):
    """New, changed and gone, surface too; and a second run has nothing left to say."""
    book = Book(tmp_path)
    (book.root / "chapters/honest.md").unlink()
    (book.root / "decision/extra.py").write_text("X = 1\n", encoding="utf-8")
    book.cell("on.csv", "R-ON-HOLD.c", "programme", "no|unknown")
    assert any("chapters/honest.md is gone" in x for x in book.faults())
    assert any("decision/extra.py is new" in x for x in book.faults())
    surface = book.read("lock/surface.txt")
    assert book.run("guard.lock", "all")[0] == 0
    assert book.faults() == [] and book.read("lock/surface.txt") != surface
    assert "# chapters/honest.md\n" not in book.read("lock/pages.txt")
    assert book.run("guard.lock", "all") == (0, "accepted: surface\n")


def test_a_name_that_does_not_exist_is_refused(tmp_path):
    """Nothing is written, and the message says where the names come from."""
    book = Book(tmp_path)
    book.sub("index.md", r"\Z", "\nOne more sentence.\n")
    code, said = book.run("guard.lock", "index.md", "on.cvs")
    assert code == 2 and "on.cvs" in said and "make check" in said and book.faults()


@pytest.mark.parametrize("kind", ["claims", "pages", "tables"])
def test_a_lock_edited_by_hand_is_seen(tmp_path, kind):
    """Lines brought into agreement without the command do not pass, nor does a lock that is gone."""
    book = Book(tmp_path)
    lines, looked = lock.read(book.root, kind)
    name = sorted(lines)[3]
    lock.write(book.root, kind, lines, {**looked, name: looked[name][:-1] + "x"})
    assert [x for x in book.faults() if f"the entry of {name} was edited by hand" in x] == book.faults() != []
    (book.root / f"lock/{kind}.txt").unlink()
    assert any("there is no lock" in x and "WHAT=all" in x for x in book.faults())


def test_the_lock_reads_back_what_it_wrote(tmp_path):
    """Every subject, line for line, with somebody's name and a date."""
    book = Book(tmp_path)
    for kind in ("claims", "pages", "tables"):
        lines, looked = lock.read(book.root, kind)
        lock.write(book.root, "copy", lines, looked)
        assert lock.read(book.root, "copy") == (lines, looked)
        assert len(lines) >= 30 and set(lines) == set(looked)
        assert all(x.split("; hash ")[1] == lock.hash_of(lines[n]) for n, x in looked.items())


def test_the_part_that_changed_is_shown_of_a_long_line():
    """Both versions are cut to the place where they part."""
    long = "word " * 300
    old, new = lock.shown([long + "yes"], [long + "no"])
    assert old.startswith("- word") and old.endswith("yes") and new.endswith("no") and len(old) < 400
    assert lock.difference(["a", "b"], ["a", "c"]) == ["- b", "+ c"] and lock.difference(["a"], ["a"]) == []


def test_layout_does_not_count_and_order_does(tmp_path):
    """The same cells with other quoting are the same; two rows the other way round are not."""
    book = Book(tmp_path)
    rows = book.rows("notes.csv")
    book.write("notes.csv", rows, quoting=1)
    assert '"' in (book.root / KNOWLEDGE / "notes.csv").read_text(encoding="utf-8")[:5] and book.faults() == []
    book.write("notes.csv", [rows[1], rows[0], *rows[2:]])
    assert [x for x in book.faults() if "the file notes.csv" in x]

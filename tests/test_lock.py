"""Accepting a change is one command, after a look, and leaves a readable diff that says who looked."""

import difflib
import re
from datetime import date

import pytest
from copies import Book, path_of

from guard import lock

PAGE = "chapters/caveats.md"
KINDS = ("claims", "pages", "tables", "code")


def accepted(book):
    """What stands in each file of the lock."""
    return {k: book.read(f"guard/accepted/{k}.txt") for k in (*KINDS, "surface")}


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
    before = accepted(book)
    book.sub(PAGE, r"\{claim\}`(?=[^`]*<caveat-avoid-stigma>)", "{claim}`Perhaps, ")
    code, said = book.run("guard.lock", PAGE, "caveat-avoid-stigma")
    assert code == 0 and "Accepted: caveat-avoid-stigma\n    before: says" in said and "Perhaps, " in said
    assert book.faults() == []
    now = accepted(book)
    claims = diff(before["claims"], now["claims"])
    assert sorted(x[0] for x in claims) == ["+", "+", "-", "-"]
    assert any(x.startswith(f"+looked: Ada Reader on {date.today()}; hash ") for x in claims)
    assert any(x.startswith(f"+  says {PAGE}: Perhaps, ") for x in claims)
    assert any(x.startswith(f"-  says {PAGE}: ") and "Perhaps" not in x for x in claims)
    pages = diff(before["pages"], now["pages"])
    assert len(pages) == 4 and sum("{claim}`Perhaps, " in x for x in pages) == 1
    assert all(now[k] == before[k] for k in ("tables", "code", "surface"))


def test_the_lock_holds_the_words_of_every_page(tmp_path):
    """Every word of a page, of a notebook's text and of what its cells printed; of code only a hash."""
    book = Book(tmp_path)
    lines, _ = lock.read(book.root, "pages")
    assert " ".join(lines["chapters/risk.md"]).split() == book.read("chapters/risk.md").split()
    notebook = "\n".join(lines["chapters/vignettes.ipynb"])
    assert "because the surprise teaches more than the answer." in notebook and "fictional people" in notebook
    assert "text: # The vignettes, worked" in notebook and "vignettes().items()" not in notebook
    assert "<td>" not in notebook and re.search(r"^cell \S+, code: ‹[0-9a-f]{12}›", notebook, re.M)


def test_a_name_that_was_not_given_is_not_accepted(tmp_path):
    """One of two changes accepted leaves the other to be looked at."""
    book = Book(tmp_path)
    book.cell("on.csv", "R-ON-HOLD.c", "because", "Another reason.")
    book.sub("index.md", r"\Z", "\nOne more sentence.\n")
    assert book.run("guard.lock", "index.md")[0] == 0
    left = [x.rsplit("WHAT=")[1] for x in book.faults()]
    assert len(left) == 1 and left[0].startswith('"on.csv ')


def test_everything_can_be_accepted_at_once_and_what_is_gone_leaves_the_lock(tmp_path):
    """New, changed and gone, surface too; and a second run has nothing left to say."""
    book = Book(tmp_path)
    (book.root / "chapters/honest.md").unlink()
    (book.root / "decision/extra.py").write_text("X = 1\n", encoding="utf-8")
    book.when("on.csv", "R-ON-HOLD.c", "programme", "no|unknown")
    assert any("the page chapters/honest.md is gone" in x for x in book.faults())
    assert any("the file decision/extra.py is new" in x for x in book.faults())
    surface = accepted(book)["surface"]
    code, said = book.run("guard.lock", "all")
    assert code == 0 and "Accepted: who is decided how (surface)" in said
    assert "Accepted: chapters/honest.md (gone)" in said and "Accepted: decision/extra.py (new)" in said
    assert book.faults() == [] and accepted(book)["surface"] != surface
    assert "# chapters/honest.md\n" not in accepted(book)["pages"]
    before = accepted(book)
    assert book.run("guard.lock", "all") == (0, "Nothing to accept: what you named is as it was accepted.\n")
    assert accepted(book) == before


def test_a_name_that_does_not_exist_is_refused(tmp_path):
    """Nothing is written, and the message says where the names come from."""
    book = Book(tmp_path)
    before = accepted(book)
    book.sub("index.md", r"\Z", "\nOne more sentence.\n")
    code, said = book.run("guard.lock", "index.md", "on.cvs")
    assert code == 2 and "on.cvs" in said and "make check" in said and book.faults() and accepted(book) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_lock_edited_by_hand_is_seen(tmp_path, kind):
    """Lines brought into agreement without the command do not pass, nor does a lock that is gone."""
    book = Book(tmp_path)
    lines, looked = lock.read(book.root, kind)
    name = sorted(lines)[3]
    lock.write(book.root, kind, lines, {**looked, name: looked[name][:-1] + "x"})
    n = accepted(book)[kind].split("\n").index(f"# {name}") + 1
    what = f"guard/accepted/{kind}.txt:{n}: this entry, of {name}, was not written by make accept.\n"
    assert [x for x in book.faults() if x.startswith(what)] == book.faults() != []
    assert book.run("guard.lock", name)[0] == 0 and book.faults() == []
    (book.root / f"guard/accepted/{kind}.txt").unlink()
    assert [x for x in book.faults() if f"the list of accepted {kind} is gone" in x and "WHAT=all" in x]


def test_the_lock_reads_back_what_it_wrote(tmp_path):
    """Every subject, line for line, with somebody's name and a date."""
    book = Book(tmp_path)
    for kind in KINDS:
        lines, looked = lock.read(book.root, kind)
        lock.write(book.root, "copy", lines, looked)
        assert lock.read(book.root, "copy") == (lines, looked)
        assert len(lines) >= 15 and set(lines) == set(looked)
        assert all(x.split("; hash ")[1] == lock.hash_of(lines[n]) for n, x in looked.items())


def test_the_part_that_changed_is_shown_of_a_long_text():
    """Old and new are cut to the words that differ and a few on each side."""
    long = "word " * 300
    for said in zip(lock.stretch(f"{long}yes {long}", f"{long}no {long}"), ("yes", "no"), strict=True):
        assert re.fullmatch(rf"… (word ){{8,12}}{said[1]} (word ){{8,12}}…", said[0]), said
    assert lock.stretch("one two", "one two three") == ("one two", "one two three")
    assert lock.stretch("never a dose", "a dose") == ("never a dose", "a dose")
    assert lock.stretch("a a", "a a a") == ("a a", "a a a") and lock.stretch("", "a") == ("(nothing)", "a")
    assert len(lock.stretch("x", " ".join(map(str, range(999))))[1]) < 400
    assert lock.difference(["a", "b"], ["a", "c"]) == ["- b", "+ c"] and lock.difference(["a"], ["a"]) == []


def test_what_changed_is_told_in_words_of_its_kind():
    """A cell of a row, a new and a lost paragraph, a function, and an output whose words are the same."""
    row = "row: R-A | because: Because of this. | origin: {}".format
    assert lock.shown("tables", [row("article")], [row("addition")]) == [
        "before: row R-A, origin: article",
        "now:    row R-A, origin: addition",
    ]
    assert lock.shown("pages", ["One.", "Two."], ["Two.", "Three."]) == ["gone: One.", "new: Three."]
    old, new = (f"{12 * x} decide" for x in "ab")
    assert lock.shown("code", [old], [new]) == ["changed: decide"]
    assert lock.shown("code", [old], []) == ["gone: decide"] and lock.shown("code", [], [new]) == ["new: decide"]
    same = lock.shown("pages", [f"cell a, output: 5 ‹{12 * 'a'}›"], [f"cell a, output: 5 ‹{12 * 'b'}›"])
    assert same == ["changed: the output of cell a (not its words: code, a picture, layout or tags; git diff shows it)"]
    assert lock.command(["a", "b", "a"]) == 'make accept WHAT="a b"' and lock.command(["a"]) == "make accept WHAT=a"
    assert lock.command(["a", "all"]) == "make accept WHAT=all"


def test_layout_does_not_count_and_order_does(tmp_path):
    """The same cells with other quoting are the same; two rows the other way round are not."""
    book = Book(tmp_path)
    rows = book.rows("notes.csv")
    book.write("notes.csv", rows, quoting=1)
    assert '"' in book.read(path_of("notes.csv"))[:5] and book.faults() == []
    book.write("notes.csv", [rows[1], rows[0], *rows[2:]])
    assert [x for x in book.faults() if x.startswith(path_of("notes.csv"))]

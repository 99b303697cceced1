"""Text and logic cannot drift apart unseen: every change is named, with its place and what to do."""

import csv
import json
import re
import time
import tomllib

import pytest
from copies import KNOWLEDGE, ROOT, Book, drift, seeds

from decision import knowledge
from tools import check, content

PROSE = r"(?<=\n)[A-Z][a-z]+ [^.!?\n{}`<>“”\[\]|*]{30,}\."
HEAD = re.compile(r"^[\w./-]+:\d+: \S")


def claim_on(book, page="chapters/caveats.md"):
    """A claim that stands on a page as a sentence."""
    return re.search(r"\{claim\}`[^`<]+<([a-z0-9-]+)>`", book.read(page))[1]


def test_a_clean_copy_passes_and_takes_seconds(tmp_path):
    """Nothing changed, nothing said, well under the minute that the command promises."""
    book, start = Book(tmp_path), time.perf_counter()
    code, said = book.check()
    assert (code, said) == (0, "Text and logic agree with what was accepted.\n")
    assert time.perf_counter() - start < 30


def drift_in(book, what):
    """Make one change; give the file and line where it stands and the name it is to be accepted by."""
    if what == "claim sentence":
        page = "chapters/caveats.md"
        return page, book.sub(page, r"\{claim\}`", "{claim}`Perhaps, "), claim_on(book)
    if what == "prose":
        return "chapters/risk.md", book.sub("chapters/risk.md", PROSE, "Nothing is known."), "chapters/risk.md"
    if what == "last words of a long paragraph":
        n = book.sub("index.md", r"(^It is teaching material\.\n(?:.+\n)*.+)\.\n", r"\1 at all.\n")
        return "index.md", n, "index.md"
    if what == "row":
        return KNOWLEDGE + "on.csv", book.cell("on.csv", "R-ON-HOLD.b", "because", "No reason."), "on.csv"
    if what == "row of a claim":
        claim = book.rows("on.csv")[3]["claims"].split(";")[0]
        return KNOWLEDGE + "on.csv", book.cell("on.csv", "R-ON-STOP", "certainty", "certain"), claim
    if what == "source":
        return (
            KNOWLEDGE + "references.bib",
            book.sub(KNOWLEDGE + "references.bib", r"^@misc\{pfizer_pi,", r"@book{pfizer_pi,"),
            "references.bib",
        )
    if what == "function":
        n = book.sub("decision/machine.py", r"^(    def path\(self, case, reading)\):", r"\1=None):")
        return "decision/machine.py", n, "decision/machine.py"
    if what == "import":
        book.sub("decision/frame.py", r"^from \.knowledge import nearest", "from .knowledge import split as nearest")
        return "decision/frame.py", 1, "decision/frame.py"
    if what == "notebook output":
        page = "chapters/vignettes.ipynb"
        return page, book.sub(page, r'"text": \[\n\s+"', r"\g<0>Not "), page
    if what == "setting":
        return "_config.yml", book.sub("_config.yml", "never a dose", "seldom a dose"), "_config.yml"
    if what == "file beside the book":
        return "README.md", book.sub("README.md", "not yet reviewed", "reviewed"), "README.md"
    assert what == "deleted page"
    (book.root / "chapters/honest.md").unlink()
    return "lock/pages.txt", 1, "chapters/honest.md"


@pytest.mark.parametrize(
    "what",
    [
        "claim sentence",
        "prose",
        "last words of a long paragraph",
        "row",
        "row of a claim",
        "source",
        "function",
        "import",
        "notebook output",
        "setting",
        "file beside the book",
        "deleted page",
    ],
)
def test_what_changed_is_named_with_file_line_and_command(tmp_path, what):
    """The message begins with the place and ends with the command that accepts it after a look."""
    book = Book(tmp_path)
    path, n, name = drift_in(book, what)
    mine = [x.split("\n") for x in book.faults() if x.endswith(f"make accept WHAT={name}")]
    assert len(mine) == 1 and len(mine[0]) == 2, book.faults()
    told, at = re.match(r"([^:]+):(\d+): ", mine[0][0]).groups()
    assert told == path and name in mine[0][0]
    # a block or a cell is named by its first line, and a cell's output stands below it
    near = {"last words of a long paragraph": 12, "notebook output": 200}.get(what, 0)
    assert 0 <= n - int(at) <= near, (n, at)


def test_every_package_of_the_project_is_under_the_lock():
    """A folder of code that the project installs, or that Sphinx loads, cannot stand outside."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    assert len(packages) >= 2 and {*packages, "_ext/book"} <= set(content.CODE)


def test_code_reads_alike_in_every_python():
    """The lock holds hashes of syntax trees: written out here, so that a Python that differs fails."""
    name = "Name(id='{}', ctx=Load())".format
    spec = f"JoinedStr(values=[Constant(value='>'), FormattedValue(value={name('b')}, conversion=-1)])"
    text = f"JoinedStr(values=[FormattedValue(value={name('a')}, conversion=-1, format_spec={spec})])"
    assert content.code_text('f"{a:>{b}}"  # aside') == f"Expr(value={text})"
    empty = "FunctionDef(name='f', args=arguments(), body=[Return(value=Constant(value=''))])"
    assert content.code_text('def f():\n\n  return ""') == empty


def test_a_row_that_decides_otherwise_is_told_apart_from_wording(tmp_path):
    """A flipped cell names the decision surface; a reworded reason does not."""
    book = Book(tmp_path)
    book.cell("on.csv", "R-ON-HOLD.c", "programme", "no|unknown")
    code, said = book.check()
    assert code == 1 and "make accept WHAT=surface" in said and "make diff BASE=HEAD" in said
    other = Book(tmp_path / "other")
    other.cell("on.csv", "R-ON-HOLD.c", "because", "Another reason.")
    code, said = other.check()
    assert code == 1 and "surface" not in said and "Another reason." in said


def test_old_and_new_stand_beneath_the_message(tmp_path):
    """A changed claim shows both versions, and in a long row the part that changed."""
    book = Book(tmp_path)
    claim = book.rows("claims.csv")[20]
    new = claim["finding"][:-6] + " in Mars."
    book.cell("claims.csv", claim["id"], "finding", new)
    code, said = book.check()
    assert code == 1 and re.search(rf"^        - .*{re.escape(claim['finding'][-30:])}", said, re.M)
    assert re.search(r"^        \+ .* in Mars\.", said, re.M)


@pytest.mark.parametrize("name", [n for n, _ in seeds.HARMLESS])
def test_a_harmless_edit_needs_at_most_one_acceptance(tmp_path, name):
    """Layout needs nothing; new or changed words need one name accepted."""
    book = Book(tmp_path)
    book.seed(name)
    worded = ("typo in prose", "new figure with alt text", "new vignette")
    assert len(book.faults()) == (1 if name in worded else 0), book.faults()


def test_every_message_is_two_lines_even_when_files_cannot_be_read(tmp_path):
    """With a dozen kinds of fault in one copy nothing but messages, diffs and the two closing lines is printed."""
    book = Book(tmp_path)
    for name in (
        "dose inserted",
        "label for people inserted",
        "new rule in prose",
        "claim sentence deleted",
        "cite key broken",
        "link broken",
        "page left out of the contents",
        "items: item dropped",
    ):
        book.seed(name)
    book.sub(KNOWLEDGE + "references.bib", r"note = \{Read", "note = {Seen")
    book.cell("vignettes.csv", "V01", "level", "DEFER")
    code, said = book.check()
    assert code == 1
    told = read_messages(said)
    assert len(told) > 12
    (book.root / "chapters/space.ipynb").write_text("{", encoding="utf-8")
    book.sub("decision/machine.py", r"^class Machine:", "class Machine")
    book.sub(KNOWLEDGE + "start.csv", r"^R-HARD,", "R-HARD,,,")
    code, said = book.check()
    assert code == 1 and "Traceback" not in said
    assert any("space.ipynb" in x for x in read_messages(said))


def read_messages(said):
    """The first lines of the messages, after a look at the shape of all that was printed."""
    lines = [x for x in said.splitlines() if not x.startswith("        ")]
    assert re.fullmatch(r"\d+ drifts\.", lines[-2 if lines[-1].startswith("To accept all") else -1])
    body = lines[: -2 if lines[-1].startswith("To accept all") else -1]
    assert len(body) % 2 == 0 and all(re.match(r"    \S", x) for x in body[1::2]), body
    for x in body[::2]:
        assert HEAD.match(x) or re.match(r"(ValueError|SyntaxError|\w+Error): ", x), x
    return body[::2]


def test_a_file_with_faults_is_named_with_its_line(tmp_path):
    """A cell that does not load is named as file:line, once."""
    book = Book(tmp_path)
    n = book.cell("start.csv", "R-HARD", "hard_stop", "maybe")
    code, said = book.check()
    assert code == 1 and said.count("“maybe” is not known") == 1
    assert said.startswith(f"decision/knowledge/start.csv:{n}: ")


def test_a_review_that_was_not_recorded_by_the_command_is_refused(tmp_path):
    """A row typed into the record, without the text it stands for, fails the check."""
    book = Book(tmp_path)
    (book.root / "reviews/record.csv").write_text(
        "subject,state,by,role,on,hash\nstart.csv,Approved,Ada Reader,,2026-01-01,abcdefabcdef\n", encoding="utf-8"
    )
    code, said = book.check()
    assert code == 1 and "reviews/record.csv:2: " in said


def test_every_source_says_how_it_was_seen(tmp_path):
    """As the book stands; and a note that says nothing of it is found."""
    assert check.check_sources() == []
    text = (ROOT / KNOWLEDGE / "references.bib").read_text(encoding="utf-8")
    notes = re.findall(r"^\s*note\s*=\s*[{\"]+(.*)", text, re.M)
    assert len(notes) == len(knowledge.source_keys()) and all(x.startswith(check.NOTES) for x in notes)
    book = Book(tmp_path)
    book.sub(KNOWLEDGE + "references.bib", r"note = \{Read in part", "note = {Trust me")
    assert "does not say how it was seen" in book.check()[1]


def test_every_claim_and_every_row_cites():
    """Each claim names a source; each row of each table, and each question, a claim or a source that exists."""
    claims, keys = {c["id"] for c in knowledge.claims()}, set(knowledge.source_keys())
    assert len(claims) == 74
    for c in knowledge.claims():
        assert set(knowledge.split(c["sources"])) <= keys and c["sources"].strip(), c["id"]
    seen = 0
    for name in (*knowledge.VERDICT_TABLES, *knowledge.COLLECTED, "vocabulary", "gaps", "disagreements"):
        with (knowledge.HERE / f"{name}.csv").open(newline="", encoding="utf-8") as f:
            for row in csv.DictReader(f):
                cited, sources = knowledge.split(row["claims"]), knowledge.split(row["sources"])
                assert cited or sources, (name, row)
                assert set(cited) <= claims and set(sources) <= keys, (name, row)
                seen += 1
    assert seen > 150


def test_every_seeded_drift_still_finds_something_to_change(tmp_path):
    """Later edits of the book must not leave a seed without its place; and each kind is seen by the lock."""
    book, kinds, kept = Book(tmp_path), set(), {".md", ".csv", ".ipynb", ".py", ".bib", ".yml"}
    assert len(seeds.LOGIC) >= 32 and len(seeds.CONTENT) >= 32
    before = {p: p.read_bytes() for p in book.root.rglob("*.*") if p.suffix in kept}
    for name, kind, _ in drift.SEEDS:
        copy = book.seed(name)
        assert copy.touched
        if kind not in kinds:
            assert book.faults(), name
            kinds.add(kind)
        for path in copy.touched:
            (book.root / path).write_bytes(before[book.root / path])
    assert not book.faults()


def test_the_printed_run_is_of_these_seeds_and_lost_none():
    """The run that the book prints has every seed of today, and this book's check caught each."""
    run = json.loads((ROOT / "lock/drift.json").read_text(encoding="utf-8"))
    assert [d["name"] for d in run["drifts"]] == [name for name, _, _ in drift.SEEDS]
    assert all(d["caught"][drift.OURS] for d in run["drifts"])
    assert set(run["detectors"]) == {drift.OURS, drift.PINLESS, drift.LAX, drift.STRICT, drift.BUILD}
    assert max(e["commands"] for e in run["harmless"]) <= 1 and len(run["harmless"]) == 10

"""Text and logic cannot drift apart unseen: every change is named, with its place and what to do."""

import json
import re
import subprocess
import sys
import time
import tomllib

import pytest
from copies import KNOWLEDGE, ROOT, Book, drift, path_of, seeds, subjects

from decision import claims, disagreements, gaps, inputs, rows, sources
from decision.tables import COLLECTED, VERDICT_TABLES
from guard import check, content, lock

PROSE = r"(?<=\n)[A-Z][a-z]+ [^.!?\n{}`<>“”\[\]|*]{30,}\."
HEAD = re.compile(r"^[\w./-]+:\d+: \S")
CLEAN = (0, "Text and logic agree with what was accepted. What the specification promises, make test says.\n")


def claim_on(book, page="chapters/caveats.md"):
    """A claim that stands on a page as a sentence."""
    return re.search(r"\{claim\}`[^`<]+<([a-z0-9-]+)>`", book.read(page))[1]


def printed(said):
    """The subjects in the command that the check prints last."""
    command = said.splitlines()[-1]
    found = re.fullmatch(r'After a look at each: make accept WHAT=("?)([^"]+)\1', command)
    assert found and (found[1] != "") == (" " in found[2]), command
    return found[2].split()


def test_a_clean_copy_passes_and_takes_seconds(tmp_path):
    """Nothing changed, nothing said, well under the minute that the command promises."""
    book, start = Book(tmp_path), time.perf_counter()
    assert book.check() == CLEAN
    assert time.perf_counter() - start < 30


def test_whoever_stops_reading_gets_no_traceback(tmp_path):
    """As in `make check | head`: the command ends, and does not complain."""
    command = [sys.executable, "-m", "guard.check"]
    with subprocess.Popen(command, cwd=Book(tmp_path).root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert (run.stderr.read(), run.wait()) == (b"", 1)


def drift_in(book, what):
    """Make one change; give the file and line where it stands and the names it is to be accepted by."""
    if what == "claim sentence":
        page = "chapters/caveats.md"
        return page, book.sub(page, r"\{claim\}`", "{claim}`Perhaps, "), [page, claim_on(book)]
    if what == "prose":
        return "chapters/risk.md", book.sub("chapters/risk.md", PROSE, "Nothing is known."), ["chapters/risk.md"]
    if what == "last words of a long paragraph":
        n = book.sub("index.md", r"(^It is teaching material\.\n(?:.+\n)*.+)\.\n", r"\1 at all.\n")
        return "index.md", n, ["index.md"]
    if what == "row":
        row = next(r for r in book.rows("on.csv") if r["row"] == "R-ON-HOLD.b")
        n = book.cell("on.csv", "R-ON-HOLD.b", "because", "No reason.")
        return path_of("on.csv"), n, ["on.csv", *sorted(row["claims"].split("; "))]
    if what == "row of a claim":
        claim = book.rows("claims.csv")[3]["id"]
        return path_of("claims.csv"), book.cell("claims.csv", claim, "finding", "Nothing."), ["claims.csv", claim]
    if what == "source":
        path = KNOWLEDGE + "references.bib"
        return path, book.sub(path, r"^  year = \{2018\}", "  year = {2017}") - 1, ["references.bib"]
    if what == "function":
        n = book.sub("decision/machine.py", r"^(    def path\(self, case, reading)\):", r"\1=None):")
        return "decision/machine.py", n, ["decision/machine.py"]
    if what == "import":
        book.sub("decision/frame.py", r"^from \.reader import nearest", "from .reader import split as nearest")
        return "decision/frame.py", 1, ["decision/frame.py"]
    if what == "notebook output":
        page = "chapters/vignettes.ipynb"
        return page, book.sub(page, r'"text": \[\n\s+"', r"\g<0>Not "), [page]
    if what == "setting":
        return "_config.yml", book.sub("_config.yml", "never a dose", "seldom a dose"), ["_config.yml"]
    if what == "file beside the book":
        return "README.md", book.sub("README.md", "not yet reviewed", "reviewed"), ["README.md"]
    assert what == "deleted page"
    (book.root / "chapters/honest.md").unlink()
    n = book.read("guard/accepted/pages.txt").split("\n").index("# chapters/honest.md") + 1
    return "guard/accepted/pages.txt", n, ["chapters/honest.md"]


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
def test_what_changed_is_named_once_with_file_line_and_command(tmp_path, what):
    """One message, which begins with the place and ends with the command that accepts it, claims and all."""
    book = Book(tmp_path)
    path, n, names = drift_in(book, what)
    faults = [x.split("\n") for x in book.faults()]
    assert len(faults) == 1 and len(faults[0]) == 2, faults
    command = f'make accept WHAT="{" ".join(names)}"' if len(names) > 1 else f"make accept WHAT={names[0]}"
    assert faults[0][1].endswith(f", then: {command}"), faults
    told, at = re.match(r"([^:]+):(\d+): ", faults[0][0]).groups()
    assert told == path
    # a block or a cell is named by its first line, and a cell's output stands below it
    near = {
        "last words of a long paragraph": 12,
        "claim sentence": 12,
        "prose": 12,
        "source": 12,
        "notebook output": 200,
    }
    assert 0 <= n - int(at) <= near.get(what, 0), (n, at)


def test_every_package_of_the_project_is_under_the_lock():
    """A folder of code that the project installs, that Sphinx loads or that guards cannot stand outside."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    locked = set(subjects(ROOT)["code"])
    rooms = {path.split("/")[0] for path in locked if path.endswith(".py")}
    assert len(packages) >= 2 and {p.split(".")[0] for p in packages} <= rooms == set(content.CODE)
    for folder in ("decision", "book", "book/panel", "guard"):
        names = {str(path.relative_to(ROOT)) for path in (ROOT / folder).glob("*.py")}
        assert names and names <= locked | set(content.UNLOCKED)


def test_a_style_needs_no_acceptance_and_a_script_does(tmp_path):
    """A colour is no clinical fact; what a script shows or hides may be."""
    book = Book(tmp_path)
    for path in (*book.root.glob("book/**/*.css"), *book.root.glob("book/**/*.svg")):
        path.write_text(path.read_text(encoding="utf-8") + "\n/* red */\n", encoding="utf-8")
    assert book.faults() == []
    script = next(book.root.glob("book/panel/*.js"))
    script.write_text(script.read_text(encoding="utf-8") + "\nlet x = 1;\n", encoding="utf-8")
    assert len(book.faults()) == 1


def test_code_reads_alike_in_every_python():
    """The lock holds hashes of syntax trees: written out here, so that a Python that differs fails."""
    name = "Name(id='{}', ctx=Load())".format
    spec = f"JoinedStr(values=[Constant(value='>'), FormattedValue(value={name('b')}, conversion=-1)])"
    text = f"JoinedStr(values=[FormattedValue(value={name('a')}, conversion=-1, format_spec={spec})])"
    assert content.code_text('f"{a:>{b}}"  # aside') == f"Expr(value={text})"
    empty = "FunctionDef(name='f', args=arguments(), body=[Return(value=Constant(value=''))])"
    assert content.code_text('def f():\n\n  return ""') == empty


def test_a_row_that_decides_otherwise_is_told_apart_from_wording(tmp_path):
    """A flipped condition names the decision surface and the notebooks; a reworded reason does not move the surface."""
    book = Book(tmp_path)
    book.when("on.csv", "R-ON-UNK.h", "programme", "unknown|no")
    code, said = book.check()
    assert code == 1 and "make accept WHAT=surface" in said and "make diff BASE=HEAD" in said
    assert "run it first" in said
    other = Book(tmp_path / "other")
    other.cell("on.csv", "R-ON-HOLD.c", "because", "Another reason.")
    code, said = other.check()
    assert code == 1 and "surface" not in said and "Another reason." in said and "run it first" in said
    prose = Book(tmp_path / "prose")
    prose.sub("chapters/risk.md", PROSE, "Nothing is known.")
    assert "notebooks" not in prose.check()[1]


@pytest.mark.parametrize(
    "changes",
    [["page"], ["surface"], ["page", "claim", "row", "surface", "code", "gone", "new", "setting", "notebook"]],
)
def test_one_printed_command_finishes(tmp_path, changes):
    """What the check prints last, run as it stands, leaves nothing to say."""
    book = Book(tmp_path)
    make = {
        "page": lambda: book.sub("index.md", r"\Z", "\nOne more sentence.\n"),
        "claim": lambda: book.sub("chapters/caveats.md", r"\{claim\}`", "{claim}`Perhaps, "),
        "row": lambda: book.cell("claims.csv", "risk-sud", "finding", "Otherwise."),
        "surface": lambda: book.when("on.csv", "R-ON-UNK.h", "programme", "unknown|no"),
        "code": lambda: book.sub("decision/machine.py", r"^(    def path\(self, case, reading)\):", r"\1=None):"),
        "gone": lambda: (book.root / "chapters/preamble.py").unlink(),
        "new": lambda: (book.root / "decision/extra.py").write_text("X = 1\n", encoding="utf-8"),
        "setting": lambda: book.sub("_config.yml", "never a dose", "seldom a dose"),
        "notebook": lambda: book.seed("stale output: a number"),
    }
    for x in changes:
        make[x]()
    code, said = book.check()
    assert code == 1 and "correct" not in said.splitlines()[-1]
    names = printed(said)
    assert ("surface" in names) == ("surface" in changes) and len(names) == len(set(names)) >= len(changes)
    code, done = book.run("guard.lock", *names)
    assert code == 0 and all(f"Accepted: {x}" in done for x in names if x != "surface")
    assert book.check() == CLEAN


def test_old_and_new_words_stand_beneath_the_message_on_two_lines(tmp_path):
    """Of a row the cell that changed, of a paragraph the words around the change, of code the function."""
    book = Book(tmp_path)
    claim = book.rows("claims.csv")[20]
    book.cell("claims.csv", claim["id"], "finding", claim["finding"][:-1] + " in Mars.")
    book.sub("chapters/risk.md", r"The columns do not agree", "The columns seldom agree")
    book.sub("decision/machine.py", r"^(    def path\(self, case, reading)\):", r"\1=None):")
    code, said = book.check()
    lines = said.splitlines()
    tail = " ".join(claim["finding"].split()[-3:])
    row = next(n for n, x in enumerate(lines) if x.endswith(tail))
    assert lines[row].startswith(f"        before: row {claim['id']}, finding: ")
    assert lines[row + 1].startswith(f"        now:    row {claim['id']}, finding: ")
    assert lines[row + 1].endswith(f"{tail[:-1]} in Mars.")
    page = next(n for n, x in enumerate(lines) if "The columns do not agree" in x)
    assert lines[page].startswith("        before: ") and "The columns seldom agree" in lines[page + 1]
    assert all(len(x) < 420 for x in lines[page : page + 2])
    assert re.search(r"^        changed: Machine\.path, line \d+$", said, re.M)
    assert "git diff HEAD -- decision/machine.py" in said


@pytest.mark.parametrize("name", [n for n, _ in seeds.HARMLESS])
def test_a_harmless_edit_needs_at_most_one_acceptance(tmp_path, name):
    """Layout needs nothing; new or changed words need one command."""
    book = Book(tmp_path)
    book.seed(name)
    worded = ("typo in prose", "new figure with alt text", "new vignette")
    assert len(book.faults()) == (1 if name in worded else 0), book.faults()


def test_every_message_is_two_lines(tmp_path):
    """With a dozen kinds of fault in one copy nothing but messages, words and the closing lines is printed."""
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
    assert code == 1 and len(messages(said)) > 12


def messages(said):
    """The first lines of the messages, after a look at the shape of all that was printed."""
    lines = [x for x in said.splitlines() if not x.startswith("        ")]
    end = next(n for n, x in enumerate(lines) if re.match(r"1 thing |\d+ things (to look at|cannot)", x))
    body = lines[:end]
    assert len(lines) - end <= 4 and all(re.match(r"    \S", x) for x in body[1::2]), lines
    assert len(body) % 2 == 0 and all(HEAD.match(x) for x in body[::2]), body
    return body[::2]


BROKEN = {
    "a cell": lambda b: b.when("start.csv", "R-HARD", "hard_stop", "maybe"),
    "a comma too many": lambda b: b.sub(path_of("start.csv"), r"^R-HARD,", "R-HARD,,,"),
    "a column": lambda b: b.sub(path_of("gaps.csv"), r"\Agap,", "gapp,"),
    "an unknown claim": lambda b: b.cell("vignettes.csv", "V03", "claims", "nothing"),
    "a case that is none": lambda b: b.cell("gaps.csv", "g05", "case", "pregnant=perhaps"),
    "a missing table": lambda b: (b.root / path_of("notes.csv")).unlink(),
    "a table not in UTF-8": lambda b: (b.root / path_of("notes.csv")).write_bytes(b"row,when\n\xff\n"),
    "the list of sources": lambda b: b.sub(KNOWLEDGE + "references.bib", r"^@misc\{pfizer_pi,", "@misc{{pfizer_pi"),
    "the record of reviews": lambda b: b.sub("guard/reviews/record.csv", "subject", "topic"),
    "a notebook": lambda b: (b.root / "chapters/space.ipynb").write_text("{\n", encoding="utf-8"),
    "a notebook without cells": lambda b: (b.root / "chapters/space.ipynb").write_text("{}\n", encoding="utf-8"),
    "a page": lambda b: (b.root / "chapters/risk.md").write_bytes(b"# Risk\n\xff\n"),
    "a module": lambda b: b.sub("decision/machine.py", r"^class Machine:", "class Machine"),
    "a module of the guard": lambda b: b.sub("guard/lint.py", r"^def lint\(", "def lint"),
    "a module that stops": lambda b: b.sub("decision/machine.py", r"^class Machine:", "nothing\n\n\nclass Machine:"),
    "a script": lambda b: (b.root / "book/panel/panel.js").write_bytes(b"\xff"),
    "a setting": lambda b: b.sub("_toc.yml", r"^root: ", "root: : "),
    "the project": lambda b: b.sub("pyproject.toml", r"^\[project\]", "[project"),
    "the last run of drifts": lambda b: (b.root / "guard/accepted/drift.json").write_text("{\n", encoding="utf-8"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_is_named_and_nothing_can_be_accepted(tmp_path, what):
    """File and line, once, and no traceback; the lock stays as it is, though another page was changed too."""
    book = Book(tmp_path)
    BROKEN[what](book)
    book.sub("index.md", r"\Z", "\nOne more sentence.\n")
    code, said = book.check()
    assert code == 1 and "Traceback" not in said and "make accept" not in said, said
    told = messages(said)
    assert len(told) == len(set(told)) >= 1 and said.count("Correct it or restore it") == len(told)
    one = "thing cannot be read; everything else waits for it." if len(told) == 1 else "things cannot be read; "
    assert f"{len(told)} {one}" in said
    before = {k: book.read(f"guard/accepted/{k}.txt") for k in ("pages", "tables", "claims", "code")}
    code, said = book.run("guard.lock", "all")
    assert code == 1 and said.endswith("Nothing was accepted, because this cannot be read.\n") and told[0] in said
    assert before == {k: book.read(f"guard/accepted/{k}.txt") for k in before}


FAULTS = {
    "a dead row": lambda b: b.cell("start.csv", "R-UNK.b", "when", "age_group=unknown"),
    "a state without a row": lambda b: b.when("start.csv", "R-CONS.a", "age_group", "minor"),
    "a vignette": lambda b: b.cell("vignettes.csv", "V01", "level", "DEFER"),
    "a person whom nobody can decide": lambda b: b.sub("decision/api.py", r'm\.ids, "unknown"', 'm.ids, "no"') and None,
    "what is not said read as no": lambda b: b.seed("api: what is not stated is no") and None,
    "a gap": lambda b: b.cell("gaps.csv", "g10", "expect", "DEFER"),
    "a claim without a row": lambda b: b.cell("claims.csv", "provenance-last-updated", "undecidable", ""),
    "a source": lambda b: b.sub(KNOWLEDGE + "references.bib", r"note = \{Read", "note = {Seen"),
    "a rule's name": lambda b: b.sub("chapters/risk.md", r"\{rule\}`[^`]+`|\Z", "\n{rule}`R-NONE`\n"),
    "a claim twice": lambda b: b.sub("chapters/risk.md", r"\Z", "\n{claim}`Again. <risk-sud>`\n"),
    "a citation": lambda b: b.sub("chapters/risk.md", r"\Z", "\nSo says one {cite:p}`nobody`.\n"),
    "a link": lambda b: b.sub("chapters/risk.md", r"\Z", "\nSee [that](nowhere.md).\n"),
    "a page that is not in the contents": lambda b: b.sub("_toc.yml", r"^ +- file: chapters/risk$\n", ""),
    "a page in the contents only": lambda b: b.sub("_toc.yml", r"(- file: chapters/risk)$", r"\1s"),
    "a dose": lambda b: b.sub("chapters/risk.md", r"\Z", "\nThen 2 mg.\n"),
    "a dose in a notebook": lambda b: b.sub("chapters/vignettes.ipynb", r'"text": \[\n\s+"', r"\g<0>40 mg "),
    "a rule in prose": lambda b: b.sub("chapters/risk.md", r"\Z", "\nEveryone must be tested.\n"),
    "a typed number": lambda b: b.sub("chapters/risk.md", r"\Z", "\nThere are 16 vignettes.\n"),
    "a label": lambda b: b.cell("notes.csv", "R-NOTE-PAIN", "because", "Some junkies."),
    "a review": lambda b: b.sub("guard/reviews/record.csv", r"\Z", "on.csv,Approved,Ada Reader,,2026-01-01,abc\n"),
    "a surface that is gone": lambda b: (b.root / "guard/accepted/surface.txt").unlink(),
    "a lock that is gone": lambda b: (b.root / "guard/accepted/claims.txt").unlink(),
    "a lock edited by hand": lambda b: b.sub("guard/accepted/pages.txt", r"(?<=hash )\w", "x"),
}


NOT_WHERE_IT_WAS_BROKEN = (  # what is missing has no line, a cell is named by its source and an entry by its name
    "a state without a row",
    "a source",
    "a page that is not in the contents",
    "a dose in a notebook",
    "a lock edited by hand",
)


@pytest.mark.parametrize("what", FAULTS)
def test_every_kind_of_fault_is_told_with_file_and_line_and_what_to_do(tmp_path, what):
    """One breakage of each kind, beside what the lock says of it."""
    book = Book(tmp_path)
    line = FAULTS[what](book)
    code, said = book.check()
    assert code == 1 and "Traceback" not in said
    own = [x for x in messages(said) if "since it was accepted" not in x and "since they were accepted" not in x]
    assert own, said
    places = [(path, int(n)) for path, n in (re.match(r"([^:]+):(\d+): ", x).groups() for x in own)]
    for path, n in places:
        lines = book.read(path).split("\n") if (book.root / path).exists() else [""]
        assert 1 <= n <= len(lines), (path, n)
    if line and what not in NOT_WHERE_IT_WAS_BROKEN:
        assert any(0 <= n - line <= 2 for _, n in places), (line, places)


def test_one_is_one_and_two_are_two(tmp_path):
    """The closing line counts in English, and says what acceptance cannot settle."""
    book = Book(tmp_path)
    book.sub("index.md", r"\Z", "\nOne more sentence.\n")
    assert "\n1 thing to look at.\nAfter a look at each: make accept WHAT=index.md\n" in book.check()[1]
    book.sub("chapters/risk.md", r"\Z", "\nSee [that](nowhere.md).\n")
    assert "\n3 things to look at, 1 to correct.\n" in book.check()[1]


STRAY = (
    "chapters/.#risk.md", "chapters/#risk.md#", "chapters/._risk.md", "chapters/risk.md~", "chapters/~$risk.md",
    "chapters/.risk.md.swp", "chapters/.ipynb_checkpoints/space-checkpoint.ipynb", "chapters/._space.ipynb",
    "decision/knowledge/rules/._start.csv", "decision/knowledge/register/~$claims.csv", "decision/knowledge/.#x.bib",
    "decision/knowledge/rules/.ipynb_checkpoints/start-checkpoint.csv", "decision/.#machine.py", "decision/._api.py",
    "guard/.#lint.py", "guard/~$lint.py", "guard/.ipynb_checkpoints/lint-checkpoint.py", "guard/accepted/._pages.txt",
    "guard/reviews/.#record.csv", "._README.md", ".#README.md",
)  # fmt: skip


def test_what_editors_leave_is_no_page_no_table_and_no_module(tmp_path):
    """Lock files, backups, shadows and checkpoints are not read, however broken, and no drift is seeded in them."""
    book = Book(tmp_path)
    for path in STRAY:
        (book.root / path).parent.mkdir(exist_ok=True)
        (book.root / path).write_bytes(b"# Everyone must be given 40 mg\n\xff,,{")
    (book.root / "chapters/.#gone.md").symlink_to("nobody@nowhere.1234")
    assert book.check() == CLEAN
    assert not [x for kind in subjects(book.root).values() for x in kind if set(x) & set("#~$")]
    for name in ("dose inserted", "stale output: a number", "claim ids swapped"):
        assert not [x for x in book.seed(name).touched if set(x) & set("#~$") or "/." in x]
    assert not list(drift.copied(book.root, tmp_path / "again").rglob(".#*"))


def git(root, *words):
    """Run git in a folder as somebody."""
    command = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", *words]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def test_a_checkout_of_windows_has_the_same_files(tmp_path):
    """git is told to write CRLF there, and .gitattributes says LF; so what was accepted stays accepted."""
    book = Book(tmp_path)
    git(book.root, "init", "-q")
    git(book.root, "add", "-A", "-f")
    git(book.root, "commit", "-qm", "all")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", "-c", "core.eol=crlf", str(book.root), "windows")
    names = [x for x in git(book.root, "ls-files", "-z").split("\0") if x]
    assert len(names) > 80 and not [x for x in names if b"\r\n" in (tmp_path / "windows" / x).read_bytes()]
    assert all((tmp_path / "windows" / x).read_bytes() == (book.root / x).read_bytes() for x in names)


def test_files_that_end_their_lines_as_windows_does_say_the_same(tmp_path):
    """CRLF in every page, table, module, lock and setting, and the mark that Notepad puts first, change nothing."""
    book = Book(tmp_path)
    kinds = {".md", ".csv", ".bib", ".ipynb", ".py", ".yml", ".cff", ".toml", ".txt", ".js"}
    for path in [p for p in book.root.rglob("*") if p.suffix in kinds or p.name == "Makefile"]:
        data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        path.write_bytes((b"\xef\xbb\xbf" if path.suffix in (".md", ".csv") else b"") + data)
    assert book.check() == CLEAN


def test_a_file_with_faults_is_named_with_its_line(tmp_path):
    """A cell that does not load is named as file:line, once."""
    book = Book(tmp_path)
    n = book.when("start.csv", "R-HARD", "hard_stop", "maybe")
    code, said = book.check()
    assert code == 1 and said.count("“maybe” is not known") == 1
    assert said.startswith(f"{path_of('start.csv')}:{n}: ")


def test_a_review_that_was_not_recorded_by_the_command_is_refused(tmp_path):
    """A row typed into the record, without the text it stands for, fails the check."""
    book = Book(tmp_path)
    (book.root / "guard/reviews/record.csv").write_text(
        "subject,state,by,role,on,hash\nstart.csv,Approved,Ada Reader,,2026-01-01,abcdefabcdef\n", encoding="utf-8"
    )
    code, said = book.check()
    assert code == 1 and "guard/reviews/record.csv:2: " in said


def test_every_source_says_how_it_was_seen(tmp_path):
    """As the book stands; and a note that says nothing of it is found."""
    assert check.check_sources() == []
    text = (ROOT / KNOWLEDGE / "references.bib").read_text(encoding="utf-8")
    notes = re.findall(r"^\s*note\s*=\s*[{\"]+(.*)", text, re.M)
    assert len(notes) == len(sources()) and all(x.startswith(check.NOTES) for x in notes)
    book = Book(tmp_path)
    book.sub(KNOWLEDGE + "references.bib", r"note = \{Read in part", "note = {Trust me")
    assert "does not say how it was seen" in book.check()[1]


def test_every_claim_and_every_row_cites():
    """Each claim names a source; each row of each table, and each question, a claim or a source that exists.

    Three rows, of hard stops, leave it to the questions that matched, and say so: they have no certainty either.
    """
    known, keys = set(claims()), set(sources())
    for ident, c in claims().items():
        cited = c["sources"].split("; ")
        assert set(cited) <= keys, ident
    seen = [r for name in (*VERDICT_TABLES, *COLLECTED) for r in rows(name)]
    assert [r["row"] for r in seen if r["certainty"] == "–"] == ["R-HARD", "R-ON-STOP", "R-ON-DISC.a"]
    seen += [i for i in inputs().values()]
    for row in seen:
        assert row["claims"] or row["sources"] or row["certainty"] == "–", row
        assert set(row["claims"]) <= known and set(row["sources"]) <= keys, row
    for row in [*gaps().values(), *disagreements().values()]:
        named = {x for column in ("claims", "sources") for x in row[column].split("; ") if x not in ("", "–")}
        assert named and named <= known | keys, row
    assert len(seen) > len(inputs()) + len(COLLECTED) + len(VERDICT_TABLES)


def test_every_seeded_drift_still_finds_something_to_change(tmp_path):
    """Later edits of the book must not leave a seed without its place; and each is seen by the lock."""
    book, kept = Book(tmp_path), {".md", ".csv", ".ipynb", ".py", ".bib", ".yml"}
    before = {p: p.read_bytes() for p in book.root.rglob("*.*") if p.suffix in kept}
    for name, _, _ in drift.SEEDS:
        copy = book.seed(name)
        assert copy.touched
        try:
            assert lock.faults(book.root, subjects(book.root)), name
        except ValueError:
            pass  # a file that cannot be read is told before anything is compared
        for path in copy.touched:
            (book.root / path).write_bytes(before[book.root / path])
    assert not book.faults()


def test_the_printed_run_is_of_these_seeds_and_lost_none():
    """The run that the book prints has every seed of today, and this book's check caught each."""
    run = json.loads((ROOT / "guard/accepted/drift.json").read_text(encoding="utf-8"))
    assert [d["name"] for d in run["drifts"]] == [name for name, _, _ in drift.SEEDS]
    assert all(d["caught"][drift.OURS] for d in run["drifts"])
    assert set(run["detectors"]) == {drift.OURS, drift.PINLESS, drift.LAX, drift.STRICT, drift.BUILD}
    assert [e["name"] for e in run["harmless"]] == [name for name, _ in seeds.HARMLESS]
    assert max(e["commands"] for e in run["harmless"]) <= 1


def test_a_gap_whose_person_no_row_decides_any_more_is_no_traceback(tmp_path):
    """That no row decides is told with its file and line, once, and nothing ends in Python."""
    book = Book(tmp_path)
    book.when("on.csv", "R-ON-HOLD.a", "risk_plan", "no")
    code, said = book.check()
    assert code == 1 and "Traceback" not in said and "no row decides" in said
    assert re.search(r"on\.csv:\d+: no row decides", said)


def test_a_source_without_a_note_of_where_it_was_read_is_told(tmp_path):
    """Each entry keeps the passage relied on; the check says so before a test does."""
    book = Book(tmp_path)
    book.sub(KNOWLEDGE + "references.bib", r"^  annote = .*\n", "")
    code, said = book.check()
    assert code == 1 and "has no annote.\n    Add where it was read" in said

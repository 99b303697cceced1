"""One strict reader for every file of knowledge: what a spreadsheet saves is read, anything else is refused whole."""

import csv
import io
import re
import shutil

import pytest
from folder import FILES, read

from decision import KNOWLEDGE, KnowledgeError, decide, register, sources, tables
from decision.api import machine
from decision.reader import read_bib
from decision.tables import default, load
from guard import review
from guard.check import check_ratings
from guard.register import faults

RECORD = review.RECORD
REVIEWS = [  # people and texts that do not exist
    dict(zip(review.FIELDS, cells, strict=True))
    for cells in (
        ["chapters/risk.md", "Under review", "Ada Reader", "nurse", "2026-11-20", "0a1b"],
        ["chapters/risk.md", "Approved", "Ada Reader", "nurse", "2026-11-21", "2c3d"],
        ["start.csv", "Approved", "Ben Reader", "", "2026-11-22", "4e5f"],
    )
]
RULES = [file for file in FILES if file.startswith("rules/")]
REGISTER = [file for file in FILES if file.startswith("register/")]
EVERY = [*RULES, *REGISTER, RECORD]
OPTIONAL = {  # columns in which a cell may be empty
    "register/claims.csv": {"article_ref", "assumption", "undecidable", "inputs"},
    "register/gaps.csv": {"rows", "reason_for_none"},
    "register/disagreements.csv": {"label", "guidelines", "studies", "rows"},
    RECORD: {"role"},
}
NO_LABEL = {f"rules/{name}.csv" for name, key in tables.KEYS.items() if not key}  # not known by its first cell alone
NO_LABEL |= {f"register/{name}.csv" for name, key in register.KEYS.items() if not key} | {RECORD}
SAVE = "save it as “CSV UTF-8 (comma delimited)”."


class Place:
    """One file in a copy of all of them: its cells, what it is read as, and what is said when it is refused."""

    def __init__(self, root, file):
        self.root, self.file = root, file
        self.folder = root / "knowledge"
        self.path = root / file if file == RECORD else self.folder / file
        self.head, *self.rows = csv.reader(io.StringIO(self.path.read_text(encoding="utf-8"), newline=""))

    def text(self, rows=None, **form):
        """The file as a CSV of these rows, heading first."""
        out = io.StringIO()
        csv.writer(out, **{"lineterminator": "\n", **form}).writerows(rows or [self.head, *self.rows])
        return out.getvalue()

    def save(self, data):
        """Put this text, or these bytes, in place of the file."""
        self.path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))

    def read(self):
        """What everybody else gets of this file."""
        if self.file == RECORD:
            return review.records(self.root)
        if self.file in RULES:
            return load(self.folder)
        found = register.rows(self.file.split("/")[1].removesuffix(".csv"), self.folder)
        assert self.file != "register/claims.csv" or load(self.folder) == default()
        return found

    def refused(self, data):
        """The lines of the message with which it is refused; nothing of it is kept."""
        before = default(), decide(pregnant="yes").to_dict()
        self.save(data)
        with pytest.raises(KnowledgeError) as error:
            self.read()
        if self.file == "register/claims.csv":  # read in two places, refused in both with the same words
            with pytest.raises(KnowledgeError, match=f"^{re.escape(str(error.value))}$"):
                load(self.folder)
        assert default() is before[0] and decide(pregnant="yes").to_dict() == before[1]
        return str(error.value).splitlines()

    def four(self):
        """Four rows with labels of their own."""
        rows = [row[:] for row in (self.rows * 2)[:4]]
        for n, row in enumerate(rows):
            row[0] += "" if self.file in NO_LABEL else str(n)
        return rows

    def must(self):
        """The number of a column that may not be empty, the last of them."""
        return max(n for n, c in enumerate(self.head) if c not in OPTIONAL.get(self.file, ()))


@pytest.fixture(params=EVERY)
def place(request, tmp_path):
    """Each CSV that the book reads, in a copy."""
    shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")
    (tmp_path / RECORD).parent.mkdir(parents=True)
    with (tmp_path / RECORD).open("w", newline="", encoding="utf-8") as f:
        w = csv.DictWriter(f, review.FIELDS)
        w.writeheader()
        w.writerows(REVIEWS)
    return Place(tmp_path, request.param)


@pytest.fixture
def folder(tmp_path):
    """A copy of the knowledge folder."""
    return shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")


# ---- a CSV as people save it


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize(
    "form",
    [{}, {"lineterminator": "\r\n"}, {"quoting": csv.QUOTE_ALL}, {"quoting": csv.QUOTE_ALL, "lineterminator": "\r\n"}],
    ids=["plain", "CRLF", "quoted", "quoted CRLF"],
)
def test_what_a_spreadsheet_or_an_editor_saves_is_read(place, form, mark):
    """With or without a byte order mark, LF or CRLF, quotes where needed or everywhere: the same content."""
    before = place.read()
    place.save(mark + place.text(**form))
    assert place.read() == before


def test_the_reader_loses_nothing(place):
    """Every cell of every row is handed on as written, with the line on which the row begins."""
    if place.file in RULES:
        name = place.file.split("/")[1].removesuffix(".csv")
        texts = str([x["question"] for x in default()["inputs"]]) + str(default()["levels"]) + str(default()["tables"])
        said = [row[place.head.index("because")] for row in place.rows if "because" in place.head]
        assert all(repr(x)[1:-1] in texts for x in said), name
        return
    found = place.read()
    assert [dict(row) for row in found] == [dict(zip(place.head, row, strict=True)) for row in place.rows]
    assert [row.line for row in found] == list(range(2, len(place.rows) + 2))


def test_blank_lines_and_a_last_line_without_an_end_are_read_over(place):
    """A blank line decides nothing, and a file need not end with a line break."""
    before = place.read()
    place.save(place.text().replace("\n", "\n\n").rstrip("\n"))
    assert place.read() == before


def test_a_record_without_reviews_is_no_fault(tmp_path):
    """Nobody has to have looked: without the file, or with its heading alone, there are no reviews."""
    assert review.records(tmp_path) == []
    (tmp_path / RECORD).parent.mkdir(parents=True)
    (tmp_path / RECORD).write_text(",".join(review.FIELDS) + "\n")
    assert review.records(tmp_path) == []


def test_what_has_no_label_is_known_by_more_than_its_first_cell():
    """Without a unique key are exactly those files in which one first cell stands on several lines, and the record."""
    assert NO_LABEL == {"rules/items.csv", "rules/levels.csv", "register/ratings.csv", RECORD}
    repeated = {file for file in FILES if len({row[0] for row in read(file)}) < len(read(file))}
    assert repeated == NO_LABEL - {RECORD}
    assert set(tables.KEYS) <= set(tables.COLUMNS) and set(register.KEYS) <= set(register.COLUMNS)


# ---- a CSV that is not what it should be


@pytest.mark.parametrize("sep, name", [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator_is_named(place, sep, name):
    """What a spreadsheet set to another language saves is refused with what to choose instead."""
    for end in ("\n", "\r\n"):
        lines = place.refused("\ufeff" + place.text(delimiter=sep, lineterminator=end))
        assert lines == [f"{place.file}, line 1: the cells are separated by {name}, not by commas; {SAVE}"]


def test_windows_1252_is_refused_on_the_line_of_the_first_letter(place):
    """A letter that is not UTF-8 is named by its line."""
    place.rows[-1][-1] += "é"
    data = place.text().replace("–", "-").replace("“", '""').replace("”", '""').encode("cp1252", "replace")
    line = data.count(b"\n", 0, next(n for n, b in enumerate(data) if b > 127)) + 1
    assert place.refused(data) == [f"{place.file}, line {line}: the file is not UTF-8 there; {SAVE}"]


def test_utf_16_is_refused(place):
    """The “Unicode text” of a spreadsheet is refused on its first line; without its mark it has no columns."""
    assert place.refused(place.text().encode("utf-16")) == [
        f"{place.file}, line 1: the file is not UTF-8 there; {SAVE}"
    ]
    lines = place.refused("\n".join([",".join(place.head), "x"]).encode("utf-16-le"))
    assert lines and all(x.startswith(f"{place.file}, line 1, column “") for x in lines)


def test_every_missing_column_is_named(place):
    """A file that lost all columns but one is refused once, and each lost column is named."""
    kept = place.must()
    lines = place.refused(place.text([[row[kept]] for row in [place.head, *place.rows]]))
    lost = [c for c in place.head if c != place.head[kept]]
    assert lines == [f"{place.file}, line 1, column “{c}”: the column is missing; restore it." for c in lost]


def test_a_doubled_column_is_named(place):
    """Of two columns with one name the last would win in silence."""
    for n in (0, place.must()):
        lines = place.refused(place.text([[*row, row[n]] for row in [place.head, *place.rows]]))
        assert lines == [f"{place.file}, line 1, column “{place.head[n]}”: the column stands twice; keep one."]


def test_a_column_that_nothing_reads_is_named(place):
    """A remark beside the rows would be lost in silence; a misspelt heading says which was meant."""
    rows = [place.head + ["remark"], *(row + ["see above"] for row in place.rows)]
    lines = place.refused(place.text(rows))
    assert [x.split(" Did you")[0] for x in lines] == [
        f"{place.file}, line 1, column “remark”: nothing reads this column; remove it."
    ]
    first, *rest = place.head
    lines = place.refused(place.text([[first + "x", *rest], *place.rows]))
    assert lines == [
        f"{place.file}, line 1, column “{first}”: the column is missing; restore it.",
        f"{place.file}, line 1, column “{first}x”: nothing reads this column; remove it. Did you mean “{first}”?",
    ]


def test_a_doubled_label_is_named_with_the_other_line(place):
    """Two rows of one name: the second is named, with the line of the first; of two ratings, by who gave them."""
    again = len(place.rows) + 2
    lines = []
    if place.file == "register/ratings.csv":  # a claim has a row for each rater; the check looks for two of one rater
        assert check_ratings(place.folder) == []
        place.save(place.text([place.head, *place.rows, place.rows[-1]]))
        claim, rater = place.rows[-1][:2]
        (said,) = [x for x in check_ratings(place.folder) if f"rater {rater} has rated {claim} before" in x]
        assert said.startswith(f"decision/knowledge/{place.file}:{again}: ")
        return
    if place.file != RECORD:  # the same review may be written down twice
        lines = place.refused(place.text([place.head, *place.rows, place.rows[-1]]))
    if place.file not in NO_LABEL:
        said = f"“{place.rows[-1][0]}” is already on line {again - 1}; rename one."
        assert lines == [f"{place.file}, line {again}, column “{place.head[0]}”: {said}"]
    elif place.file != RECORD:
        assert len(lines) == 1 and lines[0].startswith(f"{place.file}, line {again}, column “{place.head[1]}”: “")
        assert "is already" in lines[0] and lines[0].endswith("remove one.")


@pytest.mark.parametrize("change", [lambda row: row[:-1], lambda row: [*row, "x"]], ids=["short", "long"])
def test_a_short_or_a_long_row_is_named(place, change):
    """A comma too few or too many is refused on its own line; of its cells, which may be shifted, nothing is said."""
    place.rows[1] = change(["", *place.rows[1][1:]])
    has, should = len(place.rows[1]), len(place.head)
    assert place.refused(place.text()) == [
        f"{place.file}, line 3, column “{place.head[0]}”: {has} cells where the heading has {should}; "
        "check the commas and the quotes."
    ]


def test_an_empty_cell_is_named_where_one_may_not_be_empty(place):
    """Each column in turn is emptied in one row: refused, or read, as its column says."""
    required = [n for n, c in enumerate(place.head) if c not in OPTIONAL.get(place.file, ())]
    for blank in ("", "  "):
        rows = [row[:] for row in place.rows]
        for n in range(len(place.head)):
            rows[1][n] = blank if n in required else ""
        lines = place.refused(place.text([place.head, *rows]))
        assert lines == [
            f"{place.file}, line 3, column “{place.head[n]}”: the cell is empty; write a value, or – for none."
            for n in required
        ]


@pytest.mark.parametrize("at", [0, 1, -1], ids=["first", "second", "last"])
def test_a_quote_that_does_not_close_is_named_where_its_row_begins(place, at):
    """Wherever the reader notices, the line told is that of the row with the open quote."""
    lines = place.text(quoting=csv.QUOTE_ALL).splitlines()
    n = range(1, len(lines))[at]
    lines[n] = lines[n][:-1]
    said = place.refused("\n".join(lines) + "\n")
    assert len(said) == 1 and said[0].startswith(
        f"{place.file}, line {n + 1}: the row that begins there cannot be read"
    )
    assert "check the quotes there" in said[0]


def test_a_quote_in_the_middle_of_a_quoted_cell_is_named(place):
    """A quotation inside a quoted cell whose marks were not doubled is refused, not cut in two."""
    lines = place.text(quoting=csv.QUOTE_ALL).splitlines()
    lines[2] = '"a "word" here' + lines[2]
    said = place.refused("\n".join(lines))
    assert len(said) == 1 and said[0].startswith(f"{place.file}, line 3: the row that begins there cannot be read")


def test_a_file_without_rows_or_without_anything_is_named(place):
    """A heading alone is refused where rows are needed, an empty file everywhere."""
    if place.file != RECORD:
        said = f"{place.file}, line 2, column “{place.head[0]}”: the file has no rows; restore them."
        assert place.refused(place.text([place.head])) == [said]
    assert place.refused("") == [
        f"{place.file}, line 1, column “{c}”: the column is missing; restore it." for c in place.head
    ]


def test_all_faults_of_a_file_come_in_one_message(place):
    """A short row, a long row, an empty cell and an open quote: one message, each on its line."""
    rows, must = place.four(), place.must()
    rows[0] = rows[0][:-1]
    rows[1] = [*rows[1], "x"]
    rows[2] = [*rows[2][:must], "", *rows[2][must + 1 :]]
    found = place.refused(place.text([place.head, *rows]) + '"open')
    assert sorted(int(re.match(rf"{re.escape(place.file)}, line (\d+)", x)[1]) for x in found) == [2, 3, 4, 6]
    assert ["check the commas" in x for x in sorted(found)] == [True, True, False, False]


def test_lines_are_those_of_an_editor_after_a_cell_of_several_lines(place):
    """A break inside a cell, and a blank line, move the lines of what follows and nothing else."""
    rows, must = place.four(), place.must()
    rows[0][must] += "\nand more\nand more"
    rows[2][must] = ""
    text = place.text([place.head, rows[0]]) + "\n" + place.text(rows[1:])
    assert place.refused(text) == [
        f"{place.file}, line 7, column “{place.head[must]}”: the cell is empty; write a value, or – for none."
    ]


def test_a_missing_file_is_named(place):
    """Without the file nothing is read, and the message says which to restore."""
    if place.file != RECORD:
        place.path.unlink()
        with pytest.raises(KnowledgeError, match=f"^{place.file}, line 1: the file is missing; restore it.$"):
            place.read()


def test_faults_of_every_file_come_in_one_message(folder):
    """With each file that the rules need broken in its own way, one message names them all, and nothing is loaded."""
    before = default()
    for file in [*RULES, "register/claims.csv"]:
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    (folder / "references.bib").write_text("@misc{a title}")
    with pytest.raises(KnowledgeError) as error:
        load(folder)
    named = {x.split(", line")[0] for x in str(error.value).splitlines()}
    assert named == {*RULES, "register/claims.csv", "references.bib"}
    assert default() is before and machine().model is before


# ---- the register


def test_a_vignette_that_is_no_case_is_refused_with_the_others(monkeypatch):
    """An unknown base, input, value or pair: each by line and column, in one message, and nobody is handed out."""
    good = register.rows("vignettes")
    wrong = [
        ("base", "strat", "column “base”: allowed: start, on, –."),
        ("case", "pregnnt=yes", "column “case”: “pregnnt” is not an input. Did you mean “pregnant”?"),
        (
            "case",
            "pregnant=yse",
            "column “case”: pregnant = 'yse' is not a value. Did you mean “yes”? Allowed: yes, no, unknown. "
            "Write “unknown” for what is not known.",
        ),
        ("case", "pregnant", "column “case”: “pregnant” is not of the form input=value; separate pairs by spaces."),
        ("case", "pregnant=no pregnant=yes", "column “case”: “pregnant” stands twice; keep one."),
    ]
    for row, (column, cell, _) in zip(good, wrong, strict=False):
        row[column] = cell
    monkeypatch.setattr(register, "rows", lambda name: good)
    with pytest.raises(KnowledgeError) as error:
        register.vignettes.__wrapped__()
    assert str(error.value).splitlines() == [
        f"register/vignettes.csv, line {n}, {said}" for n, (*_, said) in enumerate(wrong, 2)
    ]


@pytest.mark.parametrize("name", ["vignettes", "gaps", "disagreements"])
def test_the_register_names_what_does_not_exist(name, monkeypatch):
    """A claim, a source, a row or a base that is not there is named by line and column, with the nearest."""
    read = register.rows
    broken = read(name)
    expected = []
    for column, there, gone in (
        ("claims", "risk-sud", "risk-sdu"),
        ("sources", "raja2020", "raja2O20"),
        ("rows", "R-CAU-BZD", "R-CAU-BDZ"),
    ):
        if column in broken[0]:
            broken[1][column] = f"{there}; {gone}"
            expected.append(f"register/{name}.csv, line 3, column “{column}”: “{gone}” does not exist. Did you mean")
    broken[2]["base"] = "V99"
    said = "column “base”: allowed: start, on, –." if name == "vignettes" else "column “case”: “V99” is no base."
    expected.append(f"register/{name}.csv, line 4, {said}")
    found = faults_with(monkeypatch, lambda of: broken if of == name else read(of))
    assert len(found) == len(expected), found
    assert all(any(x.startswith(said) for x in found) for said in expected), found


def faults_with(monkeypatch, rows):
    """What ``faults`` finds if the files are read so."""
    with monkeypatch.context() as patch:
        patch.setattr(register, "rows", rows)
        register.vignettes.cache_clear()
        try:
            return faults()
        finally:
            register.vignettes.cache_clear()


def test_a_file_of_the_register_that_cannot_be_read_is_told_once(monkeypatch):
    """One unreadable file is one fault, whoever begins with the people in it; the other files are still looked at."""
    read = register.rows

    def rows(name):
        if name == "vignettes":
            raise KnowledgeError("register/vignettes.csv, line 1: no such luck.")
        found = read(name)
        if name == "gaps":
            found[0]["sources"] = "nobody2020"
        return found

    first, second = faults_with(monkeypatch, rows)
    assert first == "register/vignettes.csv, line 1: no such luck."
    assert second.startswith("register/gaps.csv, line 2, column “sources”: “nobody2020” does not exist.")


# ---- the list of sources

ENTRY = "@misc{new2026,\n  title = {A title},\n  year = {2026},\n  note = {Read in full.}\n}\n"


def cited(folder, key):
    """Let a row of the rules cite this source, and load."""
    path = folder / "rules/urgent.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("vadod2022", f"vadod2022; {key}"), encoding="utf-8")
    return load(folder)


def refused_bib(folder, text):
    """The lines of the message with which a list of sources is refused, alone and with the folder."""
    path = folder / "references.bib"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(KnowledgeError) as alone:
        read_bib(path)
    with pytest.raises(KnowledgeError) as whole:
        load(folder)
    assert str(alone.value) == str(whole.value)
    return str(alone.value).splitlines()


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_list_of_sources_is_read_with_any_mark_and_line_end(folder, mark, end):
    """The same keys, fields and lines, whatever the editor."""
    path = folder / "references.bib"
    text = path.read_text(encoding="utf-8")
    path.write_bytes((mark + text.replace("\n", end)).encode("utf-8"))
    assert read_bib(path) == sources() and load(folder) == default()


@pytest.mark.parametrize(
    "key, entry",
    [
        ("new2026", ENTRY),
        ("new2026", re.sub("^", "    ", ENTRY, flags=re.M)),
        ("new2026", ENTRY.replace("@misc{", "  @misc {")),
        ("new2026", ENTRY.replace("@misc{new2026,", "@ misc { new2026 ,")),
        ("New2026", ENTRY.replace("new2026", "New2026")),
        ("new2026", ENTRY.replace("@misc", "@MISC").replace("title =", "Title =").replace("note", "NOTE")),
        ("new-2026:a.b", ENTRY.replace("new2026", "new-2026:a.b")),
        ("new2026", ENTRY.replace("{", "(", 1)[:-2] + ")\n"),
    ],
    ids=["plain", "indented", "space before", "space after", "capitals in the key", "capitals", "signs", "round"],
)
def test_an_entry_may_be_written_as_bibtex_allows(folder, key, entry):
    """Spaces, indents, capitals and round brackets: the source is there, on its line, and a row may cite it."""
    path = folder / "references.bib"
    lines = path.read_text(encoding="utf-8").rstrip("\n").count("\n") + 1
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + entry, encoding="utf-8")
    found = read_bib(path)
    assert found[key] == {"title": "A title", "year": "2026", "note": "Read in full.", "line": lines + 2}
    assert list(found) == [*sources(), key]
    assert key in next(t for t in cited(folder, key)["tables"] if t["name"] == "urgent")["rows"][1]["sources"]


def test_a_citation_has_the_capitals_of_its_entry(folder):
    """A key in other letters is not the key: it is refused, with the one that was meant."""
    path = folder / "references.bib"
    path.write_text(path.read_text(encoding="utf-8") + ENTRY.replace("new2026", "New2026"), encoding="utf-8")
    with pytest.raises(
        KnowledgeError, match=r"^rules/urgent.csv, line 3, column “sources”: “new2026” is not known.*“New"
    ):
        cited(folder, "new2026")


@pytest.mark.parametrize(
    "text, lines",
    [
        (ENTRY + "\n" + ENTRY, [(7, "repeated bibliography entry: new2026")]),
        (ENTRY + "\n" + ENTRY.replace("new2026", "NEW2026"), [(7, "repeated bibliography entry: NEW2026")]),
        (ENTRY + ENTRY.replace("new", "old").replace("note", "Title"), [(6, "old2026 has a duplicate Title field")]),
        (ENTRY.replace("year = {2026},", "year {2026},"), [(3, "'=' expected")]),
        (ENTRY.replace("year = {2026}", "year = "), [(3, "field value expected")]),
        (ENTRY.replace("{A title},", "{A title}"), [(3, "'}' expected")]),
        (ENTRY + ENTRY.replace("new", "old").replace("A title}", "A title"), [(11, "premature end of file")]),
        (ENTRY.replace("{2026}", "nextyear"), [(3, "undefined string")]),
        (
            ENTRY.replace("year = {2026},", "year {2026},") + ENTRY.replace("new", "old") * 2,
            [(3, "'=' expected"), (11, "repeated bibliography entry: old2026")],
        ),
    ],
    ids=[
        "twice",
        "twice in capitals",
        "field twice",
        "no equals",
        "no value",
        "no comma",
        "open",
        "word",
        "two faults",
    ],
)
def test_a_slip_in_the_list_of_sources_is_named_by_line(folder, text, lines):
    """A doubled key or field and broken BibTeX are refused, every one of them, each on its line."""
    found = refused_bib(folder, text)
    assert len(found) == len(lines), found
    for said, (line, words) in zip(found, lines, strict=True):
        assert said.startswith(f"references.bib, line {line}: not BibTeX that can be read ("), said
        assert words in said and said.endswith("; correct the entry."), said


def test_a_list_of_sources_in_another_encoding_or_empty_is_refused(folder):
    """Windows-1252 on the line of its first letter, UTF-16 on the first line, an empty file as such."""
    bad = "references.bib, line {}: the file is not UTF-8 there; " + SAVE
    assert refused_bib(folder, ENTRY.replace("A title", "Un été").encode("cp1252")) == [bad.format(2)]
    assert refused_bib(folder, ENTRY.encode("utf-16")) == [bad.format(1)]
    assert refused_bib(folder, "") == ["references.bib, line 1: the file has no entries; restore them."]


def test_a_missing_list_of_sources_is_named(folder):
    """Without it nothing can be cited, and the message says so."""
    (folder / "references.bib").unlink()
    with pytest.raises(KnowledgeError, match="^references.bib, line 1: the file is missing; restore it.$"):
        load(folder)

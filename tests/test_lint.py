"""Words that may not stand in the book are found wherever they stand, and nothing else is."""

import re

import pytest
from copies import KNOWLEDGE, ROOT, Book

from guard import lint

CARD = "```{claim} risk-sud\nAn active disorder must open treatment.\n```"


def said(text):
    """The first lines of the faults of a piece of Markdown on line 10 of a page."""
    faults = lint.lint_prose("page.md", text, 10)
    assert all(re.fullmatch(r"page\.md:\d+: .*\n    \S.*", x) for x in faults), faults
    return [x.split("\n")[0] for x in faults]


@pytest.mark.parametrize(
    "text",
    [
        "He had 40 mg.",
        "Start with 0.5mg/kg.",
        "Two at 20 micrograms.",
        "Give 5 mL.",
        "At 3 µg.",
        "40-60 / 24 h",
        "so much per kilogram",
        "“40 mg”, it said.",
    ],
)
def test_anything_like_a_dose_is_found_even_in_a_quotation(text):
    """Amounts with a unit, by weight or by time."""
    assert len(said(text)) >= 1 and "dose or a rate" in said(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "an addict",
        "Drug abusers came.",
        "drug-seeking",
        "They were non-compliant.",
        "poor compliance",
        "a malingerer",
        "clean urine",
    ],
)
def test_a_label_for_people_is_found_outside_quotation_only(text):
    """The same words in “ ” are under discussion, and stay."""
    assert "labels a person" in said(f"Some {text} here")[0]
    assert said(f"Some “{text}” here") == []


@pytest.mark.parametrize("word", ["must", "should", "never", "always", "has to", "shall"])
def test_a_modal_verb_is_found_outside_claims_and_other_voices_only(word):
    """In a claim it is the book's rule on purpose; beside a source it is the source's."""
    assert "reads as a rule of the book" in said(f"A clinician {word} ask.")[0]
    assert said(f"{{claim}}`A clinician {word} ask. <risk-sud>`") == []
    assert said(CARD.replace("must", word)) == []
    assert said(f"A clinician {word} ask {{cite:p}}`cohen2018`.") == []
    assert said(f"The consensus says that a clinician {word} ask.") == []
    assert said(f"“A clinician {word} ask.”") == []


@pytest.mark.parametrize("count", ["74 claims", "sixteen vignettes", "Forty-three inputs", "59 rows", "5 levels"])
def test_a_number_that_the_code_knows_is_found_when_typed(count):
    """The role that prints it is left alone, and so are other numbers."""
    assert "a number the code knows" in said(f"There are {count} in it.")[0]
    assert said("There are {n}`claims` claims and 264 people.") == []


def test_the_line_is_the_line_in_the_file(tmp_path):
    """In a page, after fences and comments, in a notebook cell and in a table."""
    assert said("One.\n\n<!-- 3 mg\n-->\n\nAn addict.")[0].startswith("page.md:15: ")
    book = Book(tmp_path)
    page = book.sub("chapters/considered.md", r"^## Take-aways", "A junkie.\n\n## Take-aways")
    cell = book.sub("chapters/readings.ipynb", r'^(\s+"source": \[\n\s+)"#', r'\1"A junkie.\\n",\n    "#') + 1
    row = book.cell("on.csv", "R-ON-HOLD.b", "because", "For the junkie.")
    dose = book.cell("cautions.csv", "R-CAU-CNS", "title", "No more than 2 mg")
    faults = [x.split("\n")[0] for x in lint.lint(book.root)]
    assert [x for x in faults if x.startswith(f"chapters/considered.md:{page}: “junkie”")]
    assert [x for x in faults if x.startswith(f"chapters/readings.ipynb:{cell}: “junkie”")]
    assert [x for x in faults if x.startswith(f"{KNOWLEDGE}on.csv:{row}: column “because”: “junkie”")]
    assert [x for x in faults if x.startswith(f"{KNOWLEDGE}cautions.csv:{dose}: column “title”: “2 mg”")]
    assert len(faults) == 4, faults


def test_what_a_notebook_shows_is_looked_at_too(tmp_path):
    """A dose in a code cell or in a stored output."""
    book = Book(tmp_path)
    book.sub("chapters/vignettes.ipynb", r'"text": \[\n\s+"', r"\g<0>40 mg ")
    book.sub("chapters/space.ipynb", r"from decision import", "dose = '3 mg'; from decision import")
    assert len([x for x in lint.lint(book.root) if "in this cell" in x]) == 2


def test_the_one_figure_of_the_article_stands_only_in_its_claim():
    """The claim that quotes the article's amount may hold it; any other claim may not."""
    assert said("{claim}`It prints 40 to 60 mg. <impl-dose-40-60mg>`") == []
    assert said("```{claim} impl-dose-40-60mg\nIt prints 40 mg.\n```") == []
    assert len(said("{claim}`It prints 40 to 60 mg. <impl-start-low>`")) == 1


def test_the_book_as_it_stands_is_clean():
    """No fault in any page, notebook or table."""
    assert lint.lint(ROOT) == []

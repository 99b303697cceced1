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
    "text", ["He had 40 mg.", "Start with half a tablet.", "“40 mg”, it said.", "Two per kilogram."]
)
def test_anything_like_a_dose_is_found_even_in_a_quotation(text):
    """On a page it is the same net as in the package."""
    assert len(said(text)) == 1 and "dose or a rate" in said(text)[0]


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


@pytest.mark.parametrize("word", ["must", "should", "never", "always", "has to", "shall", "needs to", "ought to"])
def test_a_modal_verb_is_found_outside_claims_and_other_voices_only(word):
    """In a claim it is the book's rule on purpose; beside a source it is the source's."""
    assert "reads as a rule of the book" in said(f"A clinician {word} ask.")[0]
    assert said(f"{{claim}}`A clinician {word} ask. <risk-sud>`") == []
    assert said(CARD.replace("must", word)) == said(CARD.replace("```", ":::").replace("must", word)) == []
    assert said(f"A clinician {word} ask {{cite:p}}`cohen2018`.") == []
    assert said(f"The consensus says that a clinician {word} ask.") == []
    assert said(f"“A clinician {word} ask.”") == []


@pytest.mark.parametrize(
    "text",
    [
        "Every person must have a urine test.",
        "You should always start low, at whichever table you sit.",
        "Clinicians who read the article must ask first.",
        "In this book, everyone must be tested.",
        "This book says that everyone must be tested.",
        "According to this book, everyone should be tested.",
        "The article is clear, and every person must be tested.",
        "The article is right: everyone must be tested.",
        "The label says so, so every person must be tested.",
        "The label says it and everyone must be tested.",
        "The label warns of harm {cite:p}`pfizer_pi`; every person must have a test.",
        "The label warns of harm {cite:p}`pfizer_pi`. Every person must have a test.",
        "- The label warns {cite:p}`pfizer_pi`\n- Every person must have a test",
        "As the label says, every person must have a test.",
        "The label says that it harms (everyone must be tested).",
        "The label says that it harms—everyone must be tested.",
        "The label asks, everyone must be tested.",
        'He is 5" tall.\n\nEveryone must be tested.\n\nShe is 5" tall.',
        "Following NICE, you should never start ketamine.",
        "The guideline must be followed.",
        "The label should be read by every prescriber.",
        "Readers of the label must look for psychosis.",
        "People whom the guideline leaves out must be seen.",
        "Clinicians NICE trains must ask.",
        "The article’s readers must ask.",
        "Every test must be ordered by name.",
        "A panel must include ketamine.",
        "Every review must be monthly.",
        "A trial must have an end.",
        "The result should reassure nobody.",
        "Ask first, always, whatever the rule.",
        "Never start on a Friday, says nobody.",
        "Nobody may be sent home.",
        "Consent is mandatory, as in the code of practice.",
        "A urine test is\nrequired.",
        "A clinician has\nto ask.",
        "## You should always ask the guideline panel",
        "| The label warns {cite:p}`pfizer_pi` | Everyone must be tested |",
        "The person mustn’t leave, and the label was read.",
        "People have always to be asked.",
        "It says that “nothing” must be given, this rule.",
    ],
)
def test_a_rule_in_disguise_is_found(text):
    """A source's name near by, or a word that can mean the book, excuses no sentence that tells people what to do."""
    assert any("reads as a rule of the book" in x for x in said(text)), text


@pytest.mark.parametrize(
    "text",
    [
        "The article says that every person must be tested.",
        "The article's authors hold that everyone should have a test.",
        "NICE, as reported second-hand, says that ketamine should not be started.",
        "In pregnancy, the label says ketamine should not be used.",
        "The British label warns that it must not be used in eclampsia.",
        "The label (read in part) says that one must watch.",
        "**The label** states that one must watch.",
        "According to the consensus, tests should be done.",
        "The guideline of three societies recommends that tests should be repeated.",
        "A review in opioid care argues that agreements should be two-way.",
        "The law of that country requires that a doctor must be present.",
        "[The consensus](risk.md) says that people should be asked.",
        "Everyone should be tested, says the label {cite:p}`pfizer_pi`.",
        "1. The FDA warned that such use must be watched.",
        "The article never asks for consent.",
        "This book never gives a dose.",
        "A rule must cite a claim.",
        "{rule}`R-HARD` always decides before the rest.",
        "The table for people on ketamine never says so.",
        "The American guideline should have asked more.",
        "The article's own list of references was never captured.",
        "Nobody had ever looked, and consent was never asked for.",
        "Ketamine has always divided opinion.",
        "What each promise would need to be true.",
        "A mustard seed, and the shallow end.",
        "A person of 40 may be asked.",
        "<!-- everyone must be tested -->",
        "“Everyone must be tested” is what it printed.",
    ],
)
def test_a_rule_of_somebody_else_and_history_pass(text):
    """A named voice governs the verb, a source is cited in the same sentence, or nothing is asked of anyone."""
    assert said(text) == []


@pytest.mark.parametrize("count", ["74 claims", "sixteen vignettes", "Forty-three inputs", "59 rows", "5 levels"])
def test_a_number_that_the_code_knows_is_found_when_typed(count):
    """The role that prints it is left alone, and so are other numbers."""
    assert "a number the code knows" in said(f"There are {count} in it.")[0]
    assert said("There are {n}`claims` claims and 264 people.") == []


def test_the_line_is_the_line_in_the_file(tmp_path):
    """In a page, after fences and comments, in a notebook cell and in a table."""
    assert said("One.\n\n<!-- 3 mg\n-->\n\nAn addict.")[0].startswith("page.md:15: ")
    book = Book(tmp_path)
    before = lint.lint(book.root)
    page = book.sub("chapters/considered.md", r"^## Try it", "A junkie.\n\n## Try it")
    cell = book.sub("chapters/readings.ipynb", r'^(\s+"source": \[\n\s+)"#', r'\1"A junkie.\\n",\n    "#') + 1
    row = book.cell("on.csv", "R-ON-HOLD.b", "because", "For the junkie.")
    dose = book.cell("cautions.csv", "R-CAU-CNS", "title", "No more than 2 mg")
    faults = [x.split("\n")[0] for x in lint.lint(book.root) if x not in before]
    assert [x for x in faults if x.startswith(f"chapters/considered.md:{page}: “junkie”")]
    assert [x for x in faults if x.startswith(f"chapters/readings.ipynb:{cell}: “junkie”")]
    assert [x for x in faults if x.startswith(f"{KNOWLEDGE}rules/on.csv:{row}: column “because”: “junkie”")]
    assert [x for x in faults if x.startswith(f"{KNOWLEDGE}rules/cautions.csv:{dose}: column “title”: “2 mg”")]
    assert len(faults) == 4, faults


def test_what_a_notebook_shows_is_looked_at_too(tmp_path):
    """A dose in a code cell, in a stored output, and in a table as a page shows it."""
    book = Book(tmp_path)
    before = lint.lint(book.root)
    book.sub("chapters/vignettes.ipynb", r'"text": \[\n\s+"', r"\g<0>40 mg ")
    book.sub("chapters/vignettes.ipynb", r'"text/html": \[\n\s+"', r"\g<0><td>40</td> <td>mg</td>")
    book.sub("chapters/space.ipynb", r'^(\s+"source": \[\n\s+")from', r"\1dose = '3 mg'; from")
    assert len([x for x in lint.lint(book.root) if "in this cell" in x and x not in before]) == 3


def test_the_one_figure_of_the_article_stands_only_in_its_claim():
    """The claim that quotes the article's amount may hold it; any other claim may not."""
    assert said("{claim}`It prints 40 to 60 mg. <impl-dose-40-60mg>`") == []
    assert said("```{claim} impl-dose-40-60mg\nIt prints 40 mg.\n```") == []
    assert len(said("{claim}`It prints 40 to 60 mg. <impl-start-low>`")) == 1


def test_the_book_as_it_stands_is_clean():
    """No fault in any page, notebook or table."""
    assert lint.lint(ROOT) == []

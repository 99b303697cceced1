"""The page for people with pain, the front page and the items of IPDAS: plain, whole, and each item answered."""

import re
from pathlib import Path

import pytest
from textstat import flesch_kincaid_grade as grade

ROOT = Path(__file__).resolve().parents[1]
PEOPLE, FRONT, POLICY = "chapters/people.md", "index.md", "chapters/editorial.md"
ITEMS = "condition decision options help harm like equal cited dated updated sure paid".split()


def page(name):
    """A page as it is written."""
    return (ROOT / name).read_text(encoding="utf-8")


def shown(text):
    """The prose that a reader sees: no marks, no citations, no directive but what stands in a container."""
    text = re.sub(r"^```\{container\}.*\n((?:.*\n)*?)^```$", r"\1", text, flags=re.M)
    text = re.sub(r"^```\{list-table\}.*\n(?::.*\n)*((?:.*\n)*?)^```$", r"\1", text, flags=re.M)
    text = re.sub(r"^(`{3,})\{(?!admonition).*\n(?:.*\n)*?^\1$", "", text, flags=re.M)
    text = re.sub(r"^`{3,}.*$|^:[\w-]+:.*$|^\([\w-]+\)=$|\{cite:?\w*\}`[^`]*`|^\{searched\}.*$", "", text, flags=re.M)
    text = re.sub(r"\{n\}`[^`]*`", "74", text)
    text = re.sub(r"\{\w+\}`([^`<]*)(?:<[^>]*>)?`", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"^(?:#+|(?:  )?[-:]|\* -|\d+\.) +|\*\*|[“”]", "", text, flags=re.M)


def sentences(text):
    """The sentences of a page; a heading, a list item or a line without a full stop is one as well."""
    lines = [x.strip() for x in shown(text).splitlines() if x.strip()]
    return " ".join(x if x[-1] in ".?!:" else f"{x}." for x in lines)


def headings(text):
    """The headings of a page and of the rows of its tables, in small letters."""
    return [x.lower() for x in re.findall(r"^(?:#{1,3}|\* -) (.+)$", text, re.M)]


def test_what_is_measured_is_what_is_read():
    """Marks, citations and links leave only their words, and an unfinished line counts as a sentence."""
    text = "# A title\n\nSee [it](x.md) {cite:p}`a,b`.\n\n```{panel}\n:x: y\n```\n\n```{container} c\n1. Why\n```\n"
    assert sentences(text) == "A title. See it . Why."


@pytest.mark.parametrize("name, most", [(PEOPLE, 6), (FRONT, 8)])
def test_the_page_is_plain(name, most):
    """The people's page reads at grade 6 or below and the front page at 8; neither is long."""
    text = sentences(page(name))
    assert len(text.split()) > 250
    assert grade(text) <= most


@pytest.mark.parametrize("name, most", [(PEOPLE, 6), (FRONT, 8)])
def test_no_section_is_much_harder_than_its_page(name, most):
    """No section of fifty words or more reads more than two grades above what the page may."""
    sections = [sentences(x) for x in re.split(r"^(?=#{2,3} )", page(name), flags=re.M)]
    assert [(x[:40], grade(x)) for x in sections if len(x.split()) >= 50 and grade(x) > most + 2] == []


@pytest.mark.parametrize("name, most", [(PEOPLE, 1500), ("chapters/psychiatry.md", 1200), (FRONT, 600)])
def test_the_page_is_short(name, most):
    """Each of the three can be read in one sitting."""
    assert len(shown(page(name)).split()) <= most


@pytest.mark.parametrize("word", ["doing without", "session", "harm", "questions", "help", "depression", "words"])
def test_the_people_s_page_has_every_part(word):
    """What someone with pain looks for stands in a heading."""
    assert any(word in x for x in headings(page(PEOPLE)))


def test_every_option_is_told_in_equal_detail():
    """Each option, doing without included, has the same four cells, and none has twice the words of another."""
    part = page(PEOPLE).split("## Your options, side by side")[1].split("\n## ")[0]
    head, *options = re.split(r"^\* - ", part.split("```")[1], flags=re.M)[1:]
    assert head.splitlines()[1:] == ["  - May help", "  - May harm", "  - Living with it", "  - Not known"]
    assert len(options) == 7 and options[0].startswith("Doing without ketamine")
    for x in options:
        cells = re.findall(r"^  - (.+)$", x, re.M)
        assert len(cells) == 4 and all(len(shown(c).split()) >= 3 for c in cells), x
    lengths = [len(shown(x).split()) for x in options]
    assert max(lengths) <= 2 * min(lengths), lengths


def test_questions_leave_room_to_write():
    """The list to take along is short and stands in the box whose style prints two lines under each question."""
    box = re.search(r"^```\{container\} write\n(.+?)^```$", page(PEOPLE), re.M | re.S)[1]
    asked = re.findall(r"^\d+\. .+\?$", box, re.M)
    assert 8 <= len(asked) <= 12 and len(asked) == len(box.strip().splitlines())
    assert ".write li::after" in page("book/static/book.css").split("@media print")[1]


def test_danger_comes_first_where_help_is():
    """The way to help stands before the first section, and danger before everything else in its own."""
    text = page(PEOPLE)
    assert "(help-now)" in text.split("\n## ")[0]
    assert re.findall(r"^\*\*(.+?)\*\*", text.split("## Where help is")[1], re.M)[0] == "In danger now."


@pytest.mark.parametrize("name", [PEOPLE, FRONT])
def test_the_figure_of_the_article_does_not_stand_there(name):
    """No amount of any medicine, in digits with a unit."""
    assert not re.search(r"\d\s*(?:mg|mcg|g|ml)\b", shown(page(name)), re.I)


def test_every_item_of_ipdas_is_answered():
    """Twelve items, each with a plain answer and a reason, and the book does not call itself certified."""
    part = page(POLICY).split("## Is it a decision aid?")[1].split("\n## ")[0]
    rows = re.findall(r"^\* - (.+)\n  - \*\*(Yes|In part|No)\.\*\* (.+)$", part, re.M)
    assert len(rows) == len(ITEMS) == 12
    assert all(word in item.lower() for word, (item, _, _) in zip(ITEMS, rows, strict=True))
    assert "not a certified decision aid" in part


def test_a_link_of_the_front_page_bears_the_name_of_the_page_it_opens():
    """A card or a button has no name of its own."""
    links = re.findall(r"^[-*] .*|^\[.*", page(FRONT), re.M)
    named = re.findall(r"\[([^\]]+)\]\((chapters/\w+\.(?:md|ipynb))\)", "\n".join(links))
    assert len(named) > 6
    for words, target in named:
        title = re.search(r"# (.+?)(?:\\n)?[\",]*$", page(target), re.M)[1]
        assert words == title, target

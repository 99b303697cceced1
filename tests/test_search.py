"""What readers type into the search leads to the section that answers, and never to nothing."""

import pytest

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]
RIGHT = {  # what is typed -> places that answer it, any of which is right
    "bipolar": ("psychiatry.html#by-condition", "risk.html#psychiatric-comorbidities"),
    "PTSD": ("psychiatry.html#by-condition",),
    "lithium": ("psychiatry.html#lithium",),
    "driving": ("people.html#what-a-session-is-like", "gaps.html#g", "gaps.html#consent"),
    "urine test": (
        "implementation.html#between-sessions",
        "claims.html#claim-boundary-uds",
        "people.html#words-in-the-notes",
    ),
    "pregnant": ("gaps.html", "considered.html"),
    "doctor does not believe me": ("people.html#words-in-the-notes", "people.html#questions-to-take-along"),
    "paracetamol": (
        "people.html#your-options",
        "disagreements.html#d05",
        "claims.html#claim-alt-acetaminophen",
        "alternatives.html",
    ),
    "acetaminophen": ("people.html#your-options", "claims.html#claim-alt-acetaminophen", "alternatives.html"),
    "topical": ("claims.html#claim-impl-topical", "implementation.html"),
    "bladder": ("people.html#harm-to-watch-for", "gaps.html", "claims.html"),
    "withdrawal": ("gaps.html", "risk.html#the-drug-line-by-line", "implementation.html", "people.html"),
    "addiction": ("people.html", "risk.html", "caveats.html#first-trap"),
    "stigma": (
        "people.html#words-in-the-notes",
        "gaps.html#words-and-labels",
        "risk.html#drug-seeking",
        "caveats.html",
    ),
    "CRPS": ("people.html", "gaps.html", "disagreements.html"),
    "fibromyalgia": ("people.html",),
    "esketamine": ("people.html#ketamine-for-depression", "psychiatry.html"),
    "MAOI": ("psychiatry.html#mao-inhibitors",),
    "sleep apnoea": ("implementation.html", "gaps.html", "psychiatry.html#benzodiazepines"),
    "children": ("people.html", "gaps.html"),
}
TYPED = ("paracetomol", "ketamin", "fibromyalga", "peeing", "drug seeker", "tylenol", "sucide")


@pytest.fixture(scope="module")
def ask(chrome, site):
    """Search as a reader does; gives what the results link to and what they show."""
    page = chrome.new_page()
    page.log = []
    page.on("request", lambda r: page.log.append(r.url))
    page.goto(f"{site}/search.html")
    page.wait_for_load_state("networkidle")
    page.before = list(page.log)

    def asking(text):
        page.get_by_label("What to look for").fill(text)
        page.locator("#search-form button").click()
        page.wait_for_function("t => document.querySelector('#search-results').dataset.searched === t", arg=text)
        rows = page.locator("#search-results li").evaluate_all(
            "all => all.map(li => [li.querySelector('a').getAttribute('href'), li.innerText])"
        )
        return [(href.removeprefix("chapters/"), told) for href, told in rows]

    asking.page = page
    yield asking
    page.close()


def test_nothing_of_the_index_is_loaded_before_someone_searches(ask):
    """The search page alone asks for no search data."""
    assert not [url for url in ask.page.before if "pagefind" in url]


def test_what_readers_type_puts_the_right_section_first(ask):
    """At least sixteen of the twenty searches, and none comes back empty."""
    first = {text: next(iter(ask(text)), ("nothing", ""))[0] for text in RIGHT}
    assert "nothing" not in first.values(), first
    wrong = {text: where for text, where in first.items() if not where.startswith(RIGHT[text])}
    assert len(RIGHT) == 20 and len(wrong) <= 4, wrong


def test_a_slip_of_the_keys_and_a_brand_find_something(ask):
    """Misspellings and other names lead somewhere too."""
    assert [text for text in TYPED if not ask(text)] == []


def test_a_result_that_is_a_claim_shows_its_verdict(ask):
    """The claim on benzodiazepines says in the list of results what our check found."""
    told = dict(ask("benzodiazepine safeguard"))["claims.html#claim-safeguard-benzodiazepine"]
    assert "contradicted, unsafe as written" in told


def test_no_word_of_the_panel_is_indexed(ask):
    """A question of the panel, which stands on many pages, is found at none of them."""
    assert len(ask("bipolar")) < 12

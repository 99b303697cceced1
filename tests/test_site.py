"""The built book: complete, private, honest about its state, and linked without loose ends."""

import os
import re
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import decision
from decision.dose import doses
from decision.tables import COLLECTED, VERDICT_TABLES
from guard.lock import read

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build/html"
LOADS = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
}
pytestmark = pytest.mark.site


class Page(HTMLParser):
    """What a page loads, where it links, and which anchors and words it has."""

    def __init__(self, path: Path):
        super().__init__()
        self.loads, self.links, self.ids = [], [], set()
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "id" in a:
            self.ids.add(a["id"])
        if tag == "a" and a.get("href"):
            self.links.append(a["href"])
        if tag in LOADS and a.get(LOADS[tag]) and a.get("rel") not in ("canonical", "search", "index", "next", "prev"):
            self.loads.append(a[LOADS[tag]])


def plain_text(page: Page) -> str:
    """The words of a page, without its scripts."""
    return " ".join(
        unescape(re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", page.text, flags=re.S)).split()
    )


def pages() -> list[str]:
    """Every page that the table of contents names."""
    names = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [f"{n}.html" for n in names]


@pytest.fixture(scope="module")
def site() -> dict[str, Page]:
    """All pages, read once; without a built site these tests fail and say what to do."""
    assert (SITE / "index.html").exists(), "The book is not built: run `make html` first."
    return {n: Page(SITE / n) for n in pages()}


def test_every_page_of_the_contents_is_built():
    """Nothing the contents promise is missing, whatever the builder thought of it."""
    assert not [n for n in pages() if not (SITE / n).is_file()]


def test_no_page_loads_anything_from_elsewhere(site):
    """Scripts, styles, pictures and frames come from the book's own folder."""
    assert not {(n, x) for n, p in site.items() for x in p.loads if re.match(r"(https?:)?//", x)}


def test_previous_and_next_follow_the_contents(site):
    """From the first page to the last and back, one step at a time, each step named by the title of its page."""
    order = pages()
    for before, here, after in zip(["", *order], order, [*order[1:], ""], strict=False):
        steps = dict(re.findall(r'<a class="(left-prev|right-next)"\s+href="([^"]+)"', site[here].text))
        led = {k: os.path.normpath(Path(here).parent / x) for k, x in steps.items()}
        assert led == {k: v for k, v in (("left-prev", before), ("right-next", after)) if v}, here


def test_every_page_says_when_it_was_last_updated_as_the_record_does(site):
    """The day on which its text was last accepted, in words and for machines, and a link to what changed."""
    looked = read(ROOT, "pages")[1]
    for n, p in site.items():
        file = next(x for x in (n.replace(".html", e) for e in (".md", ".ipynb")) if x in looked)
        day = date.fromisoformat(re.search(r" on (\d{4}-\d\d-\d\d);", looked[file])[1])
        assert f'Last updated: {day.day} {day:%B %Y}<span class="d-print-none"> ·' in p.text, n
        assert f'"dateModified": "{day.isoformat()}"' in p.text, n
        here = n == "chapters/changes.html"
        assert ("#" if here else os.path.relpath("chapters/changes.html", Path(n).parent)) in p.links, n


def test_every_page_says_that_no_clinician_reviewed_it(site):
    """Until someone real approves a page, its head says so, and every page says it is education only."""
    for n, p in site.items():
        assert "Not yet reviewed by a clinician." in p.text, n
        assert "Education only" in p.text, n


def test_every_claim_stands_in_its_chapter_and_in_the_register(site):
    """Each claim has one sentence in the chapter of its section and one card that links lead to."""
    register = site["chapters/claims.html"].ids
    for ident, c in decision.claims().items():
        homes = [n for n, p in site.items() if f"says-{ident}" in p.ids]
        assert homes == [f"chapters/{c['section']}.html"], ident
        assert f"claim-{ident}" in register, ident


LINE = r"<summary>\s*<strong>(.+?)</strong>\s*</summary>"  # of a card that opens, without a verdict


def straight(html: str) -> str:
    """Words without marks, their apostrophes as they are typed."""
    return unescape(re.sub("<[^>]+>", "", html)).replace("’", "'")


def test_every_gap_and_every_point_of_disagreement_is_printed(site):
    """Each gap stands on its page under its title, and each point has an anchor that links lead to."""
    for gap in decision.gaps().values():
        homes = [n for n, p in site.items() if gap["title"] in map(straight, re.findall(LINE, p.text))]
        assert homes == ["chapters/gaps.html"], (gap["title"], homes)
    told = plain_text(site["chapters/disagreements.html"]).replace("’", "'")
    for name, point in decision.disagreements().items():
        assert name in site["chapters/disagreements.html"].ids, name
        assert point["title"] in told, name


def test_every_internal_link_finds_its_page_and_anchor(site):
    """No link between pages, to a claim, a row or a source leads nowhere."""
    loose = []
    for n, p in site.items():
        for link in p.links:
            if re.match(r"[a-z]+:|//", link) or "=" in link.partition("#")[2]:
                continue
            path, _, anchor = link.partition("#")
            target = (Path(n).parent / path.partition("?")[0]).as_posix() if path else n
            parts = []
            for part in target.split("/"):
                parts = parts[:-1] if part == ".." else parts + [part] if part != "." else parts
            target = "/".join(parts)
            if target in site and anchor and anchor not in site[target].ids:
                loose.append((n, link))
            elif target not in site and not (SITE / target).exists():
                loose.append((n, link))
    assert not loose


def test_every_source_has_an_entry_that_says_how_it_was_seen(site):
    """The list of references carries an anchor for each key and prints its note beside it."""
    page = site["chapters/references.html"]
    assert len(decision.sources()) > 50
    for key, source in decision.sources().items():
        assert f"source-{key.replace('_', '-')}" in page.ids, key
        seen = re.match(r"Read in (?:full|part)|Seen second-hand|From memory, unverified", source["note"])[0]
        entry = page.text.split(f'id="source-{key.replace("_", "-")}"')[1].split('id="source-')[0]
        assert seen in entry, key


def test_the_rules_can_be_read_without_scripts(site):
    """Each table row stands on the page of tables as text, with an anchor."""
    ids = site["chapters/tables.html"].ids
    for table in (*VERDICT_TABLES, *COLLECTED):
        for r in decision.rows(table):
            assert f"row-{table}-{r['row'].lower()}".replace(".", "-").replace("_", "-") in ids, r["row"]


def test_no_page_outputs_a_dose_but_the_one_under_criticism(site):
    """The article's figure, and what it comes to, stand with that claim alone; one title and address name strengths."""
    claim = decision.claims()["impl-dose-40-60mg"]
    under_criticism = {amount for cell in ("statement", "finding") for _, amount in doses(claim[cell])}
    assert "40-60mg/24hrs" in under_criticism
    addresses = [s["url"] for s in decision.sources().values() if any(doses(s.get("url", "")))]
    assert addresses == [decision.sources()["label_amitriptyline"]["url"]], "where that copy of a label was read"
    for n, p in site.items():
        plain = unescape(re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", p.text, flags=re.S))
        if n == "chapters/references.html":
            plain = plain.replace(addresses[0], "")
        found = {amount for line in plain.splitlines() for _, amount in doses(line)} - {"1% Ketamine", "1% ketamine"}
        shown = n in ("chapters/implementation.html", "chapters/claims.html")
        assert found == (under_criticism if shown else set()), n


def test_names_in_the_contents_tell_pages_apart(site):
    """No two pages have the same title."""
    titles = [re.search(r"<h1>(.+?)<", p.text)[1] for p in site.values()]
    assert len(set(titles)) == len(titles), sorted(x for x in titles if titles.count(x) > 1)


def test_no_code_of_a_source_is_read(site):
    """Where one source is named in the note of another it has its name and year; an unseen maker has none."""
    keys = re.compile(rf"\b({'|'.join(k for k in decision.sources() if '_' in k)})\b")
    for n, p in site.items():
        told = plain_text(p)
        assert "name not seen" not in told and not keys.search(told), (n, keys.search(told))

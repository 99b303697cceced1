"""What leaves a page without its frame carries the verdict of each unsafe claim, and claims no review that was not."""

import gzip
import json
import re

import pytest
from browser import SITE
from bs4 import BeautifulSoup

import decision
from book.facts import VERDICTS

pytestmark = pytest.mark.site
NEAR = 200


def unsafe():
    """Claims marked unsafe: id -> the words that state it, of the register and of its chapter, and its verdict."""
    found = {i: c for i, c in decision.claims().items() if c["unsafe"] == "yes"}
    assert len(found) >= 10
    for ident, c in found.items():
        page = BeautifulSoup((SITE / f"chapters/{c['section']}.html").read_text("utf-8"), "html.parser")
        says = page.find(id=f"says-{ident}")
        for x in says.select("button, [popover], .claim-pop, details"):
            x.extract()
        yield ident, {" ".join(says.get_text().split()), c["statement"]}, VERDICTS[c["verdict"]][1]


def quoted():
    """Name -> text of all that others may show: previews, data, twins, ``llms.txt`` and the search data."""
    out = {p.relative_to(SITE).as_posix(): p.read_text("utf-8") for p in [*SITE.rglob("*.md"), SITE / "llms.txt"]}
    for p in [*SITE.glob("*.html"), *SITE.glob("chapters/*.html")]:
        head = p.read_text("utf-8").split("</head>")[0]
        out[p.name] = "\n".join(re.findall(r'content="[^"]*"|<script type="application/ld.json">.*?</script>', head))
    for p in SITE.glob("pagefind-*/fragment/*"):
        out[p.name] = gzip.decompress(p.read_bytes()).decode("utf-8", "replace")
    return {name: " ".join(text.replace("\\", "").split()) for name, text in out.items()}


def bare(texts, claims):
    """Where a claim stands without its verdict near."""
    for ident, said, verdict in claims:
        for name, text in texts.items():
            for words in said:
                for m in re.finditer(re.escape(words), text):
                    near = text[max(0, m.start() - NEAR) : m.end() + NEAR]
                    if verdict not in near or "unsafe as written" not in near:
                        yield name, ident, near


def test_no_unsafe_claim_is_quoted_without_its_verdict():
    """Within 200 characters, in previews, data, twins, the overview for machines and the search data."""
    texts, claims = quoted(), list(unsafe())
    assert sum(name.endswith(".md") for name in texts) > 25 and sum("fragment" in name for name in texts) > 300
    assert {i for i, said, _ in claims if any(w in t for w in said for t in texts.values())} == {i for i, *_ in claims}
    assert list(bare(texts, claims))[:3] == []


def test_a_bare_claim_would_be_found():
    """The measure itself: a sentence alone is found, one with its verdict behind it is not."""
    claims = [("x", {"Give much."}, "contradicted")]
    assert list(bare({"a": "Give much."}, claims))
    assert not list(bare({"a": "Give much. [our check: contradicted, unsafe as written]"}, claims))


def test_no_data_claim_a_review_that_is_not_there():
    """Each chapter says what it teaches and in which state it is; a reviewer is named only once there is one."""
    for path in SITE.glob("chapters/*.html"):
        found = re.search(r'<script type="application/ld.json">(.*?)</script>', path.read_text("utf-8"))
        data = json.loads(found[1])
        assert data["@type"] == ["LearningResource", "MedicalWebPage"] and data["name"], path.name
        approved = data.get("creativeWorkStatus", "").startswith("Approved")
        assert ("reviewedBy" in data) == approved, path.name
    risk = (SITE / "chapters/risk.html").read_text("utf-8")
    assert '"teaches": ["say which risks belong to the person' in risk and '"timeRequired": "PT' in risk


def test_the_sources_with_bare_claims_are_not_published():
    """Pages are not copied beside the site as they were typed, with claims whose verdict the build would add."""
    assert not (SITE / "_sources").exists()

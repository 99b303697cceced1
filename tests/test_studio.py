"""The case studio tells the truth about a commitment; a chapter's questions work by keyboard and without scripts."""

import json
import sys

import pytest
from browser import axe

from book.classroom import question_html
from book.panel import studio, studio_data
from book.questions import PARTS, chapters, questions
from decision import decide, vignettes
from decision.api import machine

pytest_plugins = ["browser"]
STUDIO = "/chapters/studio.html"


def told(v):
    """The inputs that the story of a case tells."""
    pairs = [x.split("=")[0] for x in v["case"].split()] + ["age_group", "ketamine_status"]
    return [i for i in pairs if v["answers"][i] != "unknown"]


def revealed(name, level, asked):
    """What is revealed, by heading."""
    v = vignettes(everyone=True)[name]
    found = studio.reveal(machine(), dict(v["answers"]), told(v), asked, level)
    return found, {title: lines for title, lines in found["parts"]}


@pytest.mark.parametrize("name", ["V03", "V08", "V09", "V20", "V41", "V63", "V66"])
def test_a_question_mattered_where_some_answer_changes_what_can_still_come(name):
    """Each question, against those that are open where only what the story tells is known."""
    v = vignettes(everyone=True)[name]
    known = {i: v["answers"][i] for i in told(v)}
    before = decide(known)
    for i in machine().ids:
        level = "DEFER" if before.path == "start" else "HOLD_AND_REASSESS"
        (line,) = revealed(name, level, [i])[1]["What you would have asked"]
        changes = i in before.questions
        said = "told it already" if i in known else "mattered" if changes else "could not have changed anything"
        assert said in line, (i, line)


def test_the_near_miss_is_the_fewest_changes_and_is_decided_so():
    """For every case: the changes of every level that is nearest, and the case with those answers has that level."""
    for name, v in vignettes(everyone=True).items():
        case = dict(v["answers"])
        lines = revealed(name, v["level"], [])[1]["The near miss"]
        found = decide(case).what_would_change()
        if not found:
            assert lines == ["No answer that can change leads this case to another level."]
            continue
        nearest = [(level, moves) for level, moves in found if len(moves) == len(found[0][1])]
        for line, (level, moves) in zip(lines, nearest, strict=True):
            there = decide({**case, **moves})
            assert there.level == level != v["level"] and f"“{there.level_name}”" in line
        assert all(len(x) >= len(nearest[0][1]) for _, x in found)


def test_a_reveal_says_whether_the_level_was_right():
    """The level of the book and no other is right, whichever was said."""
    for name, v in vignettes(everyone=True).items():
        for row in machine().model["levels"]:
            if row["path"] == machine().path(v["answers"], "book"):
                assert revealed(name, row["level"], [])[0]["right"] is (row["level"] == v["level"])


def test_the_studio_holds_every_case_whole():
    """A base and what differs, as the page puts them together, are the answers of the case."""
    data = studio_data()
    for name, story, base, pairs, teaches in data["cases"]:
        v = vignettes(everyone=True)[name]
        mine = {**data["bases"][base], **dict(x.split("=") for x in pairs.split())}
        assert {i: x for i, x in mine.items() if x != "unknown"} == {
            i: x for i, x in v["answers"].items() if x != "unknown"
        }
        assert (story, teaches) == (v["narrative"], v["teaches"])
    assert len(json.dumps(data)) < 40_000


def test_every_chapter_of_the_article_has_questions_with_their_key_in_a_fold():
    """Native controls with labels, and the key readable without scripts; no question stands in two chapters."""
    assert set(chapters()) == {
        "page",
        "question",
        "risk",
        "alternatives",
        "considered",
        "implementation",
        "caveats",
        "conclusion",
    }
    asked = [q.id for found in chapters().values() for q in found]
    assert len(asked) == len(set(asked)) >= 16
    for found in chapters().values():
        for n, q in enumerate(found, 1):
            html = question_html(q, n, "../")
            kind = "radio" if len(q.key) == 1 else "checkbox"
            assert html.count(f'<label><input type="{kind}"') == len(q.options)
            key = html.split("<details")[1]
            assert key.count('data-right="yes"') == len(q.key) and key.count("<li") == len(q.options)
            assert "onclick" not in html and "<legend>" in html and 'role="status"' in html


# ---- in a browser


@pytest.fixture
def page(chrome, site):
    """The studio's page in a fresh browser; errors of its scripts fail the test."""
    context = chrome.new_context(viewport={"width": 1100, "height": 900})
    page, errors = context.new_page(), []
    page.set_default_timeout(15000)
    page.log = []
    page.on("request", lambda r: page.log.append(r.url))
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.goto(site + STUDIO)
    page.locator(".studio-live").wait_for()
    yield page
    context.close()
    assert not errors


def test_a_case_is_worked_by_keyboard_offline_and_tells_what_the_notebook_does(page, monkeypatch):
    """At most forty presses from story to calibration, no request once the engine is there, nothing that axe finds."""
    presses = 0

    def press(*keys):
        nonlocal presses
        for key in keys:
            page.keyboard.press(key)
            presses += 1

    page.locator(".studio select").first.select_option(
        label=page.locator(".studio option", has_text="V03:").inner_text()
    )
    page.wait_for_function("() => document.activeElement.textContent.includes('V03')")
    press("Tab", "Tab", "Space", "ArrowDown")  # past what the story tells, to the second level
    press("Tab", *"Seve", "Tab", *"Suic", "Tab")
    press("Tab", "Space", "ArrowDown", "ArrowDown")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((x) => x.name.endsWith('micropython.wasm'))"
    )
    page.wait_for_load_state("networkidle")
    before = len(page.log)
    press("Tab", "Enter")
    page.get_by_role("heading", name="Revealed: you had it").wait_for()
    assert presses <= 40 and page.log[before:] == []
    shown = page.locator('section[aria-label="The reveal"] li').all_inner_texts()
    sys.path.insert(0, "chapters")
    import preamble

    said = []
    monkeypatch.setattr(preamble, "say", lambda *lines: said.extend(lines))
    preamble.reveal("V03", "AVOID", ["severe_hepatic_disease", "acute_suicide_risk"])
    assert shown == [x[2:] for x in said if x.startswith("- ")]
    picture = page.get_by_role("img", name=f"Calibration. 1 of {len(vignettes(everyone=True))} cases done, 1 right")
    assert picture.count() == 1 and page.locator(".studio table td").all_inner_texts() == ["60", "1 of 1"]
    assert axe(page, ".studio") == []
    assert page.evaluate("document.activeElement.textContent") == "Revealed: you had it"


def test_a_longer_story_unfolds_in_three_steps(page):
    """One sentence, then the next, then the rest; what one commits to comes last, and the focus with it."""
    story = vignettes(everyone=True)["V41"]["narrative"]
    page.locator(".studio select").first.select_option(
        label=page.locator(".studio option", has_text="V41:").inner_text()
    )
    told = page.locator('section[aria-label="The story"] > p').first
    seen = [told.inner_text()]
    for n in (2, 3):
        assert page.locator(".studio form").is_hidden()
        page.get_by_role("button", name=f"Go on: step {n} of 3").click()
        seen.append(told.inner_text())
    assert seen[-1] == story and all(a != b and b.startswith(a) for a, b in zip(seen, seen[1:], strict=False))
    assert page.locator(".studio form").is_visible() and page.evaluate("document.activeElement.name") == "level"


def test_results_stay_in_the_browser_are_exported_and_wiped(page):
    """Kept over a reload under one key, in a file on request, and gone when wiped."""
    form = page.locator(".studio form")
    form.locator("[name=level]").first.check()
    form.locator("[name=sure]").last.check()
    form.get_by_role("button").click()
    page.get_by_role("heading", name="Revealed").wait_for()
    page.reload()
    page.get_by_role("img", name="Calibration. 1 of").wait_for()
    with page.expect_download() as got:
        page.get_by_role("button", name="Export").click()
    found = json.loads(got.value.path().read_text())
    assert found["format"] == "ketamine-case-studio" and len(found["results"]) == 1
    assert set(found["results"][0]) == {"case", "level", "sure", "asked", "right"}
    page.get_by_role("button", name="Wipe").click()
    page.reload()
    page.get_by_text("Nothing done yet.").wait_for()


def test_a_question_of_a_chapter_says_its_result(page, site):
    """The right answers are called right with their reason, a wrong one is named, and axe finds nothing."""
    page.goto(site + "/chapters/considered.html")
    page.locator(".check-yourself summary").first.click()
    form = page.locator("form.cy").first
    q = chapters()["considered"][0]
    right = [n for n, x in enumerate(q.options) if x.right]
    wrong = next(n for n, x in enumerate(q.options) if not x.right)
    form.locator("input").nth(wrong).focus()
    page.keyboard.press("Space")
    form.get_by_role("button").click()
    assert form.locator("[role=status]").inner_text().startswith("Not yet.")
    for n in right:
        form.locator("input").nth(n).check()
    if len(right) > 1:
        form.locator("input").nth(wrong).uncheck()
    form.get_by_role("button").click()
    assert form.locator("[role=status]").inner_text().startswith("Right.")
    assert axe(page, ".check-yourself") == []


def test_answers_before_and_after_a_class_are_saved_as_a_file_and_sent_nowhere(page, site):
    """By keyboard from the first field: what is open is said, the file holds what was chosen, the page has no key."""
    page.goto(site + "/chapters/before-after.html")
    page.locator("summary", has_text="Before the class").click()
    form = page.locator("form.handin[data-part=before]")
    assert axe(page, ".check-yourself") == []
    before = len(page.log)
    form.get_by_label("Code word").fill("grey heron")
    for n in range(5):
        form.get_by_label("How sure").nth(n).fill(str(50 + n))
    form.get_by_role("button").click()
    assert form.locator("[role=status]").inner_text() == "5 questions have no answer yet."
    for fieldset in form.locator("fieldset").all():
        fieldset.locator("input").first.focus()
        page.keyboard.press("Space")
    with page.expect_download() as got:
        form.get_by_role("button").click()
    found = json.loads(got.value.path().read_text())
    assert got.value.suggested_filename == "before-grey-heron.json"
    assert (found["format"], found["part"], found["code"]) == ("ketamine-before-after", "before", "grey heron")
    _, ids = PARTS["before"]
    assert [(x["question"], x["sure"]) for x in found["answers"]] == [(i, 50 + n) for n, i in enumerate(ids)]
    assert [x["chosen"] for x in found["answers"]] == [[questions()[i].options[0].text] for i in ids]
    assert not [x for x in page.log[before:] if not x.startswith("blob:")]
    told = page.content()
    assert not [o.because for i in ids for o in questions()[i].options if o.because in told]

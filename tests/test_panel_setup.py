"""A machine without a browser is told how to get one, or leaves the browser tests out on purpose."""

from tools import browser


def test_no_browser_on_purpose_leaves_the_tests_out(monkeypatch, capsys):
    """NO_BROWSER=1 says so and succeeds, without looking for a browser."""
    monkeypatch.setenv("NO_BROWSER", "1")
    monkeypatch.setattr(browser, "found", lambda: 1 / 0)
    assert browser.main() == 0
    assert "left out" in capsys.readouterr().out


def test_without_any_browser_it_fails_and_says_how_to_get_one(monkeypatch, capsys):
    """Nothing installed and nothing to be had: not zero, with the commands that help."""
    tried = []
    monkeypatch.delenv("NO_BROWSER", raising=False)
    monkeypatch.setattr(browser, "found", lambda: None)
    monkeypatch.setattr(browser, "tried", lambda *command: tried.append(command[-1]) or True)
    assert browser.main() == 1
    said = capsys.readouterr().out
    assert "playwright install chromium" in said and "NO_BROWSER=1" in said
    assert tried[0] == "chromium"  # Playwright's own first


def test_a_browser_that_is_there_is_used(monkeypatch, tmp_path):
    """An installed Chromium comes before any download."""
    there = tmp_path / "chromium-browser"
    there.write_text("#!/bin/sh\n")
    there.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.chromium() == str(there)

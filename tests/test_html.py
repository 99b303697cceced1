"""Every page is valid HTML, and each heading of a table says what it heads.

Checked by html-validate: kept, pinned with the other tools of npm, and it needs neither a network nor Java, as the
checker of the W3C does; on this book the two find the same faults of structure. No rule is left out for the theme's
sake: what theme and extensions get wrong, ``book/lean.py`` mends.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from browser import SITE

ROOT = Path(__file__).resolve().parents[1]
PANEL = ROOT / "book/panel"
NODE = ROOT / ".venv/bin/node"
pytestmark = pytest.mark.site


def faults(folder: Path, *names: str) -> list[str]:
    """What the checker says of some pages in a folder, a line each."""
    told = subprocess.run(
        [
            str(NODE if NODE.exists() else shutil.which("node")),
            str(PANEL / "node_modules/html-validate/bin/html-validate.mjs"),
            *("--config", str(PANEL / "htmlvalidate.json"), "--formatter", "json"),
            *names,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert told.returncode in (0, 1), told.stderr
    found = {Path(page["filePath"]).name: page["messages"] for page in json.loads(told.stdout)}
    return [f"{n}:{m['line']}: {m['ruleId']}: {m['message']}" for n, said in found.items() for m in said]


def test_every_page_is_valid():
    """The one file to take along and the educator's kit too."""
    pages = [p.relative_to(SITE).as_posix() for p in sorted(SITE.rglob("*.html"))]
    pages = [p for p in pages if not p.startswith("_")]
    assert len(pages) > 40 and "ketamine-panel.html" in pages
    assert faults(SITE, *pages) == []


def test_a_page_with_faults_would_be_found(tmp_path):
    """The checker itself: a paragraph in a summary, an id said twice and a bare heading of a column are told."""
    page = "<p id=a></p><details id=a><summary><p>More</p></summary></details>"
    page += "<table><tr><th></th><th>x</th></tr><tr><th>y</th><td>1</td></tr></table>"
    (tmp_path / "bad.html").write_text(f"<!DOCTYPE html><html lang=en><title>Bad</title><body>{page}</body></html>")
    told = "\n".join(faults(tmp_path, "bad.html"))
    assert all(rule in told for rule in ("element-permitted-content", "no-dup-id", "wcag/h63")), told

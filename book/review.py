"""Review states in words, the overview of states, and what changed since an approval."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from statistics import median

from sphinx.application import Sphinx

from guard import lock, review
from guard.content import ACCEPTED, ROOT, subjects

from . import facts
from .prose import BookDirective


@lru_cache(maxsize=1)
def now() -> dict[str, dict[str, list[str]]]:
    """What the book says now, read once for a build."""
    return subjects(ROOT)


@lru_cache(maxsize=1)
def updated() -> dict[str, date]:
    """Page -> the day on which its text was last accepted, from the record of what was looked at."""
    looked = lock.read(ROOT, "pages")[1]
    days = {page: re.search(r" on (\d{4}-\d\d-\d\d);", who) for page, who in looked.items()}
    return {page: date.fromisoformat(found[1]) for page, found in days.items() if found}


def told(s: dict[str, str]) -> str:
    """A review state in a sentence."""
    if not s["by"]:
        return "Not yet reviewed by a clinician."
    who = s["by"] + (f", {s['role']}" if s["role"] else "")
    if s["state"].startswith("Lapsed"):
        return f"Not reviewed by a clinician as it stands: {who} reviewed an earlier text on {s['on']}."
    verb = "Approved by" if s["state"] == "Approved" else "Not yet approved by a clinician; under review by"
    return f"{verb} {who}, {s['on']}, for text {s['hash']}."


def heading(page: str) -> str:
    """The title of a page: its first heading, in Markdown or in a notebook's first cell."""
    found = re.search(r'(?:^|")# ([^"\\\n]+)', (ROOT / page).read_text(encoding="utf-8"), re.M)
    return found[1].strip() if found else page


class ReviewOverview(BookDirective):
    """How many pages and tables a clinician has checked, what was said of those, and, folded, which nobody has read."""

    def run(self):
        kinds = {"pages": [], "tables": []}
        for subject in review.reviewed():
            is_table = subject.endswith(".csv")
            what = f"`{subject}`" if is_table else f"[{heading(subject)}](/{subject})"
            kinds["tables" if is_table else "pages"].append((what, review.state(subject, now())))
        found = " and ".join(f"{sum(s['state'] == 'Approved' for _, s in x)} of {len(x)} {k}" for k, x in kinds.items())
        seen = [[what, s["state"], told(s)] for x in kinds.values() for what, s in x if s["by"]]
        unread = {k: [what for what, s in x if not s["by"]] for k, x in kinds.items()}
        parts = [f"**Checked and approved by a clinician: {found}.**"]
        parts += [facts.list_table("", ["What", "State", "By whom"], seen, "claims-here")] if seen else []
        line = "Not yet reviewed: " + " and ".join(f"{len(x)} {k}" for k, x in unread.items())
        parts.append(
            facts.fold(line, "\n\n".join(f"{k.capitalize()}: {'; '.join(x)}." for k, x in unread.items() if x))
        )
        return self.markdown("\n\n".join(parts))


class Changes(BookDirective):
    """What changed since the last approval of each subject whose approval lapsed."""

    def run(self):
        out = []
        for subject in review.reviewed():
            lines = review.changed_since(subject, now())
            if lines:
                out.append(f"**{subject}**\n\n```text\n" + "\n".join(lines[:60]) + "\n```\n")
        return self.markdown(
            "\n".join(out)
            or "No page and no table has been approved yet, so nothing can have changed since an approval."
        )


def caught_by(run: dict) -> list[list[str]]:
    """For each detector: its name, how many drifts it caught, and the median of its seconds."""
    drifts, rows = run["drifts"], []
    for d in run["detectors"]:
        took = [x["seconds"][d] for x in drifts if d in x["seconds"]]
        caught = sum(x["caught"][d] for x in drifts)
        rows.append([d, f"{caught} of {len(drifts)}", f"{median(took):.0f} s" if took else "–"])
    usual = sum(any(x["caught"][d] for d in run["detectors"][2:]) for x in drifts)
    return [*rows, ["the last three together", f"{usual} of {len(drifts)}", "–"]]


def caught_of_kind(run: dict) -> list[list[str]]:
    """For each kind of drift: how many were seeded, and how many each detector caught."""
    rows = []
    for kind in sorted({x["kind"] for x in run["drifts"]}):
        those = [x for x in run["drifts"] if x["kind"] == kind]
        rows.append([kind, str(len(those)), *[str(sum(x["caught"][d] for x in those)) for d in run["detectors"]]])
    return rows


class DriftReport(BookDirective):
    """The seeded drifts and what caught them, from the last run of ``make drift``."""

    def run(self):
        path = ROOT / ACCEPTED / "drift.json"
        if not path.exists():
            return self.markdown("The seeded drifts have not been run yet.")
        run = json.loads(path.read_text(encoding="utf-8"))
        easy = [e["name"] for e in run["harmless"] if not e["commands"]]
        note = (
            "The check without its lock is what its other parts find by themselves: tables with a gap, people "
            "who get another answer than was promised, names that do not exist, words such as a dose. The build is "
            "that of this book, whose extension refuses unknown names, so an ordinary book would catch less. "
            "Times are medians, in seconds. Harmless edits were tried too: "
            f"{len(easy)} of {len(run['harmless'])} needed no command ({'; '.join(easy)}), the others one."
        )
        by, kinds = ["By", "Caught", "Time"], ["Kind", "Seeded", *run["detectors"]]
        return self.markdown(
            facts.list_table("Seeded drifts caught", by, caught_by(run), "claims-here")
            + f"\n{note}\n\n"
            + facts.list_table("By kind of drift", kinds, caught_of_kind(run), "claims-here")
        )


def setup(app: Sphinx) -> None:
    """Register what prints states."""
    app.add_directive("review-overview", ReviewOverview)
    app.add_directive("changes", Changes)
    app.add_directive("drift-report", DriftReport)

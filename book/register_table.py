"""The claim register as a table one can work with, and as files to take along: CSV, JSON and its schema."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from decision import register
from decision.reader import split

from . import facts, ratings
from .draw import Cell, Picture, Rows, Where, block, link, spread, tag, text

FILES = ("register.csv", "register.json", "register.schema.json")
COLUMNS = (
    "claim",
    "title",
    "section",
    "statement",
    "type",
    "verdict",
    "unsafe",
    "raters",
    "finding",
    "book",
    "sources",
)
"""What each line of the files holds; ``raters`` is what each rater said, one after the other."""


def agreement(rated: dict[str, dict[str, str]]) -> str:
    """Whether the raters of one claim agree: on the verdict and on whether it is unsafe."""
    if len(rated) < 2:
        return "one rating"
    verdicts, marks = ({r[c] for r in rated.values()} for c in ("verdict", "unsafe"))
    if len(verdicts) + len(marks) == 2:
        return "agree"
    return "differ: " + ("both" if len(verdicts) == len(marks) == 2 else "verdict" if len(verdicts) > 1 else "safety")


def records() -> list[dict[str, Any]]:
    """Each claim with its verdict, its sources and what each rater said."""
    rated = register.ratings()
    return [
        {
            **{c: row[c] for c in ("title", "section", "statement", "type", "verdict", "finding", "book")},
            "claim": ident,
            "unsafe": row["unsafe"] == "yes",
            "raters": [
                {"rater": r["rater"], "verdict": r["verdict"], "unsafe": r["unsafe"] == "yes"}
                for r in rated.get(ident, {}).values()
            ],
            "sources": split(row["sources"]),
        }
        for ident, row in register.claims().items()
    ]


def schema() -> dict[str, Any]:
    """What each record of the JSON is."""
    words, flag = {"type": "string", "minLength": 1}, {"type": "boolean"}
    verdict = {"enum": list(facts.VERDICTS), "description": "What the check found."}
    rating = {"rater": {**words, "description": "A number for a machine, a name for a person."}, "verdict": verdict,
              "unsafe": flag}  # fmt: skip
    fields = {
        **dict.fromkeys(("claim", "title", "section", "statement", "type", "finding", "book"), words),
        "verdict": verdict,
        "unsafe": {**flag, "description": "Unsafe as the article wrote it."},
        "raters": {"type": "array", "items": closed(rating)},
        "sources": {"type": "array", "items": words, "description": "Keys of the list of references."},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The claims of one article on ketamine, checked one by one",
        "description": "Not yet reviewed by a clinician. Education only.",
        "type": "array",
        "items": closed(fields),
    }


def closed(fields: dict[str, Any]) -> dict[str, Any]:
    """An object with exactly these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def files() -> dict[str, str]:
    """The files to take along, by name."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(COLUMNS)
    for x in records():
        said = "; ".join(r["verdict"] + (" (unsafe)" if r["unsafe"] else "") for r in x["raters"])
        row = {**x, "unsafe": "yes" if x["unsafe"] else "no", "raters": said, "sources": "; ".join(x["sources"])}
        sheet.writerow([row[c] for c in COLUMNS])
    as_json = [json.dumps(x, ensure_ascii=False, indent=1) + "\n" for x in (records(), schema())]
    return dict(zip(FILES, [out.getvalue(), *as_json], strict=True))


def write(app: Sphinx, failed: Exception | None) -> None:
    """Put the files beside the pages."""
    if failed is None and app.builder.format == "html":
        for name, told in files().items():
            (Path(app.outdir) / name).write_text(told, encoding="utf-8")


def choice(name: str, column: int, values: list[str]) -> str:
    """A choice that the script turns into a filter of one column."""
    options = "".join(f"<option>{escape(v)}</option>" for v in values)
    return f'<label>{name} <select data-column="{column}"><option value="">all</option>{options}</select></label>'


def register_table(to: Where, root: str, titles: dict[str, str]) -> str:
    """All claims, a line each; sorted and filtered by a small script, whole without it."""
    head, lines = ["Claim", "Section", "Our check", "Safety", "Raters", "Sources"], []
    rated = register.ratings()
    for x in records():
        lines.append(
            [
                f'<a href="{to("claims", "claim-" + x["claim"])}">{escape(x["title"])}</a>',
                titles[x["section"]],
                " ".join(facts.VERDICTS[x["verdict"]]),
                "unsafe as written" if x["unsafe"] else UNMARKED,
                agreement(rated.get(x["claim"], {})),
                str(len(x["sources"])),
            ]
        )
    choices = "".join(choice(head[n], n, list(dict.fromkeys(r[n] for r in lines))) for n in (1, 2, 3, 4))
    options = "".join(f'<option value="{n}">{h}</option>' for n, h in enumerate(head))
    choices += f'<label>Sort by <select data-sort><option value="">order of reading</option>{options}</select></label>'
    form = f'<form class="register-filter" hidden>{choices}<output>{len(lines)} of {len(lines)}</output></form>'
    top = "".join(f'<th scope="col">{h}</th>' for h in head)
    body = "".join("<tr>" + "".join(f"<td{NONE if c == UNMARKED else ''}>{c}</td>" for c in r) + "</tr>" for r in lines)
    taken = ", ".join(f'<a href="{root}{n}" download>{n}</a>' for n in FILES)
    return (
        f'<div class="register">{form}<table class="cards register-table"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table><p>To take along: {taken}.</p></div>"
        f'<script src="{root}_static/register.js" defer></script>'
    )


def raters(to: Where, form: str = "") -> Picture:
    """Where two machine ratings differ: every pair of verdicts with its count, and the mark for safety."""
    rated = {c: list(x.values())[:2] for c, x in register.ratings().items() if len(x) > 1}
    kinds, out = (
        list(facts.VERDICTS),
        [text(0, 14, "first rating ↓", "soft"), text(WIDE, 14, "second rating →", "soft")],
    )
    for n, v in enumerate(kinds):
        out.append(text(WIDE + n * STEP + STEP / 2, 36, facts.VERDICTS[v][0], "", "middle"))
        told, _ = block(0, (63, 55)[spread(facts.VERDICTS[v][1]) > 96] + n * 38, " ".join(facts.VERDICTS[v]), WIDE - 8)
        out.append(told)
        for k, w in enumerate(kinds):
            ids = [c for c, (a, b) in rated.items() if (a["verdict"], b["verdict"]) == (v, w)]
            out.append(counted(ids, WIDE + k * STEP, 42 + n * 38, v == w, to))
    y, both = 218.0, ("no", "yes")
    out.append(text(0, y, "Unsafe?", "soft"))
    for n, v in enumerate(both):
        out.append(text(WIDE + n * STEP + STEP / 2, y, v, "", "middle"))
        out.append(text(0, y + 30 + n * 38, f"first rating: {v}"))
        for k, w in enumerate(both):
            ids = [c for c, (a, b) in rated.items() if (a["unsafe"], b["unsafe"]) == (v, w)]
            out.append(counted(ids, WIDE + k * STEP, y + 8 + n * 38, v == w, to))
    whom = ratings.by_whom(ratings.raters(register.ratings()))
    same = sum(a["verdict"] == b["verdict"] for a, b in rated.values())
    safe = sum(a["unsafe"] == b["unsafe"] for a, b in rated.values())
    title = f"{whom}: they agree on the verdict of {same} of {len(rated)} claims, and on safety of {safe}"
    rows: Rows = [
        [Cell(facts.cards()[c]["title"], to("claims", f"claim-{c}")), *(ratings.said(r) for r in pair)]
        for c, pair in rated.items()
        if ratings.said(pair[0]) != ratings.said(pair[1])
    ]
    pairs = Counter((a["verdict"], b["verdict"]) for a, b in rated.values() if a["verdict"] != b["verdict"])
    (a, b), k = max(pairs.items(), key=lambda x: x[1])
    told = f"{title}. The commonest difference, {k} times: first {facts.VERDICTS[a][1]}, second {facts.VERDICTS[b][1]}."
    return Picture("raters", title, told, out, y + 92, ["Claim", "First rating", "Second rating"], rows,
                   f"The {len(rows)} claims on which they differ")  # fmt: skip


WIDE, STEP = 116, 50  # of the matrix: how far in it begins, and from one cell to the next
UNMARKED = "no mark"
NONE = ' class="none"'  # a cell with nothing to say, left out on a phone


def counted(ids: list[str], x: float, y: float, same: bool, to: Where) -> str:
    """A cell of a matrix with its count; where both say the same it is open, elsewhere grey, empty without a frame."""
    mid = text(x + STEP / 2, y + 22, str(len(ids)) if ids else "·", "" if ids else "soft", "middle")
    if not ids:
        return mid
    shape = tag("rect", x=x + 2, y=y + 2, width=STEP - 4, height=32, rx=2, kind=f"box {'open' if same else 'tint'}")
    return link(to("claims", f"claim-{ids[0]}"), shape, mid, tip="; ".join(facts.cards()[c]["title"] for c in ids))

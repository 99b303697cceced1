"""The pictures of the tables: the way to each level, the levels, single facts that matter, and the alternatives."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import decision
from decision import case_of, decide
from decision.api import machine

from . import facts
from .draw import LEAD, WIDTH, Cell, Picture, Rows, Where, anchor, block, box, line, link, tag, text, wrap
from .tables import FITS

PATHS = {"start": "Before a start", "on": "On ketamine now"}


RANK_FILL = ("full", "tint", "open")  # the darker, the more cautious


def fill(path: str, level: str) -> str:
    """The grey of a level: the darker, the more cautious; the most permissive is open."""
    ranks = sorted({x["rank"] for x in machine().model["levels"] if x["path"] == path})
    here = machine().level_info(path, level)["rank"]
    return "open" if here == ranks[-1] else RANK_FILL[min(here, 1)]


def questions(path: str) -> Iterator[tuple[str, list[str], str]]:
    """For each step of a first-match table: the level, what leads there in words, and the step’s first row."""
    m = machine()
    runs = [list(g) for _, g in groupby(decision.rows(path), key=lambda r: r["level"])]
    for run in runs[:-1]:
        asked: dict[str, list[str]] = {}  # what is asked -> the answers that lead there
        for r in run:
            given = [(c, r["when"][c]) for c in m.columns[path] if c in r["when"]]
            if given[0][1] in (["unknown"], ["unknown", "yes+unknown"]) or given[-1][1] == ["unknown"]:
                asked["A question that matters is open"] = []
                continue
            *before, last = [facts.condition(c, v).replace("*", "") for c, v in given]
            name, answers = " and ".join([*before, last]).rsplit(": ", 1)
            asked.setdefault(name[0].upper() + name[1:], []).append(answers)
        yield run[0]["level"], [": ".join([k, "; ".join(v)]) if v else k for k, v in asked.items()], run[0]["row"]
    yield runs[-1][0]["level"], ["Every question is answered, and nothing above holds"], runs[-1][0]["row"]


def decision_map(to: Where, form: str = "") -> Picture:
    """The verdict tables as a path, from the most to the least cautious level, with what leads to each."""
    y, out, said = 0.0, [], []
    rows: Rows = []
    for path in [form] if form else PATHS:
        steps = list(questions(path))
        out.append(text(0, y + 14, PATHS[path]))
        y += 38
        top = y
        for level, asked, row in steps:
            name = machine().level_info(path, level)["name"]
            out.append(tag("circle", cx=5, cy=y - 5, r=3, kind="full"))
            for k, x in enumerate(asked):
                told, y = block(18, y, f"or {x[0].lower()}{x[1:]}" if k else x, WIDTH - 20, "soft")
                out.append(told)
            href = to("tables", anchor(f"row-{path}-{row}"))
            out.append(line(5, y + 2, 26, y + 2))
            out.append(box(26, y - 11, name, href, fill(path, level), data_level=level, data_path=path))
            rows.append([PATHS[path], "; or ".join(asked), Cell(name, href)])
            bottom, y = y + 2, y + 42
        out.append(line(5, top - 5, 5, bottom))
        said.append(f"{PATHS[path]}: " + ", then ".join(machine().level_info(path, s[0])["name"] for s in steps) + ".")
    title = "The way to each level: from the top, the first condition that holds decides"
    told = "A path from top to bottom, the most cautious levels first. " + " ".join(said)
    head = ["Path", "What leads there", "Level"]
    return Picture(f"decision-map{'-' + form if form else ''}", title, told, out, y - 24, head, rows)


def ladder(to: Where, form: str = "") -> Picture:
    """The levels of both paths, from the most cautious down; a step to the right is a step less cautious."""
    y, out, said = 0.0, [], []
    rows: Rows = []
    first = {(p, r["level"]): r["row"] for p in PATHS for r in reversed(decision.rows(p))}
    for path in PATHS:
        levels = [x for x in machine().model["levels"] if x["path"] == path]
        out.append(text(0, y + 14, PATHS[path], "soft"))
        y += 22
        before = None
        for x in levels:
            at, level = 8 + x["rank"] * 22, x["level"]
            if before:
                stay = 0 if at > before[0] else 6  # on the same step the line ends above the circle
                out.append(
                    tag("path", d=f"M{before[0]} {before[1] + 6:g}V{y + 13 - stay:g}H{at - 6 + stay}", kind="line")
                )
            href = to("tables", anchor(f"row-{path}-{first[path, level]}"))
            shape = tag("circle", cx=at, cy=y + 13, r=6, kind=f"box {fill(path, level)}")
            out.append(link(href, shape, text(at + 14, y + 17.5, x["name"]), data_level=level, data_path=path))
            rows.append([PATHS[path], Cell(x["name"], href), x["meaning"]])
            before, y = (at, y + 13), y + 30
        said.append(f"{PATHS[path]}: {'; '.join(x['name'] for x in levels)}.")
        y += 14
    title = "The levels of both paths, the most cautious at the top"
    told = "Two ladders; a step to the right is less cautious, and none recommends ketamine. " + " ".join(said)
    return Picture("ladder", title, told, out, y - 6, ["Path", "Level", "What it means"], rows)


def answer(i: str, v: str) -> str:
    """An answer in a few words: the short name of its question, and what was answered if it is not yes."""
    m = machine()
    if v == "yes":
        return m.inputs[i]["short"]
    label = m.label(i, v)
    return f"{m.inputs[i]['short']}: {label.lower()}" if v in ("no", "unknown") else label


def changed(path: str) -> dict[str, list[tuple[str, str, str, bool]]]:
    """For a person for whom all is favourable: level -> the single answers that give it, each with its deciding row.

    An answer left open counts under ``open``, and one that moves nothing under ``same``.
    """
    m, base = machine(), case_of(path)
    here = decide(base).level
    out: dict[str, list[tuple[str, str, str, bool]]] = {"open": [], "same": []}
    for i, x in m.inputs.items():
        for v in x["values"] if x[path] == "always" and i != "ketamine_status" else []:
            if v == base[i]:
                continue
            d = decide({**base, i: v})
            key = "open" if v == "unknown" and d.level != here else "same" if d.level == here else d.level
            if not (key == "same" and v == "unknown"):
                out.setdefault(key, []).append((i, v, d.reasons[0].row, d.urgent))
    return out


def single_facts(to: Where, form: str = "start") -> Picture:
    """Which single answers matter: everything favourable, one answer changed, and the level that gives."""
    path, m = form or "start", machine()
    found, here = changed(path), decide(case_of(path)).level
    order = [x["level"] for x in m.model["levels"] if x["path"] == path and x["level"] in found]
    out, y = [], 0.0
    rows: Rows = []
    out.append(text(0, 14, "Everything favourable"))
    out.append(
        box(
            0,
            22,
            m.level_info(path, here)["name"],
            to("tables", anchor(f"row-{path}-{decide(case_of(path)).reasons[0].row}")),
            "open",
            data_level=here,
            data_path=path,
        )
    )
    out.append(text(0, 68, "One answer changed", "soft"))
    y = 78.0

    for level in [*order, "same"]:
        name = m.level_info(path, level)["name"] if level != "same" else "The level stays"
        top, first = y, found[level]
        href = to("tables", anchor(f"row-{path}-{first[0][2]}"))
        out.append(
            box(
                0,
                y,
                name,
                href,
                fill(path, level) if level != "same" else "dashed",
                data_level=level if level != "same" else here,
                data_path=path,
            )
        )
        y += 38
        for i, v, row, urgent in first:
            words = answer(i, v) + (" (urgent)" if urgent else "")
            told, foot = block(20, y + 6, words, WIDTH - 22)
            tip = f"{words}. {m.inputs[i]['question']}"  # the name of a link holds the words that are seen
            out.append(link(to("tables", anchor(f"row-{path}-{row}")), told, tip=tip))
            rows.append([m.inputs[i]["short"], m.label(i, v), Cell(name, to("tables", anchor(f"row-{path}-{row}")))])
            y = foot - 6
        out.append(line(8, top + 26, 8, y - 2, "faint"))
        y += 12
    n, wait = len(found["open"]), decide({**case_of(path), found["open"][0][0]: "unknown"})
    told, y = block(0, y + 10, f"Left open, any one of {n} questions gives: {wait.level_name}.", WIDTH - 4)
    out.append(told)
    counts = ", ".join(f"{len(found[x])} give “{m.level_info(path, x)['name']}”" for x in order)
    moved = sum(len(found[x]) for x in order)
    title = f"{PATHS[path]}, all else favourable: {moved} single answers lower the level, {len(found['same'])} leave it"
    said = (
        f"Of single answers changed, {counts}; {len(found['same'])} leave it, some as a plan was agreed. "
        f"Left open, any one of {n} questions gives “{wait.level_name}”."
    )
    return Picture(f"single-facts-{path}", title, said, out, y, ["Answer changed", "To", "Level"], rows)


def kinds_of_pain() -> dict[str, str]:
    """Each kind of pain that is known, with a name short enough for the head of a column."""
    m = machine()
    labels = {v: m.label("pain_type", v) for v in m.values["pain_type"] if v != "unknown"}
    return {v: x.split("(")[1].strip(")") if "(" in x and len(x.split("(")[1]) < 6 else x.split(" (")[0]
            for v, x in labels.items()}  # fmt: skip


def alternatives(to: Where, form: str = "") -> Picture:
    """Each option by each kind of pain: whether guidelines support it, by sign and word."""
    kinds, step, out = kinds_of_pain(), 64, []
    rows: Rows = []
    options: dict[str, list] = {}
    found: list[tuple[str, str, str]] = []  # option, kind of pain and fit in words, fit
    tall = max(len(wrap(k, step - 4)) for k in kinds.values())
    for n, k in enumerate(kinds.values()):
        lines = wrap(k, step - 4)
        for i, w in enumerate(lines):
            out.append(text(n * step + 32, 14 + (tall - len(lines) + i) * LEAD, w, "soft", "middle"))
    y = 14.0 + tall * LEAD
    for r in decision.rows("alternatives"):
        options.setdefault(r["title"], []).append(r)
    for title, group in options.items():
        here = {v: r for r in group for v in r["when"]["pain_type"]}
        out.append(line(0, y - 8, WIDTH, y - 8, "faint"))
        told, y = block(2, y + 10, title, WIDTH - 4)
        out.append(told)
        for n, (v, k) in enumerate(kinds.items()):
            r, x = here[v], n * step
            href = to("tables", anchor(f"row-alternatives-{r['row']}"))
            shape = tag("rect", x=x + 3, y=y - 8, width=step - 6, height=25, rx=3, kind=f"box {FIT_FILL[r['fit']]}")
            ink = "on-full" if r["fit"] == "not supported" else ""
            word = text(x + 32, y + 9, f"{FITS[r['fit']]} {SAID[r['fit']]}", ink, "middle")
            out.append(link(href, shape, word, tip=f"{title}, {k}: {r['fit']}. {r['because']}"))
            rows.append([title, k, Cell(f"{FITS[r['fit']]} {r['fit']}", href), r["certainty"]])
            found.append((title, f"{k} {r['fit']}", r["fit"]))
        y += 37
    count = {f: sum(fit == f for *_, fit in found) for f in FITS}
    title = "Do guidelines support it for this pain? No option suits every kind"
    said = f"{len(options)} options by {len(kinds)} kinds of pain: " + ", ".join(f"{n} {f}" for f, n in count.items())
    for o in options:
        said += f". {o}: " + "; ".join(told for option, told, _ in found if option == o)
    said += "."
    return Picture(
        "alternatives",
        title,
        said,
        out,
        y - 10,
        ["Option", "Kind of pain", "Do guidelines support it?", "How sure"],
        rows,
    )


SAID = {"supported": "yes", "not supported": "no", "uncertain": "open"}
FIT_FILL = {"supported": "open", "not supported": "full", "uncertain": "dashed"}

"""Small pieces of SVG, and a picture put together from them: drawing, text alternative and the data beside it.

A picture is drawn for a phone: 320 units wide, one weight of text of 13 units, so that on the narrowest
screen no letter is smaller than 12 pixels. Colours are left to the page: ``pictures.css`` gives each class its
grey, and the accent to what is “here”. Every drawing is a string and comes out the same each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

WIDTH, SIZE, LEAD = 320, 13, 17  # of a picture; of its letters; from one line of text to the next
BOX = 26  # the height of a box with one line of text
Where = Callable[[str, str], str]  # a page of the book and a place on it -> the address
WIDE, SLIM = "mwMW@%—", "iljtfrI.,:;'’|!()[] -"


def spread(words: str) -> float:
    """How wide a text is, a little overestimated: fonts differ and the drawing cannot ask."""
    return SIZE * sum(0.9 if c in WIDE else 0.36 if c in SLIM else 0.7 if c.isupper() else 0.58 for c in words)


def wrap(words: str, room: float) -> list[str]:
    """A text in lines that fit into ``room``."""
    out: list[str] = []
    for word in words.split():
        if out and spread(f"{out[-1]} {word}") <= room:
            out[-1] += f" {word}"
        else:
            out.append(word)
    return out


def number(x: float) -> str:
    """A coordinate, as short as it can be."""
    return f"{x:.1f}".removesuffix(".0")


def tag(name: str, *inside: str, **attrs: Any) -> str:
    """An element; ``kind`` is its classes, each of our own name, and an underscore in a name stands for a hyphen."""
    if kind := str(attrs.pop("kind", "")):
        attrs["class"] = " ".join(f"pic-{k}" for k in kind.split())  # themes have a mark and a box of their own
    told = {k.replace("_", "-"): v for k, v in attrs.items() if v != ""}
    shown = "".join(f' {k}="{escape(number(v) if isinstance(v, float | int) else str(v))}"' for k, v in told.items())
    return f"<{name}{shown}>{''.join(inside)}</{name}>" if inside else f"<{name}{shown}/>"


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "", fit: float = 0) -> str:
    """One line of text; ``y`` is its foot; ``fit``: the width it takes in any font, where there is no more."""
    how = "spacingAndGlyphs" if fit else ""
    return tag("text", escape(words), x=x, y=y, kind=kind, text_anchor=anchor, textLength=fit or "", lengthAdjust=how)


def block(x: float, y: float, words: str, room: float, kind: str = "") -> tuple[str, float]:
    """A text over as many lines as it needs, the first on ``y``; and the foot of the line after it."""
    told = wrap(words, room)
    return "".join(text(x, y + n * LEAD, w, kind) for n, w in enumerate(told)), y + len(told) * LEAD


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "line") -> str:
    """A thin line."""
    return tag("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", kind=kind)


def link(href: str, *inside: str, tip: str = "", **attrs: Any) -> str:
    """A link round some shapes, with what it leads to as its tooltip."""
    return tag("a", *([tag("title", escape(tip))] if tip else []), *inside, href=href, **attrs)


def box(x: float, y: float, words: str, href: str, fill: str = "open", **attrs: Any) -> str:
    """A level in a box that leads to its rows; ``fill`` says how cautious it is."""
    wide = min(spread(words) + 16, WIDTH - x - 1)
    inside = text(x + 8, y + 18, words, "on-full" if fill == "full" else "")
    return link(href, tag("rect", x=x, y=y, width=wide, height=BOX, rx=3, kind=f"box {fill}"), inside, **attrs)


SIGNS = {
    "supported": "M5 10.5L8.5 14L15 6",
    "qualified": "M10 4V12M6 8H14M6 15.5H14",
    "contradicted": "M6 6L14 14M14 6L6 14",
    "not-verifiable": "M7 7.5A3 3 0 1 1 10 10.5V12.5M10 15.2V15.8",
}
FILLS = {"supported": "open", "qualified": "tint", "contradicted": "full", "not-verifiable": "dashed"}


def mark(verdict: str, unsafe: bool, x: float, y: float, size: float = 20) -> str:
    """A sentence as a small mark: its sign and its fill say the verdict, a second line round it “unsafe as written”."""
    ink = "sign on-full" if verdict == "contradicted" else "sign"
    scale = f"translate({number(x)} {number(y)}) scale({size / 20:g})"
    ring = tag("rect", x=-2.5, y=-2.5, width=25, height=25, rx=4, kind="ring") if unsafe else ""
    square = tag("rect", x=1, y=1, width=18, height=18, rx=2, kind=f"mark {FILLS[verdict]}")
    return tag("g", ring, square, tag("path", d=SIGNS[verdict], kind=ink), transform=scale)


@dataclass(frozen=True)
class Cell:
    """A cell of a table of data that leads somewhere."""

    words: str
    href: str


Rows = list[Sequence[str | Cell]]


@dataclass(frozen=True)
class Picture:
    """A drawing with the words for those who do not see it, and the table it was drawn from."""

    name: str
    title: str
    told: str  # the text alternative, as one would say it on the telephone
    body: Sequence[str]
    height: float
    head: Sequence[str] = ()
    rows: Rows = field(default_factory=list)
    more: str = "The picture as a table"


def svg(p: Picture) -> str:
    """The drawing with its title and description."""
    ids = f"{p.name}-title", f"{p.name}-told"
    return tag(
        "svg",
        tag("title", escape(p.title), id=ids[0]),
        tag("desc", escape(p.told), id=ids[1]),
        *p.body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {number(p.height)}",
        role="group",
        aria_labelledby=ids[0],
        aria_describedby=ids[1],
    )


def cell(x: str | Cell) -> str:
    """A cell of a table as HTML."""
    return f'<a href="{escape(x.href)}">{escape(x.words)}</a>' if isinstance(x, Cell) else escape(x)


def table(head: Sequence[str], rows: Iterable[Sequence[str | Cell]], kind: str) -> str:
    """A table; on a phone each row reads as a card, and each cell keeps its heading."""
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    body = "".join("<tr>" + "".join(f"<td>{cell(c)}</td>" for c in r) + "</tr>" for r in rows)
    return f'<table class="cards {kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def figure(p: Picture) -> str:
    """The picture as it stands on a page: drawing, one line under it, and the data in a fold."""
    data = ""
    if p.rows:
        beside = table(p.head, p.rows, "beside")
        data = f'<details class="fold"><summary>{escape(p.more)}</summary>{beside}</details>'
    caption = f"<figcaption>{escape(p.title)}</figcaption>"
    shape = "picture tall" if p.rows and p.height > 2.2 * WIDTH else "picture"  # on paper its data stand for it
    return f'<div class="{shape}" id="picture-{p.name}"><figure>{svg(p)}{caption}</figure>{data}</div>'


def anchor(name: str) -> str:
    """The place that a label of a page becomes in its address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")

"""The one net for amounts: no text of this book, in or out of the package, gives a dose, a rate or a quantity."""

from __future__ import annotations

import re

DOSE = re.compile(
    r"\d\s*(?:mg|mcg|µg|microgram\w*|milligram\w*|ml|millilit\w*)\b|\d\s*/\s*(?:kg|h|24)\b"
    r"|\bper (?:kilogram|kg|hour)\b",
    re.I,
)


def dose_in(text: str) -> str:
    """The first piece of ``text`` that reads as an amount, or nothing."""
    found = DOSE.search(text)
    return found[0] if found else ""

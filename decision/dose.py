"""The one net for amounts: no text of this book, in or out of the package, gives a dose, a rate or a quantity.

It looks for a number, in digits or in words, beside a unit of medicine, and for a measure by weight or by time.
Ages, dates, counts of people, scores, shares of a group and lengths of time are no amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

ONES = "one|two|three|four|five|six|seven|eight|nine"
TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
TENS = "(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
DIGITS = r"\d(?:[\d.,/⁄]*\d)?"
NUMBER = (
    rf"(?:{DIGITS}|\b(?:{TENS}(?:[- ](?:{ONES}))?|{TEENS}|{ONES}|hundred|thousand|dozen"
    r"|(?:half|quarter|third)s?(?:[\s-](?:of[\s-])?an?)?)\b)"
)
FEW = r"\b(?:few|several|couple of)\b"
RANGE = rf"(?:{NUMBER}\s*(?:-|to|or)\s*)?"
GAP = r"(?:[\s*_-]|&\w+;)*"  # nothing, a space, a hyphen, or the marks of bold and italics
BY = r"(?:\s*(?:/|·|per\s|(?=kg))\s*\w+(?:-1)?)*"  # what follows a unit: by weight, by time
END = r"(?!\w|[’']\w)"
MEASURE = r"(?:(?:mc|[mnµμ])g(?:m?s)?|mls?|(?:milli|micro|nano)[\s-]?(?:gram(?:me)?|lit(?:er|re))s?)"
LARGER = r"(?:g|gram(?:me)?s?|lit(?:er|re)s?|cc|mmol|meq|i\.?u\.?)"
FORM = (
    r"(?:tablet|pill|capsule|lozenge|troche|drop|puff|spray|ampoule|ampule|vial|sachet|pastille|patch|patche"
    r"|suppository|suppositorie|teaspoon|teaspoonful|spoonful|syringe|syringeful|bolus|boluse)s?"
)
TIME = r"(?:day|night|hour|hr|h|minute|min|week|month|d|dose)s?"
MADE = (
    r"(?:solution|cream|gel|ointment|lotion|paste|patch|plaster|spray|drops|saline|dextrose|glucose|lidocaine"
    r"|lignocaine|ketamine|esketamine|capsaicin|preparation|concentration|infusion|injection|w/w|w/v)"
)
NO_SHARE = r"(?!(?:of|in|with|ha[ds]|have|were|was|are|is|on|for|from|and|or|to|who|used|got|given|after)\b)"
DOSE = re.compile(
    "|".join(
        (
            rf"{RANGE}(?:{NUMBER}|\ban?\b|{FEW}){GAP}{MEASURE}{END}{BY}",  # 40 mg, forty milligrams, a 50-mg dose
            rf"{RANGE}{NUMBER}{GAP}{LARGER}{END}{BY}",  # 2 g
            rf"{RANGE}(?:{NUMBER}|{FEW}){GAP}{FORM}{END}(?!-\w)",  # two tablets
            rf"\b(?:an?|each)\s{FORM}\s(?:an?|per|each|every|once|twice|daily|at|in\sthe)\b",  # a tablet twice a day
            rf"(?:{DIGITS}|\bhundred|\bthousand){GAP}(?:international\s)?units?{END}",
            rf"(?:\bper[\s-]|[/·]\s*)(?:kilogram(?:me)?s?|kilos?|kg){END}|\bkg\s*-\s*1\b",  # per kg
            rf"\bper\s(?:hour|hr)\b|\b{MEASURE}\s*(?:/|·|per\b|an?\b|each\b|every\b)\s*{TIME}{END}",  # mg per day
            rf"\d\s*/\s*(?:24\s*)?{TIME}{END}",  # 40 / 24 h
            rf"{DIGITS}\s*(?:%|per\s?cent)\s*(?:{NO_SHARE}\w+[\s-]){{0,2}}{MADE}\b|\b{MADE},?\s(?:at\s)?{DIGITS}\s?%",
        )
    ),
    re.I,
)


def _folded(text: str) -> tuple[str, list[int] | range]:
    """``text`` with odd spaces, dashes, digits and signs as plain ones, and where in ``text`` each character stood."""
    if text.isascii():
        return text, range(len(text))
    out: list[str] = []
    at: list[int] = []
    for n, c in enumerate(text):
        plain = normalize("NFKC", c)
        if c in "\u00ad\u200b\u200c\u200d\u2060\ufeff":  # not seen by a reader
            plain = ""
        elif plain in "\u2010\u2012\u2013\u2014\u2015\u2212":
            plain = "-"
        out += plain
        at += [n] * len(plain)
    return "".join(out), at


def doses(text: str) -> Iterator[tuple[int, str]]:
    """Each piece of ``text`` that reads as an amount, with its place."""
    plain, at = _folded(text)
    for m in DOSE.finditer(plain):
        yield at[m.start()], text[at[m.start()] : at[m.end() - 1] + 1]


def dose_in(text: str) -> str:
    """The first piece of ``text`` that reads as an amount, or nothing."""
    return next((found for _, found in doses(text)), "")

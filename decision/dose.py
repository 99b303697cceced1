"""The one net for amounts: no text of this book, in or out of the package, gives a dose, a rate or a quantity.

It looks for a number, in digits or in words, beside a unit of medicine, and for a measure by weight or by time.
Ages, dates, counts of people, scores, shares of a group and lengths of time are no amounts.
"""

import re
from collections.abc import Iterator
from unicodedata import normalize

ONES = "one|two|three|four|five|six|seven|eight|nine"
TEENS = "ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
TENS = f"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[- ](?:{ONES}))?"
PART = r"(?:half|quarter|third)s?(?:[\s-](?:of[\s-])?an?)?"
DIGITS = r"\d(?:[\d.,/⁄]*\d)?"
NUMBER = rf"(?:{DIGITS}|\b(?:{TENS}|{TEENS}|{ONES}|hundred|thousand|dozen|{PART})\b)"
RANGE = rf"(?:{NUMBER}\s*(?:-|to|or)\s*)?"
FEW = r"\b(?:few|several|couple of)\b"
GAP = r"(?:[\s*_-]|&\w+;)*"  # nothing, a space, a hyphen, or the marks of bold and italics
BY = r"(?:\s*(?:/|·|per\s|(?=kg))\s*\w+(?:-1)?)*"  # what follows a unit: by weight, by time
END = r"(?!\w|[’']\w)"
MEASURE = r"(?:(?:mc|[mnµμ])g(?:m?s)?|mls?|(?:milli|micro|nano)[\s-]?(?:gram(?:me)?|lit(?:er|re))s?)"
LARGER = r"(?:g|gram(?:me)?s?|lit(?:er|re)s?|cc|mmol|meq|i\.?u\.?)"
FORM = (
    r"(?:tablet|pill|capsule|lozenge|troche|drop|puff|spray|ampo?ule|vial|sachet|pastille|patche?|suppositor(?:y|ie)"
    r"|(?:tea)?spoonful|teaspoon|syringe(?:ful)?|boluse?)s?"
)
TIME = r"(?:day|night|hour|hr|h|minute|min|week|month|d|dose)s?"
MADE = (
    r"(?:solution|cream|gel|ointment|lotion|paste|patch|plaster|spray|drops|saline|dextrose|glucose|lidocaine"
    r"|lignocaine|ketamine|esketamine|capsaicin|preparation|concentration|infusion|injection|w/w|w/v)"
)
SHARE = r"(?:of|in|with|ha[ds]|have|were|was|are|is|on|for|from|and|or|to|who|used|got|given|after)\b"
DOSE = re.compile(
    r"(?:(?=[\d/·])|\b(?=\w))"  # where each of these begins: looked at first, or each is tried at every letter
    rf"(?:{RANGE}(?:{NUMBER}|\ban?\b|{FEW}){GAP}{MEASURE}{END}{BY}"  # 40 mg, forty milligrams, a 50-mg dose
    rf"|{RANGE}{NUMBER}{GAP}{LARGER}{END}{BY}"  # 2 g
    rf"|{RANGE}(?:{NUMBER}|{FEW}){GAP}{FORM}{END}(?!-\w)"  # two tablets
    rf"|\b(?:an?|each)\s{FORM}\s(?:an?|per|each|every|once|twice|daily|at|in\sthe)\b"  # a tablet twice a day
    rf"|(?:{DIGITS}|\bhundred|\bthousand){GAP}(?:international\s)?units?{END}"
    rf"|(?:\bper[\s-]|[/·]\s*)(?:kilogram(?:me)?s?|kilos?|kg){END}|\bkg\s*-\s*1\b"  # per kg
    rf"|\bper\s(?:hour|hr)\b|\b{MEASURE}\s*(?:/|·|per\b|an?\b|each\b|every\b)\s*{TIME}{END}"  # mg per day
    rf"|\d\s*/\s*(?:24\s*)?{TIME}{END}"  # 40 / 24 h
    rf"|{DIGITS}\s*(?:%|per\s?cent)\s*(?:(?!{SHARE})\w+[\s-]){{0,2}}{MADE}\b|\b{MADE},?\s(?:at\s)?{DIGITS}\s?%)",
    re.I,
)
PLAIN = str.maketrans("\u2010\u2012\u2013\u2014\u2015\u2212", "------", "\u00ad\u200b\u200c\u200d\u2060\ufeff")


def doses(text: str) -> Iterator[tuple[int, str]]:
    """Each piece of ``text`` that reads as an amount, with its place; odd spaces, dashes and digits read as plain."""
    folded = [c if c.isascii() else normalize("NFKC", c).translate(PLAIN) for c in text]
    for m in DOSE.finditer("".join(folded)):
        place = [n for n, some in enumerate(folded) for _ in some]  # of each folded sign in the text
        first, last = place[m.start()], place[m.end() - 1]
        yield first, text[first : last + 1]


def dose_in(text: str) -> str:
    """The first piece of ``text`` that reads as an amount, or nothing."""
    return next((found for _, found in doses(text)), "")

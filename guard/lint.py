"""What may not stand in prose: doses, modal verbs outside claims, labels for people, counts the code knows."""

from __future__ import annotations

import re
from pathlib import Path

from decision.dose import DOSE
from guard.content import TABLES_OF_KNOWLEDGE, cells, line_of, pages, parts, rows, shape, words

STIGMA = re.compile(
    r"\b(?:addicts?|(?:drug|substance|alcohol) abusers?|abusers?|junkies?|druggies?|drug[- ]seek\w*"
    r"|non-?complian\w+|compliant|compliance|pseudo-?addict\w*|psych-related|malinger\w*|frequent flyers?"
    r"|substance abuse|drug abuse|dirty urine|clean urine)\b",
    re.I,
)
MODAL = re.compile(r"\b(?:must|should|shall|ought to|has to|have to|never|always)\b", re.I)
VOICE = re.compile(
    r"\{cite|\b(?:article|label|guidance|guideline|guidelines|consensus|NICE|IASP|FDA|ASA|CDC|HIVMA|Cochrane"
    r"|regulator|agency|this book|the book|authors?|panel|rule|row|rows|table|notebook|test|tests|build|reading"
    r"|code|page|lock|check|review)\b",
    re.I,
)
NUMBER = (
    r"(?:\d[\d\u202f,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|sixteen"
    r"|twenty[- ]nine|forty[- ]three|seventy[- ]four)"
)
COUNT = re.compile(
    rf"\b{NUMBER}\s+(?:claims|inputs|vignettes|rules|rows|levels|gaps|possible patients|hard stops"
    r"|concerning behaviours|sources in the list)\b",
    re.I,
)
QUOTE = re.compile(r"“[^”]*”|‘[^’]*’|\"[^\"]*\"")
CLAIMS = re.compile(r"^(`{3,})\{claim\}.*?^\1", re.M | re.S)
NO_DOSE = "looks like a dose or a rate.\n    Take it out; the book never outputs one."
NO_LABEL = "labels a person or what they do.\n    Write person-first, or quote it in “ ” where the word is discussed."


def blank(text: str, pattern: re.Pattern[str], group: int = 0) -> str:
    """``text`` with every match blotted out, line breaks kept, so that line numbers stay true."""
    return pattern.sub(
        lambda m: re.sub(r"[^\n]", " ", m[0]) if not group else m[0].replace(m[group], re.sub(r"[^\n]", " ", m[group])),
        text,
    )


def sentence(text: str, at: int) -> str:
    """The sentence around a position, as far as full stops and blank lines tell."""
    start = max(text.rfind(". ", 0, at), text.rfind(".\n", 0, at), text.rfind("\n\n", 0, at), 0)
    ends = [e for e in (text.find(". ", at), text.find(".\n", at), text.find("\n\n", at)) if e >= 0]
    return text[start : min(ends, default=len(text)) + 1]


def lint_prose(name: str, text: str, first: int = 1) -> list[str]:
    """Faults of one page's Markdown, which begins on line ``first``; each says where, what and what to do."""
    out = []

    def fault(m: re.Match[str], what: str) -> None:
        out.append(f"{name}:{first + line_of(text, m.start()) - 1}: “{words(m[0])}” {what}")

    text = blank(text, re.compile(r"<!--.*?-->", re.S))
    text = blank(text, re.compile(r"^```\{code-cell\}.*?^```", re.M | re.S))
    dose_free = blank(text, re.compile(r"\{claim\}`[^`<]*<impl-dose-40-60mg>`"))
    dose_free = blank(dose_free, re.compile(r"^(`{3,})\{claim\} impl-dose-40-60mg\n.*?^\1", re.M | re.S))
    for m in DOSE.finditer(dose_free.replace("impl-dose-40-60mg", "impl-dose-xxxxxx")):
        fault(m, "looks like a dose or a rate.\n    Take it out; the one figure stands in claim impl-dose-40-60mg.")
    bare = blank(text, re.compile(r"\{[\w:-]+\}`[^`]*?<([^`>]*)>`"), 1)
    bare = blank(bare, re.compile(r"\{(?:cite|rule|n|ref)[\w:]*\}`[^`]*`"))
    unquoted = blank(blank(bare, re.compile(r"^`{3,}\{[\w-]+\}.*$", re.M)), QUOTE)
    for m in STIGMA.finditer(unquoted):
        fault(m, NO_LABEL)
    letters = list(unquoted)
    for pattern in (CLAIMS, re.compile(r"\{claim\}`[^`]*`")):  # normative sentences stand there
        for m in pattern.finditer(text):
            letters[m.start() : m.end()] = re.sub(r"[^\n]", " ", m[0])
    free = "".join(letters)
    for m in MODAL.finditer(free):
        if not VOICE.search(sentence(text, m.start())):
            fault(m, "outside a claim reads as a rule of the book.\n    Put it in a claim, or say whose rule it is.")
    for m in COUNT.finditer(free):
        fault(m, "is a number the code knows.\n    Print it with the {n} role, so that it cannot go stale.")
    return out


def lint_tables(root: Path) -> list[str]:
    """Labels and doses in the knowledge files."""
    out = []
    for name in TABLES_OF_KNOWLEDGE:
        for row in rows(root, name):
            for column, text in row.items():
                where = f"{shape(name)[0]}:{row.line}: column “{column}”:"
                dose = DOSE.search(text.replace("impl-dose-40-60mg", ""))
                if dose and row.get("id") != "impl-dose-40-60mg":
                    out.append(f"{where} “{dose[0]}” {NO_DOSE}")
                label = STIGMA.search(blank(text, QUOTE)) if column not in ("id", "claims", "claim") else None
                if label:
                    out.append(f"{where} “{label[0]}” {NO_LABEL}")
    return out


def lint(root: Path) -> list[str]:
    """All faults of prose and tables."""
    out = lint_tables(root)
    for page in pages(root):
        for text, first in parts(root, page):
            out += lint_prose(str(page), text, first)
        for c in cells(root, page) if page.suffix == ".ipynb" else []:
            told = [o.get("text", o.get("data", {}).get("text/plain", "")) for o in c.get("outputs", [])]
            for text in (c["source"] if c["cell_type"] == "code" else "", *("".join(x) for x in told)):
                out += [f"{page}:{c['line']}: in this cell “{m[0]}” {NO_DOSE}" for m in DOSE.finditer(text)]
    return out

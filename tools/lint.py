"""What may not stand in prose: doses, modal verbs outside claims, labels for people, counts the code knows."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tools.content import KNOWLEDGE, pages, rows

DOSE = re.compile(r"\d\s*(?:mg|mcg|µg|microgram\w*|milligram\w*|ml|millilit\w*)\b|\d\s*/\s*(?:kg|h|24)\b|\bper (?:kilogram|kg|hour)\b", re.I)
STIGMA = re.compile(
    r"\b(?:addicts?|(?:drug|substance|alcohol) abusers?|abusers?|junkies?|druggies?|drug[- ]seek\w*|non-?complian\w+|compliant"
    r"|compliance|pseudo-?addict\w*|psych-related|malinger\w*|frequent flyers?|substance abuse|drug abuse|dirty urine|clean urine)\b", re.I)
MODAL = re.compile(r"\b(?:must|should|shall|ought to|has to|have to|never|always)\b", re.I)
VOICE = re.compile(
    r"\{cite|\b(?:article|label|guidance|guideline|guidelines|consensus|NICE|IASP|FDA|ASA|CDC|HIVMA|Cochrane|regulator|agency|"
    r"this book|the book|authors?|panel|rule|row|rows|table|notebook|test|tests|build|reading|code|page|lock|check|review)\b", re.I)
NUMBER = (r"(?:\d[\d\u202f,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|sixteen|twenty[- ]nine|"
          r"forty[- ]three|seventy[- ]four)")
COUNT = re.compile(
    rf"\b{NUMBER}\s+(?:claims|inputs|vignettes|rules|rows|levels|gaps|possible patients|hard stops|concerning behaviours|sources in the list)\b", re.I)
QUOTE = re.compile(r"“[^”]*”|‘[^’]*’|\"[^\"]*\"")
PRINTERS = ("decision-table", "checklist", "panel", "claims-here", "page-sources", "claim-register", "gaps",
            "disagreements", "bibliography", "review-overview", "changes", "drift-report")


def blank(text: str, pattern: re.Pattern[str], group: int = 0) -> str:
    """``text`` with every match blotted out, line breaks kept, so that line numbers stay true."""
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if not group else m[0].replace(
        m[group], re.sub(r"[^\n]", " ", m[group])), text)


def line_of(text: str, at: int) -> int:
    """The line number of a position."""
    return text.count("\n", 0, at) + 1


def sentence(text: str, at: int) -> str:
    """The sentence around a position, as far as full stops and blank lines tell."""
    start = max(text.rfind(". ", 0, at), text.rfind(".\n", 0, at), text.rfind("\n\n", 0, at), 0)
    ends = [e for e in (text.find(". ", at), text.find(".\n", at), text.find("\n\n", at)) if e >= 0]
    return text[start:min(ends, default=len(text)) + 1]


def lint_prose(name: str, text: str, first: int = 1) -> list[str]:
    """Faults of one page's Markdown; each says what, where and what to do in two lines."""
    out = []
    text = blank(text, re.compile(r"<!--.*?-->", re.S))
    text = blank(text, re.compile(r"^```\{code-cell\}.*?^```", re.M | re.S))
    dose_free = blank(text, re.compile(r"\{claim\}`[^`<]*<impl-dose-40-60mg>`"))
    dose_free = blank(dose_free, re.compile(r"^(`{3,})\{claim\} impl-dose-40-60mg\n.*?^\1", re.M | re.S))
    dose_free = dose_free.replace("impl-dose-40-60mg", "impl-dose-xxxxxx")
    for m in DOSE.finditer(dose_free):
        out.append(f"{name}:{first + line_of(text, m.start()) - 1}: “{m[0]}” looks like a dose or a rate.\n"
                   "    Take it out; the one figure of the article stands only in claim impl-dose-40-60mg.")
    cards = re.compile(r"^(`{3,})\{claim\}.*?^\1", re.M | re.S)
    bare = blank(blank(text, re.compile(r"\{[\w:-]+\}`[^`]*?<([^`>]*)>`"), 1), re.compile(r"\{(?:cite|rule|n|ref)[\w:]*\}`[^`]*`"))
    bare = blank(bare, re.compile(r"^`{3,}\{[\w-]+\}.*$", re.M))
    unquoted = blank(bare, QUOTE)
    for m in STIGMA.finditer(unquoted):
        out.append(f"{name}:{first + line_of(text, m.start()) - 1}: “{m[0]}” labels a person or what they do.\n"
                   "    Write person-first, or put it in “ ” where it is somebody's word under discussion.")
    free = list(unquoted)
    for pattern in (cards, re.compile(r"\{claim\}`[^`]*`")):  # normative sentences stand there
        for m in pattern.finditer(text):
            free[m.start():m.end()] = re.sub(r"[^\n]", " ", m[0])
    free = "".join(free)
    for m in MODAL.finditer(free):
        if not VOICE.search(sentence(text, m.start())):
            out.append(f"{name}:{first + line_of(text, m.start()) - 1}: “{m[0]}” outside a claim reads as the book's own rule.\n"
                       "    Put the sentence in a claim role or directive, or say whose rule it is.")
    for m in COUNT.finditer(free):
        out.append(f"{name}:{first + line_of(text, m.start()) - 1}: “{' '.join(m[0].split())}” is a number the code knows.\n"
                   "    Print it with the {n} role, so that it cannot go stale.")
    return out


def lint_tables(root: Path) -> list[str]:
    """Labels and doses in the knowledge files."""
    out = []
    for path in sorted((root / KNOWLEDGE).glob("*.csv")):
        for n, row in enumerate(rows(root, path.name), 2):
            for column, cell in row.items():
                where = f"{path.relative_to(root)}, line {n}, column “{column}”"
                if row.get("id") != "impl-dose-40-60mg" and DOSE.search((cell or "").replace("impl-dose-40-60mg", "")):
                    out.append(f"{where}: this looks like a dose or a rate.\n    Take it out; the book never outputs one.")
                found = STIGMA.search(blank(cell or "", QUOTE)) if column not in ("id", "claims", "claim") else None
                if found:
                    out.append(f"{where}: “{found[0]}” labels a person or what they do.\n    Write person-first, or quote it in “ ”.")
    return out


def lint(root: Path) -> list[str]:
    """All faults of prose and tables."""
    out = lint_tables(root)
    for page in pages(root):
        text = (root / page).read_text(encoding="utf-8")
        if page.suffix == ".md":
            out += lint_prose(str(page), text)
            continue
        for n, cell in enumerate(json.loads(text)["cells"], 1):
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                out += lint_prose(f"{page}, cell {n}", source)
            shown = "".join("".join(o.get("text", o.get("data", {}).get("text/plain", ""))) for o in cell.get("outputs", []))
            for part in (source, shown):
                for m in DOSE.finditer(part):
                    out.append(f"{page}, cell {n}: “{m[0]}” looks like a dose or a rate.\n    Take it out; the book never outputs one.")
    return out

"""What may not stand in prose: doses, modal verbs outside claims, labels for people, counts the code knows."""

from __future__ import annotations

import re
from pathlib import Path

from decision.dose import dose_in, doses
from guard.content import cells, line_of, pages, parts, rows, shape, shown_text, tables_of_knowledge, words

STIGMA = re.compile(
    r"\b(?:addicts?|(?:drug|substance|alcohol) abusers?|abusers?|junkies?|druggies?|drug[- ]seek\w*"
    r"|non-?complian\w+|compliant|compliance|pseudo-?addict\w*|psych-related|malinger\w*|frequent flyers?"
    r"|substance abuse|drug abuse|dirty urine|clean urine)\b",
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
INSIDE = r"(?:(?!\n\s*\n)[^%s])*"  # within one paragraph
QUOTE = re.compile("|".join((f"“{INSIDE % '”'}”", f"‘{INSIDE % '’'}’", f'"{INSIDE % chr(34)}"')))
CLAIMS = re.compile(r"^(`{3,}|:{3,})\{claim\}.*?^\1|\{claim\}`[^`]*`", re.M | re.S)
NO_DOSE = "looks like a dose or a rate.\n    Take it out; the book never gives one."
NO_LABEL = "labels a person or what they do.\n    Write person-first, or quote it in “ ” where the word is discussed."
NO_RULE = (
    "outside a claim reads as a rule of the book.\n    Put it in a claim, cite whose rule it is, or say who says so."
)
FIGURE = "impl-dose-40-60mg"  # the claim that quotes the article's amount; no other place may

# A sentence with one of these words tells people what to do, and is a rule of the book, unless its structure says
# whose it is: it cites a source, or its clause begins with a named voice that governs the verb (`governed`).
MODAL = re.compile(
    r"\b(?:(?:must|should|ought)(?:n[’']t)?|shall|shan[’']t|ha(?:s|ve|ving)\s+(?:got\s+)?to|(?<!would\s)needs?\s+to"
    r"|never|always|under\s+no\s+circumstances|without\s+exception|at\s+all\s+times|no\s?(?:one|body)\s+may"
    r"|(?:is|are|be)\s+(?:(?:always|never|not)\s+)?(?:required|mandatory|obligatory|compulsory|forbidden|prohibited"
    r"|imperative|obliged|supposed|allowed|permitted))\b",
    re.I,
)
NAMED = set(  # voices that are not the book's, and that nobody takes for a part of anyone's care
    "article articles label labels guidance guideline guidelines consensus regulator regulators agency nice iasp fda "
    "asa cdc hivma hhs dea ema mhra cochrane".split()
)
HEARD = NAMED | set(  # these may be reported, but “a trial must end” is nobody's rule but the book's
    "recommendation recommendations author authors review reviews trial trials study studies statement society "
    "societies college faculty survey law warning".split()
)
OURS = set("book page chapter rule rules row rows table tables notebook notebooks lock code build register".split())
BEFORE = set(  # what may stand between the head of a clause and its voice
    "the this that these those a an its each no some most many both one two three other same own first second later "
    "earlier new newer older whole british american european german national international boxed product printed "
    "also still here thus however and but so yet then or".split()
)
REPORTS = re.compile(
    r"\b(?:sa(?:ys?|id)|stat(?:es?|ed)|asks?|asked|holds?|held|add(?:s|ed)?|advis(?:es?|ed)|warn(?:s|ed)?|writes?|wrote"
    r"|recommend(?:s|ed)?|urg(?:es?|ed)|insist(?:s|ed)?|argu(?:es?|ed)|requir(?:es?|ed)|demand(?:s|ed)?"
    r"|conclud(?:es?|ed)|suggest(?:s|ed)?|claim(?:s|ed)?|wants?|wanted|agree[sd]?)\b",
    re.I,
)
HISTORY = re.compile(r"\b(?:was|were|had|has|have|did)\s+(?:not\s+)?$", re.I)  # “was never captured”
PRONOUN = re.compile(r"\b(?:you|we|they|he|she)\b")
THAT = re.compile(r"that\b|not\b|only\b|$")
OTHER_CLAUSE = re.compile(r"^(?:so|it|this|as)\b|,|\b(?:and|but|so|while)\b")
SMUGGLED = re.compile(r"\b(?:and|so|therefore|hence|because)\s+(?:so|therefore|hence|you|we|every\w*|all|any\w*|no)\b")
CITED = re.compile(r"\{cite[\w:]*\}`[^`]+`")
ENDS = re.compile(r"[.!?][”’\"')*_]*(?=\s|$)|;|\||\n\s*\n|\n(?=[ \t]*(?:[-*+>]|\d+\.|#+|[`:]{3,})\s*)")
OPENS = re.compile(r",\s+(?:and|but|so|yet|or)\s+|:\s+|\s[–—]\s|—|\(", re.I)
FIRST = re.compile(r"^(?:in|for|on|at|when|if|after|before|where|with|although|while|since)\b[^,]*,\s+", re.I)


def blank(text: str, pattern: re.Pattern[str], group: int = 0) -> str:
    """``text`` with every match blotted out, line breaks kept, so that line numbers stay true."""
    return pattern.sub(
        lambda m: re.sub(r"[^\n]", " ", m[0]) if not group else m[0].replace(m[group], re.sub(r"[^\n]", " ", m[group])),
        text,
    )


def clause(text: str, at: int) -> tuple[str, str]:
    """Of the sentence, up to a semicolon, around a position: what stands before the position, and all of it."""
    start, end = 0, len(text)
    for m in ENDS.finditer(text):
        if m.end() <= at:
            start = m.end()
        elif m.start() >= at:
            end = m.start()
            break
    return text[start:at], text[start:end]


def voice_of(subject: str) -> str:
    """The noun of a plain phrase such as “the British label of ketamine”; nothing if it is anything else."""
    subject = re.sub(r",[^,]{1,60},", "", subject).strip()  # “NICE, as reported second-hand, …”
    named, *of = re.split(r"\s+(?:of|for|from|on|in|by|to)\s+", subject, maxsplit=1)
    before = re.findall(r"[\w’'-]+", named)
    voice = before.pop().lower() if before else ""
    known = [re.sub("[’']s$", "", x.lower()) in BEFORE | NAMED or x.isdigit() for x in before]
    names = [n > 0 and x[0].isupper() for n, x in enumerate(before)]
    fits = all(x or y for x, y in zip(known, names, strict=True)) and len(before) <= 4 and "," not in subject
    return voice if fits and not (of and PRONOUN.search(of[0])) else ""


def governed(head: str, after: str) -> bool:
    """Whether the words before a modal verb make a named voice its subject, or the subject of “says that …”.

    ``head``: the sentence up to the verb; ``after``: what follows the verb. The book and its parts may say what
    they themselves do; only other voices may be reported on what people are to do.
    """
    head = re.sub(r"\{(\w[\w:-]*)\}`[^`]*`", r"\1", head)  # a role stands for what it prints
    head = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_#>]|^\s*(?:[-+]|\d+\.)\s", r"\1", head.strip())
    head = re.sub(r"\([^()]*\)", "", head)
    head = FIRST.sub("", OPENS.split(" ".join(head.split()))[-1])
    if told := re.match(r"according to (.+?), (.*)$", head, re.I):
        subject, rest = told.groups()
    elif said := REPORTS.search(head):
        subject, rest = head[: said.start()], head[said.end() :].strip()
    else:
        passive = re.match(r"\s+(?:not\s+)?be(?:en)?\b", after)  # “the label must be read” asks people to read it
        return voice_of(head) in NAMED | OURS and not passive
    if SMUGGLED.search(rest) or not THAT.match(rest) and OTHER_CLAUSE.search(rest):
        return False
    return voice_of(subject) in HEARD


def lint_prose(name: str, text: str, first: int = 1) -> list[str]:
    """Faults of one page's Markdown, which begins on line ``first``; each says where, what and what to do."""
    out = []

    def fault(at: int, found: str, what: str) -> None:
        out.append(f"{name}:{first + line_of(text, at) - 1}: “{words(found)}” {what}")

    text = blank(text, re.compile(r"<!--.*?-->", re.S))
    text = blank(text, re.compile(r"^```\{code-cell\}.*?^```", re.M | re.S))
    dose_free = blank(text, re.compile(rf"\{{claim\}}`[^`<]*<{FIGURE}>`"))
    dose_free = blank(dose_free, re.compile(rf"^(`{{3,}})\{{claim\}} {FIGURE}\n.*?^\1", re.M | re.S))
    for at, found in doses(dose_free.replace(FIGURE, "x" * len(FIGURE))):
        fault(at, found, f"looks like a dose or a rate.\n    Take it out; the one figure stands in claim {FIGURE}.")
    bare = blank(text, re.compile(r"\{[\w:-]+\}`[^`]*?<([^`>]*)>`"), 1)
    bare = blank(bare, re.compile(r"\{(?:cite|rule|n|ref)[\w:]*\}`[^`]*`"))
    unquoted = blank(blank(bare, re.compile(r"^`{3,}\{[\w-]+\}.*$", re.M)), QUOTE)
    for m in STIGMA.finditer(unquoted):
        fault(m.start(), m[0], NO_LABEL)
    letters = list(unquoted)
    for m in CLAIMS.finditer(text):  # normative sentences stand there
        letters[m.start() : m.end()] = re.sub(r"[^\n]", " ", m[0])
    free = "".join(letters)
    for m in MODAL.finditer(free):
        head, whole = clause(text, m.start())
        past = (
            m[0].lower() in ("never", "always") and HISTORY.search(head) and not re.match(r"\s+to\b", free[m.end() :])
        )
        if not past and not CITED.search(whole) and not governed(head, free[m.end() :]):
            fault(m.start(), m[0], NO_RULE)
    for m in COUNT.finditer(free):
        fault(
            m.start(), m[0], "is a number the code knows.\n    Print it with the {n} role, so that it cannot go stale."
        )
    return out


def lint_tables(root: Path) -> list[str]:
    """Labels and doses in the knowledge files."""
    out = []
    for name in tables_of_knowledge():
        path = shape(name)[0]
        for row in rows(root, name):
            for column, text in row.items():
                where = f"{path}:{row.line}: column “{column}”:"
                dose = dose_in(text.replace(FIGURE, ""))
                if dose and row.get("id") != FIGURE:
                    out.append(f"{where} “{dose}” {NO_DOSE}")
                prose = column not in ("id", "claims", "claim") and STIGMA.search(text)  # few have one, quoted or not
                if prose and (label := STIGMA.search(blank(text, QUOTE))):
                    out.append(f"{where} “{label[0]}” {NO_LABEL}")
    return out


def lint(root: Path) -> list[str]:
    """All faults of prose and tables."""
    out = lint_tables(root)
    for page in pages(root):
        for text, first in parts(root, page):
            out += lint_prose(str(page), text, first)
        for c in cells(root, page) if page.suffix == ".ipynb" else []:
            told = [c["source"]] if c["cell_type"] == "code" else []
            for text in [*told, *map(shown_text, c.get("outputs", []))]:
                out += [f"{page}:{c['line']}: in this cell “{found}” {NO_DOSE}" for _, found in doses(text)]
    return out

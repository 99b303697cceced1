"""``make check``: do text and logic still agree? Seconds, no browser, no build, no notebook is run.

Everything is read from the copy of the book this file stands in. Each message says what drifted,
where, and what to do, in two lines; a diff follows where there is one. Stored notebook outputs are
compared with what was accepted; ``make test`` compares them with a fresh run.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

from tools.content import CARD, ROLE, ROOT, line_of, pages, parts, rows, short, subjects

SECTIONS = ("question", "risk", "alternatives", "considered", "implementation", "caveats", "conclusion", "page")
NOTES = ("Read in full", "Read in part", "Seen second-hand", "From memory, unverified")


def check_knowledge() -> list[str]:
    """The files load, the tables have no fault, and the vignettes and gaps get the answers they promise."""
    from decision import KnowledgeError, decide, knowledge
    from decision.api import machine
    from proof import space

    try:
        knowledge.load()
    except KnowledgeError as error:
        told = [re.sub(r"^(\S+?), line (\d+), ", r"\1:\2: ", x) for x in str(error).splitlines()]
        return [f"decision/knowledge/{x}\n    Restore or correct it; the book cannot decide before." for x in told]
    faults = [f.replace(": ", ".csv:1: ", 1) for p in knowledge.VERDICT_TABLES for f in space.table_faults(p)]
    out = [f"decision/knowledge/{f}\n    Restore or correct the row." for f in faults]
    vignettes = {v["id"]: v for v in rows(ROOT, "vignettes.csv")}
    ids = machine().ids
    for n, v in enumerate(vignettes.values(), 2):
        d = decide({i: v[i] for i in ids})
        if d.level != v["level"] or d.urgent != (v["urgent"] == "yes"):
            out.append(
                f"decision/knowledge/vignettes.csv:{n}: {v['id']} promises {v['level']}, urgent "
                f"{v['urgent']}; now {d.level}, {'urgent' if d.urgent else 'not urgent'}.\n"
                f"    Look at the rule that decided, {d.reasons[0].rule}, or at the promise."
            )
    rules = {r["row"] for t in knowledge.default()["tables"] for r in t["rows"]}
    rules |= {r.split(".")[0] for r in rules}
    claims = {c["id"] for c in knowledge.claims()}
    keys = set(knowledge.source_keys())
    for file, key in (("gaps.csv", "gap"), ("disagreements.csv", "point")):
        for n, g in enumerate(rows(ROOT, file), 2):
            for column, legal in (("rows", rules), ("claims", claims), ("sources", keys)):
                for x in knowledge.split(g[column]):
                    if x not in legal:
                        out.append(
                            f"decision/knowledge/{file}:{n}: {g[key]}, column {column}: “{x}” does not exist.\n"
                            "    Correct the name, or take it out."
                        )
            case = {i: vignettes[g["vignette"]][i] for i in ids} if g["vignette"] in vignettes else {}
            case.update(dict(p.split("=", 1) for p in g["case"].split()))
            if g.get("expect") and (level := decide(case).level) != g["expect"]:
                out.append(
                    f"decision/knowledge/{file}:{n}: {g[key]} promises {g['expect']}; the patient gets {level}.\n"
                    "    Look at the rule that decides, or at the promise."
                )
    for n, c in enumerate(knowledge.claims(), 2):
        cited = any(c["id"] in r["claims"] for t in knowledge.default()["tables"] for r in t["rows"])
        asked = any(c["id"] in i["claims"] for i in knowledge.default()["inputs"])
        if not cited and not asked and not c["undecidable"]:
            out.append(
                f"decision/knowledge/claims.csv:{n}: no row implements {c['id']} and it does not say why.\n"
                "    Cite it in a row, or write the reason in the column undecidable."
            )
    return out


def check_sources() -> list[str]:
    """Every entry says how it was seen and has a title and a year."""
    from pybtex.database import parse_file

    out = []
    file = ROOT / "decision/knowledge/references.bib"
    text = file.read_text(encoding="utf-8")
    for key, e in parse_file(str(file)).entries.items():
        place = f"decision/knowledge/references.bib:{line_of(text, text.find(f'{{{key},'))}"
        if not e.fields.get("note", "").startswith(NOTES):
            out.append(
                f"{place}: {key} does not say how it was seen.\n    Begin its note with one of: {'; '.join(NOTES)}."
            )
        for f in ("title", "year"):
            if not e.fields.get(f):
                out.append(f"{place}: {key} has no {f}.\n    Add what was seen, or say n.d.")
    return out


def check_pages() -> list[str]:
    """Ids on pages exist; every claim stands once, as a sentence, in the chapter of its section."""
    from decision import knowledge
    from decision.api import machine

    m, out = machine(), []
    tables = {t["name"] for t in m.model["tables"]}
    legal = {
        "rule": {r["row"] for t in m.model["tables"] for r in t["rows"]},
        "input": set(m.inputs),
        "list": set(m.lists),
        "level": {x["level"] for x in m.model["levels"]},
        "decision-table": tables,
        "checklist": set(m.lists),
    }
    legal["rule"] |= {r.split(".")[0] for r in legal["rule"]}
    keys, stands = set(knowledge.source_keys()), {c["id"]: [] for c in knowledge.claims()}  # type: set[str], dict[str, list[str]]
    home = {c["id"]: f"chapters/{c['section']}.md" for c in knowledge.claims()}
    for page, text, first in [(p, *part) for p in pages() for part in parts(ROOT, p)]:

        def fault(at: int, what: str, do: str, page: Path = page, text: str = text, first: int = first) -> None:
            out.append(f"{page}:{first + line_of(text, at) - 1}: {what}\n    {do}")

        for m_ in re.finditer(r"\{(rule|input|list|level)\}`([^`]+)`", text):
            if m_[2] not in legal[m_[1]]:
                fault(m_.start(), f"{m_[1]} “{m_[2]}” does not exist.", "Correct the name; the tables list them all.")
        for m_ in re.finditer(r"^`{3,}\{(decision-table|checklist)\}\s+(\w+)", text, re.M):
            if m_[2] not in legal[m_[1]]:
                fault(m_.start(), f"{m_[1]} “{m_[2]}” does not exist.", "Correct the name; the tables list them all.")
        for m_ in re.finditer(r"\{cite(?::\w+)?\}`([^`]+)`", text):
            for key in m_[1].split(","):
                if key.strip() not in keys:
                    fault(
                        m_.start(),
                        f"source “{key.strip()}” is not in references.bib.",
                        "Correct it, or add the source.",
                    )
        for m_ in re.finditer(r"\]\(([^)#:\s]+\.(?:md|ipynb))(?:#[^)]*)?\)", text):
            if not (ROOT / page).parent.joinpath(m_[1]).exists():
                fault(m_.start(), f"the link to {m_[1]} leads nowhere.", "Correct the path.")
        for found in [*ROLE.finditer(text), *CARD.finditer(text)]:
            if found[2] not in stands:
                fault(found.start(), f"claim “{found[2]}” is not in the register.", "Correct the id, or add the claim.")
        for found in ROLE.finditer(text):
            stands.get(found[2], []).append(str(page))
    for ident, found_on in stands.items():
        if found_on != [home[ident]]:
            where = ", ".join(found_on) or "no page"
            out.append(
                f"{home[ident]}:1: claim {ident} should stand once, as a sentence here; it stands on {where}.\n"
                "    Write it as a claim role in that chapter, once."
            )
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for page in pages():
        if page.name != "README.md" and str(page.with_suffix("")) not in toc:
            out.append(f"_toc.yml:1: the page {page} is not in the table of contents.\n    Add it, or remove the page.")
    return out


def check_surface() -> list[str]:
    """The digest of the decision surface is the one that was accepted."""
    from proof import space

    path, now = ROOT / "lock/surface.txt", space.digest()
    if path.exists() and path.read_text(encoding="utf-8").split()[0] == now:
        return []
    return [
        "lock/surface.txt:1: some patients are decided otherwise than was accepted.\n"
        "    See which with: make diff BASE=HEAD; then: make accept WHAT=surface"
    ]


def check_reviews() -> list[str]:
    """Each recorded review is of something, by somebody, on a day, for a text that was kept whole."""
    from tools import review

    out, known = [], review.reviewed(ROOT)
    for n, r in enumerate(review.records(ROOT), 2):
        kept = ROOT / "reviews" / f"{r['hash']}.txt"
        whole = kept.exists() and short(kept.read_text(encoding="utf-8").removesuffix("\n")) == r["hash"]
        try:
            day = date.fromisoformat(r["on"]) <= date.today()
        except ValueError:
            day = False
        good = r["subject"] in known and r["state"] in review.STATES and len(r["by"].split()) > 1 and day and whole
        if not good:
            out.append(
                f"{review.RECORD}:{n}: this review of {r['subject']} is not as make review wrote it.\n"
                "    Restore the row and its text, or take the row out and record the review again."
            )
    return out


def check_words() -> list[str]:
    """Doses, labels, modal verbs and typed counts where they may not stand."""
    from tools import lint

    return lint.lint(ROOT)


def main() -> int:
    """Run every check and print what drifted."""
    from tools import lock

    told: list[tuple[str, list[str]]] = []
    names: list[str] = []

    def locked() -> list[str]:
        for message, diff, name in lock.faults(ROOT, subjects(ROOT)):
            told.append((message, diff))
            names.append(name)
        return []

    for check in (check_knowledge, check_sources, check_pages, check_surface, check_reviews, check_words, locked):
        try:
            told += [(x, []) for x in check()]
        except Exception as error:  # a file that cannot be read is drift too; the other checks go on
            if type(error).__name__ != "KnowledgeError":  # told in full by the first check
                what = " ".join(str(error).split())
                message = f"{type(error).__name__}: {what}\n    This cannot be read; correct it, then check again."
                told += [] if message in [x for x, _ in told] else [(message, [])]
    for message, diff in told:
        print(message)
        for line in diff[:12]:
            print(f"        {line}")
        if len(diff) > 12:
            print(f"        … and {len(diff) - 12} more lines; git diff shows all.")
    print(f"{len(told)} drifts." if told else "Text and logic agree with what was accepted.")
    if len(set(names)) > 1:
        print(f'To accept all that changed, after a look at each: make accept WHAT="{" ".join(names)}"')
    return bool(told)


if __name__ == "__main__":
    sys.exit(main())

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

from guard.content import ACCEPTED, CARD, ROLE, ROOT, line_of, pages, parts, short, subjects

SECTIONS = ("question", "risk", "alternatives", "considered", "implementation", "caveats", "conclusion", "page")
NOTES = ("Read in full", "Read in part", "Seen second-hand", "From memory, unverified")


def place(told: str) -> str:
    """A fault of the reader as ``file:line: words`` and what to do."""
    told = re.sub(r"^(\S+?), line (\d+), ", r"\1:\2: ", told)
    told = re.sub(r"^(\S+?), line (\d+): ", r"\1:\2: ", told)
    return f"decision/knowledge/{told}\n    Restore or correct it; the book cannot decide before."


def unreadable(root: Path) -> list[str]:
    """What no reader can read: every CSV of knowledge, the list of sources and the record of reviews."""
    from decision import KnowledgeError, load
    from decision.register import COLUMNS, rows, vignettes
    from guard import review

    out: list[str] = []
    for read in (
        lambda: load(root / "decision/knowledge"),
        *(lambda n=n: rows(n, root / "decision/knowledge") for n in COLUMNS if n != "vignettes"),
        vignettes,
        lambda: review.records(root),
    ):
        try:
            read()
        except KnowledgeError as error:
            out += [x for f in str(error).splitlines() if (x := place(f)) not in out]
    return out


def check_knowledge() -> list[str]:
    """The tables have no fault, and the vignettes and gaps get the answers they promise."""
    from decision import decide, register, rows, space, tables

    faults = [f.replace(": ", ".csv:1: ", 1) for p in tables.VERDICT_TABLES for f in space.table_faults(p)]
    out = [f"decision/knowledge/rules/{f}\n    Restore or correct the row." for f in faults]
    out += [place(f) for f in register.faults()]
    for n, v in register.vignettes().items():
        d = decide(v["answers"])
        if d.level != v["level"] or d.urgent != (v["urgent"] == "yes"):
            out.append(
                f"decision/knowledge/register/vignettes.csv:{v['line']}: {n} promises {v['level']}, urgent "
                f"{v['urgent']}; now {d.level}, {'urgent' if d.urgent else 'not urgent'}.\n"
                f"    Look at the rule that decided, {d.reasons[0].rule}, or at the promise."
            )
    for n, g in register.gaps().items():
        if (level := decide(register.case_of(g["base"], g["case"])).level) != g["expect"]:
            out.append(
                f"decision/knowledge/register/gaps.csv:{g['line']}: {n} promises {g['expect']}; the patient gets "
                f"{level}.\n    Look at the rule that decides, or at the promise."
            )
    used = {c for t in (*tables.VERDICT_TABLES, *tables.COLLECTED) for r in rows(t) for c in r["claims"]}
    used |= {c for i in tables.default()["inputs"] for c in i["claims"]}
    for n, c in register.claims().items():
        if n not in used and not c["undecidable"]:
            out.append(
                f"decision/knowledge/register/claims.csv:{c['line']}: no row implements {n} and it does not say why.\n"
                "    Cite it in a row, or write the reason in the column undecidable."
            )
    return out


def check_ratings(folder: Path | None = None) -> list[str]:
    """Where the raters of a claim agree the register says the same; where they differ one row settles it so."""
    from decision.reader import KNOWLEDGE, nearest
    from decision.register import VERDICTS, rows

    claims, ratings, settled = (rows(n, folder or KNOWLEDGE) for n in ("claims", "ratings", "adjudication"))
    told = {c["id"]: (c["verdict"], c["unsafe"]) for c in claims}
    by_claim: dict[str, list] = {}
    out = []

    def fault(file: str, row, what: str, do: str) -> None:
        out.append(f"decision/knowledge/register/{file}.csv:{row.line}: {what}\n    {do}")

    for file, row in [("ratings", r) for r in ratings] + [("adjudication", r) for r in settled]:
        for column, legal in (("claim", told), ("verdict", VERDICTS), ("unsafe", ("yes", "no"))):
            if row[column] not in legal:
                words = f"{column} “{row[column]}” does not exist.{nearest(row[column], list(legal))}"
                fault(file, row, words, "Correct the name.")
    for row in ratings:
        if row["rater"] in [r["rater"] for r in by_claim.setdefault(row["claim"], [])]:
            fault("ratings", row, f"rater {row['rater']} has rated {row['claim']} before.", "Keep one of the two rows.")
        by_claim[row["claim"]].append(row)
    for claim, given in by_claim.items():
        differ = len({(r["verdict"], r["unsafe"]) for r in given}) > 1
        row = next((r for r in settled if r["claim"] == claim), None) if differ else given[0]
        if row is None:
            fault("ratings", given[-1], f"raters differ on {claim}; nothing settles it.", "Add it to adjudication.csv.")
        elif (row["verdict"], row["unsafe"]) != told.get(claim):
            file = "adjudication" if differ else "ratings"
            fault(file, row, f"{claim} has another verdict or mark in claims.csv.", "Correct one of the two.")
    return out


def check_sources() -> list[str]:
    """Every entry says how it was seen and has a title and a year."""
    from decision import sources

    out = []
    for key, e in sources().items():
        where = f"decision/knowledge/references.bib:{e['line']}"
        if not e.get("note", "").startswith(NOTES):
            out.append(
                f"{where}: {key} does not say how it was seen.\n    Begin its note with one of: {'; '.join(NOTES)}."
            )
        for f in ("title", "year"):
            if not e.get(f):
                out.append(f"{where}: {key} has no {f}.\n    Add what was seen, or say n.d.")
    return out


def check_pages() -> list[str]:
    """Ids on pages exist; every claim stands once, as a sentence, in the chapter of its section."""
    from decision import claims, sources
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
    keys, stands = set(sources()), {c: [] for c in claims()}  # type: set[str], dict[str, list[str]]
    home = {c: f"chapters/{row['section']}.md" for c, row in claims().items()}
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
    from decision import space

    path, now = ROOT / ACCEPTED / "surface.txt", space.digest()
    if path.exists() and path.read_text(encoding="utf-8").split()[0] == now:
        return []
    return [
        "guard/accepted/surface.txt:1: some patients are decided otherwise than was accepted.\n"
        "    See which with: make diff BASE=HEAD; then: make accept WHAT=surface"
    ]


def check_reviews() -> list[str]:
    """Each recorded review is of something, by somebody, on a day, for a text that was kept whole."""
    from guard import review

    out, known = [], review.reviewed(ROOT)
    for n, r in enumerate(review.records(ROOT), 2):
        kept = ROOT / "guard/reviews" / f"{r['hash']}.txt"
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
    from guard import lint

    return lint.lint(ROOT)


def main() -> int:
    """Run every check and print what drifted."""
    from guard import lock

    if faults := unreadable(ROOT):  # nothing is compared, or offered for acceptance, that cannot be read
        print("\n".join(faults))
        print(f"{len(faults)} files or cells cannot be read; the other checks wait for them.")
        return 1
    told: list[tuple[str, list[str]]] = []
    names: list[str] = []

    def locked() -> list[str]:
        for message, diff, name in lock.faults(ROOT, subjects(ROOT)):
            told.append((message, diff))
            names.append(name)
        return []

    for check in (
        check_knowledge,
        check_ratings,
        check_sources,
        check_pages,
        check_surface,
        check_reviews,
        check_words,
        locked,
    ):
        try:
            told += [(x, []) for x in check()]
        except ValueError as error:  # a page that cannot be read is drift too; the other checks go on
            message = f"{' '.join(str(error).split())}\n    This cannot be read; correct it, then check again."
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

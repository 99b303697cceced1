"""``make check``: do text and logic still agree? Seconds, no browser, no build, no notebook is run.

Everything is read from the copy of the book this file stands in. Each message says what drifted,
where, and what to do, in two lines; a diff follows where there is one. Stored notebook outputs are
compared with what was accepted; ``make test`` compares them with a fresh run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from guard.content import ACCEPTED, CARD, KNOWLEDGE, ROLE, ROOT, line_of, pages, parts, rows, short, subjects, text_of

NAMED = re.compile(r"\{(rule|input|list|level)\}`([^`]+)`")  # on a page: a name of the tables,
PRINTED = re.compile(r"^`{3,}\{(decision-table|checklist)\}\s+(\w+)", re.M)  # one of them printed,
CITED = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")  # sources,
LINKED = re.compile(r"\]\(([^)#:\s]+\.(?:md|ipynb))(?:#[^)]*)?\)")  # and another page
SHOWN = 30  # lines of one change
NOTES = ("Read in full", "Read in part", "Seen second-hand", "From memory, unverified")


def known(case: Mapping[str, str]) -> dict[str, str]:
    """The answers that were given: what is left out has to be read as unknown."""
    return {i: value for i, value in case.items() if value != "unknown"}


def check_knowledge() -> list[str]:
    """The tables have no gap and no dead row, and the vignettes and gaps get the answers they promise."""
    from decision import decide, register, space, tables
    from decision import rows as decision_rows
    from decision.api import Decision

    out = []
    for name in tables.VERDICT_TABLES:
        lines = {r["row"]: r.line for r in rows(ROOT, name)}
        for fault in space.table_faults(name):
            line = next((lines[x] for x in re.findall(r"row (R-[\w.-]+)", fault) if x in lines), 1)
            what = fault.removeprefix(f"{name}: ").rstrip(".")
            out.append(f"{KNOWLEDGE}/rules/{name}.csv:{line}: {what}.\n    Restore or correct the row.")

    def decided(case: dict[str, str]) -> Decision | None:
        try:
            return decide(known(case))
        except ValueError:
            return None  # no row decides this person, which is told above

    for n, v in register.vignettes(everyone=True).items():
        if not (d := decided(v["answers"])):
            continue
        promised = (v["level"], v["urgent"] == "yes", v["rule"])
        got = (d.level, d.urgent, d.reasons[0].row)
        if got != promised:
            now, then = (f"{x}{', urgent' if y else ''} by {r}" for x, y, r in (got, promised))
            out.append(
                f"{KNOWLEDGE}/register/vignettes.csv:{v['line']}: {n} promises {then}; the person now gets {now}.\n"
                f"    Look at the rule that decides, {d.reasons[0].rule}, or correct the promise."
            )
    for n, g in register.gaps().items():
        d = decided(register.case_of(g["base"], g["case"]))
        if d and d.level != g["expect"]:
            out.append(
                f"{KNOWLEDGE}/register/gaps.csv:{g['line']}: {n} promises {g['expect']}; the person now gets "
                f"{d.level}.\n    Look at the rule that decides, {d.reasons[0].rule}, or correct the promise."
            )
    used = {c for t in (*tables.VERDICT_TABLES, *tables.COLLECTED) for r in decision_rows(t) for c in r["claims"]}
    used |= {c for i in tables.default()["inputs"] for c in i["claims"]}
    for n, c in register.claims().items():
        if n not in used and not c["undecidable"]:
            out.append(
                f"{KNOWLEDGE}/register/claims.csv:{c['line']}: no row implements {n}, and it does not say why.\n"
                "    Cite it in a row, or write the reason in the column undecidable."
            )
    return out


def check_ratings(folder: Path | None = None) -> list[str]:
    """Where the raters of a claim agree the register says the same; where they differ one row settles it so."""
    from decision.reader import KNOWLEDGE, nearest
    from decision.register import rows
    from decision.tables import VERDICTS

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
        deciding = [r for r in settled if r["claim"] == claim] if differ else given
        if not deciding:
            fault("ratings", given[-1], f"raters differ on {claim}; nothing settles it.", "Add it to adjudication.csv.")
            continue
        row = deciding[0]
        if (row["verdict"], row["unsafe"]) != told.get(claim):
            file = "adjudication" if differ else "ratings"
            fault(file, row, f"{claim} has another verdict or mark in claims.csv.", "Correct one of the two.")
    return out


def check_sources() -> list[str]:
    """Every entry says how it was seen and has a title and a year."""
    from decision import sources

    out = []
    for key, e in sources().items():
        where = f"{KNOWLEDGE}/references.bib:{e['line']}"
        if not e.get("note", "").startswith(NOTES):
            out.append(
                f"{where}: {key} does not say how it was seen.\n    Begin its note with one of: {'; '.join(NOTES)}."
            )
        for f in ("title", "year"):
            if not e.get(f):
                out.append(f"{where}: {key} has no {f}.\n    Add what was seen, or say n.d.")
        if not e.get("annote"):
            out.append(f"{where}: {key} has no annote.\n    Add where it was read, and the short passage relied on.")
    return out


def page_faults(legal: dict[str, set[str]]) -> list[str]:
    """Names of tables, sources and claims, and links, on every page: each leads to something.

    ``legal``: the names that exist, by the role or directive that prints them; ``cite``, the sources; ``claim``.
    """
    out = []
    for page, text, first in [(p, *part) for p in pages() for part in parts(ROOT, p)]:

        def fault(at: int, what: str, do: str, page: Path = page, text: str = text, first: int = first) -> None:
            out.append(f"{page}:{first + line_of(text, at) - 1}: {what}\n    {do}")

        for found in [*NAMED.finditer(text), *PRINTED.finditer(text)]:
            if found[2] not in legal[found[1]]:
                what = f"{found[1]} “{found[2]}” does not exist."
                fault(found.start(), what, "Correct the name; the tables list them all.")
        for found in CITED.finditer(text):
            for key in [k.strip() for k in found[1].split(",")]:
                if key not in legal["cite"]:
                    what = f"source “{key}” is not in references.bib."
                    fault(found.start(), what, "Correct it, or add the source.")
        for found in LINKED.finditer(text):
            if not (ROOT / page).parent.joinpath(found[1]).exists():
                fault(found.start(), f"the link to {found[1]} leads nowhere.", "Correct the path.")
        for found in [*ROLE.finditer(text), *CARD.finditer(text)]:
            if found[2] not in legal["claim"]:
                fault(found.start(), f"claim “{found[2]}” is not in the register.", "Correct the id, or add the claim.")
    return out


def claim_faults(home: dict[str, str]) -> list[str]:
    """Every claim stands once, as a sentence, on the page that is its home."""
    out, stands = [], {c: [] for c in home}  # type: list[str], dict[str, list[tuple[str, int]]]
    for page, text, first in [(p, *part) for p in pages() for part in parts(ROOT, p)]:
        for found in ROLE.finditer(text):
            stands.get(found[2], []).append((str(page), first + line_of(text, found.start()) - 1))
    for ident, found_on in stands.items():
        if [page for page, _ in found_on] != [home[ident]]:
            where = ", ".join(f"{page}:{line}" for page, line in found_on) or "no page"
            at = next((f"{p}:{line}" for p, line in found_on[1:] or found_on), f"{home[ident]}:1")
            out.append(
                f"{at}: claim {ident} belongs once, as a sentence, in {home[ident]}; it stands on {where}.\n"
                "    Write it as a claim role in that chapter, once."
            )
    return out


def contents_faults() -> list[str]:
    """The table of contents lists every page, and nothing else."""
    out, listed = [], {}  # type: list[str], dict[str, int]
    for n, x in enumerate(text_of(ROOT / "_toc.yml").splitlines(), 1):
        if entry := re.match(r"\s*(?:-\s*)?(?:file|root):\s*[\"']?([^\s\"'#]+)", x):
            listed[entry[1]] = n
    for page in pages():
        if str(page.with_suffix("")) not in listed:
            out.append(f"_toc.yml:1: the page {page} is not in the table of contents.\n    Add it, or remove the page.")
    for name, n in listed.items():
        if not any((ROOT / f"{name}{kind}").exists() for kind in (".md", ".ipynb")):
            out.append(f"_toc.yml:{n}: there is no page {name}.\n    Restore the page, or take it out of the contents.")
    return out


def check_pages() -> list[str]:
    """Ids on pages exist; every claim stands once, as a sentence, in the chapter of its section."""
    from decision import claims, sources
    from decision.api import machine

    m = machine()
    row_ids = {r["row"] for t in m.model["tables"] for r in t["rows"]}
    legal = {
        "rule": row_ids | {x.split(".")[0] for x in row_ids},
        "input": set(m.inputs),
        "list": set(m.lists),
        "level": {x["level"] for x in m.model["levels"]},
        "decision-table": {t["name"] for t in m.model["tables"]},
        "checklist": set(m.lists),
        "cite": set(sources()),
        "claim": set(claims()),
    }
    home = {c: f"chapters/{row['section']}.md" for c, row in claims().items()}
    return page_faults(legal) + claim_faults(home) + contents_faults()


def check_surface() -> list[str]:
    """The digest of the decision surface is the one that was accepted."""
    from guard.lock import surface

    accepted, now = surface(ROOT)
    if accepted == now:
        return []
    return [
        f"{ACCEPTED}/surface.txt:1: some people are now decided otherwise than was accepted.\n"
        "    See who with make diff BASE=HEAD, then: make accept WHAT=surface"
    ]


def check_reviews() -> list[str]:
    """Each recorded review is of something, by somebody, on a day, for a text that was kept whole."""
    from guard import review

    out, known = [], review.reviewed(ROOT)
    for r in review.records(ROOT):
        kept = ROOT / "guard/reviews" / f"{r['hash']}.txt"
        whole = kept.exists() and short(text_of(kept).removesuffix("\n")) == r["hash"]
        try:
            day = date.fromisoformat(r["on"]) <= date.today()
        except ValueError:
            day = False
        good = r["subject"] in known and r["state"] in review.STATES and len(r["by"].split()) > 1 and day and whole
        if not good:
            out.append(
                f"{review.RECORD}:{r.line}: this review of {r['subject']} is not as make review wrote it.\n"
                "    Restore the row and its text, or take the row out and record the review again."
            )
    return out


def check_addresses() -> list[str]:
    """Every address that the site ever had still answers or leads on."""
    from guard import addresses, lock

    return addresses.faults(ROOT, set(lock.read(ROOT, "pages")[0]))


def check_words() -> list[str]:
    """Doses, labels, modal verbs and typed counts where they may not stand."""
    from guard import lint

    return lint.lint(ROOT)


def main() -> int:
    """Run every check and print what is to be looked at."""
    from guard.readable import unreadable

    if broken := unreadable(ROOT):  # nothing is compared, or offered for acceptance, that cannot be read
        print("\n".join(broken))
        many = len(broken) > 1
        print(f"{len(broken)} thing{'s' * many} cannot be read; everything else waits for {'them' if many else 'it'}.")
        return 1
    from guard import lock

    checks = (check_knowledge, check_ratings, check_sources, check_pages, check_addresses, check_reviews, check_words)
    wrong = [x for check in checks for x in check()]
    moved = check_surface()
    changed = lock.faults(ROOT, subjects(ROOT))
    for message, shown in [*((x, []) for x in wrong + moved), *((f.message, f.shown) for f in changed)]:
        print(message)
        for line in shown[:SHOWN]:
            print(f"        {line}")
        if len(shown) > SHOWN:
            print(f"        … and {len(shown) - SHOWN} more lines, which git diff shows.")
    count = len(wrong) + len(moved) + len(changed)
    if not count:
        print("Text and logic agree with what was accepted. What the specification promises, make test says.")
        return 0
    print(f"{count} thing{'s' * (count > 1)} to look at{f', {len(wrong)} to correct' if wrong else ''}.")
    if names := ["surface"] * bool(moved) + [name for f in changed for name in f.names + f.claims]:
        if lock.decides(names):
            print(
                "Notebooks print what this decides. Where make notebooks has not run since this change, run it first,"
            )
            print("and make check again: it names the notebooks that now show something else.")
        print(f"After a look at each: {lock.command(names)}")
    return 1


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has seen enough, as in `| head`; Python would complain again as it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)

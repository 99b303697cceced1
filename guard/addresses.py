"""Every address that this site ever had: it still answers, or it leads to the page that took its place.

``guard/addresses.csv`` holds them. Accepting a page adds its address; none is ever taken out.
"""

from __future__ import annotations

from pathlib import Path

from guard.content import ROOT, pages, text_of

FILE = "guard/addresses.csv"
COLUMNS = ("address", "now")  # now: the address that took its place, – while it answers itself


def rows(root: Path = ROOT):
    """The addresses with what became of them; ``KnowledgeError`` if they cannot be read."""
    from decision.reader import read_csv

    return read_csv(root / FILE, FILE, COLUMNS, "address")


def moved(root: Path = ROOT) -> dict[str, str]:
    """The addresses at which nothing stands any more, each with where it leads."""
    return {r["address"]: r["now"] for r in rows(root) if r["now"] != "–"}


def of(page: Path | str) -> str:
    """The address of a page, from the root of the site."""
    return Path(page).with_suffix(".html").as_posix()


def faults(root: Path, accepted: set[str]) -> list[str]:
    """Addresses at which nothing would answer, and those of accepted pages that are on no list."""
    known, there, out = rows(root), {of(p): str(p) for p in pages(root)}, []
    answers = {r["address"] for r in known if r["now"] == "–" and built(r["address"])} | set(there)
    for r in known:
        here, now, place = r["address"], r["now"], f"{FILE}:{r.line}"
        if now == "–" and here not in answers:
            what = f"nothing answers at {here} any more, and others may link to it."
            out.append(f"{place}: {what}\n    Write in column now which address took its place, or restore the page.")
        elif now != "–" and here in there:
            out.append(f"{place}: {here} is a page, and so leads nowhere else.\n    Write – in column now.")
        elif now != "–" and now not in answers:
            out.append(f"{place}: {here} leads to {now}, where nothing answers.\n    Name an address that answers.")
    for address, page in there.items():
        if page in accepted and address not in {r["address"] for r in known}:
            out.append(f"{FILE}:1: the address {address} is not on the list.\n    Restore its row, {address},–")
    return out


def built(address: str) -> bool:
    """Whether the build makes what stands at an address from no page of its own; ``tests`` look whether it is there."""
    return address != "index.html" and not address.startswith("chapters/")


def add(root: Path, names: set[str]) -> None:
    """Put the addresses of newly accepted pages on the list."""
    known = {r["address"] for r in rows(root)}
    new = sorted({of(p) for p in pages(root) if str(p) in names} - known)
    if new:
        text = text_of(root / FILE).rstrip("\n") + "".join(f"\n{x},–" for x in new) + "\n"
        (root / FILE).write_text(text, encoding="utf-8", newline="\n")
        print(f"Added to {FILE}: {', '.join(new)}")

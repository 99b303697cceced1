"""Sources as a reader names them: first author or organisation, year, and how far the source was read."""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_lowercase

from pybtex.database import Person, parse_file
from pybtex.richtext import Text

from decision import KNOWLEDGE

SHORT = {  # organisations that are better known by their letters
    "National Institute for Health and Care Excellence": "NICE",
    "U.S. Food and Drug Administration": "FDA",
    "American Society of Anesthesiologists": "ASA",
    "Department of Veterans Affairs": "VA/DoD",
    "Drug Enforcement Administration": "DEA",
    "National Institute on Drug Abuse": "NIDA",
    "U.S. Department of Health and Human Services": "HHS",
    "Medicines and Healthcare products Regulatory Agency": "MHRA",
    "Advisory Council on the Misuse of Drugs": "ACMD",
    "National Institute of Diabetes and Digestive and Kidney Diseases": "NIDDK",
    "2023 American Geriatrics Society Beers Criteria Update Expert Panel": "American Geriatrics Society",
    "Faculty of Pain Medicine of the Royal College of Anaesthetists": "Faculty of Pain Medicine",
    "Faculty of Pain Medicine, Australian and New Zealand College of Anaesthetists": "ANZCA",
}
SEEN = {  # how the note in references.bib begins, in a reader's words
    "Read in full": "read in full",
    "Read in part": "read in part",
    "Seen second-hand": "second-hand",
    "From memory": "from memory",
}


def plain(text: str) -> str:
    """BibTeX's text without its braces and accents' commands."""
    return str(Text.from_latex(text))


def who(people: list[Person], title: str) -> str:
    """The first author's family name, or the organisation; a nameless source goes by its title."""
    name = plain(" ".join(people[0].prelast_names + people[0].last_names)) if people else ""
    if name.startswith("Manufacturer of "):
        return "Label of " + name.removeprefix("Manufacturer of ").split(" (")[0].split(",")[0]
    if name.startswith("U.S. prescribing information, "):
        return "Label of " + name.removeprefix("U.S. prescribing information, ").split(" hydro")[0]
    if not name or name.startswith("Authors not"):
        return plain(title).split(": ")[0]
    return SHORT.get(name, name.split(",")[0] if len(people) == 1 and "," in name else name)


@lru_cache(maxsize=1)
def source_names() -> dict[str, list[str]]:
    """Source key -> its short name with the year, and how far it was read."""
    out = {}
    for key, entry in parse_file(KNOWLEDGE / "references.bib").entries.items():
        year = entry.fields.get("year", "n.d.")
        name = who(list(entry.persons.get("author", [])), entry.fields["title"])
        seen = [words for begins, words in SEEN.items() if entry.fields.get("note", "").startswith(begins)]
        out[key] = [
            f"{name}, undated" if year == "n.d." else f"{name} {year}",
            seen[0] if seen else "not said how read",
        ]
    alike: dict[str, list[str]] = {}
    for key, (name, _) in out.items():
        alike.setdefault(name, []).append(key)
    for name, keys in alike.items():
        for key, sign in zip(keys, ascii_lowercase, strict=False) if len(keys) > 1 else ():
            out[key][0] = f"{name} ({sign})" if name.endswith("undated") else name + sign
    return out


def letter(key: str) -> str:
    """What tells a source from another of the same name and year: “a”, or “ (a)” where there is no year."""
    return re.sub(r"^.*(?:\d{4}|undated)", "", source_names()[key][0])


def unkeyed(note: str) -> str:
    """What is noted of a source, with every other source that it names by key named for readers."""
    known = source_names()
    return re.sub(r"\w+?(?:\\?_\w+?)+\b", lambda m: known.get(m[0].replace("\\", ""), [m[0]])[0], note)

"""Claims that were rated more than once: how far two raters agree, where they differ, and what was settled."""

from __future__ import annotations

from itertools import combinations

from . import facts

ASPECTS = {"verdict": "verdict", "safety": "unsafe"}  # what is rated, and its column
ORDER = ("first", "second", "third", "fourth", "fifth")
COUNT = ("no", "one", "two", "three", "four", "five")


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's kappa of two raters: agreement beyond what their own habits would give by chance."""
    n = len(pairs)
    words = {w for pair in pairs for w in pair}
    seen = sum(a == b for a, b in pairs) / n
    chance = sum(sum(a == w for a, _ in pairs) * sum(b == w for _, b in pairs) for w in words) / n**2
    return 1.0 if chance == 1 else (seen - chance) / (1 - chance)


def raters(rated: dict) -> list[str]:
    """Every rater, in the order in which the rows name them."""
    return list(dict.fromkeys(r for one in rated.values() for r in one))


def differ(one: dict) -> bool:
    """Whether the raters of a claim said different things of its truth or of its safety."""
    return len({(r["verdict"], r["unsafe"]) for r in one.values()}) > 1


def numbers(rated: dict) -> dict[str, int | float]:
    """The figures that prose may print; those of the first pair by short names, of any other with the pair added."""
    out: dict[str, int | float] = {"ratings-claims": len(rated), "ratings-differ": sum(map(differ, rated.values()))}
    for n, (a, b) in enumerate(combinations(raters(rated), 2)):
        both = [(one[a], one[b]) for one in rated.values() if a in one and b in one]
        tail = f":{a}-{b}" if n else ""
        out[f"ratings-both{tail}"] = len(both)
        for aspect, column in ASPECTS.items() if both else ():
            pairs = [(x[column], y[column]) for x, y in both]
            out[f"ratings-agree-{aspect}{tail}"] = sum(x == y for x, y in pairs)
            out[f"ratings-kappa-{aspect}{tail}"] = round(kappa(pairs), 2)
    return out


def said(row: dict) -> str:
    """A rating, or what was settled, in words."""
    return facts.VERDICTS[row["verdict"]][1] + (", unsafe as written" if row["unsafe"] == "yes" else "")


def by_whom(names: list[str]) -> str:
    """Who rated: a machine is named by a number, a person by name."""
    people = [x for x in names if not x.isdigit()]
    n = len(names) - len(people)
    told = [f"{COUNT[n]} machine rating{'' if n == 1 else 's'}"] if n else []
    text = " and ".join([*told, *people]) if people else told[0] + ", no clinician yet"
    return text[0].upper() + text[1:]


def line(one: dict, settled: dict) -> str:
    """What stands on a claim's card: who said what, and what was settled where they differ."""
    told = [said(r) for r in one.values()]
    if differ(one):
        shown = "; ".join(f"the {nth}, {x}" for nth, x in zip(ORDER, told, strict=False))
        shown += f"; settled: {said(settled)}. {settled['why']}"
    else:
        shown = {1: "", 2: "both say "}.get(len(told), "all say ") + told[0] + "."
    return f"**{by_whom(list(one))}:** {shown}"


def table(rated: dict, settled: dict) -> tuple[list[str], list[list[str]]]:
    """The claims on which raters differ: the heading, then of each what every rater said, what was settled, and why."""
    known = raters(rated)
    head, rows = [x.capitalize() for x in (*ORDER[: len(known)], "settled")], []
    for c in [c for c, one in rated.items() if differ(one)]:
        cells = [said(rated[c][r]) if r in rated[c] else "–" for r in known] + [said(settled[c])]
        rows.append([facts.claim_links([c]), *cells, f"*{settled[c]['kind'].capitalize()}.* {settled[c]['why']}"])
    return ["Claim", *head, "Kind, and why"], rows

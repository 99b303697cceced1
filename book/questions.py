"""Key-feature questions whose keys are theorems about the tables, made from the cases when the book is built.

Three kinds, each over one case, all by enumeration:

- *decides*: which facts fix the level. Right are the facts of the case's smallest sufficient reasons: the smallest
  sets of known facts that force the level in every completion, whatever the other answers are.
- *ask*: what to ask first. Right is the next question, or every question that can still change the level.
- *brings*: which facts bring a caution or a note, each alone, in every completion.

A distractor is used only where it was proved irrelevant: in every completion of the case no change of it changes the
level, or the caution, and no sufficient reason needs it. A claim that no case decides gets a *verdict* question, whose
key is what the register says: no theorem, and it says so. A completion gives each unknown input any of its values.
Nothing is drawn by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product
from typing import Any, TypeVar

import decision
from decision import explain, space
from decision.api import machine
from decision.dose import doses
from decision.machine import Machine

from . import facts

Case = dict[str, str]
T = TypeVar("T")
WRONG = 3  # distractors of a question
FEW = 3  # questions at the end of a chapter
TOLD = (
    ("statement", "title"),
    ("finding", "book", "title"),
)  # of a claim, for a question: what is said, what was found
PARTS = {  # of an evaluation: the same kinds in the same order, about other people
    "before": ("Before the class", ("Q03", "Q11", "Q15", "Q53", "Q-alt-gabapentinoid-neuropathic")),
    "after": ("After the class", ("Q02", "Q09", "Q45", "Q54", "Q-alt-tca")),
}
SAID = ("cautions", "notes")  # the lists that a *brings* question may ask about


@dataclass(frozen=True)
class Option:
    """One thing to choose: the input or verdict it is about, its words, whether it is right, and why."""

    name: str
    text: str
    right: bool
    because: str


@dataclass(frozen=True)
class Question:
    """A question. ``claims``: what the row that decides and the right answers rest on; ``story``: whom it is about."""

    id: str
    kind: str
    case: str
    story: str
    given: str
    asked: str
    options: tuple[Option, ...]
    claims: tuple[str, ...] = field(default=())

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the right options."""
        return tuple(x.name for x in self.options if x.right)


# ---- what is true of every completion


def opened(m: Machine, case: Case) -> explain.Cases:
    """Every completion of a case; what it leaves out is unknown."""
    return explain.opened(m, {i: case.get(i, "unknown") for i in m.ids}, "book")


def forced(m: Machine, case: Case) -> str:
    """The level that every completion of a case has, or nothing."""
    found = opened(m, case).levels()
    return m.level_ids[found.bit_length() - 1] if not found & (found - 1) else ""


def matters(m: Machine, case: Case, i: str) -> bool:
    """Whether in some completion of a case, with ``i`` itself left open, a change of ``i`` alone changes the level."""
    everyone = opened(m, {**case, i: "unknown"})
    if i == "ketamine_status":
        return True
    for path, box in everyone.parts():
        if i not in m.column_of[path]:
            continue
        column, levels = m.column_of[path][i], [row["level"] for row in m.rows[path]]
        for a, b in changes(m, everyone, i, column):
            before, after = (explain.outcomes(m.tables[path], {**box, column: v}) for v in (a, b))
            for k, x in before:
                for z, y in after:
                    if levels[k] != levels[z] and all(x[c] & y[c] for c in x if c != column):
                        return True
    return False


def changes(m: Machine, everyone: explain.Cases, i: str, column: str) -> set[tuple[int, int]]:
    """The changes of a column, as values before and after, that a change of ``i`` alone can cause."""
    if column not in m.folds:
        legal = [b for b in m.bits[i].values() if b & everyone.sets[m.numbers[i]]]
        return {(a, b) for a in legal for b in legal if a != b}
    others = {0}
    for x in m.lists[column]["items"]:
        if x != i:
            others = {p | b for p in others for b in m.bits[x].values() if b & everyone.sets[m.numbers[x]]}
    fold, own = m.folds[column], list(m.bits[i].values())
    ends = {(1 << fold[p | a], 1 << fold[p | b]) for p in others for a in own for b in own}
    return {(a, b) for a, b in ends if a != b}


# ---- the smallest sufficient reasons


def ways(m: Machine, case: Case, column: str) -> list[tuple[int, int, dict[str, int]]]:
    """How to hold a column with known facts: (how many, the values left possible, how many facts of each value)."""
    items = [i for i in m.inputs_of(column) if i in m.inputs]
    have = {v: sum(case[i] == v for i in items) for v in dict.fromkeys(case[i] for i in items) if v != "unknown"}
    best: dict[int, tuple[int, int, dict[str, int]]] = {}
    for counts in product(*(range(n + 1) for n in have.values())):
        told = dict(zip(have, counts, strict=True))
        held: Case = {}
        for v, n in told.items():
            held.update(dict.fromkeys([i for i in items if case[i] == v][:n], v))
        left = explain.Cases(
            m, "book", [m.bits[i][held[i]] if i in held else explain.full(m, i) for i in m.ids]
        ).column(column)
        if left not in best or sum(counts) < best[left][0]:
            best[left] = (sum(counts), left, told)
    return sorted(best.values(), key=lambda w: w[0])


def smallest(m: Machine, case: Case) -> list[dict[str, dict[str, int]]]:
    """The smallest sufficient reasons of a case whose level is forced: column -> how many facts of each value.

    Facts of one value on one checklist are alike, so each entry stands for every choice of so many of them.
    Exact: branch and bound over the columns of the path, which share no input.
    """
    path, level = m.path(case, "book"), m.level(case, "book")
    choice = {c: ways(m, case, c) for c in m.columns[path] if c != "ketamine_status"}
    status = m.bits["ketamine_status"][case["ketamine_status"]]
    rows = [row["level"] for row in m.rows[path]]

    def forces(held: Mapping[str, int]) -> bool:
        box = {c: held[c] if c in held else choice[c][-1][1] for c in choice}
        if "ketamine_status" in m.columns[path]:
            box["ketamine_status"] = status
        return all(rows[n] == level for n, _ in explain.outcomes(m.tables[path], box))

    best: list[Any] = [sum(c[-1][0] for c in choice.values()) + 1, []]
    order = sorted(choice, key=lambda c: -choice[c][-1][0])

    def search(n: int, held: dict[str, int], cost: int, told: dict[str, dict[str, int]]) -> None:
        if cost > best[0] or not forces(held):
            return
        if n == len(order):
            if cost < best[0]:
                best[:] = [cost, []]
            best[1].append(told)
            return
        for k, left, counts in choice[order[n]]:
            search(n + 1, {**held, order[n]: left}, cost + k, {**told, order[n]: counts})

    search(0, {}, 0, {})
    return best[1]


def reasons(m: Machine, case: Case) -> tuple[list[str], list[str], bool]:
    """Of the smallest sufficient reasons: the inputs whose facts worry, those whose facts reassure, and whether any
    one of the worrying facts is enough beside the reassuring ones."""
    found = smallest(m, case)
    worry: list[str] = []
    calm: list[str] = []
    alone = True
    for i in m.ids:
        column = next((c for c in found[0] if i in m.inputs_of(c)), "")
        if column and any(r[column].get(case[i], 0) for r in found):
            (calm if m.calm(i, case[i]) else worry).append(i)
    for r in found:
        needed = [
            n
            for c, told in r.items()
            for v, n in told.items()
            if n and any(case[i] == v for i in worry if i in m.inputs_of(c))
        ]
        alone = alone and sum(needed) == 1
    return worry, calm, alone


# ---- the words


def fact(m: Machine, i: str, value: str) -> str:
    """A fact as an option: the short name of the question and the answer."""
    words = m.label(i, value)
    return f"{m.inputs[i]['short']}: {words.lower() if value in ('yes', 'no') else words}"


def told_in(v: Mapping[str, Any]) -> list[str]:
    """The inputs that a case states beside its base, which is what its story tells."""
    return [pair.split("=")[0] for pair in v["case"].split()]


def settled(m: Machine, case: Case, inputs: list[str]) -> str:
    """Reassuring facts as a sentence, a checklist at a time where all of it is among them; nothing without any."""
    path, out, left = m.path(case, "book"), [], list(inputs)
    for c in m.columns[path]:
        items = [i for i in m.inputs_of(c) if i in left]
        if c in m.folds and items == [i for i in m.inputs_of(c) if i in m.inputs]:
            state = {"yes": "all in place", "no": "none"}[case[items[0]]] if len({case[i] for i in items}) == 1 else ""
            if state:
                out.append(f"{m.lists[c]['title'].lower()}: {state}")
                left = [i for i in left if i not in items]
    out = [f"{m.inputs[i]['label']}: {m.label(i, case[i]).lower()}" for i in left] + out
    return f"Known as well: {'; '.join(out)}." if out else ""


def rests_on(m: Machine, row: Mapping[str, Any], inputs: Iterable[str]) -> tuple[str, ...]:
    """The claims of a row and of inputs, each once."""
    return tuple(dict.fromkeys([*row["claims"], *(c for i in inputs for c in m.inputs[i]["claims"])]))


def turned(names: list[T], by: int) -> list[T]:
    """The same list begun elsewhere, so that cases do not all offer the same distractors."""
    return names[by % len(names) :] + names[: by % len(names)] if names else []


def shuffled(options: list[Option], by: int) -> tuple[Option, ...]:
    """Options in an order that tells nothing: by the vocabulary, begun at a place that the case gives."""
    order = {i: n for n, i in enumerate(machine().ids)}
    return tuple(turned(sorted(options, key=lambda x: order.get(x.name, 0)), by))


# ---- the questions


def decides(m: Machine, name: str, v: Mapping[str, Any]) -> Question | None:
    """Which facts fix the level: for a case whose level no open answer can move, and which worrying facts decide."""
    case, number = dict(v["answers"]), int(name[1:])
    level = m.level(case, "book")
    if level in space.PERMITS or forced(m, case) != level:
        return None  # what permits ketamine rests on every answer: there one asks what is missing
    right, calm, alone = reasons(m, case)
    if not right:
        return None
    held = {i: case[i] for i in calm}
    known = [i for i in m.ids if case[i] != "unknown" and i not in right and i not in calm and i != "ketamine_status"]
    told = [i for i in known if i in told_in(v) and not m.calm(i, case[i])]
    other = [i for i in turned(known, number) if i not in told]
    wrong: list[str] = []
    for i in told + other:
        if len(wrong) < WRONG and not matters(m, case, i) and needless(m, case, held, right, i):
            wrong.append(i)
    words = m.level_info(m.path(case, "book"), level)["name"]
    row = m.rows[m.path(case, "book")][m.deciding(case, "book")[1][0]]
    each = "is enough" if alone else "is part of the smallest reason"
    options = [Option(i, fact(m, i, case[i]), True, f"Right: it {each}. {m.inputs[i]['why']}") for i in right]
    options += [
        Option(i, fact(m, i, case[i]), False, f"Whatever the answer here, the level stays “{words}”.") for i in wrong
    ]
    lead = (
        "Each right answer is enough alone." if alone and len(right) > 1 else "All right answers together are needed."
    )
    which = "Which of these facts fix" if len(right) > 1 else "Which one of these facts fixes"
    asked = f"The level is “{words}”. {which} it, whatever the answers to everything else?"
    return Question(
        f"Q{name[1:]}", "decides", name, v["narrative"], settled(m, case, calm),
        f"{asked} {lead if len(right) > 1 else ''}".strip(), shuffled(options, number), rests_on(m, row, right),
    )  # fmt: skip


def needless(m: Machine, case: Case, held: Case, right: list[str], i: str) -> bool:
    """Whether a fact is in no sufficient reason made of it and the right facts, beside those held."""
    path = {"ketamine_status": case["ketamine_status"]}
    for n in range(len(right) + 1):
        for some in combinations(right, n):
            without = {**path, **held, **{x: case[x] for x in some}}
            if not forced(m, without) and forced(m, {**without, i: case[i]}):
                return False
    return True


def asks(m: Machine, name: str, v: Mapping[str, Any]) -> Question | None:
    """What to ask: for a case that open answers can still move, or from which two answers are taken out for it."""
    case, number = dict(v["answers"]), int(name[1:])
    path = m.path(case, "book")
    if not explain.questions(m, case, "book"):
        needed = [
            i for i in m.ids if m.inputs[i][path] == "always" and i not in ("age_group", "setting", "ketamine_status")
        ]
        case.update(dict.fromkeys(turned(needed, 5 * number)[:2], "unknown"))
    left = explain.questions(m, case, "book")
    if not left:
        return None
    few = len(left) <= 3 and case["ketamine_status"] != "unknown"  # else the path itself comes first
    right = left if few else left[:1]
    wrong: list[str] = []
    for i in turned([i for i in m.ids if i not in left], 7 * number):
        if (
            len(wrong) < WRONG
            and i not in told_in(v)
            and not matters(m, {**case, **dict.fromkeys(wrong, "unknown")}, i)
        ):
            wrong.append(i)
    case.update(dict.fromkeys(wrong, "unknown"))
    if any(matters(m, case, i) for i in wrong) or explain.questions(m, case, "book") != left:
        return None
    row = m.rows[path][m.deciding(case, "book")[1][0]]
    question = {i: m.inputs[i]["question"] for i in right + wrong}
    options = [
        Option(i, question[i], True, f"Right: an answer can still change the level. {m.inputs[i]['why']}")
        for i in right
    ]
    options += [Option(i, question[i], False, "No answer to this can change the level of this case.") for i in wrong]
    one = "Which of these can still change the level?" if few else "Which of these is asked next?"
    known = sum(case[i] != "unknown" for i in m.ids)
    return Question(
        f"Q{name[1:]}", "ask", name, v["narrative"],
        f"Suppose that {known} of the {len(m.ids)} answers are known, and that these are not among them.", one,
        shuffled(options, number), rests_on(m, row, right),
    )  # fmt: skip


def alone(m: Machine, rows: list[int], table: str, i: str, value: str) -> bool:
    """Whether one fact makes one of the rows match in every completion."""
    cases = explain.Cases(m, "book", [m.bits[x][value] if x == i else explain.full(m, x) for x in m.ids])
    return any(
        all(not (m.mask(c, ["book"]) if c == "reading" else cases.column(c)) & ~mask for c, mask in m.tables[table][n])
        for n in rows
    )


def brings(m: Machine, claim: str, cases: Mapping[str, Any]) -> Question | None:
    """Which facts bring a caution or a note that rests on a claim: the first case that shows it best."""
    for table in SAID:
        for ident in dict.fromkeys(r["id"] for r in m.rows[table] if claim in r["claims"]):
            rows = [n for n, r in enumerate(m.rows[table]) if r["id"] == ident]
            columns = [dict(m.tables[table][n]) for n in rows]
            if any({"level", "path"} & set(c) or set(c) <= {"reading"} for c in columns):
                continue  # these hang on the decision, or on nothing
            inputs = {i for n in rows for c, _ in m.tables[table][n] if c != "reading" for i in m.inputs_of(c)}
            for name in sorted(cases, key=lambda n: (claim not in cases[n]["claims"].split("; "), n)):
                case = dict(cases[name]["answers"])
                known = [i for i in m.ids if case[i] != "unknown"]
                right = [i for i in known if not m.calm(i, case[i]) and alone(m, rows, table, i, case[i])]
                others = [i for i in known if i != "age_group"]  # an age may bring it by way of another fact
                wrong = [i for i in others if i not in inputs and i in told_in(cases[name])]
                wrong += [i for i in turned(others, int(name[1:])) if i not in inputs and i not in wrong]
                if right and len(wrong) >= WRONG and m.path(case, "book") in space.BOOK:
                    return said(m, claim, name, cases[name], m.rows[table][rows[0]], right, wrong[:WRONG])
    return None


def said(
    m: Machine, claim: str, name: str, v: Mapping[str, Any], row: Any, right: list[str], wrong: list[str]
) -> Question:
    """The question about a caution or note, from its parts."""
    case, title = v["answers"], row["title"]
    options = [Option(i, fact(m, i, case[i]), True, f"Right: it is enough alone. {m.inputs[i]['why']}") for i in right]
    options += [Option(i, fact(m, i, case[i]), False, "It has no part in this, whatever the answer.") for i in wrong]
    which = "Which of these facts bring it, each alone" if len(right) > 1 else "Which one of these facts brings it"
    asked = f"The answer for this person has a caution or note, “{title}”. {which}?"
    return Question(
        about(claim), "brings", name, v["narrative"], "", asked, shuffled(options, int(name[1:])),
        tuple(dict.fromkeys([claim, *row["claims"]])),
    )  # fmt: skip


def about(claim: str) -> str:
    """The id of a question about a claim; an amount in the claim's id is left out."""
    return "Q-" + re.sub(r"-\d.*", "", claim)


def verdict(claim: str) -> Question:
    """What our check found of a statement of the article: from the register, where no case can decide it."""
    c = facts.cards()[claim]
    told, found = (
        next(c[x] for x in columns if not any(doses(c[x]))) for columns in TOLD
    )  # the figure stays where it is
    other = f"Our check says: {facts.VERDICTS[c['verdict']][1]}."
    options = [
        Option(v, words, v == c["verdict"], f"Right. {found}" if v == c["verdict"] else other)
        for v, (_, words) in facts.VERDICTS.items()
    ]
    asked = "What did our check find of this statement? The key is its verdict, and no theorem of the tables."
    return Question(about(claim), "verdict", "", told, "", asked, tuple(options), (claim,))


def section(claim: str) -> str:
    """The section of the article in which a claim stands."""
    return facts.cards()[claim]["section"]


def made(m: Machine, cases: Mapping[str, Any]) -> dict[str, Question]:
    """Every question from these cases by these tables, by its id: the same from the same."""
    found = [decides(m, n, v) or asks(m, n, v) for n, v in cases.items()]
    out = {q.id: q for q in found if q}
    unsafe = [c for c, row in decision.claims().items() if row["unsafe"] == "yes"]
    for claim in unsafe:
        if q := brings(m, claim, cases):
            out[q.id] = q
    covered = {c for q in out.values() for c in q.claims}
    out |= {about(c): verdict(c) for c in unsafe if c not in covered}
    order = sorted(facts.cards(), key=lambda c: facts.cards()[c]["verdict"] == "supported")
    for name, mine in placed(out).items():  # each chapter has something to ask
        more = [c for c in order if section(c) == name and about(c) not in out]
        out |= {about(c): verdict(c) for c in more[: FEW - len(mine)]}
    return out


def placed(found: Mapping[str, Question]) -> dict[str, list[Question]]:
    """Section of the article -> the questions at the end of its chapter, kinds and cases mixed, each question once.

    First those whose first claim stands there; where these are few, others that rest on a claim of the chapter.
    """
    out: dict[str, list[Question]] = {section(c): [] for c in facts.cards()}
    left = sorted(found.values(), key=lambda q: q.id)
    for first in (1, None):
        for name, mine in out.items():
            while len(mine) < FEW:
                kinds, people = [[getattr(q, x) for q in mine] for x in ("kind", "case")]
                fit = [q for q in left if name in map(section, q.claims[:first])]
                if not fit:
                    break
                mine.append(min(fit, key=lambda q: (bool(q.case) and q.case in people, kinds.count(q.kind), q.id)))
                left.remove(mine[-1])
    return out


@lru_cache
def questions() -> dict[str, Question]:
    """The questions of the book."""
    return made(machine(), decision.vignettes(everyone=True))


@lru_cache
def chapters() -> dict[str, list[Question]]:
    """Section of the article -> the questions at the end of its chapter."""
    return placed(questions())


def uncovered() -> list[str]:
    """The claims marked unsafe about which there is no question."""
    have = {c for q in questions().values() for c in q.claims}
    return [c for c, row in decision.claims().items() if row["unsafe"] == "yes" and c not in have]

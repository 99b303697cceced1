"""Nothing that the package hands out can be edited in place; copies can, and decide by their own rules."""

import copy
import json
import pickle

import oracle
import pytest

import decision
from decision import KNOWLEDGE, case_of, decide, load, rows, space, vignettes
from decision.api import machine
from decision.machine import Machine
from decision.readonly import SAID, ReadOnlyDict, ReadOnlyList, freeze
from decision.tables import default

GIVEN = {  # what each public name hands out
    "checklists": decision.checklists,
    "adjudications": decision.adjudications,
    "audit": lambda: vars(decision.audit("article")),
    "claims": decision.claims,
    "decide": lambda: {k: v for k, v in vars(decide(oracle.GOOD_ON)).items() if not k.startswith("_")},
    "disagreements": decision.disagreements,
    "gaps": decision.gaps,
    "inputs": decision.inputs,
    "level_names": decision.level_names,
    "load": lambda: load(KNOWLEDGE),
    "ratings": decision.ratings,
    "readings": decision.readings,
    "rows": lambda: {table: rows(table) for table in machine().rows},
    "sources": decision.sources,
    "vignettes": decision.vignettes,
}
OWN = {"case_of", "decide_frame", "tidy", "what_if"}  # what these give belongs to who asked
NOT_DATA = {"KNOWLEDGE", "NOTICE", "Audit", "Decision", "Hole", "Item", "KnowledgeError"}
EDITS = {
    dict: {
        "put": lambda x: x.__setitem__(next(iter(x), "a"), "b"),
        "del": lambda x: x.__delitem__(next(iter(x), "a")),
        "|=": lambda x: x.__ior__({"a": "b"}),
        "pop": lambda x: x.pop(next(iter(x), "a"), None),
        "popitem": lambda x: x.popitem(),
        "clear": lambda x: x.clear(),
        "update": lambda x: x.update(a="b"),
        "setdefault": lambda x: x.setdefault("a", "b"),
    },
    list: {
        "put": lambda x: x.__setitem__(0, "b"),
        "slice": lambda x: x.__setitem__(slice(0, 0), ["b"]),
        "del": lambda x: x.__delitem__(slice(None)),
        "+=": lambda x: x.__iadd__(["b"]),
        "*=": lambda x: x.__imul__(0),
        "append": lambda x: x.append("b"),
        "extend": lambda x: x.extend(["b"]),
        "insert": lambda x: x.insert(0, "b"),
        "pop": lambda x: x.pop(),
        "remove": lambda x: x.remove(x[0] if x else "b"),
        "clear": lambda x: x.clear(),
        "sort": lambda x: x.sort(),
        "reverse": lambda x: x.reverse(),
    },
}


def containers(x):
    """Every dict and list in what was handed out, however deep; the parts of an item too."""
    if isinstance(x, dict | list):
        yield x
    items = decision.Item | decision.Hole
    parts = vars(x).values() if isinstance(x, items) else x.values() if isinstance(x, dict) else x
    for y in parts if isinstance(x, dict | list | tuple | items) else ():
        yield from containers(y)


def answers():
    """What the package says of some people, in full: the surface, and the whole answer of each."""
    people = [oracle.UNKNOWN, oracle.GOOD_START, oracle.GOOD_ON, {**oracle.GOOD_START, "pregnant": "yes"}]
    people += [v["answers"] for v in vignettes().values()]
    return [space.digest(), *(str(decide(p)) for p in people), *(str(decide(p, reading="article")) for p in people)]


def test_every_public_name_is_looked_at():
    """A name added to the public face has to be added here, to be tried or named as no data of the book."""
    assert {*GIVEN, *OWN, *NOT_DATA} == set(decision.__all__)


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_handed_out_cannot_be_edited_in_place(name):
    """Every way of changing any dict or list in it raises, says what to do instead, and changes nothing."""
    given = GIVEN[name]()
    before, said = json.dumps(given, default=vars), answers()
    tried = 0
    for x in containers(given):
        if x is given and name in ("audit", "decide", "rows"):
            continue  # made here, to hold what was given
        for edit in EDITS[dict if isinstance(x, dict) else list].values():
            with pytest.raises(TypeError, match="cannot be edited in place; to try another rule, use what_if"):
                edit(x)
            tried += 1
    assert tried and json.dumps(given, default=vars) == before
    assert answers() == said and default() == load(KNOWLEDGE)


@pytest.mark.parametrize("kind, read_only", [(dict, ReadOnlyDict), (list, ReadOnlyList)])
def test_every_way_of_editing_is_refused(kind, read_only):
    """Whatever a plain dict or list can do to itself and a tuple or a string cannot is closed, by name."""
    looks = {"copy", "fromkeys", "get", "items", "keys", "values", "index", "count"}
    ways = {w for w in dir(kind) if not w.startswith("_") and w not in looks}
    ways |= {w for w in dir(kind) if w in ("__setitem__", "__delitem__", "__ior__", "__iadd__", "__imul__")}
    for way in ways:
        with pytest.raises(TypeError, match=f"^{read_only.__name__}: {SAID[:20]}"):
            getattr(read_only(), way)("a")


def test_an_answer_cannot_be_edited():
    """Neither a field of an answer or an item, nor the case, the reasons or the claims behind one."""
    d = decide(pregnant="yes")
    for thing, field in ((d, "level"), (d, "urgent"), (d.reasons[0], "text")):
        with pytest.raises(AttributeError):
            setattr(thing, field, "other")
    for edit in (
        lambda: d.case.update(pregnant="no"),
        lambda: d.risk.clear(),
        lambda: d.reasons.clear(),
        lambda: d.missing.append("pregnant"),
        lambda: d.reasons[0].claims.append("risk-sud"),
        lambda: d.reasons[0].because_of[0].reverse(),
        lambda: d.other_care.pop(),
    ):
        with pytest.raises(TypeError):
            edit()
    assert d == decide(pregnant="yes")


def test_what_is_asked_for_anew_is_ones_own():
    """A case, a plain answer and the lists of questions may be edited; the next who asks gets the book's."""
    before = answers()
    case = case_of("V18")
    case.clear()
    d = decide(oracle.UNKNOWN)
    plain = d.to_dict()
    plain["reasons"].clear()
    plain["other_care"][0].update(text="other words")
    d.questions.clear()
    d.possible.clear()
    d.why().clear()
    assert case_of("V18") == vignettes()["V18"]["answers"] and d.questions and d.possible and d.why()
    assert d.to_dict()["reasons"] and answers() == before


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"])
def test_a_copy_may_be_edited_at_any_depth(name, copied):
    """``copy.deepcopy`` gives plain dicts and lists all the way down, with the same content."""
    given = GIVEN[name]()
    twin = copied(given)
    assert twin == given
    for x in containers(twin):
        assert type(x) in (dict, list)


def test_dict_and_list_give_copies_that_may_be_edited():
    """``dict(x)``, ``list(x)``, ``x.copy()``, ``x[:]`` and ``{**x}`` are plain; the original keeps its content."""
    some = freeze({"a": [1, 2]})
    for twin in (dict(some), some.copy(), {**some}, some | {}):
        assert type(twin) is dict
        twin["a"] = 0
    for twin in (list(some["a"]), some["a"].copy(), some["a"][:], some["a"] + []):
        assert type(twin) is list
        twin.clear()
    assert some == {"a": [1, 2]}


def test_a_rule_tried_in_a_copy_decides_there_and_nowhere_else():
    """A machine over an edited deep copy follows it; the package's own answer stays."""
    model = copy.deepcopy(default())
    hard = next(row for t in model["tables"] if t["name"] == "start" for row in t["rows"] if row["row"] == "R-HARD")
    hard["level"] = "OUT_OF_SCOPE"
    case = {**oracle.GOOD_START, "pregnant": "yes"}
    assert Machine(model).level(case, "book") == "OUT_OF_SCOPE"
    assert decide(case).level == machine().level(case, "book") == "AVOID"

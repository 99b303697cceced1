"""What an answer that asks only some questions would let through, although the tables would not.

The answer is taken at its best: it lets a person through when whatever it asks is answered reassuringly. What it
does not ask may be anything. A *harm* is a smallest set of facts that, all else reassuring, keeps the tables from
their most permissive level or calls for help today; an answer closes it by asking about any one of these facts.
Runs in CPython and in MicroPython, as ``machine`` does.
"""

try:  # in the page the shared modules stand side by side
    from explain import Cases, full
    from machine import URGENT_TABLE
    from wording import headline
except ImportError:
    from .explain import Cases, full
    from .machine import URGENT_TABLE
    from .wording import headline

PATHS = ("start", "on")
SEVERITY = ("urgent", "stop", "hold")  # gravest first


def fine(inputs, path):
    """Everybody's answers when nothing is amiss: what reassures, and unknown where the path asks for no such answer."""
    out = {}
    for i in inputs:
        calm = i["calm"] and (i[path] != "–" or i["calm"][0] == "no")
        out[i["id"]] = i["calm"][0] if calm else "unknown"
    if path == "on":
        out["ketamine_status"] = "on"
    return out


def ways(machine, base, box):
    """The fewest facts that move ``base`` into a box, in every way: lists of [input, value].

    One fact moves a checklist wherever known facts can, because its worrying value is the first to count.
    """
    out = [[]]
    for c in sorted(box):
        if machine.bit(c, base) & box[c]:
            continue
        answers = [(i, v) for i in machine.inputs_of(c) for v in machine.values[i] if v not in ("unknown", base[i])]
        facts = [[i, v] for i, v in answers if machine.bit(c, dict(base, **{i: v})) & box[c]]
        out = [way + [fact] for way in out for fact in facts]
    return out


def harms(machine):
    """Every harm on both paths, gravest first, each with what the tables say of it. They depend on the tables alone."""
    m, out = machine, []
    for path in PATHS:
        base = fine(m.model["inputs"], path)
        sets = [full(m, i) & ~m.bits[i]["unknown"] for i in m.ids]
        sets[m.numbers["ketamine_status"]] = m.bits["ketamine_status"][base["ketamine_status"]]
        boxes = [box for _, n, box in Cases(m, "book", sets).pieces() if m.below(path, m.level_ids[n])]
        boxes += [dict(conditions) for conditions in m.tables[URGENT_TABLE]]
        least = []
        for way in sorted([way for box in boxes for way in ways(m, base, box)], key=lambda way: len(way)):
            if not any(all(fact in way for fact in x) for x in least):
                least.append(way)
        out += [harm(m, base, sorted(way, key=lambda x: m.numbers[x[0]])) for way in least]

    def order(h):
        facts = [(m.numbers[i], m.values[i].index(v)) for i, v in h["facts"]]
        return SEVERITY.index(h["severity"]), PATHS.index(h["path"]), facts  # whole: MicroPython's sort is not stable

    return sorted(out, key=order)


def harm(machine, base, facts):
    """One harm: the facts, the person who has them and is otherwise as ``base``, and what the tables say of them."""
    case = dict(base, **dict(facts))
    answer = machine.verdict(case, "book")
    grave = "urgent" if answer["urgent"] else "stop" if machine.below(answer["path"], answer["level"]) > 1 else "hold"
    out = {"facts": facts, "case": case, "severity": grave, "headline": headline(machine, answer)}
    out.update({key: answer[key] for key in ("path", "level", "urgent")})
    out.update({key: answer["reasons"][0][key] for key in ("rule", "row", "text", "claims", "sources", "certainty")})
    return out


def fewest(sets, most):
    """A list of at most so many inputs that meets each of ``sets``; None where there is none."""
    for i in sets[0] if sets and most else []:
        rest = fewest([s for s in sets if i not in s], most - 1)
        if rest is not None:
            return [i] + rest
    return None if sets else []


def audited(machine, known, asked):
    """The audit of an answer that asks ``asked``; ``known``: the harms, as ``harms`` lists them."""
    asked, left, closed, touched = set(asked), [], {}, {"ketamine_status"}
    for h in known:
        inputs = [i for i, _ in h["facts"]]
        touched.update(inputs)
        if asked.isdisjoint(inputs):
            left.append(h)
            for i in inputs:  # how many of each severity it closes
                closed.setdefault(i, [0] * len(SEVERITY))[SEVERITY.index(h["severity"])] += 1
    must = set([h["facts"][0][0] for h in left if len(h["facts"]) == 1])
    more = [[i for i, _ in h["facts"]] for h in left if len(h["facts"]) > 1]
    more = [s for s in more if must.isdisjoint(s)]
    few = next(x for x in (fewest(more, n) for n in range(len(more) + 1)) if x is not None)
    return {
        "asked": [i for i in machine.ids if i in asked],
        "holes": left,
        "nearest": left[0] if left else None,
        "next_question": max([i for i in machine.ids if i in closed], key=lambda i: closed[i]) if left else None,
        "closing": [i for i in machine.ids if i in must or i in few],
        "idle": [i for i in machine.ids if i in asked and i not in touched],
    }

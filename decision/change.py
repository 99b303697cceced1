"""What would change the level: the fewest other answers that lead to each other level, exactly.

Runs in CPython and in MicroPython, as ``machine`` does.
"""

try:  # in the page the shared modules stand side by side
    from explain import Cases
except ImportError:
    from .explain import Cases

CHANGE, KNOWN, HARM = 1 << 20, 1 << 10, 1  # what a change costs: itself, a known fact moved, an answer that worries


def moves(machine, case, i):
    """What input ``i`` may become, as (value, cost): itself for nothing; another answer if it can change."""
    known = case[i] != "unknown"
    others = [] if known and not machine.inputs[i]["changeable"] else machine.values[i]
    cost = CHANGE + (KNOWN if known else 0)
    out = [(v, cost + (0 if machine.calm(i, v) else HARM)) for v in others if v not in ("unknown", case[i])]
    return [(case[i], 0)] + out


def ways(machine, case, column):
    """The cheapest ways to give a column its values: (cost, value as a set, answers present, changes) for each.

    A checklist's value depends only on which answers are present among its items, so the items are taken one by
    one and for each set of answers present the cheapest way so far is kept. An input is a list of one.
    """
    best = {0: (0, [])}
    for item in machine.inputs_of(column):
        new = {}
        for present in sorted(best):
            before, changes = best[present]
            for v, cost in moves(machine, case, item):
                key = present | machine.bits[item][v]
                if key not in new or before + cost < new[key][0]:
                    new[key] = (before + cost, changes + ([[item, v]] if v != case[item] else []))
        best = new
    fold = machine.folds.get(column)
    return [(best[p][0], 1 << fold[p] if fold else p, p, best[p][1]) for p in best]


def what_would_change(machine, case, reading):
    """For each other level within reach: the fewest [input, new value] that lead there, exactly. Fewest first.

    Known inputs move only if the vocabulary says they can change; unknown ones may be answered. Among equally few,
    unanswered questions come before changed facts and reassuring answers before others. The cost of reaching a
    box is a sum over its columns, which share no input, so the cheapest corner of the cheapest box is the minimum.
    A list says what would differ, not what to aim for.
    """
    here = machine.level(case, reading)
    sets = [machine.mask(i, [v for v, _ in moves(machine, case, i)]) for i in machine.ids]
    known, best = {}, {}
    for _, n, box in Cases(machine, reading, sets).pieces():
        level = machine.level_ids[n]
        for column in box:
            if column not in known:
                known[column] = ways(machine, case, column)
        chosen = [min([w for w in known[c] if w[1] & box[c]], key=lambda w: w[:3]) for c in box]
        cost = sum([w[0] for w in chosen])
        if level != here and (level not in best or cost < best[level][0]):
            best[level] = (cost, [change for w in chosen for change in w[3]])
    out = [[level, sorted(best[level][1], key=lambda x: machine.numbers[x[0]])] for level in best]
    return sorted(out, key=lambda x: (len(x[1]), machine.level_ids.index(x[0])))

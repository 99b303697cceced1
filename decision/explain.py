"""Explanations from one primitive: which outcomes remain possible if inputs may vary?

``outcomes`` walks a first-match table with a box, one set of values for each column.
Each row takes its part of the box; what is left goes on to the next row, cut into smaller boxes.
Because no input stands in two columns of a verdict table, the answer is exact.
Runs unchanged in CPython and MicroPython, as ``machine`` does.
"""


def outcomes(rows, box):
    """Indices of the rows that decide some case in ``box``; -1 where a case finds no row.

    ``rows``: for each row a list of (column, set); ``box``: a dict from column to set.
    """
    found = []
    boxes = [box]
    for n, conditions in enumerate(rows):
        rest = []
        hit = False
        for b in boxes:
            if any(not b[c] & mask for c, mask in conditions):
                rest.append(b)
                continue
            hit = True
            b = dict(b)
            for c, mask in conditions:
                outside = b[c] & ~mask
                if outside:
                    piece = dict(b)
                    piece[c] = outside
                    rest.append(piece)
                    b[c] &= mask
        if hit:
            found.append(n)
        boxes = rest
        if not boxes:
            return found
    return found + [-1]


def full(machine, column):
    """Every value of a column."""
    return (1 << len(machine.values[column])) - 1


def step(seen, given):
    """Which sets of values can be present after one more item, as an integer with a bit for each set.

    ``seen``: the same before it; ``given``: the values the item may take.
    """
    out = 0
    for p in range(8):
        if seen >> p & 1:
            for n in range(3):
                if given >> n & 1:
                    out |= 1 << (p | 1 << n)
    return out


def image(machine, column, sets):
    """The values a column can take when its inputs range over ``sets`` (input -> set)."""
    if column not in machine.folds:
        return sets[column]
    steps = machine.steps  # remembered, because few occur
    seen = 1
    for item in machine.lists[column]["items"]:
        key = seen << 3 | sets[item]
        if key not in steps:
            steps[key] = step(seen, sets[item])
        seen = steps[key]
    key = (column, seen)
    if key not in steps:
        out = 0
        for p in range(1, 8):
            if seen >> p & 1:
                out |= 1 << machine.folds[column][p]
        steps[key] = out
    return steps[key]


def fixed(machine, case):
    """The sets that hold exactly this case."""
    return {i: machine.mask(i, [case[i]]) for i in machine.ids}


def opened(machine, case):
    """The sets in which every unknown input may take any value."""
    sets = fixed(machine, case)
    for i in machine.ids:
        if case[i] == "unknown":
            sets[i] = full(machine, i)
    return sets


def boxes(machine, sets, reading):
    """The (path, box) pairs that the cases within ``sets`` fall into; a box is a list in column order."""
    status = sets["ketamine_status"]
    on = machine.mask("ketamine_status", ["on"])
    parts = [("article", status)] if reading == "article" else [("start", status & ~on), ("on", status & on)]
    return [(path, [kept if c == "ketamine_status" else image(machine, c, sets) for c in machine.columns[path]])
            for path, kept in parts if kept]


def level_set(machine, parts):
    """The levels that occur in (path, box) pairs, as an integer with a bit for each of ``machine.level_ids``."""
    out = 0
    for path, box in parts:
        key = (path, tuple(box))
        if key not in machine.cache:
            if len(machine.cache) > 4000:
                machine.cache.clear()
            found = 0
            for n in outcomes(machine.tables[path], dict(zip(machine.columns[path], box))):  # noqa: B905
                found |= 1 << machine.level_ids.index(machine.rows[path][n]["level"])
            machine.cache[key] = found
        out |= machine.cache[key]
    return out


def levels(machine, sets, reading):
    """The levels that some case within ``sets`` gets, most cautious first."""
    found = level_set(machine, boxes(machine, sets, reading))
    return [level for n, level in enumerate(machine.level_ids) if found >> n & 1]


def possible(machine, case, reading):
    """Levels still reachable: unknown inputs may be answered in any way or stay unknown."""
    return levels(machine, opened(machine, case), reading)


def varied(machine, parts, i, new, sets, reading):
    """Put the set of input ``i`` to ``new`` in ``sets``; the parts that follow from ``parts``, the parts before.

    Only the column that ``i`` stands in is worked out again.
    """
    sets[i] = new
    if i == "ketamine_status":
        return boxes(machine, sets, reading)
    out = []
    for path, box in parts:
        at = machine.column_of[path].get(i)
        if at is not None:
            box = list(box)
            box[at] = image(machine, machine.columns[path][at], sets)
        out.append((path, box))
    return out


def questions(machine, case, reading, only_first=False):
    """Unknown inputs whose answer can still change the level or the urgent flag, in asking order.

    Varying one input moves only the column it stands in, and open items of one column move it alike.
    """
    sets = opened(machine, case)
    parts = boxes(machine, sets, reading)
    reachable = level_set(machine, parts)
    several = reachable & (reachable - 1)  # with one level left, no answer moves it
    urgent = machine.lists["urgent"]["items"]
    settled = any(case[i] == "yes" for i in urgent)
    known, out = {}, []
    for i in machine.ids:
        if case[i] != "unknown":
            continue
        matters = i in urgent and not settled
        place = tuple([machine.column_of[path].get(i) for path, _ in parts])
        if several and not matters and any(at is not None for at in place):
            if place not in known:
                kept = sets[i]
                first = level_set(machine, varied(machine, parts, i, 1, sets, reading))
                known[place] = any(first != level_set(machine, varied(machine, parts, i, 1 << n, sets, reading))
                                   for n in range(1, len(machine.values[i])))
                sets[i] = kept
            matters = known[place]
        if matters:
            out.append(i)
            if only_first:
                break
    return out


def why(machine, case, reading):
    """A minimal list of [input, value] that forces the level, whatever the other inputs are.

    Minimal: with any one of them set free, another level becomes possible.
    """
    sets = fixed(machine, case)
    parts = boxes(machine, sets, reading)
    level = level_set(machine, parts)

    def keep_longest(i):
        if case[i] == machine.inputs[i]["reassuring"]:
            return 0
        return 1 if case[i] == "unknown" else 2

    for worth in (0, 1, 2):
        for i in reversed(machine.ids):
            if keep_longest(i) == worth:
                kept = sets[i]
                free = varied(machine, parts, i, full(machine, i), sets, reading)
                if level_set(machine, free) == level:
                    parts = free
                else:
                    sets[i] = kept
    return [[i, case[i]] for i in machine.ids if sets[i] != full(machine, i)]


def what_would_change(machine, case, reading):
    """For each other level within reach: a minimal list of [input, new value] that leads there.

    Known inputs move only if the vocabulary says they can change; unknown ones may be answered.
    Fewest changes first. A list says what would differ, not what to aim for.
    """
    here = fixed(machine, case)
    current = level_set(machine, boxes(machine, here, reading))
    free = dict(here)
    movable = []
    for i in machine.ids:
        if case[i] == "unknown" or machine.inputs[i]["changeable"]:
            answers = full(machine, i) & ~machine.mask(i, ["unknown"])
            free[i] = here[i] | answers
            movable.append(i)
    order = [i for i in movable if case[i] != "unknown"] + [i for i in movable if case[i] == "unknown"]
    widest = boxes(machine, free, reading)
    out = []
    for n, level in enumerate(machine.level_ids):
        target = 1 << n
        if target == current or not target & level_set(machine, widest):
            continue
        sets = dict(free)
        parts = widest
        for i in order:
            less = varied(machine, parts, i, here[i], sets, reading)
            if target & level_set(machine, less):
                parts = less
            else:
                sets[i] = free[i]
        changes = []
        for i in movable:
            if sets[i] == here[i]:
                continue
            calm = machine.inputs[i]["reassuring"]  # tried first: no road leads through harm that need not be
            for v in [calm] + machine.values[i]:
                if v in machine.values[i] and v not in (case[i], "unknown"):
                    kept = sets[i]
                    one = varied(machine, parts, i, machine.mask(i, [v]), sets, reading)
                    if target & level_set(machine, one):
                        parts = one
                        changes.append([i, v])
                        break
                    sets[i] = kept
        out.append([level, changes])
    out.sort(key=lambda x: (len(x[1]), machine.level_ids.index(x[0])))  # MicroPython's sort is not stable
    return out

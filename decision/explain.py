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


def step(machine, seen, given):
    """Which sets of values can be present after one more item, as an integer with a bit for each set.

    ``seen``: the same before it; ``given``: the values the item may take. Remembered, because few occur.
    """
    key = seen << 3 | given
    if key not in machine.steps:
        out = 0
        for p in range(8):
            if seen >> p & 1:
                for n in range(3):
                    if given >> n & 1:
                        out |= 1 << (p | 1 << n)
        machine.steps[key] = out
    return machine.steps[key]


def image(machine, column, sets):
    """The values a column can take when its inputs range over ``sets`` (input -> set)."""
    if column not in machine.folds:
        return sets[column]
    seen = 1
    for item in machine.lists[column]["items"]:
        seen = step(machine, seen, sets[item])
    key = (column, seen)
    if key not in machine.steps:
        out = 0
        for p in range(1, 8):
            if seen >> p & 1:
                out |= 1 << machine.folds[column][p]
        machine.steps[key] = out
    return machine.steps[key]


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
    out = []
    for path, kept in parts:
        if kept:
            box = [kept if c == "ketamine_status" else image(machine, c, sets) for c in machine.columns[path]]
            out.append((path, box))
    return out


def levels_in(machine, parts):
    """The levels that occur in (path, box) pairs, most cautious first."""
    found = []
    for path, box in parts:
        key = (path, tuple(box))
        if key not in machine.cache:
            if len(machine.cache) > 4000:
                machine.cache.clear()
            rows = outcomes(machine.tables[path], dict(zip(machine.columns[path], box)))
            machine.cache[key] = [machine.rows[path][n]["level"] for n in rows]
        found += machine.cache[key]
    out = []
    for row in machine.model["levels"]:
        if row["level"] in found and row["level"] not in out:
            out.append(row["level"])
    return out


def levels(machine, sets, reading):
    """The levels that some case within ``sets`` gets, most cautious first."""
    return levels_in(machine, boxes(machine, sets, reading))


def possible(machine, case, reading):
    """Levels still reachable: unknown inputs may be answered in any way or stay unknown."""
    return levels(machine, opened(machine, case), reading)


def moved(machine, parts, i, sets, reading):
    """``parts`` after the set of input ``i`` changed: only the column it stands in is worked out again."""
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


def questions(machine, case, reading, skip=(), only_first=False):
    """Unknown inputs, but for ``skip``, whose answer can still change the level or the urgent flag.

    In asking order. Varying one input moves only the column it stands in, so the rest is kept.
    """
    sets = opened(machine, case)
    parts = boxes(machine, sets, reading)
    urgent = machine.lists["urgent"]["items"]
    settled = any(case[i] == "yes" for i in urgent)
    out = []
    for i in machine.ids:
        if case[i] != "unknown" or i in skip:
            continue
        matters = i in urgent and not settled
        if not matters and any(i in machine.column_of[path] for path, _ in parts):
            kept = sets[i]
            seen = []
            for n in range(len(machine.values[i])):
                sets[i] = 1 << n
                result = levels_in(machine, moved(machine, parts, i, sets, reading))
                if result not in seen:
                    seen.append(result)
            sets[i] = kept
            matters = len(seen) > 1
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
    level = levels(machine, sets, reading)

    def keep_longest(i):
        if case[i] == machine.inputs[i]["reassuring"]:
            return 0
        return 1 if case[i] == "unknown" else 2

    for worth in (0, 1, 2):
        for i in reversed(machine.ids):
            if keep_longest(i) == worth:
                kept = sets[i]
                sets[i] = full(machine, i)
                if levels(machine, sets, reading) != level:
                    sets[i] = kept
    return [[i, case[i]] for i in machine.ids if sets[i] != full(machine, i)]


def what_would_change(machine, case, reading):
    """For each other level within reach: a minimal list of [input, new value] that leads there.

    Known inputs move only if the vocabulary says they can change; unknown ones may be answered.
    Fewest changes first. A list says what would differ, not what to aim for.
    """
    here = fixed(machine, case)
    current = levels(machine, here, reading)[0]
    free = dict(here)
    movable = []
    for i in machine.ids:
        if case[i] == "unknown" or machine.inputs[i]["changeable"]:
            answers = full(machine, i) & ~machine.mask(i, ["unknown"])
            free[i] = here[i] | answers
            movable.append(i)
    order = [i for i in movable if case[i] != "unknown"] + [i for i in movable if case[i] == "unknown"]
    out = []
    for target in levels(machine, free, reading):
        if target == current:
            continue
        sets = dict(free)
        for i in order:
            sets[i] = here[i]
            if target not in levels(machine, sets, reading):
                sets[i] = free[i]
        changes = []
        for i in movable:
            if sets[i] == here[i]:
                continue
            for v in machine.values[i]:
                if v not in (case[i], "unknown"):
                    kept = sets[i]
                    sets[i] = machine.mask(i, [v])
                    if target in levels(machine, sets, reading):
                        changes.append([i, v])
                        break
                    sets[i] = kept
        out.append([target, changes])
    out.sort(key=lambda x: len(x[1]))
    return out


def as_text(machine, answer, notice):
    """The answer as plain text for a note, most important first."""
    info = machine.level_info(answer["path"], answer["level"])
    out = []
    if answer["urgent"]:
        out.append("URGENT: help today, whatever else is decided.")
    if answer["reading"] == "article":
        out.append("ARTICLE READING, for learning only: the article's four criteria and nothing else.")
    out.append(info["name"] + " [" + answer["level"] + "]")
    out.append(info["meaning"])
    for title, key in (
        ("Reasons", "reasons"), ("Safeguards", "safeguards"), ("Monitoring", "monitoring"),
        ("Cautions", "cautions"), ("Notes", "notes"), ("Other care", "other_care"),
    ):
        if answer[key]:
            out.append("")
            out.append(title + ":")
            for item in answer[key]:
                because = [
                    machine.inputs[i]["label"] + ": " + machine.label(i, v)
                    for i, v in item["because_of"]
                    if key != "reasons" and v != machine.inputs[i]["reassuring"]
                ]
                tail = " (" + "; ".join(because) + ")" if because and key == "cautions" else ""
                name = item["title"] + ": " if item["title"] and key != "reasons" else ""
                out.append("- " + name + item["text"] + tail + " [" + item["rule"] + "]")
    if answer["missing"]:
        out.append("")
        out.append("Not known yet:")
        for i in answer["missing"]:
            out.append("- " + machine.inputs[i]["label"])
    out.append("")
    out.append(notice)
    return "\n".join(out)

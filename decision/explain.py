"""Explanations from one primitive: which outcomes remain possible if inputs may vary?

``outcomes`` walks a first-match table with a box, one set of values for each column.
Each row takes its part of the box; what is left goes on to the next row, cut into smaller boxes that share no case.
Because no input stands in two columns of a verdict table, the answer is exact.
Runs unchanged in CPython and MicroPython, as ``machine`` does.
"""

FAR = 1 << 29  # a cost that nothing reaches
CHANGE, KNOWN, HARM = 1 << 20, 1 << 10, 1  # what a change costs: itself, a known fact moved, an answer that worries


def outcomes(rows, box):
    """The parts of ``box`` that each row decides, as (index, box) in order; -1 is where no row decides.

    ``rows``: for each row a list of (column, set); ``box``: a dict from column to set.
    """
    found = []
    boxes = [box]
    for n, conditions in enumerate(rows):
        rest = []
        for b in boxes:
            if any(not b[c] & mask for c, mask in conditions):
                rest.append(b)
                continue
            b = dict(b)
            for c, mask in conditions:
                outside = b[c] & ~mask
                if outside:
                    piece = dict(b)
                    piece[c] = outside
                    rest.append(piece)
                    b[c] &= mask
            found.append((n, b))
        boxes = rest
        if not boxes:
            return found
    return found + [(-1, b) for b in boxes]


def full(machine, column):
    """Every value of a column."""
    return (1 << len(machine.values[column])) - 1


def step(seen, given):
    """Which sets of values can be present after one more item, as an integer with a bit for each set.

    A checklist's items take three values, so a set of those present is a number below 8, and ``seen``, a set of
    such sets, is a number below 256. ``given``: the values that the next item may take.
    """
    out = 0
    for p in range(8):
        if seen >> p & 1:
            for n in range(3):
                if given >> n & 1:
                    out |= 1 << (p | 1 << n)
    return out


class Cases:
    """All the cases in which each input takes a value of its own set. Never changed: ``with_`` gives another.

    ``sets``: a set for each input, in the order of the vocabulary; ``parts``: the boxes they fall into, as
    (path, [set of each column]).
    """

    def __init__(self, machine, reading, sets, parts=None):
        self.machine, self.reading, self.sets = machine, reading, sets
        self.parts = self._parts() if parts is None else parts

    def column(self, column):
        """The values that a column can take."""
        m = self.machine
        if column not in m.folds:
            return self.sets[m.numbers[column]]
        seen = 1
        for item in m.lists[column]["items"]:
            key = seen << 3 | self.sets[m.numbers[item]]
            if key not in m.steps:
                m.steps[key] = step(seen, key & 7)
            seen = m.steps[key]
        key = (column, seen)
        if key not in m.steps:
            out = 0
            for p in range(1, 8):
                if seen >> p & 1:
                    out |= 1 << m.folds[column][p]
            m.steps[key] = out
        return m.steps[key]

    def _parts(self):
        m = self.machine
        status = self.sets[m.numbers["ketamine_status"]]
        on = m.mask("ketamine_status", ["on"])
        whole = [("article", status)] if self.reading == "article" else [("start", status & ~on), ("on", status & on)]
        return [
            (path, [kept if c == "ketamine_status" else self.column(c) for c in m.columns[path]])
            for path, kept in whole
            if kept
        ]

    def of(self, i):
        """The set of input ``i``."""
        return self.sets[self.machine.numbers[i]]

    def with_(self, i, values):
        """The same with another set for input ``i``; only the column in which it stands is worked out again."""
        m = self.machine
        sets = list(self.sets)
        sets[m.numbers[i]] = values
        if i == "ketamine_status":
            return Cases(m, self.reading, sets)
        new = Cases(m, self.reading, sets, self.parts)
        if any(i in m.column_of[path] for path, _ in self.parts):
            new.parts = []
            for path, box in self.parts:
                at = m.column_of[path].get(i)
                if at is not None:
                    box = list(box)
                    box[at] = new.column(m.columns[path][at])
                new.parts.append((path, box))
        return new

    def split(self):
        """Every piece of the boxes with the level it gets, as (path, level, box)."""
        m = self.machine
        return [
            (path, m.rows[path][n]["level"], piece)
            for path, box in self.parts
            for n, piece in outcomes(m.tables[path], dict(zip(m.columns[path], box)))
            if n >= 0  # where no row decides there is no level
        ]

    def levels(self):
        """The levels that occur, as an integer with a bit for each of ``machine.level_ids``."""
        m = self.machine
        out = 0
        for path, box in self.parts:
            key = (path, tuple(box))
            if key not in m.cache:
                if len(m.cache) > 4000:
                    m.cache.clear()
                found = 0
                for n, _ in outcomes(m.tables[path], dict(zip(m.columns[path], box))):
                    if n >= 0:
                        found |= 1 << m.level_ids.index(m.rows[path][n]["level"])
                m.cache[key] = found
            out |= m.cache[key]
        return out


def exactly(machine, case, reading):
    """This case and no other."""
    return Cases(machine, reading, [machine.bits[i][case[i]] for i in machine.ids])


def opened(machine, case, reading):
    """Every case that this one may turn out to be: what is unknown may be answered in any way or stay unknown."""
    return Cases(
        machine, reading, [full(machine, i) if case[i] == "unknown" else machine.bits[i][case[i]] for i in machine.ids]
    )


def possible(machine, case, reading):
    """Levels still reachable, most cautious first: unknown inputs may be answered in any way or stay unknown."""
    found = opened(machine, case, reading).levels()
    return [level for n, level in enumerate(machine.level_ids) if found >> n & 1]


def questions(machine, case, reading, only_first=False):
    """Unknown inputs whose answer can still change the level or the urgent flag, in asking order.

    Varying one input moves only the column it stands in, and open items of one column move it alike.
    """
    cases = opened(machine, case, reading)
    reachable = cases.levels()
    several = reachable & (reachable - 1)  # with one level left, no answer moves it
    urgent = machine.lists["urgent"]["items"]
    settled = any(case[i] == "yes" for i in urgent)
    known, out = {}, []
    for i in machine.ids:
        if case[i] != "unknown":
            continue
        matters = i in urgent and not settled
        place = tuple([machine.column_of[path].get(i) for path, _ in cases.parts])
        if several and not matters and any(at is not None for at in place):
            if place not in known:
                first = cases.with_(i, 1).levels()
                known[place] = any(first != cases.with_(i, 1 << n).levels() for n in range(1, len(machine.values[i])))
            matters = known[place]
        if matters:
            out.append(i)
            if only_first:
                break
    return out


def why(machine, case, reading):
    """A minimal list of [input, value] that forces the level, whatever the other inputs are.

    Minimal: with any one of them set free, another level becomes possible. Set free first, and so least often
    kept, are reassuring answers, then unknown ones, then the rest; within each from the end of the vocabulary.
    """
    cases = exactly(machine, case, reading)
    level = cases.levels()

    def worth(i):
        if machine.calm(i, case[i]):
            return 0
        return 1 if case[i] == "unknown" else 2

    for now in (0, 1, 2):
        for i in reversed(machine.ids):
            if worth(i) == now:
                free = cases.with_(i, full(machine, i))
                if free.levels() == level:
                    cases = free
    return [[i, case[i]] for i in machine.ids if cases.of(i) != full(machine, i)]


def moves(machine, case, i):
    """What input ``i`` may become, as (value, cost): itself for nothing; another answer if it can change."""
    given = machine.inputs[i]
    out = [(case[i], 0)]
    if case[i] == "unknown" or given["changeable"]:
        for v in machine.values[i]:
            if v not in ("unknown", case[i]):
                cost = CHANGE + (0 if case[i] == "unknown" else KNOWN) + (0 if machine.calm(i, v) else HARM)
                out.append((v, cost))
    return out


def cheapest(machine, case, column):
    """For each value of a column: (cost, changes), the cheapest way to give it that value.

    A checklist's value depends only on which answers are present among its items, so the items are taken one by
    one and for each set of answers present the cheapest way so far is kept.
    """
    if column not in machine.folds:
        found = {v: (cost, [] if v == case[column] else [[column, v]]) for v, cost in moves(machine, case, column)}
        return [found.get(v, (FAR, [])) for v in machine.values[column]]
    ways = {0: (0, [])}
    for item in machine.lists[column]["items"]:
        new = {}
        for present in sorted(ways):
            for v, cost in moves(machine, case, item):
                key = present | machine.bits[item][v]
                total = ways[present][0] + cost
                if key not in new or total < new[key][0]:
                    new[key] = (total, ways[present][1] + ([] if v == case[item] else [[item, v]]))
        ways = new
    out = [(FAR, []) for _ in machine.values[column]]
    for present in sorted(ways):
        n = machine.folds[column][present]
        if ways[present][0] < out[n][0]:
            out[n] = ways[present]
    return out


def what_would_change(machine, case, reading):
    """For each other level within reach: the fewest [input, new value] that lead there, exactly. Fewest first.

    Known inputs move only if the vocabulary says they can change; unknown ones may be answered. Among equally few,
    unanswered questions come before changed facts and reassuring answers before others. The cost of reaching a
    box is a sum over its columns, which share no input, so the cheapest corner of the cheapest box is the minimum.
    A list says what would differ, not what to aim for.
    """
    here = machine.level(case, reading)
    sets = []
    for i in machine.ids:
        sets.append(machine.mask(i, [v for v, _ in moves(machine, case, i)]))
    ways, best = {}, {}
    for path, level, box in Cases(machine, reading, sets).split():
        if level == here:
            continue
        total, changes = 0, []
        if path != "article" and "ketamine_status" not in box:  # the path that one gets to by its answer
            on = machine.bits["ketamine_status"]["on"]
            box["ketamine_status"] = on if path == "on" else full(machine, "ketamine_status") & ~on
        for column in box:
            if column not in ways:
                ways[column] = cheapest(machine, case, column)
            cost, told = min([w for n, w in enumerate(ways[column]) if box[column] >> n & 1], key=lambda w: w[0])
            total += cost
            changes = changes + told
        if level not in best or total < best[level][0]:
            best[level] = (total, changes)
    out = []
    for n, level in enumerate(machine.level_ids):
        if level in best:
            changes = sorted(best[level][1], key=lambda x: machine.numbers[x[0]])
            out.append((len(changes), n, [level, changes]))
    out.sort(key=lambda x: (x[0], x[1]))
    return [x[2] for x in out]

"""Explanations from one primitive: which outcomes remain possible if inputs may vary?

``outcomes`` walks a first-match table with a box, one set of values for each column. Each row takes its part of
the box; what is left goes on to the next row, cut into smaller boxes that share no case. Because no input stands
in two columns of a verdict table, the answer is exact. Runs in CPython and in MicroPython, as ``machine`` does.
"""


def outcomes(rows, box):
    """The parts of ``box`` that each row decides, as (index, box) in order; a part that no row decides is left out.

    ``rows``: for each row a list of (column, set); ``box``: a dict from column to set.
    """
    found, boxes = [], [box]
    for n, conditions in enumerate(rows):
        rest = []
        for b in boxes:
            if any(not b[c] & mask for c, mask in conditions):
                rest.append(b)
                continue
            inside = dict(b)
            for c, mask in conditions:
                if inside[c] & ~mask:
                    outside = dict(inside)
                    outside[c] &= ~mask
                    rest.append(outside)
                    inside[c] &= mask
            found.append((n, inside))
        boxes = rest
    return found


def full(machine, column):
    """Every value of a column."""
    return (1 << len(machine.values[column])) - 1


def step(seen, given):
    """Which sets of values can be present after one more item, which takes one of the values in ``given``.

    A checklist's items take three values, so a set of those present is a number below 8, and ``seen``, a set of
    such sets, is a number below 256.
    """
    return sum({1 << (p | 1 << n) for p in range(8) for n in range(3) if seen >> p & 1 and given >> n & 1})


class Cases:
    """All the cases in which each input takes a value of its own set. Never changed: ``with_`` gives another.

    ``sets``: a set for each input, in the order of the vocabulary.
    """

    def __init__(self, machine, reading, sets):
        self.machine, self.reading, self.sets, self.found = machine, reading, sets, None

    def with_(self, i, values):
        """The same with another set for input ``i``."""
        sets = list(self.sets)
        sets[self.machine.numbers[i]] = values
        return Cases(self.machine, self.reading, sets)

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
        return sum({1 << m.folds[column][p] for p in range(1, 8) if seen >> p & 1})

    def parts(self):
        """The same as a (path, box) for each path they are on."""
        m = self.machine
        status, on = self.sets[m.numbers["ketamine_status"]], m.bits["ketamine_status"]["on"]
        paths = [("article", status)] if self.reading == "article" else [("start", status & ~on), ("on", status & on)]
        boxes = {path: {c: self.column(c) for c in m.columns[path]} for path, kept in paths if kept}
        return [(path, dict(boxes[path], ketamine_status=kept)) for path, kept in paths if kept]

    def pieces(self):
        """What each row decides of it, as (path, its level's number, box). No two share a case."""
        if self.found is None:
            m, self.found = self.machine, []
            for path, whole in self.parts():
                for n, box in outcomes(m.tables[path], whole):
                    self.found.append((path, m.level_ids.index(m.rows[path][n]["level"]), box))
        return self.found

    def levels(self):
        """The levels that occur, as an integer with a bit for each of ``machine.level_ids``."""
        return sum([1 << n for n in {level for _, level, _ in self.pieces()}])

    def spread(self):
        """By path, column and level: the values of the column with which the level occurs."""
        out = {}
        for path, level, box in self.pieces():
            if path not in out:
                out[path] = {c: {} for c in box}
            for c in box:
                out[path][c][level] = out[path][c].get(level, 0) | box[c]
        return out

    def left(self, spread, i, values):
        """``with_(i, values).levels()`` for some of the values of now, read off ``spread`` without another walk."""
        new, out = self.with_(i, values), 0
        for path, columns in spread.items():
            c = self.machine.column_of[path].get(i, i)
            seen, kept = (columns[c], new.column(c)) if c in columns else (columns["ketamine_status"], -1)
            for level in seen:
                if seen[level] & kept:
                    out |= 1 << level
        return out


def opened(machine, case, reading):
    """Every case that this one may turn out to be: what is unknown may be answered in any way or stay unknown."""
    given = [full(machine, i) if case[i] == "unknown" else machine.bits[i][case[i]] for i in machine.ids]
    found = machine.opened
    if not found or found.sets != given or found.reading != reading:
        found = machine.opened = Cases(machine, reading, given)
    return found


def possible(machine, case, reading):
    """Levels still reachable, most cautious first: unknown inputs may be answered in any way or stay unknown."""
    found = opened(machine, case, reading).levels()
    return [level for n, level in enumerate(machine.level_ids) if found >> n & 1]


def questions(machine, case, reading):
    """Unknown inputs whose answer can still change the level or the urgent flag, in asking order.

    Varying one input moves only the column it stands in, and open items of one column move it alike.
    """
    cases = opened(machine, case, reading)
    levels, spread = cases.levels(), cases.spread()
    several = levels & (levels - 1)  # with one level left, no answer moves it
    urgent = machine.lists["urgent"]["items"]
    settled = any(case[i] == "yes" for i in urgent)
    known, out = {}, []
    for i in [i for i in machine.ids if case[i] == "unknown"]:
        place = tuple([machine.column_of[path].get(i) for path in spread])
        if place not in known:
            answers = range(len(machine.values[i]))
            known[place] = several and any(cases.left(spread, i, 1 << n) != levels for n in answers)
        if known[place] or (i in urgent and not settled):
            out.append(i)
    return out


def why(machine, case, reading):
    """A minimal list of [input, value] that forces the level, whatever the other inputs are.

    Minimal: with any one of them set free, another level becomes possible. Set free first, and so least often
    kept, are reassuring answers, then unknown ones, then the rest; within each from the end of the vocabulary.
    """

    def kept(i):
        return 0 if machine.calm(i, case[i]) else 1 if case[i] == "unknown" else 2

    cases = Cases(machine, reading, [machine.bits[i][case[i]] for i in machine.ids])
    level, forced = cases.levels(), []
    for i in sorted(machine.ids, key=lambda i: (kept(i), -machine.numbers[i])):
        free = cases.with_(i, full(machine, i))
        if free.levels() == level:
            cases = free
        else:
            forced.append(i)
    return [[i, case[i]] for i in machine.ids if i in forced]

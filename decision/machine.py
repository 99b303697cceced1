"""The machine: reads the compiled knowledge and decides one case.

This module, ``explain``, ``change`` and ``wording`` run unchanged in CPython and in MicroPython (on the static page),
so they use plain dicts, lists and integers only, and never rely on the order of a dict.
A set of values is an integer with one bit for each value of the column.
"""

URGENT_TABLE = "urgent"
SECTIONS = (  # every list of an answer with its title, in the order in which it is told
    ("reasons", "Reasons"),
    ("alternatives", "Alternatives, as guidelines see them for this kind of pain"),
    ("safeguards", "Safeguards"),
    ("monitoring", "Monitoring"),
    ("cautions", "Cautions"),
    ("notes", "Notes"),
    ("other_care", "Other care, whatever the level"),
)
LISTS = [name for name, _ in SECTIONS[1:]]  # each is also a table


class Machine:
    """Decide cases from ``model``, the plain structure that ``tables.load`` returns."""

    def __init__(self, model):
        self.model = model
        self.ids = [i["id"] for i in model["inputs"]]
        self.numbers = {i: n for n, i in enumerate(self.ids)}
        self.inputs = {i["id"]: i for i in model["inputs"]}
        self.lists = {c["id"]: c for c in model["checklists"]}
        self.values = {i["id"]: i["values"] for i in model["inputs"]}
        self.values.update({c["id"]: ["+".join(parts) for parts in c["precedence"]] for c in model["checklists"]})
        self.values.update(model["context"])
        self.bits = {c: {v: 1 << n for n, v in enumerate(self.values[c])} for c in self.values}
        self.folds = {c: self._fold_table(self.lists[c]) for c in self.lists}
        self.rows = {t["name"]: t["rows"] for t in model["tables"]}
        self.columns = {t["name"]: t["columns"] for t in model["tables"]}
        self.tables, self.column_of, self.drafts = {}, {}, {}
        for t, columns in self.columns.items():
            whens = [row["when"] for row in self.rows[t]]
            self.tables[t] = [[(c, self.mask(c, when[c])) for c in columns if c in when] for when in whens]
            self.drafts[t] = [self._draft(row) for row in self.rows[t]]
            self.column_of[t] = {i: c for c in columns for i in self.inputs_of(c)}
        levels = [row["level"] for row in model["levels"]]
        self.level_ids = [x for n, x in enumerate(levels) if x not in levels[:n]]
        self.opened = None  # for explain: the last open cases, which are asked about several times
        self.steps = {}  # for explain: what a checklist can become, one entry for each combination, so few

    def inputs_of(self, column):
        """The inputs that a column looks at: the items of a checklist, or the input itself."""
        return self.lists[column]["items"] if column in self.lists else [column]

    def mask(self, column, values):
        """The set of ``values`` of ``column`` as an integer."""
        return sum({self.bits[column][v] for v in values})

    def _fold_table(self, checklist):
        """For each set of values present among the items: the index of the checklist's value."""
        first = checklist["items"][0]
        masks = [self.mask(first, parts) for parts in checklist["precedence"]]
        sets = range(1, 1 << len(self.values[first]))
        return [None] + [([n for n, x in enumerate(masks) if present & x == x] + [None])[0] for present in sets]

    def _draft(self, row):
        """A row as an item of an answer, but for whom it is said of."""
        copied = ("row", "claims", "sources", "origin", "certainty", "fit", "cautions")
        out = {"id": row.get("id", row["row"]), "title": row.get("title", ""), "text": row["because"]}
        return dict(out, rule=row["row"].split(".")[0], **{name: row[name] for name in copied if name in row})

    def bit(self, column, case):
        """The value of an input or of a checklist as a set of one, for a case that gives every input."""
        if column not in self.folds:
            return self.bits[column][case[column]]
        present = 0
        for i in self.lists[column]["items"]:
            present |= self.bits[i][case[i]]
        return 1 << self.folds[column][present]

    def value(self, column, case):
        """The value of an input or of a checklist for a case that gives every input."""
        bit = self.bit(column, case)
        return [v for v in self.values[column] if self.bits[column][v] == bit][0]

    def matches(self, table, case):
        """Indices of the rows of ``table`` whose every condition holds, in the table's order."""
        seen, out = {}, []
        for n, conditions in enumerate(self.tables[table]):
            for column, mask in conditions:
                if column not in seen:
                    seen[column] = self.bit(column, case)
                if not seen[column] & mask:
                    break
            else:
                out.append(n)
        return out

    def fault(self, case, hint):
        """What is wrong with the names and values of a case, in words; empty when nothing is.

        ``hint(word, legal)`` says which legal word may be meant, or nothing.
        """
        for name in case:
            if name not in self.inputs:
                return f"“{name}” is not an input." + hint(str(name), self.ids)
            value, legal = case[name], self.values[name]
            if value not in legal:
                told = f"{name} = {value!r} is not a value." + hint(str(value).lower(), legal)
                return f"{told} Allowed: {', '.join(legal)}. Write “unknown” for what is not known."
        return ""

    def path(self, case, reading):
        """The verdict table that applies: ``article``, ``on`` (on ketamine now) or ``start``."""
        return "article" if reading == "article" else "on" if case["ketamine_status"] == "on" else "start"

    def needs(self, i, case, path):
        """Whether a path asks for an input in this case."""
        if path == "article":
            return i == "ketamine_status" or i in self.lists["article_criteria"]["items"]
        need = self.inputs[i][path]
        return need == "always" or need[:3] == "if " and any(case[x] == "yes" for x in self.inputs_of(need[3:]))

    def triggers(self, conditions, case):
        """The inputs, with their values, through which a matched row's conditions hold."""
        out = []
        for column, mask in conditions:
            legal = [v.split("+") for v in self.values[column] if self.bits[column][v] & mask]
            wanted = [v for v in legal[0] if all(v in parts for parts in legal)]  # “yes” of yes|yes+unknown
            wanted = wanted or [v for parts in legal for v in parts]
            out += [[i, case[i]] for i in self.inputs_of(column) if i in self.inputs and case[i] in wanted]
        return out

    def items(self, table, rows, case, key):
        """Some rows as items of the answer; those that share ``key`` are one, which says what each of its rows says."""
        out, known = [], {}
        for n in rows:
            new = dict(self.drafts[table][n], because_of=self.triggers(self.tables[table][n], case))
            if new[key] not in known:
                known[new[key]] = new
                out.append(new)
                continue
            old = known[new[key]]
            for name, between in (("text", " "), ("certainty", "; ")):
                if new[name] not in old[name]:
                    old[name] += between + new[name]
            for name in ("claims", "sources", "because_of"):
                old[name] = old[name] + [x for x in new[name] if x not in old[name]]
        return out

    def calm(self, i, value):
        """Whether a value of an input is one that reassures."""
        return value in self.inputs[i]["calm"]

    def reasons(self, path, matched, case, urgent):
        """One reason for each rule that matches, the deciding rule first, then R-URG.

        Each says what follows from the inputs that matched; a row that says – for what it rests on leaves it to them.
        """
        out = self.items(path, matched, case, "rule")
        for reason in out:
            sure = [] if reason["certainty"] == "–" else [reason["certainty"]]
            for i, v in reason["because_of"]:
                given = self.inputs[i]
                if v == "unknown" or self.calm(i, v):
                    continue
                label = given["label"][0].upper() + given["label"][1:]
                reason["text"] += f" {label}: {self.label(i, v).lower()}. {given['why']}"
                for key in ("claims", "sources"):
                    reason[key] = reason[key] + [x for x in given[key] if x not in reason[key]]
                if reason["certainty"] == "–" and given["certainty"] not in sure:
                    sure.append(given["certainty"])
            reason["certainty"] = "; ".join(sure)
        return out[:1] + urgent + out[1:]

    def deciding(self, case, reading):
        """The verdict table that applies, and its rows that match; the first of them decides."""
        path = self.path(case, reading)
        matched = self.matches(path, case)
        if not matched:
            raise ValueError(f"No row of {path}.csv decides this case; put back the row that was taken out.")
        return path, matched

    def level(self, case, reading):
        """The level alone."""
        path, matched = self.deciding(case, reading)
        return self.rows[path][matched[0]]["level"]

    def verdict(self, case, reading):
        """The answer but for its lists: path, level, urgency and reasons."""
        path, matched = self.deciding(case, reading)
        level = self.rows[path][matched[0]]["level"]
        if level == "OUT_OF_SCOPE":  # another kind of care decides: beside it stand only the gravest reasons
            rank = self.level_info(path, level)["rank"]
            matched = [n for n in matched if self.level_info(path, self.rows[path][n]["level"])["rank"] == rank]
        urgent = self.items(URGENT_TABLE, self.matches(URGENT_TABLE, case), case, "row")
        reasons = self.reasons(path, matched, case, urgent)
        return {"reading": reading, "path": path, "level": level, "urgent": bool(urgent), "reasons": reasons}

    def decide(self, case, reading):
        """The whole answer for a case that gives every input, as plain data."""
        answer = self.verdict(case, reading)
        path, level = answer["path"], answer["level"]
        known = dict(case, reading=reading, path=path, level=level)
        risks = [c["id"] for c in self.model["checklists"] if c["used_on"] == "risk"]
        answer["risk"] = [[c[5:], self.value(c, case)] for c in risks]
        answer["missing"] = [i for i in self.ids if case[i] == "unknown" and self.needs(i, case, path)]
        for name in LISTS:
            answer[name] = self.items(name, self.matches(name, known), known, "id")
        hazards = [x["id"] for x in answer["cautions"]]
        for x in answer["alternatives"]:  # an option is shown with this person's hazards, and with no others
            x["cautions"] = [c for c in x["cautions"] if c in hazards]
        if level == "OUT_OF_SCOPE" or reading == "article":  # the guidelines behind the options do not speak of these
            answer["alternatives"] = []
        return answer

    def label(self, column, value):
        """An input's value in words."""
        return self.inputs[column]["value_labels"][self.values[column].index(value)]

    def level_info(self, path, level):
        """The row of ``levels.csv``: path, level, rank, name and meaning."""
        return [row for row in self.model["levels"] if row["path"] == path and row["level"] == level][0]

    def below(self, path, level):
        """How far a level is below the most permissive one of its path, in steps of rank."""
        ranks = [row["rank"] for row in self.model["levels"] if row["path"] == path]
        return max(ranks) - self.level_info(path, level)["rank"]

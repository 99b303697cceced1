"""What the front end asks, answered as JSON text: the same in a kernel and in the page's MicroPython."""

import gc
import json

try:  # in the page the shared modules stand side by side
    import change
    import explain
    import holes
    import render
    import studio
    import wording
    from audit import audited, harms
    from machine import Machine
except ImportError:
    from decision import change, explain, wording
    from decision.audit import audited, harms
    from decision.machine import Machine

    from . import holes, render, studio


class Engine:
    """Holds the machine and the page's data: claims, sources and vignettes by name."""

    def __init__(self, data):
        self.machine = Machine(data["model"])
        self.page = dict(data["page"])
        self.page["root"] = None
        self.all = {}
        self.harms = None

    def full(self, case):
        """``case`` with every input given."""
        return {i: case.get(i, "unknown") for i in self.machine.ids}

    def anyone(self, reading, status):
        """Every case of a path and its levels, made once."""
        key = (reading, status)
        if key not in self.all:
            m = self.machine
            found = explain.Cases(m, reading, [explain.full(m, i) for i in m.ids])
            if status != "unknown":
                found = found.with_("ketamine_status", m.bits["ketamine_status"][status])
            self.all[key] = (found, found.spread())
        return self.all[key]

    def causes(self, case, answer, possible):
        """For each level of the path that is ruled out: the known facts that rule it out, each alone where it can."""
        m = self.machine
        told = [pair for x in answer["reasons"] for pair in x["because_of"]]
        known = [[i, case[i]] for i in m.ids if case[i] != "unknown" and not m.calm(i, case[i])]
        facts = [x for x in known if x in told]
        anyone, spread = self.anyone(answer["reading"], case["ketamine_status"])
        alone = [([i, v], anyone.left(spread, i, m.bits[i][v])) for i, v in known]
        here = m.level_info(answer["path"], answer["level"])["rank"]
        out = {}
        for row in m.model["levels"]:
            level = row["level"]
            if row["path"] == answer["path"] and level not in possible and level != answer["level"]:
                bit = 1 << m.level_ids.index(level)
                found = [f for f, levels in alone if not levels & bit]
                found = [f for f in found if f in facts] or found  # what decided says it, where it does
                if found or row["rank"] > here:
                    out[level] = found or self.together(anyone, known, bit) or facts
        return out

    def together(self, cases, facts, bit):
        """The fewest of these facts, in their order, that rule a level out where none does it alone; or none."""
        kept = facts
        for gone in [[]] + facts:
            left, narrow = [x for x in kept if x != gone], cases
            for i, v in left:
                narrow = narrow.with_(i, self.machine.bits[i][v])
            if not narrow.levels() & bit:
                kept = left
            elif not gone:
                return []
        return kept

    def top(self, case, full, reading):
        """The announced part and the ladder of one reading, with all that they are made of."""
        m = self.machine
        a = m.decide(full, reading)
        possible = explain.possible(m, full, reading)
        left = explain.questions(m, full, reading)
        rows = self.asked(case, full, a["path"])
        owed = [i for i in left if i in rows]
        return (
            a,
            left,
            rows,
            {
                "level": a["level"],
                "urgent": a["urgent"],
                "possible": possible,
                "questions": left,
                "next": [i for i in owed if i not in case],
                "status": render.status(m, a, render.owed(m, a, owed, case), self.page["root"]),
                "ladder": render.ladder(m, a, possible, self.causes(full, a, possible)),
            },
        )

    def asked(self, case, full, path):
        """The rows that a path asks for a case: what it needs, what was answered, and what matters to other care."""
        m = self.machine
        if path == "article":
            return m.ids
        beside = [i for i in m.ids if m.inputs[i]["start"] == m.inputs[i]["on"] == "–"]
        return [i for i in m.ids if i in case or i in beside or m.needs(i, full, path)]

    def cards(self, case, full, left, rows):
        """For each card: its line, the rows it asks, and its state.

        ``open``: an answer here can still change the level; ``cautions``: it can change cautions and alternatives
        only; ``idle``: nothing; ``done``: all is answered; ``none``: nothing is asked.
        """
        m = self.machine
        out = []
        for card in m.model["cards"]:
            asked = [i for i in card["items"] if i in rows]
            open_ = [i for i in asked if i not in case]
            if any(i in left for i in open_):
                state = "open"
            elif open_:
                neutral = any(m.inputs[i]["start"] == m.inputs[i]["on"] == "–" for i in open_)
                state = "cautions" if neutral else "idle"
            else:
                state = "done" if asked else "none"
            line = render.card_line(m, card, full, case)
            out.append({"id": card["id"], "asked": asked, "line": line, "state": state})
        return out

    def answer(self, case, root):
        """Decide ``case`` (unstated inputs are unknown): what is announced, the ladder, the cards, the alternatives."""
        fault = self.machine.fault(case, lambda word, legal: "")
        if fault:
            return {"fault": fault}
        m = self.machine
        self.page["root"] = root
        full = self.full(case)
        a, left, rows, out = self.top(case, full, "book")
        out["cards"] = self.cards(case, full, left, rows)
        out["details"] = render.alternatives(m, a, full, self.page)
        return out

    def lists(self, case, root, article):
        """Every other list of the answer, asked for once the decision is on screen, and the article's reading."""
        m = self.machine
        self.page["root"] = root
        full = self.full(case)
        a = m.decide(full, "book")
        out = {"details": render.alternatives(m, a, full, self.page) + render.lists(m, a, full, self.page)}
        if article:
            b, _, _, top = self.top(case, full, "article")
            out["article"] = [["level", '<div data-key="level">' + top["status"] + top["ladder"] + "</div>"]]
            out["article"] += render.lists(m, b, full, self.page)
        return out

    def more(self, case):
        """The slower parts, asked for after the answer is on screen: what would change it, the facts and the text."""
        m = self.machine
        full = self.full(case)
        a = m.decide(full, "book")
        entered = ["- " + m.inputs[i]["label"] + ": " + m.label(i, full[i]).lower() for i in m.ids if i in case]
        out = {
            "change": render.change(m, a, full, change.what_would_change(m, full, "book")),
            "facts": render.facts(m, full, case),
            "text": "\n".join(["Entered:"] + (entered or ["- nothing"]) + ["", wording.as_text(m, a)]),
        }
        if hasattr(gc, "mem_free"):  # MicroPython: while nobody waits
            gc.collect()
        return out

    def audit(self, asked, root, text):
        """The audit of an answer that asks ``asked``: the line to announce and the rest, or all of it as plain text."""
        m = self.machine
        fault = [i for i in asked if i not in m.ids]
        if fault:
            return {"fault": "“" + fault[0] + "” is no question of this book."}
        if self.harms is None:  # they depend on the tables alone
            self.harms = harms(m)
        a = audited(m, self.harms, asked)
        if text:
            return {"text": wording.audit_text(m, a)}
        self.page["root"] = root
        lines = wording.omissions(m, a["holes"])
        said = holes.result(m, self.harms, a, lines, self.page)
        return {"count": holes.count(m, a, lines), "details": [["result", said]]}

    def vignette(self, name):
        """A vignette: its id, narrative and case."""
        return [v for v in self.page["vignettes"] if v["id"] == name][0]

    def ask(self, text):
        """JSON in: {"do": ..., "case": ..., "root": ..., "article": ...}. Out: JSON, then the long parts as they are.

        Each part stands after a character 30: its list, its key and its HTML, with characters 31 between them.
        """
        q = json.loads(text)
        if q["do"] == "vignette":
            return json.dumps(self.vignette(q["name"]))
        if q["do"] == "reveal":
            return json.dumps(studio.reveal(self.machine, self.full(q["case"]), q["told"], q["asked"], q["level"]))
        if q["do"] == "answer":
            a = self.answer(q["case"], q.get("root"))
        elif q["do"] == "audit":
            a = self.audit(q["asked"], q.get("root"), q.get("text"))
        elif q["do"] == "lists":
            a = self.lists(q["case"], q.get("root"), q.get("article"))
        else:
            a = self.more(q["case"])
        parts = []
        for name in ("details", "article"):
            for key, html in a.pop(name, []):
                parts.append("\x1e" + name + "\x1f" + key + "\x1f" + html)
        return json.dumps(a) + "".join(parts)


def reply(text):
    """What ``ask`` returned, as one dict: for Python callers; the page does the same in panel.js."""
    head, *parts = text.split("\x1e")
    out = json.loads(head)
    for part in parts:
        name, key, html = part.split("\x1f")
        out.setdefault(name, []).append([key, html])
    return out

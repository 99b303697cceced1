"""What the front end asks, answered as JSON text: the same in a kernel and in the page's MicroPython."""

import json

try:  # in the page the shared modules stand side by side
    import explain
    import render
    from machine import Machine
except ImportError:
    from decision import explain
    from decision.machine import Machine
    from live import render

NOTICE = "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given."


class Engine:
    """Holds the machine and the page's data (claim titles and homes, vignettes)."""

    def __init__(self, data):
        self.machine = Machine(data["model"])
        self.page = data["page"]

    def check(self, case):
        """What is wrong with the names and values of a case, in words; empty when nothing is."""
        m = self.machine
        for name in case:
            if name not in m.inputs:
                return "“" + name + "” is not a question of this book, so nothing was decided. Check the link."
            if case[name] not in m.values[name]:
                return ("“" + case[name] + "” is not an answer to “" + name + "”, so nothing was decided. Allowed: "
                        + ", ".join(m.values[name]) + ".")
        return ""

    def answer(self, case, root, article):
        """Decide ``case`` (unstated inputs are unknown) and write every part the front end shows."""
        fault = self.check(case)
        if fault:
            return {"fault": fault}
        m = self.machine
        full = {}
        for i in m.ids:
            full[i] = case.get(i, "unknown")
        a = m.decide(full, "book")
        possible = explain.possible(m, full, "book")
        out = {
            "level": a["level"], "urgent": a["urgent"], "possible": possible,
            "questions": explain.questions(m, full, "book"),
            "status": render.status(m, a, possible),
            "details": render.details(m, a, [], self.page, root),
            "facts": render.facts(m, full),
        }
        if article:
            b = m.decide(full, "article")
            out["article"] = render.status(m, b, []) + render.details(m, b, [], self.page, root)
        return out

    def more(self, case, root):
        """The slower parts, asked for after the answer is on screen: what would change it, and the text."""
        m = self.machine
        full = {}
        for i in m.ids:
            full[i] = case.get(i, "unknown")
        a = m.decide(full, "book")
        changes = explain.what_would_change(m, full, "book")
        return {"details": render.details(m, a, changes, self.page, root),
                "text": explain.as_text(m, a, NOTICE)}

    def vignette(self, name):
        """The case of a vignette."""
        for v in self.page["vignettes"]:
            if v["id"] == name:
                return v["case"]
        return {}

    def ask(self, text):
        """JSON in, JSON out: {"do": ..., "case": ..., "root": ..., "article": ...}."""
        q = json.loads(text)
        if q["do"] == "answer":
            return json.dumps(self.answer(q["case"], q.get("root"), q.get("article")))
        if q["do"] == "more":
            return json.dumps(self.more(q["case"], q.get("root")))
        return json.dumps(self.vignette(q["name"]))

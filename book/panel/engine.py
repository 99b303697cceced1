"""What the front end asks, answered as JSON text: the same in a kernel and in the page's MicroPython."""

import json

try:  # in the page the shared modules stand side by side
    import change
    import explain
    import render
    import wording
    from machine import Machine
except ImportError:
    from decision import change, explain, wording
    from decision.machine import Machine

    from . import render


class Engine:
    """Holds the machine and the page's data (claim titles and homes, vignettes)."""

    def __init__(self, data):
        self.machine = Machine(data["model"])
        self.page = data["page"]

    def answer(self, case, root, article):
        """Decide ``case`` (unstated inputs are unknown) and write every part the front end shows."""
        fault = self.machine.fault(case, lambda word, legal: "")
        if fault:
            return {"fault": fault}
        m = self.machine
        full = self.full(case)
        a = m.decide(full, "book")
        possible = explain.possible(m, full, "book")
        open_ = explain.questions(m, full, "book")
        left = [q for q in open_ if q not in case]
        out = {
            "level": a["level"],
            "urgent": a["urgent"],
            "possible": possible,
            "questions": open_,
            "next": left,
            "progress": render.progress(len(left), len(open_) - len(left)),
            "status": render.status(m, a, possible),
            "details": render.details(m, a, full, self.page, root),
            "facts": render.facts(m, full),
        }
        if article:
            b = m.decide(full, "article")
            words = render.status(m, b, explain.possible(m, full, "article"))
            parts = render.details(m, b, full, self.page, root)
            out["article"] = [["level", '<div data-key="level">' + words + "</div>"]] + [
                x for x in parts if x[0] != "change"
            ]
        return out

    def full(self, case):
        """``case`` with every input given."""
        return {i: case.get(i, "unknown") for i in self.machine.ids}

    def more(self, case):
        """The slower parts, asked for after the answer is on screen: what would change it, and the text."""
        m = self.machine
        full = self.full(case)
        entered = ["- " + m.inputs[i]["label"] + ": " + m.label(i, full[i]) for i in m.ids if full[i] != "unknown"]
        text = wording.as_text(m, m.decide(full, "book"))
        return {
            "change": render.change(m, change.what_would_change(m, full, "book")),
            "text": "\n".join(["Entered:"] + (entered or ["- nothing"]) + ["", text]),
        }

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
        a = self.more(q["case"]) if q["do"] == "more" else self.answer(q["case"], q.get("root"), q.get("article"))
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

"""The audit of an answer as HTML, written once for the page and its prerender.

Runs unchanged in CPython and MicroPython, as ``decision.machine`` does; ``page`` is as in ``render``.
"""

try:  # in the page the shared modules stand side by side
    from render import claim_links, esc, kept, source_links
    from wording import HOLES, consequence, fact, story
except ImportError:
    from decision.wording import HOLES, consequence, fact, story

    from .render import claim_links, esc, kept, source_links

SIGNS = {"urgent": ("!", "full"), "stop": ("✕", "open"), "hold": ("–", "open")}
STATES = (  # of a question in the picture: its key, its sign, its fill and what it means
    ("asked", "✓", "tint", "asked"),
    ("urgent", "!", "full", "open: help today"),
    ("stop", "✕", "mark", "open: stop"),
    ("hold", "–", "mark", "open: wait"),
    ("closed", "", "mark dashed", "not asked, nothing left open"),
)


def gravest(audited):
    """Input -> how grave the gravest hole is that asking it would close."""
    out = {}
    for h in audited["holes"]:  # gravest first
        for i, _ in h["facts"]:
            if i not in out:
                out[i] = h["severity"]
    return out


def named(machine, i, value):
    """A fact as its box says it, where it has one."""
    words = machine.inputs[i]["short"] if value in ("yes", "unknown") else fact(machine, i, value)
    return words[0].lower() + words[1:] if words[1].islower() else words


def count(machine, audited, lines):
    """What is missing in one line, to be announced, with the two gravest omissions by name.

    ``lines``: its holes, as ``wording.omissions`` puts them together.
    """
    missing = audited["closing"]
    if not missing:
        told = "No question is missing by the tables of this book, which are the yardstick: "
        return told + "whoever gets through gets as far by them."
    grave = gravest(audited)
    told = []
    for kind, words in (
        ("urgent", "for help today"),
        ("stop", "that would stop it"),
        ("hold", "that would make it wait"),
    ):
        n = len([i for i in missing if grave[i] == kind])
        if n:
            told.append(str(n) + " " + words)
    many = "1 question is" if len(missing) == 1 else str(len(missing)) + " questions are"
    first = [named(machine, x["last"][0], x["last"][1]) for x in lines[:2]]
    return many + " missing: " + ", ".join(told) + ". First: " + "; ".join(first) + "."


def address(hole, page):
    """The panel with the person of a hole."""
    case = "&amp;".join([i + "=" + hole["case"][i] for i in sorted(hole["case"]) if hole["case"][i] != "unknown"])
    return page["root"] + "chapters/panel.html#" + case


def line(machine, x, page):
    """One omission: what it is, what the tables say on each path, why and who says so."""
    h = x["hole"]
    words = "<li><strong>" + esc(x["words"][0].upper() + x["words"][1:]) + ".</strong> " + esc(consequence(x["levels"]))
    words += '<details class="dp-rests"><summary>Why</summary><p>' + esc(h["text"]) + " Sources: "
    words += source_links(h["sources"], page) + "."
    if h["claims"]:
        words += " Claims: " + claim_links(h["claims"], page) + "."
    words += " Certainty: " + esc(h["certainty"]) + "."
    return words + "</p></details></li>"


def lists(machine, lines, page):
    """The omissions by severity, each list folded but the gravest."""
    out, first = [], True
    for kind, title in HOLES:
        mine = [x for x in lines if x["severity"] == kind]
        if mine:
            head = '<details class="dp-list" data-key="' + kind + '"' + (" open" if first else "") + "><summary>"
            body = [kept(("hole", x["words"], str(x["levels"]), page["root"]), line, machine, x, page) for x in mine]
            out.append(head + title + " (" + str(len(mine)) + ")</summary><ul>" + "".join(body) + "</ul></details>")
            first = False
    return "".join(out)


def cell(x, y, state, tip):
    """A question in the picture."""
    sign, fill = [(s[1], s[2]) for s in STATES if s[0] == state][0]
    kinds = " ".join(["pic-" + k for k in fill.split()]) + ("" if fill.startswith("mark") else " pic-mark")
    out = '<g data-state="' + state + '">' + ("<title>" + esc(tip) + "</title>" if tip else "")
    out += '<rect x="' + str(x) + '" y="' + str(y) + '" width="15" height="15" rx="2" class="' + kinds + '"/>'
    if sign:
        ink = ' class="pic-on-full"' if fill == "full" else ""
        out += (
            '<text x="' + str(x + 7.5) + '" y="' + str(y + 12) + '" text-anchor="middle"' + ink + ">" + sign + "</text>"
        )
    return out + "</g>"


def strip(machine, card, items, states, x, y):
    """A card in the picture: its title over its questions."""
    out = ['<text x="' + str(x) + '" y="' + str(y + 13) + '" class="pic-soft">' + esc(card) + "</text>"]
    for k in range(len(items)):
        words = [s[3] for s in STATES if s[0] == states[k]][0]
        out.append(cell(x + k * 17, y + 19, states[k], machine.inputs[items[k]]["short"] + ": " + words))
    return "".join(out)


def legend(y):
    """What the signs mean."""
    out = []
    for k in range(len(STATES)):
        key, _, _, words = STATES[k]
        x, foot = k % 2 * 180 + 2, y + k // 2 * 22
        out.append(
            cell(x, foot, key, "") + '<text x="' + str(x + 21) + '" y="' + str(foot + 12) + '">' + words + "</text>"
        )
    return "".join(out)


def picture(machine, known, audited):
    """Every question on which a level hangs, card by card: asked, or open and how gravely. Text alternative with it."""
    grave, asked = gravest(audited), set(audited["asked"])
    counts = set([i for h in known for i, _ in h["facts"]])
    said = {s[0]: [] for s in STATES}
    out, n = [], 0
    for card in machine.model["cards"]:
        items = [i for i in card["items"] if i in counts]
        if items:
            states = ["asked" if i in asked else grave.get(i, "closed") for i in items]
            for k in range(len(items)):
                said[states[k]].append(machine.inputs[items[k]]["short"])
            x, y = n % 2 * 180 + 2, n // 2 * 42
            out.append(kept(("strip", card["id"], str(states)), strip, machine, card["title"], items, states, x, y))
            n += 1
    y = (n + 1) // 2 * 42 + 12
    told = [words[0].upper() + words[1:] + ": " + ", ".join(said[key]) for key, _, _, words in STATES if said[key]]
    head = '<figure class="picture au-picture"><svg viewBox="0 0 360 ' + str(y + 64) + '" role="img" '
    head += 'aria-labelledby="au-title au-told"><title id="au-title">What is covered and what is open</title>'
    head += '<desc id="au-told">' + esc(". ".join(told)) + ".</desc>"
    return head + "".join(out) + kept(("legend", y), legend, y) + "</svg></figure>"


def result(machine, known, audited, lines, page):
    """Everything beside the boxes but the line that is announced."""
    out = ['<p class="au-story"><strong>The nearest person it would harm.</strong> ' + esc(story(machine, audited))]
    if audited["nearest"] and page["root"] is not None:
        out.append(' <a href="' + address(audited["nearest"], page) + '">Open in the panel</a>')
    out.append("</p>")
    add = audited["next_question"]
    if add:
        words = machine.inputs[add]["question"]
        out.append('<p class="au-next"><strong>Add this question first.</strong> ' + esc(words))
        out.append(' <button type="button" data-tick="' + add + '">Tick it</button></p>')
    out.append(picture(machine, known, audited))
    if audited["closing"]:
        words = "A question can close several lines, so the lists may hold more than there are questions."
        out.append('<p class="au-lines">' + words + "</p>")
    out.append(lists(machine, lines, page))
    if audited["closing"]:
        names = "".join(["<li>" + esc(machine.inputs[i]["question"]) + "</li>" for i in audited["closing"]])
        head = '<details class="dp-list" data-key="closing"><summary>The shortest list that closes everything ('
        out.append(head + str(len(audited["closing"])) + ")</summary><ol>" + names + "</ol></details>")
    if audited["idle"]:
        names = "; ".join([machine.inputs[i]["short"] for i in audited["idle"]])
        out.append(
            "<p><strong>Asked, and no level hangs on it</strong> (it may add a caution): " + esc(names) + ".</p>"
        )
    return "".join(out)

"""The answer as HTML, written once for page, notebook and prerender.

Runs unchanged in CPython and MicroPython, as ``decision.machine`` does.
``root`` is the relative address of the site's front page, or None where there is no site to link to.
"""

try:  # in the page the shared modules stand side by side
    from wording import SECTIONS
except ImportError:
    from decision.wording import SECTIONS


def esc(s):
    """Text made safe for HTML."""
    s = str(s)
    if not ("&" in s or "<" in s or ">" in s or '"' in s):
        return s
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def progress(left, unknown):
    """How far the interview is: questions left to ask, and those answered “not known” that still matter."""
    if left:
        return (
            str(left) + (" question" if left == 1 else " questions") + " can still change the answer."
            " If you do not know, choose “Not known”."
        )
    if unknown:
        return (
            "Nothing is left to ask; what was answered “not known” ("
            + str(unknown)
            + ") could still change the answer."
        )
    return "No open question can change the answer."


def anchor(name):
    """``name`` as the built book writes it in an address: small letters and digits, with hyphens between them."""
    out = "".join([c if "a" <= c <= "z" or "0" <= c <= "9" else " " for c in name.lower()])
    return "-".join(out.split())


def source_links(keys, root):
    """Source keys, linked to the list of references."""
    if root is None:
        return ", ".join([esc(k) for k in keys])
    start = '<a href="' + root + "chapters/references.html#"
    return ", ".join([start + anchor("source-" + k) + '">' + esc(k) + "</a>" for k in keys])


def claim_links(ids, page, root):
    """Claims by title, linked to the sentence in their chapter."""
    out = []
    for c in ids:
        title, home = page["claims"][c]
        if root is None:
            out.append(esc(title))
        else:
            out.append('<a href="' + root + "chapters/" + home + ".html#says-" + c + '">' + esc(title) + "</a>")
    return ", ".join(out)


MADE = {}  # type: dict  # pieces of HTML by all that goes into them: most are the same for many answers
MOST = 1000  # pieces kept; all are dropped when there are more


def keep(key, made):
    """Remember a piece of HTML, and give it back."""
    if len(MADE) >= MOST:
        MADE.clear()
    MADE[key] = made
    return made


def rests(head, x, page, root):
    """What a line rests on, folded under ``head``: claims, sources and certainty."""
    key = (head, root, x["certainty"], tuple(x["claims"]), tuple(x["sources"]))
    if key in MADE:
        return MADE[key]
    out = ['<details class="dp-rests"><summary>', esc(head), "</summary><p>"]
    if x["claims"]:
        out.append("Claims: " + claim_links(x["claims"], page, root) + ". ")
    if x["sources"]:
        out.append("Sources: " + source_links(x["sources"], root) + ". ")
    out.append("Certainty: " + esc(x["certainty"]) + ".</p></details></li>")
    return keep(key, "".join(out))


def item(machine, x, page, root, because):
    """One line of the answer with what it rests on."""
    key = (x["rule"], x["origin"], x["title"], x["text"])
    if key in MADE:
        words, head = MADE[key]
    else:
        title = "<strong>" + esc(x["title"]) + ".</strong> " if x["title"] else ""
        origin = ", from the article" if x["origin"] == "article" else ", added by this book"
        words, head = keep(key, ("<li>" + title + esc(x["text"]), x["rule"] + origin))
    if because:
        facts = [fact(machine, i, v) for i, v in x["because_of"] if v != machine.inputs[i]["reassuring"]]
        if facts:
            words += ' <span class="dp-because">Because of ' + "; ".join(facts) + ".</span>"
    return words + rests(head, x, page, root)


def fact(machine, i, value):
    """An input and its value in words."""
    key = (machine.inputs[i]["label"], machine.label(i, value))
    return MADE[key] if key in MADE else keep(key, esc(key[0] + ": " + key[1].lower()))


def section(key, title, lines, opened=False):
    """A folded list as [key, HTML], with the number of its lines in the heading; no lines, no list."""
    if not lines:
        return []
    start = '<details class="dp-list" data-key="' + key + '"' + (" open" if opened else "")
    head = "><summary>" + title + " (" + str(len(lines)) + ")</summary><ul>"
    return [[key, start + head + "".join(lines) + "</ul></details>"]]


def sides(machine, answer, case, page, root):
    """What was entered, as what speaks against ketamine and what does not stand in the way."""
    against = []
    clear = []
    for i in machine.ids:
        q = machine.inputs[i]
        if case[i] == "unknown" or i == "ketamine_status" or q["reassuring"] == "–" or q[answer["path"]] == "–":
            continue
        line = "<li>" + fact(machine, i, case[i]) + "." + rests("Why it counts", q, page, root)
        if case[i] == q["reassuring"]:
            clear.append(line)
        else:
            against.append(line)
    return section("against", "Speaks against", against) + section("clear", "Does not stand in the way", clear)


def status(machine, answer, possible):
    """The short part that is announced: urgent first, then the level and what it means."""
    info = machine.level_info(answer["path"], answer["level"])
    out = []
    for x in answer["reasons"]:
        if x["rule"] == "R-URG":
            out.append('<p class="dp-urgent"><strong>' + esc(x["title"]) + ".</strong> " + esc(x["text"]) + "</p>")
    out.append('<p class="dp-level"><strong>' + esc(info["name"]) + "</strong></p><p>" + esc(info["meaning"]) + "</p>")
    others = []
    article = answer["path"] == "article"
    for row in machine.model["levels"]:
        if (row["path"] == "article") == article and row["level"] in possible and row["level"] != answer["level"]:
            if row["name"] not in others:
                others.append(row["name"])
    if len(others) > 4:
        out.append('<p class="dp-possible">Most levels are still possible (' + str(len(others) + 1) + ").</p>")
    elif others:
        out.append('<p class="dp-possible">Answers still open could lead to: ' + esc("; ".join(others)) + ".</p>")
    elif not answer["missing"]:
        out.append('<p class="dp-possible">Everything that this decision needs is answered.</p>')
    else:
        out.append('<p class="dp-possible">No open question can change this level.</p>')
    return "".join(out)


def details(machine, answer, case, page, root):
    """The long part as a list of [key, HTML]: reasons, what would change it, all the lists, what is missing."""

    def lines(name):
        return [item(machine, x, page, root, name == "cautions") for x in answer[name]]

    name, title = SECTIONS[0]
    out = section(name, title, lines(name), True)
    out.append(["change", CHANGE + "<p>Working it out…</p></details>"])
    if answer["path"] != "article":
        out += sides(machine, answer, case, page, root)
        words = {c["id"][5:]: c["title"].split(" (")[0] for c in machine.model["checklists"]}
        out += section(
            "risk",
            "The article’s four characteristics",
            ["<li>" + esc(words[name]) + ": " + value + "</li>" for name, value in answer["risk"]],
        )
    for name, title in SECTIONS[1:]:
        out += section(name, title, lines(name), name in ("safeguards", "other_care"))
    missing = ["<li>" + esc(machine.inputs[i]["label"]) + "</li>" for i in answer["missing"]]
    return out + section("missing", "Not known yet", missing)


CHANGE = '<details class="dp-list" data-key="change"><summary>What would change it</summary>'


def change(machine, changes):
    """The list of the smallest changes that lead to another level, as HTML."""
    out = [CHANGE, "<ul>"]
    for level, moves in changes:
        name = [row["name"] for row in machine.model["levels"] if row["level"] == level][0]
        told = "; ".join([fact(machine, i, v) for i, v in moves])
        out.append("<li><strong>" + esc(name) + "</strong> if " + told + "</li>")
    if not changes:
        out.append("<li>Nothing that can change leads to another level.</li>")
    out.append(
        "</ul><p>These are differences in the facts, not answers to give or to aim for. "
        "An answer that is not true makes the result wrong and can do harm.</p></details>"
    )
    return "".join(out)


def facts(machine, case):
    """What was answered, in one line for the printed sheet."""
    known = [fact(machine, i, case[i]) for i in machine.ids if case[i] != "unknown"]
    return "; ".join(known) + "." if known else "nothing yet."

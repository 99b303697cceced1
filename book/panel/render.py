"""The panel's HTML: the form and the answer, written once for page, notebook and prerender.

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


def question(machine, i, value, shown):
    """One question: a fieldset of native radio buttons, unknown unless answered."""
    q = machine.inputs[i]
    out = ['<fieldset class="dp-q' + (" dp-shown" if shown else "") + '" data-q="' + i + '">']
    out.append("<legend>" + esc(q["question"]) + '</legend><div class="dp-options">')
    for n, v in enumerate(q["values"]):
        out.append(
            '<label><input type="radio" name="'
            + i
            + '" value="'
            + v
            + '"'
            + (" checked" if v == value else "")
            + "> "
            + esc(q["value_labels"][n])
            + "</label>"
        )
    out.append(
        "</div><details><summary>Why this is asked</summary><p>"
        + esc(q["why"])
        + ' <span class="dp-certainty">Certainty: '
        + esc(q["certainty"])
        + ".</span></p></details></fieldset>"
    )
    return "".join(out)


def form(machine, case, shown, past):
    """The whole form: every question exists for scripts and for readers without them.

    ``shown``: input ids visible at first; ``past``: those of them that lie in the folded list of answers.
    """
    done = "".join([question(machine, i, case[i], True) for i in machine.ids if i in past])
    rest = "".join([question(machine, i, case[i], i in shown) for i in machine.ids if i not in past])
    return (
        '<form class="dp-form" autocomplete="off"><details class="dp-past"'
        + ("" if past else " hidden")
        + "><summary>Answered ("
        + str(len(past))
        + ")</summary><div>"
        + done
        + '</div></details><div class="dp-now">'
        + rest
        + "</div></form>"
    )


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


def source_links(keys, root):
    """Source keys, linked to the list of references."""
    out = []
    for k in keys:
        if root is None:
            out.append(esc(k))
        else:
            anchor = k.replace("_", "-")
            out.append('<a href="' + root + "chapters/references.html#source-" + anchor + '">' + esc(k) + "</a>")
    return ", ".join(out)


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


def rests(head, x, page, root):
    """What a line rests on, folded under ``head``: claims, sources and certainty."""
    key = (head, root, x["certainty"], tuple(x["claims"]), tuple(x["sources"]))
    if key not in MADE:
        out = ['<details class="dp-rests"><summary>', esc(head), "</summary><p>"]
        if x["claims"]:
            out.append("Claims: " + claim_links(x["claims"], page, root) + ". ")
        if x["sources"]:
            out.append("Sources: " + source_links(x["sources"], root) + ". ")
        out.append("Certainty: " + esc(x["certainty"]) + ".</p></details></li>")
        MADE[key] = "".join(out)
    return MADE[key]


def item(machine, x, page, root, because):
    """One line of the answer with what it rests on."""
    key = (x["rule"], x["origin"], x["title"], x["text"])
    if key not in MADE:
        title = "<strong>" + esc(x["title"]) + ".</strong> " if x["title"] else ""
        origin = ", from the article" if x["origin"] == "article" else ", added by this book"
        MADE[key] = ("<li>" + title + esc(x["text"]), x["rule"] + origin)
    words, head = MADE[key]
    if because:
        facts = [fact(machine, i, v) for i, v in x["because_of"] if v != machine.inputs[i]["reassuring"]]
        if facts:
            words += ' <span class="dp-because">Because of ' + "; ".join(facts) + ".</span>"
    return words + rests(head, x, page, root)


def fact(machine, i, value):
    """An input and its value in words."""
    key = (machine.inputs[i]["label"], machine.label(i, value))
    if key not in MADE:
        MADE[key] = esc(key[0] + ": " + key[1].lower())
    return MADE[key]


def section(key, title, lines, opened=False, after=""):
    """A folded list as [key, HTML], with the number of its lines in the heading; no lines, no list."""
    if not lines:
        return []
    return [
        [
            key,
            '<details class="dp-list" data-key="'
            + key
            + '"'
            + (" open" if opened else "")
            + "><summary>"
            + title
            + " ("
            + str(len(lines))
            + ")</summary><ul>"
            + "".join(lines)
            + "</ul>"
            + after
            + "</details>",
        ]
    ]


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

    out = section("reasons", "Reasons", lines("reasons"), True)
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
        names = [row["name"] for row in machine.model["levels"] if row["level"] == level]
        out.append(
            "<li><strong>"
            + esc(names[0])
            + "</strong> if "
            + "; ".join([fact(machine, i, v) for i, v in moves])
            + "</li>"
        )
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

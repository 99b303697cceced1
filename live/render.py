"""The panel's HTML: the form and the answer, written once for page, notebook and prerender.

Runs unchanged in CPython and MicroPython, as ``decision.machine`` does.
``root`` is the relative address of the site's front page, or None where there is no site to link to.
"""

GROUPS = [
    ["urgent", "Urgent safety"], ["scope", "Who and what kind of care"],
    ["hard", "Hard stops"], ["diversion", "Hard stops"],
    ["criterion", "Criteria of the article"], ["addition", "Additions of this book"],
    ["modifier", "What raises risk or asks for care"], ["behaviour", "Behaviours that were observed"],
    ["on_treatment", "On treatment"], ["alternative", "Hazards of the alternatives"],
    ["neutral", "Pain care"],
]


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
        out.append('<label><input type="radio" name="' + i + '" value="' + v + '"'
                   + (" checked" if v == value else "") + "> " + esc(q["value_labels"][n]) + "</label>")
    out.append("</div><details><summary>Why this is asked</summary><p>" + esc(q["why"])
               + ' <span class="dp-certainty">Certainty: ' + esc(q["certainty"]) + ".</span></p></details></fieldset>")
    return "".join(out)


def form(machine, case, only):
    """The whole form; ``only`` lists the questions visible at first (all exist for scripts and print)."""
    out = ['<form class="dp-form" autocomplete="off" aria-label="Questions">',
           '<details class="dp-past" hidden><summary>Answered</summary><div></div></details><div class="dp-now">']
    for i in machine.ids:
        out.append(question(machine, i, case[i], i in only))
    out.append("</div></form>")
    return "".join(out)


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


def rests(x, page, root):
    """What a line rests on: rule, origin, claims, sources and certainty."""
    out = []
    if x["claims"]:
        out.append("Claims: " + claim_links(x["claims"], page, root) + ".")
    if x["sources"]:
        out.append("Sources: " + source_links(x["sources"], root) + ".")
    origin = "from the article" if x["origin"] == "article" else "added by this book"
    return ('<details class="dp-rests"><summary>' + esc(x["rule"]) + ", " + origin + "</summary><p>"
            + " ".join(out) + " Certainty: " + esc(x["certainty"]) + ".</p></details></li>")


MADE = {}  # the unchanging part of each line, by row


def item(machine, x, page, root, because):
    """One line of the answer with what it rests on."""
    key = (x["row"], x["id"], root, len(x["sources"]), len(x["claims"]))
    if key not in MADE:
        MADE[key] = rests(x, page, root)
    out = ["<li>"]
    if x["title"]:
        out.append("<strong>" + esc(x["title"]) + ".</strong> ")
    out.append(esc(x["text"]))
    if because:
        facts = [machine.inputs[i]["label"] + ": " + machine.label(i, v).lower() for i, v in x["because_of"]
                 if v != machine.inputs[i]["reassuring"]]
        if facts:
            out.append(' <span class="dp-because">Because of ' + esc("; ".join(facts)) + ".</span>")
    out.append(MADE[key])
    return "".join(out)


def section(machine, title, items, page, root, because, opened):
    """A folded list of the answer's lines, with their number in the heading."""
    if not items:
        return ""
    lines = "".join([item(machine, x, page, root, because) for x in items])
    return ('<details class="dp-list" data-key="' + esc(title) + '"' + (" open" if opened else "") + "><summary>"
            + esc(title) + " (" + str(len(items)) + ")</summary><ul>" + lines + "</ul></details>")


def status(machine, answer, possible):
    """The short part that is announced: urgent first, then the level and what it means."""
    info = machine.level_info(answer["path"], answer["level"])
    out = []
    if answer["urgent"]:
        out.append('<p class="dp-urgent"><strong>Urgent: get help today.</strong> Call emergency services or a crisis '
                   "line, or arrange same-day assessment, whatever else is decided here.</p>")
    out.append('<p class="dp-level"><strong>' + esc(info["name"]) + "</strong></p><p>" + esc(info["meaning"]) + "</p>")
    others = []
    for row in machine.model["levels"]:
        if row["path"] != "article" and row["level"] in possible and row["level"] != answer["level"]:
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


def details(machine, answer, changes, page, root):
    """The long part: reasons, what is missing, what would change it, and all the lists."""
    out = [section(machine, "Reasons", answer["reasons"], page, root, False, True)]
    if changes:
        out.append('<details class="dp-list" data-key="change"><summary>What would change it</summary><ul>')
        for level, moves in changes:
            names = [row["name"] for row in machine.model["levels"] if row["level"] == level]
            facts = [machine.inputs[i]["label"] + ": " + machine.label(i, v).lower() for i, v in moves]
            out.append("<li><strong>" + esc(names[0]) + "</strong> if " + esc("; ".join(facts)) + "</li>")
        out.append("</ul><p>What would differ, not what to aim for.</p></details>")
    for title, key, opened in (("Safeguards", "safeguards", True), ("Monitoring", "monitoring", False),
                               ("Cautions", "cautions", False), ("Notes", "notes", False),
                               ("Other care, whatever the level", "other_care", True)):
        out.append(section(machine, title, answer[key], page, root, key == "cautions", opened))
    if answer["missing"]:
        labels = [machine.inputs[i]["label"] for i in answer["missing"]]
        out.append('<details class="dp-list" data-key="missing"><summary>Not known yet (' + str(len(labels))
                   + ")</summary><ul><li>" + "</li><li>".join([esc(x) for x in labels]) + "</li></ul></details>")
    return "".join(out)


def facts(machine, case):
    """What was answered, as a list for the printed sheet."""
    known = [machine.inputs[i]["label"] + ": " + machine.label(i, case[i]).lower()
             for i in machine.ids if case[i] != "unknown"]
    return esc("; ".join(known) + "." if known else "Nothing yet.")

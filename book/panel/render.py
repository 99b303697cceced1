"""The panel's HTML: the cards and the answer, written once for page, notebook and prerender.

Runs unchanged in CPython and MicroPython, as ``decision.machine`` does.
``page`` is what the panel needs besides the model: claims, sources and vignettes by name, and ``root``, the
relative address of the site's front page, or None where there is no site to link to.
"""

try:  # in the page the shared modules stand side by side
    from machine import SECTIONS
    from wording import fact, headline, listed
except ImportError:
    from decision.machine import SECTIONS
    from decision.wording import fact, headline, listed

# pieces of HTML by all that goes into them, because most are the same for many answers; emptied when large
MADE = {}  # type: dict
KEPT = 3000  # pieces, before they are made anew
FITS = {"supported": ("✓", "fits"), "not supported": ("✗", "not supported"), "uncertain": ("?", "uncertain")}
CLOSING = (
    "These are differences in the facts, not answers to give or to aim for. "
    "An answer that is not true makes the result wrong and can do harm."
)
MOST = 6  # a longer list of changes would be no answer


def esc(s):
    """Text made safe for HTML."""
    s = str(s)
    if not ("&" in s or "<" in s or ">" in s or '"' in s):
        return s
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def kept(key, make, *given):
    """A piece of HTML, made once for each key by ``make(*given)``."""
    if key not in MADE:
        if len(MADE) > KEPT:
            MADE.clear()
        MADE[key] = make(*given)
    return MADE[key]


def capital(s):
    """The same text with its first letter a capital."""
    return s[0].upper() + s[1:]


def small(s):
    """The same text with its first letter small, unless it begins with an abbreviation."""
    return s if s[1:2].isupper() else s[0].lower() + s[1:]


# ---- the cards


def bulk(machine, card):
    """What one button can answer a whole card with: its words and its value, or nothing where rows differ."""
    calm = [machine.inputs[i]["calm"] for i in card["items"]]
    if all(c == ["no"] for c in calm):
        return "None of these", "no"
    return ("All of these", "yes") if all(c == ["yes"] for c in calm) else None


def card_line(machine, card, case, given):
    """What an answered card says in its one line: what is present, then what is not known."""
    told, calm, open_ = [], [], 0
    for i in card["items"]:
        if i not in given:
            continue
        if case[i] == "unknown":
            open_ += 1
        elif not machine.calm(i, case[i]):
            if machine.inputs[i]["calm"] or case[i] != "no":
                told.append(fact(machine, i, case[i]))
        elif case[i] not in ("yes", "no"):
            calm.append(small(machine.label(i, case[i])))
    parts = told + calm
    if open_:
        parts.append(str(open_) + " not known")
    if not parts and any(i in given for i in card["items"]):
        act = bulk(machine, card)
        parts.append("all in place" if act and act[1] == "yes" else "none present")
    return ", ".join(parts)


# ---- the answer


def status(machine, answer, owed, root):
    """The part that is announced: the headline in both voices, and what is owed. Urgent: the one act stands out."""
    out = []
    for kind, plain in (("dp-headline%s voice-pro", False), ("dp-plain%s voice-plain", True)):
        words = headline(machine, answer, plain)
        if answer["urgent"]:
            for act in [machine.inputs[i]["next"] for i in machine.lists["urgent"]["items"]]:
                if act in words:  # the act of what was entered first
                    before, after = words.split(act, 1)
                    words = esc(before) + '<strong class="dp-act">' + esc(act) + "</strong>" + esc(after)
                    break
        else:
            name, rest = words.split(": ", 1)
            words = "<strong>" + esc(name) + ":</strong> " + esc(rest)
        out.append('<p class="' + kind % (" dp-urgent" if answer["urgent"] else "") + '">' + words + "</p>")
    call = ' <a href="' + root + 'chapters/people.html#help-now">Numbers to call</a>' if root is not None else ""
    return "".join(out) + '<p class="dp-owed">' + esc(owed) + (call if answer["urgent"] else "") + "</p>"


def owed(machine, answer, left, given):
    """What still has to be asked, by card, in a sentence: few by name, many by number."""
    if answer["urgent"]:
        return "The other questions can wait."
    parts = []
    for card in machine.model["cards"]:
        open_ = [i for i in card["items"] if i in left and i not in given]
        if open_:
            few = ", ".join([small(machine.inputs[i]["short"]) for i in open_]) if len(open_) < 3 else str(len(open_))
            parts.append(card["title"] + " (" + few + ")")
    unknown = len([i for i in left if i in given])
    worry = [1 for x in answer["reasons"] for i, v in x["because_of"] if v != "unknown" and not machine.calm(i, v)]
    lead = "" if worry else "Nothing entered rules it out. " if given else "Nothing is entered yet. "
    if parts:
        return lead + "Still to ask: " + "; ".join(parts) + "."
    if unknown:
        return lead + "Every list is done. What is not known (" + str(unknown) + ") could still change this."
    return "Nothing more to ask while this stands."


def ladder(machine, answer, possible, causes):
    """All levels of the path in a row, most cautious first: here, still possible, or ruled out and by what.

    ``causes``: for a level that is ruled out, the facts that do it.
    """
    out = ['<ol class="dp-ladder" aria-label="The levels, most cautious first">']
    for row in machine.model["levels"]:
        if row["path"] != answer["path"]:
            continue
        name = '<span class="dp-name voice-pro">' + esc(row["name"].split(":")[0]) + "</span>"
        name += '<span class="dp-name-plain voice-plain">' + esc(row["plain"]) + "</span> "
        if row["level"] == answer["level"]:
            kind, sign, note = "here", "●", "here"
        elif row["level"] in possible:
            kind, sign, note = "open", "○", "still possible"
        else:
            facts = causes.get(row["level"])
            kind, sign = "out", "✕"
            note = "ruled out: " + listed(machine, facts, 2) if facts else "nothing entered leads here"
            name = "<s>" + name.strip() + "</s> "
        out.append('<li class="dp-' + kind + '"' + (' aria-current="true"' if kind == "here" else "") + ">")
        out.append('<span class="dp-sign" aria-hidden="true">' + sign + "</span> <span>" + name)
        out.append('<span class="dp-note">' + esc(note) + "</span></span></li>")
    return "".join(out) + "</ol>"


def anchor(key):
    """The anchor of a source in the list of references, as docutils makes it: letters and digits, joined by hyphens."""
    words = "".join([c if c in "abcdefghijklmnopqrstuvwxyz0123456789" else " " for c in "source-" + key.lower()])
    return "-".join(words.split())


def source_links(keys, page):
    """Sources by name and year, with how far each was read, linked to the list of references."""
    out = []
    for k in keys:
        name, seen = page["sources"][k]
        words = esc(name)
        if page["root"] is not None:
            words = '<a href="' + page["root"] + "chapters/references.html#" + anchor(k) + '">' + words + "</a>"
        out.append(words + " (" + esc(seen) + ")")
    return "; ".join(out)


def claim_links(ids, page):
    """Claims by title, linked to the sentence in their chapter."""
    out = []
    for c in ids:
        title, home = page["claims"][c]
        words = esc(title)
        if page["root"] is not None:
            words = '<a href="' + page["root"] + "chapters/" + home + ".html#says-" + c + '">' + words + "</a>"
        out.append(words)
    return ", ".join(out)


def rests(head, x, page):
    """What a line rests on, folded under ``head``: sources, claims and certainty."""
    out = ['<details class="dp-rests"><summary>', esc(head), "</summary><p>"]
    if x["sources"]:
        out.append("Sources: " + source_links(x["sources"], page) + ". ")
    if x["claims"]:
        out.append("Claims: " + claim_links(x["claims"], page) + ". ")
    out.append("Certainty: " + esc(x["certainty"]) + ".</p></details>")
    return "".join(out)


def line(x, facts, page):
    """One line of the answer with what it rests on."""
    title = "<strong>" + esc(x["title"]) + ".</strong> " if x["title"] else ""
    words = "<li>" + title + esc(x["text"])
    if facts:
        words += ' <span class="dp-because">Because of: ' + esc("; ".join(facts)) + ".</span>"
    head = "From the article; what it rests on" if x["origin"] == "article" else "Added by this book; what it rests on"
    return words + rests(head, x, page) + "</li>"


def item(machine, x, page, because):
    """The same line, made once."""
    facts = []
    if because:
        facts = [
            fact(machine, i, v) + (" not known" if v == "unknown" else "")
            for i, v in x["because_of"]
            if v != machine.inputs[i]["reassuring"]
        ]
    return kept((x["row"], x["text"], x["certainty"], page["root"], tuple(facts)), line, x, facts, page)


def section(key, title, lines, opened=False, after=""):
    """A folded list as [key, HTML], with the number of its lines in the heading; no lines, no list."""
    if not lines:
        return []
    head = '<details class="dp-list" data-key="' + key + '"' + (" open" if opened else "") + "><summary>" + esc(title)
    body = " (" + str(len(lines)) + ")</summary><ul>" + "".join(lines) + "</ul>" + after + "</details>"
    return [[key, head + body]]


def hazard(machine, cautions):
    """This person's hazard with an option, in a line: what is present by name, else how much is not known."""
    told, open_ = [], []
    for x in cautions:
        for i, v in x["because_of"]:
            if v == "unknown":
                open_ += [i] if i not in open_ else []
            elif v != machine.inputs[i]["reassuring"] and (i, v) not in told:
                told.append((i, v))
    if told:
        return "Care: " + listed(machine, told, 3) + "."
    return "Hazards not known yet (" + str(len(open_)) + ")." if open_ else "None of the hazards asked about."


def option(x, words, page):
    """One alternative in a line, whether it fits this pain and the hazard; who says so is a tap away."""
    sign, fit = FITS[x["fit"]]
    return (
        '<li class="dp-option" data-fit="'
        + x["fit"].replace(" ", "-")
        + '"><details><summary><strong>'
        + esc(x["title"])
        + '</strong> <span class="dp-fit"><span aria-hidden="true">'
        + sign
        + "</span> "
        + fit
        + '</span> <span class="dp-hazard">'
        + esc(words)
        + '</span></summary><p class="dp-rests">'
        + esc(x["text"])
        + " Sources: "
        + source_links(x["sources"], page)
        + ". Certainty: "
        + esc(x["certainty"])
        + ".</p></details></li>"
    )


def alternatives(machine, answer, case, page):
    """The article's own alternatives for this person: does it fit this pain, and what is the hazard here."""
    found = {x["id"]: x for x in answer["cautions"]}
    again = [r["id"] for r in machine.rows["alternatives"] if r["cautions"]] if case["pregnant"] == "yes" else []
    lines = []
    for x in answer["alternatives"]:
        cautions = [found[c] for c in x["cautions"]]
        words = hazard(machine, cautions)
        if x["id"] in again and "pregnant" not in [i for c in cautions for i, _ in c["because_of"]]:
            words += " Look again for pregnancy."
        key = ("option", x["id"], x["fit"], x["text"], page["root"], words)
        lines.append(kept(key, option, x, words, page))
    pain = machine.label("pain_type", case["pain_type"])
    words = "What else helps: " + (pain if case["pain_type"] != "unknown" else "kind of pain not known")
    return section("alternatives", words, lines, True)


def side(machine, i, value, page):
    """One answer as a line."""
    q = machine.inputs[i]
    words = "<li>" + esc(capital(q["label"]) + ": " + machine.label(i, value).lower()) + "."
    return words + rests("Why it counts", q, page) + "</li>"


def sides(machine, answer, case, page):
    """What was entered, as what speaks against ketamine and what does not stand in the way."""
    against, clear = [], []
    for i in machine.ids:
        q = machine.inputs[i]
        if case[i] == "unknown" or i == "ketamine_status" or not q["calm"] or q[answer["path"]] == "–":
            continue
        words = kept(("side", i, case[i], page["root"]), side, machine, i, case[i], page)
        (clear if machine.calm(i, case[i]) else against).append(words)
    return section("against", "Speaks against", against) + section("clear", "Does not stand in the way", clear)


def codes(answer):
    """The rules by their codes, for those who keep the tables."""
    table = answer["path"] + ".csv"
    out = ["<li>" + answer["level"] + ", decided by " + answer["reasons"][0]["row"] + " of " + table + "</li>"]
    for name, _ in SECTIONS:
        if answer[name]:
            out.append("<li>" + name + ".csv: " if name != "reasons" else "<li>rules that match: ")
            out[-1] += ", ".join([x["row"] for x in answer[name]]) + "</li>"
    return out


def lists(machine, answer, case, page):
    """The long part as a list of [key, HTML]: reasons, what would change it, every list, the codes."""
    article = answer["path"] == "article"
    out = []
    for name, title in SECTIONS:
        if name == "alternatives":
            continue
        lines = [item(machine, x, page, name == "cautions") for x in answer[name]]
        if name == "reasons":
            out += section(name, "Because", lines, True)
            if not article:
                out.append(["change", CHANGE + "<p>Working it out…</p></details>"])
        else:
            out += section(name, title, lines, name in ("safeguards", "other_care"))
    if not article:
        out += sides(machine, answer, case, page)
        words = {c["id"][5:]: c["title"].split(" (")[0] for c in machine.model["checklists"]}
        said = {"yes": "yes", "no": "no", "unknown": "not known"}
        risk = ["<li>" + esc(words[name]) + ": " + said[value] + "</li>" for name, value in answer["risk"]]
        out += section("risk", "The article’s four characteristics", risk)
    return out + section("codes", "For maintainers", codes(answer))


CHANGE = '<details class="dp-list" data-key="change"><summary>What would change it</summary>'


def way(machine, case, moves):
    """A list of changes in words: what stands against it is settled first, and no list is too long to be an answer."""
    stops = [(i, case[i]) for i, v in moves if case[i] != "unknown" and machine.inputs[i]["next"] != "–"]
    rest = [(i, v) for i, v in moves if (i, case[i]) not in stops]
    told = ["once this has been settled, ask again: " + listed(machine, stops, MOST)] if stops else []
    if len(moves) > MOST:
        open_ = len([1 for i, v in rest if case[i] == "unknown"])
        moved = len(rest) - open_
        words = str(open_) + " questions are open, and all would have to be answered reassuringly"
        if moved:
            words += "; " + str(moved) + (" answer" if moved == 1 else " answers") + " would have to differ"
        told.append(words)
    elif rest:
        said = [machine.inputs[i]["label"] + ": " + machine.label(i, v).lower() for i, v in rest]
        told.append(("and " if stops else "") + "with " + "; ".join(said))
    return "; ".join(told)


def change(machine, answer, case, changes):
    """The fewest changes towards less caution, as HTML: none while urgent."""
    if answer["urgent"]:
        return (
            CHANGE + "<p>This is an emergency first. What would change the level is a question for later.</p></details>"
        )
    here = machine.level_info(answer["path"], answer["level"])["rank"]
    lines = []
    for level, moves in changes:
        rows = [r for r in machine.model["levels"] if r["level"] == level and r["path"] == answer["path"]]
        if rows and rows[0]["rank"] > here:
            name = rows[0]["name"].replace(": ", ", ")
            lines.append("<li><strong>" + esc(name) + ":</strong> " + esc(way(machine, case, moves)) + ".</li>")
    if not lines:
        lines.append("<li>Nothing that can change leads to a less cautious level.</li>")
    return CHANGE + "<ul>" + "".join(lines) + "</ul><p>" + CLOSING + "</p></details>"


def facts(machine, case, given):
    """What was entered, card by card, for the printed sheet: rows with the same answer stand together."""
    out = []
    for card in machine.model["cards"]:
        told, groups, parts = [i for i in card["items"] if i in given], [], []
        for i in told:
            words = small(machine.label(i, case[i]))
            if machine.inputs[i]["values"][0] != "yes":
                parts.append(machine.inputs[i]["short"] + ": " + words)
            elif words not in groups:
                groups.append(words)
        for words in groups:
            names = [machine.inputs[i]["short"] for i in told if small(machine.label(i, case[i])) == words]
            parts.append(words + ": " + ", ".join([n for n in names if n + ": " + words not in parts]))
        if told:
            out.append("<li><strong>" + esc(card["title"]) + ".</strong> " + esc(capital("; ".join(parts))) + ".</li>")
    return "<ul>" + "".join(out) + "</ul>" if out else "<p>Nothing was entered.</p>"

"""The panel's HTML: the cards and the answer, written once for page, notebook and prerender.

Runs unchanged in CPython and MicroPython, as ``decision.machine`` does.
``page`` is what the panel needs besides the model: claims, sources and vignettes by name, and ``root``, the
relative address of the site's front page, or None where there is no site to link to.
"""

try:  # in the page the shared modules stand side by side
    from wording import SECTIONS, fact, headline, listed
except ImportError:
    from decision.wording import SECTIONS, fact, headline, listed

MADE = {}  # pieces of HTML by all that goes into them, because most are the same for many answers; emptied when large
FITS = {"supported": "✓", "not supported": "✗", "uncertain": "?"}
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


def kept(key, make):
    """A piece of HTML, made once for each key."""
    if key not in MADE:
        if len(MADE) > 3000:
            MADE.clear()
        MADE[key] = make()
    return MADE[key]


def capital(s):
    """The same text with its first letter a capital."""
    return s[0].upper() + s[1:]


# ---- the form


def question(machine, i, value):
    """One question: a fieldset of native radio buttons under a short name; its full wording is a tap away."""
    q = machine.inputs[i]
    plain = q["values"] == ["yes", "no", "unknown"]
    out = ['<fieldset class="dp-q' + ("" if plain else " dp-choice") + '" data-q="' + i + '">']
    out.append("<legend>" + esc(q["short"]) + '</legend><div class="dp-options">')
    for n, v in enumerate(q["values"]):
        words = esc(q["value_labels"][n])
        if plain and v == "unknown":
            words = '<span aria-hidden="true">?</span><span class="dp-hidden">Not known</span>'
        out.append('<label><input type="radio" name="' + i + '" value="' + v + '"')
        out.append((" checked" if v == value else "") + "><span>" + words + "</span></label>")
    out.append('</div><details class="dp-more"><summary><span aria-hidden="true">i</span><span class="dp-hidden">About: ')
    out.append(esc(q["short"]) + "</span></summary><p><strong>" + esc(q["question"]) + "</strong></p><p>" + esc(q["why"]))
    out.append(' <span class="dp-certainty">Certainty: ' + esc(q["certainty"]) + ".</span></p></details></fieldset>")
    return "".join(out)


def bulk(machine, card):
    """What one button can answer a whole card with: its words and its value, or nothing where rows differ."""
    calm = [machine.inputs[i]["calm"] for i in card["items"]]
    if all(c == ["no"] for c in calm):
        return "None of these", "no"
    return ("All of these", "yes") if all(c == ["yes"] for c in calm) else None


def form(machine, case):
    """The whole form, card by card: every question is there for readers without scripts too."""
    out = ['<form class="dp-form" autocomplete="off">']
    for n, card in enumerate(machine.model["cards"]):
        out.append('<details class="dp-card" data-card="' + card["id"] + '" open><summary><strong>' + str(n + 1) + " ")
        out.append(esc(card["title"]) + '</strong> <span class="dp-sum"></span></summary><div class="dp-rows">')
        out += [question(machine, i, case[i]) for i in card["items"]]
        out.append('</div><p class="dp-bulk">')
        act = bulk(machine, card)
        if act:
            out.append('<button type="button" data-do="bulk" data-value="' + act[1] + '">' + act[0] + "</button> ")
        out.append('<button type="button" data-do="bulk" data-value="unknown">Not known</button> ')
        out.append('<button type="button" data-do="undo" hidden>Undo</button></p></details>')
    return "".join(out) + "</form>"


def card_line(machine, card, case, given):
    """What an answered card says in its one line: what is present, then what is not known."""
    told = [fact(machine, i, case[i]) for i in card["items"]
            if i in given and case[i] != "unknown" and not machine.calm(i, case[i])]
    calm = [machine.label(i, case[i]).lower() for i in card["items"]
            if i in given and machine.calm(i, case[i]) and case[i] not in ("yes", "no")]
    open_ = [i for i in card["items"] if i in given and case[i] == "unknown"]
    parts = told + calm
    if open_:
        parts.append(str(len(open_)) + " not known")
    if not parts and any(i in given for i in card["items"]):
        act = bulk(machine, card)
        parts.append("all in place" if act and act[1] == "yes" else "none present")
    return esc(", ".join(parts))


# ---- the answer


def status(machine, answer, owed):
    """The part that is announced: the headline, and what is still owed, by card."""
    name, rest = headline(machine, answer).split(": ", 1) if not answer["urgent"] else (headline(machine, answer), "")
    out = []
    if answer["urgent"]:
        out.append('<p class="dp-headline dp-urgent"><strong>' + esc(name) + "</strong></p>")
    else:
        out.append('<p class="dp-headline"><strong>' + esc(name) + ":</strong> " + esc(rest) + "</p>")
    return "".join(out) + '<p class="dp-owed">' + esc(owed) + "</p>"


def owed(machine, answer, case, left, given):
    """What still has to be asked, by card, in a sentence."""
    counts = []
    for card in machine.model["cards"]:
        n = len([i for i in card["items"] if i in left and i not in given])
        if n:
            counts.append(card["title"] + " (" + str(n) + ")")
    unknown = len([i for i in left if i in given])
    worry = [1 for x in answer["reasons"] for i, v in x["because_of"] if v != "unknown" and not machine.calm(i, v)]
    lead = "" if worry else "Nothing entered stops it. "
    if counts:
        return lead + "Still owed: " + ", ".join(counts) + "."
    if unknown:
        return lead + "All is asked; what is not known (" + str(unknown) + ") could still change this."
    return "Nothing more is owed while this stands."


def ladder(machine, answer, possible, causes):
    """All levels of the path in a row, most cautious first: here, still possible, or ruled out and by what.

    ``causes``: for a level that is ruled out, the facts that do it.
    """
    out = ['<ol class="dp-ladder" aria-label="The levels, most cautious first">']
    for row in machine.model["levels"]:
        if row["path"] != answer["path"]:
            continue
        name = esc(row["name"].split(":")[0])
        if row["level"] == answer["level"]:
            out.append('<li class="dp-here" aria-current="true"><span aria-hidden="true">●</span> <strong>' + name)
            out.append("</strong> <span>here</span></li>")
        elif row["level"] in possible:
            out.append('<li class="dp-open"><span aria-hidden="true">○</span> ' + name + " <span>still possible</span></li>")
        else:
            facts = causes.get(row["level"])
            why = "ruled out by " + listed(machine, facts, 2) if facts else "nothing entered leads here"
            out.append('<li class="dp-out"><span aria-hidden="true">✕</span> <s>' + name + "</s> <span>" + esc(why))
            out.append("</span></li>")
    return "".join(out) + "</ol>"


def anchor(key):
    """The anchor of a source in the list of references, as docutils makes it."""
    return "source-" + key.lower().replace("_", "-")


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

    def make():
        out = ['<details class="dp-rests"><summary>', esc(head), "</summary><p>"]
        if x["sources"]:
            out.append("Sources: " + source_links(x["sources"], page) + ". ")
        if x["claims"]:
            out.append("Claims: " + claim_links(x["claims"], page) + ". ")
        out.append("Certainty: " + esc(x["certainty"]) + ".</p></details>")
        return "".join(out)

    return kept((head, page["root"], x["certainty"], tuple(x["claims"]), tuple(x["sources"])), make)


def item(machine, x, page, because):
    """One line of the answer with what it rests on."""
    title = "<strong>" + esc(x["title"]) + ".</strong> " if x["title"] else ""
    words = "<li>" + title + esc(x["text"])
    facts = [fact(machine, i, v) + (" not known" if v == "unknown" else "")
             for i, v in x["because_of"] if v != machine.inputs[i]["reassuring"]] if because else []
    if facts:
        words += ' <span class="dp-because">Because of: ' + esc("; ".join(facts)) + ".</span>"
    head = "From the article; what it rests on" if x["origin"] == "article" else "Added by this book; what it rests on"
    return words + rests(head, x, page) + "</li>"


def section(key, title, lines, opened=False, after="", tag="ul"):
    """A folded list as [key, HTML], with the number of its lines in the heading; no lines, no list."""
    if not lines:
        return []
    head = '<details class="dp-list" data-key="' + key + '"' + (" open" if opened else "") + "><summary>" + esc(title)
    return [[key, head + " (" + str(len(lines)) + ")</summary><" + tag + ">" + "".join(lines) + "</" + tag + ">"
             + after + "</details>"]]


def alternatives(machine, answer, case, page):
    """The article's own alternatives for this person: does it fit this pain, and what is the hazard here."""
    hazards = {x["id"]: x["title"] for x in answer["cautions"]}
    lines = []
    for x in answer["alternatives"]:
        told = [hazards[c] for c in x["cautions"]]
        hazard = "Care with this person: see the caution on " + ", ".join(told) + "." if told else "No hazard entered."
        lines.append(
            '<li class="dp-option"><strong>' + esc(x["title"]) + '</strong> <span class="dp-fit" data-fit="'
            + x["fit"].replace(" ", "-") + '"><span aria-hidden="true">' + FITS[x["fit"]] + "</span> " + x["fit"]
            + '</span> <span class="dp-hazard">' + esc(hazard) + "</span>"
            + '<details class="dp-rests"><summary>Who says so</summary><p>' + esc(x["text"]) + " Sources: "
            + source_links(x["sources"], page) + ". Certainty: " + esc(x["certainty"]) + ".</p></details></li>")
    pain = machine.label("pain_type", case["pain_type"]).lower()
    words = "What else helps this pain (" + (pain if case["pain_type"] != "unknown" else "kind not known") + ")"
    return section("alternatives", words, lines, True)


def sides(machine, answer, case, page):
    """What was entered, as what speaks against ketamine and what does not stand in the way."""
    against, clear = [], []
    for i in machine.ids:
        q = machine.inputs[i]
        if case[i] == "unknown" or i == "ketamine_status" or not q["calm"] or q[answer["path"]] == "–":
            continue
        line = "<li>" + esc(capital(q["label"]) + ": " + machine.label(i, case[i]).lower()) + "."
        line += rests("Why it counts", q, page) + "</li>"
        (clear if machine.calm(i, case[i]) else against).append(line)
    return section("against", "Speaks against", against) + section("clear", "Does not stand in the way", clear)


def details(machine, answer, case, page):
    """The long part as a list of [key, HTML]: alternatives, reasons, what would change it, every list, the codes."""
    article = answer["path"] == "article"
    out = [] if article else alternatives(machine, answer, case, page)
    lines = {name: [item(machine, x, page, name == "cautions") for x in answer[name]] for name, _ in SECTIONS}
    out += section("reasons", "Because", lines["reasons"], True)
    if not article:
        out.append(["change", CHANGE + "<p>Working it out…</p></details>"])
    for name, title in SECTIONS:
        if name not in ("reasons", "alternatives"):
            out += section(name, title, lines[name], name in ("safeguards", "other_care"))
    if not article:
        out += sides(machine, answer, case, page)
        words = {c["id"][5:]: c["title"].split(" (")[0] for c in machine.model["checklists"]}
        out += section("risk", "The article’s four characteristics",
                       ["<li>" + esc(words[name]) + ": " + value + "</li>" for name, value in answer["risk"]])
    codes = ["<li>" + answer["level"] + ", decided by " + answer["reasons"][0]["row"] + " of " + answer["path"] + ".csv</li>"]
    for name in ("reasons", "safeguards", "monitoring", "cautions", "notes", "other_care"):
        if answer[name]:
            codes.append("<li>" + name + ": " + ", ".join([x["row"] for x in answer[name]]) + "</li>")
    return out + section("codes", "For maintainers", codes)


CHANGE = '<details class="dp-list" data-key="change"><summary>What would change it</summary>'


def change(machine, answer, changes):
    """The fewest changes towards less caution, as HTML: none while urgent, and no list too long to be an answer."""
    here = int(machine.level_info(answer["path"], answer["level"])["rank"])
    if answer["urgent"]:
        return CHANGE + "<p>This is an emergency first. What would change the level is a question for later.</p></details>"
    lines = []
    for level, moves in changes:
        rows = [r for r in machine.model["levels"] if r["level"] == level and r["path"] == answer["path"]]
        if not rows or int(rows[0]["rank"]) <= here:
            continue
        stops = [i for i, v in moves if machine.inputs[i]["next"] != "–"]
        if len(moves) > MOST:
            words = str(len(moves)) + " questions are open or stand against it; all would have to be answered reassuringly"
        elif any(i in stops for i, _ in moves):
            names = listed(machine, [(i, "yes") for i in stops], MOST)
            words = "once this has been settled, ask again: " + names
        else:
            words = "with " + "; ".join([machine.inputs[i]["label"] + ": " + machine.label(i, v).lower() for i, v in moves])
        lines.append("<li><strong>" + esc(rows[0]["name"]) + "</strong>: " + esc(words) + ".</li>")
    if not lines:
        lines.append("<li>Nothing that can change leads to a less cautious level.</li>")
    return CHANGE + "<ul>" + "".join(lines) + "</ul><p>" + CLOSING + "</p></details>"


def facts(machine, case, given):
    """What was entered, card by card, for the printed sheet."""
    out = []
    for card in machine.model["cards"]:
        told = [esc(machine.inputs[i]["short"] + ": " + machine.label(i, case[i]).lower())
                for i in card["items"] if i in given]
        if told:
            out.append("<li><strong>" + esc(card["title"]) + ".</strong> " + "; ".join(told) + ".</li>")
    return "<ul>" + "".join(out) + "</ul>" if out else "<p>Nothing was entered.</p>"

"""The answer as plain text. Runs unchanged in CPython and MicroPython, as ``machine`` does."""

try:  # in the page the shared modules stand side by side
    from machine import SECTIONS
except ImportError:
    from .machine import SECTIONS

NOTICE = "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given."


def fact(machine, i, value, plain=False):
    """An input and its value as a short phrase: “pregnancy”, “no objective findings”, “under 18”."""
    label = machine.inputs[i]["plain" if plain and machine.inputs[i]["plain"] != "–" else "label"]
    if value in ("yes", "unknown"):
        return label
    return "no " + label if value == "no" else machine.label(i, value).lower()


def listed(machine, pairs, most, plain=False, rest=""):
    """Inputs in a row, the first ``most`` of them by name, and how many more there are, or ``rest`` for these."""
    names = [fact(machine, i, v, plain) for i, v in pairs]
    if len(names) > most + 1:
        names = names[:most] + [rest or str(len(names) - most) + " more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def headline(machine, answer, plain=False):
    """The answer in a line: level, what decided it, next step; ``plain``: for people, what is urgent coming first."""
    first = answer["reasons"][0]
    info = machine.level_info(answer["path"], answer["level"])
    worry, unknown, calm, told = [], [], [], []
    for pair in first["because_of"]:
        (unknown if pair[1] == "unknown" else calm if machine.calm(pair[0], pair[1]) else worry).append(pair)
    if not machine.below(answer["path"], answer["level"]):
        told.append(listed(machine, [x for x in calm if x[1] == "yes"], 2, plain) + " in place")
        if worry:
            told[0] += ". Taken into account: " + listed(machine, worry, 3, plain)
    elif worry and first["because_of"][0] not in unknown:  # where the first is open, what is open decided
        told.append(listed(machine, worry, 3, plain))
    if unknown := sorted(unknown, key=lambda x: machine.numbers[x[0]]):  # told as it is asked
        told.append(listed(machine, unknown, 2, plain, "others") + " not known")
    row = [r for r in machine.rows[answer["path"]] if r["row"] == first["row"]][0]
    nexts = [row["next"]] if row["next"] != "–" else [machine.inputs[i]["next"] for i, _ in worry]
    nexts = [x for n, x in enumerate(nexts) if x != "–" and x not in nexts[:n]]
    nexts = [x for x in nexts if not any(y != x and y.startswith(x[:-1]) for y in nexts)][:2]  # the fuller one says it
    lead, name = "", info["plain"] if plain else info["name"].replace(": ", ", ")
    if answer["urgent"]:
        urgent = [pair for x in answer["reasons"] if x["rule"] == "R-URG" for pair in x["because_of"]]
        why = "" if urgent[0] in worry else ": " + listed(machine, urgent, 3, plain) + ". "
        act = machine.inputs[urgent[0][0]]["next"]
        nexts = ([] if plain else [act]) + [x for x in nexts if x != act]
        lead = act + " " + ("Why" + why if why else "") if plain else "Urgent" + (why or ". ")
    return (lead + name + ": " + "; ".join(told) + ". " + " ".join(nexts)).rstrip()


def as_text(machine, answer):
    """The answer as plain text for a note, most important first."""
    info = machine.level_info(answer["path"], answer["level"])
    out = []
    if answer["urgent"]:
        out += [x["title"].upper() + ". " + x["text"] for x in answer["reasons"] if x["rule"] == "R-URG"]
    if answer["reading"] == "article":
        out.append("ARTICLE READING, for learning only: the article's four criteria and nothing else.")
    out += [info["name"], headline(machine, answer), info["meaning"]]
    told = [(key, title) for key, title in SECTIONS if answer[key]]
    for key, title in told:
        out += ["", title + ":"]
        for item in answer[key]:
            name, tail = item["title"] + ": " if key != "reasons" else "", ""
            if key == "alternatives":
                name = item["title"] + ", " + item["fit"] + ": "
                hazards = [x["title"] for x in answer["cautions"] if x["id"] in item["cautions"]]
                tail = " With this person, see the caution: " + "; ".join(hazards) + "." if hazards else ""
            elif key == "cautions":
                because = [x for x in item["because_of"] if x[1] != machine.inputs[x[0]]["reassuring"]]
                because = [machine.inputs[i]["label"] + ": " + machine.label(i, v) for i, v in because]
                tail = " (" + "; ".join(because) + ")" if because else ""
            out.append("- " + name + item["text"] + tail)
    if answer["missing"]:
        out += ["", "Not known yet:"] + ["- " + machine.inputs[i]["label"] for i in answer["missing"]]
    out += ["", NOTICE, "", "For maintainers:"]
    out.append("- " + answer["level"] + " (" + answer["reading"] + ", " + answer["path"] + ")")
    out += ["- " + title.split(",")[0] + ": " + ", ".join([x["row"] for x in answer[key]]) for key, title in told]
    return "\n".join(out)


HOLES = (("urgent", "Needs help today"), ("stop", "Would be stopped"), ("hold", "Would wait, or get other care first"))
AT = {"start": "Before a start", "on": "On treatment"}


def omissions(machine, holes):
    """Holes as lines, gravest first: severity, what it is in words, levels by path, and the hole it was met in first.

    The same facts on both paths are one line; so are facts that count only together with the same other one.
    """
    found, out, seen = [], [], {}
    for h in holes:
        key = str(h["facts"])
        if key not in seen:
            seen[key] = {"facts": h["facts"], "levels": [], "hole": h}
            found.append(seen[key])
        seen[key]["levels"].append([h["path"], machine.level_info(h["path"], h["level"])["name"]])
    for x in found:
        last, rest = x["facts"][-1], x["facts"][:-1]
        same = [y for y in out if rest and y["last"] == last and y["levels"] == x["levels"]]
        if same:
            same[0]["with"] += rest
        else:
            out.append({"last": last, "with": rest, "levels": x["levels"], "hole": x["hole"]})
    for x in out:
        x["severity"], x["words"] = x["hole"]["severity"], fact(machine, x["last"][0], x["last"][1])
        if x["with"]:
            x["words"] += ", with any of these: " + listed(machine, x["with"], 99)
    return out


def consequence(levels):
    """What the tables say on each path: “Before a start: Avoid ketamine. On treatment: Plan a supported stop.”"""
    names = [name for _, name in levels]
    if len(names) == 2 and names[0] == names[1]:
        return "On both paths: " + names[0] + "."
    return " ".join([AT[path] + ": " + name + "." for path, name in levels])


def story(machine, audited):
    """The nearest person whom an answer would harm, in sentences."""
    hole = audited["nearest"]
    if not hole:
        return "Nobody. Whoever gets through this answer would get as far by this book."
    lead = "Even where all that it asks is answered well, it" if audited["asked"] else "It asks about nothing, so it"
    told = listed(machine, hole["facts"], 9)
    where = "someone" if hole["path"] == "start" else "someone on ketamine now"
    joint = " who is " if [i for i, _ in hole["facts"]] == ["age_group"] else " with "
    return lead + " lets through " + where + joint + told + ". This book: " + hole["headline"]


def audit_text(machine, audited):
    """An audit as plain text for a note or a worksheet, gravest first."""
    names = {i: machine.inputs[i]["label"] for i in machine.ids}
    out = ["This answer asks about: " + ("; ".join([names[i] for i in audited["asked"]]) or "nothing") + "."]
    out += ["", "The nearest person it would harm: " + story(machine, audited)]
    lines = omissions(machine, audited["holes"])
    for kind, title in HOLES:
        told = ["- " + x["words"] + ". " + consequence(x["levels"]) for x in lines if x["severity"] == kind]
        if told:
            out += ["", "Let through, though this book says “" + title.lower() + "” (" + str(len(told)) + "):"] + told
    if audited["holes"]:
        out += ["", "The one question to add first: " + names[audited["next_question"]] + "."]
        out += ["", "The shortest list that closes everything (" + str(len(audited["closing"])) + "):"]
        out += ["- " + names[i] for i in audited["closing"]]
    if audited["idle"]:
        out += ["", "Asked, and no level hangs on it: " + "; ".join([names[i] for i in audited["idle"]]) + "."]
    return "\n".join(out + ["", NOTICE])

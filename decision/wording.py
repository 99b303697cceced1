"""The answer as plain text. Runs unchanged in CPython and MicroPython, as ``machine`` does."""

NOTICE = "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given."
SECTIONS = (  # every list of an answer, in the order in which it is told
    ("reasons", "Reasons"),
    ("alternatives", "Alternatives, as guidelines see them for this kind of pain"),
    ("safeguards", "Safeguards"),
    ("monitoring", "Monitoring"),
    ("cautions", "Cautions"),
    ("notes", "Notes"),
    ("other_care", "Other care, whatever the level"),
)


def fact(machine, i, value):
    """An input and its value as a short phrase: “pregnancy”, “no objective findings”, “under 18”."""
    label = machine.inputs[i]["label"]
    if value in ("yes", "unknown"):
        return label
    return "no " + label if value == "no" else machine.label(i, value).lower()


def listed(machine, pairs, most):
    """Inputs in a row, the first ``most`` of them by name, and how many more there are."""
    names = [fact(machine, i, v) for i, v in pairs]
    if len(names) > most + 1:
        names = names[:most] + [str(len(names) - most) + " more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def headline(machine, answer):
    """The answer in a line: the level, what decided it by name, and the next step for that reason."""
    first = answer["reasons"][0]
    info = machine.level_info(answer["path"], answer["level"])
    worry, unknown, calm = [], [], []
    for pair in first["because_of"]:
        (unknown if pair[1] == "unknown" else calm if machine.calm(pair[0], pair[1]) else worry).append(pair)
    told = []
    if not any(int(x["rank"]) > int(info["rank"]) for x in machine.model["levels"] if x["path"] == answer["path"]):
        told.append(listed(machine, [x for x in calm if x[1] == "yes"], 2) + " in place")
        if worry:
            told[0] += ". Taken into account: " + listed(machine, worry, 3)
    elif worry and first["because_of"][0] not in unknown:
        told.append(listed(machine, worry, 3))
    if unknown:  # where the first is open, what is open decided, whatever else is known
        told.append(listed(machine, unknown, 2) + " not known")
    row = [r for r in machine.rows[answer["path"]] if r["row"] == first["row"]][0]
    nexts = [row["next"]] if row["next"] != "–" else [machine.inputs[i]["next"] for i, _ in worry]
    nexts = [x for n, x in enumerate(nexts) if x != "–" and x not in nexts[:n]]
    nexts = [x for x in nexts if not any(y != x and y.startswith(x[:-1]) for y in nexts)][:2]  # the fuller one says it
    lead = ""
    if answer["urgent"]:
        urgent = [pair for x in answer["reasons"] if x["rule"] == "R-URG" for pair in x["because_of"]]
        lead = "Urgent. " if urgent[0] in worry else "Urgent: " + listed(machine, urgent, 3) + ". "
        nexts = [x for x in nexts if x != machine.inputs[urgent[0][0]]["next"]]
        nexts.insert(0, machine.inputs[urgent[0][0]]["next"])
    return lead + info["name"].replace(": ", ", ") + ": " + "; ".join(told) + ". " + " ".join(nexts)


def as_text(machine, answer):
    """The answer as plain text for a note, most important first."""
    info = machine.level_info(answer["path"], answer["level"])
    out = []
    if answer["urgent"]:
        out += [x["title"].upper() + ". " + x["text"] for x in answer["reasons"] if x["rule"] == "R-URG"]
    if answer["reading"] == "article":
        out.append("ARTICLE READING, for learning only: the article's four criteria and nothing else.")
    out.append(info["name"] + " [" + answer["level"] + "]")
    out.append(headline(machine, answer))
    out.append(info["meaning"])
    for key, title in SECTIONS:
        if answer[key]:
            out.append("")
            out.append(title + ":")
            for item in answer[key]:
                because = [
                    machine.inputs[i]["label"] + ": " + machine.label(i, v)
                    for i, v in item["because_of"]
                    if key != "reasons" and v != machine.inputs[i]["reassuring"]
                ]
                tail = " (" + "; ".join(because) + ")" if because and key == "cautions" else ""
                name = item["title"] + ": " if item["title"] and key != "reasons" else ""
                if key == "alternatives":
                    name = item["title"] + ", " + item["fit"] + ": "
                    hazards = [x["title"] for x in answer["cautions"] if x["id"] in item["cautions"]]
                    tail = " With this person, see the caution: " + "; ".join(hazards) + "." if hazards else ""
                out.append("- " + name + item["text"] + tail + " [" + item["rule"] + "]")
    if answer["missing"]:
        out.append("")
        out.append("Not known yet:")
        for i in answer["missing"]:
            out.append("- " + machine.inputs[i]["label"])
    out.append("")
    out.append(NOTICE)
    return "\n".join(out)

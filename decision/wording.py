"""The answer as plain text. Runs unchanged in CPython and MicroPython, as ``machine`` does."""

NOTICE = "Education only, not advice about a person. Not yet reviewed by a clinician. No dose is ever given."
SECTIONS = (  # every list of an answer, in the order in which it is told
    ("reasons", "Reasons"),
    ("safeguards", "Safeguards"),
    ("monitoring", "Monitoring"),
    ("cautions", "Cautions"),
    ("notes", "Notes"),
    ("other_care", "Other care, whatever the level"),
)


def as_text(machine, answer):
    """The answer as plain text for a note, most important first."""
    info = machine.level_info(answer["path"], answer["level"])
    out = []
    if answer["urgent"]:
        out += [x["title"].upper() + ". " + x["text"] for x in answer["reasons"] if x["rule"] == "R-URG"]
    if answer["reading"] == "article":
        out.append("ARTICLE READING, for learning only: the article's four criteria and nothing else.")
    out.append(info["name"] + " [" + answer["level"] + "]")
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
                out.append("- " + name + item["text"] + tail + " [" + item["rule"] + "]")
    if answer["missing"]:
        out.append("")
        out.append("Not known yet:")
        for i in answer["missing"]:
            out.append("- " + machine.inputs[i]["label"])
    out.append("")
    out.append(NOTICE)
    return "\n".join(out)

"""The case studio's reveal: what a learner who has committed to an answer is told, the same in page and notebook.

Runs unchanged in CPython and MicroPython, as ``decision.machine`` does.
"""

try:  # in the page the shared modules stand side by side
    import change
    import explain
    from wording import headline
except ImportError:
    from decision import change, explain
    from decision.wording import headline

MOST = 6  # a longer list of changes would be no near miss


def level_name(machine, path, level):
    """A level in words."""
    return machine.level_info(path, level)["name"]


def question(machine, case, told, left, deciding, i):
    """What a question that the learner would ask first was worth, in a sentence."""
    q = machine.inputs[i]
    lead = q["short"] + ": "
    if i in told:
        return lead + "the story had told it already."
    if i not in left:
        why = "With what the story tells, no answer moves the level or makes it urgent."
        return lead + "could not have changed anything. " + why
    answer = (
        "Here it is not known" if case[i] == "unknown" else "Here the answer is: " + machine.label(i, case[i]).lower()
    )
    return lead + "mattered. " + answer + (", and it decides." if i in deciding else ".")


def near(machine, case, reading):
    """The near miss, exactly: the fewest other answers by which this case is decided otherwise, a sentence a level."""
    found = change.what_would_change(machine, case, reading)
    if not found:
        return ["No answer that can change leads this case to another level."]
    out = []
    for level, moves in found:
        if len(moves) > len(found[0][1]):
            break
        status = [v for i, v in moves if i == "ketamine_status"] or [case["ketamine_status"]]
        where = level_name(machine, "on" if status[0] == "on" else "start", level)
        if len(moves) > MOST:
            out.append("The nearest other level, “" + where + "”, is " + str(len(moves)) + " answers away.")
        else:
            told = "; ".join([told_as(machine, i, v) for i, v in moves])
            out.append("With " + told + ", it would be “" + where + "”.")
    return out


def told_as(machine, i, v):
    """An answer as label and value."""
    return machine.inputs[i]["label"] + ": " + machine.label(i, v).lower()


def reveal(machine, case, told, asked, level):
    """What is revealed of a whole case: ``right``, and a list of [heading, sentences].

    ``told``: the inputs that the story tells; ``asked``: those the learner would ask first; ``level``: the one
    committed to. A question mattered if, with only what was told, an answer to it can still change the level or
    the urgent flag; else no answer can.
    """
    answer = machine.decide(case, "book")
    path = answer["path"]
    known = {i: case[i] if i in told else "unknown" for i in machine.ids}
    left = explain.questions(machine, known, "book")
    deciding = [i for i, v in answer["reasons"][0]["because_of"] if v == "unknown" or not machine.calm(i, v)]
    article = machine.decide(case, "article")
    right = level == answer["level"]
    name = level_name(machine, path, answer["level"])
    lead = "As you said." if right else "You said “" + level_name(machine, path, level) + "”."
    first = [headline(machine, answer), answer["reasons"][0]["text"]]
    return {
        "right": right,
        "level": answer["level"],
        "parts": [
            ["The decision", [lead + " This book: “" + name + "”."] + first],
            ["What you would have asked", [question(machine, case, told, left, deciding, i) for i in asked]],
            ["The near miss", near(machine, case, "book")],
            [
                "The article’s reading, for learning only",
                [level_name(machine, article["path"], article["level"]) + ". " + article["reasons"][0]["text"]],
            ],
        ],
    }

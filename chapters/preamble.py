"""What every notebook of this book begins with: ``from preamble import *``.

It runs the rules of its folder, never those of a copy, and shows answers in words. Nothing clinical is written here.
"""

import re
import sys
from html import escape
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
from IPython import get_ipython
from IPython.display import HTML, display

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import decision
from book.panel import studio
from decision import checklists, decide, inputs, level_names
from decision.api import machine

if Path(decision.__file__).resolve().parents[1] != ROOT:
    raise ImportError(
        f"This notebook stands in {ROOT}, but the rules in use are those of {Path(decision.__file__).parent}: "
        f"restart the kernel. If that does not help, the folder decision/ is missing beside the chapters."
    )

__all__ = [
    "answers_to", "cards", "check", "display", "explore", "fold", "hazards", "in_words", "labels", "pd", "predict",
    "reveal", "say", "show", "table", "words",
]  # fmt: skip

pd.set_option("display.max_colwidth", None)  # a sentence in a table is shown whole
if get_ipython():
    get_ipython().InteractiveTB.set_mode("Minimal")  # of an error the last line, which is written for people


def labels(names):
    """Inputs and checklists by their names in words."""
    return "; ".join(inputs()[x]["label"] if x in inputs() else checklists()[x]["title"] for x in names)


def answers_to(name):
    """The answers that a question, or a checklist, allows: in words -> the value."""
    said = inputs().get(name) or {"value_labels": ["Yes", "No", "Not known"], "values": ["yes", "no", "unknown"]}
    return dict(zip(said["value_labels"], said["values"], strict=True))


def cards():
    """The cards of the panel: the title -> the inputs that are asked on it."""
    return {card["title"]: card["items"] for card in machine().model["cards"]}


def check(mine, *right):
    """What to say of an answer to an exercise; the right one is not said. An input may be named in words too."""
    if mine in (None, ""):
        return "Write an answer in the cell above, then run both."
    right = [str(w) for x in right for w in (x, *(inputs()[x][k] for k in ("label", "short") if x in inputs()))]
    return "Right." if str(mine).strip().lower() in map(str.lower, right) else "Not that; look again."


def in_words(name, values):
    """Values of an input or a checklist in the book's own words; what is no value stays as it is."""
    return [{v: label.lower() for label, v in answers_to(name).items()}.get(value, value) for value in values]


def words(answers):
    """Inputs and checklists with their value, or values, in the book's own words."""
    listed = {name: [x] if isinstance(x, str) else x for name, x in answers.items()}
    return "; ".join(f"{labels([name])}: {' or '.join(in_words(name, x))}" for name, x in listed.items())


def hazards(d, option):
    """What in this person calls up the cautions with an option: yes, not known, or an age."""
    called = [c for c in d.cautions if c.id in option.cautions]
    return words({name: value for c in called for name, value in c.because_of}) or "none found"


def less_caution(d):
    """What would lead to less caution, in lines; a hard stop is settled first and not exchanged for another fact."""
    stands = [name for name, value in d.reasons[0].because_of if value not in ("unknown", inputs()[name]["reassuring"])]
    if d.urgent or any(inputs()[name]["next"] != "–" for name in stands):
        return ["Once this has been settled, ask again."]
    ways = {level: x for level, x in d.what_would_change() if decide({**d.case, **x}, reading=d.reading).rank > d.rank}
    short = {level: words(x) if len(x) <= 6 else f"{len(x)} reassuring answers more" for level, x in ways.items()}
    return [f"{level_names()[level]}, with {said}" for level, said in short.items()] or ["No answer that can change."]


def lines(d, part):
    """One part of an answer, in lines of words."""
    if part == "missing":
        return [labels([name]) for name in d.missing]
    if part == "less caution":
        return less_caution(d)
    if part == "alternatives":
        return [f"{x.title}: {x.fit}; hazards: {hazards(d, x)}" for x in d.alternatives]
    if part == "other_care":
        return [x.title for x in d.other_care]
    return [f"{x.title}. {x.text}".removeprefix(". ") for x in getattr(d, part)]


def answer(d, *parts):
    """A decision as HTML that a screen reader announces: headline, why, ``parts`` as lists, shut if long."""
    told = "".join(
        f"<details{' open' * (len(found) < 20)}><summary>{part.replace('_', ' ').capitalize()} ({len(found)})</summary>"
        f"<ul>{''.join(f'<li>{escape(x)}</li>' for x in found)}</ul></details>"
        for part in parts
        if (found := lines(d, part))
    )
    why = f"<details><summary>Why</summary><p>{escape(d.reasons[0].text)}</p></details>" * ("reasons" not in parts)
    head = f'<div role="status" data-level="{d.level}"><p><strong>{escape(d.headline)}</strong></p>'
    return f"{head}{why}{told}<p><small>Education only, not advice.</small></p></div>"


def show(d, *parts):
    """Display a decision, with the ``parts`` of it that are asked for."""
    display(HTML(answer(d, *parts)))


def say(*lines):
    """Display plain text that wraps: a paragraph a line, and a list where lines begin with a dash."""
    lines = [escape(x) for x in "\n".join(lines).splitlines() if x.strip()]
    told = "".join(f"<li>{x[2:]}</li>" if x.startswith("- ") else f"</ul><p>{x}</p><ul>" for x in lines)
    display(HTML(f"<div><ul>{told}</ul></div>".replace("<ul></ul>", "")))


def fold(title, frame):
    """Display a table that stays closed until somebody opens it, in every host."""
    display(HTML(f"<details><summary>{escape(title)}</summary>{frame._repr_html_()}</details>"))


class Words(pd.DataFrame):
    """A frame that is read from the left, where Lab would set words flush right; a name may break at its joints."""

    _constructor = property(lambda self: Words)

    def _repr_html_(self):
        left = ' style="text-align: left">'
        told = re.sub(r"(?<=\w_)(?=\w[^<>]*</th>)|(?<=\w\|)(?=\w[^<>]*</td>)", "<wbr>", super()._repr_html_())
        return told.replace("<td>", "<td" + left).replace("<th>", "<th" + left)


def table(rows, corner):
    """A table from ``{row: {column: cell}}``, or from a frame or series; ``corner`` says what a row is."""
    return Words(pd.DataFrame(rows).T if isinstance(rows, dict) else rows).rename_axis(index=None, columns=corner)


def reveal(story, level, asked=()):
    """Display what the case studio reveals of a story to someone who said ``level`` and would ask ``asked`` first."""
    v = decision.vignettes(everyone=True)[story]
    told = [pair.split("=")[0] for pair in v["case"].split()] + ["age_group", "ketamine_status"]
    told = [name for name in told if v["answers"][name] != "unknown"]
    found = studio.reveal(machine(), dict(v["answers"]), told, list(asked), level)
    say(*[x for title, lines in found["parts"] if lines for x in (title, *(f"- {line}" for line in lines))])


def live(controls, said, questions=()):
    """Controls, by name, over an answer that follows them: ``said(chosen)`` is its HTML, ``chosen`` name -> value.

    ``controls``: name -> an ipywidget, or (what it is called, its options, the first value). ``questions``: name ->
    what stands above its control. The value of a button is whether it was pressed just now.
    """
    shape = {"style": {"description_width": "initial"}, "layout": widgets.Layout(width="auto", max_width="40em")}
    controls = {
        name: widgets.Dropdown(description=x[0], options=x[1], value=x[2], **shape) if isinstance(x, tuple) else x
        for name, x in controls.items()
    }
    result, where = widgets.HTML(), widgets.HTML("Worked out where this notebook runs: on your computer, or Binder's.")

    def update(change=None):
        result.value = said({name: getattr(x, "value", change is x) for name, x in controls.items()})

    update()
    above = {name: [widgets.HTML(escape(text))] for name, text in dict(questions).items()}
    for x in controls.values():
        x.on_click(update) if isinstance(x, widgets.Button) else x.observe(update, names="value")
    return widgets.VBox([*(y for name, x in controls.items() for y in (*above.get(name, []), x)), where, result])


def explore(asked, base, *parts, readings=("book",)):
    """Questions, in the words in which a person is asked, over a live answer with some ``parts`` for each reading.

    ``asked`` are the inputs to show; ``base`` is a whole case, of which they change a part.
    """
    controls = {name: (inputs()[name]["label"], list(answers_to(name).items()), base[name]) for name in asked}

    def said(chosen):
        return "".join(answer(decide({**base, **chosen}, reading=x), *parts) for x in readings)

    return live(controls, said, {name: inputs()[name]["question"] for name in asked})


def predict(stories):
    """A story and a level to expect of it; the decision shows once the button is pressed on a prediction."""
    expected = sorted({v["level"] for v in stories.values()}, key=list(level_names()).index)
    levels = [("choose a level", ""), *((level_names()[x], x) for x in expected)]

    def said(chosen):
        v = stories[chosen["story"]]
        told = f"<p>{chosen['story']} (fictional): {v['narrative']}</p>"
        if not (chosen["reveal"] and chosen["guess"]):
            return told + "<p>Choose the level you expect first.</p>" * chosen["reveal"]
        d = decide(v["answers"])
        judged = "As you predicted." if chosen["guess"] == d.level else "Not what you predicted."
        return f"{told}<p>{judged}</p>{answer(d, 'missing')}<p>{v['teaches']}</p>"

    controls = {"story": ("Vignette", list(stories), next(iter(stories))), "guess": ("Your prediction", levels, "")}
    return live({**controls, "reveal": widgets.Button(description="Reveal the decision")}, said)

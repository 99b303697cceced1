"""What every notebook of this book begins with: ``from preamble import *``.

It runs the rules of the folder this file stands in, never those of another copy, and has the few
helpers by which the notebooks show answers in words. Nothing clinical is written here.
"""

import sys
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
from IPython.display import display

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import decision
from book.panel import studio
from decision import NOTICE, inputs
from decision.api import machine

if Path(decision.__file__).resolve().parents[1] != ROOT:
    raise ImportError(
        f"This notebook stands in {ROOT}, but the rules in use are those of {Path(decision.__file__).parent}: "
        f"restart the kernel. If that does not help, the folder decision/ is missing beside the chapters."
    )

__all__ = ["answers_to", "check", "display", "dropdown", "explore", "heading", "labels", "live", "pd", "reveal",
           "table", "words"]  # fmt: skip

pd.set_option("display.max_colwidth", None)  # a sentence in a table is shown whole


def labels(names):
    """Inputs by their names in words."""
    return "; ".join(inputs()[name]["label"] for name in names)


def answers_to(name):
    """The answers that a question allows: in words -> the value."""
    return dict(zip(inputs()[name]["value_labels"], inputs()[name]["values"], strict=True))


def check(mine, right):
    """What to say of an answer to an exercise; the right one is not said."""
    if mine in (None, ""):
        return "Write an answer in the cell above, then run both."
    return "Right." if str(mine).strip().lower() == str(right).lower() else "Not that; look again."


def words(answers):
    """Inputs with their values, in the book's own words."""
    said = {name: {value: label for label, value in answers_to(name).items()} for name in answers}
    return "; ".join(f"{labels([name])}: {said[name][value]}" for name, value in answers.items())


def heading(d):
    """A decision in a line, with the name that the tables have for its level."""
    return f"{d.headline} [{d.level}]"


def table(rows, corner):
    """A table from ``{row: {column: cell}}``; ``corner`` says what a row is."""
    return pd.DataFrame(rows).T.rename_axis(columns=corner)


def reveal(story, level, asked=()):
    """What the case studio reveals of a story to someone who said ``level`` and would ask ``asked`` first, as lines."""
    v = decision.vignettes(everyone=True)[story]
    told = [pair.split("=")[0] for pair in v["case"].split()] + ["age_group", "ketamine_status"]
    told = [name for name in told if v["answers"][name] != "unknown"]
    found = studio.reveal(machine(), dict(v["answers"]), told, list(asked), level)
    return [x for title, lines in found["parts"] if lines for x in ("", title, *(f"- {line}" for line in lines))][1:]


def page(lines):
    """Lines of plain text, and the notice, as a status region that a screen reader announces."""
    text = "\n".join([*lines, "", NOTICE]).replace("&", "&amp;").replace("<", "&lt;")
    return f'<div role="status" style="white-space: pre-wrap">{text}</div>'


def dropdown(description, options, value, **more):
    """A choice whose description is never cut off."""
    shape = {"style": {"description_width": "initial"}, "layout": widgets.Layout(width="auto", max_width="40em")}
    return widgets.Dropdown(description=description, options=options, value=value, **shape, **more)


def live(controls, lines):
    """Controls, by name, over an answer that follows them: ``lines(chosen)`` says it, ``chosen`` is name -> value.

    The value of a button is whether it was pressed just now.
    """
    result = widgets.HTML()

    def update(change=None):
        chosen = {name: getattr(control, "value", change is control) for name, control in controls.items()}
        result.value = page(lines(chosen))

    update()
    for control in controls.values():
        if isinstance(control, widgets.Button):
            control.on_click(update)
        else:
            control.observe(update, names="value")
    return widgets.VBox([*controls.values(), result])


def explore(asked, base, lines):
    """Questions, worded as in the vocabulary, over a live answer: ``lines(case)`` says what the case gets.

    ``asked`` are the inputs to show; ``base`` is a whole case, of which they change a part.
    """
    controls = {
        name: dropdown(inputs()[name]["label"], list(answers_to(name).items()), base[name],
                       tooltip=inputs()[name]["question"])
        for name in asked
    }  # fmt: skip
    return live(controls, lambda chosen: lines({**base, **chosen}))

"""What every notebook of this book begins with: ``from preamble import *``.

The package of the folder this file stands in, never an installed copy, and a few helpers that show answers in words.
"""

import sys
from pathlib import Path

import ipywidgets as widgets
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import decision
from decision import NOTICE, inputs

if Path(decision.__file__).resolve().parents[1] != ROOT:
    raise ImportError(
        f"This notebook stands in {ROOT} but would run the rules of {decision.__file__}: restart the kernel."
    )

pd.set_option("display.max_colwidth", None)


def page(lines):
    """Lines of plain text as a status region that a screen reader announces."""
    text = "\n".join([*lines, "", NOTICE]).replace("&", "&amp;").replace("<", "&lt;")
    return f'<div role="status" style="white-space: pre-wrap">{text}</div>'


def ask(name, value):
    """A dropdown for one question, worded as in the book's vocabulary."""
    given = inputs()[name]
    return widgets.Dropdown(
        description=given["label"],
        options=list(zip(given["value_labels"], given["values"], strict=True)),
        value=value,
        tooltip=given["question"],
        style={"description_width": "initial"},
        layout=widgets.Layout(width="auto", max_width="40em"),
    )


def explore(asked, base, lines):
    """Questions with a live answer beneath them: ``lines(case)`` says in words what the case gets.

    ``asked``: the inputs to show; ``base``: a whole case, of which they change a part.
    """
    controls = {name: ask(name, base[name]) for name in asked}
    result = widgets.HTML()

    def update(change=None):
        result.value = page(lines({**base, **{name: control.value for name, control in controls.items()}}))

    for control in controls.values():
        control.observe(update, names="value")
    update()
    return widgets.VBox([*controls.values(), result])

"""What “A clinic's list” works on, a list of invented people, untidy as lists are; and a drawing of numbers."""

import numpy as np
import pandas as pd
from IPython.core.pylabtools import print_figure
from IPython.display import SVG
from matplotlib import rc_context
from matplotlib.figure import Figure

from decision import case_of, inputs

WAYS = {"yes": ["Yes", "Y", "TRUE", "1"], "no": ["No", "N", "FALSE", "0"], "unknown": ["", "n/a", "?"]}
AGES = {"minor": (15, 18), "young_adult": (18, 25), "adult": (25, 65), "older_adult": (65, 90)}


def a_list(n=500, seed=500):
    """``n`` fictional people, always the same: mostly favourable, some questions seldom asked, typed in many ways."""
    draw = np.random.default_rng(seed)
    people = [case_of(("start", "on")[draw.integers(2)]) for _ in range(n)]
    out = {}
    for name, i in inputs().items():
        blank, cells = 0.25 * draw.random() ** 3, []
        for person in people:
            value = person[name] if draw.random() < 0.96 else i["values"][draw.integers(len(i["values"]))]
            value = "unknown" if draw.random() < blank else value
            ways = WAYS.get(value, [value, i["value_labels"][i["values"].index(value)]])
            ways = [str(draw.integers(*AGES[value]))] if name == "age_group" and value in AGES else ways
            cells.append(ways[draw.integers(len(ways))])
        out[i["short"]] = cells
    out = pd.DataFrame(out, index=[f"p{k:03}" for k in range(n)])
    out.loc["p017", "Pregnant"] = "no?"
    return out


def bars(drawn, unit="people"):
    """Numbers by name, as a bar chart for each title; ``unit`` is what was counted."""
    fig = Figure(figsize=(8, 2.7 * len(drawn)), layout="constrained", facecolor="white")
    for ax, (title, found) in zip(fig.subplots(len(drawn)), drawn.items(), strict=True):
        ax.barh(list(found.index)[::-1], list(found)[::-1], color="#9db8cf", edgecolor="#1b3a57")
        for y, number in enumerate(list(found)[::-1]):
            ax.text(number + max(found) * 0.01, y, number, va="center")
        ax.set(title=title, xlabel=unit)
        ax.spines[["top", "right"]].set_visible(False)
    with rc_context({"svg.hashsalt": "clinic", "svg.fonttype": "none"}):
        return SVG(print_figure(fig, "svg", metadata={"Date": None, "Creator": None}))

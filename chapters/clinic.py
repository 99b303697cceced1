"""What “A clinic's list” works on: invented people, untidy as lists are, or one's own; and bars for numbers."""

import re
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import HTML
from preamble import in_words, table

from book.facts import apart
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
            label = i["value_labels"][i["values"].index(value)]
            ways = WAYS.get(value, [label.lower(), label])
            ways = [str(draw.integers(*AGES[value]))] if name == "age_group" and value in AGES else ways
            cells.append(ways[draw.integers(len(ways))])
        out[i["short"]] = cells
    out = pd.DataFrame(out, index=[f"p{k:03}" for k in range(n)])
    out.loc["p017", "Pregnant"] = "no?"
    return out


def read_list(pasted, leave_out=()):
    """One's own people: cells pasted from a spreadsheet, or the name of a CSV file beside this notebook.

    Every cell is kept as typed. The first column says who it is; the columns in ``leave_out`` are not read.
    """
    if "\n" not in pasted:
        file = Path(__file__).with_name(pasted)
        if not file.is_file():
            raise ValueError(f"“{pasted}” does not stand beside this notebook, in the folder {file.parent.name}.")
        pasted = file.read_text("utf-8-sig", errors="replace")
    lines = pasted.strip("\n")
    sep = max("\t,;", key=lines.partition("\n")[0].count)
    try:
        out = pd.read_csv(StringIO(lines), sep=sep, dtype=str, keep_default_na=False, skipinitialspace=True)
    except pd.errors.ParserError as error:
        raise ValueError(
            f"The list cannot be read: {str(error).strip()}. A cell with a comma in it stands in quotes."
        ) from None
    if not isinstance(out.index, pd.RangeIndex):
        raise ValueError("The rows have more cells than headings. A cell with a comma in it stands in quotes.")
    out = out.set_index(out.columns[0])
    if len(twice := out.index[out.index.duplicated()]):
        raise ValueError(f"“{twice[0]}” stands in two rows; call each person something else in the first column.")
    return out.drop(columns=[c for c in out if c in leave_out])


def read_as(clean):
    """A tidied list as a person would read it: headings and cells in words."""
    said = pd.DataFrame({name: in_words(name, cells) for name, cells in clean.items()}, clean.index)
    return said.rename(columns={name: i["short"] for name, i in inputs().items()})


def bars(found, corner, title):
    """Numbers by name in a table with a title, each with a bar below it, for any theme and any width of a screen."""
    longest = iter(14 * found / found.max())

    def drawn(cell):
        return f'{cell[0]}<div style="border-top: .5em solid #5b84a8; width: {next(longest):.2f}em"></div>'

    told = re.sub(r"[\d\u202f]+(?=</td>)", drawn, table(found.map(apart).to_frame(), corner)._repr_html_())
    return HTML(told.replace("<thead>", f"<caption>{title}</caption><thead>"))

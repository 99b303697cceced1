"""``make notebooks``: run every notebook and keep its outputs, without what changes from run to run."""

from __future__ import annotations

import sys

import nbformat
from nbclient import NotebookClient

from guard.content import ROOT, pages


def main() -> int:
    """Execute in place; a cell that fails stops it and nothing of that notebook is written."""
    for page in pages(ROOT):  # without what git ignores: an editor's copy is no notebook
        if page.suffix != ".ipynb":
            continue
        path = ROOT / page
        nb = nbformat.read(path, as_version=4)
        NotebookClient(
            nb, timeout=120, coalesce_streams=True, resources={"metadata": {"path": str(path.parent)}}
        ).execute()
        nb.metadata = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
        for cell in nb.cells:
            cell.metadata.pop("execution", None)
            for output in cell.get("outputs", []):
                output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
        path.write_text(nbformat.writes(nb).rstrip("\n") + "\n", encoding="utf-8")  # a line a line, for readable diffs
        print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())

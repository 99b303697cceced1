"""One logic in one folder: a copied or renamed checkout runs its own rules, even in the old environment, or stops."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from decision import case_of, decide
from guard.content import ROOT
from guard.drift import copied

CASE = "early_refill=yes risk_plan=no"
ASK = f"print(decide(case_of('on', '{CASE}')).level)"
BIN = Path(sys.executable).parent
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(sys.argv[2])])
NotebookClient(nb, timeout=60, resources={"metadata": {"path": sys.argv[1]}}).execute()
print(nb.cells[0].outputs[0]["text"])
"""
BUILD = """
from pathlib import Path
from jupyter_book.config import get_final_config
# as `jupyter-book build` does, which puts the folder of the book's extension on the path
get_final_config(user_yaml=Path("_config.yml"), cli_config={"latex_individualpages": False})
import book.extension, guard
from decision import case_of, decide
print(book.__file__, guard.__file__)
"""


def told(cwd: Path, *command: str | Path) -> tuple[int, str]:
    """The exit code of a command run in a folder, with nothing to say where else modules are, and what it said."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")}
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run([str(x) for x in command], cwd=cwd, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def script(cwd: Path, text: str, *arguments: str | Path) -> tuple[int, str]:
    """The same of a script that does not stand in the folder, as those of the environment do not."""
    return told(cwd, sys.executable, "-P", "-c", text, *arguments)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, under another name, in which one rule says something else."""
    root = copied(ROOT, tmp_path_factory.mktemp("another place") / "renamed")
    table = root / "decision/knowledge/rules/on.csv"
    text, n = re.subn(
        r"^(R-ON-HOLD\.a,.*?,)HOLD_AND_REASSESS,", r"\1DISCONTINUE_PLAN,", table.read_text("utf-8"), flags=re.M
    )
    assert n == 1 and decide(case_of("on", CASE)).level == "HOLD_AND_REASSESS"
    table.write_text(text, "utf-8")
    return root


def test_a_notebook_runs_the_rules_of_its_folder(copy: Path) -> None:
    """Executed from anywhere, with the environment of the old folder, it sees the changed rule."""
    cell = f"from preamble import *\nfrom decision import case_of, decide\n{ASK}"
    code, said = script(copy.parent, EXECUTE, copy / "chapters", cell)
    assert (code, said.split()) == (0, ["DISCONTINUE_PLAN"]), said


def test_the_stored_outputs_are_compared_with_the_rules_of_the_folder(copy: Path) -> None:
    """The notebook that shows this rule fails in the copy when its outputs are compared."""
    book = "chapters/on-ketamine-notebook.ipynb"
    code, said = told(copy, BIN / "pytest", "--nbval", "-o", "addopts=", "-p", "no:cacheprovider", book)
    assert code == 1 and "DISCONTINUE_PLAN" in said, said


def test_the_check_reads_its_folder(copy: Path) -> None:
    """``python -m guard.check`` in the copy reports the changed row, which the old folder does not have."""
    code, said = told(copy, sys.executable, "-m", "guard.check")
    assert code == 1 and "DISCONTINUE_PLAN" in said, said
    assert str(ROOT) not in said


def test_the_tests_try_the_rules_of_their_folder(copy: Path) -> None:
    """pytest of the old environment imports the package, the guard and the book of the copy."""
    (copy / "tests/test_here.py").write_text(
        "from pathlib import Path\n"
        "import book, decision, guard\n"
        "from decision import case_of, decide\n\n"
        "def test_here():\n"
        "    for x in (book, decision, guard):\n"
        "        assert Path(x.__file__).resolve().parents[1] == Path(__file__).resolve().parents[1]\n"
        f"    assert decide(case_of('on', '{CASE}')).level == 'DISCONTINUE_PLAN'\n",
        "utf-8",
    )
    code, said = told(copy, BIN / "pytest", "tests/test_here.py")
    assert code == 0 and "1 passed" in said, said


def test_the_book_prints_the_rules_of_its_folder(copy: Path) -> None:
    """With the path as jupyter-book sets it from ``_config.yml``, the extension and the rules are the copy's."""
    code, said = script(copy, f"{BUILD}{ASK}")
    *_, files, level = said.strip().splitlines()
    assert code == 0 and level == "DISCONTINUE_PLAN", said
    assert files == f"{copy / 'book/__init__.py'} {copy / 'guard/__init__.py'}"


def test_the_preamble_stops_when_other_rules_are_in_use(copy: Path) -> None:
    """A kernel that has the old package already is not used further, and the message names both folders."""
    text = "import sys; sys.path[:0] = sys.argv[1:2]; import decision; sys.path[:0] = sys.argv[2:3]; import preamble"
    code, said = script(copy, text, ROOT, copy / "chapters")
    assert code == 1
    last = said.strip().splitlines()[-1]
    assert last.startswith("ImportError: ") and f"stands in {copy}" in last
    assert f"those of {ROOT / 'decision'}" in last and "restart the kernel" in last
    assert script(copy, text, copy, copy / "chapters") == (0, ""), "its own package is welcome"


def test_chapters_alone_do_not_borrow_rules(tmp_path: Path) -> None:
    """Notebooks taken without ``decision/`` stop and say what is missing, though an installed package is at hand."""
    shutil.copytree(ROOT / "chapters", tmp_path / "alone/chapters")
    text = "import sys; sys.path[:0] = sys.argv[1:2]; sys.path.append(sys.argv[2]); import preamble"
    code, said = script(tmp_path, text, tmp_path / "alone/chapters", ROOT)
    assert code == 1 and "ImportError: " in said and "the folder decision/ is missing" in said, said


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile beside an environment that is complete by name only."""
    root = tmp_path / "checkout"
    (root / ".venv/bin").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", root)
    for name in ("requirements.txt", "pyproject.toml", "tools/constraints.txt"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
    (root / ".venv/here").write_text(str(root.resolve()), "utf-8")
    (root / ".venv/ready").touch()
    return root


def test_make_makes_the_environment_anew_in_another_folder(checkout: Path) -> None:
    """When the folder was renamed, the copy says so, drops the old environment and makes one before it checks."""
    code, said = told(checkout, "make", "-n", "check")
    assert code == 0 and "made anew" not in said and "-m venv" not in said, said
    moved = checkout.rename(checkout.parent / "moved")
    code, said = told(moved, "make", "-n", "check")
    assert code == 0 and "This folder was copied or moved; its environment is made anew." in said, said
    assert "-m venv .venv" in said and said.index("-m venv .venv") < said.index("guard.check")
    assert not (moved / ".venv").exists()


def test_make_keeps_an_environment_that_knows_its_folder(checkout: Path) -> None:
    """What the recipe writes down is what is compared: the folder as make names it, even with a space in it."""
    spaced = checkout.rename(checkout.parent / "with a space")
    (spaced / ".venv/here").write_text(str(spaced.resolve()), "utf-8")
    assert "made anew" not in told(spaced, "make", "-n", "check")[1]
    recipe = re.search(r"^\tprintf .*here$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert recipe and '"$(CURDIR)" > $(V)/here' in recipe[0]

"""The papers at the root agree with the house: commands, folders, files, snippets, recipes and licences."""

import ast
import doctest
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAPERS = ("README.md", "CONTRIBUTING.md")
LICENCES = {"BSD-3-Clause": "BSD 3-Clause", "CC-BY-4.0": "CC BY 4.0"}  # by their names for machines and for people


def text(name):
    """A file of the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def table(heading):
    """The rows of the table under a heading of the README, without its head."""
    part = text("README.md").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", part, re.M)
    assert len(rows) > 3
    return rows[1:]


def targets():
    """The public targets of the Makefile with the words behind ##; the first is what a bare ``make`` runs."""
    return dict(re.findall(r"^([a-z]+):[^\n]*? ## (.+)$", text("Makefile"), re.M))


def tracked():
    """Every file that git tracks and that is there, by its path."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [x for x in listed.splitlines() if (ROOT / x).exists()]


def recipes():
    """The numbered steps of CONTRIBUTING, by recipe."""
    parts = re.split(r"^## (.+)$", text("CONTRIBUTING.md"), flags=re.M)[1:]
    steps = {head: re.findall(r"^\d+\. (.+)$", body, re.M) for head, body in zip(parts[::2], parts[1::2], strict=True)}
    return {head: found for head, found in steps.items() if found}


def paths(words):
    """The paths among some words in code spans: those with a folder, or of a file at the root."""
    spans = re.findall(r"(?<!`)`([^`\s]+)`(?!`)", words)
    return {x for x in spans if re.fullmatch(r"[\w./-]+", x) and ("/" in x or (ROOT / x).is_file()) and "make" not in x}


def test_every_public_target_says_what_it_does():
    """What stands in .PHONY is what has words behind ##, and the first target serves the book."""
    public = re.search(r"^\.PHONY: (.+)$", text("Makefile"), re.M)[1].split()
    assert sorted(public) == sorted(targets())
    assert next(iter(targets())) == "serve"


def test_the_table_of_commands_is_that_of_the_makefile():
    """Each command of the README is a public target with the same words, and none is left out."""
    told = {re.match(r"`make ?([a-z]*)", command)[1] or "serve": what for command, what in table("Commands")}
    assert told == targets()


def test_make_help_lists_every_command():
    """What it prints is what the Makefile says, a line each."""
    run = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    said = dict(re.findall(r"^make (\w+) +(.+)$", run.stdout, re.M))
    assert said == targets()
    assert run.stdout.count("\n") == len(said)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_commands_that_papers_name_exist(paper):
    """No paper sends anyone to a command that is not there."""
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text(paper), re.M))
    assert len(named) > 4 and named <= set(targets())


def test_the_table_of_folders_is_complete():
    """Every tracked folder of the root has its line, and every line its folder."""
    told = {name for cell, _ in table("Where things are") for name in re.findall(r"`([\w.]+)/`", cell)}
    assert told == {x.split("/")[0] for x in tracked() if "/" in x}


def test_what_the_tree_of_the_repository_shows_is_there():
    """Each name in the tree is a tracked file or folder at that place."""
    tree = re.search(r"```\n(index\.md .+?)```", text("README.md"), re.S)[1]
    files, folder, seen = tracked(), "", 0
    for line in tree.splitlines():
        names = re.split(r"\s{3,}", line.strip())[0].split()
        folder = "" if not line.startswith(" ") else folder
        for name in names:
            pattern = re.escape(folder + name).replace(r"\*", r"[^/]+") + ("" if name.endswith("/") else "$")
            assert any(re.match(pattern, x) for x in files), folder + name
            seen += 1
        folder = names[0] if not line.startswith(" ") and names[0].endswith("/") else folder
    assert seen > 20


@pytest.mark.parametrize("paper", PAPERS)
def test_the_files_that_papers_name_exist(paper):
    """Every path in a code span or a link leads to something that is there."""
    links = set(re.findall(r"\]\(([^):#]+)\)", text(paper)))
    named = paths(text(paper)) | links
    assert len(named) > 3
    assert {x for x in named if not (ROOT / x).exists()} <= {"_build/html"}


@pytest.mark.parametrize("paper", PAPERS)
def test_snippets_print_what_they_say(paper):
    """What stands behind >>> is run, and prints what stands beneath it; none comes without its answer."""
    names: dict = {}
    for n, block in enumerate(re.findall(r"^```python\n(.*?)^```", text(paper), re.M | re.S)):
        test = doctest.DocTestParser().get_doctest(block, names, f"{paper}, snippet {n}", paper, 0)
        assert test.examples
        assert doctest.DocTestRunner().run(test, clear_globs=False).failed == 0
        names.update(test.globs)
    assert names or paper != "README.md"


@pytest.mark.parametrize("recipe", recipes())
def test_a_recipe_is_short_and_each_step_names_what_it_touches(recipe):
    """Few files, few commands, and all of them there; only style asks for no acceptance."""
    most = {"Change a sentence": 1, "Change a rule": 4, "Add an input": 5, "Add a claim": 3}
    steps = recipes()[recipe]
    files = [paths(step) for step in steps]
    commands = [re.findall(r"`make ([a-z]+)", step) for step in steps]
    assert all(f or c for f, c in zip(files, commands, strict=True)), steps
    assert 1 <= len(set().union(*files)) <= most.get(recipe, 3)
    assert 1 <= len(sum(commands, [])) <= 5
    assert ("accept" in sum(commands, [])) == (not re.search("colour|search", recipe))


def test_every_change_a_newcomer_may_want_has_a_recipe():
    """A sentence, a rule, an input, a claim, a source, a case, a chapter, a colour."""
    words = " ".join(recipes())
    assert all(x in words for x in ("sentence", "rule", "input", "claim", "source", "case", "chapter", "colour"))


def test_every_paper_names_the_same_two_licences():
    """Code BSD 3-Clause, text and tables CC BY 4.0: in the licence, the citation, the package, the README, the book."""
    assert tomllib.loads(text("pyproject.toml"))["project"]["license"] == " AND ".join(LICENCES)
    assert re.findall(r"^  - ([A-Z].+)$", text("CITATION.cff").split("license:")[1], re.M) == list(LICENCES)
    for spdx, name in LICENCES.items():
        assert f"SPDX {spdx}" in text("LICENSE")
        assert name in text("README.md").split("## Taking part")[1]
        assert name in text("chapters/editorial.md").split("## Licence")[1]
    both = r"[Cc]ode (?:is offered )?under the BSD 3-Clause licence[,;] (?:the )?text,? and (?:the )?tables"
    for paper in ("README.md", "chapters/editorial.md"):
        assert re.search(both, " ".join(text(paper).split())), paper


def test_what_a_clean_machine_lacks_is_installed_before_the_readmes_commands():
    """The script of the first run ends with the commands that the README names, after make, git and venv."""
    script = text(".ci/run")
    assert re.findall(r"^make (\w+)$", script, re.M) == ["test", "binder"]
    for package in ("make", "git", "python3-venv"):
        assert f"need+=({package})" in script.split("make test")[0]


def test_what_is_cheap_is_tested_first():
    """Check, linters, formatters and types come before the build, the browser and the tests."""
    recipe = text("Makefile").split("\ntest:")[1].split("\n\n")[0]
    order = (
        "guard.check",
        "ruff check",
        "ruff format --check",
        "mypy",
        " html",
        "tools.browser",
        "pytest -n",
        "--nbval",
    )
    at = [recipe.index(x) for x in order]
    assert at == sorted(at)


@pytest.mark.parametrize("path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda p: p.name)
def test_the_workflows_run_commands_that_exist(path):
    """Every ``make`` of a workflow is a public target."""
    named = re.findall(r"run: make ([a-z ]+?)(?: [A-Z]+=.*)?$", path.read_text(encoding="utf-8"), re.M)
    assert named and {x for words in named for x in words.split()} <= set(targets())


def test_every_module_that_the_makefile_runs_can_be_run():
    """Each ``python -m`` names a module of the house that ends in a call of its main."""
    named = set(re.findall(r"python -m ((?:tools|guard)\.\w+)", text("Makefile")))
    assert len(named) > 8
    for name in named:
        tree = ast.parse(text(name.replace(".", "/") + ".py"))
        assert any(isinstance(n, ast.If) and "__main__" in ast.unparse(n.test) for n in tree.body), name

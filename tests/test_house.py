"""The plan of the house: arrows go one way, rooms and functions stay small, the root is taken in at a glance."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("decision", "book", "guard", "tools")
LINES = {  # of the package, only down: frames, tidying and trying rules; the audit; the core, which is all the rest
    ("frame.py", "tidying.py", "whatif.py", "promises.py"): 552,
    ("audit.py", "readings.py"): 205,
    (): 1628,
}
MAY_IMPORT = {"decision": set(), "guard": {"decision"}, "book": {"decision", "guard"}, "tools": set(ROOMS)}


def modules(room):
    """The Python files of a room, without what npm puts there."""
    return [p for p in sorted((ROOT / room).rglob("*.py")) if "node_modules" not in p.parts]


def tree(path):
    """A file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path):
    """The first name of every module that a file imports, wherever in it."""
    for n in ast.walk(tree(path)):
        if isinstance(n, ast.Import):
            yield from (name.name.split(".")[0] for name in n.names)
        elif isinstance(n, ast.ImportFrom) and not n.level:
            yield n.module.split(".")[0]


def long_functions(path, limit):
    """The functions of a file that have more lines than the limit, with their length."""
    found = [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {n.name: n.end_lineno - n.lineno + 1 for n in found}
    return [f"{path.relative_to(ROOT)} {name}: {lines} lines" for name, lines in lengths.items() if lines > limit]


def pushes(path):
    """The lines of a file that put a folder on ``sys.path``."""
    for n in ast.walk(tree(path)):
        target = n.func.value if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) else None
        if isinstance(n, ast.Assign | ast.AugAssign):
            target = getattr(n, "target", None) or n.targets[0]
            target = target.value if isinstance(target, ast.Subscript) else target
        if target is not None and ast.unparse(target) == "sys.path":
            yield f"{path.relative_to(ROOT)}:{n.lineno}"


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_between_the_rooms_go_one_way(room):
    """The package needs no other room, the guard only the package, the book those two; tools may use all."""
    assert modules(room)
    found = {(str(p.relative_to(ROOT)), name) for p in modules(room) for name in imported(p) if name in ROOMS}
    assert {(p, name) for p, name in found if name != room and name not in MAY_IMPORT[room]} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_is_longer_than_a_screen(room):
    """Sixty lines at most: what is longer has parts that deserve a name."""
    assert [x for p in modules(room) for x in long_functions(p, 60)] == []


def test_no_module_of_the_package_is_longer_than_two_hundred_and_fifty_lines():
    """Whoever inherits the package reads each of its modules in one sitting."""
    lengths = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in modules("decision")}
    assert {name: n for name, n in lengths.items() if n > 250} == {}


def test_the_package_stays_small():
    """What is built on its core for frames, for trying rules and for audits, and the core: growth is a decision."""
    lines = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in modules("decision")}
    for names, most in LINES.items():
        found = sum(lines.pop(name) for name in names or list(lines))
        assert found <= most, f"{', '.join(names) or 'the core'}: {found} lines, {most} at most"


def test_the_path_is_pushed_in_one_place_at_most():
    """Rooms find each other because they are started from the root; a second push hides a wrong arrow."""
    assert len([x for room in ROOMS for p in modules(room) for x in pushes(p)]) <= 1


def test_the_root_is_taken_in_at_a_glance():
    """Twenty-two tracked entries at most."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    entries = {x.split("/")[0] for x in listed.splitlines()}
    assert 10 < len(entries) <= 22, sorted(entries)

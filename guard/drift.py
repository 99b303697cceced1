"""``make drift``: seeded drifts, one at a time in clean copies of the book, and what catches each of them.

Beside ``make check`` run what an ordinary executed book would: its notebooks again without comparing outputs
(nbval, lax), comparing them (nbval, strict), and the build with warnings as errors (-nW, notebooks not run).
The build runs with this book's own extension, which refuses unknown names and tables that do not load, so that
column is stronger than a plain Jupyter Book would be. ``--fast`` leaves the three out and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from guard.content import ROOT, kept
from guard.seeds import CONTENT, HARMLESS, LOGIC, Copy

OURS, PINLESS = "this book's check", "the check without its lock"
LAX, STRICT, BUILD = "nbval, lax", "nbval, strict", "build with -nW"
INSTALLED = (".venv", "_build", "build", "node_modules", ".git", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis")
LEFT_BY_EDITORS = (".ipynb_checkpoints", ".#*", "#*#", "._*", "~$*", "*~", "*.swp")
LIVE = "book/static/live"
SEEDS = [
    (name, f"{side}: {kind}", edit)
    for side, seeds in (("logic", LOGIC), ("content", CONTENT))
    for name, kind, edit in seeds
]
MESSAGE = re.compile(r"^(\S.*)\n    (\S.*)$", re.M)


def copied(source: Path, target: Path) -> Path:
    """A copy of the book without what is installed, built or kept by git."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*INSTALLED, *LEFT_BY_EDITORS))
    shutil.rmtree(target / LIVE, ignore_errors=True)
    return target


def run(root: Path, *command: str) -> tuple[bool, float, str]:
    """Whether a command ended well in a copy, with the copy's own modules; its seconds; what it said."""
    mine = {"PYTHONPATH": str(root), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "BY": "make drift"}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, env={**os.environ, **mine}, capture_output=True, text=True)
    return done.returncode == 0, round(time.perf_counter() - start, 1), done.stdout + done.stderr


def python(root: Path, *arguments: str) -> tuple[bool, float, str]:
    """``run`` with this Python."""
    return run(root, sys.executable, *arguments)


def nbval(root: Path, how: str, notebooks: list[str]) -> tuple[bool, float, str]:
    """Run notebooks under nbval until the first fault."""
    return python(root, "-m", "pytest", "-qx", "-p", "no:cacheprovider", "-o", "addopts=", how, *notebooks)


def build(root: Path) -> tuple[bool, float, str]:
    """Build the copy with warnings as errors, its notebooks not run. Changes the copy's configuration."""
    config = root / "_config.yml"
    text, n = re.subn(r"execute_notebooks: \w+", "execute_notebooks: 'off'", config.read_text(encoding="utf-8"))
    if n != 1:
        raise LookupError("_config.yml says otherwise whether notebooks run; correct guard/drift.py")
    config.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / LIVE, root / LIVE)  # the panel's files, which the build asks for
    book = str(Path(sys.executable).parent / "jupyter-book")
    return run(root, book, "build", ".", "--path-output", str(root / "built"), "-nW", "-q")


def notebooks_to_run(root: Path, touched: set[str]) -> list[str]:
    """The notebooks whose nbval result can differ from the clean copy's: a notebook reads itself and the packages."""
    every = [str(p) for p in kept(root, root.glob("chapters/*.ipynb"))]
    if all(f.endswith((".md", ".yml")) for f in touched):
        return []
    return sorted(touched) if touched <= set(every) else every


def seeded(clean: str, number: int, fast: bool) -> dict[str, Any]:
    """Seed one drift in a fresh copy and let every detector look."""
    name, kind, edit = SEEDS[number]
    with tempfile.TemporaryDirectory(prefix="drift-") as tmp:
        copy = Copy(copied(Path(clean), Path(tmp) / "book"), name)
        edit(copy)
        fine, seconds, said = python(copy.root, "-m", "guard.check")
        told = MESSAGE.findall(said)
        bare = [m for m in told if "make accept" not in m[1]]
        by = (bare or told or [(said.strip().splitlines() or ["nothing"])[-1:] * 2])[0][0]
        caught, took = {OURS: not fine, PINLESS: not fine and bool(bare or not told)}, {OURS: seconds}
        if not fast:
            caught |= {LAX: False, STRICT: False}  # the clean copy's result, kept where nothing it reads changed
            if books := notebooks_to_run(copy.root, copy.touched):
                fine, took[STRICT], _ = nbval(copy.root, "--nbval", books)
                caught[STRICT] = not fine
                if not fine:  # what passes when outputs are compared passes when they are not
                    fine, took[LAX], _ = nbval(copy.root, "--nbval-lax", books)
                    caught[LAX] = not fine
            fine, took[BUILD], _ = build(copy.root)
            caught[BUILD] = not fine
        return {"name": name, "kind": kind, "caught": caught, "seconds": took, "by": by, "in": sorted(copy.touched)}


def harmless(clean: str, number: int) -> dict[str, Any]:
    """Make one harmless edit, and count the commands until the check passes again: 0, 1, or 2 for more."""
    name, edit = HARMLESS[number]
    with tempfile.TemporaryDirectory(prefix="drift-") as tmp:
        copy = Copy(copied(Path(clean), Path(tmp) / "book"), name)
        edit(copy)
        fine, _, said = python(copy.root, "-m", "guard.check")
        if fine:
            return {"name": name, "commands": 0, "by": ""}
        what = re.findall(r'make accept WHAT="?([^"\n]+)"?$', said, re.M)[-1:]
        python(copy.root, "-m", "guard.lock", *" ".join(what).split())
        fine, _, said = python(copy.root, "-m", "guard.check")
        return {"name": name, "commands": 1 if fine else 2, "by": f'make accept WHAT="{" ".join(what)}"'}


def clean_copy(root: Path, fast: bool) -> None:
    """Accept the copy as it stands and insist that every detector lets it pass."""
    steps = [("lock", lambda: python(root, "-m", "guard.lock", "all"))]
    steps += [("check", lambda: python(root, "-m", "guard.check"))]
    if not fast:
        second = copied(root, root.parent / "second")
        books = notebooks_to_run(second, {"decision"})
        steps += [("nbval", lambda: nbval(second, "--nbval", books)), ("build", lambda: build(second))]
    for name, step in steps:
        fine, seconds, said = step()
        if not fine:
            raise SystemExit(f"The book as it stands does not pass {name}; correct that first:\n{said[-2000:]}")
        print(f"clean copy: {name} passes, {seconds} s", flush=True)


def main() -> int:
    """Seed every drift, print what caught it, and write ``guard/accepted/drift.json``, which the book prints."""
    p = argparse.ArgumentParser(description="Seed drifts and see what catches them.")
    p.add_argument("--fast", action="store_true", help="only this book's check; writes nothing")
    fast = p.parse_args().fast
    names = [OURS, PINLESS] + ([] if fast else [LAX, STRICT, BUILD])
    with tempfile.TemporaryDirectory(prefix="drift-") as tmp, ProcessPoolExecutor(2) as pool:
        clean = copied(ROOT, Path(tmp) / "clean")
        clean_copy(clean, fast)
        every = range(len(SEEDS))
        found = []
        print(f"{'':<46}{'  '.join(names)}")
        for d in pool.map(seeded, [str(clean)] * len(SEEDS), every, [fast] * len(SEEDS)):
            found.append(d)
            marks = "".join(f"{('yes' if d['caught'][n] else '–') + took(d, n):<{len(n) + 2}}" for n in names)
            print(f"{d['name']:<46}{marks}\n    {d['by'][:140]}", flush=True)
        edits = list(pool.map(harmless, [str(clean)] * len(HARMLESS), range(len(HARMLESS))))
    for n in names:
        print(f"{n}: {sum(d['caught'][n] for d in found)} of {len(found)}")
    for e in edits:
        how = ["no command", "one command, " + e["by"], "MORE THAN ONE COMMAND"][e["commands"]]
        print(f"harmless: {e['name']}: {how}")
    if not fast:
        report = {"detectors": names, "drifts": found, "harmless": edits}
        (ROOT / "guard/accepted").mkdir(exist_ok=True)
        text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
        (ROOT / "guard/accepted/drift.json").write_text(text, encoding="utf-8")
    return int(not all(d["caught"][OURS] for d in found) or any(e["commands"] > 1 for e in edits))


def took(d: dict[str, Any], name: str) -> str:
    """The seconds a detector took, where it ran."""
    return f" {d['seconds'][name]} s" if name in d["seconds"] else ""


if __name__ == "__main__":
    sys.exit(main())

"""What cannot be read: found before anything is decided, compared or offered for acceptance.

Each fault says ``file:line: what`` and, on a second line, what to do.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from guard.content import ACCEPTED, FREE, KNOWLEDGE, ROOT, SETTINGS, cells, kept, modules, pages, parsed, text_of

DO = "Correct it or restore it from git; until then nothing is compared and nothing can be accepted."


def place(told: str) -> str:
    """A fault as the reader of ``decision`` words it (``file, line n, …``) with its place in front, as everywhere."""
    found = re.match(r"(\S+?), line (\d+)[,:] (.*)", told, re.S)
    file, line, what = found.groups() if found else ("", "1", told)
    inside = not file.startswith(("guard/", f"{KNOWLEDGE}/"))
    return f"{KNOWLEDGE / file if inside else file}:{line}: {what}\n    {DO}"


def _fault(path: Path | str, line: int | None, what: str) -> str:
    return f"{path}:{line or 1}: {' '.join(what.split())}\n    {DO}"


def _toml(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise SyntaxError(f"not TOML that can be read ({error})", ("", int(found[1]) if found else 1, 0, "")) from None


def _yaml(text: str) -> None:
    import yaml

    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", "") or "no YAML"
        raise SyntaxError(f"not YAML that can be read ({what})", ("", at.line + 1 if at else 1, 0, "")) from None


def _json(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise SyntaxError(f"not JSON that can be read ({error.msg})", ("", error.lineno, 0, "")) from None


READ: dict[str, Callable[[str], Any]] = {
    ".py": parsed, ".toml": _toml, ".yml": _yaml, ".cff": _yaml, ".json": _json, ".ipynb": _json,
}  # fmt: skip


def files(root: Path) -> Iterator[str]:
    """Files whose text or form is broken: pages, notebooks, modules, settings, and what was accepted."""
    beside: Iterable[Path] = [p for p in kept(root, root.glob("*.md")) if p.name != FREE[0]]
    locks = kept(root, (root / ACCEPTED).glob("*.*"))
    for path in dict.fromkeys([*pages(root), *beside, *modules(root), *map(Path, SETTINGS), *locks]):
        try:
            text = text_of(root / path)
            READ.get(path.suffix, str)(text)
            if path.suffix == ".ipynb":
                cells(root, path)
        except FileNotFoundError:
            yield _fault(path, 1, "the file is missing.")
        except UnicodeDecodeError as error:
            line = (root / path).read_bytes().count(b"\n", 0, error.start) + 1
            yield _fault(path, line, "the file is not UTF-8 here; save it as UTF-8.")
        except SyntaxError as error:
            kind = "not Python that can be read (" + str(error.msg) + ")" if path.suffix == ".py" else str(error.msg)
            yield _fault(path, error.lineno, kind + ".")
        except ValueError as error:
            yield _fault(path, 1, str(error).removeprefix(f"{path}: "))


def package(root: Path, decide: bool = False) -> list[str]:
    """Why ``decision`` does not load, or does not ``decide`` where nothing is known: where its code stopped."""
    try:
        import decision

        if decide:
            decision.decide({})
    except Exception as error:
        for name in [n for n in sys.modules if n == "decision" or n.startswith("decision.")]:
            del sys.modules[name]  # not half of it
        inside = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(root)]
        inside = [f for f in inside if "decision" in Path(f.filename).relative_to(root).parts[:1]]
        path = Path(inside[-1].filename).relative_to(root) if inside else "decision/__init__.py"
        return [
            _fault(
                path,
                inside[-1].lineno if inside else 1,
                f"the package does not {'decide' if decide else 'load'} ({error}).",
            )
        ]
    return []


def knowledge(root: Path) -> list[str]:
    """Every fault of the tables, the register, the list of sources and the record of reviews, once."""
    from decision import KnowledgeError, load, register
    from decision.reader import KNOWLEDGE as OWN
    from decision.tables import default
    from guard import addresses, review
    from guard.register import faults

    out: list[str] = []

    def read(*steps: Callable[[], Any]) -> bool:
        before = len(out)
        for step in steps:
            try:
                found = step()
            except KnowledgeError as error:
                found = str(error).splitlines()
            out.extend(x for told in found or [] if (x := place(told)) not in out)
        return len(out) == before

    folder = root / KNOWLEDGE
    fine = read(
        lambda: (default() if folder == OWN else load(folder)) and None,  # what the checks decide with is read once
        lambda: review.records(root) and None,
        lambda: addresses.rows(root) and None,
    )
    fine &= read(*(lambda n=n: register.rows(n, folder) and None for n in register.COLUMNS))
    if fine and read(lambda: register.vignettes() and None):
        read(faults)
    return out


def unreadable(root: Path = ROOT) -> list[str]:
    """Everything that cannot be read. Knowledge is looked at once the code that reads it can be."""
    broken = [*files(root)]
    code = any(x.split(":")[0].endswith(".py") for x in broken)
    broken += [] if code else package(root)
    if code or any("does not load" in x for x in broken):
        return broken
    return broken + (knowledge(root) or package(root, decide=True))

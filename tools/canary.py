"""``make canary``: the same sources with current Sphinx, without the jupyter-book package."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from guard.content import ROOT

ASKED = re.findall(r"^\w[\w-]*", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M)  # no pins, no options
BROUGHT = ["sphinx>=8", "sphinx-book-theme", "sphinx-external-toc", "sphinx-copybutton", "sphinx-togglebutton"]
NEWEST = [x for x in ASKED if x not in ("jupyter-book", "nbval")] + BROUGHT  # jupyter-book brings these
LEFT_OUT = ("jupyter_book", "sphinx_thebe", "sphinx_comments", "sphinx_jupyterbook_latex", "sphinx_multitoc_numbering")


def main() -> int:
    """Write a conf.py from ``_config.yml``, keep our extension, drop jupyter-book's, build with -nW."""
    here = ROOT / "_build/canary"
    python = here / "venv/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(here / "venv")], check=True)
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--upgrade", *NEWEST, str(ROOT)],
        check=True,
    )
    conf = subprocess.run(
        [Path(sys.executable).parent / "jupyter-book", "config", "sphinx", str(ROOT)],
        check=True,
        capture_output=True,
        text=True,
        cwd=here,
    )
    written = ROOT / "conf.py"
    text = written.read_text(encoding="utf-8")
    written.unlink()
    names = "\n".join(f"    if {name!r} in extensions: extensions.remove({name!r})" for name in LEFT_OUT)
    (here / "conf.py").write_text(
        f"import sys\nsys.path[:0] = [{str(ROOT)!r}]\n{text}\nif True:\n{names}\n"
        f"html_static_path = [{str(ROOT / 'book/static')!r}]\ntemplates_path = [{str(ROOT / 'book/templates')!r}]\n"
        f"bibtex_bibfiles = [{str(ROOT / 'decision/knowledge/references.bib')!r}]\n"
        f"html_favicon = {str(ROOT / 'book/static/favicon.svg')!r}\nexternal_toc_path = {str(ROOT / '_toc.yml')!r}\n"
        "if 'book' not in extensions: extensions.append('book')\n",
        encoding="utf-8",
    )
    del conf
    run = subprocess.run(
        [
            python,
            "-m",
            "sphinx",
            "-nW",
            "--keep-going",
            "-q",
            "-b",
            "html",
            "-c",
            str(here),
            str(ROOT),
            str(here / "html"),
        ]
    )
    print(
        subprocess.run([python, "-m", "sphinx", "--version"], capture_output=True, text=True).stdout.strip(),
        "built the book." if run.returncode == 0 else "did not build the book.",
    )
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())

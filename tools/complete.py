"""Fail the build when a page that the table of contents names, the engine or the kit, is not in the built site."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from book.panel import assets

from .assets import ENGINE, FRONT
from .kit import KIT

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Compare ``_toc.yml`` with ``_build/html``."""
    site = ROOT / "_build/html"
    names = re.findall(r"^\s*-?\s*(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"), re.M)
    wanted = [f"{n}.html" for n in names]
    wanted += ["ketamine-panel.html", *(f"_static/live/{assets()}/{n}" for n in (*FRONT, *ENGINE))]
    wanted += [f"kit/{n}" for n in KIT]
    missing = [w for w in wanted if not (site / w).is_file()]
    for w in missing:
        print(f"_build/html/{w} is missing from the built book; look for its source in _toc.yml and build again.")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())

"""The book's Sphinx extension: directives and roles that print from ``decision``.

Nothing clinical is written here; a page says where a table, a claim or a number stands,
and this extension prints it from the files that run.
"""

from __future__ import annotations

import os

from sphinx.application import Sphinx

from . import panel, prose, review, tables


def site_settings(app: Sphinx, config) -> None:
    """Links to the repository only where the build knows it; jupyter-book's CDN scripts nowhere."""
    repository = os.environ.get("BOOK_REPOSITORY", "")
    if repository:
        config.html_theme_options = {**config.html_theme_options, "repository_url": repository,
                                     "use_repository_button": True, "use_issues_button": True,
                                     "launch_buttons": {"binderhub_url": "https://mybinder.org"}}


def setup(app: Sphinx) -> dict[str, object]:
    """Register everything the pages use."""
    app.connect("config-inited", site_settings)
    for module in (prose, tables, panel, review):
        module.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

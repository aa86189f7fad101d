"""Sphinx configuration; `make docs` builds into docs/_build/html."""

from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import sys


sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import architecture
import conformance
import members
import threats


project = "pas.plugins.tokenauth"
author = "Plone community"
release = version = installed_version(project)

extensions = ["myst_parser"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"{project} {release}"


def add_table(app: Any, page: str, source: list[str]) -> None:
    """Put the tables into their pages, which change with the tests."""
    if page == "conformance-table":
        rows, named = conformance.requirements(), conformance.named_rows()
        source[0] = source[0].replace(conformance.PLACE, conformance.table(rows, named))
        app.env.note_reread()
    if page == "architecture":
        source[0] = source[0].replace(architecture.PLACE, architecture.table())
        app.env.note_reread()
    if page == "rest-members":
        source[0] = source[0].replace(members.PLACE, members.tables())
        app.env.note_reread()
    if page == "threat-model":
        source[0] = source[0].replace(threats.PLACE, threats.table())
        app.env.note_reread()


def setup(app: Any) -> None:
    """Called by Sphinx."""
    architecture.draw(Path(sys.executable).with_name("d2"))
    app.connect("source-read", add_table)

"""Sphinx configuration; `make docs` builds into docs/_build/html."""

from importlib.metadata import version as installed_version


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

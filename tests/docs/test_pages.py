"""Pages of the documentation name what the code names."""

from pas.plugins.tokenauth import permissions
from pas.plugins.tokenauth.core.claims import MAX_TEXT_LENGTH
from pas.plugins.tokenauth.core.jws import _REFUSED_PARAMETERS
from pas.plugins.tokenauth.core.jws import MAX_LENGTH
from pas.plugins.tokenauth.core.keys import ALGORITHMS
from pas.plugins.tokenauth.core.keys import ALIASES
from pas.plugins.tokenauth.site.sections import setting_fields
from pathlib import Path
from typing import Any

import docutils.core
import docutils.utils
import docutils.writers
import pytest
import re


ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_every_setting_is_on_the_page(site: Any) -> None:
    for field in setting_fields().values():
        row = next(
            line
            for line in page("configuration").splitlines()
            if line.startswith(f"| {field.title} |")
        )
        if isinstance(field.default, int) and not isinstance(field.default, bool):
            assert row.split("|")[2].strip() == str(field.default)
            assert f"{field.min} to {field.max}" in row


@pytest.mark.parametrize(
    "title",
    [title for name, title in vars(permissions).items() if name.isupper()],
)
def test_every_permission_is_on_the_page(title: str) -> None:
    assert f"| {title} |" in page("configuration")


@pytest.mark.parametrize("name", [*_REFUSED_PARAMETERS, *ALGORITHMS, *ALIASES])
def test_the_page_about_claims_names_every_claim(name: str) -> None:
    assert f"`{name}`" in page("claims")


def test_the_page_about_claims_knows_the_limits() -> None:
    assert f"at most {MAX_LENGTH} characters" in page("claims")
    assert f"1 to {MAX_TEXT_LENGTH} characters" in page("claims")


def test_the_readme_is_what_pypi_can_show() -> None:
    files = (ROOT / "README.rst", ROOT / "CHANGES.rst")
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    # Whatever docutils would warn about is an error.
    docutils.core.publish_string(
        text,
        writer=docutils.writers.get_writer_class("html")(),
        settings_overrides={"halt_level": docutils.utils.Reporter.WARNING_LEVEL},
    )


def test_every_file_in_the_picture_of_the_code_is_there() -> None:
    root = ROOT / "src" / "pas" / "plugins" / "tokenauth"
    names = re.findall(r"`([a-z_]+(?:/[a-z_]*)*(?:/|\.py))`", page("architecture"))
    assert len(names) > 40
    # What every feature has, whichever it is.
    each = {
        *("kind.py", "interfaces.py", "fields.py", "texts.py", "service.py"),
        *("settings.py", "rest.py", "arguments.py", "pages/"),
    }
    assert [name for name in names if not (root / name).exists()] == [
        name for name in names if name in each
    ]

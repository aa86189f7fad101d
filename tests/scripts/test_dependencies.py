"""The check of dependencies finds what is missing and what is too much."""

from dependencies import declared
from dependencies import problems
from pathlib import Path

import pytest


OWNERS = {
    "zope.interface": {"zope-interface"},
    "plone.api": {"plone-api"},
    "plone.api.user": {"plone-api"},
    "plone.testing": {"plone-testing"},
    "pas.plugins.tokenauth": {"pas-plugins-tokenauth"},
}
ZCML = '<configure xmlns:zcml="http://namespaces.zope.org/zcml">{}</configure>'


@pytest.fixture
def src(tmp_path: Path) -> Path:
    """A folder of sources that use plone.api."""
    (tmp_path / "used.py").write_text("from plone.api import user\n")
    return tmp_path


def test_a_project_that_is_declared_and_imported_is_no_problem(src: Path) -> None:
    assert problems(src, ["plone.api>=2"], OWNERS) == []


def test_an_import_that_is_not_declared_is_found(src: Path) -> None:
    assert problems(src, [], OWNERS) == [
        f"plone-api is not declared: plone.api.user in {src / 'used.py'}"
    ]


def test_a_declaration_without_an_import_is_found(src: Path) -> None:
    assert problems(src, ["plone.api", "zope.interface"], OWNERS) == [
        "zope-interface is declared and not used"
    ]


def test_an_import_inside_of_a_function_counts(src: Path) -> None:
    (src / "late.py").write_text("def f():\n    import zope.interface\n")
    assert problems(src, ["plone.api", "zope.interface"], OWNERS) == []


@pytest.mark.parametrize(
    "code",
    [
        "import json",
        "from . import plone",
        "from .plone.testing import x",
        "from pas.plugins.tokenauth import clock",
    ],
)
def test_the_standard_library_and_the_package_itself_need_no_declaration(
    src: Path, code: str
) -> None:
    (src / "other.py").write_text(code)
    assert problems(src, ["plone.api"], OWNERS) == []


@pytest.mark.parametrize(
    "file, content",
    [
        ("configure.zcml", ZCML.format('<include package="zope.interface" />')),
        ("profiles/default/browserlayer.xml", '<layer interface="zope.interface.X"/>'),
        (
            "profiles/default/metadata.xml",
            "<metadata><dependency>profile-zope.interface:default</dependency></metadata>",
        ),
    ],
)
def test_a_package_that_zcml_or_a_profile_names_is_used(
    src: Path, file: str, content: str
) -> None:
    path = src / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert problems(src, ["plone.api", "zope.interface"], OWNERS) == []
    assert problems(src, ["plone.api"], OWNERS)


def test_a_package_that_zcml_names_under_a_condition_need_not_be_declared(
    src: Path,
) -> None:
    include = '<include zcml:condition="installed x" package="zope.interface" />'
    (src / "configure.zcml").write_text(ZCML.format(include))
    assert problems(src, ["plone.api"], OWNERS) == []


def test_a_module_for_tests_may_import_what_only_tests_need(src: Path) -> None:
    requirements = ["plone.api", 'plone.testing; extra == "test"']
    (src / "testing.py").write_text("import plone.testing\n")
    assert problems(src, requirements, OWNERS) == []
    (src / "testing.py").rename(src / "other.py")
    assert len(problems(src, requirements, OWNERS)) == 1


def test_a_package_that_only_a_module_for_tests_imports_is_no_dependency(
    src: Path,
) -> None:
    (src / "testing.py").write_text("import zope.interface\n")
    assert problems(src, ["plone.api", "zope.interface"], OWNERS) == [
        "zope-interface is declared and not used"
    ]


def test_names_of_projects_are_compared_in_one_spelling() -> None:
    requirements = ["Zope_Interface[test]>=6", "PyJWT ; python_version > '3'"]
    assert declared(requirements) == {"zope-interface", "pyjwt"}

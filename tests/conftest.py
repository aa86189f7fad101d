"""Loads the fixtures that need Plone, unless only light tests were asked for."""

from hypothesis import HealthCheck
from hypothesis import settings
from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pathlib import Path

import gc
import os
import pytest


HERE = Path(__file__).parent
#: Tests that need neither Zope nor Plone; they run in a bare environment too.
LIGHT = ("core", "storage", "packaging")

# No test depends on how busy the machine is, and all examples share a site.
settings.register_profile(
    "tests",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tests")

# Translations are compiled when Zope starts, also from a fresh checkout.
os.environ.setdefault("zope_i18n_compile_mo_files", "true")


def pytest_configure(config: pytest.Config) -> None:
    """Register plone_fixtures.py as a plugin if a test may need it."""
    if not all(_is_light(argument) for argument in config.args):
        spec = spec_from_file_location("plone_fixtures", HERE / "plone_fixtures.py")
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        config.pluginmanager.register(module, "plone_fixtures")
        module.retry_at_once()
        if config.pluginmanager.hasplugin("cacheprovider"):
            module.keep_compiled_templates(str(config.cache.mkdir("chameleon")))


def pytest_collection() -> None:
    """Make no search for garbage while Plone is imported, which leaves none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Never search again what was imported."""
    gc.freeze()
    gc.enable()


def _is_light(argument: str) -> bool:
    path = Path(argument.partition("::")[0]).resolve()
    return any(path.is_relative_to(HERE / name) for name in LIGHT)

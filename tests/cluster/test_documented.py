"""The configuration that the documentation shows for several machines."""

from pathlib import Path
from ZEO.runzeo import ZEOOptions
from Zope2.Startup.options import ZopeWSGIOptions

import pytest


EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "cluster"


def adapted(name: str, *changes: tuple[str, str]) -> str:
    """An example with other values; each must stand there."""
    text = (EXAMPLES / name).read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("name", ["zope-zeo.conf", "zope-relstorage.conf"])
def test_a_front_end_reads_its_configuration(tmp_path: Path, name: str) -> None:
    (tmp_path / "zope.conf").write_text(adapted(name, ("/opt/plone/instance", "/tmp")))
    options = ZopeWSGIOptions(str(tmp_path / "zope.conf"))()
    (database,) = options.configroot.databases
    assert database.config.cache_size == 30_000
    assert options.configroot.trusted_proxies == ["192.0.2.1"]


def test_the_server_reads_its_configuration(tmp_path: Path) -> None:
    text = adapted("zeo.conf", ("/var/lib/plone", str(tmp_path)))
    (tmp_path / "zeo.conf").write_text(text)
    options = ZEOOptions()
    options.realize(["-C", str(tmp_path / "zeo.conf")])
    assert [storage.name for storage in options.storages] == ["1"]

"""Databases that several processes share, run for these tests."""

from collections.abc import Iterator
from databases import Address
from databases import Missing
from databases import postgresql_server
from databases import zeo_server
from endtoend import two_instances
from instance import Instance
from pathlib import Path
from stand_in import register_utilities

import os
import pytest


@pytest.fixture(scope="session")
def zeo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A ZEO server."""
    with zeo_server(Path(tmp_path_factory.mktemp("zeo"))) as address:
        yield address


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Address]:
    """RelStorage on a PostgreSQL server."""
    try:
        with postgresql_server() as address:
            yield address
    except Missing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(params=["zeo", "postgresql"])
def address(request: pytest.FixtureRequest) -> Address:
    """Each of them in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def instances(zeo: Address) -> Iterator[list[Instance]]:
    """Two real Zopes with one site on the ZEO server."""
    with two_instances(zeo) as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def scopes() -> None:
    """What ZCML registers in a site."""
    register_utilities()

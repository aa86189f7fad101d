"""Sealing for a site, what the site is told about it, and sealing again."""

from argparse import Namespace
from collections.abc import Iterator
from pas.plugins.tokenauth.cli.outcomes import CommandFailed
from pas.plugins.tokenauth.cli.session import Session
from pas.plugins.tokenauth.cli.upkeep import reseal as reseal_command
from pas.plugins.tokenauth.sealing.configuration import SealingOff
from pas.plugins.tokenauth.sealing.interfaces import INeedsSealing
from pas.plugins.tokenauth.sealing.interfaces import ISealedValues
from pas.plugins.tokenauth.sealing.interfaces import ISealer
from pas.plugins.tokenauth.sealing.keyring import CannotOpen
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.sealing.sealer import make_identity
from pas.plugins.tokenauth.sealing.sealer import OtherSealingKey
from pas.plugins.tokenauth.sealing.sealer import reseal
from pas.plugins.tokenauth.sealing.state import check_sealing_key
from pas.plugins.tokenauth.site.diagnostics import warnings
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.storage.interfaces import IStoreFactory
from pathlib import Path
from tests.site.facts import FACTS
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component import getUtility

import os
import pytest


RESEAL = Namespace(forget_unopened=False, yes=False)
pytestmark = pytest.mark.usefixtures("sealing_key")


class Values:
    """Sealed values of a feature."""

    kept: dict[str, bytes] = {}

    def __init__(self, site: Any) -> None:
        pass

    def __call__(self) -> list[tuple[str, bytes]]:
        return list(self.kept.items())

    def replace(self, id: str, sealed: bytes) -> None:
        self.kept[id] = sealed

    def forget(self, id: str) -> None:
        del self.kept[id]


@pytest.fixture
def values(site: Any) -> Iterator[dict[str, bytes]]:
    """Two secrets, sealed for the purpose test."""
    manager = getGlobalSiteManager()
    manager.registerAdapter(Values, (ISiteContext,), ISealedValues, "test")
    sealer = ISealer(site.context)
    Values.kept = {}
    Values.kept |= {id: sealer.seal("test", id, id.encode()) for id in ("a", "b")}
    yield Values.kept
    manager.unregisterAdapter(Values, (ISiteContext,), ISealedValues, "test")


def codes(site: Any) -> list[str]:
    found = [each.code for each in warnings(site.context, FACTS)]
    return [code for code in found if "sealing" in code]


def test_a_secret_opens_for_its_purpose_and_id_only(site: Any) -> None:
    sealer = ISealer(site.context)
    sealed = sealer.seal("purpose", "id", b"secret")
    assert sealer.open("purpose", "id", sealed) == b"secret"
    for purpose, id in (("other", "id"), ("purpose", "other"), ("purposei", "d")):
        with pytest.raises(CannotOpen):
            sealer.open(purpose, id, sealed)


def test_a_purpose_cannot_run_into_an_id(site: Any) -> None:
    with pytest.raises(ValueError, match="zero"):
        ISealer(site.context).seal("purpose\0id", "", b"secret")


def test_a_secret_of_another_site_does_not_open(site: Any) -> None:
    """Conformance: PL-11."""
    sealed = ISealer(site.context).seal("purpose", "id", b"secret")
    site.context.storage["site_identity"].identity = make_identity().identity
    with pytest.raises(CannotOpen):
        ISealer(site.context).open("purpose", "id", sealed)


def test_the_identity_is_made_with_the_site(site: Any) -> None:
    assert len(site.context.storage["site_identity"].identity) == 16
    factory = getUtility(IStoreFactory, "site_identity")
    assert factory().identity != factory().identity


def test_nothing_is_sealed_without_a_key(
    site: Any, zope_conf: dict[str, str], values: dict[str, bytes]
) -> None:
    """Conformance: OD-12, OD-13."""
    zope_conf.clear()
    sealer = ISealer(site.context)
    with pytest.raises(SealingOff):
        sealer.seal("purpose", "id", b"secret")
    with pytest.raises(SealingOff):
        sealer.open("test", "a", values["a"])


def test_an_older_key_can_go_after_secrets_were_sealed_again(
    site: Any, zope_conf: dict[str, str], sealing_key: str, values: dict[str, bytes]
) -> None:
    """Conformance: OD-14."""
    new = make_key()
    zope_conf["sealing-key"] = f"{new} {sealing_key}"
    assert reseal(site.context) == 2
    assert reseal(site.context) == 0
    zope_conf["sealing-key"] = new
    assert ISealer(site.context).open("test", "b", values["b"]) == b"b"


def test_the_command_seals_again(
    site: Any, zope_conf: dict[str, str], sealing_key: str, values: dict[str, bytes]
) -> None:
    """Conformance: OD-14."""
    zope_conf["sealing-key"] = f"{make_key()} {sealing_key}"
    session = Session(site.context, Operator("operator"))
    answer = reseal_command(session, RESEAL)
    assert answer.data == {"resealed": 2, "forgotten": 0}
    zope_conf["sealing-key"] = make_key()
    with pytest.raises(CommandFailed, match="a key that is missing"):
        reseal_command(session, RESEAL)
    zope_conf.clear()
    with pytest.raises(CommandFailed, match="no sealing key is configured"):
        reseal_command(session, RESEAL)


def test_nothing_that_is_kept_is_sealed_with_another_key_than_the_rest(
    site: Any, zope_conf: dict[str, str], sealing_key: str, values: dict[str, bytes]
) -> None:
    """Conformance: OD-13: the wrong key, on one of several machines for instance."""
    sealer = ISealer(site.context)
    zope_conf["sealing-key"] = make_key()
    with pytest.raises(OtherSealingKey, match="does not open 2 secrets"):
        sealer.seal("test", "c", b"c")
    # What waits in a URL is not kept.
    waiting = sealer.seal("pending", "", b"x")
    assert sealer.open("pending", "", waiting) == b"x"
    zope_conf["sealing-key"] = f"{make_key()} {sealing_key}"
    values["c"] = sealer.seal("test", "c", b"c")
    assert sealer.open("test", "c", values["c"]) == b"c"


def test_what_a_lost_key_has_sealed_can_be_forgotten(
    site: Any, zope_conf: dict[str, str], values: dict[str, bytes]
) -> None:
    """Conformance: OD-13."""
    session = Session(site.context, Operator("operator"))
    zope_conf["sealing-key"] = make_key()
    arguments = Namespace(forget_unopened=True, yes=True)
    answer = reseal_command(session, arguments)
    assert answer.data == {"resealed": 0, "forgotten": 2}
    assert values == {}
    values["c"] = ISealer(site.context).seal("test", "c", b"c")
    assert reseal_command(session, arguments).data["forgotten"] == 0


def test_monitoring_learns_whether_the_key_opens_what_is_sealed(
    site: Any, zope_conf: dict[str, str], values: dict[str, bytes]
) -> None:
    """Conformance: OD-12."""
    assert check_sealing_key(site.context, 0) == ""
    zope_conf["sealing-key"] = make_key()
    assert check_sealing_key(site.context, 0) == "does not open 2 sealed values"
    zope_conf["sealing-key"] = "secret-word"
    assert check_sealing_key(site.context, 0) == "cannot be used"


def test_a_site_with_a_wrong_key_is_not_well(
    site: Any, zope_conf: dict[str, str], values: dict[str, bytes]
) -> None:
    """Conformance: OD-12."""
    assert site.get("/@@tokenauth-health").status_code == 200
    zope_conf["sealing-key"] = make_key()
    answer = site.get("/@@tokenauth-health")
    assert answer.status_code == 503
    assert answer.json()["checks"]["sealing_key"] == "does not open 2 sealed values"


def test_administrators_learn_what_is_wrong_with_the_key(
    site: Any, zope_conf: dict[str, str], values: dict[str, bytes], tmp_path: Path
) -> None:
    """Conformance: OD-12."""
    assert codes(site) == []
    zope_conf["sealing-key"] = make_key()
    assert codes(site) == ["other_sealing_key"]
    zope_conf["sealing-key"] = "secret-word"
    assert codes(site) == ["sealing_off"]


def test_administrators_learn_that_others_can_read_the_file(
    site: Any, zope_conf: dict[str, str], tmp_path: Path
) -> None:
    """Conformance: OD-12."""
    path = tmp_path / "sealing.key"
    path.write_text(zope_conf.pop("sealing-key"))
    os.chmod(path, 0o644)
    zope_conf["sealing-key-file"] = str(path)
    assert codes(site) == ["sealing_key_readable"]


def test_administrators_learn_what_waits_for_a_key(
    site: Any, zope_conf: dict[str, str]
) -> None:
    """A site that uses nothing which needs one hears nothing about it."""
    zope_conf.clear()
    assert codes(site) == []
    manager = getGlobalSiteManager()

    def need(site: Any) -> str:
        return "signing in"

    def no_need(site: Any) -> str:
        return ""

    manager.registerUtility(need, INeedsSealing, "test")
    manager.registerUtility(no_need, INeedsSealing, "test-2")
    try:
        (found,) = [
            each for each in warnings(site.context, FACTS) if "sealing" in each.code
        ]
    finally:
        manager.unregisterUtility(need, INeedsSealing, "test")
        manager.unregisterUtility(no_need, INeedsSealing, "test-2")
    assert found.code == "no_sealing_key"
    assert found.message.mapping == {"feature": "signing in"}

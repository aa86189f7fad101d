"""Kinds of credentials, also those that nothing registers."""

from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.credentials.kinds import kind_of
from pas.plugins.tokenauth.credentials.kinds import kinds
from types import SimpleNamespace
from typing import Any
from zope.interface.verify import verifyObject


def test_every_kind_keeps_the_contract(site: Any) -> None:
    for kind in kinds().values():
        assert verifyObject(ICredentialKind, kind)
        assert kind.is_known


def test_a_kind_that_nothing_registers_keeps_the_contract(site: Any) -> None:
    """So that whatever is asked of every kind can be asked of it."""
    credential: Any = SimpleNamespace(kind="gone")
    kind = kind_of(credential)
    assert verifyObject(ICredentialKind, kind)
    assert (kind.name, kind.is_known, kind.rotation) == ("gone", False, None)

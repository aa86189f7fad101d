"""The kinds of credentials: utilities that each feature, and each add-on, registers."""

from ..storage.credentials import Credentials
from ..storage.interfaces import ICredential
from ..storage.interfaces import ICredentials
from ..storage.root import TokenAuthStorage
from .interfaces import ICredentialKind
from typing import Any
from zope.component import getUtilitiesFor
from zope.component import getUtility
from zope.component import queryUtility


def kinds() -> dict[str, ICredentialKind]:
    """Every kind by name, in their order."""
    found = getUtilitiesFor(ICredentialKind)
    return dict(sorted(found, key=lambda item: (item[1].order, item[0])))


def stored_kinds(storage: TokenAuthStorage) -> list[Any]:
    """Every kind, in their order, and UnknownKind of others that are kept."""
    known = kinds()
    return [known.get(name) or _unknown(name) for name in {**known, **storage.kinds}]


def kind_named(name: str) -> ICredentialKind:
    """The kind of that name."""
    return getUtility(ICredentialKind, name)


def kind_of(credential: ICredential) -> Any:
    """The kind of a credential, UnknownKind where its add-on is gone."""
    name = credential.kind
    return queryUtility(ICredentialKind, name) or _unknown(name)


def credentials_of(storage: TokenAuthStorage, kind: ICredentialKind) -> ICredentials:
    """All credentials of a kind; of a kind that has none yet, an empty collection."""
    found: ICredentials | None = storage.kinds.get(kind.name)
    return Credentials() if found is None else found


def _unknown(name: str) -> Any:
    # It is made of what kinds have in common, which needs this module.
    from .unknown import UnknownKind

    return UnknownKind(name)

"""The kinds of credentials: utilities that each feature, and each add-on, registers."""

from ..storage.credentials import Credentials
from ..storage.interfaces import ICredential
from ..storage.interfaces import ICredentials
from ..storage.interfaces import ITokenAuthStorage
from .interfaces import ICredentialKind
from zope.component import getUtilitiesFor
from zope.component import getUtility


def kinds() -> dict[str, ICredentialKind]:
    """Every kind by name, in their order."""
    found = getUtilitiesFor(ICredentialKind)
    return dict(sorted(found, key=lambda item: (item[1].order, item[0])))


def kind_named(name: str) -> ICredentialKind:
    """The kind of that name."""
    return getUtility(ICredentialKind, name)


def kind_of(credential: ICredential) -> ICredentialKind:
    """The kind of a credential."""
    return kind_named(credential.kind)


def credentials_of(storage: ITokenAuthStorage, kind: ICredentialKind) -> ICredentials:
    """All credentials of a kind; of a kind that has none yet, an empty collection."""
    found: ICredentials | None = storage.kinds.get(kind.name)
    return Credentials() if found is None else found

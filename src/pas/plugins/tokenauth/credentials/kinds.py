"""The kinds of credentials: utilities that each feature, and each add-on, registers."""

from ..i18n import _
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..storage.credentials import Credentials
from ..storage.interfaces import ICredential
from ..storage.interfaces import ICredentials
from ..storage.interfaces import ITokenAuthStorage
from .fields import Expiry
from .fields import IPRanges
from .fields import Scopes
from .fields import Title
from .interfaces import ICredentialKind
from .interfaces import IOptions
from .texts import CommonTexts
from dataclasses import dataclass
from typing import Any
from zope.component import getUtilitiesFor
from zope.component import getUtility
from zope.component import queryUtility


class ICommonOptions(IOptions):
    """The options that every kind has."""

    title = Title()
    ip_ranges = IPRanges()
    expires_at = Expiry()
    scopes = Scopes()


@dataclass(frozen=True)
class UnknownKind:
    """The kind of credentials whose add-on is gone.

    Nothing makes any, and nobody gets in by one. Administrators see and revoke them.
    """

    name: str

    options = ICommonOptions
    rotation = None
    belongs_to_site = False
    manage_own = manage_all = MANAGE_ALL_SERVICE_KEYS
    id_member = "id"
    texts = CommonTexts(
        name=_("Of an unknown kind"),
        name_of_all=_("Of an unknown kind"),
        ended=_(
            "The add-on that knows this kind of credential is gone: you may only"
            " revoke it."
        ),
    )

    def permission_to_widen(self, credential: ICredential) -> str:
        return self.manage_all

    def details(self, credential: ICredential) -> dict[str, Any]:
        return {}


def kinds() -> dict[str, ICredentialKind]:
    """Every kind by name, in their order."""
    found = getUtilitiesFor(ICredentialKind)
    return dict(sorted(found, key=lambda item: (item[1].order, item[0])))


def stored_kinds(storage: ITokenAuthStorage) -> list[Any]:
    """Every kind, in their order, and UnknownKind of others that are kept."""
    known = kinds()
    return [known.get(name) or UnknownKind(name) for name in {**known, **storage.kinds}]


def kind_named(name: str) -> ICredentialKind:
    """The kind of that name."""
    return getUtility(ICredentialKind, name)


def kind_of(credential: ICredential) -> Any:
    """The kind of a credential, UnknownKind where its add-on is gone."""
    return queryUtility(ICredentialKind, credential.kind) or UnknownKind(
        credential.kind
    )


def credentials_of(storage: ITokenAuthStorage, kind: ICredentialKind) -> ICredentials:
    """All credentials of a kind; of a kind that has none yet, an empty collection."""
    found: ICredentials | None = storage.kinds.get(kind.name)
    return Credentials() if found is None else found

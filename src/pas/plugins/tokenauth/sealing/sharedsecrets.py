"""Secrets that the site shares with somebody else, sealed in a credential.

The credential has them as `secrets`, a tuple of SharedSecret. Each is sealed for the
kind of the credential, its id and its own name.
"""

from ..core.secret import Secret
from ..i18n import _
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.errors import NotAllowed
from ..storage.sharedsecrets import SharedSecret
from .configuration import key_ring
from .configuration import SealingOff
from .interfaces import ISealedValues
from .sealer import check_is_known
from .sealer import OtherSealingKey
from .sealer import sealer_of
from dataclasses import replace
from typing import Any
from zope.interface import implementer

import secrets


_BYTES = 32
_NAME_BYTES = 8


def check_can_share(site: SiteContext) -> None:
    """Refuse to register somebody with whom the site could share no secret.

    :raises NotAllowed: when there is no usable sealing key, or another one than has
        sealed the secrets of the site
    """
    try:
        check_is_known(site, key_ring())
    except OtherSealingKey:
        raise NotAllowed(
            _("Secrets cannot be shared: the sealing key is not that of this site.")
        ) from None
    except SealingOff:
        raise NotAllowed(
            _("Secrets cannot be shared: there is no usable sealing key.")
        ) from None


def make_shared_secret(
    site: SiteContext, kind: str, credential_id: str, now: float
) -> tuple[SharedSecret, Secret]:
    """A fresh secret: what is kept of it, and the secret itself.

    :raises SealingOff: when there is no usable sealing key
    """
    kid, secret = secrets.token_hex(_NAME_BYTES), secrets.token_urlsafe(_BYTES)
    sealed = sealer_of(site).seal(kind, _id(credential_id, kid), secret.encode())
    return SharedSecret(kid=kid, sealed=sealed, added_at=now), Secret(secret)


def opened_secrets(site: SiteContext, credential: Any, now: float) -> list[bytes]:
    """The live secrets of a credential, the newest first.

    :param credential: an ICredential with `secrets`
    :raises SealingOff: when there is no usable sealing key
    :raises CannotOpen: when another key has sealed one
    """
    sealer, kind = sealer_of(site), credential.kind
    return [
        sealer.open(kind, _id(credential.credential_id, each.kid), each.sealed)
        for each in reversed(credential.secrets)
        if each.is_live(now)
    ]


@implementer(ISealedValues)
class SealedSecrets(SiteAdapter):
    """See ISealedValues: the secrets of all credentials of a kind, its name.

    A subclass is an adapter with the kind as its name.
    """

    kind: str

    def __call__(self) -> list[tuple[str, bytes]]:
        return [
            (_id(credential.credential_id, each.kid), each.sealed)
            for credential in self._site.storage[self.kind].all()
            for each in credential.secrets
        ]

    def replace(self, id: str, sealed: bytes) -> None:
        credential, kid = self._found(id)
        credential.secrets = tuple(
            replace(each, sealed=sealed) if each.kid == kid else each
            for each in credential.secrets
        )

    def forget(self, id: str) -> None:
        credential, kid = self._found(id)
        credential.secrets = tuple(
            each for each in credential.secrets if each.kid != kid
        )

    def _found(self, id: str) -> tuple[Any, str]:
        """The credential of a secret, and what the secret itself is called."""
        credential_id, _space, kid = id.partition(" ")
        return self._site.storage[self.kind].get(credential_id), kid


def _id(credential_id: str, kid: str) -> str:
    return f"{credential_id} {kid}"

"""What happened, for subscribers. No event carries a secret."""

from dataclasses import dataclass
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


class ITokenAuthEvent(Interface):
    """Something happened to a credential or a token of this package."""

    credential_id = Attribute("The credential it is about; may be an empty text")


class IServiceKeyIssued(ITokenAuthEvent):
    """A service key was issued."""


class IServiceKeyImported(ITokenAuthEvent):
    """A service key was taken over from another package."""


class IServiceKeyChanged(ITokenAuthEvent):
    """Title, limits or switches of a service key were changed."""


class IServiceKeyRotated(ITokenAuthEvent):
    """A service key got another key pair."""


class IServiceKeyRevoked(ITokenAuthEvent):
    """A service key was revoked."""


class ISettingsChanged(ITokenAuthEvent):
    """Settings of the site were changed."""


class IAccessTokenIssued(ITokenAuthEvent):
    """A client obtained an access token."""


class IAccessRefused(ITokenAuthEvent):
    """A grant or an access token was refused."""


@implementer(IServiceKeyIssued)
@dataclass(frozen=True)
class ServiceKeyIssued:
    """See IServiceKeyIssued; `actor` is who did it, as the records name them."""

    credential_id: str
    owner: str
    actor: str


@implementer(IServiceKeyImported)
@dataclass(frozen=True)
class ServiceKeyImported:
    """See IServiceKeyImported; `actor` is who did it."""

    credential_id: str
    owner: str
    actor: str


@implementer(IServiceKeyChanged)
@dataclass(frozen=True)
class ServiceKeyChanged:
    """See IServiceKeyChanged; `actor` is who did it, as the records name them."""

    credential_id: str
    owner: str
    actor: str


@implementer(IServiceKeyRotated)
@dataclass(frozen=True)
class ServiceKeyRotated:
    """See IServiceKeyRotated; `kid` is the new public key's.

    `others_end_at` is when those before it stop verifying grants at the latest.
    """

    credential_id: str
    owner: str
    actor: str
    kid: str
    others_end_at: float


@implementer(IServiceKeyRevoked)
@dataclass(frozen=True)
class ServiceKeyRevoked:
    """See IServiceKeyRevoked; `actor` is who did it, as the records name them."""

    credential_id: str
    owner: str
    actor: str


@implementer(ISettingsChanged)
@dataclass(frozen=True)
class SettingsChanged:
    """See ISettingsChanged; `names` are those of the settings that changed."""

    actor: str
    names: tuple[str, ...]
    credential_id: str = ""


@implementer(IAccessTokenIssued)
@dataclass(frozen=True)
class AccessTokenIssued:
    """See IAccessTokenIssued; `subject` is the user the token acts as."""

    credential_id: str
    subject: str
    address: str


@implementer(IAccessRefused)
@dataclass(frozen=True)
class AccessRefused:
    """See IAccessRefused; `reason` is for people who read logs."""

    credential_id: str
    reason: str
    address: str

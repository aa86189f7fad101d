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


class IServiceKeyChanged(ITokenAuthEvent):
    """Title, limits or switches of a service key were changed."""


class IServiceKeyRevoked(ITokenAuthEvent):
    """A service key was revoked."""


class IAccessTokenIssued(ITokenAuthEvent):
    """A client obtained an access token."""


class IAccessRefused(ITokenAuthEvent):
    """A grant or an access token was refused."""


@implementer(IServiceKeyIssued)
@dataclass(frozen=True)
class ServiceKeyIssued:
    """See IServiceKeyIssued; `actor` is the user id of who did it."""

    credential_id: str
    actor: str


@implementer(IServiceKeyChanged)
@dataclass(frozen=True)
class ServiceKeyChanged:
    """See IServiceKeyChanged; `actor` is the user id of who did it."""

    credential_id: str
    actor: str


@implementer(IServiceKeyRevoked)
@dataclass(frozen=True)
class ServiceKeyRevoked:
    """See IServiceKeyRevoked; `actor` is the user id of who did it."""

    credential_id: str
    actor: str


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

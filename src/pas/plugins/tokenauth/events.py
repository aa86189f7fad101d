"""What happened, for subscribers. No event carries a secret."""

from dataclasses import dataclass
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


class ITokenAuthEvent(Interface):
    """Something happened to a credential or a token of this package."""

    credential_id = Attribute("The credential it is about; may be an empty string")


class ICredentialEvent(ITokenAuthEvent):
    """Somebody did something to a credential of any kind."""

    owner = Attribute("User id of the credential's owner")
    requester = Attribute("Who did it, as the records name them")


class ICredentialIssued(ICredentialEvent):
    """A credential was issued."""


class ICredentialChanged(ICredentialEvent):
    """Options of a credential were changed."""


class ICredentialRevoked(ICredentialEvent):
    """A credential was revoked."""


class IServiceKeyIssued(ICredentialIssued):
    """A service key was issued."""


class IServiceKeyImported(ICredentialEvent):
    """A service key was taken over from another package."""


class IServiceKeyChanged(ICredentialChanged):
    """Options of a service key were changed."""


class IServiceKeyRotated(ICredentialEvent):
    """A service key got another key pair."""


class IServiceKeyRevoked(ICredentialRevoked):
    """A service key was revoked."""


class IPersonalAccessTokenIssued(ICredentialIssued):
    """A personal access token was issued."""


class IPersonalAccessTokenChanged(ICredentialChanged):
    """Options of a personal access token were changed."""


class IPersonalAccessTokenRevoked(ICredentialRevoked):
    """A personal access token was revoked."""


class ISettingsChanged(ITokenAuthEvent):
    """Settings of the site were changed."""


class IAccessTokenIssued(ITokenAuthEvent):
    """A client obtained an access token."""


class IAccessTokenRevoked(ITokenAuthEvent):
    """An access token was revoked before it expired."""


class IAccessRefused(ITokenAuthEvent):
    """A grant or a token was refused."""


class IRequestCommittedEvent(ITokenAuthEvent):
    """A request with a token has stored something; it has ended."""

    subject = Attribute("User id the request has acted as")
    address = Attribute("Address of the client, or an empty string")
    method = Attribute("Its HTTP method")
    path = Attribute("The path of its URL, as clients see it")
    status = Attribute("The HTTP status of the answer, as a number")


@dataclass(frozen=True)
class _CredentialEvent:
    """See ICredentialEvent."""

    credential_id: str
    owner: str
    requester: str


@implementer(IServiceKeyIssued)
@dataclass(frozen=True)
class ServiceKeyIssued(_CredentialEvent):
    """See IServiceKeyIssued."""


@implementer(IServiceKeyImported)
@dataclass(frozen=True)
class ServiceKeyImported(_CredentialEvent):
    """See IServiceKeyImported."""


@implementer(IServiceKeyChanged)
@dataclass(frozen=True)
class ServiceKeyChanged(_CredentialEvent):
    """See IServiceKeyChanged."""


@implementer(IServiceKeyRotated)
@dataclass(frozen=True)
class ServiceKeyRotated(_CredentialEvent):
    """See IServiceKeyRotated; `kid` is the new public key's.

    `others_end_at` is when those before it stop verifying grants at the latest.
    """

    kid: str
    others_end_at: float


@implementer(IServiceKeyRevoked)
@dataclass(frozen=True)
class ServiceKeyRevoked(_CredentialEvent):
    """See IServiceKeyRevoked."""


@implementer(IPersonalAccessTokenIssued)
@dataclass(frozen=True)
class PersonalAccessTokenIssued(_CredentialEvent):
    """See IPersonalAccessTokenIssued."""


@implementer(IPersonalAccessTokenChanged)
@dataclass(frozen=True)
class PersonalAccessTokenChanged(_CredentialEvent):
    """See IPersonalAccessTokenChanged."""


@implementer(IPersonalAccessTokenRevoked)
@dataclass(frozen=True)
class PersonalAccessTokenRevoked(_CredentialEvent):
    """See IPersonalAccessTokenRevoked."""


@implementer(ISettingsChanged)
@dataclass(frozen=True)
class SettingsChanged:
    """See ISettingsChanged; `names` are those of the settings that changed."""

    requester: str
    names: tuple[str, ...]
    credential_id: str = ""


@implementer(IAccessTokenIssued)
@dataclass(frozen=True)
class AccessTokenIssued:
    """See IAccessTokenIssued; `subject` is the user the token acts as."""

    credential_id: str
    subject: str
    address: str


@implementer(IAccessTokenRevoked)
@dataclass(frozen=True)
class AccessTokenRevoked:
    """See IAccessTokenRevoked; `requester` is who asked: a client id or a user id."""

    credential_id: str
    subject: str
    requester: str


@implementer(IAccessRefused)
@dataclass(frozen=True)
class AccessRefused:
    """See IAccessRefused; `reason` is for people who read logs."""

    credential_id: str
    reason: str
    address: str


@implementer(IRequestCommittedEvent)
@dataclass(frozen=True)
class RequestCommittedEvent:
    """See IRequestCommittedEvent."""

    credential_id: str
    subject: str
    address: str
    method: str
    path: str
    status: int

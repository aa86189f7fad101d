"""What happened, for subscribers: the same events, whatever it happened to.

No event carries a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


#: What the events call tokens that a client obtained; all else is a credential.
ACCESS_TOKEN = "access_token"
#: Those that an application stays signed in with; they end together.
REFRESH_TOKEN = "refresh_token"


class ITokenAuthEvent(Interface):
    """Something happened in this package."""


class ICredentialEvent(ITokenAuthEvent):
    """Something happened to a credential, or to a token obtained with one."""

    kind = Attribute("Kind of the credential, or what was obtained: access_token, …")
    credential_id = Attribute("The credential")
    owner = Attribute("User id of its owner")
    requester = Attribute("Who did it, as the records name them")
    new_secret = Attribute("Whether a person got a new secret of the credential")
    details = Attribute("What else is known, by name: strings and numbers")


class IIssuedEvent(ICredentialEvent):
    """A credential was issued or imported, or a client obtained tokens."""


class IChangedEvent(ICredentialEvent):
    """A credential was changed: its options, secrets, state or owner."""


class IRevokedEvent(ICredentialEvent):
    """A credential, an access token or a family of refresh tokens was revoked."""


class IRefusedEvent(ITokenAuthEvent):
    """A grant, a token or a request about tokens was refused."""

    what = Attribute("What was refused, for people who read logs")
    credential_id = Attribute("The credential it is about, as far as it is known")
    only_named = Attribute(
        "Whether the request has only named the credential: anybody can do that"
    )
    reason = Attribute("Why, for people who read logs")
    address = Attribute("Address of the client, or an empty string")


class ISettingsChangedEvent(ITokenAuthEvent):
    """Settings of the site were changed."""

    requester = Attribute("Who did it, as the records name them")
    names = Attribute("Names of the settings, as a tuple")


class IPasswordChangedEvent(ITokenAuthEvent):
    """The password of a user was changed who has credentials."""

    owner = Attribute("User id")
    kept = Attribute("Ids of the credentials of which they are told, as a tuple")
    ended = Attribute("Ids of those that were revoked, as a tuple")


class INewAddressEvent(ITokenAuthEvent):
    """A credential was used from where it was not used lately."""

    credential_id = Attribute("The credential")
    owner = Attribute("User id of its owner")
    address = Attribute("Address of the client")
    user_agent = Attribute("How the client calls itself")
    used_at = Attribute("When, in seconds since the epoch")


class IRequestCommittedEvent(ITokenAuthEvent):
    """A request with a token has stored something; it has ended."""

    credential_id = Attribute("The credential")
    subject = Attribute("User id the request has acted as")
    address = Attribute("Address of the client, or an empty string")
    method = Attribute("Its HTTP method")
    path = Attribute("The path of its URL, as clients see it")
    status = Attribute("The HTTP status of the answer, as a number")


class IUserGoneEvent(Interface):
    """A user is gone for good: whoever gets the id later is somebody else."""

    site = Attribute("ISiteContext")
    user_id = Attribute("The id")


@dataclass(frozen=True, kw_only=True)
class _CredentialEvent:
    """See ICredentialEvent."""

    kind: str
    credential_id: str
    owner: str
    requester: str
    new_secret: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


@implementer(IIssuedEvent)
class IssuedEvent(_CredentialEvent):
    """See IIssuedEvent."""


@implementer(IChangedEvent)
class ChangedEvent(_CredentialEvent):
    """See IChangedEvent."""


@implementer(IRevokedEvent)
class RevokedEvent(_CredentialEvent):
    """See IRevokedEvent."""


@implementer(IRefusedEvent)
@dataclass(frozen=True, kw_only=True)
class RefusedEvent:
    """See IRefusedEvent."""

    what: str
    credential_id: str
    only_named: bool = False
    reason: str
    address: str


@implementer(ISettingsChangedEvent)
@dataclass(frozen=True, kw_only=True)
class SettingsChangedEvent:
    """See ISettingsChangedEvent."""

    requester: str
    names: tuple[str, ...]


@implementer(IPasswordChangedEvent)
@dataclass(frozen=True, kw_only=True)
class PasswordChangedEvent:
    """See IPasswordChangedEvent."""

    owner: str
    kept: tuple[str, ...]
    ended: tuple[str, ...]


@implementer(INewAddressEvent)
@dataclass(frozen=True, kw_only=True)
class NewAddressEvent:
    """See INewAddressEvent."""

    credential_id: str
    owner: str
    address: str
    user_agent: str
    used_at: float


@implementer(IUserGoneEvent)
@dataclass(frozen=True, kw_only=True)
class UserGoneEvent:
    """See IUserGoneEvent."""

    site: Any
    user_id: str


@implementer(IRequestCommittedEvent)
@dataclass(frozen=True, kw_only=True)
class RequestCommittedEvent:
    """See IRequestCommittedEvent."""

    credential_id: str
    subject: str
    address: str
    method: str
    path: str
    status: int

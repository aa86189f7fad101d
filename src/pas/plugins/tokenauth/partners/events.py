"""What happens when a partner logs somebody in."""

from ..events import ITokenAuthEvent
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


class LogInVetoed(Exception):
    """A subscriber of IBeforePartnerLogInEvent does not let somebody in.

    The first argument is a translatable message for the person.
    """


class IBeforePartnerLogInEvent(Interface):
    """A partner is about to log somebody in; raise LogInVetoed to keep them out.

    The signature is good, and nothing is stored yet.
    """

    site = Attribute("ISiteContext")
    partner = Attribute("storage.partners.Partner")
    login = Attribute("Login name")
    user_id = Attribute("User id; empty for somebody who is about to be created")
    extras = Attribute("What is signed besides, by name")
    properties = Attribute(
        "What a new user gets as properties, a dictionary that can be changed; empty"
        " for somebody who is known"
    )


class IPartnerLogInEvent(ITokenAuthEvent):
    """A partner has logged somebody in."""

    credential_id = Attribute("The partner")
    user_id = Attribute("User id")
    is_new = Attribute("Whether the user was created")
    address = Attribute("Address of the browser, or an empty string")


@implementer(IBeforePartnerLogInEvent)
@dataclass(frozen=True, kw_only=True)
class BeforePartnerLogInEvent:
    """See IBeforePartnerLogInEvent."""

    site: Any
    partner: Any
    login: str
    user_id: str
    extras: Mapping[str, str]
    properties: dict[str, str] = field(default_factory=dict)


@implementer(IPartnerLogInEvent)
@dataclass(frozen=True, kw_only=True)
class PartnerLogInEvent:
    """See IPartnerLogInEvent."""

    credential_id: str
    user_id: str
    is_new: bool
    address: str

"""What happens to the OpenID provider, for subscribers and the audit log."""

from ..events import ITokenAuthEvent
from dataclasses import dataclass
from zope.interface import Attribute
from zope.interface import implementer


class ISigningKeysMadeEvent(ITokenAuthEvent):
    """The site has new signing keys."""

    requester = Attribute("Who made them, as the records name them; empty for age")
    kids = Attribute("The keys, as a tuple")
    signs_from = Attribute("From when on they sign, in seconds since the epoch")
    replaces = Attribute("Whether all others are forgotten, because they leaked")


@implementer(ISigningKeysMadeEvent)
@dataclass(frozen=True, kw_only=True)
class SigningKeysMadeEvent:
    """See ISigningKeysMadeEvent."""

    requester: str
    kids: tuple[str, ...]
    signs_from: float
    replaces: bool

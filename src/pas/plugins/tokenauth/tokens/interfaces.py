"""Contract of a type of token."""

from zope.interface import Attribute
from zope.interface import Interface


class ITokenType(Interface):
    """A type of token that requests carry: a utility named by its prefix.

    The prefix is `pt`, a letter and an underscore.
    """

    authenticates = Attribute(
        "Whether a request that sends one as Bearer acts as a user; another type has a"
        " page of its own, and can only be revoked like the others"
    )
    explains_refusals = Attribute(
        "Whether clients learn why one is refused; some know one text for all reasons"
    )
    password_setting = Attribute(
        "Name of the setting that lets one be sent as a password; empty for never"
    )
    records_uses = Attribute("Whether each use goes to the usage log")
    is_introspected = Attribute(
        "Whether clients can ask about one at the introspection endpoint (RFC 7662)"
    )

    def find(site, token, now):
        """What the site knows of a well-formed token, as FoundToken.

        Raises tokens.find.UnknownToken where there is none, or none any more, and
        AccessRefused for one that has ended although its credential goes on.
        """


class IRevocableTokenType(ITokenType):
    """A type whose tokens end at the revocation endpoint (RFC 7009)."""

    def revoke(site, found, requester, now):
        """End a token, a FoundToken; `requester` is who asks, for the records."""


class IExchangeRules(Interface):
    """Knows whether tokens still hold that were exchanged: an adapter of ISiteContext.

    Without it none does.
    """

    def check(found, now):
        """Refuse a FoundToken with an actor that may not act any more.

        Raises AccessRefused with the reason.
        """

"""Contracts of grant types, and of the clients that present themselves here."""

from zope.interface import Attribute
from zope.interface import Interface


class IGrantType(Interface):
    """A way to obtain an access token (RFC 6749 section 1.3).

    A named adapter of ISiteContext; the name is the value of the
    parameter `grant_type`.
    """

    def __call__(parameters, client, now):
        """Issue an access token.

        What was written before a refusal is thrown away.

        :param parameters: mapping of the request's parameters, each a string
        :param client: ClientInfo
        :param now: seconds since the epoch
        :returns: tokens.issue.TokenResponse, to which members can be added
        :raises core.errors.OAuthError: when the request is refused
        """


class IClient(Interface):
    """Who presents itself at an endpoint (RFC 6749 section 2)."""

    client_id = Attribute("Its identifier")
    credential = Attribute(
        "The credential by which it acts for itself, None where it has none"
    )
    require_jti = Attribute("Whether its grants must carry a jti")

    def live_public_keys(now):
        """The public keys that verify what it signs at this time, as a tuple."""


class IClientSource(Interface):
    """Knows clients of one sort: a named adapter of ISiteContext."""

    def find(client_id):
        """The client with this identifier as IClient, None for one it does not know."""

"""Contract of a grant type."""

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
        :returns: IssuedToken
        :raises core.errors.OAuthError: when the request is refused
        """

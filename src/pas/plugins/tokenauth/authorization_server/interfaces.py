"""Contracts of grant types, and of the clients that present themselves here."""

from ..core.keys import RS256
from dataclasses import dataclass
from zope.interface import Attribute
from zope.interface import Interface


#: The type of subjects that no two clients know by the same name.
PAIRWISE = "pairwise"


@dataclass(frozen=True, kw_only=True)
class OpenIDOptions:
    """What a client has registered for OpenID Connect; names as there (Registration 2).

    :param id_token_signed_response_alg: by which its ID and logout tokens are signed
    :param subject_type: public, or pairwise: it knows people by names that no other
        client knows them by
    :param claims_in_id_token: whether claims of scopes are in the ID token too
    :param post_logout_redirect_uris: where people may be sent back to who log out
    :param backchannel_logout_uri: where it hears of a log-out; empty for nowhere
    :param frontchannel_logout_uri: where a browser tells it; empty for nowhere
    """

    id_token_signed_response_alg: str = RS256
    subject_type: str = "public"
    claims_in_id_token: bool = False
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    frontchannel_logout_uri: str = ""


class IGrantType(Interface):
    """A way to obtain an access token (RFC 6749 section 1.3).

    A named adapter of ISiteContext; the name is the value of the
    parameter `grant_type`. One that cannot be used for a time has a false attribute
    `is_offered`: clients are not told of it then.
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
    grant_types = Attribute("Names of the grant types that it may use, as a frozenset")
    auth_methods = Attribute(
        "Names of the methods by which it authenticates itself, as a frozenset"
        " (RFC 7591 section 2)"
    )

    def live_public_keys(now):
        """The public keys that verify what it signs at this time, as a tuple."""

    def secret_name(secret, now):
        """What the records call a secret of its own; empty for any other string."""

    def check(site, address, now):
        """Refuse while it cannot be used from this address.

        Raises AccessRefused with the reason.
        """

    def wanted_scope(scope):
        """What a request for a token of its own wants, by its parameter `scope`.

        An empty string is everything that it has. Raises InvalidScope where it must
        name one.
        """


class IApplication(IClient):
    """A client that is no service key: people let it act for them.

    It belongs to the site, and is no credential; its secrets and keys are its source's.
    """

    title = Attribute("What people call it; plain text")
    is_public = Attribute("Whether it can keep no secret (RFC 6749 section 2.1)")
    is_first_party = Attribute("Whether it is the site's own: people are not asked")
    is_self_registered = Attribute("Whether no administrator has looked at it")
    hosts = Attribute(
        "The hosts by which people know it, if no administrator has looked at it"
    )
    redirect_uris = Attribute("Where people may be sent back to, as a tuple")
    scopes = Attribute("Names of the scopes that it can be granted, as a frozenset")
    default_scopes = Attribute(
        "Names of those it gets where it names none; may be none"
    )
    limits = Attribute("The users it is for, as site.userlimits.UserLimits")
    requires_pkce = Attribute("Whether it must use PKCE although it is confidential")
    stays_signed_in = Attribute("Whether it gets refresh tokens without asking")
    ip_ranges = Attribute("Where its own requests come from, see core.ipranges")
    openid = Attribute("What it has registered for OpenID Connect, as OpenIDOptions")

    def is_live(now):
        """Whether it can be used at this time: neither disabled nor expired."""


class IResource(Interface):
    """Something beside the site that tokens can be for: an API, or a server of MCP."""

    client_id = Attribute(
        "Id of the client that it is, to ask what the tokens are worth that it gets"
    )
    url = Attribute("By which clients name it, as it is registered")
    title = Attribute("What people call it; plain text")
    scopes = Attribute("Names of the scopes that a token for it can have, a frozenset")
    exchange_scopes = Attribute(
        "Names of the scopes of the site that it can exchange such a token for"
        " (RFC 8693); none where it must not"
    )

    def is_live(now):
        """Whether it can be used at this time: neither disabled nor expired."""


class IResourceSource(Interface):
    """Knows resources of one sort: a named adapter of ISiteContext."""

    def resources():
        """Those that it knows, live or not: IResource."""


class IClientSource(Interface):
    """Knows clients of one sort: a named adapter of ISiteContext."""

    auth_methods = Attribute("Names of the methods that its clients can have")

    def find(client_id):
        """The client with this identifier as IClient, None for one it does not know."""


class IMetadataMembers(Interface):
    """Adds members to the metadata (RFC 8414): a named adapter of ISiteContext."""

    def __call__():
        """The members by name; a list is joined with what others say under its name."""


class ISubjects(Interface):
    """By what name other sites know people: an adapter of ISiteContext."""

    def __call__(user_id, client):
        """The subject identifier of a user, as a string; made when there is none.

        See OpenID Connect Core section 8.

        :param client: who asks, as IApplication; None for one that is gone
        """

    def known(user_id, client):
        """The subject identifier of a user; None where there is none yet."""

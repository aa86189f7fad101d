"""Contracts between delegation and the features that extend it.

A feature uses what is here, and nothing else of this package.
"""

from ..authorization_server.interfaces import IApplication
from ..core.errors import OAuthError
from ..site.context import SiteContext
from ..site.users import SiteUser
from ..storage.interfaces import ICredential
from ..storage.interfaces import ISession
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import TypeVar
from zope.interface import Attribute
from zope.interface import directlyProvides
from zope.interface import Interface


@dataclass(kw_only=True)
class AuthorizationRequest:
    """A request for authorization, from when its redirect URI is known to be right.

    :param client: who asks
    :param redirect_uri: where the answer goes, as the request spells it
    :param parameters: those that were sent once, decoded, without empty ones
    :param repeated: names of those that were sent several times
    :param resources: values of `resource`, which may be sent several times (RFC 8707)
    :param now: seconds since the epoch
    :param scopes: what it can be granted, once the checks of scopes and resource have
        passed
    :param resource: URL of what the token is for; empty for the site
    :param is_about: whether a user can be the person that it is about; a check may ask
        for one
    :param needs_auth_time: whether it must be known when the person has logged in; a
        check may ask for that
    :param session: that of the person's browser, once a code is issued and as long as
        anything needs sessions
    """

    site: SiteContext
    client: IApplication
    redirect_uri: str
    parameters: Mapping[str, str]
    repeated: frozenset[str]
    resources: tuple[str, ...]
    now: float
    scopes: frozenset[str] = frozenset()
    resource: str = ""
    is_about: Callable[[SiteUser], bool] = field(default=lambda user: True)
    needs_auth_time: bool = False
    session: ISession | None = None

    @property
    def prompts(self) -> frozenset[str]:
        """The values of `prompt` (OpenID Connect Core section 3.1.2.1)."""
        return frozenset(self.parameters.get("prompt", "").split())


@dataclass(frozen=True, kw_only=True)
class ConsentItem:
    """Something besides scopes that an application gets, as people read it.

    :param name: by which the authorization records it
    :param sentence: translatable, what it is
    :param value: what it is for this person
    """

    name: str
    sentence: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whether a client may act for a person, as a view has them asked.

    :param request: what the client wants; it has passed the checks
    :param view: name of the view that the answer goes to
    :param kept: what that view needs to go on
    :param origin: where the request comes from and what happens then
    :param caution: translatable, what the person should think of first; may be empty
    """

    request: AuthorizationRequest
    view: str
    kept: str
    origin: tuple[ConsentItem, ...]
    caution: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a person has answered.

    :param kept: what the view has kept with the question
    :param subject: who was asked
    :param is_yes: whether they allow anything
    :param scopes: names of the scopes that they have ticked, whatever these are, and of
        those that cannot be left out, whatever the client has asked for
    """

    kept: str
    subject: SiteUser
    is_yes: bool
    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class RedeemedGrant:
    """What a client gets an answer about at the token endpoint.

    :param client: who has redeemed a code or a refresh token
    :param subject: id of the user who has authorized it
    :param authorization: the credential that the tokens hang on
    :param scopes: what the access token was granted
    :param data: what each IAuthorizationData kept with the code, by its name; of a
        refresh token what it keeps for those
    :param access_token: the token
    :param now: seconds since the epoch
    """

    client: IApplication
    subject: str
    authorization: ICredential
    scopes: frozenset[str]
    data: Mapping[str, Any]
    access_token: str = field(repr=False)
    now: float


class ConsentRequired(Exception):
    """The person has to be asked, whatever is recorded."""


class AuthorizationError(OAuthError):
    """An error of the authorization endpoint that goes to the client by redirect.

    :param error: its code (RFC 6749 section 4.1.2.1, OpenID Connect Core 3.1.2.6)
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class IAuthorizeCheck(Interface):
    """One check of a request for authorization: a named utility.

    Another one under the name of one that is there replaces it.
    """

    order = Attribute(
        "Its place; the first that fails decides. 50 repeated parameters, 60 request"
        " objects, 70 response_type, 80 response_mode, 90 PKCE, 100 scope,"
        " 110 resource, 115 what the response cannot have, 120 what OpenID Connect"
        " adds, 130 the grant, 140 whether the person is asked again"
    )

    def __call__(request):
        """Let an AuthorizationRequest pass.

        Raises AuthorizationError, or another OAuthError whose code a redirect can have,
        where it does not; ConsentRequired where the person has to be asked.
        """


Check = TypeVar("Check", bound=Callable[[AuthorizationRequest], None])


def authorize_check(order: int) -> Callable[[Check], Check]:
    """Decorates a function, to be an IAuthorizeCheck."""

    def decorate(check: Check) -> Check:
        check.order = order  # type: ignore[attr-defined]
        directlyProvides(check, IAuthorizeCheck)
        return check

    return decorate


class IResponseType(Interface):
    """What the endpoint answers with (RFC 6749 section 3.1.1).

    A named adapter of ISiteContext; the name is the value of `response_type`.
    """

    grant_type = Attribute("Name of the grant type that the client needs for it")
    modes = Attribute("Values of `response_mode` that there are; the preset is first")
    is_exchanged = Attribute(
        "Whether it is exchanged at the token endpoint, so that PKCE protects it"
    )

    def is_open_to(client):
        """Whether there is such a response at all, as far as an IApplication sees."""

    def __call__(request, subject, authorization, scopes, client):
        """The members of the answer, pairs of name and value.

        :param request: AuthorizationRequest, which has passed every check
        :param subject: SiteUser
        :param authorization: what the person has let the client do
        :param scopes: what is allowed now
        :param client: ClientInfo of the person's browser, for the records
        :raises AccessRefused: when the client may not go on
        """


class IConsentItems(Interface):
    """Says what an application gets besides scopes: a named adapter of ISiteContext."""

    def __call__(request, subject):
        """ConsentItems of an AuthorizationRequest for a SiteUser."""


class IAuthorizationData(Interface):
    """Keeps something with the code: a named adapter of ISiteContext."""

    for_refreshes = Attribute(
        "Names of the members that are there again at each refresh; they are small"
    )

    def __call__(request, subject):
        """Members for RedeemedGrant.data, a small mapping of strings and numbers."""


class ITokenResponseMembers(Interface):
    """Adds members to the answer with a token: a named adapter of ISiteContext."""

    def __call__(redeemed):
        """The members by name, for a RedeemedGrant."""


class IDelegation(Interface):
    """What people have authorized: an adapter of ISiteContext."""

    def may_still(client, subject, authorization, address, now):
        """Refuse what may not go on; the one check, at every step and every use.

        :param client: IApplication
        :param subject: SiteUser
        :param authorization: what the subject has authorized, None before that
        :param address: of the client that asks for a token; None for the person's
            browser, and for a use of a token, where the permission is not asked for
        :raises AccessRefused: with the reason
        """

    def may_authorize(request, subject, address):
        """Refuse what a person cannot authorize, before they are asked.

        What was disabled is enabled by whoever may, and not by another authorization;
        not even where it has expired since.

        :param request: AuthorizationRequest
        :param subject: SiteUser
        :param address: see may_still
        :raises AccessRefused: with the reason
        """

    def authorization(subject, client_id, resource):
        """What a user, by id, has authorized a client to do, None for nothing."""

    def record(request, subject, scopes, requester, address):
        """Record that a person allows a client all this, beside what they did before.

        :param request: AuthorizationRequest
        :param subject: SiteUser
        :param scopes: what is allowed now
        :param requester: Requester, for the records
        :param address: of the person's browser
        :returns: the authorization
        """

    def data(request, subject):
        """What is kept for RedeemedGrant.data, a mapping of each IAuthorizationData."""

    def issue(authorization, client, scope, data, now, session=None):
        """Issue an access token for what a person has authorized.

        A client that stays signed in gets a refresh token, too; the response has its
        `family`.

        :param client: ClientInfo; its client is the one that was authorized
        :param scope: what is granted at most, as one string
        :param data: see RedeemedGrant
        :param session: ISession with which a token ends of a client that does not stay
            signed in
        :returns: tokens.issue.TokenResponse, with what features add
        :raises InvalidGrant: when it may not go on
        """

    def end(made, requester, now):
        """End what came of a grant that was used before.

        :param made: the `family` of the response, where it has none the digest of its
            access token; None for nothing
        :param requester: who has used it, for the records
        """


class IConsent(Interface):
    """Asks a person for consent: an adapter of signin.page.FrontChannelView.

    The answer is bound to the very request, to the person and to their browser: nobody
    finishes in one browser what was begun in another.
    """

    def ask(question, subject, problem=""):
        """The page with a Question for a SiteUser.

        :param problem: translatable, what was wrong with an answer
        """

    def answer(form, view):
        """The Answer in a form that was sent to a view, pairs of name and value.

        :raises signin.page.NoAnswer: when it belongs to no question of the view, or
            somebody else answers, or too late
        """

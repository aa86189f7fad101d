"""The real thing behind the steps of sign-in: endpoints and grants, without HTTP."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pas.plugins.tokenauth.applications import client as applications
from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.applications.resources import ApplicationResources
from pas.plugins.tokenauth.applications.resources import ResourceScopes
from pas.plugins.tokenauth.authorization_server.clients import find_client
from pas.plugins.tokenauth.authorization_server.endpoints.token import TokenEndpoint
from pas.plugins.tokenauth.authorization_server.introspection import introspected
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.secret import Secret
from pas.plugins.tokenauth.credentials import passwords
from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import IScopeSource
from pas.plugins.tokenauth.delegation import checks
from pas.plugins.tokenauth.delegation import endpoint
from pas.plugins.tokenauth.delegation import families
from pas.plugins.tokenauth.delegation.consent import ConsentView
from pas.plugins.tokenauth.delegation.grant import AuthorizationCodeGrant
from pas.plugins.tokenauth.delegation.interfaces import Answer
from pas.plugins.tokenauth.delegation.interfaces import IAuthorizeCheck
from pas.plugins.tokenauth.delegation.interfaces import IConsent
from pas.plugins.tokenauth.delegation.interfaces import Question
from pas.plugins.tokenauth.delegation.kind import AUTHORIZATION
from pas.plugins.tokenauth.delegation.refreshing import RefreshTokenGrant
from pas.plugins.tokenauth.delegation.responsetypes import CodeResponse
from pas.plugins.tokenauth.delegation.rules import Delegation
from pas.plugins.tokenauth.delegation.scopes import OFFLINE_ACCESS
from pas.plugins.tokenauth.delegation.scopes import offline_access
from pas.plugins.tokenauth.delegation.settings import DELEGATION
from pas.plugins.tokenauth.delegation.tokentype import RefreshTokenType
from pas.plugins.tokenauth.device import endpoint as device_endpoint
from pas.plugins.tokenauth.device import page as device_page
from pas.plugins.tokenauth.device.grant import DeviceCodeGrant
from pas.plugins.tokenauth.device.limits import Guesses
from pas.plugins.tokenauth.device.limits import Requests
from pas.plugins.tokenauth.device.settings import DEVICES
from pas.plugins.tokenauth.exchange.grant import ExchangeRules
from pas.plugins.tokenauth.exchange.grant import TokenExchangeGrant
from pas.plugins.tokenauth.openid import authorize
from pas.plugins.tokenauth.openid import idtoken
from pas.plugins.tokenauth.openid import scopes as openid_scopes
from pas.plugins.tokenauth.openid import signingkeys
from pas.plugins.tokenauth.openid import subjects
from pas.plugins.tokenauth.openid import subscribers as openid
from pas.plugins.tokenauth.openid.hints import hinted_claims
from pas.plugins.tokenauth.openid.hints import InvalidHint
from pas.plugins.tokenauth.openid.settings import OPENID
from pas.plugins.tokenauth.openid.signingkeys import SealedSigningKeys
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.sealing.configuration import KEY_VARIABLE
from pas.plugins.tokenauth.sealing.sealer import make_identity
from pas.plugins.tokenauth.sealing.sealer import Sealer
from pas.plugins.tokenauth.signin import subscribers as signin
from pas.plugins.tokenauth.signin.interfaces import INeedsSessions
from pas.plugins.tokenauth.signin.interfaces import ISignInSessions
from pas.plugins.tokenauth.signin.page import Denied
from pas.plugins.tokenauth.signin.page import FrontChannelView
from pas.plugins.tokenauth.signin.page import NoAnswer
from pas.plugins.tokenauth.signin.roundtrip import PENDING
from pas.plugins.tokenauth.signin.sessions import SignInSessions
from pas.plugins.tokenauth.site.context import SiteContext
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.site.sections import declare_settings
from pas.plugins.tokenauth.site.users import SiteUser
from pas.plugins.tokenauth.storage.interfaces import IStoreFactory
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.tokens.interfaces import ITokenType
from pas.plugins.tokenauth.web.isolation import OAuth2Request
from tests.states import light
from tests.states import signin_model as model
from tests.states.world import World
from transaction import TransactionManager
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl
from urllib.parse import urlsplit
from zExceptions import NotFound
from ZODB.POSException import ConflictError
from zope.interface import implementer

import os


ADDRESS = "192.0.2.7"
_CHECKS = (
    *(check for name, check in vars(checks).items() if name.startswith("check_")),
    authorize.check_openid_parameters,
)


class SiteManager(light.SiteManager):
    """What ZCML registers for sign-in besides."""

    def __init__(self) -> None:
        super().__init__()
        for kind in (APPLICATION, AUTHORIZATION):
            self.registerUtility(kind, ICredentialKind, kind.name)
        for section in (DELEGATION, OPENID, DEVICES):
            declare_settings(section)
        self.registerUtility(make_identity, IStoreFactory, "site_identity")
        self.registerUtility(offline_access, IScope, OFFLINE_ACCESS)
        self.registerUtility(openid_scopes.IdentityScopes(), IScopeSource, "openid")
        self.registerUtility(ResourceScopes(), IScopeSource, "applications")
        self.registerUtility(RefreshTokenType(), ITokenType, "ptr_")
        self.registerUtility(openid.openid_needs_sessions, INeedsSessions, "openid")
        for check in _CHECKS:
            name = check.__name__.removeprefix("check_")
            self.registerUtility(check, IAuthorizeCheck, name)
        for adapter in (
            applications.ApplicationSource,
            ApplicationResources,
            AuthorizationCodeGrant,
            CodeResponse,
            Delegation,
            DeviceCodeGrant,
            ExchangeRules,
            RefreshTokenGrant,
            Sealer,
            Sessions,
            subjects.Subjects,
            TokenExchangeGrant,
        ):
            self.registerAdapter(adapter)
        self.registerAdapter(authorize.OpenIDData, name="openid")
        self.registerAdapter(idtoken.IDTokenMember, name="openid")
        self.registerAdapter(SealedSigningKeys, name="signing_keys")
        self.registerAdapter(Asked, (FrontChannelView,), IConsent)
        for handler in (
            openid.forget_subject,
            openid.tell_applications,
            signin.end_sessions,
        ):
            self.registerHandler(handler)


class Sessions(SignInSessions):
    """Sessions, where Plone knows people by what a browser holds."""

    def log_in_again(self, request: "Browser") -> None:
        request.user_id = ""


class Browser:
    """A person's browser, or a program, and each of its requests."""

    SERVER_URL = light.ISSUER

    def __init__(self) -> None:
        self.user_id = ""
        self.cookies: dict[str, str] = {}
        self.environ: dict[str, Any] = {"REMOTE_ADDR": ADDRESS}
        self.response = self
        self.now = 0.0

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name))

    def get(self, name: str) -> None:
        """Nothing that was published on the way."""

    def getHeader(self, name: str, default: str) -> str:
        return default

    def physicalPathToURL(self, path: object) -> str:
        return self.SERVER_URL

    def setCookie(self, name: str, value: str, **options: Any) -> None:
        self.cookies[name] = value

    def expireCookie(self, name: str, **options: Any) -> None:
        self.cookies.pop(name, None)


class Headless:
    """A view or an endpoint that Zope has not published."""

    #: The parameters, instead of a body.
    sent: dict[str, str]

    def __init__(self, context: SiteContext, request: Browser, **sent: str) -> None:
        self.context, self.site, self.request = context, context, request
        self.now, self.sent = request.now, sent

    def parameters(self, prepared: OAuth2Request) -> dict[str, str]:
        return self.sent

    def form(self, prepared: OAuth2Request, max_length: int) -> list[tuple[str, str]]:
        return list(self.sent.items())


class BodilessTokenEndpoint(Headless, TokenEndpoint):
    """The token endpoint."""

    is_repeated = False


class BodilessDeviceEndpoint(Headless, device_endpoint.DeviceAuthorizationEndpoint):
    """Where devices ask."""


class Pageless(Headless):
    """A view whose pages and redirects are only what they are about."""

    @property
    def requester(self) -> Requester:
        users = self.site.portal.acl_users
        return Requester(users.getUserById(self.request.user_id), self.site)

    @property
    def subject(self) -> SiteUser | None:
        """Who is logged in, as the real one."""
        if not self.request.user_id:
            return None
        found = self.site.users.get(self.request.user_id)
        if found is None:
            raise Denied("user is not one of this site")
        return found

    def redirect(self, url: str) -> str:
        return url

    def page(self, template: object, *args: Any, **values: Any) -> str:
        return "page:"

    def message(self, status: int, *sentences: str) -> str:
        return f"page:{status}"


class PagelessEndpoint(Pageless, endpoint.AuthorizationEndpoint):
    """The authorization endpoint."""


class PagelessConsent(Pageless, ConsentView):
    """The answer to the question."""


class PagelessDevicePage(Pageless, device_page.DevicePage):
    """Where people enter the code of a device, and answer."""


@implementer(IConsent)
class Asked:
    """The question without its page: to whom it belongs is tried elsewhere."""

    def __init__(self, view: Any) -> None:
        self._view = view

    def ask(self, question: Question, subject: SiteUser, problem: str = "") -> str:
        return f"question:{question.kept}"

    def answer(self, form: list[tuple[str, str]], view: str) -> Answer:
        sent = dict(form)
        return Answer(
            kept=sent[PENDING],
            subject=self._view.subject,
            is_yes="answer" in sent,
            scopes=model.SCOPES,
        )


class SignInWorld(World):
    """One site with applications, people and their browsers."""

    site_manager = SiteManager

    def __init__(self, database: Any, now: float) -> None:
        super().__init__(database, now)
        for module in (openid, signin, passwords):
            self._patches.enter_context(patch.object(module, "now", lambda: self.now))
        self._patches.enter_context(
            # RSA keys take long to make.
            patch.object(signingkeys, "ALGORITHMS", ("ES256", "EdDSA"))
        )
        self._patches.enter_context(
            patch.object(families, "MAX_FAMILIES", model.MAX_FAMILIES)
        )
        self._patches.enter_context(
            patch.object(endpoint, "ConsentView", PagelessConsent)
        )
        # How many may ask or guess, and what forms say, is tried elsewhere.
        for module, name, instead in (
            (device_endpoint, "requests", lambda site: Requests()),
            (device_page, "guesses", lambda site: Guesses()),
            (device_page, "is_own_form", lambda request, fields: True),
            (device_page, "createToken", str),
            (device_page, "exact", lambda seconds, zone: str(seconds)),
        ):
            self._patches.enter_context(patch.object(module, name, instead))
        self._patches.enter_context(patch.dict(os.environ))
        self.browsers = [Browser() for _ in range(model.BROWSERS)]

    def configure(self, keys: list[str]) -> None:
        """Let these be the sealing keys."""
        os.environ[KEY_VARIABLE] = " ".join(keys)

    # -- people -------------------------------------------------------------------

    def log_in(
        self, server: SiteContext, number: int, user_id: str, is_proven: bool
    ) -> None:
        """Let Plone know a person, with or without a password for this request."""
        browser = self._browser(number)
        browser.user_id = user_id
        if is_proven:
            Sessions(server).note_log_in(browser, user_id, ("pwd",), self.now)

    def log_out(self, server: SiteContext, number: int) -> None:
        browser = self._browser(number)
        ISignInSessions(server).end(browser, self.now)
        browser.user_id = ""

    def session(self, server: SiteContext, number: int) -> Any:
        """What tells the session of a browser from others; None where it has none."""
        found = ISignInSessions(server).current(self._browser(number), None, self.now)
        return None if found is None else found._p_oid

    # -- pages ----------------------------------------------------------------------

    def authorize(self, server: SiteContext, number: int, query: str) -> dict[str, str]:
        """What a request of a browser for authorization comes to."""
        browser = self._browser(number)
        answered = _answered(PagelessEndpoint(server, browser), "GET", query)
        if not browser.user_id:
            stored = self._connection._registered_objects
            assert not stored, f"stored before anybody has logged in: {stored}"
        return answered

    def answer(
        self, server: SiteContext, number: int, is_device: bool, **sent: str
    ) -> dict[str, str]:
        """What a form comes to in which a person answers, or enters a code."""
        page = PagelessDevicePage if is_device else PagelessConsent
        return _answered(page(server, self._browser(number), **sent), "POST", "")

    # -- what programs ask ----------------------------------------------------------

    def ask_on_device(self, server: SiteContext, **sent: str) -> dict[str, Any]:
        """The codes for a device and for the person."""
        endpoint = BodilessDeviceEndpoint(server, self._program(), **sent)
        return dict(endpoint.answer(_request("POST", "")))

    def grant(
        self, server: SiteContext, is_repeated: bool = False, **sent: str
    ) -> dict[str, Any]:
        """The members of the answer to a client at the token endpoint."""
        endpoint = BodilessTokenEndpoint(server, self._program(), **sent)
        endpoint.is_repeated = is_repeated
        return dict(endpoint.answer(_request("POST", "")))

    def race(
        self,
        slow: Callable[[SiteContext, bool], dict[str, Any]],
        fast: Callable[[], None],
    ) -> tuple[dict[str, Any], bool]:
        """What a request gets that another one has overtaken, and is repeated for that.

        :param slow: it, of a site and whether this is another attempt
        :param fast: does the other one
        :returns: the answer, and whether they conflicted
        :raises Exception: what the last attempt raises
        """
        with self._racer() as (manager, site_in):
            found: Any = self._attempt(manager, slow, site_in(), False)
            fast()
            try:
                return self._settle(manager, found), False
            except ConflictError:
                manager.abort()
            manager.begin()
            found = self._attempt(manager, slow, site_in(), True)
            return self._settle(manager, found), True

    def _attempt(self, manager: Any, slow: Any, site: Any, is_repeated: bool) -> Any:
        self._in_force.site = site.portal
        try:
            return slow(site, is_repeated)
        except Exception as refused:
            if not getattr(refused, "keeps_changes", False):
                manager.abort()
            return refused

    def _settle(self, manager: Any, found: Any) -> dict[str, Any]:
        manager.commit()
        if isinstance(found, Exception):
            raise found
        return dict(found)

    @contextmanager
    def _racer(self) -> Iterator[tuple[Any, Callable[[], SiteContext]]]:
        """Another request at the same time, with the site as it sees it."""
        manager = TransactionManager()
        connection = self._connection.db().open(manager)
        manager.begin()
        try:
            yield (
                manager,
                lambda: self._server_in(connection),
            )
        finally:
            manager.abort()
            connection.close()

    # -- what there is ------------------------------------------------------------

    def access(self, token: str) -> frozenset[str] | None:
        """The scopes that a token gives; None where it is refused."""
        self._in_force.site = self.site
        try:
            return authenticate(self.server, token, ADDRESS, self.now).scopes
        except AccessRefused:
            return None

    def introspected(self, token: str, client_id: str) -> dict[str, Any]:
        """What a client learns about a token; without one, whoever may know all."""
        self._in_force.site = self.site
        asks: Any = find_client(self.server, client_id) if client_id else None
        return introspected(self.server, token, self.now, asks)

    def hint(self, token: str) -> dict[str, Any]:
        """The claims of an ID token that comes back; none where it is refused."""
        try:
            return dict(hinted_claims(self.server, token, None))
        except InvalidHint:
            return {}

    def jwks(self) -> dict[str, Any]:
        """The public keys by name."""
        keys = SigningKeyRing(self.server).jwks(self.now)["keys"]
        return {key["kid"]: key for key in keys}

    def signing(self) -> list[str]:
        """The names of the keys that sign now."""
        states = SigningKeyRing(self.server).states(self.now)
        return [it.public_key.kid for it in states if it.state == "signing"]

    def _browser(self, number: int) -> Browser:
        browser = self.browsers[number]
        browser.now = self.now
        return browser

    def _program(self) -> Browser:
        program = Browser()
        program.now = self.now
        return program


def _answered(view: Pageless, method: str, query: str) -> dict[str, str]:
    prepared = _request(method, query)
    try:
        return _what_it_is(view.answer(prepared))
    except (NoAnswer, NotFound) as no_answer:
        return {"page": str(no_answer)}


def _request(method: str, query: str) -> OAuth2Request:
    return OAuth2Request(
        method=method,
        query_string=Secret(query),
        content_type="",
        authorization=Secret(),
    )


def _what_it_is(answered: str) -> dict[str, str]:
    """A page, a question, a way to the log-in, or the members for the client."""
    name, colon, rest = answered.partition(":")
    if name in ("page", "question") and colon:
        return {name: rest}
    parts = urlsplit(answered)
    members = dict(parse_qsl(parts.query))
    if "came_from" in members:
        return {"log_in": urlsplit(members["came_from"]).query}
    assert members.pop("iss") == light.ISSUER
    return members

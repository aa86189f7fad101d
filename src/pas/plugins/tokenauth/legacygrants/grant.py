"""The resource owner password credentials grant (RFC 6749 section 4.3).

RFC 9700 section 2.4 forbids it to new clients. Wherever the switch of the site and that
of the application are not both on, there is none.
"""

from ..authorization_server.clients import application_of
from ..authorization_server.clients import refused
from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import IGrantType
from ..core.errors import AccessRefused
from ..core.errors import InvalidGrant
from ..core.errors import InvalidRequest
from ..core.errors import InvalidScope
from ..core.granttypes import PASSWORD
from ..core.ratelimit import RateLimit
from ..core.scopes import format_scope
from ..core.scopes import parse_scope
from ..credentials.scopes import is_administrative
from ..credentials.scopes import known_scopes
from ..credentials.scopes import scopes_in_force
from ..delegation.interfaces import AuthorizationRequest
from ..delegation.interfaces import IDelegation
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.interfaces import ISiteContext
from ..site.memory import OfEachSite
from ..site.requester import Requester
from ..site.users import SiteUser
from ..tokens.issue import TokenResponse
from ..usage.client import ClientInfo
from .settings import is_offered
from collections.abc import Mapping
from typing import Any
from zope.component import adapter
from zope.component import named
from zope.globalrequest import getRequest
from zope.interface import implementer

import time


#: Wrong passwords for one user in a while.
_TRIES, _WHILE = 10, 10 * 60.0


class WrongPassword(InvalidGrant):
    """No user has this name and password. What a plugin has counted is kept."""

    keeps_changes = True


#: Wrong passwords, counted in the memory of one process. By user alone: the address is
#: that of the application, whoever has typed them.
wrong_passwords = OfEachSite(lambda: RateLimit(_TRIES, _WHILE))


@implementer(IGrantType)
@named(PASSWORD)
@adapter(ISiteContext)
def password_grant(site: SiteContext) -> "PasswordGrant | None":
    """The grant where the site allows it; elsewhere nobody knows it (TE-16)."""
    offered = is_offered(site, "password_grant_enabled")
    return PasswordGrant(site) if offered else None


class PasswordGrant(SiteAdapter):
    """See IGrantType. What a person allows by it is an authorization like any other."""

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        application = application_of(client)
        if not {"username", "password"} <= parameters.keys():
            raise InvalidRequest("The parameter username or password is missing.")
        subject = self._subject(parameters["username"], parameters["password"], client)
        request = AuthorizationRequest(
            site=self._site,
            client=application,
            redirect_uri="",
            parameters={},
            repeated=frozenset(),
            resources=(),
            now=now,
            scopes=self._scopes(application, parameters.get("scope", "")),
        )
        delegation = IDelegation(self._site)
        try:
            delegation.may_authorize(request, subject, client.address)
        except AccessRefused as reason:
            raise refused(reason.description, client) from None
        authorization = delegation.record(
            request,
            subject,
            request.scopes,
            Requester(self._site.users.principal(subject), self._site),
            client.address,
        )
        scope = format_scope(request.scopes)
        return delegation.issue(authorization, client, scope, {}, now)

    def _subject(self, login: str, password: str, client: ClientInfo) -> SiteUser:
        """The user with this password, as the plugins of the site see it.

        So those that lock people out after too many tries do so here, too.
        """
        users = self._site.users
        login = users.login_of(login)
        # A directory may know a user by any case of the name, with spaces around it.
        name = " ".join(login.split()).casefold()
        wrong = wrong_passwords(self._site)
        if not wrong.may_use(name, time.monotonic()):
            raise refused("Too many wrong passwords. Try again later.", client)
        acl_users = self._site.portal.acl_users
        found: Any = acl_users.authenticate(login, str(password), getRequest())
        user = users.get(found.getId()) if found is not None else None
        if user is None:
            users.check_answered()
            wrong.use(name, time.monotonic())
            raise WrongPassword(
                "The user name or the password is wrong.",
                credential_id=client.client.client_id,
            )
        return user

    def _scopes(self, application: IApplication, wanted: str) -> frozenset[str]:
        """What can be granted, never what administers: nobody is asked."""
        known = frozenset(application.scopes) & known_scopes().keys()
        allowed = scopes_in_force(self._site.settings, known)
        scopes = (
            parse_scope(wanted) or frozenset(application.default_scopes)
        ) & allowed
        scopes = frozenset(each for each in scopes if not is_administrative((each,)))
        if not scopes:
            raise InvalidScope(
                "This client can be granted none of the scopes that it asks for.",
                credential_id=application.client_id,
            )
        return scopes

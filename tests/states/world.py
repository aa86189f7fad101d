"""The real thing behind the steps: the services on a real database."""

from AccessControl.SecurityManagement import newSecurityManager
from contextlib import ExitStack
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.authorization_server.introspection import introspected
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.credentials import subscribers
from pas.plugins.tokenauth.site.context import SiteContext
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.interfaces import PLUGIN_ID
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.usage import recorder as recording
from pas.plugins.tokenauth.usage.client import ClientInfo
from pas.plugins.tokenauth.usage.recorder import UseRecorder
from Products.PluggableAuthService.events import PrincipalCreated
from Products.PluggableAuthService.events import PrincipalDeleted
from tests.states import light
from tests.states import model
from typing import Any
from typing import ClassVar
from unittest.mock import patch
from zope.component.hooks import setHooks
from zope.component.hooks import setSite
from zope.event import notify

import itertools
import transaction


REFUSALS = (NotAllowed, InvalidInput, OAuthError)
_names = itertools.count()


class World:
    """One site, seen through several clients of its database in turn."""

    #: What ZCML registers.
    site_manager: ClassVar[type[light.SiteManager]] = light.SiteManager

    def __init__(self, database: Any, now: float) -> None:
        self.database = database
        self.now = now
        self._name = f"app-{next(_names)}"
        self._client = 0
        self._in_force = type(self).site_manager()
        self._patches = ExitStack()
        self._patches.enter_context(patch.object(subscribers, "now", lambda: self.now))
        self._record_anew()
        setHooks()
        setSite(self._in_force)
        light.add_site(self._connection.root(), self._name)
        transaction.commit()

    def close(self) -> None:
        transaction.abort()
        self._patches.close()
        setSite(None)
        newSecurityManager(None, None)
        self.database.close()

    # -- steps --------------------------------------------------------------------

    def next_client(self) -> None:
        """Let another client do the next step."""
        self._client = (self._client + 1) % len(self.database.connections)
        # As every request does, it sees what others have committed.
        transaction.abort()
        transaction.begin()

    def restart(self, is_crash: bool) -> None:
        """Close everything and open it again; a crash loses what is in memory."""
        if not is_crash:
            self.flush()
        transaction.abort()
        self._record_anew()
        self.database.restart()

    def minimize(self) -> None:
        """Let every object be loaded anew."""
        for connection in self.database.connections:
            connection.cacheMinimize()

    def do(self, change: Any, *args: Any, **kwargs: Any) -> Any:
        """Do something in a transaction, as a request would.

        :returns: what comes of it
        :raises Exception: after everything is undone, unless the refusal itself is to
            be kept
        """
        transaction.begin()
        self._in_force.site = self.site
        try:
            done = change(self.server, *args, **kwargs)
        except Exception as refused:
            if not getattr(refused, "keeps_changes", False):
                transaction.abort()
            transaction.commit()
            raise
        transaction.commit()
        return done

    # -- people -------------------------------------------------------------------

    def requester(self, server: SiteContext, user_id: str | None) -> Requester:
        """A user of the site, or the operator of the server."""
        if user_id is None:
            return Operator("the command line")
        return Requester(server.portal.acl_users.getUserById(user_id), server)

    def add_user(
        self, server: SiteContext, user_id: str, roles: set[str], told: bool
    ) -> None:
        light.add_user(server.portal, user_id, roles)
        if told:
            notify(PrincipalCreated(server.portal.acl_users.getUserById(user_id)))

    def delete_user(self, server: SiteContext, user_id: str, told: bool) -> None:
        server.portal.acl_users.users.removeUser(user_id)
        if told:
            notify(PrincipalDeleted(user_id))

    # -- programs -----------------------------------------------------------------

    def exchange(
        self,
        server: SiteContext,
        assertion: str,
        address: str,
        scope: str,
    ) -> str:
        """Exchange a grant for an access token."""
        client = ClientInfo(address=address, user_agent="a program")
        grant = JWTBearerGrant(server)
        parameters = {"assertion": assertion, "scope": scope}
        return grant(parameters, client, self.now).access_token

    def verdict(self, token: str, address: str) -> model.Verdict:
        """What the code says of a token."""
        try:
            access = authenticate(self.server, token, address, self.now)
        except AccessRefused as refused:
            return refused.reason
        return access.subject, access.scopes

    def is_active(self, token: str) -> bool:
        """What introspection says of a token."""
        return bool(introspected(self.server, token, self.now, None)["active"])

    def note_use(self, credential_id: str, subject: str, address: str) -> None:
        """What the plugin does with every request that has a personal token."""
        client = ClientInfo(address=address, user_agent="a program")
        plugin = self.site.acl_users[PLUGIN_ID]
        self._recorder.note_use(plugin, credential_id, subject, client, self.now)

    def flush(self) -> None:
        transaction.abort()
        self._recorder.flush(everything=True)

    # -- what there is --------------------------------------------------------------

    @property
    def site(self) -> Any:
        return self.server.portal

    @property
    def server(self) -> SiteContext:
        return self._server_in(self._connection)

    def _server_in(self, connection: Any) -> SiteContext:
        """The site, as one connection sees it."""
        site = connection.root()[self._name][light.SITE_ID]
        return site_of(site.acl_users[PLUGIN_ID])

    @property
    def _connection(self) -> Any:
        return self.database.connections[self._client]

    def _record_anew(self) -> None:
        """Record uses as a process does that was just started."""
        self._recorder = UseRecorder(lambda: self.now, in_background=False)
        self._patches.enter_context(patch.object(recording, "recorder", self._recorder))

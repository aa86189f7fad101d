"""A real Plone site in this process, filled with keys, tokens and log entries."""

from functools import cache
from instance import ADDON_PROFILE
from instance import CLASSIC_PROFILES
from instance import Instance
from instance import SITE_ID
from instance import SITE_USER
from io import BytesIO
from pas.plugins.tokenauth.core.clock import now
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage.recorder import recorder
from pas.plugins.tokenauth.web.presented import hide_token
from stand_in import CLIENT
from stand_in import HOUR
from stand_in import service_key
from stand_in import signed_grant
from typing import Any
from urllib.parse import urlsplit
from ZPublisher.pubevents import PubStart
from ZPublisher.WSGIPublisher import publish_module

import hashlib
import secrets
import time
import transaction


#: Records in one transaction while filling up.
AT_ONCE = 20_000


class PloneSite:
    """A Plone site in var/benchmark, opened by this process."""

    def __init__(self) -> None:
        instance = Instance("benchmark")
        instance.prepare(fresh=True, profiles=(*CLASSIC_PROFILES, ADDON_PROFILE))
        self.home = instance.home
        # A thread beside would conflict with what is filled, and be measured, too.
        recorder.in_background = False
        self.app = _application(instance)
        self.site = self.app[SITE_ID]
        self.acl_users = self.site.acl_users
        self.plugin = self.acl_users.token_auth
        self.storage = self.plugin._storage
        self.connection = self.app._p_jar
        self.now = now()
        self.keys = 0
        self.live = 0

    @property
    def host(self) -> str:
        """Where the site thinks it is."""
        return urlsplit(self.plugin.issuer).netloc

    def signed_grant(self) -> str:
        """A grant of the first key, for now."""
        return signed_grant("svc-0", time.time(), self.plugin.issuer)

    @property
    def database_size(self) -> int:
        """Bytes of the database."""
        return (self.home / "Data.fs").stat().st_size

    def add_keys(self, end: int) -> None:
        """Fill up to this number of keys; they are called svc-0, svc-1, …"""
        for number in range(self.keys, end):
            key = service_key(f"svc-{number}", owner=SITE_USER[0])
            self.storage["service_key"].add(key)
        self.keys = end
        transaction.commit()

    def add_tokens(self, end: int, lifetime: float = HOUR) -> None:
        """Fill up to this number of live tokens."""
        key = self.storage["service_key"].get("svc-0")
        names = (
            TokenDigest(hashlib.sha256(number.to_bytes(8, "big")).digest())
            for number in range(self.live, end)
        )
        # In order, so that each bucket is loaded and written once.
        for number, name in enumerate(sorted(names)):
            self._add_token(name, key, lifetime)
            if number % AT_ONCE == 0:
                transaction.commit()
                self.connection.cacheMinimize()
        self.live = end
        transaction.commit()

    def token(self) -> str:
        """One more live token."""
        key = self.storage["service_key"].get(f"svc-{self.keys - 1}")
        token = make_token(ACCESS_TOKEN_PREFIX, secrets.token_bytes(32))
        self._add_token(digest(token), key, HOUR)
        transaction.commit()
        return token

    def add_entries(self, count: int) -> None:
        """Fill the usage log of the first key."""
        for number in range(count):
            entry = UsageEntry(
                credential_id="svc-0",
                time=self.now - number,
                subject=SITE_USER[0],
                address=CLIENT.address,
                user_agent=CLIENT.user_agent,
            )
            self.storage["usage_log"].add(entry, secrets.token_bytes(8))
            if number % AT_ONCE == 0:
                transaction.commit()
                self.connection.cacheMinimize()
        transaction.commit()

    def request(self, authorization: str) -> Any:
        """A request as PAS sees it after traversal."""
        request = self.app.REQUEST.clone()
        request._auth = authorization
        request.steps = [SITE_ID]
        request["PARENTS"] = [self.site, self.app]
        request["PUBLISHED"] = self.site
        hide_token(PubStart(request))
        return request

    def _add_token(self, name: TokenDigest, key: Any, lifetime: float) -> None:
        self.storage["access_tokens"].add(
            name,
            AccessToken(
                credential=key,
                subject=SITE_USER[0],
                issued_at=self.now,
                expires_at=self.now + lifetime,
            ),
        )


def send(
    path: str, body: bytes = b"", **environ: str
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Ask the site as the server does: status, headers and body of the answer.

    :param path: below the site, with a query
    """
    path, _, query = path.partition("?")
    started: list[tuple[str, list[tuple[str, str]]]] = []
    answer = publish_module(
        {
            "REQUEST_METHOD": "POST" if body else "GET",
            "PATH_INFO": f"/{SITE_ID}{path}",
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            **environ,
        },
        lambda status, headers: started.append((status, headers)),
    )
    ((status, headers),) = started
    return int(status.split()[0]), headers, b"".join(answer)


@cache
def plone_site() -> PloneSite:
    """The one of this process; Zope's configuration is global."""
    return PloneSite()


def _application(instance: Instance) -> Any:
    from Testing.makerequest import makerequest
    from zope.component.hooks import setSite
    from zope.globalrequest import setRequest
    from Zope2.Startup.run import make_wsgi_app

    import Zope2

    make_wsgi_app({}, str(instance.conf))
    app = makerequest(Zope2.app())
    app.REQUEST["PARENTS"] = [app]
    app.REQUEST.environ["REMOTE_ADDR"] = CLIENT.address
    setRequest(app.REQUEST)
    setSite(app[SITE_ID])
    return app

"""Whole requests for which people wait, or programs: in process, with the commit.

Each is measured beside a page for the same person, or beside a grant of a service key
for a token. The database is filled directly.
"""

from authorizing import Flow
from authorizing import Source
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from instance import SITE_USER
from links import add_link
from links import private_page
from measuring import heading
from measuring import medians
from measuring import show
from pas.plugins.tokenauth.authorization_server.interfaces import IClientSource
from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from pas.plugins.tokenauth.core.granttypes import DEVICE_CODE
from pas.plugins.tokenauth.core.tokens import DEVICE_CODE_PREFIX
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.delegation.interfaces import IDelegation
from pas.plugins.tokenauth.registration import endpoint as registration
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.storage.devicerequests import DeviceRequest
from plone_site import plone_site
from plone_site import PloneSite
from plone_site import send
from stand_in import REDIRECT_URI
from stand_in import SCOPES
from stand_in import STAYING
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlencode
from urllib.parse import urlsplit
from ZODB.utils import p64
from ZODB.utils import u64
from zope.component import provideAdapter
from zope.component.hooks import setSite

import hashlib
import json
import secrets
import time
import transaction


#: Authorizations with a device each, and tokens.
FILLED = ((0, 0), (10_000, 100_000), (100_000, 1_000_000))
REPEAT = 40
FORM = "application/x-www-form-urlencoded"
CAS_URL = "https://shop.example.org/"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: Shown first, to compare with.
PAGE, GRANT = "page for who is logged in", "token for a grant of a service key"
SHORT = {PAGE: "page", GRANT: "grant"}
#: With which of them each is compared.
BESIDE = {
    "authorize, as recorded before": PAGE,
    "exchange of a code": GRANT,
    "refresh": GRANT,
    "UserInfo": PAGE,
    "CAS, log-in with a ticket": PAGE,
    "CAS, validation": GRANT,
    "check for a proxy": PAGE,
    "poll of a device": GRANT,
    "registration": GRANT,
    "page by a link": PAGE,
}


class NoLimit:
    """Registrations come as often as somebody measures."""

    def check(self, address: str, now: float) -> None:
        pass


class Everywhere(Source):
    """Knows the application, for everything that it can be used for."""

    application = replace(
        STAYING,
        scopes=SCOPES | {"openid", "profile", "email"},
        grant_types=STAYING.grant_types | {DEVICE_CODE},
    )

    def find(self, client_id: str) -> Any:
        return self.application if client_id == STAYING.client_id else None


def main() -> None:
    heading("Whole requests to the endpoints, in process, with the commit")
    provideAdapter(Source, (ISiteContext,), IClientSource, "benchmark")
    site = plone_site()
    site.add_keys(1)
    flow = Flow(site)
    provideAdapter(Everywhere, (ISiteContext,), IClientSource, "benchmark")
    registration.RATE = NoLimit()
    first: dict[str, float] = {}
    for authorizations, tokens in FILLED:
        # A request leaves none behind.
        setSite(site.site)
        flow.add_authorizations(authorizations)
        site.add_tokens(tokens)
        endpoints = Endpoints(site, flow)
        figures = endpoints.measured()
        first = first or figures
        show(
            f"{authorizations:,} authorizations, {tokens:,} tokens",
            f"a page {figures[PAGE] / 1000:.1f} ms,"
            f" a grant {figures[GRANT] / 1000:.1f} ms",
        )
        for name, beside in BESIDE.items():
            share = figures[name] / figures[beside]
            growth = share / (first[name] / first[beside])
            show(
                f"  {name}",
                f"{figures[name] / 1000:.1f} ms = {share:.2f} of a {SHORT[beside]};"
                f" this is {growth:.2f} of the first",
            )
    show("what is written for one request", "")
    setSite(site.site)
    endpoints.show_written()


@dataclass
class Endpoints:
    """Somebody with a browser, and all that they use, each request after the other."""

    site: PloneSite
    flow: Flow
    code: str = ""
    ticket: str = ""
    assertion: str = ""
    visitor: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = self.site.plugin
        settings.openid_enabled = settings.cas_enabled = True
        settings.device_grant_enabled = settings.dynamic_registration = True
        context = site_of(settings)
        request = replace(
            self.flow.request(),
            client=Everywhere.application,
            scopes=Everywhere.application.scopes,
        )
        subject = context.users.get(SITE_USER[0])
        by, now = Operator("benchmark"), time.time()
        IDelegation(context).record(request, subject, request.scopes, by, "")
        if not list(context.storage[CAS_SERVICE.name].all()):
            options = {"title": "Shop", "urls": (CAS_URL,)}
            CAS_SERVICE.issue(context, by, options, now, "1")
        # To sign takes longer than all that is measured.
        self.assertion = self.site.signed_grant()
        self.devices = iter([self._waiting_device(now) for _ in range(REPEAT + 1)])
        self.visitor = add_link(self.site, private_page(self.site))
        transaction.commit()
        self.log_in()

    @property
    def steps(self) -> dict[str, Callable[[], Any]]:
        """Each request, by its name; some continue what another has begun."""
        return {
            PAGE: self.page,
            GRANT: self.grant,
            "authorize, as recorded before": self.authorize,
            "exchange of a code": self.exchange,
            "refresh": self.refresh,
            "UserInfo": self.userinfo,
            "CAS, log-in with a ticket": self.cas_login,
            "CAS, validation": self.cas_validation,
            "check for a proxy": self.check,
            "poll of a device": self.poll,
            "registration": self.register,
            "page by a link": self.visit,
        }

    def measured(self) -> dict[str, float]:
        """How long each takes, in microseconds."""
        for name, step in self.steps.items():
            if name != "poll of a device":
                step()
        figures = medians(*self.steps.values(), repeat=REPEAT)
        return dict(zip(self.steps, figures, strict=True))

    def show_written(self) -> None:
        """Print what each commits."""
        storage = self.site.connection.db().storage
        for name, step in self.steps.items():
            before, size = storage.lastTransaction(), self.site.database_size
            step()
            after = u64(before) + 1
            commits = [len(list(each)) for each in storage.iterator(p64(after))]
            show(
                f"  {name}",
                f"{len(commits)} commits of {sum(commits)} objects,"
                f" {self.site.database_size - size:,} bytes",
            )

    def page(self) -> None:
        self._browse("")

    def grant(self) -> None:
        self._token(grant_type=JWT_BEARER, assertion=self.assertion)

    def authorize(self) -> None:
        parameters = {
            "client_id": STAYING.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": " ".join(Everywhere.application.scopes),
            "code_challenge": self.flow.challenge,
            "code_challenge_method": "S256",
        }
        location = self._browse(f"/@@oauth2-authorize?{urlencode(parameters)}", 303)
        (self.code,) = parse_qs(urlsplit(location).query)["code"]

    def exchange(self) -> None:
        self.tokens = self._token(
            grant_type="authorization_code",
            client_id=STAYING.client_id,
            code=self.code,
            redirect_uri=REDIRECT_URI,
            code_verifier=self.flow.verifier,
        )

    def refresh(self) -> None:
        self.tokens = self._token(
            grant_type="refresh_token",
            client_id=STAYING.client_id,
            refresh_token=self.tokens["refresh_token"],
        )

    def userinfo(self) -> None:
        self._send("/@@oauth2-userinfo", 200, HTTP_AUTHORIZATION=self._bearer)

    def check(self) -> None:
        self._send("/@@tokenauth-check", 204, HTTP_AUTHORIZATION=self._bearer)

    def cas_login(self) -> None:
        query = urlencode({"service": CAS_URL})
        location = self._browse(f"/@@cas/login?{query}", 303)
        (self.ticket,) = parse_qs(urlsplit(location).query)["ticket"]

    def cas_validation(self) -> None:
        query = urlencode({"service": CAS_URL, "ticket": self.ticket})
        _, _, body = self._send(f"/@@cas/serviceValidate?{query}", 200)
        assert b"authenticationSuccess" in body, body

    def poll(self) -> None:
        members = self._token(
            status=400,
            grant_type=DEVICE_CODE,
            client_id=STAYING.client_id,
            device_code=next(self.devices),
        )
        assert members["error"] == "authorization_pending", members

    def register(self) -> None:
        document = {"redirect_uris": [REDIRECT_URI], "client_name": "An application"}
        body = json.dumps(document).encode()
        self._send("/@@oauth2-register", 201, body, CONTENT_TYPE="application/json")

    def visit(self) -> None:
        self._send("/page", 200, HTTP_COOKIE=self.visitor)

    # -- HTTP -----------------------------------------------------------------------

    @property
    def _bearer(self) -> str:
        return f"Bearer {self.tokens['access_token']}"

    def log_in(self) -> None:
        """Fill in Plone's form."""
        name, password = SITE_USER
        form = {"__ac_name": name, "__ac_password": password, "buttons.login": "1"}
        self._browse("/login", 302, urlencode(form).encode(), CONTENT_TYPE=FORM)

    def _browse(
        self, path: str, status: int = 200, body: bytes = b"", **more: str
    ) -> str:
        """Ask as the browser does, with its cookies; where it is sent."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        _, headers, _ = self._send(path, status, body, HTTP_COOKIE=cookies, **more)
        for name, value in headers:
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        return dict(headers).get("Location", "")

    def _token(self, status: int = 200, **parameters: str) -> dict[str, Any]:
        body = urlencode(parameters).encode()
        _, _, answer = self._send("/@@oauth2-token", status, body, CONTENT_TYPE=FORM)
        return json.loads(answer)

    def _send(
        self, path: str, status: int, body: bytes = b"", **more: str
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        answer = send(path, body, HTTP_HOST=self.site.host, **more)
        assert answer[0] == status, answer
        return answer

    def _waiting_device(self, now: float) -> str:
        code = str(make_token(DEVICE_CODE_PREFIX, secrets.token_bytes(32)))
        user_code = TokenDigest(hashlib.sha256(code.encode()).digest())
        request = DeviceRequest(
            client_id=STAYING.client_id,
            scope=" ".join(SCOPES),
            resource="",
            address="127.0.0.1",
            user_agent="television",
            requested_at=now,
            expires_at=now + 3600,
        )
        self.site.storage["device_requests"].ask(digest(code), user_code, request)
        return code


if __name__ == "__main__":
    main()

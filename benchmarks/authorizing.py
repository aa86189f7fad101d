"""What codes and refresh tokens cost, to issue and to exchange, in a real Plone."""

from collections.abc import Callable
from dataclasses import replace
from instance import SITE_USER
from itertools import count
from measuring import heading
from measuring import medians
from measuring import show
from pas.plugins.tokenauth.authorization_server.interfaces import IClientSource
from pas.plugins.tokenauth.core.base64url import encoded
from pas.plugins.tokenauth.delegation.authorizing import issue_code
from pas.plugins.tokenauth.delegation.authorizing import recorded_authorization
from pas.plugins.tokenauth.delegation.families import start_family
from pas.plugins.tokenauth.delegation.grant import AuthorizationCodeGrant
from pas.plugins.tokenauth.delegation.interfaces import AuthorizationRequest
from pas.plugins.tokenauth.delegation.interfaces import IDelegation
from pas.plugins.tokenauth.delegation.refreshing import RefreshTokenGrant
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.storage.authorizations import Authorization
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.usage.client import ClientInfo
from pas.plugins.tokenauth.usage.recorder import recorder
from plone_site import AT_ONCE
from plone_site import plone_site
from plone_site import PloneSite
from stand_in import APPLICATION
from stand_in import Application
from stand_in import CLIENT
from stand_in import HOUR
from stand_in import REDIRECT_URI
from stand_in import SCOPES
from stand_in import STAYING
from typing import Any
from zope.component import provideAdapter

import hashlib
import issuing
import secrets
import transaction


AUTHORIZATIONS = (1, 10_000, 100_000)
REPEAT = 300
COMMITS = 300
#: Seconds after which a client refreshes, so that its token does not expire meanwhile.
EARLY = HOUR - 60


class Source:
    """Knows the one application."""

    auth_methods = frozenset({"none"})

    def __init__(self, site: Any) -> None:
        pass

    def find(self, client_id: str) -> Application | None:
        return APPLICATION if client_id == APPLICATION.client_id else None


def main() -> None:
    heading("Codes and refresh tokens, in process, without the commit")
    provideAdapter(Source, (ISiteContext,), IClientSource, "benchmark")
    site = plone_site()
    site.add_keys(1)
    flow = Flow(site)
    first: list[float] = []
    for number in AUTHORIZATIONS:
        flow.add_authorizations(number)
        first = flow.compare(first)
    flow.written()


class Flow:
    """The person of the site, who has authorized the application."""

    def __init__(self, site: PloneSite) -> None:
        self._site = site
        self._filled = 0
        self.verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = encoded(digest)
        self._client = ClientInfo(
            address=CLIENT.address, user_agent="app", client=APPLICATION
        )
        self._staying = replace(self._client, client=STAYING)
        request = self.request()
        subject = request.site.users.get(SITE_USER[0])
        delegation = IDelegation(request.site)
        delegation.record(request, subject, SCOPES, Operator("benchmark"), "")
        transaction.commit()

    def request(self) -> AuthorizationRequest:
        return AuthorizationRequest(
            site=site_of(self._site.plugin),
            client=APPLICATION,
            redirect_uri=REDIRECT_URI,
            parameters={"code_challenge": self.challenge},
            repeated=frozenset(),
            resources=(),
            now=self._site.now,
            scopes=SCOPES,
        )

    def add_authorizations(self, end: int) -> None:
        """Fill up to this number, each of another person, signed in on a device."""
        store = self._site.storage[Authorization.kind]
        for number in range(self._filled, end):
            authorization = Authorization(
                f"aut-{number}",
                owner=f"user-{number}",
                application=APPLICATION.client_id,
                resource="",
                address=CLIENT.address,
                title=APPLICATION.title,
                issued_at=self._site.now,
                scopes=tuple(SCOPES),
            )
            store.add(authorization)
            self.sign_in(authorization)
            if number % AT_ONCE == 0:
                transaction.commit()
                self._site.connection.cacheMinimize()
        self._filled = end
        transaction.commit()

    def code(self) -> str:
        """What the authorization endpoint does once a person is known."""
        request = self.request()
        subject = request.site.users.get(SITE_USER[0])
        authorization = recorded_authorization(request, subject)
        return issue_code(request, subject, authorization, SCOPES)

    def exchange(self, code: str) -> Any:
        """What the token endpoint does once the client is known."""
        parameters = {"code": code, "code_verifier": self.verifier}
        grant = AuthorizationCodeGrant(site_of(self._site.plugin))
        return grant(parameters, self._client, self._site.now)

    def sign_in(self, authorization: Authorization) -> str:
        """The first refresh token of a device."""
        site, scope = site_of(self._site.plugin), " ".join(sorted(SCOPES))
        _, token = start_family(
            site, authorization, scope, {}, self._staying, self._site.now
        )
        return token

    def refresher(self) -> Callable[[], None]:
        """What the token endpoint does with one refresh token after the other."""
        # Its last use is noted by another thread.
        transaction.begin()
        request = self.request()
        subject = request.site.users.get(SITE_USER[0])
        authorization = recorded_authorization(request, subject)
        assert authorization is not None
        tokens = [self.sign_in(authorization)]
        transaction.commit()
        times = count(self._site.now, EARLY)

        def refresh() -> None:
            grant = RefreshTokenGrant(site_of(self._site.plugin))
            sent = {"refresh_token": tokens.pop()}
            response = grant(sent, self._staying, next(times))
            tokens.append(response.more["refresh_token"])

        return refresh

    def compare(self, first: list[float]) -> list[float]:
        """Print what each step costs beside a grant; returns the first figures."""
        issue = issuing.issuer(self._site, issuing.fresh_grant(self._site))
        for _ in range(20):
            self.exchange(self.code())
            issue()
        codes = iter([self.code() for _ in range(REPEAT)])
        token = self.exchange(self.code()).access_token
        key_token = self._site.token()

        def use(token: str) -> Callable[[], Any]:
            return lambda: authenticate(
                site_of(self._site.plugin), token, CLIENT.address, self._site.now
            )

        refresh = self.refresher()
        figures = medians(
            self.code,
            lambda: self.exchange(next(codes)),
            refresh,
            issue,
            use(token),
            use(key_token),
            repeat=REPEAT,
        )
        transaction.commit()
        first = first or figures
        coding, exchanging, refreshing, issued, using, used = figures
        at = f"{self._filled:,} authorizations"
        show(
            f"{at}, a code",
            f"{coding:.0f} µs; {coding / first[0]:.2f} of the first line",
        )
        show(
            f"{at}, its exchange",
            f"{exchanging:.0f} µs = {exchanging / issued:.2f} of a grant;"
            f" {exchanging / first[1]:.2f} of the first line",
        )
        show(
            f"{at}, a refresh",
            f"{refreshing:.0f} µs = {refreshing / issued:.2f} of a grant;"
            f" {refreshing / first[2]:.2f} of the first line",
        )
        show(
            f"{at}, a use of its token",
            f"{using:.0f} µs = {using / used:.2f} of one of a service key",
        )
        return first

    def written(self) -> None:
        """Bytes that the database grows by, each in a transaction of its own."""
        codes: list[str] = []
        self._written("code", lambda: codes.append(self.code()))
        self._written("exchange", lambda: self.exchange(codes.pop()))
        self._written("refresh", self.refresher())

    def _written(self, what: str, step: Callable[[], Any]) -> None:
        recorder.flush(everything=True)
        size = behind = changed = 0
        for _ in range(COMMITS):
            before = self._site.database_size
            step()
            # The others are new: no other front end has them.
            changed += len(self._site.connection._registered_objects)
            transaction.commit()
            between = self._site.database_size
            recorder.flush(everything=True)
            size += between - before
            behind += self._site.database_size - between
        told = changed / COMMITS
        show(
            f"written per {what}",
            f"{size / COMMITS:,.0f} bytes, {told:.1f} objects changed;"
            f" {behind / COMMITS:,.0f} behind it, where no other use is noted with it",
        )


if __name__ == "__main__":
    main()

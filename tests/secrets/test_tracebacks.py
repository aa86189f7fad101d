"""What reports of errors tell that show the local variables of every function.

Sentry does so. Functions of ours show no secret there, whatever fails beneath them.
Those of Zope and of the template engine do, which is theirs: see the documentation for
how to keep a reporter from telling.
"""

from collections.abc import Callable
from collections.abc import Iterator
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dataclasses import dataclass
from dataclasses import field
from pas.plugins.tokenauth.authorization_server.endpoints import base as endpoint
from pas.plugins.tokenauth.core import keys
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.credentials import kind as issuing
from pas.plugins.tokenauth.credentials import serializers as documents
from pas.plugins.tokenauth.personaltokens import kind as personaltokens
from pas.plugins.tokenauth.personaltokens.pages.tokenpage import TokenPage
from pas.plugins.tokenauth.servicekeys.client import ServiceKeySource
from pas.plugins.tokenauth.servicekeys.pages.keyfile import KeyfilePage
from pas.plugins.tokenauth.site.context import SiteContext
from pas.plugins.tokenauth.site.users import SiteUsers
from pas.plugins.tokenauth.storage.accesstokens import AccessTokens
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessTokens
from pas.plugins.tokenauth.storage.servicekeys import ServiceKeys
from pas.plugins.tokenauth.storage.usagelog import UsageLog
from pas.plugins.tokenauth.tokens import issue as accesstokens
from pathlib import Path
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.credentials.pages.conftest import Visitor
from tests.secrets.needles import Needles
from traceback import TracebackException
from types import SimpleNamespace
from typing import Any
from ZODB.Connection import Connection
from zope.component import getGlobalSiteManager
from ZPublisher.interfaces import IPubFailure

import pytest
import re
import requests
import secrets
import time


pytest_plugins = ["tests.mailserver"]

OURS = "/pas/plugins/tokenauth/"
#: Foreign functions that hold a secret while ours work, and in which variable.
FOREIGN = {
    # What the web server has made of the request.
    ("ZPublisher/WSGIPublisher.py", "environ"),
    # The page as far as it is rendered.
    ("chameleon/template.py", "stream"),
    ("a template", ""),
}
COMPILED_TEMPLATE = re.compile(r"(^|[/_])[0-9a-f]{32}\.py$")
RANDOM = bytes(range(50, 82))


@dataclass
class Report:
    """All that a reporter could tell about errors.

    :param shown: the variables that show a secret, as file and name
    :param texts: the errors themselves
    """

    needles: Needles
    shown: set[tuple[str, str]] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)

    def add(self, error: BaseException) -> None:
        report = TracebackException.from_exception(error, capture_locals=True)
        pending: list[TracebackException | None] = [report]
        while pending:
            one = pending.pop()
            if one is None:
                continue
            self.texts.append("".join(one.format_exception_only()))
            self._add_frames(one)
            pending.append(one.__cause__)
            pending.append(None if one.__suppress_context__ else one.__context__)

    def _add_frames(self, report: TracebackException) -> None:
        for frame in report.stack:
            if OURS in frame.filename:
                self.functions.add(frame.name)
            for name, value in (frame.locals or {}).items():
                if self.needles.found_in(value.encode()):
                    self.shown.add((frame.filename, name))

    @property
    def ours(self) -> set[tuple[str, str]]:
        return {(file, name) for file, name in self.shown if OURS in file}

    @property
    def foreign(self) -> set[tuple[str, str]]:
        return {
            ("a template", "")
            if COMPILED_TEMPLATE.search(file)
            else ("/".join(Path(file).parts[-2:]), name)
            for file, name in self.shown
            if OURS not in file
        }


@pytest.fixture
def report() -> Iterator[Report]:
    """Gets every error of a request."""
    report = Report(Needles())

    def failed(event: Any) -> None:
        if not event.retry:
            report.add(event.exc_info[1])

    manager = getGlobalSiteManager()
    manager.registerHandler(failed, (IPubFailure,))
    yield report
    manager.unregisterHandler(failed, (IPubFailure,))


def foresee(monkeypatch: pytest.MonkeyPatch, needles: Needles) -> None:
    """Know all secrets that will be made from now on."""
    key_pair = generate_key_pair("ES256", 0.0)
    private = load_pem_private_key(key_pair.private_pem.encode(), None)
    monkeypatch.setattr(keys, "_generated", lambda algorithm: private)
    needles.add_private_key("private key", key_pair.private_pem)
    for module in (accesstokens, personaltokens):
        known = SimpleNamespace(token_bytes=lambda length: RANDOM)
        monkeypatch.setattr(module, "secrets", known)
    needles.add_token("fresh token", make_token("pta_", RANDOM))


class Client:
    """What a request of each kind needs, and what it sends."""

    def __init__(self, site: Any, needles: Needles) -> None:
        self.site = site
        site.add_user("owner", "Manager")
        self.owner = Visitor(site, "owner")
        self.keyfile = site.issue(algorithm="ES256")
        self.token = site.token(self.keyfile)
        self.personal = site.personal_access_token()
        site.plugin.personal_access_tokens_as_passwords = True
        site.commit()
        self.assertion = site.grant(self.keyfile, jti=secrets.token_hex())
        self.proof = client_assertion(site, self.keyfile)
        self.key_form = {
            **self.owner.form("@@manage-service-keys-issue"),
            "title": "A key",
            "algorithm": "ES256",
        }
        self.rotate_form = self.owner.form(
            "@@manage-service-keys-rotate", id=self.keyfile["client_id"]
        )
        self.token_form = {
            **self.owner.form("@@manage-personal-access-tokens-issue"),
            "title": "A token",
        }
        needles.add_token("used token", self.token)
        needles.add_token("personal token", self.personal)
        needles.add_assertion("grant", self.assertion)
        needles.add_assertion("client assertion", self.proof)

    def exchange(self) -> requests.Response:
        return self.site.exchange(self.assertion)

    def exchange_in_wrong_places(self) -> requests.Response:
        return requests.post(
            f"{self.site.endpoint}?assertion={self.assertion}",
            data={"assertion": self.assertion, "grant_type": "x"},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def introspect(self) -> requests.Response:
        return self._endpoint("introspect")

    def revoke(self) -> requests.Response:
        return self._endpoint("revoke")

    def use(self) -> requests.Response:
        return self.site.get("", self.token)

    def use_api(self) -> requests.Response:
        return self.site.api("GET", "/@types", self.token)

    def use_personal(self) -> requests.Response:
        return self.site.get("", self.personal)

    def use_as_password(self) -> requests.Response:
        return self.site.get("", auth=("owner", self.personal))

    def issue(self) -> requests.Response:
        return self.owner.submit("@@manage-service-keys-issue", self.key_form)

    def rotate(self) -> requests.Response:
        return self.owner.submit("@@manage-service-keys-rotate", self.rotate_form)

    def issue_token(self) -> requests.Response:
        return self.owner.submit(
            "@@manage-personal-access-tokens-issue", self.token_form
        )

    def issue_by_rest(self) -> requests.Response:
        body = {"title": "A key", "algorithm": "ES256"}
        return self._rest("/@service-keys", body)

    def rotate_by_rest(self) -> requests.Response:
        body = {"overlap": 0, "algorithm": "ES256"}
        return self._rest(f"/@service-keys/{self.keyfile['client_id']}/rotate", body)

    def issue_token_by_rest(self) -> requests.Response:
        ends = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 9 * 86400))
        return self._rest(
            "/@personal-access-tokens", {"title": "A token", "expires": ends}
        )

    def _rest(self, path: str, body: dict[str, Any]) -> requests.Response:
        auth = self.owner.session.auth
        return self.site.api("POST", path, json=body, auth=auth)

    def _endpoint(self, name: str) -> requests.Response:
        data = {
            "token": self.token,
            "client_assertion": self.proof,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:"
            "jwt-bearer",
        }
        return requests.post(f"{self.site.url}/@@oauth2-{name}", data=data, timeout=30)


Ask = Callable[[Client], requests.Response]
#: What fails, and the requests that run into it.
FAILURES: list[tuple[Any, str, list[Ask]]] = [
    (AccessTokens, "add", [Client.exchange]),
    (UsageLog, "add", [Client.exchange]),
    (ServiceKeys, "get", [Client.exchange, Client.introspect, Client.issue]),
    (SiteContext, "use_up", [Client.exchange, Client.introspect]),
    (ServiceKeySource, "find", [Client.exchange, Client.revoke]),
    (endpoint, "check_uri", [Client.exchange_in_wrong_places]),
    (AccessTokens, "get", [Client.use, Client.use_api, Client.introspect]),
    (SiteUsers, "get", [Client.use, Client.exchange, Client.use_personal]),
    (PersonalAccessTokens, "by_digest", [Client.use_personal, Client.use_as_password]),
    (keys, "thumbprint", [Client.issue, Client.issue_by_rest]),
    (ServiceKeys, "add", [Client.issue, Client.issue_by_rest]),
    (issuing, "announce", [Client.issue]),
    (issuing, "announce", [Client.rotate, Client.rotate_by_rest]),
    (KeyfilePage, "examples", [Client.issue, Client.rotate]),
    (PersonalAccessTokens, "add", [Client.issue_token, Client.issue_token_by_rest]),
    (issuing, "announce", [Client.issue_token, Client.issue_token_by_rest]),
    (TokenPage, "examples", [Client.issue_token]),
    (documents, "state_of", [Client.issue_by_rest, Client.issue_token_by_rest]),
    (Connection, "tpc_vote", [Client.exchange, Client.issue, Client.issue_token]),
]
CASES = [
    pytest.param(owner, name, ask, id=f"{ask.__name__} {name}")
    for owner, name, asks in FAILURES
    for ask in asks
]


class Broken(Exception):
    """Nobody expects it."""


def broken(*args: Any, **kwargs: Any) -> None:
    raise Broken("out of order")


@pytest.mark.long
@pytest.mark.parametrize(("owner", "name", "ask"), CASES)
def test_our_functions_show_no_secret(
    site: Any,
    report: Report,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    ask: Ask,
) -> None:
    client = Client(site, report.needles)
    foresee(monkeypatch, report.needles)
    monkeypatch.setattr(owner, name, broken)
    response = ask(client)
    monkeypatch.undo()
    assert response.status_code == 500
    assert "out of order" in "".join(report.texts)
    assert report.ours == set()
    assert report.foreign <= FOREIGN
    # Neither do the error itself, the answer and the error log.
    assert report.needles.found_in("".join(report.texts).encode()) == set()
    assert report.needles.found_in(response.content) == set()
    site.sync()
    logged = repr(site.portal.error_log._getLog())
    assert report.needles.found_in(logged.encode()) == set()

"""What the tests of the OAuth endpoints share: raw requests, and what they leave."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.parse import urlsplit
from ZODB.utils import get_pickle_metadata
from ZPublisher.HTTPRequest import HTTPRequest

import http.client
import json
import jwt
import pytest
import re
import time
import uuid


FORM = "application/x-www-form-urlencoded"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: The clock of the endpoints.
NOW = "pas.plugins.tokenauth.site.view.now"
#: RFC 6749 section 5.2: neither quote nor backslash, nothing but ASCII.
ERROR_ALPHABET = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")

Headers = Iterable[tuple[str, str]]
Parameters = Iterable[tuple[str, str]]
Later = Callable[[float], float]


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire, and what it left in the database."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    #: One list of class names for each transaction.
    transactions: list[list[str]]

    def all(self, name: str) -> list[str]:
        """The values of every header of this name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def json(self) -> dict[str, Any]:
        """The body; no member may be there twice (TE-26)."""
        return json.loads(self.body.decode("utf-8"), object_pairs_hook=_strict)

    def check(self) -> None:
        """What holds for every answer of an endpoint: JSON, no cache, no cookie."""
        assert self.all("Content-Type") == ["application/json"], self.body
        assert self.all("Cache-Control") == ["no-store"]
        assert self.all("Pragma") == ["no-cache"]
        assert self.all("Set-Cookie") == []
        assert self.all("Location") == []
        assert b"<" not in self.body
        assert b"Traceback" not in self.body

    def check_success(self) -> str:
        """TE-01, TE-03, TE-20: the one shape of a success; returns the token."""
        self.check()
        assert self.status == 200, self.body
        assert self.all("WWW-Authenticate") == []
        answer = self.json()
        assert set(answer) == {"access_token", "token_type", "expires_in", "scope"}
        assert answer["token_type"] == "Bearer"
        assert type(answer["expires_in"]) is int
        assert len(self.transactions) == 1
        return answer["access_token"]

    def check_answer(self) -> dict[str, Any]:
        """RV-01, IN-01: the one shape of an answer about a token; returns it."""
        self.check()
        assert self.status == 200, self.body
        assert self.all("WWW-Authenticate") == []
        return self.json()

    def check_refused(self, error: str, status: int = 400) -> str:
        """TE-18, TE-19: a refusal that writes nothing; returns the description."""
        self.check()
        answer = self.json()
        assert (self.status, answer["error"]) == (status, error), answer
        assert set(answer) == {"error", "error_description"}
        assert ERROR_ALPHABET.fullmatch(answer["error_description"])
        assert self.transactions == []
        if status not in (401, 403):
            assert self.all("WWW-Authenticate") == []
        if status == 401:
            assert len(self.all("WWW-Authenticate")) == 1
        return answer["error_description"]

    def check_failed(self, status: int) -> None:
        """TE-19: a failure has no OAuth code, no details, and leaves nothing."""
        self.check()
        assert self.status == status, self.body
        assert set(self.json()) == {"message"}
        assert self.transactions == []


def _strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


class Endpoint:
    """The token endpoint, one raw request at a time."""

    def __init__(self, site: Any) -> None:
        self._site = site
        self._base = urlsplit(site.url)

    def send(
        self,
        body: bytes = b"",
        headers: Headers = (("Content-Type", FORM),),
        *,
        method: str = "POST",
        path: str = "/@@oauth2-token",
        chunked: bool = False,
    ) -> Answer:
        """A request with exactly this body and these headers.

        :param path: below the site, or from the root after ``//``
        """
        target = path[1:] if path.startswith("//") else self._base.path + path
        headers = list(headers)
        skip_host = any(name == "Host" for name, _ in headers)
        connection = http.client.HTTPConnection(
            self._base.hostname or "", self._base.port, timeout=30
        )
        with self.transactions() as transactions:
            connection.putrequest(method, target, skip_host, True)
            for name, value in headers:
                connection.putheader(name, value.encode("latin-1"))
            if chunked:
                connection.putheader("Transfer-Encoding", "chunked")
                half = len(body) // 2
                pieces: Any = [body[:half], body[half:]]
            else:
                connection.putheader("Content-Length", str(len(body)))
                pieces = body
            connection.endheaders(pieces, encode_chunked=chunked)
            response = connection.getresponse()
            answer = Answer(
                response.status, response.getheaders(), response.read(), transactions
            )
            connection.close()
        return answer

    def post(
        self,
        assertion: str,
        *more: tuple[str, str],
        headers: Headers = (),
        **options: Any,
    ) -> Answer:
        """A grant, with further parameters and headers."""
        parameters = [("grant_type", GRANT_TYPE), ("assertion", assertion), *more]
        return self.form(parameters, headers, **options)

    def client(self, assertion: str, headers: Headers = (), **more: str) -> Answer:
        """A request for the client credentials grant."""
        grant = ("grant_type", "client_credentials")
        return self.form([grant, *authenticated(assertion, **more)], headers)

    def ask(
        self, path: str, token: str, assertion: str, headers: Headers = (), **more: str
    ) -> Answer:
        """What a client asks about a token at one of the other endpoints."""
        parameters = [("token", token), *authenticated(assertion, **more)]
        return self.form(parameters, headers, path=f"/@@oauth2-{path}")

    def ask_as(self, path: str, token: str, bearer: str, **more: str) -> Answer:
        """What a program of a user asks about a token."""
        headers = [("Authorization", f"Bearer {bearer}")]
        parameters = [("token", token), *more.items()]
        return self.form(parameters, headers, path=f"/@@oauth2-{path}")

    def form(
        self, parameters: Parameters, headers: Headers = (), **options: Any
    ) -> Answer:
        """A form with exactly these parameters."""
        body = urlencode(list(parameters)).encode("ascii")
        return self.send(body, [("Content-Type", FORM), *headers], **options)

    @contextmanager
    def transactions(self) -> Iterator[list[list[str]]]:
        """Lists what is committed in the meantime: the classes of its objects."""
        committed: list[list[str]] = []
        database = self._site.app._p_jar.db()
        before = database.lastTransaction()
        yield committed
        if database.lastTransaction() != before:
            committed += [
                sorted(get_pickle_metadata(record.data)[1] for record in transaction)
                for transaction in database.storage.iterator()
                if transaction.tid > before
            ]


def client_assertion(
    site: Any,
    keyfile: dict[str, Any],
    header: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    """A signed client assertion; what is given as None is left out."""
    now = time.time()
    claims = {
        "iss": keyfile["client_id"],
        "sub": keyfile["client_id"],
        "aud": site.url,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
        **claims,
    }
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        keyfile["private_key"],
        algorithm=keyfile["algorithm"],
        headers={
            name: value
            for name, value in {"kid": keyfile["key_id"], **(header or {})}.items()
            # PyJWT itself leaves out a type of None, and writes one otherwise.
            if value is not None or name == "typ"
        },
    )


def authenticated(client_assertion: str, /, **more: str) -> list[tuple[str, str]]:
    """Parameters with a client assertion; one that is empty counts as left out."""
    named = {
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": client_assertion,
        **more,
    }
    return list(named.items())


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Stop the clock of the endpoints so many seconds after it was stopped first."""
    starts: list[float] = []

    def move(seconds: float) -> float:
        # Not before: what a test does until then takes its time.
        start = starts[0] if starts else float(int(time.time()))
        starts.append(start)
        monkeypatch.setattr(NOW, lambda: start + seconds)
        return start + seconds

    return move


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zope waits before it repeats a request; a test does not."""
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)


@pytest.fixture
def endpoint(site: Any) -> Endpoint:
    """The token endpoint of the site."""
    return Endpoint(site)


@pytest.fixture
def keyfile(site: Any) -> dict[str, Any]:
    """A keyfile of the kind that is made fastest."""
    return site.issue(algorithm="ES256")

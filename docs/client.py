#!/usr/bin/env python3
"""A client of a Plone site with pas.plugins.tokenauth. Copy this file and use it.

It needs Python 3.9 or newer and two packages: pip install requests "PyJWT[crypto]"

In a program::

    session = requests.Session()
    session.auth = ServiceKeyAuth.from_file("keyfile.json")
    session.headers["Accept"] = "application/json"
    session.get("https://www.example.org/news").json()

From a shell::

    python client.py keyfile.json https://www.example.org/news
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from requests.auth import AuthBase
from typing import Any
from urllib.parse import urlsplit

import argparse
import json
import jwt
import requests
import sys
import time
import uuid


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: A site can be set to accept no more than this.
GRANT_LIFETIME = 60
EXPIRED = "Access token expired"
TIMEOUT = 30
NEEDED = ("client_id", "key_id", "private_key", "token_uri")


class TokenError(Exception):
    """The site gave no access token.

    :param error: the OAuth error code, or an empty text if there was none
    :param description: what is wrong, for people
    :param status: the HTTP status
    """

    def __init__(self, error: str, description: str, status: int) -> None:
        super().__init__(f"{error or status}: {description}")
        self.error = error
        self.description = description
        self.status = status


class ForeignURL(ValueError):
    """The URL is not at the site of the keyfile, so it must not see the token."""


class ServiceKeyAuth(AuthBase):
    """Authenticates requests to one site with its service key.

    It obtains an access token when the first request needs one. When the site
    says that the token has expired, it obtains another and repeats the request,
    once.

    :param keyfile: the keyfile that the site showed when the key was issued
    :param subject: the user to act as, if the key may impersonate
    :raises ValueError: when something is missing in the keyfile
    """

    def __init__(self, keyfile: Mapping[str, str], subject: str | None = None) -> None:
        missing = [name for name in NEEDED if name not in keyfile]
        if missing:
            raise ValueError(f"This is no keyfile: it lacks {', '.join(missing)}.")
        self._keyfile = keyfile
        self._subject = subject
        self._token: str | None = None

    @classmethod
    def from_file(cls, path: str | Path, subject: str | None = None) -> ServiceKeyAuth:
        """Read the keyfile from disk."""
        return cls(json.loads(Path(path).read_text(encoding="utf-8")), subject)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Prepare a request; requests calls this."""
        if not self._is_for_site(request):
            raise ForeignURL(
                f"{request.url} is not at {_origin(self._keyfile['token_uri'])}"
            )
        position = _position(request.body)
        if request.body is not None and position is None:
            # It can be sent only once, so the token has to be a fresh one.
            self._token = None
        self._authorize(request)

        def repeat(
            response: requests.Response, **options: Any
        ) -> requests.Response | None:
            return self._repeat_if_expired(response, position, options)

        request.register_hook("response", repeat)
        return request

    def grant(self) -> str:
        """A signed JWT that asks for an access token; good for one time."""
        now = int(time.time())
        claims = {
            "iss": self._keyfile["client_id"],
            "aud": self._keyfile["token_uri"],
            "iat": now,
            "exp": now + GRANT_LIFETIME,
            "jti": uuid.uuid4().hex,
        }
        if self._subject is not None:
            claims["sub"] = self._subject
        return jwt.encode(
            claims,
            self._keyfile["private_key"],
            algorithm=self._keyfile.get("algorithm", "RS256"),
            headers={"kid": self._keyfile["key_id"]},
        )

    def obtain_token(self) -> str:
        """Exchange a grant for an access token.

        :raises TokenError: when the site refuses
        """
        # A request of its own: no session, no cookie, no old token, no netrc, and
        # no redirect that could carry the grant elsewhere.
        response = requests.post(
            self._keyfile["token_uri"],
            data={"grant_type": GRANT_TYPE, "assertion": self.grant()},
            auth=lambda request: request,
            allow_redirects=False,
            timeout=TIMEOUT,
        )
        answer = _json_object(response)
        if response.status_code != 200 or "access_token" not in answer:
            raise TokenError(
                answer.get("error", ""),
                answer.get("error_description")
                or answer.get("message")
                or f"no token endpoint at {self._keyfile['token_uri']}",
                response.status_code,
            )
        token: str = answer["access_token"]
        return token

    def _authorize(self, request: requests.PreparedRequest) -> None:
        if self._token is None:
            self._token = self.obtain_token()
        request.headers["Authorization"] = f"Bearer {self._token}"

    def _repeat_if_expired(
        self,
        response: requests.Response,
        position: int | None,
        options: Mapping[str, Any],
    ) -> requests.Response | None:
        request = response.request
        # A redirect may have led to somebody who would like to have a token.
        if not self._is_for_site(request) or not _says_expired(response):
            return None
        if request.body is not None and position is None:
            return None
        if request.headers.get("Authorization") == f"Bearer {self._token}":
            self._token = None
        self._authorize(request)
        if hasattr(request.body, "seek"):
            request.body.seek(position)
        response.close()
        # Sent below the session, where this hook is not called again.
        repeated = response.connection.send(request, **options)
        repeated.history.append(response)
        return repeated

    def _is_for_site(self, request: requests.PreparedRequest) -> bool:
        return _origin(request.url or "") == _origin(self._keyfile["token_uri"])


def _says_expired(response: requests.Response) -> bool:
    if response.status_code != 401:
        return False
    if response.headers.get("Content-Type") != "application/json":
        return False
    if response.request.method == "HEAD":
        # There is no body to look into.
        challenge = response.headers.get("WWW-Authenticate", "")
        return 'error="invalid_token"' in challenge
    return _json_object(response).get("error_description") == EXPIRED


def _json_object(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _position(body: Any) -> int | None:
    """Where a body starts that can be sent again; None for any other body."""
    if isinstance(body, (bytes, str)):
        return 0
    try:
        body.seek(body.tell())
        position: int = body.tell()
    except (AttributeError, OSError):
        return None
    return position


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port


def main(arguments: list[str] | None = None) -> int:
    """Print what a URL shows to the owner of a key; plone.restapi answers in JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("keyfile", help="the keyfile that Plone showed")
    parser.add_argument("url", help="what to get")
    parser.add_argument("--subject", help="user to act as, if the key may impersonate")
    options = parser.parse_args(arguments)
    try:
        response = requests.get(
            options.url,
            auth=ServiceKeyAuth.from_file(options.keyfile, options.subject),
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
        )
    except (TokenError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(response.text)
    if not response.ok:
        print(f"{response.status_code} {response.reason}", file=sys.stderr)
    return 0 if response.ok else 1


if __name__ == "__main__":
    sys.exit(main())

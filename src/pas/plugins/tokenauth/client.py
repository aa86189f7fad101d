#!/usr/bin/env python3
"""A client of a Plone site with pas.plugins.tokenauth. Copy this file and use it.

It needs Python 3.9 or newer and two packages: pip install requests "PyJWT[crypto]"
It needs nothing of Plone, and nothing else of pas.plugins.tokenauth.

In a program::

    session = requests.Session()
    session.auth = ServiceKeyAuth.from_file("keyfile.json")
    session.headers["Accept"] = "application/json"
    session.get("https://www.example.org/news").json()

In a shell::

    curl -H "Authorization: Bearer $(python client.py token keyfile.json)" \\
        -H "Accept: application/json" https://www.example.org/news
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

DONE = 0
FAILED = 1
NO_KEYFILE = 3


class TokenError(Exception):
    """The site gave no access token.

    :param error: the OAuth error code, or an empty string if there was none
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
        missing = [name for name in NEEDED if not isinstance(keyfile.get(name), str)]
        if missing:
            raise ValueError(f"This is no keyfile: it lacks {', '.join(missing)}.")
        self._keyfile = keyfile
        self._subject = subject
        self._token: str | None = None

    @classmethod
    def from_file(cls, path: str | Path, subject: str | None = None) -> ServiceKeyAuth:
        """Read the keyfile from disk.

        :raises OSError: when it cannot be read
        :raises ValueError: when it is no keyfile
        """
        # As bytes, because editors and shells of Windows mark a file or write UTF-16.
        content = Path(path).read_bytes()
        try:
            keyfile = json.loads(content)
        except ValueError:
            keyfile = None
        if not isinstance(keyfile, dict):
            raise ValueError(f"This is no keyfile: {path}")
        return cls(keyfile, subject)

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
        """A signed JWT that asks for an access token; good for one time.

        :raises ValueError: when the private key cannot be used
        """
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
        try:
            return jwt.encode(
                claims,
                self._keyfile["private_key"],
                algorithm=self._keyfile.get("algorithm", "RS256"),
                headers={"kid": self._keyfile["key_id"]},
            )
        except (jwt.PyJWTError, NotImplementedError, ValueError) as error:
            # Without the package cryptography, too.
            raise ValueError(f"Cannot sign with the keyfile: {error}") from error

    def obtain_token(self) -> str:
        """Exchange a grant for an access token.

        :raises TokenError: when the site refuses
        """
        return self.exchange()["access_token"]

    def exchange(self) -> dict[str, Any]:
        """Exchange a grant: the answer of the site, with the access token in it.

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
        return answer

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
        rewind = getattr(request.body, "seek", None)
        if rewind is not None:
            rewind(position)
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


def add_token_command(commands: Any, **options: Any) -> None:
    """Add ``token`` to the commands of an argument parser.

    :param commands: what ``add_subparsers`` returned
    :param options: further arguments of its ``add_parser``
    """
    summary = "Print an access token for a keyfile."
    command = commands.add_parser(
        "token",
        help=summary,
        description=summary,
        epilog="example: %(prog)s keyfile.json",
        **options,
    )
    command.add_argument("keyfile", help="the keyfile that Plone showed")
    command.add_argument("--subject", help="user to act as, if the key may impersonate")
    command.add_argument(
        "--json",
        action="store_true",
        # So that it may also stand before the command, in a parser that has it there.
        default=argparse.SUPPRESS,
        help="print the whole answer of the site, which says when the token expires",
    )
    command.set_defaults(run=print_token)


def print_token(options: argparse.Namespace) -> int:
    """Print an access token on standard output, or what is wrong on standard error.

    :returns: the exit code
    """
    try:
        answer = ServiceKeyAuth.from_file(options.keyfile, options.subject).exchange()
    except FileNotFoundError:
        return _failed(f"There is no keyfile {options.keyfile}.", NO_KEYFILE)
    except (TokenError, ValueError, OSError) as error:
        return _failed(str(error), FAILED)
    print(json.dumps(answer) if options.json else answer["access_token"])
    return DONE


def _failed(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def main(arguments: list[str] | None = None) -> int:
    """The command line.

    :returns: the exit code: 0 done, 1 failed, 2 wrong usage, 3 no keyfile
    """
    parser = argparse.ArgumentParser(
        description="A client of a Plone site with pas.plugins.tokenauth."
    )
    parser.set_defaults(json=False)
    add_token_command(parser.add_subparsers(required=True, metavar="COMMAND"))
    options = parser.parse_args(arguments)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())

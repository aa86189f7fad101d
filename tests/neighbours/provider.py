"""A provider of identities on this computer, for OpenID Connect and for OAuth 2.0."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from cryptography.hazmat.primitives.asymmetric import rsa
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

import json
import jwt
import threading
import time


CLIENT_ID = "plone"
CLIENT_SECRET = "a-secret-of-the-provider"
KEY_ID = "provider-key"


class Provider:
    """Everybody who comes is the same user; nobody is asked for a password.

    :param url: its issuer
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.user = "at-the-provider"
        self.nonce = ""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def answer(self, path: str) -> dict[str, Any] | None:
        answers = {
            "/.well-known/openid-configuration": self._configuration,
            "/jwks": self._keys,
            "/token": self._tokens,
            "/user": self._user,
        }
        return answers[path]() if path in answers else None

    def id_token(self) -> str:
        """A JWT about the user, as any program may get hold of."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self.user,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
        }
        return jwt.encode(claims, self._key, "RS256", headers={"kid": KEY_ID})

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/user",
            "end_session_endpoint": f"{self.url}/end",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _keys(self) -> dict[str, Any]:
        numbers = self._key.public_key().public_numbers()
        public = {
            "kty": "RSA",
            "use": "sig",
            "kid": KEY_ID,
            "n": _base64(numbers.n),
            "e": _base64(numbers.e),
        }
        return {"keys": [public]}

    def _tokens(self) -> dict[str, Any]:
        return {
            "access_token": "of-the-provider",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.id_token(),
        }

    def _user(self) -> dict[str, Any]:
        # The first is for OpenID Connect, the others are as GitHub names them.
        return {"sub": self.user, "id": self.user, "login": self.user}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider that listens on a free port of this computer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = provider.answer(self.path.partition("?")[0])
            body = json.dumps(answer).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def _base64(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return urlsafe_b64encode(data).rstrip(b"=").decode()

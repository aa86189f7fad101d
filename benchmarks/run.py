"""What a token costs: to issue, to look up, on disk. Ratios, measured side by side.

The storage is a real FileStorage in a temporary folder; users are a stand-in, so
that the figures are ours and not those of the user source.
"""

from collections.abc import Callable
from functools import partial
from pas.plugins.tokenauth.access import Access
from pas.plugins.tokenauth.core.claims import GrantRules
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.core.keys import verification_key
from pas.plugins.tokenauth.core.scopes import READ
from pas.plugins.tokenauth.core.scopes import WRITE
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_TOKEN_PREFIX
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.personaltokens import PersonalToken
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.usecases.accesstokens import ClientInfo
from pas.plugins.tokenauth.usecases.authenticate import authenticate
from pas.plugins.tokenauth.usecases.jwtbearer import JWTBearerGrant
from pas.plugins.tokenauth.usecases.scopes import IScope
from pas.plugins.tokenauth.usecases.scopes import read
from pas.plugins.tokenauth.usecases.scopes import write
from pas.plugins.tokenauth.usecases.users import SiteUser
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage
from zope.component import provideUtility

import hashlib
import jwt
import os
import statistics
import time
import transaction


NOW = 1_800_000_000.0
AUDIENCE = "https://www.example.org"
CLIENT = ClientInfo(address="192.0.2.1", user_agent="benchmark")
LIVE_TOKENS = (1, 10_000, 100_000)
PERSONAL_TOKENS = (1, 10_000)
REPEAT = 400


class Users:
    """A user source that costs nothing."""

    folder_path = ("", "Plone", "acl_users")

    def get(self, user_id: str) -> SiteUser:
        return SiteUser(user_id, user_id)


class Server:
    """An authorization server around a bare storage."""

    users = Users()
    settings = SimpleNamespace(
        access_token_lifetime=3600,
        grant_lifetime=3600,
        leeway=60,
        usage_log_retention=7,
    )

    def __init__(self, storage: TokenAuthStorage) -> None:
        self.storage = storage

    def public_keys_of(self, client_id: str, now: float) -> Any:
        key = self.storage.service_keys.get(client_id)
        return key.live_public_keys(now) if key else ()

    def assertion_rules(self, audiences: Any) -> GrantRules:
        return GrantRules(audiences=audiences, max_lifetime=3600, leeway=60)

    def audiences(self, now: float) -> set[str]:
        return {AUDIENCE}


def main() -> None:
    provideUtility(read, IScope, READ)
    provideUtility(write, IScope, WRITE)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "Data.fs"
        connection = DB(FileStorage(str(path))).open()
        storage = connection.root.storage = TokenAuthStorage()
        server: Any = Server(storage)
        pair = generate_key_pair("RS256", NOW)
        key = ServiceKey(
            "svc-1", owner="o", title="x", public_key=pair.public_key, issued_at=NOW
        )
        storage.service_keys.add(key)
        transaction.commit()

        assertion = signed(pair.private_pem, pair.public_key.kid)
        public = verification_key(pair.public_key)
        verifying = median(
            lambda: jwt.decode(
                assertion,
                public,
                algorithms=["RS256"],
                audience=AUDIENCE,
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        )
        hashing = median(lambda: hashlib.sha256(b"x" * 53).digest())
        print(f"{'verifying a grant (jwt.decode, RSA-3072)':50}{verifying:9.1f} µs")
        print(f"{'SHA-256 of a token':50}{hashing:9.2f} µs")

        grant = JWTBearerGrant(server)
        filled = 0
        for live in LIVE_TOKENS:
            filled = fill(storage, filled, live)
            issuing = median(partial(issue, grant, assertion))
            checking = median(partial(check, server, issue(grant, assertion)))
            transaction.abort()
            print(
                f"with {live:>7,} live tokens: issuing {issuing:7.1f} µs"
                f" = {issuing / verifying:4.2f} verifying, checking {checking:5.1f} µs"
            )
        for live in PERSONAL_TOKENS:
            token = fill_personal(storage, live)
            checking = median(partial(check, server, token))
            print(
                f"with {live:>7,} personal access tokens: checking one"
                f" {checking:5.1f} µs"
            )
        print(f"{'written per token, each committed alone':50}", end="")
        print(f"{written_per_token(path, grant, assertion):9,.0f} bytes")
        connection.close()


def signed(private_pem: str, kid: str) -> str:
    claims = {"iss": "svc-1", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 300}
    return jwt.encode(claims, private_pem, algorithm="RS256", headers={"kid": kid})


def issue(grant: JWTBearerGrant, assertion: str) -> str:
    return grant({"assertion": assertion}, CLIENT, NOW).access_token


def check(server: Any, token: str) -> Access:
    return authenticate(server, token, CLIENT.address, NOW)


def fill(storage: TokenAuthStorage, start: int, end: int) -> int:
    """Fill up with tokens, in large transactions."""
    for number in range(start, end):
        digest: Any = hashlib.sha256(number.to_bytes(8, "big")).digest()
        storage.access_tokens.add(
            digest,
            AccessToken(
                credential_id="svc-1",
                subject="o",
                issued_at=NOW,
                expires_at=NOW + 3600,
            ),
        )
        if number % 5_000 == 0:
            transaction.commit()
    transaction.commit()
    return end


def fill_personal(storage: TokenAuthStorage, end: int) -> str:
    """Fill up with personal access tokens; returns the last one."""
    start = len(list(storage.personal_tokens.all()))
    for number in range(start, end):
        token = make_token(PERSONAL_TOKEN_PREFIX, number.to_bytes(32, "big"))
        storage.personal_tokens.add(
            PersonalToken(
                f"pat-{number}",
                digest=digest(token),
                owner="o",
                title="x",
                issued_at=NOW,
            )
        )
    transaction.commit()
    return token


def written_per_token(path: Path, grant: JWTBearerGrant, assertion: str) -> float:
    before = os.path.getsize(path)
    for _ in range(REPEAT):
        issue(grant, assertion)
        transaction.commit()
    return (os.path.getsize(path) - before) / REPEAT


def median(function: Callable[[], Any]) -> float:
    """The median time of a call, in microseconds."""
    times = []
    for _ in range(REPEAT):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


if __name__ == "__main__":
    main()

"""Two front ends: a token that one issues is used at the other at once.

Each front end is a client of the same database, with connections of its own. The second
one may be behind a slow network, from which it learns half a second late what the first
has done.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contention import make_keys
from contextlib import closing
from contextlib import contextmanager
from contextlib import ExitStack
from databases import Address
from databases import Missing
from databases import postgresql_server
from databases import zeo_server
from databases import ZEOAddress
from functools import partial
from measuring import heading
from measuring import show
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.tokens.checks import authenticate
from pathlib import Path
from relay import relay
from stand_in import CLIENT
from stand_in import NOW
from stand_in import register_utilities
from stand_in import Server
from tempfile import TemporaryDirectory
from transaction import TransactionManager
from typing import Any
from ZODB.POSException import ConflictError

import statistics
import time


PAIRS = 10_000
DELAY = 0.5
#: Pairs at a time where each waits for a slow network.
AT_ONCE = 200
REVOCATIONS = 9


class FrontEnd:
    """A Zope, as far as tokens are concerned. Any number of threads may use it."""

    def __init__(self, address: Address) -> None:
        self.db = address.open()

    def close(self) -> None:
        self.db.close()

    def issue(self, grant: str) -> str:
        """Exchange a grant for a token, again where it conflicts."""
        while True:
            with self.request() as (server, manager):
                issued = JWTBearerGrant(server)({"assertion": grant}, CLIENT, NOW)
                try:
                    manager.commit()
                except ConflictError:
                    continue
                return issued.access_token

    def accepts(self, token: str) -> bool:
        """Whether a request with this token gets in."""
        with self.request() as (server, _):
            try:
                authenticate(server, token, CLIENT.address, NOW)
            except AccessRefused:
                return False
            return True

    def revoke(self, client_id: str) -> None:
        """Revoke a key."""
        with self.request() as (server, manager):
            server.storage["service_key"].mark_revoked(client_id, "admin", NOW)
            manager.commit()

    @contextmanager
    def request(self) -> Iterator[tuple[Any, TransactionManager]]:
        """A transaction of its own."""
        manager = TransactionManager()
        connection = self.db.open(manager)
        try:
            manager.begin()
            yield Server(connection.root.storage), manager
        finally:
            manager.abort()
            connection.close()


def main() -> None:
    register_utilities()
    heading("A token issued by one front end, used at another at once")
    with TemporaryDirectory() as folder, zeo_server(Path(folder)) as address:
        grants = make_keys(address, 1 + REVOCATIONS)
        alternate("ZEO, without server-sync", address, grants)
        late(address, grants)
    try:
        with postgresql_server() as database:
            alternate("RelStorage", database, make_keys(database, 1))
    except Missing as missing:
        show("RelStorage", f"left out: {missing}")


def alternate(name: str, address: Address, grants: list[str]) -> None:
    """Issue at one and use at the other, in turn."""
    with ExitStack() as stack:
        pair = [stack.enter_context(closing(FrontEnd(address))) for _ in range(2)]
        refused = sum(
            not pair[number % 2 - 1].accepts(pair[number % 2].issue(grants[0]))
            for number in range(PAIRS)
        )
    show(name, f"{refused} wrong 401s in {PAIRS:,} pairs")


def late(address: ZEOAddress, grants: list[str]) -> None:
    """The same where the second one learns everything late."""
    with (
        relay(address.port, DELAY) as slow,
        closing(FrontEnd(address)) as first,
        closing(FrontEnd(ZEOAddress(slow.port))) as second,
        ThreadPoolExecutor(AT_ONCE) as executor,
    ):
        issue = partial(first.issue, grants[0])
        accepted = executor.map(lambda _: second.accepts(issue()), range(PAIRS))
        refused = sum(not each for each in accepted)
        show(
            f"ZEO, invalidations {DELAY} s late",
            f"{refused} wrong 401s in {PAIRS:,} pairs",
        )
        waited = [
            seconds_until_revoked(first, second, f"svc-{number}", grants[number])
            for number in range(1, 1 + REVOCATIONS)
        ]
    show(
        "a revocation reaches the other after",
        f"{statistics.median(waited):.2f} s at that delay",
    )


def seconds_until_revoked(
    first: FrontEnd, second: FrontEnd, client_id: str, grant: str
) -> float:
    """How long the second one goes on accepting a token whose key is revoked."""
    token = first.issue(grant)
    assert second.accepts(token)
    first.revoke(client_id)
    start = time.monotonic()
    while second.accepts(token):
        time.sleep(0.005)
    return time.monotonic() - start


if __name__ == "__main__":
    main()

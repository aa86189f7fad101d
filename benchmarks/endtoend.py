"""A real server over HTTP: requests of one client in turn, and many clients at once.

The clients run in the same machine and take their share of its cores.
"""

from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextlib import contextmanager
from databases import Address
from databases import zeo_server
from instance import ADDON_PROFILE
from instance import CLASSIC_PROFILES
from instance import Instance
from instance import running_instance
from instance import SITE_ID
from instance import SITE_USER
from measuring import heading
from measuring import medians
from measuring import show
from pathlib import Path
from stand_in import key_pair
from tempfile import TemporaryDirectory
from typing import Any

import jwt
import requests
import time


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JSON = {"Accept": "application/json"}
REQUESTS = 200
ISSUES = 1_000
THREADS = (1, 4)
WRITERS = 8
PROFILES = (*CLASSIC_PROFILES, ADDON_PROFILE)


def main() -> None:
    heading("Over HTTP, with a real server")
    with running_instance("benchmark-http", profiles=PROFILES) as instance:
        authenticated(instance)
        for threads in THREADS:
            per_second = issue(Client([instance.url]), threads)
            show(
                f"token endpoint, {threads} clients at once",
                f"{per_second:.0f} tokens/s",
            )
    two_front_ends()


def authenticated(instance: Instance) -> None:
    """The same request by different ways to say who asks."""
    client = Client([instance.url])
    login = requests.post(
        f"{instance.url}/@login",
        json={"login": SITE_USER[0], "password": SITE_USER[1]},
        headers=JSON,
        timeout=60,
    )
    ways: dict[str, Any] = {
        "anonymous": {},
        "Basic": {"auth": SITE_USER},
        "jwt_auth": {"headers": bearer(login.json()["token"])},
        "ours": {"headers": bearer(client.token())},
    }
    functions = [getting(instance.url, way) for way in ways.values()]
    for function in functions:
        function()
    times = dict(zip(ways, medians(*functions, repeat=REQUESTS), strict=True))
    for way, microseconds in times.items():
        show(
            f"GET of the site as JSON, {way}",
            f"{1e6 / microseconds:.0f} requests/s"
            f" = {times['anonymous'] / microseconds:.2f} of anonymous,"
            f" {times['Basic'] / microseconds:.2f} of Basic",
        )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def getting(url: str, way: dict[str, Any]) -> Callable[[], None]:
    """A request over a connection that is kept."""
    session = requests.Session()
    session.auth = way.get("auth")
    session.headers.update({**JSON, **way.get("headers", {})})

    def get() -> None:
        response = session.get(url, timeout=60)
        response.raise_for_status()

    return get


class Client:
    """A program with a key of its own, which asks several front ends in turn.

    :param urls: URLs of the same site
    """

    def __init__(self, urls: list[str]) -> None:
        self.urls = urls
        response = requests.post(
            f"{urls[0]}/@service-keys",
            json={"title": "A program", "public_key": key_pair().public_key.pem},
            auth=SITE_USER,
            headers=JSON,
            timeout=60,
        )
        response.raise_for_status()
        self._keyfile = response.json()["keyfile"]

    def grant(self, **more: str) -> str:
        now = time.time()
        claims = {
            "iss": self._keyfile["client_id"],
            "aud": self._keyfile["token_uri"],
            "iat": now,
            "exp": now + 3000,
            **more,
        }
        pem = key_pair().private_pem
        headers = {"kid": self._keyfile["key_id"]}
        return jwt.encode(claims, pem, algorithm="RS256", headers=headers)

    def token(self, grant: str = "", number: int = 0, session: Any = requests) -> str:
        data = {"grant_type": GRANT_TYPE, "assertion": grant or self.grant()}
        url = f"{self.urls[number % len(self.urls)]}/@@oauth2-token"
        response = session.post(url, data=data, timeout=60)
        response.raise_for_status()
        return response.json()["access_token"]


def issue(client: Client, threads: int) -> float:
    """Tokens per second that so many threads obtain."""
    grant = client.grant()

    def work(thread: int) -> None:
        with requests.Session() as session:
            for number in range(ISSUES // threads):
                client.token(grant, thread + number, session)

    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as executor:
        list(executor.map(work, range(threads)))
    return ISSUES / (time.perf_counter() - start)


def two_front_ends() -> None:
    """Two real Zopes on one ZEO server."""
    with (
        TemporaryDirectory() as folder,
        zeo_server(Path(folder)) as address,
        two_instances(address) as instances,
    ):
        client = Client([instance.url for instance in instances])
        per_second = issue(client, WRITERS)
        logged = count_entries(address)
    show(
        f"two Zopes on ZEO, {WRITERS} clients at once",
        f"{per_second:.0f} tokens/s, 0 failed, {ISSUES - logged} entries lost",
    )


@contextmanager
def two_instances(address: Address) -> Iterator[list[Instance]]:
    """Two front ends of one site."""
    first = Instance("benchmark-front-1", database=address)
    second = Instance("benchmark-front-2", database=address)
    first.prepare(fresh=True, profiles=PROFILES)
    second.seal_like(first)
    with first, second:
        yield [first, second]


def count_entries(address: Address) -> int:
    """How many entries the usage logs of the site have."""
    with closing(address.open()) as db, db.transaction() as connection:
        site = connection.root()["Application"][SITE_ID]
        storage = site.acl_users.token_auth._storage
        return sum(
            storage["usage_log"].count(key.client_id, 0, time.time() + 60)
            for key in storage["service_key"].all()
        )


if __name__ == "__main__":
    main()

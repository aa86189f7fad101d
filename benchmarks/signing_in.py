"""Two real Zopes: what somebody begins at one goes on at the other, without a pause.

A code, a ticket, a refresh token or a link of one is used at the other at once.
"""

from collections import Counter
from collections.abc import Callable
from endtoend import two_instances
from instance import Instance
from instance import SITE_USER
from ledger import Ledger
from ledger import Person
from load import Client
from measuring import heading
from measuring import show
from pathlib import Path
from signins import browser_of
from signins import SignIns
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlencode
from urllib.parse import urlsplit

import databases
import requests
import statistics
import time


PAIRS = 100
#: Where a CAS client is.
SHOP = "https://shop.example.org/"


def main() -> None:
    heading("Two Zopes, over HTTP: begun at one, continued at the other at once")
    with (
        TemporaryDirectory() as folder,
        databases.zeo_server(Path(folder)) as address,
        two_instances(address) as instances,
    ):
        show_pairs("ZEO", instances)
    try:
        with (
            databases.postgresql_server() as address,
            two_instances(address) as instances,
        ):
            show_pairs("RelStorage", instances)
    except databases.Missing as missing:
        show("RelStorage", f"left out: {missing}")


def show_pairs(name: str, instances: list[Instance]) -> None:
    """Print how often something was refused, and how long each took."""
    pairs = Pairs(instances)
    for number in range(PAIRS):
        pairs.go_on(pairs.ends[number % 2], pairs.ends[number % 2 - 1])
    for what, seconds in pairs.seconds.items():
        show(
            f"{name}, {what}",
            f"{pairs.refused[what]} refused in {len(seconds):,} pairs,"
            f" {statistics.median(seconds) * 1000:.0f} ms",
        )


class Pairs:
    """Somebody with a browser, and two ends of the site."""

    def __init__(self, instances: list[Instance]) -> None:
        self.ledger = Ledger()
        clients = [Client(each.url, self.ledger, SITE_USER) for each in instances]
        self.ends = [SignIns(client) for client in clients]
        self.ends[0].prepare()
        settings = {"cas_enabled": True}
        clients[0].manage("PATCH", "/@controlpanels/tokenauth", settings)
        service = {"title": "Shop", "urls": [SHOP]}
        clients[0].manage("POST", "/@cas-services", service)
        self.application = self.ends[0].register()
        self.person = self.ends[0].log_in()
        # The person is asked once.
        self.ends[0].authorize(self.person, self.application)
        self.seconds: dict[str, list[float]] = {}
        self.refused: Counter[str] = Counter()

    def go_on(self, here: SignIns, there: SignIns) -> None:
        """Begin everything here, and continue it there."""
        person, application = self.person, self.application
        code = here.authorize(person, application)
        family = self._timed(
            "exchange of a code", lambda: there.exchange(code, person, application)
        )
        self._timed("refresh", lambda: here.refresh(family))
        self._timed("refresh", lambda: there.refresh(family))
        token = self.ledger.tokens[-1].value
        self._timed("UserInfo", lambda: userinfo(here, token))
        ticket = cas_ticket(there, person)
        self._timed("validation of a CAS ticket", lambda: validate(here, ticket))
        here.share()
        link = self.ledger.links[-1]
        self._timed("opening of a link", lambda: there.open_link(link))
        self._timed("page by a link", lambda: here.visit(link))

    def _timed(self, what: str, step: Callable[[], Any]) -> Any:
        before, started = len(self.ledger.violations), time.perf_counter()
        done = step()
        took = time.perf_counter() - started
        self.seconds.setdefault(what, []).append(took)
        self.refused[what] += len(self.ledger.violations) > before
        return done


def userinfo(end: SignIns, token: str) -> None:
    """Ask who somebody is."""
    answer = end.client.request("GET", "/@@oauth2-userinfo", token=token)
    if answer.status_code != 200:
        end.client.ledger.complain(answer.text)


def cas_ticket(end: SignIns, person: Person) -> str:
    """Log somebody in at the shop; the ticket that it gets."""
    path = f"/@@cas/login?{urlencode({'service': SHOP})}"
    answer = end.browse("GET", path, browser_of(person))
    query = urlsplit(answer.headers["Location"]).query
    return parse_qs(query)["ticket"][0]


def validate(end: SignIns, ticket: str) -> None:
    """Ask as the shop does who has come."""
    query = urlencode({"service": SHOP, "ticket": ticket})
    path = f"/@@cas/serviceValidate?{query}"
    answer = end.client.request("GET", path, session=requests.Session())
    if "authenticationSuccess" not in answer.text:
        end.client.ledger.complain(answer.text)


if __name__ == "__main__":
    main()

"""What a page of a long list costs, beside the same page of a short one.

Each page is published in this process, by the WSGI application and as a user with a
password, with everything in memory. What counts is the time that the processor works.
"""

from base64 import b64encode
from collections.abc import Callable
from instance import SITE_ID
from instance import SITE_USER
from measuring import heading
from measuring import medians
from measuring import show
from plone_site import plone_site
from plone_site import PloneSite
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults
from ZPublisher.WSGIPublisher import publish_module

import time
import transaction


NUMBERS = (10, 100, 1_000, 10_000)
REPEAT = 15
PANEL = "/@@tokenauth-controlpanel"
OWN = "/@@manage-service-keys"
REST = "/@service-keys"
PAGES = {
    "own list": OWN,
    "own list, the last page": f"{OWN}?b_start:int={{last}}",
    "Site Setup's list": PANEL,
    "Site Setup's list, by title": f"{PANEL}?sort=title",
    "Site Setup's list, those that never expire": f"{PANEL}?state=never_expires",
    "Site Setup's list, searched": f"{PANEL}?search=svc-",
    "REST, own": REST,
    "REST, all": f"{REST}?whose=all",
    "REST, all, active": f"{REST}?whose=all&state=active",
    "REST, all, by title": f"{REST}?whose=all&sort_on=title",
    "REST, all, searched": f"{REST}?whose=all&search=svc-",
    "REST, all, searched, one found": f"{REST}?whose=all&search=svc-0",
    "REST, all, searched, none found": f"{REST}?whose=all&search=nothing",
    "REST, all, the last page": f"{REST}?whose=all&b_start={{last}}",
}


def main() -> None:
    heading("A page of a list, of 50 or 25 credentials")
    site = plone_site()
    times = {number: measured(site, number) for number in NUMBERS}
    for name in PAGES:
        hundred = times[100][name]
        each = ", ".join(f"{times[number][name]:.1f}" for number in NUMBERS)
        ratio = times[NUMBERS[-1]][name] / hundred
        show(name, f"{each} ms at {', '.join(map(str, NUMBERS))}: {ratio:.2f} of 100")


def measured(site: PloneSite, number: int) -> dict[str, float]:
    """The milliseconds of each page, in a site with so many keys."""
    site.add_keys(number)
    asked = [getting(site, path.format(last=number - 10)) for path in PAGES.values()]
    for ask in asked:
        ask()
    found = medians(*asked, repeat=REPEAT, clock=time.process_time)
    return dict(zip(PAGES, (each / 1000 for each in found), strict=True))


def getting(site: PloneSite, path: str) -> Callable[[], None]:
    """Asks for a page once."""
    authorization = b64encode(":".join(SITE_USER).encode()).decode()
    url = urlsplit(f"/{SITE_ID}{path}")

    def get() -> None:
        environ: dict[str, Any] = {
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "HTTP_AUTHORIZATION": f"Basic {authorization}",
            "HTTP_ACCEPT": "application/json" if "/@service" in path else "text/html",
        }
        setup_testing_defaults(environ)
        answers: list[str] = []
        for _ in publish_module(environ, lambda status, *_: answers.append(status)):
            pass
        if answers != ["200 OK"]:
            raise RuntimeError(f"{path}: {answers}")
        transaction.abort()

    return get


if __name__ == "__main__":
    main()

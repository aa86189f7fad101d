"""What a visitor of a link waits for a page, beside somebody who is logged in."""

from base64 import b64encode
from collections.abc import Callable
from instance import SITE_USER
from measuring import heading
from measuring import medians
from measuring import show
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import SIGNED_LINK_VISIT_PREFIX
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.signedlinks import SignedLink
from plone import api
from plone_site import AT_ONCE
from plone_site import plone_site
from plone_site import PloneSite
from plone_site import send
from stand_in import HOUR
from typing import Any

import hashlib
import secrets
import transaction


LINKS = (1, 100_000)
PAGES = 60


def main() -> None:
    heading("Opening a signed link: a private page, in process, warm")
    site = plone_site()
    with api.env.adopt_roles(["Manager"]):
        page = api.content.create(site.site, "Document", "page", title="A page")
        page.manage_setLocalRoles(SITE_USER[0], ["Owner"])
        page.manage_permission("View", ["Manager", "Owner", "Reader"])
        page.reindexObject()
    transaction.commit()
    password = b64encode(":".join(SITE_USER).encode()).decode("ascii")
    first: float = 0
    for links in LINKS:
        cookie = add_links(site, page, links)
        visitor, person = medians(
            visiting(HTTP_COOKIE=cookie),
            visiting(HTTP_AUTHORIZATION=f"Basic {password}"),
            repeat=PAGES,
        )
        first = first or visitor
        show(
            f"{links:,} links",
            f"{visitor / 1000:.1f} ms = {visitor / person:.2f} of who is logged in"
            f" ({person / 1000:.1f} ms), {visitor / first:.2f} of the first line",
        )


def add_links(site: PloneSite, page: Any, end: int) -> str:
    """Fill up to this number of links, and open the last one; returns the cookie."""
    store = site.storage["signed_link"]
    start = sum(1 for _ in store.all())
    for number in range(start, end):
        link = SignedLink(
            f"lnk-{number}",
            digest=TokenDigest(hashlib.sha256(number.to_bytes(8, "big")).digest()),
            uid=page.UID() if number == end - 1 else f"uid-{number}",
            action="view",
            title="For Kim",
            owner=SITE_USER[0],
            issued_at=site.now,
            expires_at=site.now + HOUR,
        )
        store.add(link)
        if number % AT_ONCE == 0:
            transaction.commit()
            site.connection.cacheMinimize()
    visit = make_token(SIGNED_LINK_VISIT_PREFIX, secrets.token_bytes(32))
    visits = site.storage["signed_link_visits"]
    visits.add(digest(visit), store.get(f"lnk-{end - 1}"), site.now, site.now + HOUR)
    transaction.commit()
    return f"tokenauth-link-lnk-{end - 1}={visit}"


def visiting(**headers: str) -> Callable[[], None]:
    """Asks for the page."""

    def visit() -> None:
        status, _, _ = send("/page", **headers)
        assert status == 200, status

    return visit


if __name__ == "__main__":
    main()

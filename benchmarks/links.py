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
    page = private_page(site)
    password = b64encode(":".join(SITE_USER).encode()).decode("ascii")
    first: float = 0
    for links in LINKS:
        add_links(site, links - 1)
        cookie = add_link(site, page)
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


def private_page(site: PloneSite) -> Any:
    """The page that links lead to, of the person of the site."""
    if "page" not in site.site:
        with api.env.adopt_roles(["Manager"]):
            page = api.content.create(site.site, "Document", "page", title="A page")
            page.manage_setLocalRoles(SITE_USER[0], ["Owner"])
            page.manage_permission("View", ["Manager", "Owner", "Reader"])
            page.reindexObject()
        transaction.commit()
    return site.site["page"]


def add_links(site: PloneSite, end: int) -> None:
    """Fill up to this number of links, to nothing."""
    store = site.storage["signed_link"]
    for number in range(sum(1 for _ in store.all()), end):
        store.add(_link(site, number.to_bytes(32, "big"), f"uid-{number}"))
        if number % AT_ONCE == 0:
            transaction.commit()
            site.connection.cacheMinimize()
    transaction.commit()


def add_link(site: PloneSite, page: Any) -> str:
    """One more link, to a page, that is opened; returns the cookie of the visitor."""
    link = _link(site, secrets.token_bytes(32), page.UID())
    site.storage["signed_link"].add(link)
    visit = make_token(SIGNED_LINK_VISIT_PREFIX, secrets.token_bytes(32))
    visits = site.storage["signed_link_visits"]
    visits.add(digest(visit), link, site.now, site.now + HOUR)
    transaction.commit()
    return f"tokenauth-link-{link.credential_id}={visit}"


def _link(site: PloneSite, seed: bytes, uid: str) -> SignedLink:
    token = TokenDigest(hashlib.sha256(seed).digest())
    return SignedLink(
        f"lnk-{seed.hex()}",
        digest=token,
        uid=uid,
        action="view",
        title="For Kim",
        owner=SITE_USER[0],
        issued_at=site.now,
        expires_at=site.now + HOUR,
    )


def visiting(**headers: str) -> Callable[[], None]:
    """Asks for the page."""

    def visit() -> None:
        status, _, _ = send("/page", **headers)
        assert status == 200, status

    return visit


if __name__ == "__main__":
    main()

"""What a request pays for its token in a Plone, beside jwt_auth of plone.restapi."""

from collections.abc import Callable
from instance import SITE_USER
from measuring import heading
from measuring import medians
from measuring import REPEAT
from measuring import show
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.site.users import SiteUser
from pas.plugins.tokenauth.site.users import SiteUsers
from pathlib import Path
from plone_site import plone_site
from plone_site import PloneSite
from Products.PlonePAS.plugins.user import UserManager
from typing import Any
from unittest.mock import patch

import hashlib
import resource
import transaction


TOKENS = (1, 10_000, 100_000, 1_000_000)
KEYS = (1, 10_000)
#: Different tokens that are checked to see what stays in memory.
CHECKED = 5_000
#: Modules of what the plugin keeps.
KEPT_BY_US = ("pas.plugins.tokenauth.storage", "BTrees")


def main() -> None:
    heading("Checking a token: acl_users.validate, in process, warm")
    site = plone_site()
    first: float = 0
    for keys in KEYS:
        site.add_keys(keys)
        for tokens in TOKENS if keys == KEYS[-1] else TOKENS[:1]:
            site.add_tokens(tokens)
            first = compare(site, first)
    own_part(site)
    loads_when_cold(site)
    enumerations(site)
    memory(site)


def compare(site: PloneSite, first: float) -> float:
    """Print what it costs beside jwt_auth; returns the microseconds of the first."""
    ours = site.token()
    jwt = site.acl_users.jwt_auth.create_token(SITE_USER[0])
    transaction.commit()
    mine, theirs, anonymous = medians(
        validating(site, f"Bearer {ours}"),
        validating(site, f"Bearer {jwt}"),
        validating(site, ""),
        repeat=2 * REPEAT,
    )
    first = first or mine
    show(
        f"{site.keys:,} keys, {site.live:,} live tokens",
        f"{mine:.0f} µs = {mine / theirs:.2f} of jwt_auth ({theirs:.0f} µs),"
        f" {mine / first:.2f} of the first line; anonymous {anonymous:.0f} µs",
    )
    return first


def validating(site: PloneSite, authorization: str) -> Callable[[], Any]:
    """What Zope does after traversal; each time it is another request."""
    requests = [site.request(authorization) for _ in range(2 * REPEAT)]

    def validate() -> None:
        user = site.acl_users.validate(
            requests.pop(), authorization, ("Authenticated",)
        )
        assert (user is not None) == bool(authorization)

    return validate


def extracting(site: PloneSite, token: str) -> Callable[[], Any]:
    """Our part of it."""
    requests = [site.request(f"Bearer {token}") for _ in range(REPEAT + 1)]
    return lambda: site.plugin.extractCredentials(requests.pop())


def own_part(site: PloneSite) -> None:
    """What is left when users cost nothing."""
    token = site.token()
    tokens = site.storage["access_tokens"]
    assert tokens.get(digest(token), site.now) is not None
    with patch.object(SiteUsers, "get", lambda users, user_id: known(user_id)):
        own, looking_up = medians(
            extracting(site, token),
            lambda: tokens._tokens.get(
                hashlib.sha256(token.encode()).digest(), site.now
            ),
        )
    show(
        "our part, without the user",
        f"{own:.1f} µs = {own / looking_up:.1f} times SHA-256 and look-up"
        f" ({looking_up:.1f} µs)",
    )


def loads_when_cold(site: PloneSite) -> None:
    """Objects that are loaded when nothing is."""
    extract = extracting(site, site.token())
    with patch.object(SiteUsers, "get", lambda users, user_id: known(user_id)):
        extract()
        site.storage._p_deactivate()
        for _, obj in list(site.connection._cache.lru_items()):
            if type(obj).__module__.startswith(KEPT_BY_US):
                obj._p_deactivate()
        site.connection.getTransferCounts(True)
        extract()
    loads, stores = site.connection.getTransferCounts(True)
    show("objects loaded when cold, written", f"{loads}, {stores}")


def enumerations(site: PloneSite) -> None:
    """How often a source of users is asked."""
    ours = site.token()
    jwt = site.acl_users.jwt_auth.create_token(SITE_USER[0])
    asked = []
    original = UserManager.enumerateUsers

    def enumerate_users(*args: Any, **kwargs: Any) -> Any:
        asked.append(kwargs)
        return original(*args, **kwargs)

    counts = []
    with patch.object(UserManager, "enumerateUsers", enumerate_users):
        for token in (ours, jwt):
            asked.clear()
            validating(site, f"Bearer {token}")()
            counts.append(len(asked))
    show("user enumerations", f"{counts[0]}; with jwt_auth {counts[1]}")


def memory(site: PloneSite) -> None:
    """What stays in memory of a million tokens."""
    tokens = [site.token() for _ in range(CHECKED)]
    site.connection.cacheMinimize()
    before = resident()
    for token in tokens:
        assert site.plugin.extractCredentials(site.request(f"Bearer {token}"))
        site.connection.cacheGC()
    cache = site.connection._cache
    show(
        f"memory after checking {CHECKED:,} of {site.live:,} tokens",
        f"{resident() - before:+.1f} MB; {cache.ringlen():,} objects in a cache"
        f" of {cache.cache_size:,}",
    )


def known(user_id: str) -> SiteUser:
    return SiteUser(user_id, user_id)


def resident() -> float:
    """The resident size now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()

"""What a grant costs to exchange, in a real Plone, without the commit."""

from collections.abc import Callable
from functools import partial
from measuring import heading
from measuring import medians
from measuring import show
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.core.keys import verification_key
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.site.lookup import site_of
from plone_site import plone_site
from plone_site import PloneSite
from stand_in import CLIENT
from stand_in import key_pair
from stand_in import signed_grant
from typing import Any

import jwt
import secrets
import transaction


TOKENS = (1, 10_000, 100_000, 1_000_000)
KEYS = (1, 10_000)
#: A key that obtains a token each second has so many entries in a busy day.
ENTRIES = 100_000
COMMITS = 400
COMMITS_AT = 100_000


def main() -> None:
    heading("Issuing a token: a grant exchanged in process, without the commit")
    site = plone_site()
    first: float = 0
    for keys in KEYS:
        site.add_keys(keys)
        for tokens in TOKENS if keys == KEYS[-1] else TOKENS[:1]:
            site.add_tokens(tokens)
            warm_up(site)
            first = compare(site, first)
            if tokens == COMMITS_AT:
                written_per_token(site)
    site.connection.cacheMinimize()
    compare(site, first, ", nothing in memory")
    site.add_entries(ENTRIES)
    warm_up(site)
    compare(site, first, f", {ENTRIES:,} log entries")


def compare(site: PloneSite, first: float, more: str = "") -> float:
    """Print what it costs beside verifying; returns the microseconds of the first."""
    grant = fresh_grant(site)
    issuing, verifying = medians(issuer(site, grant), partial(verified, site, grant))
    transaction.commit()
    first = first or issuing
    show(
        f"{site.keys:,} keys, {site.live:,} live tokens{more}",
        f"{issuing:.0f} µs = jwt.decode ({verifying:.0f} µs)"
        f" + {issuing - verifying:.0f} µs; {issuing / first:.2f} of the first line",
    )
    return first


def warm_up(site: PloneSite) -> None:
    """Fill the cache of the database, as a busy day does."""
    for _ in range(site.connection._cache.cache_size):
        site.storage["access_tokens"].get(
            TokenDigest(secrets.token_bytes(32)), site.now
        )
    issue = issuer(site, fresh_grant(site))
    for _ in range(100):
        issue()
    transaction.commit()


def fresh_grant(site: PloneSite) -> str:
    return signed_grant("svc-0", site.now, site.plugin.issuer)


def issuer(site: PloneSite, grant: str) -> Callable[[], Any]:
    """What the endpoint does between reading the parameters and writing JSON."""

    def issue() -> None:
        JWTBearerGrant(site_of(site.plugin))({"assertion": grant}, CLIENT, site.now)

    return issue


def verified(site: PloneSite, grant: str) -> Any:
    key = verification_key(key_pair().public_key)
    return jwt.decode(grant, key, algorithms=["RS256"], audience=site.plugin.issuer)


def written_per_token(site: PloneSite) -> None:
    """Bytes that the database grows by, each token in a transaction of its own."""
    issue = issuer(site, fresh_grant(site))
    before = site.database_size
    for _ in range(COMMITS):
        issue()
        transaction.commit()
    written = (site.database_size - before) / COMMITS
    show(f"written per token at {site.live:,}", f"{written:,.0f} bytes")


if __name__ == "__main__":
    main()

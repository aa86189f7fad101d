"""Forgetting a million tokens that have expired."""

from measuring import heading
from measuring import median
from measuring import show
from pas.plugins.tokenauth.credentials.maintenance import purge
from pas.plugins.tokenauth.site.lookup import site_of
from pas.plugins.tokenauth.storage.expiring import SHARDS
from plone_site import plone_site
from typing import Any

import time
import transaction


TOKENS = 1_000_000
ENTRIES = 100_000
LATER = 2 * 24 * 60 * 60


def main() -> None:
    heading("Purging")
    site = plone_site()
    site.add_keys(1)
    empty = packed_size(site)
    site.add_tokens(TOKENS)
    full = packed_size(site)
    later = site.now + LATER
    storage = site.storage

    # A request drops what has expired in the one shard that it writes to anyway.
    shards = iter(range(SHARDS))
    tokens = storage["access_tokens"]._tokens
    beside = median(
        lambda: tokens.drop_expired_beside(bytes([next(shards)]), later), repeat=SHARDS
    )
    transaction.abort()
    show(f"what a request pays, with {TOKENS:,} expired", f"{beside:.0f} µs")

    before = site.database_size
    site.connection.getTransferCounts(True)
    start = time.perf_counter()
    purge(site_of(site.plugin), later)
    transaction.commit()
    seconds = time.perf_counter() - start
    loads, stores = site.connection.getTransferCounts(True)
    show(
        f"tokenauth purge, {TOKENS:,} expired",
        f"{seconds * 1000:.0f} ms, one transaction of {stores} objects and"
        f" {(site.database_size - before) / 1000:,.0f} kB; {loads} objects read",
    )
    after = packed_size(site)
    show(
        "size of the packed database",
        f"{empty / 1e6:.1f} MB before, {full / 1e6:.1f} MB with them,"
        f" {after / 1e6:.1f} MB after",
    )
    show("kept for a token", f"{(full - empty) / TOKENS:.0f} bytes")
    site.add_entries(ENTRIES)
    kept = (packed_size(site) - after) / ENTRIES
    show("kept for an entry of a usage log", f"{kept:.0f} bytes")


def packed_size(site: Any) -> float:
    """Bytes of the database after packing."""
    transaction.commit()
    # To the newest transaction, whatever second it is.
    site.app._p_jar.db().pack(time.time() + 1)
    return float(site.database_size)


if __name__ == "__main__":
    main()

"""Hosts that may have any address: named in zope.conf.

Not in the settings of a site: what a server can reach inside of its network is the
business of those who run it, not of those who administer a site on it.
"""

from ..zopeconf import option


def allowed_hosts() -> frozenset[str]:
    """The hosts, each with its port, in small letters."""
    return frozenset(option("fetch-hosts").lower().split())

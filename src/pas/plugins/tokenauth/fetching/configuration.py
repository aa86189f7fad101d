"""Hosts that may have any address: named in zope.conf.

Not in the settings of a site: what a server can reach inside of its network is the
business of those who run it, not of those who administer a site on it.
"""

from App.config import getConfiguration


PRODUCT = "pas.plugins.tokenauth"
KEY = "fetch-hosts"


def allowed_hosts() -> frozenset[str]:
    """The hosts, each with its port, in small letters."""
    products = getattr(getConfiguration(), "product_config", None) or {}
    return frozenset(products.get(PRODUCT, {}).get(KEY, "").lower().split())

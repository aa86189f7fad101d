"""What zope.conf says about this package, the same for all sites of a Zope."""

from App.config import getConfiguration


_PRODUCT = "pas.plugins.tokenauth"


def option(name: str) -> str:
    """An option of the section ``<product-config pas.plugins.tokenauth>``, or empty."""
    products = getattr(getConfiguration(), "product_config", None) or {}
    return str(products.get(_PRODUCT, {}).get(name, ""))

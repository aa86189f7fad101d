"""Another header in which tokens may arrive, beside a proxy's own Authorization.

It is named in zope.conf, not in a setting of the site: what it holds has to be hidden
before Zope knows which site is asked.
"""

from ..zopeconf import option

import re


_OPTION = "token-header"
#: Not one that servers and proxies set.
_NAME = re.compile(r"X-(?!Forwarded|Real)[A-Za-z0-9]+(-[A-Za-z0-9]+)*", re.IGNORECASE)


def token_header() -> str:
    """The name of the header; empty where there is none, as it is preset.

    :raises ValueError: when zope.conf names one that cannot be it
    """
    name = option(_OPTION).strip()
    if name and not _NAME.fullmatch(name):
        raise ValueError(
            f"The {_OPTION} in zope.conf must be like X-Plone-Token: {name}"
        )
    return name


def variable_of(header: str) -> str:
    """What the environment of WSGI calls a header."""
    return f"HTTP_{header.upper().replace('-', '_')}"

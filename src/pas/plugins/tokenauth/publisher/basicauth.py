"""Tokens that arrive as the password of HTTP Basic, from tools that know nothing else.

Before any plugin reads the header, such a token moves to where tokens belong. So no
other plugin takes it for a password, tries it on every source of users and leaves it
in the logs of a directory server. Whether the site lets it in is decided later.
"""

from ..core.tokens import is_well_formed
from binascii import Error as Base64Error
from typing import Any
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from ZPublisher.interfaces import IPubStart
from ZPublisher.utils import basic_auth_decode


_KEY = "pas.plugins.tokenauth.basic"


@adapter(IPubStart)
def move_token(event: IPubStart) -> None:
    """Make a Bearer token of a password, or a user name, that is one of our tokens."""
    request = event.request
    user_name, password = _decoded(getattr(request, "_auth", None))
    # What only begins like a token is a password.
    token = password.strip()
    if is_well_formed(user_name.strip()):
        # Some put the token before the colon. It is refused, and nobody sees it.
        token, user_name = user_name.strip(), ""
    if is_well_formed(token):
        request._auth = f"Bearer {token}"
        IAnnotations(request)[_KEY] = user_name


def basic_user_name(request: Any) -> str | None:
    """The user name beside a token that arrived as a password, None for any other."""
    user_name: str | None = IAnnotations(request).get(_KEY)
    return user_name


def _decoded(authorization: str | None) -> tuple[str, str]:
    try:
        return basic_auth_decode(authorization) or ("", "")
    except (Base64Error, UnicodeError, ValueError):
        # Damaged: whoever reads it next says so.
        return "", ""

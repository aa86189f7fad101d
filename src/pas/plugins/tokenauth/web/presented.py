"""Tokens on their way from the Authorization header to our plugin, and to nobody else.

Some arrive as the password of HTTP Basic, from tools that know nothing else. Whether
the site lets them in is decided later.
"""

from ..core.bearer import access_token
from ..core.errors import AccessRefused
from ..core.secret import Secret
from ..core.tokens import is_well_formed
from binascii import Error as Base64Error
from typing import Any
from zope.component import adapter
from ZPublisher.interfaces import IPubStart
from ZPublisher.utils import basic_auth_decode


class PresentedToken(str):
    """The Authorization header of a request with a token of ours.

    Everybody else reads one word that means nothing. Another plugin would try the token
    as one of its own, or as a password on every source of users, and leave it in the
    logs of a directory server; a traceback that shows variables would show it, too.

    :param authorization: the header, with the token as Bearer
    :param token: the token, or why it is none
    :param user_name: the user name of a token that arrived as a password, else None
    """

    authorization: str
    token: str | AccessRefused
    user_name: str | None

    def __new__(
        cls,
        authorization: str,
        token: str | AccessRefused,
        user_name: str | None = None,
    ) -> "PresentedToken":
        presented = super().__new__(cls, "Hidden")
        presented.authorization = authorization
        presented.token = token
        presented.user_name = user_name
        return presented


@adapter(IPubStart)
def hide_token(event: IPubStart) -> None:
    """Hide a token of ours before any plugin reads the header."""
    request = event.request
    sent = getattr(request, "_auth", None)
    if sent:
        request._auth = _presented(sent) or sent


def presented_token(request: Any) -> str | None:
    """The token of ours that a request carries, None for a request without one.

    :raises AccessRefused: when it is damaged, or not sent as it should be
    """
    sent = request._auth
    if not isinstance(sent, PresentedToken):
        # None, or one that has not come through the publisher.
        return access_token(sent)
    if isinstance(sent.token, AccessRefused):
        raise sent.token
    return sent.token


def authorization_of(request: Any) -> str:
    """The Authorization header, whether it carries a token of ours or not."""
    sent = request._auth
    return sent.authorization if isinstance(sent, PresentedToken) else sent or ""


def basic_user_name(request: Any) -> str | None:
    """The user name beside a token that arrived as a password, None for any other."""
    sent = request._auth
    return sent.user_name if isinstance(sent, PresentedToken) else None


def _presented(authorization: str) -> PresentedToken | None:
    if authorization[:6].lower() == "basic ":
        return _from_basic(authorization)
    try:
        token = access_token(authorization)
    except AccessRefused as refused:
        return PresentedToken(authorization, refused)
    return None if token is None else PresentedToken(authorization, token)


def _from_basic(authorization: str) -> PresentedToken | None:
    user_name, password = _decoded(authorization)
    # What only begins like a token is a password.
    token = password.strip()
    if is_well_formed(user_name.strip()):
        # Some put the token before the colon. It is refused, and nobody sees it.
        token, user_name = user_name.strip(), ""
    if not is_well_formed(token):
        return None
    return PresentedToken(f"Bearer {token}", Secret(token), user_name)


def _decoded(authorization: str) -> tuple[str, str]:
    try:
        return basic_auth_decode(authorization) or ("", "")
    except (Base64Error, UnicodeError, ValueError):
        # Damaged: whoever reads it next says so.
        return "", ""

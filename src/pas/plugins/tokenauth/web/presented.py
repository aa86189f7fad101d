"""Tokens on their way from the Authorization header to our plugin, and to nobody else.

Some arrive as the password of HTTP Basic, from tools that know nothing else. Whether
the site accepts them is decided later.
"""

from ..core.bearer import access_token
from ..core.bearer import DAMAGED
from ..core.errors import AccessRefused
from ..core.secret import Secret
from ..core.tokens import is_well_formed
from ..core.tokens import resembles_token
from typing import Any
from zope.component import adapter
from ZPublisher.interfaces import IPubStart

import base64
import re


#: The credentials of the scheme Basic. Proxies join two headers to one.
_BASIC = re.compile(r"\bbasic +([A-Za-z0-9+/_=-]+)", re.IGNORECASE)


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
    try:
        token = access_token(authorization)
    except AccessRefused as refused:
        return PresentedToken(authorization, refused)
    if token is not None:
        return PresentedToken(authorization, token)
    return _from_basic(authorization)


def _from_basic(authorization: str) -> PresentedToken | None:
    found = _BASIC.findall(authorization)
    # Some put the token before the colon.
    names_and_passwords = [_decoded(encoded) for encoded in found]
    words = [word.strip() for pair in names_and_passwords for word in pair]
    if not any(map(resembles_token, words)):
        return None
    if len(found) == 1 and _BASIC.fullmatch(authorization.strip()):
        user_name, token = names_and_passwords[0][0], words[1]
        if is_well_formed(words[0]):
            # It is refused, and nobody sees it.
            user_name, token = "", words[0]
        if is_well_formed(token):
            return PresentedToken(f"Bearer {token}", Secret(token), user_name)
    refused = AccessRefused("damaged token as a password", description=DAMAGED)
    return PresentedToken(authorization, refused)


def _decoded(encoded: str) -> tuple[str, str]:
    """User name and password; empty where there are none."""
    try:
        decoded = base64.b64decode(f"{encoded}==", altchars=b"-_")
    except ValueError:
        # Damaged: whoever reads it next says so.
        return "", ""
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        # Many libraries still encode as RFC 2617 did.
        text = decoded.decode("latin-1")
    user_name, _, password = text.partition(":")
    return user_name, password

"""Tokens on their way from the Authorization header to our plugin and nobody else."""

from ..core.errors import AccessRefused
from .interfaces import IAuthorizationScheme
from typing import Any
from zope.component import adapter
from zope.component import getUtilitiesFor
from ZPublisher.interfaces import IPubStart


class PresentedToken(str):
    """The Authorization header of a request with a token of ours.

    Everybody else reads one word that means nothing. Another plugin would try the token
    as one of its own, or as a password on every source of users, and leave it in the
    logs of a directory server; a traceback that shows variables would show it, too.

    :param authorization: the header
    :param token: the token; empty for one that is damaged
    :param scheme: the IAuthorizationScheme that has found it
    :param user_name: what the header says besides about the user
    :param refused: why it is refused before it is looked up, None if it is not
    """

    authorization: str
    token: str
    scheme: Any
    user_name: str
    refused: AccessRefused | None

    def __new__(
        cls,
        authorization: str,
        token: str = "",
        scheme: Any = None,
        user_name: str = "",
        refused: AccessRefused | None = None,
    ) -> "PresentedToken":
        presented = super().__new__(cls, "Hidden")
        presented.authorization = authorization
        presented.token = token
        presented.scheme = scheme
        presented.user_name = user_name
        presented.refused = refused
        return presented


@adapter(IPubStart)
def hide_token(event: IPubStart) -> None:
    """Hide a token of ours before any plugin reads the header."""
    request = event.request
    sent = getattr(request, "_auth", None)
    if sent:
        request._auth = _presented(sent) or sent


def presented_token(request: Any) -> PresentedToken | None:
    """The token of ours that a request carries, None for a request without one.

    :raises AccessRefused: when it is damaged, or not sent as it should be
    """
    presented = request._auth
    if presented and not isinstance(presented, PresentedToken):
        # It has not come through the publisher.
        presented = _presented(presented)
    if presented and presented.refused:
        raise presented.refused
    return presented or None


def authorization_of(request: Any) -> str:
    """The Authorization header, whether it carries a token of ours or not."""
    sent = request._auth
    return sent.authorization if isinstance(sent, PresentedToken) else sent or ""


def _presented(authorization: str) -> PresentedToken | None:
    name = authorization.partition(" ")[0].lower()
    schemes = dict(getUtilitiesFor(IAuthorizationScheme))
    # The others know a token of theirs also where another scheme stands before it.
    for each in sorted(schemes, key=lambda each: each != name):
        try:
            presented = schemes[each].read(authorization)
        except AccessRefused as refused:
            return PresentedToken(authorization, refused=refused)
        if presented is not None:
            return presented
    return None

"""Tokens on their way from their header to our plugin and nobody else."""

from ..core.errors import AccessRefused
from .interfaces import IAuthorizationScheme
from .tokenheader import token_header
from .tokenheader import variable_of
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
    presented = _presented(sent) if sent else None
    beside = taken_beside(request.environ)
    if beside is not None:
        # As if it had come in that header: a proxy's own credentials log nobody in.
        presented = beside if presented is None else _two_tokens()
        request.response._auth = 1
    if presented is not None:
        request._auth = presented


def taken_beside(environ: dict[str, Any]) -> PresentedToken | None:
    """A token of ours in the header that zope.conf names for it, which is removed.

    None where there is no such header, or something else in it.
    """
    header = token_header()
    variable = variable_of(header) if header else ""
    value = environ.get(variable, "").strip()
    if not value:
        return None
    is_complete = value.lower().startswith("bearer ")
    presented = _presented(value if is_complete else f"Bearer {value}")
    if presented is not None:
        del environ[variable]
    return presented


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


def _two_tokens() -> PresentedToken:
    reason, description = "tokens in two headers", "The request carries two tokens"
    return PresentedToken("", refused=AccessRefused(reason, description=description))


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
